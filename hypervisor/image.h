/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a VM's RAM holds when its first vCPU starts: kernel, ramdisk, device tree. Kernels are arm64
 * Images (Linux, Documentation/arch/arm64/booting.rst) or flat binaries, which are entered at their
 * first byte as QEMU's -kernel does.
 */
#ifndef HYPERVISOR_IMAGE_H
#define HYPERVISOR_IMAGE_H

#include "hypervisor/vm.h"

/* Where everything goes; IPAs. Nothing overlaps, all is in the VM's RAM. */
struct image_layout {
	uint64_t kernel;      /* also the entry */
	uint64_t kernel_span; /* with what the kernel clears or uses behind its file */
	uint64_t ramdisk;     /* of config.ramdisk_size bytes, if that is not 0 */
	uint64_t tree;	      /* of GUEST_TREE_SIZE bytes; the first vCPU's x0 */
};

/*
 * Decide where everything goes, without touching it: `kernel` is read (config->kernel_size bytes)
 * for its header only. NULL, or why it cannot be, for the log; then *out means nothing.
 */
const char *image_plan(const struct vm_config *config, const void *kernel,
		       struct image_layout *out);

/*
 * Fill the VM's RAM (vm->ram_size bytes of it are there, zeroed): first the tree, as *layout
 * has it; then, in pieces, kernel and ramdisk. What was written is visible to a CPU whose caches
 * and MMU are off. NULL; or why not, and nothing means anything.
 */
const char *image_begin(struct vm *vm, struct image_layout *layout);

/*
 * The next piece of at most `most` bytes; *done, 0 at first, counts them. True: that was the last.
 * The images are mapped at their physical addresses.
 */
bool image_copy_kernel(const struct vm *vm, const struct image_layout *layout, uint64_t *done,
		       uint64_t most);
bool image_copy_ramdisk(const struct vm *vm, const struct image_layout *layout, uint64_t *done,
			uint64_t most);

#endif
