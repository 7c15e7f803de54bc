/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The board as its device tree describes it (Devicetree Specification 0.4): what the hypervisor
 * needs of it and nothing else. The tree comes from the boot loader, which we trust not to lie;
 * that it is well formed and its numbers make sense is checked all the same.
 */
#ifndef HYPERVISOR_BOARD_H
#define HYPERVISOR_BOARD_H

#include "hypervisor/offsets.h"
#include "lib/types.h"

#define BOARD_MEMORY_MAX   8u
#define BOARD_RESERVED_MAX 32u

/* Physical addresses end here: what four-level tables and 48-bit CPUs reach. */
#define BOARD_PA_END (1ull << 48)

/* Neither empty nor wrapping, below BOARD_PA_END. */
struct board_range {
	uint64_t base, size;
};

struct board_info {
	struct board_range memory[BOARD_MEMORY_MAX]; /* RAM of the normal world */
	uint32_t memory_count;
	struct board_range reserved[BOARD_RESERVED_MAX]; /* not to be touched; may overlap */
	uint32_t reserved_count;
	uint64_t uart; /* a PL011, 0: none */
	uint32_t uart_intid;
	uint64_t rtc;	    /* a PL031, 0: none */
	uint32_t tee_intid; /* by which OP-TEE notifies the normal world, 0: none */
	uint64_t gicd, gicd_size;
	uint64_t gicr, gicr_size;
	uint64_t mpidr[PCPUS_MAX]; /* affinity fields only; further CPUs are left alone */
	uint32_t cpu_count;
	uint8_t *rng_seed; /* inside the tree; NULL: none */
	size_t rng_seed_size;
};

enum board_error {
	BOARD_OK,
	BOARD_BAD_TREE,	 /* not a flattened device tree, or a number in it makes no sense */
	BOARD_NO_MEMORY, /* no memory node that the normal world may use */
	BOARD_TOO_MANY,	 /* more memory or reserved ranges than struct board_info holds */
	BOARD_NO_CPU,	 /* no CPU node */
	BOARD_NO_PSCI,	 /* no PSCI 0.2 or later by SMC */
	BOARD_NO_GIC,	 /* no GICv3 with one redistributor region */
};

/*
 * Read the tree at `fdt`, which is mapped as a whole and 8-aligned. Fills *out; after an error its
 * content means nothing.
 */
enum board_error board_read(const void *fdt, struct board_info *out);

/* The error in words, without a full stop. */
const char *board_error_text(enum board_error error);

/* All of [base, base + size) is RAM and none of it reserved. Any two numbers. */
bool board_is_free_ram(const struct board_info *board, uint64_t base, uint64_t size);

#endif
