/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every CPU makes calls to hypervisor, PSCI and TEE as fast as it can, most of them wrong. Passes
 * if it is still alive and what has only one right answer got it. Arguments: count=N calls per CPU
 * (default 100000, 0 for ever), seed=N.
 */
#include "guest/lib/main.h"
#include "guest/lib/board.h"
#include "guest/lib/console.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/limits.h"
#include "guest/lib/random.h"
#include "guest/lib/test.h"
#include "guest/lib/trap.h"
#include "guest/storm/calls.h"
#include <string.h>

#define REPORT_EACH 20000u
#define KINDS_MAX   8u

static struct tally {
	uint64_t calls, wrong, refused[KINDS_MAX], of_kind[KINDS_MAX];
	uint64_t first_wrong[2]; /* x0 in and out */
} tallies[CPUS_MAX];

static uint64_t count, seed_base;
static unsigned started, ended;

/* All CPUs are on from the first call to the last: a wild CPU_ON would really start one. */
static void meet(unsigned *place)
{
	__atomic_fetch_add(place, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(place, __ATOMIC_ACQUIRE) < board.cpus)
		;
}

/* A CPU_SUSPEND that is granted comes back at once: an interrupt is always pending. */
static void keep_interrupt_pending(void)
{
	write_sysreg(CNTV_CVAL_EL0, 0);
	write_sysreg(CNTV_CTL_EL0, 1);
	gic_set(GIC_ENABLE, INTID_VTIMER);
}

static void issue(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS])
{
	bool smc = board.psci_by_smc;

	if (board.under_hypervisor)
		smc = random_below(seed, 4) != 0;
	if (smc)
		smccc_smc(regs);
	else
		smccc_hvc(regs);
}

static bool answered_right(const uint64_t in[SMCCC_REGISTERS], const uint64_t out[SMCCC_REGISTERS])
{
	return out[0] == ~0ull && memcmp(in + 4, out + 4, 14 * sizeof(in[0])) == 0;
}

static void one_call(struct tally *t, uint64_t *seed)
{
	unsigned kind = (unsigned)random_below(seed, call_kinds_count);
	uint64_t in[SMCCC_REGISTERS], out[SMCCC_REGISTERS];

	call_kinds[kind].make(seed, in);
	memcpy(out, in, sizeof(out));
	issue(seed, out);
	t->calls++;
	t->of_kind[kind]++;
	t->refused[kind] += (int32_t)out[0] == -1;
	if (call_kinds[kind].unknown && board.under_hypervisor && !answered_right(in, out)) {
		t->first_wrong[0] = t->wrong == 0 ? in[0] : t->first_wrong[0];
		t->first_wrong[1] = t->wrong == 0 ? out[0] : t->first_wrong[1];
		t->wrong++;
	}
}

static void storm(void *arg)
{
	struct tally *t = arg;
	uint64_t seed = seed_base + 0x9e3779b97f4a7c15ull * (cpu_index() + 1);

	keep_interrupt_pending();
	meet(&started);
	while (count == 0 || t->calls < count) {
		one_call(t, &seed);
		if (t->calls % REPORT_EACH == 0)
			print("# CPU %u: %llu calls\n", cpu_index(), (unsigned long long)t->calls);
	}
	meet(&ended);
}

static void report(void)
{
	for (unsigned kind = 0; kind < call_kinds_count; kind++) {
		uint64_t calls = 0, refused = 0;

		for (unsigned cpu = 0; cpu < board.cpus; cpu++) {
			calls += tallies[cpu].of_kind[kind];
			refused += tallies[cpu].refused[kind];
		}
		print("# %s: %llu calls, %llu answered -1\n", call_kinds[kind].name,
		      (unsigned long long)calls, (unsigned long long)refused);
	}
	for (unsigned cpu = 0; cpu < board.cpus; cpu++) {
		const struct tally *t = &tallies[cpu];

		check(t->calls == count && t->wrong == 0,
		      "CPU %u: %llu calls survived, %llu unknown ones with another answer than -1",
		      cpu, (unsigned long long)t->calls, (unsigned long long)t->wrong);
		if (t->wrong != 0)
			print("# first: x0 %#llx gave %#llx\n",
			      (unsigned long long)t->first_wrong[0],
			      (unsigned long long)t->first_wrong[1]);
	}
}

void guest_main(void)
{
	count = board_number("count", 100000);
	seed_base = board_number("seed", 1);
	calls_init();
	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		(void)smp_start(cpu, storm, &tallies[cpu]);
	storm(&tallies[0]);
	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		while (!smp_wait_off(cpu))
			;
	report();
	finish();
}
