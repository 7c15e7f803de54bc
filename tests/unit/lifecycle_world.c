/* SPDX-License-Identifier: BSD-2-Clause */
/* tests/unit/lifecycle_world.h, and the functions that the files under test call. */
#include "tests/unit/lifecycle_world.h"
#include "abi/psci.h"
#include "arch/cache.h"
#include "arch/clock.h"
#include "hypervisor/console.h"
#include "hypervisor/pages.h"
#include "hypervisor/random.h"
#include "hypervisor/sched.h"
#include "hypervisor/tee.h"
#include "hypervisor/tee_port.h"
#include "hypervisor/trace.h"
#include "hypervisor/vserial.h"
#include "lib/assert.h"
#include "lib/print.h"
#include "lib/util.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct world world;
static uint8_t *memory;
static uint8_t kernel[KIB(300)] ALIGNED(4096), ramdisk[KIB(200)] ALIGNED(4096);
static jmp_buf out_of_idle;
static bool chosen;
static uint64_t vttbr;

/* --- the CPUs --- */

uint64_t fake_read_sysreg(const char *name)
{
	if (strcmp(name, "tpidr_el2") == 0)
		return (uintptr_t)&pcpus[world.cpu];
	if (strcmp(name, "cntpct_el0") == 0)
		return ++world.ticks;
	if (strcmp(name, "cntfrq_el0") == 0)
		return WORLD_HZ;
	return strcmp(name, "vttbr_el2") == 0 ? vttbr : 0;
}

void fake_write_sysreg(const char *name, uint64_t value)
{
	if (strcmp(name, "vttbr_el2") == 0)
		vttbr = value;
}

/* The CPU that is told looks at its flags when it has its turn. */
void gicv3_sgi1r(unsigned intid, uint64_t mpidr)
{
	assert_int_equal(intid, SGI_KICK);
	assert_true(mpidr < WORLD_CPUS);
}

uint64_t clock_ticks(void)
{
	return ++world.ticks;
}

uint64_t clock_hz(void)
{
	return WORLD_HZ;
}

/*
 * The scheduler looks here before it works on VMs and chooses a vCPU, vm_work() after each step. A
 * CPU that has chosen nothing and would wait for an interrupt leaves.
 */
void irq_take(void)
{
	const struct pcpu *p = this_pcpu();

	world.most_cleaned = max_u64(world.most_cleaned, world.cleaned);
	world.cleaned = 0;
	if (++world.looks == world.call_at)
		world.call();
	if (chosen && p->current == NULL && !p->resched && !vm_work_wanted())
		longjmp(out_of_idle, 1);
	chosen = false;
}

uint64_t vrtc_poll(void)
{
	chosen = true;
	return VRTC_NEVER;
}

struct vcpu *world_turn(unsigned cpu)
{
	struct vcpu *vcpu;

	world.cpu = cpu;
	chosen = false;
	if (setjmp(out_of_idle) != 0)
		return NULL;
	vcpu = sched_run();
	assert_ptr_equal(world.loaded[world.cpu], vcpu);
	return vcpu;
}

void world_settle(void)
{
	for (unsigned n = 0; n < 40 * WORLD_CPUS; n++) {
		world_turn(n % WORLD_CPUS);
		world.ticks += WORLD_HZ / 100;
	}
}

void context_reset(struct vcpu *vcpu, uint64_t entry, uint64_t x0)
{
	memset(&vcpu->regs, 0, sizeof(vcpu->regs));
	vcpu->regs.pc = entry;
	vcpu->regs.x[0] = x0;
}

void context_save(struct vcpu *vcpu)
{
	assert_ptr_equal(world.loaded[world.cpu], vcpu);
	world.loaded[world.cpu] = NULL;
}

void context_load(struct vcpu *vcpu)
{
	assert_null(world.loaded[world.cpu]);
	assert_int_equal(vcpu->vm->state, VM_RUNNING);
	for (unsigned i = 0; i < WORLD_CPUS; i++)
		assert_ptr_not_equal(world.loaded[i], vcpu);
	world.loaded[world.cpu] = vcpu;
}

uint64_t vtimer_next(const struct vcpu *vcpu)
{
	(void)vcpu;
	return ~0ull;
}

void smc_call(uint64_t regs[8])
{
	assert_int_equal(regs[0], PSCI_SYSTEM_OFF);
	world.off = true;
}

void cache_clean(uintptr_t base, uint64_t size)
{
	(void)base;
	(void)size;
}

void cache_clean_invalidate(uintptr_t base, uint64_t size)
{
	(void)base;
	world.cleaned += size;
	world.ticks += size / 128; /* 1 ms for 128 KiB */
}

void cache_sync_code(uintptr_t base, uint64_t size)
{
	cache_clean(base, size);
}

/* --- devices, console, trace --- */

void vgic_reset(struct vm *vm)
{
	assert_int_equal(vm->running, 0);
}

void vgic_cpu_reset(struct vcpu *vcpu)
{
	vcpu->vgic.dirty = false;
}

void vgic_flush_slow(struct vcpu *vcpu)
{
	vcpu->vgic.dirty = false;
}

bool vgic_has_pending(struct vcpu *vcpu)
{
	(void)vcpu;
	return world.pending;
}

void vuart_reset(struct vm *vm)
{
	assert_int_equal(vm->running, 0);
}

void vrtc_reset(struct vm *vm)
{
	assert_int_equal(vm->running, 0);
}

struct vserial *vserial_new(void)
{
	return NULL;
}

void vserial_reset(struct vm *vm)
{
	assert_int_equal(vm->running, 0);
}

uint64_t vserial_poll(void)
{
	return VSERIAL_NEVER;
}

void console_log(const char *format, ...)
{
	size_t used = strlen(world.log);
	va_list args;

	if (used > sizeof(world.log) / 2)
		used = 0;
	va_start(args, format);
	used += print_format_v(world.log + used, sizeof(world.log) - used - 1, format, args);
	va_end(args);
	strcpy(world.log + used, "\n");
}

bool world_logged(const char *text)
{
	return strstr(world.log, text) != NULL;
}

const struct console_command *world_commands;

void console_set_commands(const struct console_command *table)
{
	world_commands = table;
}

void console_guest_putc(const struct vm *vm, char c)
{
	(void)vm;
	(void)c;
}

void console_guest_end(const struct vm *vm)
{
	(void)vm;
}

void trace_vm(const struct vm *vm, enum trace_vm_event event)
{
	(void)vm;
	(void)event;
}

void random_bytes(void *out, size_t length)
{
	memset(out, 0x5a, length);
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

void panic(const char *format, ...)
{
	fail_msg("panic: %s", format);
	abort();
}

/* --- the TEE --- */

const struct tee_port tee_port;

void tee_port_set_intid(uint32_t intid)
{
	(void)intid;
}

static enum tee_status fake_probe(void *at, const struct tee_port *port)
{
	*(struct tee *)at = (struct tee){&optee_backend, port, 0};
	return TEE_STATUS_OK;
}

static enum tee_status no_probe(void *at, const struct tee_port *port)
{
	(void)at;
	(void)port;
	return TEE_STATUS_ABSENT;
}

static size_t fake_vm_size(const struct tee *tee, const struct tee_quota *quota)
{
	(void)tee;
	return sizeof(struct fake_tee_vm) + quota->shared_pages * 4;
}

static enum tee_status fake_vm_create(struct tee *tee, struct tee_host_vm *host,
				      const struct tee_quota *quota, void *at, size_t size,
				      struct tee_vm **out)
{
	struct fake_tee_vm *f = at;

	assert_true(size >= fake_vm_size(tee, quota));
	if (world.create != TEE_STATUS_OK)
		return world.create;
	*f = (struct fake_tee_vm){.vm = {.tee = tee, .host = host}, .again = world.again};
	f->arena = pages_get(KIB(64), PAGE_SIZE);
	if (f->arena == NULL)
		return TEE_STATUS_NO_MEMORY;
	world.partitions++;
	world.created++;
	*out = &f->vm;
	return TEE_STATUS_OK;
}

static enum tee_status fake_vm_destroy(struct tee_vm *vm)
{
	struct fake_tee_vm *f = (struct fake_tee_vm *)vm;
	struct vm *host = (struct vm *)(void *)vm->host;

	assert_int_equal(host->running, 0);
	if (f->again > 0) {
		f->again--;
		return TEE_STATUS_AGAIN;
	}
	if (world.destroy == TEE_STATUS_OK && !world.leaves_pins)
		memset(host->pins, 0, host->ram_size / PAGE_SIZE * sizeof(uint16_t));
	if (world.destroy == TEE_STATUS_OK) {
		pages_put(f->arena, KIB(64));
		world.partitions--;
	}
	return world.destroy;
}

static enum tee_verdict fake_call(struct tee_vm *vm, struct tee_host_vcpu *vcpu, uint64_t *regs)
{
	(void)vm;
	(void)vcpu;
	(void)regs;
	return TEE_DONE;
}

static const struct tee_claim claims[] = {{true, true, 50, 63, 0, 0xffff}, {0}};

const struct tee_backend optee_backend = {
	.name = "fake",
	.claims = claims,
	.instance_size = sizeof(struct tee),
	.probe = fake_probe,
	.vm_size = fake_vm_size,
	.vm_create = fake_vm_create,
	.vm_destroy = fake_vm_destroy,
	.call = fake_call,
};

const struct tee_backend trusty_backend = {.name = "none", .claims = claims, .probe = no_probe};

/* --- the board --- */

/* Once: what is static in the hypervisor cannot be made anew. */
static void board_on(void)
{
	memory = mmap(NULL, WORLD_MEMORY + MIB(2), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(memory != MAP_FAILED);
	memory = (uint8_t *)align_up((uintptr_t)memory, MIB(2));
	memset(memory, 0x77, WORLD_MEMORY);
	pages_add((uintptr_t)memory, WORLD_MEMORY);
	pcpu_count = WORLD_CPUS;
	for (uint32_t i = 0; i < WORLD_CPUS; i++) {
		pcpus[i].index = i;
		pcpus[i].mpidr = i;
		pcpus[i].online = true;
	}
	sched_init();
	tee_init(0);
	memset(kernel, 0x11, sizeof(kernel));
	memset(ramdisk, 0x22, sizeof(ramdisk));
}

/* What the last test left: no VM but those in quarantine. */
int world_reset(void **state)
{
	unsigned lost;

	(void)state;
	if (memory == NULL)
		board_on();
	world.create = world.destroy = TEE_STATUS_OK;
	world.again = 0;
	world.pending = world.leaves_pins = false;
	for (struct vm *vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1))
		(void)vm_end(vm, VM_AFTER_DESTROY);
	world_settle();
	lost = world.partitions;
	world = (struct world){.ticks = world.ticks, .partitions = lost};
	return 0;
}

struct vm_config world_config(const char *name)
{
	struct vm_config c = {.cpus = 2, .memory = MIB(4), .bootargs = "quiet"};

	snprintf(c.name, sizeof(c.name), "%s", name);
	c.kernel = pa((uintptr_t)kernel);
	c.kernel_size = sizeof(kernel);
	c.ramdisk = pa((uintptr_t)ramdisk);
	c.ramdisk_size = sizeof(ramdisk);
	c.tee = VM_TEE_SHARED;
	c.quota = TEE_QUOTA_DEFAULT;
	return c;
}

struct vm *world_vm(const char *name)
{
	struct vm_config config = world_config(name);
	struct vm *vm = NULL;

	assert_int_equal(vm_create(&config, &vm), VM_OK);
	assert_int_equal(vm_start(vm), VM_OK);
	world_settle();
	assert_int_equal(vm->state, VM_RUNNING);
	assert_int_equal(sched_power_on(vm->vcpu[1], VM_RAM_BASE, 0), SCHED_ON_OK);
	world_settle();
	return vm;
}
