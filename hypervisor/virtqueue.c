/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/virtqueue.h. Numbers in brackets are sections of Virtio 1.2. Another vCPU may change
 * everything here at any moment, so each load happens once, by an atomic load or by a copy.
 */
#include "hypervisor/virtqueue.h"
#include "abi/virtio_ring.h"
#include "hypervisor/vm.h"
#include "lib/util.h"
#include <string.h>

static bool broken(struct virtqueue *q, const char *why)
{
	q->broken = why;
	q->held = false;
	return false;
}

void virtqueue_reset(struct virtqueue *q, bool device_writes)
{
	memset(q, 0, sizeof(*q));
	q->device_writes = device_writes;
}

static bool ring_is_good(const struct vm *vm, uint64_t at, uint64_t align, uint64_t size)
{
	return is_aligned(at, align) && vm_memory(vm, ipa(at), size) != NULL;
}

/* [2.7]: a power of two, and aligned rings. */
bool virtqueue_start(const struct vm *vm, struct virtqueue *q)
{
	uint64_t n = q->size;

	if (n == 0 || n > VIRTQUEUE_SIZE_MAX || (n & (n - 1)) != 0)
		return broken(q, "its size is not a power of two up to 64");
	if (!ring_is_good(vm, q->desc, 16, n * sizeof(struct vring_desc)))
		return broken(q, "its descriptors are not in memory");
	if (!ring_is_good(vm, q->avail, 2, VRING_AVAIL_RING + n * VRING_AVAIL_ENTRY))
		return broken(q, "its available ring is not in memory");
	if (!ring_is_good(vm, q->used, 4, VRING_USED_RING + n * sizeof(struct vring_used_entry)))
		return broken(q, "its used ring is not in memory");
	q->ready = true;
	return true;
}

static const uint16_t *avail_field(const struct vm *vm, const struct virtqueue *q, uint64_t offset)
{
	return vm_memory(vm, ipa(q->avail + offset), sizeof(uint16_t));
}

/* One descriptor: a load for each half. The index is checked, and the table was. */
static struct vring_desc read_desc(const struct vm *vm, const struct virtqueue *q, uint32_t index)
{
	uint64_t offset = (uint64_t)index * sizeof(struct vring_desc);
	const uint64_t *half = vm_memory(vm, ipa(q->desc + offset), sizeof(struct vring_desc));
	uint64_t rest = __atomic_load_n(&half[1], __ATOMIC_RELAXED);

	return (struct vring_desc){
		.address = __atomic_load_n(&half[0], __ATOMIC_RELAXED),
		.length = (uint32_t)rest,
		.flags = (uint16_t)(rest >> 32),
		.next = (uint16_t)(rest >> 48),
	};
}

/* [2.7.5] The descriptor, which is a copy, becomes a piece of the buffer. */
static bool add_piece(const struct vm *vm, struct virtqueue *q, const struct vring_desc *d)
{
	if (d->flags & VRING_DESC_F_INDIRECT)
		return broken(q, "an indirect descriptor, which was not offered");
	if (((d->flags & VRING_DESC_F_WRITE) != 0) != q->device_writes)
		return broken(q, "a buffer of the wrong direction");
	if (d->length != 0 && vm_memory(vm, ipa(d->address), d->length) == NULL)
		return broken(q, "a buffer that is not memory");
	if (d->length > UINT32_MAX - q->left)
		return broken(q, "a buffer longer than 4 GiB");
	q->at[q->pieces].ipa = d->address;
	q->at[q->pieces].length = d->length;
	q->left += d->length;
	q->pieces++;
	return true;
}

/* A chain has at most as many descriptors as the queue, so a loop ends here. */
static bool take_chain(const struct vm *vm, struct virtqueue *q)
{
	uint32_t index = q->head;
	struct vring_desc d;

	q->pieces = q->piece = q->offset = q->left = q->written = 0;
	do {
		if (index >= q->size)
			return broken(q, "a descriptor beyond the table");
		if (q->pieces == q->size)
			return broken(q, "a chain longer than the queue");
		d = read_desc(vm, q, index);
		if (!add_piece(vm, q, &d))
			return false;
		index = d.next;
	} while (d.flags & VRING_DESC_F_NEXT);
	q->held = true;
	return true;
}

/* [2.7.13.3]: what the index covers was written before it. */
bool virtqueue_fetch(const struct vm *vm, struct virtqueue *q)
{
	uint64_t slot = (uint64_t)q->avail_next & (q->size - 1);
	uint16_t index;

	if (!q->ready || q->broken != NULL)
		return false;
	if (q->held)
		return true;
	index = __atomic_load_n(avail_field(vm, q, VRING_AVAIL_INDEX), __ATOMIC_ACQUIRE);
	if (index == q->avail_next)
		return false;
	if ((uint16_t)(index - q->avail_next) > q->size)
		return broken(q, "more buffers than the queue holds");
	q->head = __atomic_load_n(avail_field(vm, q, VRING_AVAIL_RING + slot * VRING_AVAIL_ENTRY),
				  __ATOMIC_RELAXED);
	q->avail_next++;
	return take_chain(vm, q);
}

/* The next stretch of the buffer in hand that is contiguous, at most n bytes. 0: none is left. */
static size_t stretch(const struct vm *vm, struct virtqueue *q, size_t n, uint8_t **at)
{
	while (q->piece < q->pieces && q->offset == q->at[q->piece].length) {
		q->piece++;
		q->offset = 0;
	}
	if (q->piece == q->pieces || n == 0)
		return 0;
	n = min_u64(n, q->at[q->piece].length - q->offset);
	*at = vm_memory(vm, ipa(q->at[q->piece].ipa + q->offset), n);
	q->offset += (uint32_t)n;
	q->left -= (uint32_t)n;
	return n;
}

size_t virtqueue_read(const struct vm *vm, struct virtqueue *q, void *to, size_t n)
{
	size_t done = 0, part;
	uint8_t *at;

	while ((part = stretch(vm, q, n - done, &at)) != 0) {
		memcpy((uint8_t *)to + done, at, part);
		done += part;
	}
	return done;
}

size_t virtqueue_write(const struct vm *vm, struct virtqueue *q, const void *from, size_t n)
{
	size_t done = 0, part;
	uint8_t *at;

	while ((part = stretch(vm, q, n - done, &at)) != 0) {
		memcpy(at, (const uint8_t *)from + done, part);
		done += part;
	}
	q->written += (uint32_t)done;
	return done;
}

/*
 * [2.7.8]: the entry, then the index. [2.7.7.2]: only then the look at whether the driver wants an
 * interrupt, which it may have asked for just before it looked at the index.
 */
bool virtqueue_finish(const struct vm *vm, struct virtqueue *q)
{
	struct vring_used_entry entry = {.id = q->head, .length = q->written};
	uint64_t slot = (uint64_t)q->used_next & (q->size - 1);
	uint16_t *index = vm_memory(vm, ipa(q->used + VRING_USED_INDEX), sizeof(*index));

	memcpy(vm_memory(vm, ipa(q->used + VRING_USED_RING + slot * sizeof(entry)), sizeof(entry)),
	       &entry, sizeof(entry));
	__atomic_store_n(index, ++q->used_next, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	q->held = false;
	return (__atomic_load_n(avail_field(vm, q, VRING_AVAIL_FLAGS), __ATOMIC_RELAXED) &
		VRING_AVAIL_F_NO_INTERRUPT) == 0;
}
