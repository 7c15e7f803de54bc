/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Into the TEE from C, for boot and power. Calls and interrupts go there through
 * firmware/world.S, which does the same in fewer instructions.
 */
#include "abi/optee_dispatcher.h"
#include "firmware/el3.h"
#include <string.h>

#define SCTLR_EL1_RESET 0x30d00800ull

struct world *tee_start(struct cpu *cpu, uint64_t entry, uint64_t device_tree)
{
	uint64_t actlr;

	el1_save_all(&cpu->ns);
	actlr = cpu->ns.el1[EL1_ACTLR];
	memset(&cpu->s, 0, sizeof(cpu->s));
	cpu->s.scr = control_scr_secure();
	cpu->s.el1[EL1_SCTLR] = SCTLR_EL1_RESET;
	cpu->s.el1[EL1_ACTLR] = actlr;
	cpu->s.elr = entry;
	cpu->s.spsr = OPTEE_ENTRY_SPSR;
	cpu->s.x[2] = device_tree;
	el1_load_all(&cpu->s);
	return &cpu->s;
}

struct world *tee_enter(struct cpu *cpu, unsigned vector)
{
	el1_save_all(&cpu->ns);
	el1_load_kept(&cpu->s);
	cpu->s.elr = cpu->tee_vectors + vector;
	return &cpu->s;
}
