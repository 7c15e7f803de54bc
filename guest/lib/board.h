/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest knows of its board: the map of QEMU's virt, which is also what teevisor's VMs look
 * like, and what the device tree told at boot.
 */
#ifndef GUEST_LIB_BOARD_H
#define GUEST_LIB_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#define BOARD_GICD	  0x08000000ull
#define BOARD_GICD_SIZE	  0x10000ull
#define BOARD_GICR	  0x080a0000ull
#define BOARD_GICR_STRIDE 0x20000ull
#define BOARD_PL011	  0x09000000ull
#define BOARD_PL031	  0x09010000ull
#define BOARD_VIRTIO	  0x0a000000ull
#define BOARD_VIRTIO_SIZE 0x4000ull
#define BOARD_RAM	  0x40000000ull

struct board {
	unsigned cpus;	   /* 1 to CPUS_MAX */
	uint64_t ram_size; /* from BOARD_RAM on, bytes */
	bool psci_by_smc;  /* else by hvc */
	/*
	 * Something answers SMCCC_VERSION. QEMU's own board does not; what only a hypervisor must
	 * do is not asked of it.
	 */
	bool under_hypervisor;
	const char *arguments; /* /chosen/bootargs, "" if there is none */
};

extern struct board board;

/* The decimal number after `name=` in the arguments, or `otherwise`. */
uint64_t board_number(const char *name, uint64_t otherwise);

#endif
