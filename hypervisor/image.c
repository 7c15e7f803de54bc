/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/image.h: image_plan() decides, the others copy. Left out: compressed kernels (the
 * tool that makes the machine unpacks them), big-endian and ELF ones.
 *
 * An Image goes where its header says above the start of RAM; the ramdisk to 128 MiB or half of the
 * RAM above the start, where QEMU has it and where kernels that grow at run time do not reach; the
 * tree behind it, in its own 2 MiB. A flat binary goes 512 KiB above the start; ramdisk and tree
 * are as above, since it may use the memory before and right behind itself.
 */
#include "hypervisor/image.h"
#include "arch/cache.h"
#include "hypervisor/guest_tree.h"
#include "lib/util.h"
#include <string.h>

#define IMAGE_MAGIC	 0x644d5241u /* "ARM\x64" */
#define IMAGE_BIG_ENDIAN BIT(0)
#define OLD_TEXT_OFFSET	 0x80000u /* of Images that do not tell their size */
#define FLAT_OFFSET	 0x80000u
#define RAMDISK_DISTANCE MIB(128)

struct image_header {
	uint32_t code[2];
	uint64_t text_offset; /* from a multiple of 2 MiB */
	uint64_t image_size;
	uint64_t flags;
	uint64_t reserved[3];
	uint32_t magic;
	uint32_t reserved_too;
};

/* What has its place already. */
struct span {
	uint64_t base, size;
};

static bool is_image(const struct vm_config *config, const void *kernel, struct image_header *out)
{
	if (config->kernel_size < sizeof(*out))
		return false;
	memcpy(out, kernel, sizeof(*out));
	return out->magic == IMAGE_MAGIC;
}

static const char *plan_image(const struct vm_config *config, const struct image_header *header,
			      struct image_layout *out)
{
	uint64_t offset = header->image_size == 0 ? OLD_TEXT_OFFSET : header->text_offset;

	if ((header->flags & IMAGE_BIG_ENDIAN) != 0)
		return "kernel: a big-endian Image";
	if (offset >= MIB(2))
		return "kernel: the Image's text_offset is not below 2 MiB";
	out->kernel = config->load_address != 0 ? config->load_address : VM_RAM_BASE + offset;
	if (!is_aligned(out->kernel - offset, MIB(2)))
		return "load-address: not a multiple of 2 MiB plus the Image's text_offset";
	out->kernel_span = max_u64(header->image_size, config->kernel_size);
	return NULL;
}

static void plan_flat(const struct vm_config *config, struct image_layout *out)
{
	out->kernel = config->load_address != 0 ? config->load_address : VM_RAM_BASE + FLAT_OFFSET;
	out->kernel_span = config->kernel_size;
}

static bool in_ram(const struct vm_config *config, uint64_t base, uint64_t size)
{
	return base >= VM_RAM_BASE && range_inside(base - VM_RAM_BASE, size, config->memory);
}

/* Fits into RAM beside what is there already. */
static bool fits(const struct vm_config *config, struct span wanted, const struct span *taken,
		 size_t count)
{
	if (!in_ram(config, wanted.base, wanted.size))
		return false;
	for (size_t i = 0; i < count; i++)
		if (ranges_overlap(wanted.base, wanted.size, taken[i].base, taken[i].size))
			return false;
	return true;
}

/*
 * A place for `size` bytes: at `wanted`, else behind something that has its place, at a multiple of
 * `align`. 0: there is none.
 */
static uint64_t place(const struct vm_config *config, uint64_t wanted, uint64_t size,
		      uint64_t align, const struct span *taken, size_t count)
{
	if (fits(config, (struct span){wanted, size}, taken, count))
		return wanted;
	for (size_t i = 0; i < count; i++) {
		uint64_t at = align_up(taken[i].base + taken[i].size, align);

		if (fits(config, (struct span){at, size}, taken, count))
			return at;
	}
	return 0;
}

/* The tree's place if the description names it; kernel and ramdisk then go round it. */
static const char *plan_fixed_tree(const struct vm_config *config, struct image_layout *out)
{
	const struct span kernel = {out->kernel, out->kernel_span};

	out->tree = config->dtb_address;
	if (!in_ram(config, out->tree, GUEST_TREE_SIZE))
		return "dtb-address: no 16 KiB of memory there";
	if (!fits(config, (struct span){out->tree, GUEST_TREE_SIZE}, &kernel, 1))
		return "dtb-address: inside the kernel";
	return NULL;
}

/* taken[0] is the kernel, then come the tree if it has a place, and the ramdisk. */
static const char *plan_rest(const struct vm_config *config, struct image_layout *out)
{
	uint64_t distance = min_u64(RAMDISK_DISTANCE, align_down(config->memory / 2, MIB(2)));
	uint64_t wanted =
		max_u64(VM_RAM_BASE + distance, align_up(out->kernel + out->kernel_span, MIB(2)));
	struct span taken[3] = {{out->kernel, out->kernel_span}};
	size_t count = 1;

	if (config->dtb_address != 0)
		taken[count++] = (struct span){out->tree, GUEST_TREE_SIZE};
	if (config->ramdisk_size != 0) {
		out->ramdisk = place(config, wanted, config->ramdisk_size, KIB(64), taken, count);
		if (out->ramdisk == 0)
			return "memory: too small for kernel and ramdisk";
		taken[count++] = (struct span){out->ramdisk, config->ramdisk_size};
		wanted = align_up(out->ramdisk + config->ramdisk_size, MIB(2));
	}
	if (out->tree == 0)
		out->tree = place(config, wanted, GUEST_TREE_SIZE, KIB(64), taken, count);
	return out->tree == 0 ? "memory: too small for the device tree" : NULL;
}

const char *image_plan(const struct vm_config *config, const void *kernel, struct image_layout *out)
{
	struct image_header header;
	bool image = is_image(config, kernel, &header);
	const char *why = NULL;

	memset(out, 0, sizeof(*out));
	if (config->memory < MIB(2) || config->kernel_size > config->memory ||
	    config->ramdisk_size > config->memory)
		return "memory: too small for kernel and ramdisk";
	if (image)
		why = plan_image(config, &header, out);
	else
		plan_flat(config, out);
	if (why != NULL)
		return why;
	if (!in_ram(config, out->kernel, out->kernel_span))
		return "kernel: does not fit into memory at its load address";
	if (config->dtb_address != 0)
		why = plan_fixed_tree(config, out);
	return why != NULL ? why : plan_rest(config, out);
}

const char *image_begin(struct vm *vm, struct image_layout *layout)
{
	const struct vm_config *config = &vm->config;
	struct guest_tree_args args = {.ramdisk_size = config->ramdisk_size};
	const char *why = image_plan(config, (const void *)(uintptr_t)config->kernel.pa, layout);
	void *tree;

	if (why != NULL)
		return why;
	args.ramdisk = layout->ramdisk;
	tree = vm_memory(vm, ipa(layout->tree), GUEST_TREE_SIZE);
	if (!guest_tree_build(vm, &args, tree, GUEST_TREE_SIZE))
		return "bootargs: too long for the device tree";
	cache_clean_invalidate((uintptr_t)tree, GUEST_TREE_SIZE);
	return NULL;
}

/* A piece to guest memory, down to where a CPU without caches reads it. Returns its size. */
static uint64_t copy(const struct vm *vm, uint64_t to, pa_t from, uint64_t size, uint64_t most)
{
	uint64_t n = min_u64(size, most);
	void *memory = vm_memory(vm, ipa(to), n);

	memcpy(memory, (const void *)(uintptr_t)from.pa, n);
	cache_clean_invalidate((uintptr_t)memory, n);
	return n;
}

bool image_copy_kernel(const struct vm *vm, const struct image_layout *layout, uint64_t *done,
		       uint64_t most)
{
	const struct vm_config *config = &vm->config;
	uint64_t to = layout->kernel + *done;
	uint64_t n = copy(vm, to, pa(config->kernel.pa + *done), config->kernel_size - *done, most);

	cache_sync_code((uintptr_t)vm_memory(vm, ipa(to), n), n);
	*done += n;
	return *done == config->kernel_size;
}

bool image_copy_ramdisk(const struct vm *vm, const struct image_layout *layout, uint64_t *done,
			uint64_t most)
{
	const struct vm_config *config = &vm->config;

	if (config->ramdisk_size != 0)
		*done += copy(vm, layout->ramdisk + *done, pa(config->ramdisk.pa + *done),
			      config->ramdisk_size - *done, most);
	return *done == config->ramdisk_size;
}
