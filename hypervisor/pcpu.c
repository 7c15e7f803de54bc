/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of physical CPUs, and the offsets that assembly relies on.
 */
#include "hypervisor/pcpu.h"

_Static_assert(offsetof(struct vcpu, regs) == 0, "vectors.S");
_Static_assert(offsetof(struct guest_regs, pc) == REGS_PC, "vectors.S");
_Static_assert(offsetof(struct guest_regs, pstate) == REGS_PSTATE, "vectors.S");
_Static_assert(offsetof(struct pcpu, current) == PCPU_CURRENT, "vectors.S");
_Static_assert(offsetof(struct pcpu, stack) == 8, "head.S");
_Static_assert(offsetof(struct fp_state, fpcr) == FP_CONTROL, "fpstate.S");

struct pcpu pcpus[PCPUS_MAX];
uint32_t pcpu_count;

struct vcpu *vcpu_current(void)
{
	return this_pcpu()->current;
}
