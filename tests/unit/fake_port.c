/* SPDX-License-Identifier: BSD-2-Clause */
/* The fake host: see fake_port.h. One instance, since a test program is one thread. */
#include "tests/unit/fake_port.h"
#include "lib/util.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_host fake;

/* VM n's page p is at this physical page: neither in order nor equal to the IPA. */
static uint64_t page_pa(const struct tee_host_vm *vm, uint32_t page)
{
	return 0x100000000ull + ((uint64_t)vm->index << 28) + ((uint64_t)(page ^ 0x2au) << 12);
}

void fake_violation(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("violation: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	fake.violations++;
}

/* Tells the watcher, if there is one, of this event. */
#define TELL(event, ...)                                                                           \
	do {                                                                                       \
		if (fake.watch != NULL && fake.watch->event != NULL)                               \
			fake.watch->event(__VA_ARGS__);                                            \
	} while (0)

static bool fails(uint32_t *countdown)
{
	return *countdown != 0 && --*countdown == 0;
}

static bool ram_page(uint64_t ipa, uint32_t *page)
{
	*page = (uint32_t)((ipa - FAKE_RAM_IPA) >> PAGE_SHIFT);
	return ipa >= FAKE_RAM_IPA && ipa - FAKE_RAM_IPA < (uint64_t)FAKE_RAM_PAGES * PAGE_SIZE;
}

void *fake_ram(struct tee_host_vm *vm, uint64_t ipa)
{
	return vm->ram + (ipa - FAKE_RAM_IPA);
}

uint64_t fake_pa(const struct tee_host_vm *vm, uint64_t ipa)
{
	return page_pa(vm, (uint32_t)((ipa - FAKE_RAM_IPA) >> PAGE_SHIFT)) + (ipa & PAGE_MASK);
}

struct tee_host_vm *fake_owner(uint64_t pa, uint32_t *page)
{
	uint64_t vm = (pa - 0x100000000ull) >> 28;
	uint32_t p = (uint32_t)((pa & 0xfffffffull) >> PAGE_SHIFT) ^ 0x2au;

	if (pa < 0x100000000ull || vm >= FAKE_VMS || p >= FAKE_RAM_PAGES)
		return NULL;
	*page = p;
	return &fake.vms[vm];
}

bool fake_is_shared(uint64_t pa)
{
	uint64_t n = (pa - FAKE_HOST_PA) >> PAGE_SHIFT;

	if (!fake.no_window && pa >= FAKE_WINDOW_PA && pa - FAKE_WINDOW_PA < FAKE_WINDOW_SIZE)
		return true;
	return pa >= FAKE_HOST_PA && n < FAKE_HOST_PAGES && fake.page_used[n];
}

void *fake_secure_view(struct tee_host_vm *vm, uint64_t pa)
{
	uint32_t page;
	struct tee_host_vm *owner;

	if (fake_is_shared(pa))
		return pa >= FAKE_HOST_PA ? fake.pages + (pa - FAKE_HOST_PA)
					  : fake.window + (pa - FAKE_WINDOW_PA);
	owner = fake_owner(pa, &page);
	if (owner != vm || vm->pins[page] == 0) {
		fake_violation("the TEE was given %#llx, not a pinned page of its VM",
			       (unsigned long long)pa);
		return NULL;
	}
	return vm->ram + (size_t)page * PAGE_SIZE + (pa & PAGE_MASK);
}

static void not_locked(const struct tee_host_vm *vm, const char *what)
{
	if (vm->locked)
		fake_violation("%s with the lock held", what);
	if (fake.tee_locked)
		fake_violation("%s with the TEE's lock held", what);
}

/* SMCCC: bit 31 says that the call returns at once. */
static void not_locked_for(const struct tee_host_vm *vm, uint64_t function)
{
	if (vm->locked || (fake.tee_locked && (function & BIT(31)) == 0))
		fake_violation("secure call %#llx with a lock held", (unsigned long long)function);
}

static void secure_call(void *host, uint64_t regs[TEE_SMC_REGS])
{
	(void)host;
	for (unsigned int i = 0; i < FAKE_VMS; i++)
		not_locked_for(&fake.vms[i], regs[0]);
	for (unsigned int i = 0; i < TEE_SMC_REGS && (i == 0 || (regs[0] & BIT(30)) == 0); i++)
		if (regs[i] >> 32 != 0) /* of a call in 32 bits */
			fake_violation("upper half of x%u is %#llx", i,
				       (unsigned long long)regs[i]);
	fake.smcs++;
	if (fake.audit != NULL)
		fake.audit(regs);
	TELL(enter, regs);
	fake.secure(regs);
	TELL(leave, regs);
}

static bool may_pin(struct tee_host_vm *vm, const uint64_t *pages, uint32_t count)
{
	uint32_t page;

	if (fails(&fake.fail.pin))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!is_aligned(pages[i], PAGE_SIZE) || !ram_page(pages[i], &page) ||
		    vm->access[page] != FAKE_RW)
			return false;
	return true;
}

static bool pin(struct tee_host_vm *vm, uint64_t *pages, uint32_t count)
{
	uint32_t page;
	bool ok;

	not_locked(vm, "pin");
	if (count == 0 || count > TEE_PIN_BATCH)
		fake_violation("pin of %u pages", count);
	ok = may_pin(vm, pages, count);
	TELL(pin, vm, pages, count, ok);
	if (!ok)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		(void)ram_page(pages[i], &page);
		vm->pins[page]++;
		pages[i] = page_pa(vm, page);
	}
	vm->pinned += count;
	return true;
}

static void unpin(struct tee_host_vm *vm, const uint32_t *frames, uint32_t count)
{
	uint32_t page;

	not_locked(vm, "unpin");
	TELL(unpin, vm, frames, count);
	for (uint32_t i = 0; i < count; i++) {
		if (fake_owner((uint64_t)frames[i] << PAGE_SHIFT, &page) != vm ||
		    vm->pins[page] == 0) {
			fake_violation("unpin of frame %#x, which is not pinned", frames[i]);
			continue;
		}
		vm->pins[page]--;
		vm->pinned--;
		if (vm->pins[page] < vm->tee_uses[page])
			fake_violation("unpin of frame %#x, which the TEE uses", frames[i]);
	}
}

static bool copy_ok(struct tee_host_vm *vm, uint64_t ipa, size_t size, uint32_t *page)
{
	not_locked(vm, "guest copy");
	if (size == 0 || (ipa & PAGE_MASK) + size > PAGE_SIZE)
		fake_violation("guest copy over a page's end");
	return ram_page(ipa, page);
}

static bool read_guest(struct tee_host_vm *vm, ipa_t from, void *to, size_t size)
{
	uint32_t page;

	if (!copy_ok(vm, from.ipa, size, &page) || vm->access[page] == FAKE_NONE ||
	    fails(&fake.fail.read)) {
		TELL(read, vm, from.ipa, to, size, false);
		return false;
	}
	memcpy(to, fake_ram(vm, from.ipa), size);
	TELL(read, vm, from.ipa, to, size, true);
	vm->reads++;
	if (vm->on_read != NULL)
		vm->on_read(vm, from.ipa, size);
	return true;
}

static bool write_guest(struct tee_host_vm *vm, ipa_t to, const void *from, size_t size)
{
	uint32_t page;

	if (!copy_ok(vm, to.ipa, size, &page) || vm->access[page] != FAKE_RW ||
	    fails(&fake.fail.write)) {
		TELL(write, vm, to.ipa, from, size, false);
		return false;
	}
	memcpy(fake_ram(vm, to.ipa), from, size);
	TELL(write, vm, to.ipa, from, size, true);
	return true;
}

static uint8_t *pinned_view(struct tee_host_vm *vm, uint64_t pa, const void *buffer, size_t size)
{
	uint32_t page;

	if (((pa | (uintptr_t)buffer | size) & 7) != 0 || (pa & PAGE_MASK) + size > PAGE_SIZE ||
	    size == 0)
		fake_violation("pinned copy: alignment or size");
	if (fake_owner(pa, &page) != vm || vm->pins[page] == 0) {
		fake_violation("pinned copy at %#llx, not pinned", (unsigned long long)pa);
		return NULL;
	}
	return vm->ram + (size_t)page * PAGE_SIZE + (pa & PAGE_MASK);
}

static void read_pinned(struct tee_host_vm *vm, pa_t from, void *to, size_t size)
{
	uint8_t *p = pinned_view(vm, from.pa, to, size);
	uint64_t ipa;

	if (p == NULL)
		return;
	ipa = FAKE_RAM_IPA + (uint64_t)(p - vm->ram);
	memcpy(to, p, size);
	TELL(read, vm, ipa, to, size, true);
	vm->reads++;
	if (vm->on_read != NULL)
		vm->on_read(vm, ipa, size);
}

static void write_pinned(struct tee_host_vm *vm, pa_t to, const void *from, size_t size)
{
	uint8_t *p = pinned_view(vm, to.pa, from, size);

	if (p == NULL)
		return;
	memcpy(p, from, size);
	TELL(write, vm, FAKE_RAM_IPA + (uint64_t)(p - vm->ram), from, size, true);
}

static void *pages_get(void *host, uint32_t count, pa_t *address)
{
	uint32_t run = 0;

	(void)host;
	if (fails(&fake.fail.pages_get))
		return NULL;
	for (uint32_t i = 0; i < FAKE_HOST_PAGES; i++) {
		run = fake.page_used[i] ? 0 : run + 1;
		if (run < count)
			continue;
		i -= count - 1;
		memset(&fake.page_used[i], true, count);
		memset(fake.pages + (size_t)i * PAGE_SIZE, 0, (size_t)count * PAGE_SIZE);
		*address = pa(FAKE_HOST_PA + (uint64_t)i * PAGE_SIZE);
		return fake.pages + (size_t)i * PAGE_SIZE;
	}
	return NULL;
}

static void pages_put(void *host, void *pages, uint32_t count)
{
	size_t first = (size_t)((uint8_t *)pages - fake.pages) / PAGE_SIZE;

	(void)host;
	for (size_t i = first; i < first + count; i++) {
		if (!fake.page_used[i])
			fake_violation("page put twice");
		fake.page_used[i] = false;
	}
}

static void *window(void *host, pa_t base, uint64_t size)
{
	(void)host;
	if (fake.no_window || base.pa != FAKE_WINDOW_PA || size != FAKE_WINDOW_SIZE)
		return NULL;
	return fake.window;
}

static void lock(struct tee_host_vm *vm)
{
	if (vm->locked)
		fake_violation("lock with the lock held");
	vm->locked = true;
}

static void unlock(struct tee_host_vm *vm)
{
	if (!vm->locked)
		fake_violation("unlock without lock");
	vm->locked = false;
	TELL(unlocked, vm);
}

static void lock_tee(void *host)
{
	(void)host;
	for (unsigned int i = 0; i < FAKE_VMS; i++)
		not_locked(&fake.vms[i], "the TEE's lock");
	fake.tee_locked = true;
}

static void unlock_tee(void *host)
{
	(void)host;
	if (!fake.tee_locked)
		fake_violation("unlock of the TEE without lock");
	fake.tee_locked = false;
}

static bool claim_irq(void *host, uint32_t intid)
{
	(void)host;
	if (fake.no_irq)
		return false;
	fake.claims++;
	fake.claimed = intid;
	return true;
}

static void inject_irq(struct tee_host_vm *vm, struct tee_host_vcpu *vcpu, uint32_t intid)
{
	if (intid == TEE_IRQ_OF_TREE ? vcpu != NULL : intid < 32 && vcpu == NULL)
		fake_violation("interrupt %u for %s vCPU", intid, vcpu == NULL ? "no" : "a");
	vm->injected++;
	vm->injected_intid = intid;
	vm->injected_vcpu = vcpu;
}

static uint64_t time_now(void *host)
{
	(void)host;
	return fake.now;
}

static void trace(struct tee_host_vm *vm, struct tee_host_vcpu *vcpu, const struct tee_event *event)
{
	(void)vm;
	(void)vcpu;
	if (event->kind > TEE_EVENT_FAULT || event->params > TEE_EVENT_PARAMS)
		fake_violation("event of kind %u with %u parameters", event->kind, event->params);
	fake.events[event->kind % ARRAY_SIZE(fake.events)]++;
	fake.log[fake.logged++ % FAKE_EVENTS] = *event;
}

static enum tee_interrupted foreign_interrupt(struct tee_host_vcpu *vcpu)
{
	enum tee_interrupted answer = TEE_RESUME;

	fake.interrupts++;
	if (vcpu != NULL && fake.interrupts_returned != 0) {
		fake.interrupts_returned--;
		answer = TEE_RETURN;
	}
	TELL(interrupted, answer);
	return answer;
}

static bool should_yield(struct tee_host_vcpu *vcpu)
{
	(void)vcpu;
	fake.yields_asked++;
	TELL(asked_to_yield, fake.yield);
	return fake.yield;
}

static void log_line(struct tee_host_vm *vm, const char *format, ...)
{
	(void)vm;
	(void)format;
	fake.logs++;
}

const struct tee_port fake_port = {
	.host = &fake,
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
	.time = time_now,
	.trace = trace,
	.foreign_interrupt = foreign_interrupt,
	.should_yield = should_yield,
	.log = log_line,
};

/* Zeroed; the same as last time, if nobody released it. */
static uint8_t *memory(uint8_t *last, size_t size)
{
	if (last == NULL)
		return calloc(1, size);
	memset(last, 0, size);
	return last;
}

void fake_reset(void (*secure)(uint64_t *regs))
{
	struct fake_host last = fake;

	memset(&fake, 0, sizeof(fake));
	fake.secure = secure;
	fake.window = memory(last.window, FAKE_WINDOW_SIZE);
	fake.pages = memory(last.pages, FAKE_HOST_PAGES * (size_t)PAGE_SIZE);
	for (unsigned int i = 0; i < FAKE_VMS; i++) {
		fake.vms[i].index = i;
		fake.vms[i].ram = memory(last.vms[i].ram, FAKE_RAM_PAGES * (size_t)PAGE_SIZE);
	}
}

void fake_release(void)
{
	for (unsigned int i = 0; i < FAKE_VMS; i++) {
		free(fake.vms[i].ram);
		fake.vms[i].ram = NULL;
	}
	free(fake.window);
	free(fake.pages);
	fake.window = NULL;
	fake.pages = NULL;
}
