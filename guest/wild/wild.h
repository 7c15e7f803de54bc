/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the wild guest, and what they share. */
#ifndef GUEST_WILD_WILD_H
#define GUEST_WILD_WILD_H

#include "guest/lib/trap.h"
#include <stdbool.h>
#include <stdint.h>

/* In no VM and not on QEMU's virt: a hole between the devices. */
#define HOLE 0x0b000000ull

/* One synchronous external abort of a data access at `address`, in the right direction. */
bool wild_abort_is_right(const struct trap_record *r, uint64_t address, bool write);

void wild_walk(void);	 /* every address without memory */
void wild_forms(void);	 /* instructions that give a hypervisor no syndrome */
void wild_execute(void); /* fetches and table walks where there is no memory */
void wild_gic(void);	 /* random values into every GIC register, all CPUs at once */
void wild_psci(void);	 /* CPUs started at impossible places */

#endif
