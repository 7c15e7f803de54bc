/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An identity map of 512 GiB in blocks of 1 GiB, one table for all CPUs. At boot the first GiB and
 * all but RAM is Device memory and never executed; RAM's blocks are Normal.
 */
#ifndef GUEST_LIB_MMU_H
#define GUEST_LIB_MMU_H

#include <stdint.h>

#define MMU_BLOCKS 512u

enum mmu_kind { MMU_DEVICE, MMU_NORMAL, MMU_UNCACHED_EXECUTABLE };

/* Change one block. The caller runs on it only if the new kind allows that. */
void mmu_set(unsigned block, enum mmu_kind kind);
/* Let the next level of `block` be a table at any address, even where there is no memory. */
void mmu_set_table(unsigned block, uint64_t address);

#endif
