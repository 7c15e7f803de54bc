/* SPDX-License-Identifier: BSD-2-Clause */
/* PSCI by the board's conduit, and starting and stopping of the other CPUs. */
#include "guest/lib/psci.h"
#include "abi/psci.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/limits.h"

void smp_secondary(unsigned cpu);

static struct {
	void (*fn)(void *arg);
	void *arg;
	bool done; /* fn has returned since the last smp_prepare() */
} work[CPUS_MAX];

int64_t psci_call(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t regs[SMCCC_REGISTERS] = {function, a, b, c};

	if (board.psci_by_smc)
		smccc_smc(regs);
	else
		smccc_hvc(regs);
	return (int32_t)regs[0];
}

void psci_off(void)
{
	(void)psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		wfi();
}

int64_t psci_state(unsigned cpu)
{
	return psci_call(PSCI_AFFINITY_INFO_64, cpu, 0, 0);
}

void smp_prepare(unsigned cpu, void (*fn)(void *arg), void *arg)
{
	work[cpu].fn = fn;
	work[cpu].arg = arg;
	__atomic_store_n(&work[cpu].done, false, __ATOMIC_SEQ_CST);
	dsb();
}

int64_t smp_start(unsigned cpu, void (*fn)(void *arg), void *arg)
{
	smp_prepare(cpu, fn, arg);
	return psci_call(PSCI_CPU_ON_64, cpu, (uintptr_t)secondary_entry, cpu);
}

bool smp_wait_off(unsigned cpu)
{
	uint64_t end = clock_now() + clock_ms(2000);

	while (!__atomic_load_n(&work[cpu].done, __ATOMIC_ACQUIRE) ||
	       psci_state(cpu) != PSCI_AFFINITY_OFF)
		if (clock_now() > end)
			return false;
	return true;
}

void smp_secondary(unsigned cpu)
{
	gic_init_cpu();
	work[cpu].fn(work[cpu].arg);
	__atomic_store_n(&work[cpu].done, true, __ATOMIC_RELEASE);
	(void)psci_call(PSCI_CPU_OFF, 0, 0, 0);
}
