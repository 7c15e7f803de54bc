/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All CPUs write random values of random widths into all registers of the distributor and of all
 * redistributors at the same time. Afterwards the interrupt controller must still work.
 */
#include "guest/lib/gic.h"
#include "guest/lib/board.h"
#include "guest/lib/console.h"
#include "guest/lib/cpu.h"
#include "guest/lib/limits.h"
#include "guest/lib/psci.h"
#include "guest/lib/random.h"
#include "guest/lib/test.h"
#include "guest/wild/wild.h"

static unsigned aborts[CPUS_MAX];

static void touch(uint64_t address, uint64_t value, unsigned how)
{
	switch (how) {
	case 0:
		(void)read8(address);
		write8(address, (uint8_t)value);
		break;
	case 1:
		(void)read64(address & ~7ull);
		write64(address & ~7ull, value);
		break;
	case 2:
		(void)read16(address);
		write16(address, (uint16_t)value);
		break;
	default:
		(void)read32(address);
		write32(address, (uint32_t)value);
		(void)read32(address);
	}
}

static void fuzz(uint64_t base, uint64_t size, uint64_t *seed)
{
	for (uint64_t offset = 0; offset < size; offset += 4) {
		uint64_t value = random_next(seed);
		unsigned how = (unsigned)random_below(seed, 8);
		struct trap_record r = TRAP_OF(touch(base + offset, value, how));

		aborts[cpu_index()] += r.count;
	}
}

static void fuzz_all(void *arg)
{
	uint64_t seed = 0x9e3779b97f4a7c15ull * (cpu_index() + 1);

	(void)arg;
	fuzz(BOARD_GICD, BOARD_GICD_SIZE, &seed);
	for (unsigned cpu = 0; cpu < board.cpus; cpu++)
		fuzz(BOARD_GICR + cpu * BOARD_GICR_STRIDE, BOARD_GICR_STRIDE, &seed);
}

static bool works(void)
{
	unsigned intid;

	gic_init_distributor();
	gic_init_cpu();
	gic_set(GIC_ENABLE, 5);
	gic_send(5, (unsigned)BIT(cpu_index()));
	if (!gic_signalled(true))
		return false;
	intid = gic_acknowledge();
	gic_end(intid);
	return intid == 5 && gic_acknowledge() == GIC_SPURIOUS;
}

void wild_gic(void)
{
	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		(void)smp_start(cpu, fuzz_all, (void *)0);
	fuzz_all((void *)0);
	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		check(smp_wait_off(cpu), "CPU %u came back from the GIC, %u aborts", cpu,
		      aborts[cpu]);
	check(works(), "the GIC works after random writes (%u aborts)", aborts[0]);
}
