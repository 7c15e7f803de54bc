/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/config.h. Each function reads one thing of a VM's node, and says in the log what is
 * wrong with it. Unknown properties and modules are errors only where they would change what the VM
 * is: a second kernel, an unknown tee mode. vpl011 is not looked at: every VM has the UART.
 */
#include "hypervisor/config.h"
#include "hypervisor/console.h"
#include "hypervisor/tree.h"
#include "lib/util.h"
#include <libfdt.h>
#include <string.h>

/* QEMU's virt board has room for 255 GiB of RAM at this place; so have our guests' page tables. */
#define VM_MEMORY_MAX GIB(255)

/*
 * A quota is memory of ours and a share of the TEE's. 1 GiB shared and as many buffers as its pages
 * is beyond what any TEE serves; a larger number is a mistake.
 */
#define SHARED_PAGES_MAX   262144u
#define SHARED_BUFFERS_MAX 262144u

struct reader {
	const void *fdt;
	const struct board_info *board;
	int node;
	struct vm_config *vm;
};

static bool wrong(const struct reader *r, const char *property, const char *what)
{
	const char *name = fdt_get_name(r->fdt, r->node, NULL);

	console_log("/chosen/%s: %s: %s; this VM is left out", name == NULL ? "?" : name, property,
		    what);
	return false;
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '+';
}

/* The node's name without its address. It marks lines on the console: "hyp" and "fw" are taken. */
static bool read_name(const struct reader *r)
{
	int length;
	const char *name = fdt_get_name(r->fdt, r->node, &length);
	size_t n = 0;

	while (name != NULL && name_char(name[n]))
		n++;
	if (n == 0 || (name[n] != '\0' && name[n] != '@'))
		return wrong(r, "its name", "has characters other than letters, digits and -_.+");
	if (n >= VM_NAME_MAX)
		return wrong(r, "its name", "is longer than 31 characters");
	memcpy(r->vm->name, name, n);
	r->vm->name[n] = '\0';
	if (strcmp(r->vm->name, "hyp") == 0 || strcmp(r->vm->name, "fw") == 0)
		return wrong(r, "its name", "is the hypervisor's or the firmware's");
	return true;
}

static bool read_cpus(const struct reader *r)
{
	uint64_t cpus;

	if (!tree_number(r->fdt, r->node, "cpus", 1, &cpus))
		return wrong(r, "cpus", "is missing, or not one cell");
	if (cpus < 1 || cpus > VCPUS_MAX)
		return wrong(r, "cpus", "is not 1 to 8");
	r->vm->cpus = (uint32_t)cpus;
	return true;
}

static bool read_memory(const struct reader *r)
{
	uint64_t kib;

	if (!tree_number(r->fdt, r->node, "memory", 2, &kib))
		return wrong(r, "memory", "is missing, or not two cells (KiB)");
	if (kib == 0 || kib > VM_MEMORY_MAX / 1024 || !is_aligned(kib, 2048))
		return wrong(r, "memory", "is not a multiple of 2 MiB up to 255 GiB");
	r->vm->memory = kib * 1024;
	return true;
}

/* An optional address in the VM's RAM; *out stays 0 if it is not there. */
static bool read_address(const struct reader *r, const char *property, uint64_t *out)
{
	uint64_t address;

	if (fdt_getprop(r->fdt, r->node, property, NULL) == NULL)
		return true;
	if (!tree_number(r->fdt, r->node, property, 2, &address))
		return wrong(r, property, "is not two cells");
	if (address < VM_RAM_BASE || address - VM_RAM_BASE >= r->vm->memory)
		return wrong(r, property, "is not in the VM's memory");
	if (!is_aligned(address, 8))
		return wrong(r, property, "is not a multiple of 8");
	*out = address;
	return true;
}

static bool read_addresses(const struct reader *r)
{
	return read_address(r, "teevisor,load-address", &r->vm->load_address) &&
	       read_address(r, "teevisor,dtb-address", &r->vm->dtb_address);
}

static bool read_module(const struct reader *r, int module, const char *what, pa_t *at,
			uint64_t *size)
{
	uint64_t base;

	if (*size != 0)
		return wrong(r, what, "there are two of them");
	if (tree_reg_count(r->fdt, module) != 1 || !tree_reg(r->fdt, module, 0, &base, size))
		return wrong(r, what, "its reg is not one range");
	if (!board_is_free_ram(r->board, base, *size))
		return wrong(r, what, "its reg is not in the board's free memory");
	*at = pa(base);
	return true;
}

static bool read_bootargs(const struct reader *r, int module)
{
	if (fdt_getprop(r->fdt, module, "bootargs", NULL) != NULL &&
	    !tree_string(r->fdt, module, "bootargs", &r->vm->bootargs))
		return wrong(r, "bootargs", "is not a string");
	return true;
}

static bool read_modules(const struct reader *r)
{
	struct vm_config *vm = r->vm;
	int node;

	fdt_for_each_subnode(node, r->fdt, r->node)
	{
		if (fdt_node_check_compatible(r->fdt, node, "multiboot,kernel") == 0 &&
		    (!read_module(r, node, "kernel", &vm->kernel, &vm->kernel_size) ||
		     !read_bootargs(r, node)))
			return false;
		if (fdt_node_check_compatible(r->fdt, node, "multiboot,ramdisk") == 0 &&
		    !read_module(r, node, "ramdisk", &vm->ramdisk, &vm->ramdisk_size))
			return false;
	}
	if (vm->kernel_size == 0)
		return wrong(r, "kernel", "there is no multiboot,kernel module");
	return true;
}

static bool read_quota(const struct reader *r, int tee, const char *property, uint32_t max,
		       uint32_t *out)
{
	uint64_t value;

	if (fdt_getprop(r->fdt, tee, property, NULL) == NULL)
		return true;
	if (!tree_number(r->fdt, tee, property, 1, &value))
		return wrong(r, property, "is not one cell");
	if (value == 0 || value > max)
		return wrong(r, property, "is not 1 to 262144");
	*out = (uint32_t)value;
	return true;
}

static int tee_child(const struct reader *r)
{
	int node;

	fdt_for_each_subnode(node, r->fdt,
			     r->node) if (fdt_node_check_compatible(r->fdt, node, "teevisor,tee") ==
					  0) return node;
	return -1;
}

static bool read_tee(const struct reader *r)
{
	int tee = tee_child(r);
	const char *mode;

	r->vm->tee = VM_TEE_NONE;
	r->vm->quota = TEE_QUOTA_DEFAULT;
	if (tee < 0)
		return true;
	if (!tree_string(r->fdt, tee, "mode", &mode))
		return wrong(r, "mode", "is missing, or not a string");
	if (strcmp(mode, "shared") == 0)
		r->vm->tee = VM_TEE_SHARED;
	else if (strcmp(mode, "none") != 0)
		return wrong(r, "mode", "is not \"shared\" or \"none\"");
	return read_quota(r, tee, "shared-pages", SHARED_PAGES_MAX, &r->vm->quota.shared_pages) &&
	       read_quota(r, tee, "shared-buffers", SHARED_BUFFERS_MAX, &r->vm->quota.buffers);
}

static bool read_vm(const struct reader *r)
{
	memset(r->vm, 0, sizeof(*r->vm));
	r->vm->bootargs = "";
	return read_name(r) && read_cpus(r) && read_memory(r) && read_addresses(r) &&
	       read_modules(r) && read_tee(r);
}

/* vm0@1 and vm0@2 would be one name on the console. */
static bool name_is_new(const struct reader *r, const struct vm_config *vms, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (strcmp(vms[i].name, r->vm->name) == 0)
			return wrong(r, "its name", "is that of another VM");
	return true;
}

uint32_t config_read(const void *fdt, const struct board_info *board, struct vm_config *vms,
		     uint32_t max)
{
	struct reader r = {.fdt = fdt, .board = board};
	int chosen = fdt_path_offset(fdt, "/chosen");
	uint32_t count = 0;

	if (chosen < 0)
		return 0;
	fdt_for_each_subnode(r.node, fdt, chosen)
	{
		if (fdt_node_check_compatible(fdt, r.node, "xen,domain") != 0)
			continue;
		if (count == max) {
			console_log("more than %u VMs: the rest is left out", max);
			break;
		}
		r.vm = &vms[count];
		if (read_vm(&r) && name_is_new(&r, vms, count))
			count++;
	}
	for (uint32_t i = 0; i < count; i++)
		vms[i].control = i == VM_CONTROL;
	return count;
}

static bool name_is_good(const char *name)
{
	size_t n = 0;

	while (n < VM_NAME_MAX && name_char(name[n]))
		n++;
	return n > 0 && n < VM_NAME_MAX && name[n] == '\0' && strcmp(name, "hyp") != 0 &&
	       strcmp(name, "fw") != 0;
}

static bool address_is_good(const struct vm_config *config, uint64_t address)
{
	return address == 0 || (address >= VM_RAM_BASE && address - VM_RAM_BASE < config->memory &&
				is_aligned(address, 8));
}

static bool quota_is_good(const struct tee_quota *quota)
{
	return quota->shared_pages >= 1 && quota->shared_pages <= SHARED_PAGES_MAX &&
	       quota->buffers >= 1 && quota->buffers <= SHARED_BUFFERS_MAX &&
	       quota->sessions >= 1 && quota->sessions <= SHARED_BUFFERS_MAX && quota->calls >= 1 &&
	       quota->calls <= UINT16_MAX;
}

enum vm_error config_check(const struct vm_config *config)
{
	if (!name_is_good(config->name))
		return VM_ERROR_NAME;
	if (config->cpus < 1 || config->cpus > VCPUS_MAX)
		return VM_ERROR_CPUS;
	if (config->memory == 0 || config->memory > VM_MEMORY_MAX ||
	    !is_aligned(config->memory, MIB(2)))
		return VM_ERROR_MEMORY;
	if (!address_is_good(config, config->load_address) ||
	    !address_is_good(config, config->dtb_address))
		return VM_ERROR_ADDRESS;
	if (config->tee != VM_TEE_NONE && !quota_is_good(&config->quota))
		return VM_ERROR_QUOTA;
	if (strlen(config->bootargs) >= VM_BOOTARGS_MAX)
		return VM_ERROR_BOOTARGS;
	if (config->kernel_size == 0 || config->kernel_size > config->memory ||
	    config->ramdisk_size > config->memory)
		return VM_ERROR_IMAGES;
	return VM_OK;
}
