/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holds the machine to the architecture as an operating system may rely on it: ID registers,
 * timers, interrupt controller, PSCI, calling convention. What a board may choose is read from its
 * ID registers first. Needs two CPUs for all of it, three for the race.
 */
#include "guest/lib/main.h"
#include "guest/arch/arch.h"
#include "guest/lib/test.h"

void guest_main(void)
{
	arch_id();
	arch_hidden();
	arch_cpu();
	arch_timer();
	arch_gic();
	arch_gic_smp();
	arch_smccc();
	arch_psci();
	arch_psci_smp();
	finish();
}
