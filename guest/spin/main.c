/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest that gives nothing back: every CPU spins with interrupts masked and never calls,
 * waits or yields. A hypervisor that lets it hold a CPU is found out by the VMs beside it.
 */
#include "guest/lib/main.h"
#include "guest/lib/board.h"
#include "guest/lib/console.h"
#include "guest/lib/psci.h"

static void spin(void *arg)
{
	(void)arg;
	for (;;)
		__asm__ volatile("" ::: "memory");
}

void guest_main(void)
{
	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		(void)smp_start(cpu, spin, (void *)0);
	print("spinning on %u CPUs\n", board.cpus);
	spin((void *)0);
}
