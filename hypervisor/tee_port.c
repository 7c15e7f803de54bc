/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole port between the mediator and this hypervisor: guest pages to physical pages, pins,
 * copies, the SMC into the Secure world, interrupts that stop it. A guest's RAM is one run of
 * physical memory mapped 1:1 at EL2, so an address is translated by one comparison and an addition,
 * and a pin is a count. Memory is not taken from a running VM, so a pin matters at the VM's end:
 * pages that the TEE did not let go of are not used again.
 */
#include "hypervisor/tee_port.h"
#include "arch/aarch64/copy.h"
#include "arch/clock.h"
#include "hypervisor/console.h"
#include "hypervisor/memory.h"
#include "hypervisor/pages.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/sched.h"
#include "hypervisor/trace.h"
#include "lib/print.h"
#include "lib/util.h"
#include <string.h>

_Static_assert(TEE_API_VERSION == 1, "written for another version of the mediator's headers");

#define PINS_MAX UINT16_MAX

static struct LOCKABLE {
	struct spinlock lock; /* port->lock_tee */
	uint32_t intid;	      /* TEE_IRQ_OF_TREE; set before the first probe */
} tee_wide;

static struct vm *vm_of(struct tee_host_vm *vm)
{
	return (struct vm *)(void *)vm;
}

static void secure_call(void *host, uint64_t regs[TEE_SMC_REGS])
{
	(void)host;
	smc_call(regs);
}

static void unpin_first(struct vm *vm, const uint64_t *pages, uint32_t count) NEEDS(vm->pin_lock)
{
	for (uint32_t i = 0; i < count; i++)
		vm->pins[(pages[i] - vm->ram.pa) >> PAGE_SHIFT]--;
}

/* Page-aligned or not in one comparison: what does not belong into an offset comes out on top. */
static uint64_t frame_of(uint64_t offset)
{
	return offset >> PAGE_SHIFT | offset << (64 - PAGE_SHIFT);
}

static bool pin(struct tee_host_vm *handle, uint64_t *pages, uint32_t count)
{
	struct vm *vm = vm_of(handle);
	uint64_t frames = vm->ram_size >> PAGE_SHIFT, to_pa = vm->ram.pa - VM_RAM_BASE;
	uint64_t *p = pages, *end = pages + count;
	uint16_t *pins = vm->pins;

	spin_lock(&vm->pin_lock);
	for (; p != end; p++) {
		uint64_t frame = frame_of(*p - VM_RAM_BASE);

		if (UNLIKELY(frame >= frames || pins[frame] == PINS_MAX))
			break;
		pins[frame]++;
		*p += to_pa;
	}
	if (p != end)
		unpin_first(vm, pages, (uint32_t)(p - pages));
	spin_unlock(&vm->pin_lock);
	return p == end;
}

static void unpin(struct tee_host_vm *handle, const uint32_t *frames, uint32_t count)
{
	struct vm *vm = vm_of(handle);
	uint64_t first = vm->ram.pa >> PAGE_SHIFT;

	spin_lock(&vm->pin_lock);
	for (uint32_t i = 0; i < count; i++)
		vm->pins[frames[i] - first]--;
	spin_unlock(&vm->pin_lock);
}

static bool read_guest(struct tee_host_vm *handle, ipa_t from, void *to, size_t size)
{
	const void *memory = vm_memory(vm_of(handle), from, size);

	if (memory == NULL)
		return false;
	memcpy(to, memory, size);
	return true;
}

static bool write_guest(struct tee_host_vm *handle, ipa_t to, const void *from, size_t size)
{
	void *memory = vm_memory(vm_of(handle), to, size);

	if (memory == NULL)
		return false;
	memcpy(memory, from, size);
	return true;
}

static void read_pinned(struct tee_host_vm *vm, pa_t from, void *to, size_t size)
{
	(void)vm;
	copy_words(to, (const void *)from.pa, size);
}

static void write_pinned(struct tee_host_vm *vm, pa_t to, const void *from, size_t size)
{
	(void)vm;
	copy_words((void *)to.pa, from, size);
}

static void *host_pages_get(void *host, uint32_t count, pa_t *address)
{
	void *memory = pages_get((uint64_t)count * PAGE_SIZE, PAGE_SIZE);

	(void)host;
	*address = pa((uintptr_t)memory);
	return memory;
}

static void host_pages_put(void *host, void *memory, uint32_t count)
{
	(void)host;
	pages_put(memory, (uint64_t)count * PAGE_SIZE);
}

/* RAM that the board's tree reserves is mapped at EL2 as all RAM is, and is never a VM's. */
static void *window(void *host, pa_t base, uint64_t size)
{
	(void)host;
	return memory_is_reserved_ram(base, size) ? (void *)base.pa : NULL;
}

static void lock(struct tee_host_vm *vm) UNCHECKED_LOCKS
{
	spin_lock(&vm_of(vm)->tee_lock);
}

static void unlock(struct tee_host_vm *vm) UNCHECKED_LOCKS
{
	spin_unlock(&vm_of(vm)->tee_lock);
}

static void lock_tee(void *host) UNCHECKED_LOCKS
{
	(void)host;
	spin_lock(&tee_wide.lock);
}

static void unlock_tee(void *host) UNCHECKED_LOCKS
{
	(void)host;
	spin_unlock(&tee_wide.lock);
}

void tee_port_set_intid(uint32_t intid)
{
	tee_wide.intid = intid;
}

static bool claim_irq(void *host, uint32_t intid)
{
	(void)host;
	if (intid == TEE_IRQ_OF_TREE)
		intid = tee_wide.intid;
	if (intid == 0)
		return false;
	irq_claim_for_tee(intid);
	return true;
}

static void inject_irq(struct tee_host_vm *handle, struct tee_host_vcpu *vcpu, uint32_t intid)
{
	uint32_t cpu = vcpu != NULL ? ((struct vcpu *)(void *)vcpu)->index : 0;

	vgic_inject(vm_of(handle), cpu, intid == TEE_IRQ_OF_TREE ? VDEV_TEE_INTID : intid);
}

static uint64_t time_now(void *host)
{
	uint64_t ticks = clock_ticks(), hz = clock_hz();

	(void)host;
	return ticks / hz * 1000000000u + ticks % hz * 1000000000u / hz;
}

static void trace(struct tee_host_vm *handle, struct tee_host_vcpu *vcpu,
		  const struct tee_event *event)
{
	trace_tee(vm_of(handle), (const struct vcpu *)(void *)vcpu, event);
}

static enum tee_interrupted foreign_interrupt(struct tee_host_vcpu *handle)
{
	struct vcpu *vcpu = (struct vcpu *)(void *)handle;

	irq_take();
	if (vcpu == NULL)
		return TEE_RESUME;
	return sched_wants_cpu(vcpu) || vgic_has_pending(vcpu) ? TEE_RETURN : TEE_RESUME;
}

static bool should_yield(struct tee_host_vcpu *handle)
{
	struct vcpu *vcpu = (struct vcpu *)(void *)handle;

	if (vcpu == NULL)
		return sched_work_is_over(this_pcpu()->work_until);
	irq_take();
	return sched_wants_cpu(vcpu) || vgic_has_pending(vcpu);
}

static void log_line(struct tee_host_vm *handle, const char *format, ...)
{
	char text[128];
	va_list args;

	va_start(args, format);
	print_format_v(text, sizeof(text), format, args);
	va_end(args);
	console_log_vm(vm_of(handle), "tee: %s", text);
}

const struct tee_port tee_port = {
	.secure_call = secure_call,
	.pin = pin,
	.unpin = unpin,
	.read = read_guest,
	.write = write_guest,
	.read_pinned = read_pinned,
	.write_pinned = write_pinned,
	.pages_get = host_pages_get,
	.pages_put = host_pages_put,
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
