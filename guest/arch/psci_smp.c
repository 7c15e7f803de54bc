/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PSCI by several CPUs: many cycles of on and off, and two that start a third at the same time.
 * QEMU's own PSCI starts CPUs without remembering that it has, so both may win there.
 */
#include "abi/psci.h"
#include "guest/arch/arch.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "guest/lib/cpu.h"
#include "guest/lib/limits.h"
#include "guest/lib/psci.h"
#include "guest/lib/test.h"

#define CYCLES 200u
#define RACES  100u

static unsigned ran[CPUS_MAX], release;

static void run_once(void *arg)
{
	(void)arg;
	__atomic_fetch_add(&ran[cpu_index()], 1, __ATOMIC_RELEASE);
}

static void run_until_released(void *arg)
{
	run_once(arg);
	while (__atomic_load_n(&release, __ATOMIC_ACQUIRE) == 0)
		;
}

static void cycles(void)
{
	unsigned good = 0;

	for (unsigned n = 0; n < CYCLES; n++) {
		unsigned cpu = 1 + n % (board.cpus - 1), before = ran[cpu];

		good += smp_start(cpu, run_once, (void *)0) == PSCI_SUCCESS && smp_wait_off(cpu) &&
			ran[cpu] == before + 1;
	}
	check(good == CYCLES, "%u cycles of CPU_ON and CPU_OFF (%u good)", CYCLES, good);
}

static void states(void)
{
	int64_t early, late, state;
	uint64_t end = clock_now() + clock_ms(1000);
	unsigned before = ran[1];

	(void)smp_start(1, run_until_released, (void *)0);
	state = psci_state(1);
	early = psci_call(PSCI_CPU_ON_64, 1, (uintptr_t)secondary_entry, 1);
	while (__atomic_load_n(&ran[1], __ATOMIC_ACQUIRE) == before && clock_now() < end)
		;
	late = psci_call(PSCI_CPU_ON_64, 1, (uintptr_t)secondary_entry, 1);
	if (board.under_hypervisor) {
		check(early == PSCI_ALREADY_ON || early == PSCI_ON_PENDING,
		      "CPU_ON of a CPU that starts: already on, or pending");
		check(state != PSCI_AFFINITY_OFF, "a CPU that starts is not off");
	} else {
		skip("a second CPU_ON at once, on a bare board");
	}
	check(late == PSCI_ALREADY_ON, "CPU_ON of a CPU that runs: already on");
	check(psci_state(1) == PSCI_AFFINITY_ON, "AFFINITY_INFO: on");
	__atomic_store_n(&release, 1, __ATOMIC_RELEASE);
	check(smp_wait_off(1) && ran[1] == before + 1, "it ran once and is off");
}

static struct {
	unsigned go; /* round that may start */
	unsigned done;
	int64_t answer;
} rival;

/* On CPU 1: in each round start CPU 2 at the same time as CPU 0 does. */
static void compete(void *arg)
{
	(void)arg;
	for (unsigned n = 1; n <= RACES; n++) {
		while (__atomic_load_n(&rival.go, __ATOMIC_ACQUIRE) < n)
			;
		rival.answer = psci_call(PSCI_CPU_ON_64, 2, (uintptr_t)secondary_entry, 2);
		__atomic_store_n(&rival.done, n, __ATOMIC_RELEASE);
	}
}

static bool lost(int64_t answer)
{
	return answer == PSCI_ALREADY_ON || answer == PSCI_ON_PENDING;
}

/* The one that starts stays on until both have asked, so exactly one of them may win. */
static bool one_race(unsigned n)
{
	unsigned before = ran[2], starts = 0;
	uint64_t end = clock_now() + clock_ms(2000);
	int64_t mine;

	__atomic_store_n(&release, 0, __ATOMIC_RELEASE);
	smp_prepare(2, run_until_released, (void *)0);
	__atomic_store_n(&rival.go, n, __ATOMIC_RELEASE);
	mine = psci_call(PSCI_CPU_ON_64, 2, (uintptr_t)secondary_entry, 2);
	while (__atomic_load_n(&rival.done, __ATOMIC_ACQUIRE) < n && clock_now() < end)
		;
	__atomic_store_n(&release, 1, __ATOMIC_RELEASE);
	starts += mine == PSCI_SUCCESS;
	starts += rival.answer == PSCI_SUCCESS;
	return smp_wait_off(2) && starts == 1 && ran[2] == before + 1 &&
	       (lost(mine) || lost(rival.answer));
}

static void race(void)
{
	unsigned good = 0;

	(void)smp_start(1, compete, (void *)0);
	for (unsigned n = 1; n <= RACES; n++)
		good += one_race(n);
	check(smp_wait_off(1), "the rival is off");
	if (!board.under_hypervisor) {
		skip("%u races for one CPU on a bare board: %u good", RACES, good);
		return;
	}
	check(good == RACES, "%u races for one CPU: one winner each (%u good)", RACES, good);
}

void arch_psci_smp(void)
{
	if (board.cpus < 2) {
		skip("CPU_ON and CPU_OFF: there is one CPU");
		return;
	}
	cycles();
	states();
	if (board.cpus > 2)
		race();
	else
		skip("a race of two CPUs for a third");
}
