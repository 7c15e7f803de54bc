/* SPDX-License-Identifier: BSD-2-Clause */
/* tests/unit/vserial_guest.h */
#include "tests/unit/vserial_guest.h"
#include "arch/clock.h"
#include "hypervisor/console.h"
#include "hypervisor/devices.h"
#include "hypervisor/pages.h"
#include "hypervisor/sched.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Behind the queues, memory for what is written, and as much for what is read. */
#define HEAP	  (VM_RAM_BASE + DRIVER_QUEUES * 3 * PAGE_SIZE)
#define HEAP_SIZE 0x16000u

_Static_assert(HEAP + 2 * HEAP_SIZE <= VM_RAM_BASE + GUEST_RAM_SIZE, "it is memory");

struct vserial_world world;
struct vcpu guest_vcpu = {.vm = &guest_vm};

static _Alignas(8) uint8_t serial_memory[sizeof(struct vserial)];

uint64_t clock_ticks(void)
{
	return world.ticks;
}

uint64_t clock_hz(void)
{
	return 1000;
}

void sched_look_again(void)
{
	world.resched++;
}

void vgic_set_line(struct vm *vm, uint32_t cpu, uint32_t intid, bool level)
{
	assert(vm == &guest_vm && cpu == 0 && intid == VDEV_VIRTIO_INTID);
	world.line = level;
}

void console_log_vm(const struct vm *vm, const char *format, ...)
{
	va_list args;

	assert(vm == &guest_vm);
	va_start(args, format);
	(void)vsnprintf(world.log, sizeof(world.log), format, args);
	va_end(args);
	world.logged++;
}

void *pages_get(uint64_t size, uint64_t align)
{
	assert(size == sizeof(serial_memory) && align == PAGE_SIZE);
	memset(serial_memory, 0, sizeof(serial_memory));
	return serial_memory;
}

int vserial_world_reset(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	guest_memory_reset();
	guest_vm.serial = vserial_new();
	vserial_reset(&guest_vm);
	(void)vserial_poll();
	world.ticks = 1000;
	(void)vserial_poll();
	return 0;
}

uint32_t reg_load(uint32_t reg)
{
	struct mmio mmio = {.ipa = VDEV_VIRTIO_BASE + reg, .size = 4};

	vserial_access(&guest_vcpu, &mmio);
	return (uint32_t)mmio.value;
}

void reg_store(uint32_t reg, uint32_t value)
{
	struct mmio mmio = {
		.ipa = VDEV_VIRTIO_BASE + reg, .size = 4, .value = value, .write = true};

	vserial_access(&guest_vcpu, &mmio);
}

static void store_address(uint32_t low, uint64_t value)
{
	reg_store(low, (uint32_t)value);
	reg_store(low + 4, (uint32_t)(value >> 32));
}

void driver_set_queue(uint32_t n, const struct guest_queue *g)
{
	reg_store(VIRTIO_MMIO_QUEUE_SEL, n);
	reg_store(VIRTIO_MMIO_QUEUE_NUM, g->size);
	store_address(VIRTIO_MMIO_QUEUE_DESC_LOW, g->desc);
	store_address(VIRTIO_MMIO_QUEUE_DRIVER_LOW, g->avail);
	store_address(VIRTIO_MMIO_QUEUE_DEVICE_LOW, g->used);
	reg_store(VIRTIO_MMIO_QUEUE_READY, 1);
}

static void agree(void)
{
	uint32_t status = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;

	reg_store(VIRTIO_MMIO_STATUS, 0);
	reg_store(VIRTIO_MMIO_STATUS, status);
	for (uint32_t i = 0; i < 2; i++) {
		reg_store(VIRTIO_MMIO_DEVICE_FEATURES_SEL, i);
		reg_store(VIRTIO_MMIO_DRIVER_FEATURES_SEL, i);
		reg_store(VIRTIO_MMIO_DRIVER_FEATURES, reg_load(VIRTIO_MMIO_DEVICE_FEATURES));
	}
	reg_store(VIRTIO_MMIO_STATUS, status | VIRTIO_STATUS_FEATURES_OK);
	assert(reg_load(VIRTIO_MMIO_STATUS) == (status | VIRTIO_STATUS_FEATURES_OK));
}

void driver_start(void)
{
	agree();
	for (uint32_t i = 0; i < DRIVER_QUEUES; i++) {
		guest_place(&world.queue[i], DRIVER_SIZE, VM_RAM_BASE + i * 3 * PAGE_SIZE);
		driver_set_queue(i, &world.queue[i]);
	}
	reg_store(VIRTIO_MMIO_STATUS, reg_load(VIRTIO_MMIO_STATUS) | VIRTIO_STATUS_DRIVER_OK);
}

static bool is_inward(uint32_t n)
{
	return n % 2 == 0;
}

/* Memory is taken in turns: a buffer is long back before its bytes are used again. */
static uint64_t take_memory(bool inward, uint32_t length)
{
	uint32_t *next = &world.heap[inward], at;

	assert(length <= HEAP_SIZE);
	if (*next + length > HEAP_SIZE)
		*next = 0;
	at = *next;
	*next += length;
	return HEAP + (uint64_t)inward * HEAP_SIZE + at;
}

uint64_t driver_give(uint32_t n, const void *bytes, uint32_t length)
{
	struct guest_queue *g = &world.queue[n];
	uint16_t index = g->offered % DRIVER_SIZE;
	uint64_t at = take_memory(is_inward(n), length);

	if (bytes != NULL)
		memcpy(guest_at(at), bytes, length);
	guest_desc(g, index, at, length, is_inward(n) ? VRING_DESC_F_WRITE : 0, 0);
	guest_offer(g, index);
	return at;
}

void driver_notify(uint32_t n)
{
	reg_store(VIRTIO_MMIO_QUEUE_NOTIFY, n);
}

void driver_say(uint32_t id, uint16_t event, uint16_t value)
{
	const struct virtio_console_control message = {id, event, value};
	struct vring_used_entry entry;

	while (guest_take(&world.queue[VIRTIO_CONSOLE_CONTROL_OUT], &entry))
		continue;
	(void)driver_give(VIRTIO_CONSOLE_CONTROL_OUT, &message, sizeof(message));
	driver_notify(VIRTIO_CONSOLE_CONTROL_OUT);
}

/* Where the buffer is that came back: its descriptor still says so. */
static const void *buffer_of(const struct guest_queue *g, uint32_t id)
{
	struct vring_desc d;

	memcpy(&d, guest_at(g->desc + id * sizeof(d)), sizeof(d));
	return guest_at(d.address);
}

bool driver_hears(struct virtio_console_control *message, char name[64])
{
	struct guest_queue *g = &world.queue[VIRTIO_CONSOLE_CONTROL_IN];
	struct vring_used_entry entry;
	const uint8_t *at;

	if (!guest_take(g, &entry))
		return false;
	assert(entry.length >= sizeof(*message) && entry.length < sizeof(*message) + 64);
	at = buffer_of(g, entry.id);
	memcpy(message, at, sizeof(*message));
	memcpy(name, at + sizeof(*message), entry.length - sizeof(*message));
	name[entry.length - sizeof(*message)] = '\0';
	return true;
}

void driver_open(void)
{
	driver_start();
	for (uint32_t i = 0; i < 4; i++)
		(void)driver_give(VIRTIO_CONSOLE_CONTROL_IN, NULL, 128);
	driver_say(0, VIRTIO_CONSOLE_DEVICE_READY, 1);
	driver_say(1, VIRTIO_CONSOLE_PORT_READY, 1);
	driver_say(1, VIRTIO_CONSOLE_PORT_OPEN, 1);
}

void driver_write(const void *bytes, uint32_t length)
{
	struct vring_used_entry entry;

	while (guest_take(&world.queue[VIRTIO_CONSOLE_PORT1_OUT], &entry))
		continue;
	(void)driver_give(VIRTIO_CONSOLE_PORT1_OUT, bytes, length);
	driver_notify(VIRTIO_CONSOLE_PORT1_OUT);
}

uint32_t driver_read(void *to, uint32_t size)
{
	struct guest_queue *g = &world.queue[VIRTIO_CONSOLE_PORT1_IN];
	struct vring_used_entry entry;
	uint32_t done = 0;

	while (guest_take(g, &entry)) {
		assert(done + entry.length <= size);
		memcpy((uint8_t *)to + done, buffer_of(g, entry.id), entry.length);
		done += entry.length;
	}
	return done;
}
