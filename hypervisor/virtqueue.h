/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's side of a split virtqueue (Virtio 1.2, 2.7). The queue is the guest's memory: every
 * value there is read once, into what is here, and checked before it is used. A queue that does not
 * keep the rules is broken, which holds until its reset: nothing of it is read or written any more.
 *
 * A queue leads one way: the device reads all of its buffers, or writes all. The device has at most
 * one buffer (a chain of descriptors) in hand, and works through it at its own pace: what has been
 * read of it once is not read again.
 *
 * Work is bounded: fetching a buffer reads at most VIRTQUEUE_SIZE_MAX descriptors. The caller
 * brings the lock, and sees to it that the VM's memory is there.
 */
#ifndef HYPERVISOR_VIRTQUEUE_H
#define HYPERVISOR_VIRTQUEUE_H

#include "lib/attributes.h"
#include "lib/types.h"

#define VIRTQUEUE_SIZE_MAX 64u

struct vm;

/* A piece of a buffer: memory of the VM, unless it is empty. */
struct virtqueue_piece {
	uint64_t ipa;
	uint32_t length;
};

struct virtqueue {
	/* As the driver says through the transport; checked by virtqueue_start(). */
	uint32_t size;
	uint64_t desc, avail, used; /* IPAs */

	bool ready;
	bool device_writes;
	const char *broken; /* NULL, or why */
	uint16_t avail_next, used_next;

	/* The buffer in hand, if any. */
	bool held;
	uint16_t head;
	uint32_t pieces, piece, offset; /* how many; where in them the device is */
	uint32_t left;			/* bytes of it yet to be read or written */
	uint32_t written;
	struct virtqueue_piece at[VIRTQUEUE_SIZE_MAX];
};

/* As after a reset of the device: not ready, not broken. */
void virtqueue_reset(struct virtqueue *q, bool device_writes);

/* The driver says that the queue is ready: check size and rings. False: it is broken. */
bool virtqueue_start(const struct vm *vm, struct virtqueue *q);

/*
 * There is a buffer in hand, after this if not before. False: the driver has none for us, or the
 * queue is not ready, or broken.
 */
MUST_CHECK bool virtqueue_fetch(const struct vm *vm, struct virtqueue *q);

/* Read or write the next bytes of the buffer in hand, n or as many as are left. Returns how many.
 */
size_t virtqueue_read(const struct vm *vm, struct virtqueue *q, void *to, size_t n);
size_t virtqueue_write(const struct vm *vm, struct virtqueue *q, const void *from, size_t n);

/* Give the buffer in hand back to the driver. True: it wants to be interrupted for that. */
MUST_CHECK bool virtqueue_finish(const struct vm *vm, struct virtqueue *q);

#endif
