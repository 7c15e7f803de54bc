/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of platform/qemu-virt/board.h: QEMU's hw/arm/virt memory map with secure=on and
 * gic-version=3. The upper 15 MiB of the secure RAM are the TEE's.
 */
#include "platform/qemu-virt/board.h"

const struct board board = {
	.name = "qemu-virt",
	.flash = {0x00000000, 0x04000000},
	.secure_sram = {0x0e000000, 0x00100000},
	.secure_dram = {0x0e100000, 0x00f00000},
	.ram = {0x40000000, 0x3fc0000000},
	.gicd = {BOARD_GICD, 0x00010000},
	.gicr = {0x080a0000, 0x00f60000},
	.console = {0x09000000, 0x1000},
	.power_gpio = {0x090b0000, 0x1000},
	.power_off_line = 0,
	.reset_line = 1,
	.counter_hz = 62500000,
};
