/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time as the system counter tells it: ticks since some moment before boot, the same on every CPU,
 * never stopping. On the host a test supplies both functions and so decides what time it is.
 */
#ifndef ARCH_CLOCK_H
#define ARCH_CLOCK_H

#include <stdint.h>

#ifdef __aarch64__
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"

/* CNTPCT, read after everything before it in program order. */
static inline uint64_t clock_ticks(void)
{
	isb();
	return read_sysreg(cntpct_el0);
}

/* Ticks in a second. Never 0 once the firmware has run. */
static inline uint64_t clock_hz(void)
{
	return read_sysreg(cntfrq_el0);
}
#else
uint64_t clock_ticks(void);
uint64_t clock_hz(void);
#endif

#endif
