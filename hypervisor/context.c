/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU's registers into this CPU and out of it, and the controls of EL2 that hold for every
 * guest. What is trapped and why: docs/architecture.md. SVE, SME, PMU, trace, RAS and AMU are
 * hidden (sysreg.c), so their state is never a guest's.
 */
#include "hypervisor/context.h"
#include "hypervisor/debug.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/stage2.h"
#include <string.h>

#define HCR_VM	  BIT(0)
#define HCR_SWIO  BIT(1)
#define HCR_FMO	  BIT(3)
#define HCR_IMO	  BIT(4)
#define HCR_AMO	  BIT(5)
#define HCR_FB	  BIT(9)
#define HCR_BSU	  BIT(10) /* inner shareable */
#define HCR_TWI	  BIT(13)
#define HCR_TID3  BIT(18)
#define HCR_TSC	  BIT(19)
#define HCR_TIDCP BIT(20)
#define HCR_TACR  BIT(21)
#define HCR_RW	  BIT(31)
#define HCR_TLOR  BIT(35)
#define HCR_TERR  BIT(36)
#define HCR_APK	  BIT(40)
#define HCR_API	  BIT(41)
#define HCR_GUEST                                                                                  \
	(HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB | HCR_BSU | HCR_TWI | HCR_TID3 | \
	 HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_RW | HCR_TLOR | HCR_TERR)

#define CPTR_GUEST                                                                                 \
	(0x33ffull | BIT(20) | BIT(30)) /* RES1, SVE, SME, trace, AMU trap; FP does not */

#define MDCR_TDA BIT(9)
#define MDCR_GUEST                                                                                 \
	(BIT(5) | BIT(6) /* PMU */ | BIT(10) /* OS lock */ | BIT(11) /* ROM address */ |           \
	 BIT(14) /* SPE */ | BIT(19) /* trace filter */)

#define SCTLR_EL1_RESET 0x30d00800ull
#define PSTATE_RESET	0x3c5ull /* EL1h, all masked */
#define MDSCR_RESET	0ull

static bool has_pauth(void)
{
	return (read_sysreg(id_aa64isar1_el1) & 0xff000ff0ull) != 0 ||
	       (read_sysreg(S3_0_C0_C6_2) & 0xff00ull) != 0;
}

void context_cpu_init(void)
{
	uint64_t hcr = HCR_GUEST | (has_pauth() ? HCR_APK | HCR_API : 0);

	write_sysreg(hcr_el2, hcr);
	write_sysreg(cptr_el2, CPTR_GUEST);
	write_sysreg(hstr_el2, 0);
	write_sysreg(vtcr_el2, stage2_vtcr());
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	write_sysreg(cnthctl_el2, 3); /* EL1 has the physical counter and timer */
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(cnthp_ctl_el2, 0);
	write_sysreg(cntv_ctl_el0, 0);
	write_sysreg(cntp_ctl_el0, 0);
	isb();
}

void context_reset(struct vcpu *vcpu, uint64_t entry, uint64_t x0)
{
	memset(&vcpu->regs, 0, sizeof(vcpu->regs));
	memset(&vcpu->sys, 0, sizeof(vcpu->sys));
	memset(&vcpu->fp, 0, sizeof(vcpu->fp));
	memset(&vcpu->debug, 0, sizeof(vcpu->debug));
	vcpu->debug_used = false;
	vcpu->os_lock = true; /* as after a cold reset, DDI 0487 D19 OSLSR_EL1 */
	vcpu->regs.x[0] = x0;
	vcpu->regs.pc = entry;
	vcpu->regs.pstate = PSTATE_RESET;
	vcpu->sys.reg[SYS_SCTLR] = SCTLR_EL1_RESET;
	vcpu->sys.reg[SYS_MDSCR] = MDSCR_RESET;
}

#define SAVE(slot, name) s->reg[slot] = read_sysreg(name);
#define LOAD(slot, name) write_sysreg(name, s->reg[slot]);

static void sys_save(struct sys_state *s)
{
	SYS_LIST(SAVE)
	if (has_pauth()) {
		PAUTH_LIST(SAVE)
	}
}

static void sys_load(const struct sys_state *s)
{
	SYS_LIST(LOAD)
	if (has_pauth()) {
		PAUTH_LIST(LOAD)
	}
}

void context_save(struct vcpu *vcpu)
{
	vgic_save(vcpu);
	sys_save(&vcpu->sys);
	if (vcpu->debug_used)
		debug_save(&vcpu->debug);
	fp_save(&vcpu->fp);
	write_sysreg(cntv_ctl_el0, 0);
	write_sysreg(cntp_ctl_el0, 0);
	isb();
}

static void set_debug_trap(const struct vcpu *vcpu)
{
	uint64_t counters = read_sysreg(mdcr_el2) & 31;

	write_sysreg(mdcr_el2, counters | MDCR_GUEST | (vcpu->debug_used ? 0 : MDCR_TDA));
}

/* From now on the guest has its debug registers itself. Called for the loaded vCPU. */
void context_debug_enable(struct vcpu *vcpu)
{
	vcpu->debug_used = true;
	debug_load(&vcpu->debug);
	set_debug_trap(vcpu);
	isb();
}

/*
 * Translations of stage 1 carry a VMID and an ASID but no vCPU, and vCPUs of one VM may use the
 * same ASID for different things. So another vCPU of the VM that ran here last leaves none behind.
 */
static void forget_sibling(struct vcpu *vcpu)
{
	struct vcpu **last = &this_pcpu()->last_of_vm[vcpu->vm->id];

	if (*last != vcpu && *last != NULL)
		__asm__ volatile("tlbi vmalle1; dsb nsh; isb" ::: "memory");
	*last = vcpu;
}

void context_load(struct vcpu *vcpu)
{
	write_sysreg(vttbr_el2, vcpu->vm->vttbr);
	write_sysreg(vmpidr_el2, BIT(31) | vcpu->index);
	isb();
	forget_sibling(vcpu);
	sys_load(&vcpu->sys);
	set_debug_trap(vcpu);
	if (vcpu->debug_used)
		debug_load(&vcpu->debug);
	fp_load(&vcpu->fp);
	vgic_load(vcpu);
	isb();
}
