/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions that should not reach EL3. One of EL3 itself, or of the TEE, is reported and stops
 * the CPU. An instruction of the normal world that EL3 traps (a register newer than
 * firmware/control.c) becomes an undefined instruction there, for a guest must not be able to stop
 * the machine; the first few are reported.
 */
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"
#include "firmware/console.h"
#include "firmware/el3.h"
#include "lib/assert.h"
#include "lib/util.h"

#define REPORTS_MAX 8u

#define HCR_TGE		BIT(27)
#define ESR_UNDEFINED	BIT(25) /* class 0, 32-bit instruction */
#define EC_IS_ACCESS(e) ((e) == 0x07 || (e) == 0x09 || (e) == 0x18 || (e) == 0x19 || (e) == 0x1d)

/* Offsets in a vector table, Arm ARM D1.3.1. */
#define VECTOR_SAME_SP0 0x000
#define VECTOR_SAME_SPX 0x200
#define VECTOR_LOWER_64 0x400
#define VECTOR_LOWER_32 0x600

#define SPSR_MODE     0x1full
#define SPSR_AARCH32  BIT(4)
#define SPSR_EL(spsr) ((unsigned)FIELD(spsr, 3, 2))

static uint32_t reports;

static uint64_t vector_offset(uint64_t spsr, unsigned target_el)
{
	if ((spsr & SPSR_AARCH32) != 0)
		return VECTOR_LOWER_32;
	if (SPSR_EL(spsr) < target_el)
		return VECTOR_LOWER_64;
	return (spsr & 1) != 0 ? VECTOR_SAME_SPX : VECTOR_SAME_SP0;
}

/* PSTATE of an exception's handler: masked, on SP_ELx, the rest as it was. */
static uint64_t handler_spsr(uint64_t spsr, unsigned target_el)
{
	uint64_t keep = (spsr & SPSR_AARCH32) != 0 ? 0 : spsr & ~(SPSR_MODE | BITS(11, 10));

	return keep | 0x3c0 | (uint64_t)target_el << 2 | 1;
}

static void make_undefined(struct world *w)
{
	bool aarch32 = (w->spsr & SPSR_AARCH32) != 0;
	bool from_el2 = !aarch32 && SPSR_EL(w->spsr) == 2;
	bool to_el2 = from_el2 || (read_sysreg(hcr_el2) & HCR_TGE) != 0;
	uint64_t vbar = to_el2 ? read_sysreg(vbar_el2) : read_sysreg(vbar_el1);

	if (to_el2) {
		write_sysreg(elr_el2, w->elr);
		write_sysreg(spsr_el2, w->spsr);
		write_sysreg(esr_el2, ESR_UNDEFINED);
	} else {
		write_sysreg(elr_el1, w->elr);
		write_sysreg(spsr_el1, w->spsr);
		write_sysreg(esr_el1, ESR_UNDEFINED);
	}
	w->elr = vbar + vector_offset(w->spsr, to_el2 ? 2 : 1);
	w->spsr = handler_spsr(w->spsr, to_el2 ? 2 : 1);
}

struct world *trap_from_nonsecure(struct cpu *cpu)
{
	uint64_t esr = read_sysreg(esr_el3);
	struct world *w = &cpu->ns;

	if (!EC_IS_ACCESS(esr >> 26))
		panic("CPU %lu: unexpected exception: esr 0x%lx elr 0x%lx far 0x%lx spsr 0x%lx isr "
		      "0x%lx",
		      (unsigned long)cpu->index, (unsigned long)esr, (unsigned long)w->elr,
		      (unsigned long)read_sysreg(far_el3), (unsigned long)w->spsr,
		      (unsigned long)read_sysreg(isr_el1));
	if (__atomic_fetch_add(&reports, 1, __ATOMIC_RELAXED) < REPORTS_MAX)
		say("CPU %lu: EL%u used what EL3 does not know: esr 0x%lx at 0x%lx; undefined",
		    (unsigned long)cpu->index, SPSR_EL(w->spsr), (unsigned long)esr,
		    (unsigned long)w->elr);
	make_undefined(w);
	return w;
}

void trap_from_secure(struct cpu *cpu)
{
	panic("CPU %lu: exception from the TEE: esr 0x%lx elr 0x%lx far 0x%lx",
	      (unsigned long)cpu->index, (unsigned long)read_sysreg(esr_el3),
	      (unsigned long)cpu->s.elr, (unsigned long)read_sysreg(far_el3));
}

void trap_from_el3(uint64_t sp, uint64_t lr)
{
	panic("exception in EL3: esr 0x%lx elr 0x%lx far 0x%lx sp 0x%lx lr 0x%lx",
	      (unsigned long)read_sysreg(esr_el3), (unsigned long)read_sysreg(elr_el3),
	      (unsigned long)read_sysreg(far_el3), (unsigned long)sp, (unsigned long)lr);
}
