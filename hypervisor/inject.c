/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See inject.h.
 */
#include "hypervisor/inject.h"
#include "arch/aarch64/sysreg.h"
#include "lib/util.h"

#define PSTATE_NZCV 0xf0000000ull
#define PSTATE_DIT  BIT(24)
#define PSTATE_TCO  BIT(25)
#define PSTATE_PAN  BIT(22)
#define PSTATE_SSBS BIT(12)
#define PSTATE_DAIF 0x3c0ull
#define PSTATE_EL1H 5ull
#define PSTATE_32   BIT(4)
#define SCTLR_SPAN  BIT(23)
#define SCTLR_DSSBS BIT(44)

#define ESR_EC_SHIFT  26
#define ESR_IL	      BIT(25)
#define ESR_S1PTW     BIT(7)
#define ESR_WNR	      BIT(6)
#define EC_DATA_LOWER 0x24u
#define FSC_SEA	      0x10u
#define FSC_SEA_WALK  0x14u /* + level */

static uint64_t vector_offset(uint64_t pstate)
{
	if (pstate & PSTATE_32)
		return 0x600;
	if ((pstate & 0xf) == 0)
		return 0x400;
	return (pstate & 1) != 0 ? 0x200 : 0x000;
}

/* PSTATE on entry to EL1, D1.3.4: flags survive, the rest is set by the exception or SCTLR. */
static uint64_t entry_pstate(uint64_t old, uint64_t sctlr)
{
	uint64_t p = (old & (PSTATE_NZCV | PSTATE_DIT | PSTATE_PAN)) | PSTATE_DAIF | PSTATE_EL1H;

	if (old & PSTATE_32)
		p &= ~PSTATE_DIT; /* other bits of an AArch32 SPSR lie there */
	if (!(sctlr & SCTLR_SPAN) && FIELD(read_sysreg(id_aa64mmfr1_el1), 23, 20) != 0)
		p |= PSTATE_PAN;
	if (sctlr & SCTLR_DSSBS)
		p |= PSTATE_SSBS;
	return p;
}

static void enter_el1(struct vcpu *vcpu, uint64_t esr)
{
	uint64_t old = vcpu->regs.pstate;

	write_sysreg(elr_el1, vcpu->regs.pc);
	write_sysreg(spsr_el1, old);
	write_sysreg(esr_el1, esr);
	vcpu->regs.pc = read_sysreg(vbar_el1) + vector_offset(old);
	vcpu->regs.pstate = entry_pstate(old, read_sysreg(sctlr_el1));
}

void inject_undefined(struct vcpu *vcpu)
{
	enter_el1(vcpu, ESR_IL);
}

void inject_abort(struct vcpu *vcpu, uint64_t esr, uint64_t far)
{
	uint64_t ec = esr >> ESR_EC_SHIFT & 0x3f;
	uint64_t syndrome = (esr & ESR_IL) | FSC_SEA;

	if (esr & ESR_S1PTW)
		syndrome = (esr & ESR_IL) | FSC_SEA_WALK | (esr & 3);
	if (ec == EC_DATA_LOWER && !(esr & ESR_S1PTW))
		syndrome |= esr & ESR_WNR;
	if ((vcpu->regs.pstate & (PSTATE_32 | 0xf)) != 0 && !(vcpu->regs.pstate & PSTATE_32))
		ec |= 1; /* from EL1 itself */
	write_sysreg(far_el1, far);
	enter_el1(vcpu, ec << ESR_EC_SHIFT | syndrome);
}
