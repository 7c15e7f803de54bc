/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's side of the control VM's virtio-serial device, by its registers, as Linux does it;
 * and what the device asks of the rest of the hypervisor. The test brings control_work()
 * and vm_by_id().
 */
#ifndef TESTS_UNIT_VSERIAL_GUEST_H
#define TESTS_UNIT_VSERIAL_GUEST_H

#include "abi/virtio_console.h"
#include "abi/virtio_mmio.h"
#include "hypervisor/vserial.h"
#include "tests/unit/virtio_guest.h"

#define DRIVER_QUEUES 6u
#define DRIVER_SIZE   16u

struct vserial_world {
	bool line;	  /* the device's interrupt */
	uint64_t ticks;	  /* clock_ticks() */
	uint32_t logged;  /* lines */
	char log[256];	  /* the last of them */
	uint32_t resched; /* calls of sched_look_again() */
	struct guest_queue queue[DRIVER_QUEUES];
	uint32_t heap[2]; /* offsets of memory for the next buffer: to the device, to the driver */
};

extern struct vserial_world world;
extern struct vcpu guest_vcpu;

/* A cmocka setup function: all as at boot, the driver not there yet. */
int vserial_world_reset(void **state);

uint32_t reg_load(uint32_t reg);
void reg_store(uint32_t reg, uint32_t value);

/* Tell the device where a queue is, and that it is ready. */
void driver_set_queue(uint32_t n, const struct guest_queue *g);

/* From a reset device to a running one. The driver has offered no buffer yet. */
void driver_start(void);

/* Offer a buffer of `length` bytes, with or without the notification. Returns its IPA. */
uint64_t driver_give(uint32_t n, const void *bytes, uint32_t length);
void driver_notify(uint32_t n);

/* A control message for the device; what the device says, or false. */
void driver_say(uint32_t id, uint16_t event, uint16_t value);
bool driver_hears(struct virtio_console_control *message, char name[64]);

/* driver_start(), then all messages up to the open port. */
void driver_open(void);

/* Write into the port, and read from it into `to`, with empty buffers given first. */
void driver_write(const void *bytes, uint32_t length);
uint32_t driver_read(void *to, uint32_t size);

#endif
