/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 1 (Arm ARM D8): 4 KiB granule, 39 bits, so that level 1 is the only table. Runs first with
 * the MMU off, on one CPU.
 */
#include "guest/lib/mmu.h"
#include "guest/lib/cpu.h"
#include "lib/attributes.h"
#include "lib/util.h"

#define DESC_BLOCK	 1ull
#define DESC_TABLE	 3ull
#define DESC_ATTR(n)	 ((uint64_t)(n) << 2)
#define DESC_INNER_SHARE (3ull << 8)
#define DESC_AF		 BIT(10)
#define DESC_XN		 (BIT(53) | BIT(54))

/* MAIR_EL1: 0 Device-nGnRE, 1 Normal write-back, 2 Normal non-cacheable. */
#define MAIR 0x44ff04ull
/* TCR_EL1: T0SZ 25, walks cacheable and inner shareable, no TTBR1. IPS is added. */
#define TCR	      (25ull | BIT(8) | BIT(10) | 3ull << 12 | BIT(23))
#define TCR_IPS_SHIFT 32
#define IPS_40_BITS   2ull
#define SCTLR_M_C_I   (BIT(0) | BIT(2) | BIT(12))
#define SCTLR_A	      BIT(1)

static uint64_t table[MMU_BLOCKS] ALIGNED(4096);

void mmu_build(void);
void mmu_enable(void);

static uint64_t block_of(unsigned block, enum mmu_kind kind)
{
	static const uint64_t attributes[] = {
		[MMU_DEVICE] = DESC_ATTR(0) | DESC_XN,
		[MMU_NORMAL] = DESC_ATTR(1),
		[MMU_UNCACHED_EXECUTABLE] = DESC_ATTR(2),
	};

	return (uint64_t)block << 30 | DESC_BLOCK | DESC_AF | DESC_INNER_SHARE | attributes[kind];
}

/* RAM's size is not known yet: 3 GiB from 1 GiB on are Normal, wherever RAM ends. */
void mmu_build(void)
{
	for (unsigned block = 0; block < MMU_BLOCKS; block++)
		table[block] = block_of(block, block >= 1 && block < 4 ? MMU_NORMAL : MMU_DEVICE);
}

void mmu_enable(void)
{
	uint64_t range = FIELD(read_sysreg(ID_AA64MMFR0_EL1), 3, 0);

	write_sysreg(MAIR_EL1, MAIR);
	write_sysreg(TCR_EL1, TCR | min_u64(range, IPS_40_BITS) << TCR_IPS_SHIFT);
	write_sysreg(TTBR0_EL1, (uintptr_t)table);
	isb();
	__asm__ volatile("tlbi vmalle1\n\tdsb sy\n\tisb" ::: "memory");
	write_sysreg(SCTLR_EL1, (read_sysreg(SCTLR_EL1) | SCTLR_M_C_I) & ~SCTLR_A);
	isb();
}

static void replace(unsigned block, uint64_t descriptor)
{
	__atomic_store_n(&table[block], descriptor, __ATOMIC_RELAXED);
	__asm__ volatile("dsb ishst\n\ttlbi vmalle1is\n\tdsb ish\n\tisb" ::: "memory");
}

void mmu_set(unsigned block, enum mmu_kind kind)
{
	replace(block, block_of(block, kind));
}

void mmu_set_table(unsigned block, uint64_t address)
{
	replace(block, address | DESC_TABLE);
}
