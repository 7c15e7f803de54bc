/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest has left to EL2: vectors.S (before) saved its registers; here one table says by exception
 * class who answers; then back to vectors.S with the vCPU to run, mostly the same. SMCs go on to
 * smc.c, system registers to sysreg.c, loads and stores of devices to devices.c. What nobody
 * answers is an undefined instruction or an external abort for the guest, never a panic.
 */
#include "hypervisor/console.h"
#include "hypervisor/context.h"
#include "hypervisor/inject.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/sched.h"
#include "hypervisor/smc.h"
#include "hypervisor/sysreg.h"
#include "lib/assert.h"

struct vcpu *trap_sync(struct vcpu *vcpu);
struct vcpu *trap_irq(struct vcpu *vcpu);
struct vcpu *trap_serror(struct vcpu *vcpu);
NORETURN void el2_exception(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far, uint64_t lr,
			    uint64_t sp);

#define ESR_EC(esr)   ((esr) >> 26 & 0x3f)
#define ESR_IMMEDIATE 0xffffu
#define ESR_ISV	      BIT(24)
#define ESR_SSE	      BIT(21)
#define ESR_SF	      BIT(15)
#define ESR_CM	      BIT(8)
#define ESR_S1PTW     BIT(7)
#define ESR_WNR	      BIT(6)

static void trap_wfx(struct vcpu *vcpu, uint64_t esr)
{
	(void)esr; /* WFE does not trap */
	vcpu->regs.pc += 4;
	sched_sleep(vcpu);
}

static void trap_hvc(struct vcpu *vcpu, uint64_t esr)
{
	vcpu->regs.pc -= 4; /* as after an SMC: at the instruction */
	if (esr & ESR_IMMEDIATE)
		inject_undefined(vcpu);
	else
		smc_from_guest(vcpu);
}

static void trap_smc(struct vcpu *vcpu, uint64_t esr)
{
	if (esr & ESR_IMMEDIATE)
		inject_undefined(vcpu);
	else
		smc_from_guest(vcpu);
}

static void trap_undefined(struct vcpu *vcpu, uint64_t esr)
{
	(void)esr;
	inject_undefined(vcpu);
}

static void load_result(struct vcpu *vcpu, uint64_t esr, const struct mmio *mmio, unsigned reg)
{
	uint64_t v = mmio->value;
	unsigned bits = mmio->size * 8u;

	if (bits < 64) {
		v &= (1ull << bits) - 1;
		if ((esr & ESR_SSE) && (v >> (bits - 1) & 1))
			v |= ~0ull << bits;
		if (!(esr & ESR_SF))
			v &= 0xffffffffull;
	}
	if (reg != 31)
		vcpu->regs.x[reg] = v;
}

static void trap_data_abort(struct vcpu *vcpu, uint64_t esr)
{
	uint64_t far = read_sysreg(far_el2);
	unsigned reg = (unsigned)FIELD(esr, 20, 16);
	struct mmio mmio = {
		.ipa = (read_sysreg(hpfar_el2) >> 4 << 12) | (far & PAGE_MASK),
		.size = (uint8_t)(1u << FIELD(esr, 23, 22)),
		.write = (esr & ESR_WNR) != 0,
	};

	if (esr & ESR_CM && !(esr & ESR_S1PTW)) { /* cache maintenance of a device: nothing to do */
		vcpu->regs.pc += 4;
		return;
	}
	if (mmio.write && reg != 31)
		mmio.value = vcpu->regs.x[reg];
	if (mmio.write && mmio.size < 8)
		mmio.value &= (1ull << mmio.size * 8u) - 1;
	if (!(esr & ESR_ISV) || esr & ESR_S1PTW || !is_aligned(mmio.ipa, mmio.size) ||
	    !device_access(vcpu, &mmio)) {
		inject_abort(vcpu, esr, far);
		return;
	}
	if (!mmio.write)
		load_result(vcpu, esr, &mmio, reg);
	vcpu->regs.pc += 4;
}

static void trap_instruction_abort(struct vcpu *vcpu, uint64_t esr)
{
	inject_abort(vcpu, esr, read_sysreg(far_el2));
}

/* By exception class, DDI 0487 D19 ESR_EL2. Everything else: undefined. */
static void (*const handlers[64])(struct vcpu *, uint64_t) = {
	[0x01] = trap_wfx,
	[0x16] = trap_hvc,
	[0x17] = trap_smc,
	[0x18] = sysreg_trap,
	[0x20] = trap_instruction_abort,
	[0x24] = trap_data_abort,
};

/* The way back: the same vCPU at once, unless something asks for a closer look. */
static inline struct vcpu *leave(struct vcpu *vcpu)
{
	if (UNLIKELY(sched_wants_cpu(vcpu) || vcpu_current() != vcpu))
		return sched_run();
	vgic_flush(vcpu);
	return vcpu;
}

struct vcpu *trap_sync(struct vcpu *vcpu)
{
	uint64_t esr = read_sysreg(esr_el2);
	unsigned ec = (unsigned)ESR_EC(esr);

	if (LIKELY(ec == 0x17))
		trap_smc(vcpu, esr);
	else if (handlers[ec] != NULL)
		handlers[ec](vcpu, esr);
	else
		trap_undefined(vcpu, esr);
	return leave(vcpu);
}

struct vcpu *trap_irq(struct vcpu *vcpu)
{
	irq_take();
	return leave(vcpu);
}

/* An error of the board that is not tied to an instruction: the guest that ran is told. */
struct vcpu *trap_serror(struct vcpu *vcpu)
{
	console_log_vm(vcpu->vm, "SError, ESR %#lx", read_sysreg(esr_el2));
	inject_abort(vcpu, 0x24ull << 26 | BIT(25), read_sysreg(far_el2));
	return leave(vcpu);
}

void el2_exception(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far, uint64_t lr,
		   uint64_t sp)
{
	panic("exception %lu at EL2: ESR %#lx ELR %#lx FAR %#lx LR %#lx SP %#lx", kind, esr, elr,
	      far, lr, sp);
}
