/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bits of stage 1 descriptors and of the control registers of EL2 and EL3 (Arm ARM, D8.3, D19.2),
 * shared by the builder and by the code that turns the MMU on.
 */
#ifndef ARCH_AARCH64_MMU_DEFS_H
#define ARCH_AARCH64_MMU_DEFS_H

#include "lib/util.h"

#define PTE_TYPE      3ull
#define PTE_BLOCK     1ull
#define PTE_TABLE     3ull
#define PTE_PAGE      3ull
#define PTE_INDEX     (7ull << 2)
#define PTE_DEVICE    (0ull << 2) /* index into MAIR_VALUE; not shareable means nothing here */
#define PTE_NORMAL    (1ull << 2 | PTE_INNER)
#define PTE_UNCACHED  (2ull << 2)
#define PTE_NS	      BIT(5)
#define PTE_AP1_RES1  BIT(6)
#define PTE_READ_ONLY BIT(7)
#define PTE_INNER     (3ull << 8)
#define PTE_ACCESSED  BIT(10)
#define PTE_XN	      BIT(54)
#define PTE_ADDRESS   BITS(47, 12)

/* 0 Device-nGnRE, 1 Normal write-back allocating, 2 Normal non-cacheable. */
#define MAIR_VALUE 0x44ff04ull

#define TCR_RES1       (BIT(31) | BIT(23))
#define TCR_PS_SHIFT   16
#define TCR_WALKS_WBWA (3ull << 12 | 1ull << 10 | 1ull << 8) /* inner shareable */

#define SCTLR_RES1 0x30c50830ull
#define SCTLR_M	   BIT(0)
#define SCTLR_C	   BIT(2)
#define SCTLR_SA   BIT(3)
#define SCTLR_I	   BIT(12)
#define SCTLR_WXN  BIT(19)
#define SCTLR_ON   (SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN)

#endif
