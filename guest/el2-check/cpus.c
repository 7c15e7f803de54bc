/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other CPUs: on, off, on again, and two CPU_ON for one CPU at the same moment. A CPU gets
 * its job as the context argument. Memory is uncached here (MMU off), so plain volatile words do.
 */
#include "abi/optee_dispatcher.h"
#include "abi/optee_smc.h"
#include "abi/psci.h"
#include "guest/el2-check/check.h"

#define ANSWER(n) ((uint64_t)(int64_t)(n))
#define ROUNDS	  20

/* CPUs 1 and 2 turn this one on. */
#define RACE_TARGET 3

enum job { JOB_REPORT = 0x5aa5000000001000, JOB_RACE, JOB_HOLD };

struct report {
	volatile uint64_t runs, el, mpidr, uid, race;
};

static struct report reports[CPUS_MAX];
static volatile uint64_t race_started, hold_over;
static bool tee_present;

/* Where CPUs take turns on one thread (QEMU with -icount), let the others run. */
static void give_way(void)
{
	__asm__ volatile("yield" ::: "memory");
}

static uint64_t self(void)
{
	return READ("mpidr_el1") & 0xff;
}

static void run_race(struct report *r)
{
	r->runs = r->runs + 1;
	while (race_started == 0)
		give_way();
	r->race = smc(PSCI_CPU_ON_64, RACE_TARGET, (uintptr_t)cpu_start, JOB_HOLD);
}

/* Stay on until others have asked: a CPU that is off again could be turned on a second time. */
static void run_hold(struct report *r)
{
	r->runs = r->runs + 1;
	while (hold_over == 0)
		give_way();
}

void second_main(uint64_t context)
{
	struct report *r = &reports[self()];

	if (context == JOB_RACE) {
		run_race(r);
	} else if (context == JOB_HOLD) {
		run_hold(r);
	} else {
		r->el = READ("CurrentEL");
		r->mpidr = READ("mpidr_el1");
		r->uid = smc(OPTEE_SMC_CALLS_UID, 0, 0, 0);
		r->runs = r->runs + 1;
	}
	smc(PSCI_CPU_OFF, 0, 0, 0);
	say("FAIL CPU_OFF returned\n");
	power_off();
}

static bool wait_for(const volatile uint64_t *word, uint64_t value)
{
	uint64_t start = ticks();

	while (*word != value) {
		if (ticks() - start > ticks_of_ms(10000))
			return false;
		give_way();
	}
	return true;
}

static bool wait_off(uint64_t cpu)
{
	uint64_t start = ticks();

	while (smc(PSCI_AFFINITY_INFO_64, cpu, 0, 0) != PSCI_AFFINITY_OFF) {
		if (ticks() - start > ticks_of_ms(10000))
			return false;
		give_way();
	}
	return true;
}

static bool present(uint64_t cpu)
{
	return smc(PSCI_AFFINITY_INFO_64, cpu, 0, 0) != ANSWER(PSCI_INVALID_PARAMETERS);
}

static uint64_t turn_on(uint64_t cpu, enum job job)
{
	return smc(PSCI_CPU_ON_64, cpu, (uintptr_t)cpu_start, (uint64_t)job);
}

static void check_twice(uint64_t cpu)
{
	uint64_t second;

	hold_over = 0;
	check(turn_on(cpu, JOB_HOLD) == 0, "CPU_ON");
	second = turn_on(cpu, JOB_HOLD);
	checkf(second == ANSWER(PSCI_ALREADY_ON) || second == ANSWER(PSCI_ON_PENDING),
	       "a second CPU_ON at once", second);
	check(wait_for(&reports[cpu].runs, 1), "it runs");
	check(turn_on(cpu, JOB_HOLD) == ANSWER(PSCI_ALREADY_ON), "CPU_ON while it runs");
	hold_over = 1;
	check(wait_off(cpu), "CPU_OFF, and AFFINITY_INFO says so");
}

static void check_on_off(uint64_t cpu)
{
	struct report *r = &reports[cpu];
	bool has_tee = tee_present && cpu < OPTEE_CPUS_MAX;

	say("     CPU %lu\n", (unsigned long)cpu);
	check(smc(PSCI_AFFINITY_INFO_64, cpu, 0, 0) == PSCI_AFFINITY_OFF, "it is off at first");
	check(smc(PSCI_CPU_ON_64, cpu, 2, 0) == ANSWER(PSCI_INVALID_ADDRESS),
	      "CPU_ON with an entry point that cannot be");
	check_twice(cpu);
	check(turn_on(cpu, JOB_REPORT) == 0 && wait_for(&r->runs, 2) && wait_off(cpu),
	      "on and off once more");
	check(r->el == 2 << 2 && (r->mpidr & 0xff00ffffff) == cpu, "at EL2, with its own MPIDR");
	checkf((uint32_t)r->uid == (has_tee ? OPTEE_UID_0 : 0xffffffff),
	       has_tee ? "the TEE answers there" : "no TEE there, and it says so", r->uid);
}

static bool one_success(uint64_t a, uint64_t b)
{
	uint64_t other = a == 0 ? b : a;

	return (a == 0 || b == 0) &&
	       (other == ANSWER(PSCI_ALREADY_ON) || other == ANSWER(PSCI_ON_PENDING));
}

static bool race_once(void)
{
	const uint64_t runs[] = {0, reports[1].runs, reports[2].runs, reports[RACE_TARGET].runs};
	bool ok;

	race_started = 0;
	hold_over = 0;
	if (turn_on(1, JOB_RACE) != 0 || turn_on(2, JOB_RACE) != 0)
		return false;
	if (!wait_for(&reports[1].runs, runs[1] + 1) || !wait_for(&reports[2].runs, runs[2] + 1))
		return false;
	race_started = 1;
	ok = wait_off(1) && wait_off(2) && one_success(reports[1].race, reports[2].race);
	hold_over = 1;
	return ok && wait_for(&reports[RACE_TARGET].runs, runs[RACE_TARGET] + 1) &&
	       wait_off(RACE_TARGET);
}

static void check_race(void)
{
	bool ok = true;

	for (unsigned i = 0; i < ROUNDS && ok; i++)
		ok = race_once();
	check(ok, "of two CPU_ON at once for one CPU, one succeeds");
}

void check_cpus(void)
{
	uint64_t count = 1;

	tee_present = (uint32_t)smc(OPTEE_SMC_CALLS_UID, 0, 0, 0) == OPTEE_UID_0;
	for (uint64_t cpu = 1; cpu < CPUS_MAX; cpu++) {
		if (!present(cpu))
			continue;
		check_on_off(cpu);
		count++;
	}
	if (count >= 4)
		check_race();
	say("     %lu CPUs\n", (unsigned long)count);
}
