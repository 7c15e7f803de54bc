/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest that touches everything. Where there is no memory it must get a synchronous external
 * abort that says what happened, never silence and never the hypervisor's end. On QEMU's own board,
 * which has devices where a VM has none, it reads only and counts.
 */
#include "guest/lib/main.h"
#include "guest/lib/test.h"
#include "guest/wild/wild.h"

#define ESR_FNV BIT(10)
#define ESR_WNR BIT(6)
#define ESR_ISV BIT(24)

bool wild_abort_is_right(const struct trap_record *r, uint64_t address, bool write)
{
	return r->count == 1 && trap_class(r) == EC_DATA_ABORT && trap_status(r) == FSC_EXTERNAL &&
	       (r->esr & (ESR_FNV | ESR_ISV)) == 0 && ((r->esr & ESR_WNR) != 0) == write &&
	       r->far == address;
}

void guest_main(void)
{
	wild_walk();
	wild_forms();
	wild_execute();
	wild_gic();
	wild_psci();
	finish();
}
