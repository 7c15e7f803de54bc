/* SPDX-License-Identifier: BSD-2-Clause */
/* tests/unit/devices_world.h, and the functions that the files under test call. */
#include "tests/unit/devices_world.h"
#include "arch/cache.h"
#include "arch/clock.h"
#include "drivers/pl011.h"
#include "hypervisor/console_input.h"
#include "hypervisor/sched.h"
#include "hypervisor/vserial.h"
#include "lib/print.h"
#include "lib/util.h"
#include <stdio.h>
#include <string.h>

struct world world;
struct vm world_vm[2];
struct vcpu world_vcpu;

struct vm *vm_by_id(uint32_t id)
{
	return id < 2 && world_vm[id].state != VM_FREE ? &world_vm[id] : NULL;
}

struct vm *vm_next(uint32_t from)
{
	while (from < 2 && vm_by_id(from) == NULL)
		from++;
	return vm_by_id(from);
}

void *vm_memory(const struct vm *vm, ipa_t at, uint64_t size)
{
	if (!range_inside(at.ipa - VM_RAM_BASE, size, vm->ram_size))
		return NULL;
	return (void *)(uintptr_t)(vm->ram.pa + (at.ipa - VM_RAM_BASE));
}

uint64_t clock_ticks(void)
{
	return world.ticks;
}

uint64_t clock_hz(void)
{
	return WORLD_HZ;
}

void pl011_init(uintptr_t base)
{
	(void)base;
}

void pl011_rx_interrupt(uintptr_t base, bool on)
{
	(void)base;
	(void)on;
}

void pl011_rx_ack(uintptr_t base)
{
	(void)base;
}

void pl011_putc(uintptr_t base, char c)
{
	(void)base;
	assert_true(world.sent_length < sizeof(world.sent) - 1);
	world.sent[world.sent_length++] = c;
	world.sent[world.sent_length] = '\0';
}

int pl011_getc(uintptr_t base)
{
	(void)base;
	return world.typed == NULL || *world.typed == '\0' ? -1 : (unsigned char)*world.typed++;
}

size_t print_format_v(char *buffer, size_t size, const char *format, va_list args)
{
	int n = vsnprintf(buffer, size, format, args);

	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

size_t print_format(char *buffer, size_t size, const char *format, ...)
{
	va_list args;
	size_t n;

	va_start(args, format);
	n = print_format_v(buffer, size, format, args);
	va_end(args);
	return n;
}

void vgic_set_line(struct vm *vm, uint32_t cpu, uint32_t intid, bool level)
{
	assert_ptr_equal(vm, &world_vm[vm->id]);
	assert_int_equal(cpu, 0);
	world.line[intid] = level;
	world.line_calls++;
}

void vgic_dist_access(struct vcpu *vcpu, struct mmio *mmio)
{
	(void)vcpu;
	(void)mmio;
	world.gic_accessed = true;
}

void vgic_redist_access(struct vcpu *vcpu, struct mmio *mmio)
{
	vgic_dist_access(vcpu, mmio);
}

void vserial_access(struct vcpu *vcpu, struct mmio *mmio)
{
	(void)vcpu;
	mmio->value = 0x5e41a1;
}

void sched_look_again(void)
{
	world.rescheduled = true;
}

void cache_clean(uintptr_t base, uint64_t size)
{
	(void)base;
	world.cleaned += size;
}

void cache_clean_invalidate(uintptr_t base, uint64_t size)
{
	cache_clean(base, size);
}

void cache_sync_code(uintptr_t base, uint64_t size)
{
	(void)base;
	(void)size;
}

int world_reset(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	memset(world_vm, 0, sizeof(world_vm));
	for (uint32_t i = 0; i < 2; i++) {
		world_vm[i].id = i;
		world_vm[i].state = VM_RUNNING;
		snprintf(world_vm[i].config.name, VM_NAME_MAX, "vm%u", i);
		world_vm[i].config.cpus = 2;
		world_vm[i].config.bootargs = "";
	}
	world_vcpu.vm = &world_vm[0];
	console_init(0x1000);
	console_set_commands(NULL);
	console_set_focus(0);
	for (uint32_t i = 0; i < 2; i++) {
		vuart_reset(&world_vm[i]);
		vrtc_reset(&world_vm[i]);
	}
	vrtc_init(0);
	world.line_calls = 0;
	world.ticks = 100 * WORLD_HZ;
	world_clear();
	return 0;
}

void world_clear(void)
{
	world.sent_length = 0;
	world.sent[0] = '\0';
}

void world_type(const char *text)
{
	world.typed = text;
	console_interrupt();
}

void world_print(uint32_t vm, const char *text)
{
	for (; *text != '\0'; text++)
		console_guest_putc(&world_vm[vm], *text);
}

void expect_sent(const char *text)
{
	assert_string_equal(world.sent, text);
	world_clear();
}

uint64_t world_load(uint64_t address, uint8_t size)
{
	struct mmio mmio = {.ipa = address, .size = size, .value = ~0ull};

	assert_true(device_access(&world_vcpu, &mmio));
	return mmio.value;
}

void world_store(uint64_t address, uint8_t size, uint64_t value)
{
	struct mmio mmio = {.ipa = address, .size = size, .value = value, .write = true};

	assert_true(device_access(&world_vcpu, &mmio));
}
