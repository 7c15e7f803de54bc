/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions that a guest provokes on purpose, and interrupts. Between trap_begin() and trap_end()
 * a synchronous exception of this CPU is recorded and its instruction skipped (after an instruction
 * abort: the call returns). At any other time it is a panic.
 */
#ifndef GUEST_LIB_TRAP_H
#define GUEST_LIB_TRAP_H

#include "lib/util.h"
#include <stdint.h>

#define EC_UNKNOWN	     0x00u
#define EC_INSTRUCTION_ABORT 0x21u
#define EC_DATA_ABORT	     0x25u
#define FSC_EXTERNAL	     0x10u /* synchronous external abort, not on a walk */
#define FSC_EXTERNAL_WALK_2  0x16u /* synchronous external abort on a walk, level 2 */

struct trap_record {
	unsigned count;	   /* synchronous exceptions since trap_begin() */
	uint64_t esr, far; /* of the last one */
};

void trap_begin(void);
struct trap_record trap_end(void);

static inline unsigned trap_class(const struct trap_record *r)
{
	return (unsigned)FIELD(r->esr, 31, 26);
}

static inline unsigned trap_status(const struct trap_record *r)
{
	return (unsigned)FIELD(r->esr, 5, 0);
}

/* Exactly one exception, and it is UNDEFINED's. */
static inline bool trap_undefined(const struct trap_record *r)
{
	return r->count == 1 && trap_class(r) == EC_UNKNOWN;
}

/* The record of one statement. */
#define TRAP_OF(statement)                                                                         \
	({                                                                                         \
		trap_begin();                                                                      \
		statement;                                                                         \
		trap_end();                                                                        \
	})

/* Called with interrupts masked, on the CPU that was interrupted. */
extern void (*trap_irq)(void);

#endif
