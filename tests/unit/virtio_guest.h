/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest for tests of virtqueues: its memory, which ends where the sanitizer looks, and a driver's
 * side of a queue that does exactly what it is told, right or wrong.
 */
#ifndef TESTS_UNIT_VIRTIO_GUEST_H
#define TESTS_UNIT_VIRTIO_GUEST_H

#include "abi/virtio_ring.h"
#include "hypervisor/vm.h"

#define GUEST_RAM_SIZE 0x40000u

struct guest_queue {
	uint32_t size;
	uint64_t desc, avail, used; /* IPAs */
	uint16_t offered, seen;	    /* indices */
};

extern struct vm guest_vm;

/* Memory anew, all bytes 0xa5. */
void guest_memory_reset(void);

/* The host address of an IPA. Fails an assertion outside the memory. */
void *guest_at(uint64_t ipa);

/* Rings of `size` entries, cleared, in the three pages from `base`. */
void guest_place(struct guest_queue *g, uint32_t size, uint64_t base);

void guest_desc(const struct guest_queue *g, uint32_t index, uint64_t address, uint32_t length,
		uint16_t flags, uint16_t next);

/* The chain from `head` is the device's. */
void guest_offer(struct guest_queue *g, uint16_t head);

/* A buffer came back. False: none has. */
bool guest_take(struct guest_queue *g, struct vring_used_entry *entry);

#endif
