/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What EL3 keeps for each CPU: the two worlds' registers while they do not run, and the stack.
 * `struct cpu` lies at the top of its stack, and SP_EL3 points to it whenever a lower level runs,
 * so that the vectors reach it without a register to spare. Only its own CPU touches it.
 */
#ifndef FIRMWARE_CPU_H
#define FIRMWARE_CPU_H

#include "platform/qemu-virt/board.h"

/* Offsets in struct world and struct cpu, for assembly; checked below. */
#define WORLD_X(n)	((n)*8)
#define WORLD_SCR	248
#define WORLD_ELR	256
#define WORLD_EL1	272
#define WORLD_SIZE	480
#define CPU_NS		0
#define CPU_S		WORLD_SIZE
#define CPU_TEE_VECTORS (2 * WORLD_SIZE)
#define CPU_SIZE	(2 * WORLD_SIZE + 16)
#define CPU_STACK_SIZE	8192
#define CPU_AREA_SIZE	(4096 + CPU_STACK_SIZE)

#define SCR_NS_BIT 0

#ifndef __ASSEMBLY__
#include "lib/attributes.h"
#include <stddef.h>
#include <stdint.h>

/* A world that does not run. x0-x3 of the normal world are not kept during a call to the TEE:
 * results replace them. */
struct world {
	uint64_t x[31];
	uint64_t scr;	    /* SCR_EL3 while it runs */
	uint64_t elr, spsr; /* where it goes on */
	uint64_t el1[26];   /* in the order of firmware/world.S */
};

/* The first registers of el1[]; those that have a value to start from. */
enum { EL1_SP_EL0, EL1_SP_EL1, EL1_SCTLR, EL1_TCR };
enum { EL1_ACTLR = 25 };

struct cpu {
	struct world ns, s;
	uint64_t tee_vectors; /* 0: no TEE on this CPU */
	uint64_t index;
};

struct cpu_area {
	uint8_t guard[4096]; /* not mapped */
	uint8_t stack[CPU_STACK_SIZE - CPU_SIZE];
	struct cpu cpu;
} ALIGNED(4096);

_Static_assert(offsetof(struct world, scr) == WORLD_SCR, "assembly");
_Static_assert(offsetof(struct world, elr) == WORLD_ELR, "assembly");
_Static_assert(offsetof(struct world, el1) == WORLD_EL1, "assembly");
_Static_assert(sizeof(struct world) == WORLD_SIZE, "assembly");
_Static_assert(offsetof(struct cpu, s) == CPU_S, "assembly");
_Static_assert(offsetof(struct cpu, tee_vectors) == (size_t)CPU_TEE_VECTORS, "assembly");
_Static_assert(sizeof(struct cpu) == CPU_SIZE, "assembly");
_Static_assert(sizeof(struct cpu_area) == CPU_AREA_SIZE, "assembly");

extern struct cpu_area cpu_areas[BOARD_CPUS_MAX];

/*
 * EL1's registers between the CPU and world->el1[]. `all` for the normal world. `kept` for the
 * TEE: without those that hold nothing across a done-code SMC (ELR, SPSR, ESR, FAR, PAR, CSSELR)
 * or do not act on it (MDSCR with Secure debug off, CNTKCTL).
 */
void el1_save_all(struct world *world);
void el1_load_all(const struct world *world);
void el1_save_kept(struct world *world);
void el1_load_kept(const struct world *world);
#endif

#endif
