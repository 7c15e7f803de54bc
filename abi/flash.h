/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tools/ puts into the flash image for our own firmware/. All numbers little-endian, all
 * offsets from the start of the flash (physical address 0 on QEMU virt). A machine that boots over
 * another firmware has no such header.
 */
#ifndef ABI_FLASH_H
#define ABI_FLASH_H

#include <stdint.h>

#define FLASH_HEADER_OFFSET  0x000ff000u
#define FLASH_HEADER_MAGIC   0x726f736976656574ull /* "teevisor" */
#define FLASH_HEADER_VERSION 1u

struct flash_header {
	uint64_t magic;
	uint32_t version;
	uint32_t reserved;
	/* The TEE: size 0 when the machine has none. */
	uint64_t tee_offset, tee_size, tee_load;
	/* What is entered at EL2 (an arm64 Image): copied to next_load, entered at its first word.
	 */
	uint64_t next_offset, next_size, next_load;
	uint64_t device_tree; /* where the board put its tree */
};

#endif
