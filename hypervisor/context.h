/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system registers that belong to a vCPU and move with it, each named once: slot in struct
 * sys_state, register. ACTLR traps and is nobody's; AArch32 EL1 is not offered, so its banked
 * registers stay out.
 */
#ifndef HYPERVISOR_CONTEXT_H
#define HYPERVISOR_CONTEXT_H

#include "hypervisor/vcpu.h"

/* clang-format off */
#define SYS_LIST(X)				\
	X(SYS_SP_EL0, sp_el0)			\
	X(SYS_SP_EL1, sp_el1)			\
	X(SYS_ELR, elr_el1)			\
	X(SYS_SPSR, spsr_el1)			\
	X(SYS_SCTLR, sctlr_el1)			\
	X(SYS_TCR, tcr_el1)			\
	X(SYS_TTBR0, ttbr0_el1)			\
	X(SYS_TTBR1, ttbr1_el1)			\
	X(SYS_MAIR, mair_el1)			\
	X(SYS_AMAIR, amair_el1)			\
	X(SYS_VBAR, vbar_el1)			\
	X(SYS_CPACR, cpacr_el1)			\
	X(SYS_CONTEXTIDR, contextidr_el1)	\
	X(SYS_TPIDR_EL0, tpidr_el0)		\
	X(SYS_TPIDRRO, tpidrro_el0)		\
	X(SYS_TPIDR_EL1, tpidr_el1)		\
	X(SYS_ESR, esr_el1)			\
	X(SYS_FAR, far_el1)			\
	X(SYS_AFSR0, afsr0_el1)			\
	X(SYS_AFSR1, afsr1_el1)			\
	X(SYS_PAR, par_el1)			\
	X(SYS_CSSELR, csselr_el1)		\
	X(SYS_CNTKCTL, cntkctl_el1)		\
	X(SYS_MDSCR, mdscr_el1)			\
	X(SYS_CNTV_CVAL, cntv_cval_el0)		\
	X(SYS_CNTP_CVAL, cntp_cval_el0)		\
	X(SYS_CNTV_CTL, cntv_ctl_el0)		\
	X(SYS_CNTP_CTL, cntp_ctl_el0)

/* Pointer authentication keys: only where the CPU has it. */
#define PAUTH_LIST(X)				\
	X(SYS_APIA_LO, S3_0_C2_C1_0)		\
	X(SYS_APIA_HI, S3_0_C2_C1_1)		\
	X(SYS_APIB_LO, S3_0_C2_C1_2)		\
	X(SYS_APIB_HI, S3_0_C2_C1_3)		\
	X(SYS_APDA_LO, S3_0_C2_C2_0)		\
	X(SYS_APDA_HI, S3_0_C2_C2_1)		\
	X(SYS_APDB_LO, S3_0_C2_C2_2)		\
	X(SYS_APDB_HI, S3_0_C2_C2_3)		\
	X(SYS_APGA_LO, S3_0_C2_C3_0)		\
	X(SYS_APGA_HI, S3_0_C2_C3_1)
/* clang-format on */

#define SYS_SLOT(slot, name) slot,
enum sys_slot { SYS_LIST(SYS_SLOT) PAUTH_LIST(SYS_SLOT) SYS_SLOTS };

_Static_assert(SYS_SLOTS <= SYS_REGS, "struct sys_state is too small");

/* Breakpoint and watchpoint registers, saved only for vCPUs that have touched them. */
#define DEBUG_PAIRS 16u

#endif
