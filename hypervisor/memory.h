/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The board's memory as EL2 sees it: mapped 1:1, RAM and the devices that the hypervisor drives.
 * The image's code is the only thing that may be executed, and it cannot be written.
 */
#ifndef HYPERVISOR_MEMORY_H
#define HYPERVISOR_MEMORY_H

#include "hypervisor/board.h"

/*
 * First of all on the boot CPU: map the image and the board's tree, and turn the MMU on. What
 * follows runs cached.
 */
void memory_early_init(const void *tree);

/* Then: map all RAM and the devices of `board`, and fill the page pool with what is free. */
void memory_init(const struct board_info *board);

/* On each further CPU. */
void memory_cpu_init(void);

/* Board RAM that the board's tree reserves: in no VM, in no pool. */
bool memory_is_reserved_ram(pa_t base, uint64_t size);

#endif
