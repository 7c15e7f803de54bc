/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts between CPUs: SGIs to one and to all, SPIs by affinity, an interrupt during WFI. */
#include "guest/arch/arch.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/limits.h"
#include "guest/lib/psci.h"
#include "guest/lib/test.h"
#include "guest/lib/trap.h"
#include "lib/util.h"

#define SGI_STOP  15u
#define SGI_OTHER 9u
#define SPI	  101u
#define ROUNDS	  500u

static struct {
	unsigned ready, stop, sgis, spis, others;
} seen[CPUS_MAX];

static unsigned get(unsigned *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static void count(unsigned *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELEASE);
}

static void on_interrupt(void)
{
	unsigned intid = gic_acknowledge(), cpu = cpu_index();

	gic_end(intid);
	if (intid == SGI_OTHER)
		count(&seen[cpu].sgis);
	else if (intid == SPI)
		count(&seen[cpu].spis);
	else if (intid == SGI_STOP)
		count(&seen[cpu].stop);
	else
		count(&seen[cpu].others);
}

static void listen(void *arg)
{
	unsigned cpu = cpu_index();

	(void)arg;
	gic_set(GIC_ENABLE, SGI_OTHER);
	gic_set(GIC_ENABLE, SGI_STOP);
	count(&seen[cpu].ready);
	while (get(&seen[cpu].stop) == 0) {
		wfi();
		irq_unmask();
		irq_mask();
	}
}

static bool reaches(unsigned *counter, unsigned value)
{
	uint64_t end = clock_now() + clock_ms(1000);

	while (get(counter) < value && clock_now() < end)
		;
	return get(counter) == value;
}

static void one_by_one(void)
{
	unsigned lost = 0;

	for (unsigned n = 1; n <= ROUNDS && lost == 0; n++) {
		gic_send(SGI_OTHER, 2);
		lost += !reaches(&seen[1].sgis, n);
	}
	check(lost == 0, "%u SGIs to CPU 1, each wakes it once", ROUNDS);
	seen[1].sgis = 0;
}

static void to_all(void)
{
	bool all = true;

	gic_set(GIC_ENABLE, SGI_OTHER);
	gic_send_others(SGI_OTHER);
	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		all &= reaches(&seen[cpu].sgis, 1);
	check(all && !gic_signalled(false), "an SGI to all but oneself");
	gic_send(SGI_OTHER, (unsigned)BIT(board.cpus) - 1);
	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		all &= reaches(&seen[cpu].sgis, 2);
	check(all && gic_signalled(true) && gic_acknowledge() == SGI_OTHER,
	      "an SGI to a list with oneself");
	gic_end(SGI_OTHER);
	gic_send(SGI_OTHER, 0x8000);
	check(!gic_signalled(false), "an SGI to a CPU that is not there goes nowhere");
}

static void by_affinity(void)
{
	gic_edge(SPI, true);
	gic_priority(SPI, 0x90);
	gic_route(SPI, 1);
	check(read64(BOARD_GICD + 0x6000 + 8ull * SPI) == 1, "IROUTER reads back");
	gic_set(GIC_ENABLE, SPI);
	gic_set(GIC_SET_PENDING, SPI);
	check(reaches(&seen[1].spis, 1) && !gic_signalled(false), "an SPI routed to CPU 1");
	gic_route(SPI, 0);
	gic_set(GIC_SET_PENDING, SPI);
	check(gic_signalled(true) && gic_acknowledge() == SPI, "the same SPI routed to CPU 0");
	gic_end(SPI);
	gic_set(GIC_DISABLE, SPI);
	gic_set(GIC_SET_PENDING, SPI);
	gic_route(SPI, 1);
	gic_set(GIC_ENABLE, SPI);
	check(reaches(&seen[1].spis, 2), "rerouted while pending");
	gic_set(GIC_DISABLE, SPI);
}

static void stop_all(void)
{
	for (unsigned cpu = 1; cpu < board.cpus; cpu++) {
		gic_send(SGI_STOP, (unsigned)BIT(cpu));
		check(smp_wait_off(cpu) && seen[cpu].others == 0,
		      "CPU %u: stopped by SGI, nothing unexpected came", cpu);
	}
}

void arch_gic_smp(void)
{
	if (board.cpus < 2) {
		skip("interrupts between CPUs: there is one");
		return;
	}
	trap_irq = on_interrupt;
	for (unsigned cpu = 1; cpu < board.cpus; cpu++) {
		(void)smp_start(cpu, listen, (void *)0);
		(void)reaches(&seen[cpu].ready, 1);
	}
	one_by_one();
	to_all();
	by_affinity();
	stop_all();
}
