/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two timers of EL1. They are the hardware's while the vCPU is loaded, and numbers in its
 * struct else; a sleeping vCPU is woken by the hypervisor's own timer at the earlier of the two.
 */
#include "hypervisor/context.h"
#include "hypervisor/pcpu.h"

#define CTL_ENABLE  1u
#define CTL_IMASK   2u
#define CTL_ISTATUS 4u

static bool fires(uint64_t ctl)
{
	return (ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

bool vtimer_level(struct vcpu *vcpu, uint32_t intid)
{
	bool virtual = intid == PPI_GUEST_VTIMER;
	uint64_t ctl;

	if (vcpu == vcpu_current()) {
		ctl = virtual ? read_sysreg(cntv_ctl_el0) : read_sysreg(cntp_ctl_el0);
		return fires(ctl) && (ctl & CTL_ISTATUS) != 0;
	}
	ctl = vcpu->sys.reg[virtual ? SYS_CNTV_CTL : SYS_CNTP_CTL];
	return fires(ctl) &&
	       vcpu->sys.reg[virtual ? SYS_CNTV_CVAL : SYS_CNTP_CVAL] <= read_sysreg(cntpct_el0);
}

uint64_t vtimer_next(const struct vcpu *vcpu)
{
	uint64_t next = ~0ull;

	if (fires(vcpu->sys.reg[SYS_CNTV_CTL]))
		next = vcpu->sys.reg[SYS_CNTV_CVAL];
	if (fires(vcpu->sys.reg[SYS_CNTP_CTL]))
		next = min_u64(next, vcpu->sys.reg[SYS_CNTP_CVAL]);
	return next;
}
