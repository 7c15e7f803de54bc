/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Split virtqueues as they lie in a guest's memory: Virtio 1.2, 2.7. Little-endian. Left out: what
 * needs a feature that no device of ours offers (indirect descriptors, event indices).
 */
#ifndef ABI_VIRTIO_RING_H
#define ABI_VIRTIO_RING_H

#include <stdint.h>

/* 2.7.5, the descriptor table: 16 bytes for each entry of the queue, 16-aligned. */
#define VRING_DESC_F_NEXT     0x1u
#define VRING_DESC_F_WRITE    0x2u /* by the device */
#define VRING_DESC_F_INDIRECT 0x4u

struct vring_desc {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
};

/* 2.7.6, the available ring: flags, index, then an entry each. 2-aligned. */
#define VRING_AVAIL_F_NO_INTERRUPT 0x1u
#define VRING_AVAIL_FLAGS	   0u
#define VRING_AVAIL_INDEX	   2u
#define VRING_AVAIL_RING	   4u
#define VRING_AVAIL_ENTRY	   2u

/* 2.7.8, the used ring: flags, index, then an entry each. 4-aligned. */
#define VRING_USED_INDEX 2u
#define VRING_USED_RING	 4u

struct vring_used_entry {
	uint32_t id;
	uint32_t length;
};

/* 2.7, the largest queue there can be. */
#define VRING_SIZE_MAX 32768u

_Static_assert(sizeof(struct vring_desc) == 16, "2.7.5");
_Static_assert(sizeof(struct vring_used_entry) == 8, "2.7.8");

#endif
