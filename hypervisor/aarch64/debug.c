/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Breakpoint and watchpoint registers of a vCPU. Each register has a name of its own, so there is a
 * line for each; how many this CPU has is in ID_AA64DFR0_EL1.
 */
#include "hypervisor/debug.h"
#include "arch/aarch64/sysreg.h"
#include "lib/util.h"

/* clang-format off */
#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) \
		X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
/* clang-format on */

#define SAVE_BREAKPOINT(n)                                                                         \
	if ((n) < breakpoints) {                                                                   \
		d->bvr[n] = read_sysreg(dbgbvr##n##_el1);                                          \
		d->bcr[n] = read_sysreg(dbgbcr##n##_el1);                                          \
	}
#define SAVE_WATCHPOINT(n)                                                                         \
	if ((n) < watchpoints) {                                                                   \
		d->wvr[n] = read_sysreg(dbgwvr##n##_el1);                                          \
		d->wcr[n] = read_sysreg(dbgwcr##n##_el1);                                          \
	}
#define LOAD_BREAKPOINT(n)                                                                         \
	if ((n) < breakpoints) {                                                                   \
		write_sysreg(dbgbvr##n##_el1, d->bvr[n]);                                          \
		write_sysreg(dbgbcr##n##_el1, d->bcr[n]);                                          \
	}
#define LOAD_WATCHPOINT(n)                                                                         \
	if ((n) < watchpoints) {                                                                   \
		write_sysreg(dbgwvr##n##_el1, d->wvr[n]);                                          \
		write_sysreg(dbgwcr##n##_el1, d->wcr[n]);                                          \
	}

static uint64_t breakpoint_count(void)
{
	return (read_sysreg(id_aa64dfr0_el1) >> 12 & 15) + 1;
}

static uint64_t watchpoint_count(void)
{
	return (read_sysreg(id_aa64dfr0_el1) >> 20 & 15) + 1;
}

void debug_save(struct debug_state *d)
{
	uint64_t breakpoints = breakpoint_count(), watchpoints = watchpoint_count();

	EACH(SAVE_BREAKPOINT)
	EACH(SAVE_WATCHPOINT)
}

void debug_load(const struct debug_state *d)
{
	uint64_t breakpoints = breakpoint_count(), watchpoints = watchpoint_count();

	EACH(LOAD_BREAKPOINT)
	EACH(LOAD_WATCHPOINT)
}
