/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device tree that a guest boots from: QEMU's virt board as far as a VM has it. Fresh seeds in
 * each. Left out: empty virtio-mmio slots, which would cost the guest a look at each.
 */
#ifndef HYPERVISOR_GUEST_TREE_H
#define HYPERVISOR_GUEST_TREE_H

#include "hypervisor/vm.h"

/* The tree without bootargs takes about 3 KiB. */
#define GUEST_TREE_SIZE KIB(16)

struct guest_tree_args {
	uint64_t ramdisk, ramdisk_size; /* IPA; size 0: none */
};

/*
 * Write the tree of `vm` (its config, ram_size, tee_node) to `buffer`, 8-aligned, of `size` bytes;
 * it is never longer. false: bootargs are too long for it; buffer's content means nothing.
 */
bool guest_tree_build(const struct vm *vm, const struct guest_tree_args *args, void *buffer,
		      size_t size);

#endif
