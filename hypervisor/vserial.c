/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/vserial.h. Numbers in brackets are sections of Virtio 1.2. Port 0 of a console device
 * is a console and is not there; ours is port 1. Only queues that lead somewhere are looked at: the
 * driver keeps the buffers of port 0. Each look deals with BUDGET buffers at most; if there are
 * more, another one follows soon.
 */
#include "hypervisor/vserial.h"
#include "abi/virtio_console.h"
#include "abi/virtio_mmio.h"
#include "arch/clock.h"
#include "hypervisor/control.h"
#include "hypervisor/devices.h"
#include "hypervisor/pages.h"
#include "hypervisor/sched.h"
#include "lib/util.h"
#include <string.h>

#define PORT		 1u
#define BUDGET		 VIRTQUEUE_SIZE_MAX
#define LOOKS_PER_SECOND 1000u

static const struct virtio_kind kind = {
	.name = "virtio-serial",
	.device_id = VIRTIO_ID_CONSOLE,
	.intid = VDEV_VIRTIO_INTID,
	.features = BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_CONSOLE_F_MULTIPORT),
	.queues = 6,
	.writes = BIT(0) | BIT(VIRTIO_CONSOLE_CONTROL_IN) | BIT(VIRTIO_CONSOLE_PORT1_IN),
	.config[VIRTIO_CONSOLE_CONFIG_PORTS / 4] = PORT + 1,
};

struct vserial *vserial_new(void)
{
	struct vserial *s = pages_get(sizeof(*s), PAGE_SIZE);

	if (s != NULL) {
		s->mmio.kind = &kind;
		s->due = VSERIAL_NEVER;
	}
	return s;
}

void vserial_again(struct vm *vm)
{
	uint64_t soon = clock_ticks() + clock_hz() / LOOKS_PER_SECOND;

	__atomic_store_n(&vm->serial->due, soon, __ATOMIC_RELAXED);
	sched_look_again(); /* sets this CPU's timer */
}

/* A buffer of the queue is in hand. False: there is none, or it has to wait for another look. */
static bool fetch(struct vm *vm, uint32_t queue, struct virtqueue **q)
{
	struct vserial *s = vm->serial;

	*q = &s->mmio.queue[queue];
	if (s->budget == 0) {
		vserial_again(vm);
		return false;
	}
	s->budget--;
	return virtqueue_fetch(vm, *q);
}

static void finish(struct vm *vm, struct virtqueue *q)
{
	if (virtqueue_finish(vm, q))
		virtio_mmio_interrupt(vm, &vm->serial->mmio);
}

static void forget_session(struct vserial *s)
{
	s->session = 0;
	s->to_say = 0;
}

void vserial_reset(struct vm *vm)
{
	struct vserial *s = vm->serial;

	if (s == NULL)
		return;
	spin_lock(&s->lock);
	forget_session(s);
	virtio_mmio_reset(vm, &s->mmio);
	spin_unlock(&s->lock);
	vserial_again(vm);
}

/* What the guest has written to a closed port, or before it closed it, goes back to it unread. */
static void drop_unread(struct vm *vm)
{
	struct virtqueue *q;

	while (fetch(vm, VIRTIO_CONSOLE_PORT1_OUT, &q))
		finish(vm, q);
}

static void open_port(struct vm *vm, bool open)
{
	struct vserial *s = vm->serial;

	if (!open) {
		s->session = 0;
		drop_unread(vm); /* before the port is opened anew */
	} else if (s->session == 0) {
		s->session = ++s->sessions;
	}
}

/* [5.3.6.2] A message of the driver. One that means nothing here is ignored. */
static void hear(struct vm *vm, const struct virtio_console_control *message)
{
	struct vserial *s = vm->serial;

	if (message->event == VIRTIO_CONSOLE_DEVICE_READY && message->value == 1)
		s->to_say |= BIT(VIRTIO_CONSOLE_DEVICE_ADD);
	if (message->id != PORT)
		return;
	if (message->event == VIRTIO_CONSOLE_PORT_READY && message->value == 1)
		s->to_say |= BIT(VIRTIO_CONSOLE_PORT_NAME) | BIT(VIRTIO_CONSOLE_PORT_OPEN);
	if (message->event == VIRTIO_CONSOLE_PORT_OPEN)
		open_port(vm, message->value != 0);
}

static void hear_all(struct vm *vm)
{
	struct virtio_console_control message;
	struct virtqueue *q;

	while (fetch(vm, VIRTIO_CONSOLE_CONTROL_OUT, &q)) {
		if (virtqueue_read(vm, q, &message, sizeof(message)) == sizeof(message))
			hear(vm, &message);
		finish(vm, q);
	}
}

/* One message, if the driver has a buffer for it; of too small a buffer, what fits into it. */
static bool say(struct vm *vm, uint16_t event)
{
	const struct virtio_console_control message = {.id = PORT, .event = event, .value = 1};
	struct virtqueue *q;

	if (!fetch(vm, VIRTIO_CONSOLE_CONTROL_IN, &q))
		return false;
	(void)virtqueue_write(vm, q, &message, sizeof(message));
	if (event == VIRTIO_CONSOLE_PORT_NAME)
		(void)virtqueue_write(vm, q, VSERIAL_PORT_NAME, strlen(VSERIAL_PORT_NAME));
	finish(vm, q);
	return true;
}

/* In this order: a port is there, then has a name, and is open on our side from then on. */
static void say_all(struct vm *vm)
{
	static const uint16_t order[] = {
		VIRTIO_CONSOLE_DEVICE_ADD,
		VIRTIO_CONSOLE_PORT_NAME,
		VIRTIO_CONSOLE_PORT_OPEN,
	};
	uint32_t *to_say = &vm->serial->to_say;

	for (uint32_t i = 0; i < ARRAY_SIZE(order); i++) {
		if ((*to_say & BIT(order[i])) == 0)
			continue;
		if (!say(vm, order[i]))
			return;
		*to_say &= ~(uint32_t)BIT(order[i]);
	}
}

/* After everything that may have found a queue broken. */
static void check(struct vm *vm)
{
	if (!virtio_mmio_check(vm, &vm->serial->mmio))
		forget_session(vm->serial);
}

/* The lock is held. What control_work() reads and writes is its own business. */
static void look(struct vm *vm)
{
	vm->serial->budget = BUDGET;
	if (virtio_mmio_runs(&vm->serial->mmio)) {
		if (vm->serial->session == 0)
			drop_unread(vm);
		hear_all(vm);
		say_all(vm);
	}
	check(vm);
}

/* What another CPU does there at this moment may have missed what came just now. */
static void work(struct vm *vm)
{
	struct vserial *s = vm->serial;

	if (__atomic_exchange_n(&s->busy, true, __ATOMIC_ACQUIRE)) {
		vserial_again(vm);
		return;
	}
	control_work(vm);
	__atomic_store_n(&s->busy, false, __ATOMIC_RELEASE);
}

void vserial_access(struct vcpu *vcpu, struct mmio *mmio)
{
	struct vm *vm = vcpu->vm;
	struct vserial *s = vm->serial;
	uint32_t reg = (uint32_t)(mmio->ipa - VDEV_VIRTIO_BASE);
	enum virtio_event event;

	spin_lock(&s->lock);
	event = virtio_mmio_access(vm, &s->mmio, reg, mmio);
	if (event != VIRTIO_NOTHING)
		look(vm);
	spin_unlock(&s->lock);
	if (event != VIRTIO_NOTHING)
		work(vm);
}

uint64_t vserial_session(struct vm *vm)
{
	uint64_t session;

	spin_lock(&vm->serial->lock);
	session = vm->serial->session;
	spin_unlock(&vm->serial->lock);
	return session;
}

/* The lock is held. A buffer goes back once it has been read to its end. */
static size_t read_some(struct vm *vm, uint8_t *to, size_t n)
{
	struct virtqueue *q;
	size_t done = 0;

	vm->serial->budget = BUDGET;
	while (done < n && fetch(vm, VIRTIO_CONSOLE_PORT1_OUT, &q)) {
		done += virtqueue_read(vm, q, to + done, n - done);
		if (q->left == 0)
			finish(vm, q);
	}
	return done;
}

/* The lock is held. A buffer goes back with what is there now, for the guest to read at once. */
static size_t write_some(struct vm *vm, const uint8_t *from, size_t n)
{
	struct virtqueue *q;
	size_t done = 0;

	vm->serial->budget = BUDGET;
	while (done < n && fetch(vm, VIRTIO_CONSOLE_PORT1_IN, &q)) {
		done += virtqueue_write(vm, q, from + done, n - done);
		finish(vm, q);
	}
	return done;
}

size_t vserial_read(struct vm *vm, uint64_t session, void *to, size_t n)
{
	struct vserial *s = vm->serial;
	size_t done = 0;

	spin_lock(&s->lock);
	if (session != 0 && session == s->session)
		done = read_some(vm, to, n);
	check(vm);
	spin_unlock(&s->lock);
	return done;
}

size_t vserial_write(struct vm *vm, uint64_t session, const void *from, size_t n)
{
	struct vserial *s = vm->serial;
	size_t done = 0;

	spin_lock(&s->lock);
	if (session != 0 && session == s->session)
		done = write_some(vm, from, n);
	check(vm);
	spin_unlock(&s->lock);
	return done;
}

/* The queues are looked at as well: what one look left is why there is another. */
static void poll(struct vm *vm)
{
	struct vserial *s = vm->serial;

	__atomic_store_n(&s->due, VSERIAL_NEVER, __ATOMIC_RELAXED);
	spin_lock(&s->lock);
	look(vm);
	spin_unlock(&s->lock);
	work(vm);
}

uint64_t vserial_poll(void)
{
	struct vm *vm = vm_by_id(VM_CONTROL);
	uint64_t *due;

	if (vm == NULL || vm->serial == NULL)
		return VSERIAL_NEVER;
	due = &vm->serial->due;
	if (__atomic_load_n(due, __ATOMIC_RELAXED) <= clock_ticks())
		poll(vm);
	return __atomic_load_n(due, __ATOMIC_RELAXED);
}
