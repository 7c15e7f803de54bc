/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The port: all that the mediator asks of this host, one function after the other as in
 * mediator/port.h, which says what each must do. What a real host does instead stands beside it.
 */
#include "machine.h"
#include <port_check.h>

_Static_assert(TEE_API_VERSION == 1, "written for another version of the mediator's headers");

struct machine machine;

/* A hypervisor: smc_call(), with x8-x17 cleared. A VMM: a call to whoever may do that. */
static void secure_call(void *host, uint64_t regs[TEE_SMC_REGS])
{
	(void)host;
	machine.secure_calls++;
	secure_world(regs);
}

/* The VM's RAM is one run of memory. A real host walks its stage 2, and takes memory only. */
static bool guest_page(uint64_t ipa, uint64_t *page)
{
	*page = (ipa - GUEST_IPA) / PAGE;
	return ipa >= GUEST_IPA && *page < GUEST_PAGES;
}

static bool pin(struct tee_host_vm *vm, uint64_t *pages, uint32_t count)
{
	uint64_t page;

	for (uint32_t i = 0; i < count; i++)
		if (pages[i] % PAGE != 0 || !guest_page(pages[i], &page))
			return false;
	for (uint32_t i = 0; i < count; i++) {
		(void)guest_page(pages[i], &page);
		vm->pins[page]++;
		pages[i] = MEMORY_PA + page * PAGE;
	}
	return true;
}

static void unpin(struct tee_host_vm *vm, const uint32_t *frames, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		vm->pins[frames[i] - MEMORY_PA / PAGE]--;
}

uint32_t pinned_pages(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < GUEST_PAGES; i++)
		n += machine.vm.pins[i];
	return n;
}

static void copy(volatile uint8_t *to, const volatile uint8_t *from, size_t size)
{
	while (size-- > 0)
		*to++ = *from++;
}

static bool read_guest(struct tee_host_vm *vm, ipa_t from, void *to, size_t size)
{
	uint64_t page;

	(void)vm;
	if (!guest_page(from.ipa, &page))
		return false;
	copy(to, machine.memory[page] + from.ipa % PAGE, size);
	return true;
}

static bool write_guest(struct tee_host_vm *vm, ipa_t to, const void *from, size_t size)
{
	uint64_t page;

	(void)vm;
	if (!guest_page(to.ipa, &page))
		return false;
	copy(machine.memory[page] + to.ipa % PAGE, from, size);
	return true;
}

/* A real host has all memory mapped, or maps pages as it pins them. */
static void read_pinned(struct tee_host_vm *vm, pa_t from, void *to, size_t size)
{
	(void)vm;
	copy(to, memory_at(from.pa, size), size);
}

static void write_pinned(struct tee_host_vm *vm, pa_t to, const void *from, size_t size)
{
	(void)vm;
	copy(memory_at(to.pa, size), from, size);
}

static void *pages_get(void *host, uint32_t count, pa_t *address)
{
	uint32_t first = GUEST_PAGES, run = 0;

	(void)host;
	for (uint32_t i = first; i < MEMORY_PAGES && run < count; i++) {
		run = machine.host_page_used[i] ? 0 : run + 1;
		first = i + 1 - run;
	}
	if (run < count)
		return NULL;
	for (uint32_t i = first; i < first + count; i++) {
		machine.host_page_used[i] = true;
		for (uint32_t b = 0; b < PAGE; b++)
			machine.memory[i][b] = 0;
	}
	*address = pa(MEMORY_PA + (uint64_t)first * PAGE);
	return machine.memory[first];
}

static void pages_put(void *host, void *pages, uint32_t count)
{
	size_t first = (size_t)((uint8_t *)pages - machine.memory[0]) / PAGE;

	(void)host;
	for (size_t i = first; i < first + count; i++)
		machine.host_page_used[i] = false;
}

/* This TEE has none. */
static void *window(void *host, pa_t base, uint64_t size)
{
	(void)host;
	(void)base;
	(void)size;
	return NULL;
}

/* One CPU: there is nobody to wait for, but a wrong use can be seen. A real host has spinlocks. */
static void take(bool *lock)
{
	if (*lock)
		say("FAIL a lock is taken twice\n");
	*lock = true;
}

static void lock(struct tee_host_vm *vm)
{
	take(&vm->locked);
}

static void unlock(struct tee_host_vm *vm)
{
	vm->locked = false;
}

static void lock_tee(void *host)
{
	(void)host;
	take(&machine.tee_locked);
}

static void unlock_tee(void *host)
{
	(void)host;
	machine.tee_locked = false;
}

/* No interrupt of the TEE's here, so none for the VM: its tree has none in the TEE's node. */
static bool claim_irq(void *host, uint32_t intid)
{
	(void)host;
	(void)intid;
	return false;
}

static void inject_irq(struct tee_host_vm *vm, struct tee_host_vcpu *vcpu, uint32_t intid)
{
	(void)vm;
	(void)vcpu;
	say("FAIL interrupt %u for a VM that has none\n", intid);
}

/* A real host serves its interrupt controller, and returns to a guest that has work. */
static enum tee_interrupted foreign_interrupt(struct tee_host_vcpu *vcpu)
{
	(void)vcpu;
	machine.interrupt = false;
	return TEE_RESUME;
}

/* No other VM waits for this CPU. */
static bool should_yield(struct tee_host_vcpu *vcpu)
{
	(void)vcpu;
	return false;
}

static uint64_t time_now(void *host)
{
	(void)host;
	return machine.now += 1000;
}

static void trace(struct tee_host_vm *vm, struct tee_host_vcpu *vcpu, const struct tee_event *event)
{
	(void)vm;
	(void)vcpu;
	(void)event;
	machine.events++;
}

static void log_line(struct tee_host_vm *vm, const char *format, ...)
{
	va_list args;

	(void)vm;
	say("     log: ");
	va_start(args, format);
	say_list(format, args);
	va_end(args);
	say("\n");
}

const struct tee_port port = {
	.secure_call = secure_call,
	.pin = pin,
	.unpin = unpin,
	.read = read_guest,
	.write = write_guest,
	.read_pinned = read_pinned,
	.write_pinned = write_pinned,
	.pages_get = pages_get,
	.pages_put = pages_put,
	.window = window,
	.lock = lock,
	.unlock = unlock,
	.lock_tee = lock_tee,
	.unlock_tee = unlock_tee,
	.claim_irq = claim_irq,
	.inject_irq = inject_irq,
	.foreign_interrupt = foreign_interrupt,
	.should_yield = should_yield,
	.time = time_now,
	.trace = trace,
	.log = log_line,
};

static uint64_t pins_of(struct tee_host_vm *vm)
{
	(void)vm;
	return pinned_pages();
}

static void report(const char *what, bool good)
{
	(void)expect(what, good);
}

/* What a porter runs first: does the port keep its contract? */
bool port_is_good(void)
{
	const struct port_check check = {
		.port = &port,
		.vm = &machine.vm,
		.ram = GUEST_IPA,
		.hole = GUEST_IPA + (uint64_t)GUEST_PAGES * PAGE,
		.pins = pins_of,
		.report = report,
	};

	return port_check(&check);
}
