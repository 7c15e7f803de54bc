/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of call that storm makes. */
#ifndef GUEST_STORM_CALLS_H
#define GUEST_STORM_CALLS_H

#include "guest/lib/psci.h"
#include <stdbool.h>
#include <stdint.h>

/* Fill x0-x17 with the next call. */
struct call_kind {
	const char *name;
	void (*make)(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS]);
	bool unknown; /* the only right answer is NOT_SUPPORTED with x4-x17 kept */
};

extern const struct call_kind call_kinds[];
extern const unsigned call_kinds_count;

/* The memory that calls name, so that what is written there hurts nobody. */
void calls_init(void);

#endif
