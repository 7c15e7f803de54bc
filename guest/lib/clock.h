/* SPDX-License-Identifier: BSD-2-Clause */
/* Time in ticks of the virtual counter. */
#ifndef GUEST_LIB_CLOCK_H
#define GUEST_LIB_CLOCK_H

#include "guest/lib/cpu.h"

static inline uint64_t clock_now(void)
{
	isb();
	return read_sysreg(CNTVCT_EL0);
}

static inline uint64_t clock_ms(uint64_t ms)
{
	return read_sysreg(CNTFRQ_EL0) * ms / 1000;
}

static inline void clock_wait(uint64_t ticks)
{
	uint64_t end = clock_now() + ticks;

	while (clock_now() < end)
		;
}

#endif
