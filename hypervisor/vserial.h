/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control VM's virtio-serial device (Virtio 1.2, 5.3) with its one port, a stream of bytes in
 * both directions. No byte is lost while the port stays open: what is not read stays in the guest's
 * buffers, and what the guest has no buffers for is not taken. The device itself keeps none.
 *
 * The port belongs to whoever has it open in the guest: each opening is a session with a number,
 * and reading and writing name the session that they are for, so that nothing of one reaches the
 * next. What the guest wrote and then closed the port before it was read is dropped.
 *
 * Upwards: control_work() (control.h) is called when there may be something to read, to write or to
 * forget; on any CPU, on one at a time, with no lock held.
 */
#ifndef HYPERVISOR_VSERIAL_H
#define HYPERVISOR_VSERIAL_H

#include "arch/spinlock.h"
#include "hypervisor/virtio_mmio.h"

#define VSERIAL_PORT_NAME "org.teevisor.control.0"

struct vcpu;

/* Under `lock`, taken before vgic.lock and the console's, but for what is marked atomic. */
struct vserial {
	struct spinlock lock;
	struct virtio_mmio mmio;
	uint32_t to_say;   /* control messages that the guest has yet to get, a bit each */
	uint64_t session;  /* 0: the port is closed */
	uint64_t sessions; /* so far */
	uint32_t budget;   /* buffers that may yet be fetched at this look */
	uint64_t due;	   /* atomic: clock_ticks() at which to look again, VSERIAL_NEVER: never */
	bool busy;	   /* atomic: somebody is in control_work() */
};

#define VSERIAL_NEVER UINT64_MAX

/* A device for the VM, once. NULL: there is no memory. */
struct vserial *vserial_new(void);

/* Power-on state; the session is over. No vCPU runs. Nothing if the VM has no device. */
void vserial_reset(struct vm *vm);

/* An access of the guest, which has the device. As vuart_access(). */
void vserial_access(struct vcpu *vcpu, struct mmio *mmio);

/* The session that is open now, or 0. */
uint64_t vserial_session(struct vm *vm);

/*
 * Take the next bytes that the guest has written, at most n; give it bytes, at most n. Returns how
 * many. 0 if the session is over. When a call did less than n, control_work() comes again once more
 * can be done.
 */
size_t vserial_read(struct vm *vm, uint64_t session, void *to, size_t n);
size_t vserial_write(struct vm *vm, uint64_t session, const void *from, size_t n);

/* Have control_work() called again soon, after the guests have had their turn: for long work. */
void vserial_again(struct vm *vm);

/*
 * Do the work that is due. Returns the clock_ticks() at which more will be, VSERIAL_NEVER if none
 * is known. Any CPU; no lock held.
 */
uint64_t vserial_poll(void);

#endif
