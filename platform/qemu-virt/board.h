/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's `virt` board with secure=on, as its Secure side sees it. Data only: which device is where.
 * The normal world learns the board from the device tree instead.
 */
#ifndef PLATFORM_QEMU_VIRT_BOARD_H
#define PLATFORM_QEMU_VIRT_BOARD_H

/* CPUs that the firmware can run, for arrays and assembly. CPU n has affinity 0.0.0.n. */
#define BOARD_CPUS_MAX 16

/* The distributor, for the code that waits before there is a board to ask. */
#define BOARD_GICD 0x08000000

#ifndef __ASSEMBLY__
#include <stdint.h>

struct board_range {
	uint64_t base, size;
};

struct board {
	const char *name;
	struct board_range flash;	/* reset is at its base */
	struct board_range secure_sram; /* the firmware's data */
	struct board_range secure_dram; /* the TEE */
	struct board_range ram;		/* where RAM can be; there is usually less */
	struct board_range gicd, gicr;	/* distributor, all redistributors */
	struct board_range console;	/* a PL011 */
	struct board_range power_gpio;	/* a PL061 */
	unsigned power_off_line, reset_line;
	uint32_t counter_hz; /* if reset leaves CNTFRQ_EL0 at 0 */
};

extern const struct board board;
#endif

#endif
