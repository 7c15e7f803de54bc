/* SPDX-License-Identifier: BSD-2-Clause */
/* The C half of the vectors in start.S. */
#include "guest/lib/trap.h"
#include "guest/lib/cpu.h"
#include "guest/lib/limits.h"
#include "lib/assert.h"

struct frame {
	uint64_t x[31], elr, spsr, pad;
};

/* Rows of the vector table for "current EL with its own stack". */
enum { VECTOR_SYNC = 4, VECTOR_IRQ = 5 };

static struct {
	bool expected;
	struct trap_record record;
} state[CPUS_MAX];

unsigned char stacks[CPUS_MAX][STACK_SIZE] ALIGNED(16);

void trap(struct frame *f, unsigned vector);

static void no_irq(void)
{
	panic("unexpected interrupt");
}

void (*trap_irq)(void) = no_irq;

void trap_begin(void)
{
	state[cpu_index()].record = (struct trap_record){0};
	__atomic_store_n(&state[cpu_index()].expected, true, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	isb();
}

struct trap_record trap_end(void)
{
	dsb();
	isb();
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&state[cpu_index()].expected, false, __ATOMIC_RELAXED);
	return state[cpu_index()].record;
}

static void synchronous(struct frame *f)
{
	struct trap_record *r = &state[cpu_index()].record;
	uint64_t esr = read_sysreg(ESR_EL1), far = read_sysreg(FAR_EL1);

	if (!state[cpu_index()].expected)
		panic("CPU %u: unexpected exception, ESR %#llx FAR %#llx ELR %#llx", cpu_index(),
		      (unsigned long long)esr, (unsigned long long)far, (unsigned long long)f->elr);
	r->count++;
	r->esr = esr;
	r->far = far;
	f->elr = trap_class(r) == EC_INSTRUCTION_ABORT ? f->x[30] : f->elr + 4;
}

void trap(struct frame *f, unsigned vector)
{
	if (vector == VECTOR_SYNC)
		synchronous(f);
	else if (vector == VECTOR_IRQ)
		trap_irq();
	else
		panic("unexpected vector %u, ESR %#llx", vector,
		      (unsigned long long)read_sysreg(ESR_EL1));
}
