/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arch/cache.h for AArch64. The line size is read each time: CPUs of one machine may differ, and
 * CTR_EL0 gives the smallest of the CPU that asks.
 */
#include "arch/cache.h"
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"
#include "lib/util.h"

static uint64_t data_line(void)
{
	return 4ull << FIELD(read_sysreg(ctr_el0), 19, 16);
}

void cache_clean(uintptr_t base, uint64_t size)
{
	uint64_t line = data_line();

	for (uint64_t a = align_down(base, line); a < base + size; a += line)
		__asm__ volatile("dc cvac, %0" ::"r"(a) : "memory");
	dsb(sy);
}

void cache_clean_invalidate(uintptr_t base, uint64_t size)
{
	uint64_t line = data_line();

	for (uint64_t a = align_down(base, line); a < base + size; a += line)
		__asm__ volatile("dc civac, %0" ::"r"(a) : "memory");
	dsb(sy);
}

void cache_sync_code(uintptr_t base, uint64_t size)
{
	cache_clean(base, size);
	__asm__ volatile("ic ialluis" ::: "memory");
	dsb(ish);
	isb();
}
