/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The half of arch/mmu.h that touches registers: turning the MMU on at EL2 or EL3, and telling all
 * CPUs of a changed entry.
 */
#include "arch/aarch64/mmu_defs.h"
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"
#include "arch/mmu.h"

static uint64_t tcr_value(const struct mmu_table *table)
{
	uint64_t range = FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0);

	/* Descriptors hold 48 bits of address (range 5) and no more. */
	return TCR_RES1 | min_u64(range, 5) << TCR_PS_SHIFT | TCR_WALKS_WBWA |
	       (64 - table->va_bits);
}

static void enable_el2(const struct mmu_table *table)
{
	write_sysreg(mair_el2, MAIR_VALUE);
	write_sysreg(tcr_el2, tcr_value(table));
	write_sysreg(ttbr0_el2, (uintptr_t)table->root);
	isb();
	__asm__ volatile("tlbi alle2\n\tic iallu" ::: "memory");
	dsb(nsh);
	isb();
	write_sysreg(sctlr_el2, SCTLR_ON);
	isb();
}

static void enable_el3(const struct mmu_table *table)
{
	write_sysreg(mair_el3, MAIR_VALUE);
	write_sysreg(tcr_el3, tcr_value(table));
	write_sysreg(ttbr0_el3, (uintptr_t)table->root);
	isb();
	__asm__ volatile("tlbi alle3\n\tic iallu" ::: "memory");
	dsb(nsh);
	isb();
	write_sysreg(sctlr_el3, SCTLR_ON);
	isb();
}

void mmu_enable(struct mmu_table *table)
{
	/* Written by the first CPU, with its MMU off; a second one would only repeat it. */
	if (!table->live)
		table->live = true;
	dsb(sy);
	if (table->regime == MMU_EL2)
		enable_el2(table);
	else
		enable_el3(table);
}

void mmu_publish(void)
{
	dsb(ishst);
	isb();
}

void mmu_forget(enum mmu_regime regime, uint64_t va)
{
	uint64_t page = va >> 12 & BITS(43, 0);

	dsb(ishst);
	if (regime == MMU_EL2)
		__asm__ volatile("tlbi vae2is, %0" ::"r"(page) : "memory");
	else
		__asm__ volatile("tlbi vae3is, %0" ::"r"(page) : "memory");
	dsb(ish);
	isb();
}
