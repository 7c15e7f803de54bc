/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtio transport of a device on the bus (Virtio 1.2, 4.2), with its virtqueues. Knows no kind
 * of device: that is a constant description, and what the driver did is told by the return value.
 * The device brings the lock, which is taken before vgic.lock and the console's.
 */
#ifndef HYPERVISOR_VIRTIO_MMIO_H
#define HYPERVISOR_VIRTIO_MMIO_H

#include "hypervisor/virtqueue.h"

#define VIRTIO_QUEUES_MAX 6u

struct mmio;

/* Constant. */
struct virtio_kind {
	const char *name; /* in the log */
	uint32_t device_id;
	uint32_t intid;
	uint64_t
		features; /* offered, each of them needed: a driver that lacks one gets no device */
	uint32_t queues;
	uint32_t writes;    /* a bit for each queue whose buffers the device writes */
	uint32_t config[4]; /* the configuration space, which drivers cannot write */
};

struct virtio_mmio {
	const struct virtio_kind *kind;
	uint32_t device_features_sel, driver_features_sel, queue_sel;
	uint64_t driver_features;
	uint32_t status, interrupts;
	struct virtqueue queue[VIRTIO_QUEUES_MAX];
};

/* What the device has to look at after an access. */
enum virtio_event {
	VIRTIO_NOTHING,
	VIRTIO_QUEUES, /* the driver has put buffers into some queue, or begins to run */
	VIRTIO_RESET,  /* the device is as at power-on, or asks the driver to reset it */
};

/* Power-on state, interrupt line down. */
void virtio_mmio_reset(struct vm *vm, struct virtio_mmio *m);

/* An aligned 32-bit access, `reg` bytes from the device's base. */
enum virtio_event virtio_mmio_access(struct vm *vm, struct virtio_mmio *m, uint32_t reg,
				     struct mmio *mmio);

/* The driver is there, and queues may be used. */
bool virtio_mmio_runs(const struct virtio_mmio *m);

/* Tell the driver that buffers came back. */
void virtio_mmio_interrupt(struct vm *vm, struct virtio_mmio *m);

/*
 * If a queue is broken, the device says so to the driver and in the log, and runs no more until it
 * is reset. True: it runs.
 */
bool virtio_mmio_check(struct vm *vm, struct virtio_mmio *m);

#endif
