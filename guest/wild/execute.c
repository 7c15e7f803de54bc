/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instruction fetches from devices and holes, and stage 1 tables that lie there: the walk itself
 * faults in stage 2, which a hypervisor must report as an external abort on the walk.
 */
#include "guest/lib/board.h"
#include "guest/lib/cpu.h"
#include "guest/lib/mmu.h"
#include "guest/lib/test.h"
#include "guest/wild/wild.h"

#define WALK_BLOCK 300u

static struct trap_record fetch(uint64_t address)
{
	return TRAP_OF(((void (*)(void))address)());
}

static void check_fetch(uint64_t address, const char *what)
{
	struct trap_record r = fetch(address);

	check(r.count == 1 && trap_class(&r) == EC_INSTRUCTION_ABORT &&
		      trap_status(&r) == FSC_EXTERNAL && r.far == address,
	      "a fetch from %s: external abort (ESR %#llx FAR %#llx)", what,
	      (unsigned long long)r.esr, (unsigned long long)r.far);
}

static void check_walk(uint64_t table, const char *what)
{
	uint64_t address = ((uint64_t)WALK_BLOCK << 30) + 0x1238;
	struct trap_record r;

	mmu_set_table(WALK_BLOCK, table);
	r = TRAP_OF((void)read32(address));
	check(r.count == 1 && trap_class(&r) == EC_DATA_ABORT &&
		      trap_status(&r) == FSC_EXTERNAL_WALK_2 && r.far == address,
	      "a page table in %s: external abort on the walk (ESR %#llx FAR %#llx)", what,
	      (unsigned long long)r.esr, (unsigned long long)r.far);
	mmu_set(WALK_BLOCK, MMU_DEVICE);
}

void wild_execute(void)
{
	mmu_set(0, MMU_UNCACHED_EXECUTABLE);
	check_fetch(HOLE, "a hole");
	if (board.under_hypervisor) {
		check_fetch(BOARD_PL011, "the PL011");
		check_fetch(BOARD_GICD, "the distributor");
	}
	mmu_set(0, MMU_DEVICE);
	check_walk(HOLE, "a hole");
	if (board.under_hypervisor) {
		check_walk(BOARD_GICD, "the distributor");
		check_walk(BOARD_PL011, "the PL011");
	}
}
