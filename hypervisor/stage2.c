/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See stage2.h. Descriptors: Arm ARM DDI 0487, D8.3 and D8.5 (stage 2 attributes).
 */
#include "hypervisor/stage2.h"
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"
#include "arch/tlb.h"
#include "hypervisor/pages.h"
#include "lib/util.h"

#define DESC_BLOCK    0x1ull
#define DESC_TABLE    0x3ull
#define S2_NORMAL_WB  (0xfull << 2)
#define S2_READ_WRITE (3ull << 6)
#define S2_INNER      (3ull << 8)
#define S2_ACCESSED   BIT(10)
#define S2_ADDRESS    BITS(47, 12)
#define ENTRIES	      512u
#define VTTBR_VMID    48

uint64_t stage2_vtcr(void)
{
	uint64_t pa_range = min_u64(read_sysreg(id_aa64mmfr0_el1) & 15, 5);

	/* RES1, PS, SH0 inner, ORGN0 and IRGN0 write-back, SL0 level 1, T0SZ 25 */
	return BIT(31) | pa_range << 16 | 3ull << 12 | 1ull << 10 | 1ull << 8 | 1ull << 6 | 25;
}

/* The root, and a table for each GiB that the range touches, in one run. */
static uint64_t tables_size(ipa_t at, uint64_t size)
{
	uint64_t first = at.ipa >> 30, last = (at.ipa + size - 1) >> 30;

	return (last - first + 2) * PAGE_SIZE;
}

void stage2_forget(uint64_t vttbr)
{
	uint64_t old = read_sysreg(vttbr_el2);

	write_sysreg(vttbr_el2, vttbr);
	isb();
	tlb_forget_vmid();
	write_sysreg(vttbr_el2, old);
	isb();
}

void stage2_destroy(uint64_t vttbr, ipa_t at, uint64_t size)
{
	stage2_forget(vttbr);
	pages_put((void *)(vttbr & S2_ADDRESS), tables_size(at, size));
}

uint64_t stage2_create(uint16_t vmid, ipa_t at, pa_t to, uint64_t size)
{
	uint64_t *root = pages_get(tables_size(at, size), PAGE_SIZE);
	uint64_t first = at.ipa >> 30;

	if (root == NULL)
		return 0;
	for (uint64_t done = 0; done < size; done += MIB(2)) {
		uint64_t where = at.ipa + done, gib = where >> 30;
		uint64_t *table = root + (gib - first + 1) * ENTRIES;

		root[gib & (ENTRIES - 1)] = (uintptr_t)table | DESC_TABLE;
		table[where >> 21 & (ENTRIES - 1)] = (to.pa + done) | DESC_BLOCK | S2_NORMAL_WB |
						     S2_READ_WRITE | S2_INNER | S2_ACCESSED;
	}
	dsb(ishst);
	return (uintptr_t)root | (uint64_t)vmid << VTTBR_VMID;
}
