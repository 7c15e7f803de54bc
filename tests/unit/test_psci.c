/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware's PSCI state machine, without hardware. Left out: what a CPU does between its
 * states (guest/el2-check shows that on the machine).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "abi/psci.h"
#include "abi/smccc.h"
#include "firmware/psci.c"

#define ENTRY  0x44000000ull
#define ROUNDS 2000

static struct psci machine(void)
{
	struct psci m = {.ram = {0x40000000, 0x40000000}};

	psci_add_cpu(&m, 0, PSCI_CPU_IS_ON);
	psci_add_cpu(&m, 1, PSCI_CPU_IS_OFF);
	psci_add_cpu(&m, 2, PSCI_CPU_IS_OFF);
	return m;
}

static void a_cpu_goes_through_all_states(void **state)
{
	struct psci m = machine();
	uint64_t entry = 0, context = 0;

	(void)state;
	assert_false(psci_asked_on(&m, 1, &entry, &context));
	assert_int_equal(psci_affinity_info(&m, 1, 0), PSCI_AFFINITY_OFF);
	assert_int_equal(psci_cpu_on(&m, 1, ENTRY, 7), PSCI_SUCCESS);
	assert_int_equal(psci_affinity_info(&m, 1, 0), PSCI_AFFINITY_ON_PENDING);
	assert_true(psci_asked_on(&m, 1, &entry, &context));
	assert_int_equal(entry, ENTRY);
	assert_int_equal(context, 7);
	psci_now(&m, 1, PSCI_CPU_IS_ON);
	assert_int_equal(psci_affinity_info(&m, 1, 0), PSCI_AFFINITY_ON);
	psci_now(&m, 1, PSCI_CPU_IS_OFF);
	assert_int_equal(psci_affinity_info(&m, 1, 0), PSCI_AFFINITY_OFF);
	assert_int_equal(psci_cpu_on(&m, 1, ENTRY, 8), PSCI_SUCCESS);
}

static void cpu_on_says_why_not_and_changes_nothing(void **state)
{
	struct psci m = machine();
	uint64_t entry, context;

	(void)state;
	assert_int_equal(psci_cpu_on(&m, 0, ENTRY, 0), PSCI_ALREADY_ON);
	assert_int_equal(psci_cpu_on(&m, 3, ENTRY, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(psci_cpu_on(&m, BOARD_CPUS_MAX, ENTRY, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(psci_cpu_on(&m, 1ull << 32, ENTRY, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(psci_cpu_on(&m, ~0ull, ENTRY, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(psci_cpu_on(&m, 1, ENTRY + 2, 0), PSCI_INVALID_ADDRESS);
	assert_int_equal(psci_cpu_on(&m, 1, 0x3ffffffc, 0), PSCI_INVALID_ADDRESS);
	assert_int_equal(psci_cpu_on(&m, 1, 0x80000000, 0), PSCI_INVALID_ADDRESS);
	assert_int_equal(psci_affinity_info(&m, 1, 0), PSCI_AFFINITY_OFF);
	assert_int_equal(psci_cpu_on(&m, 1, ENTRY, 1), PSCI_SUCCESS);
	assert_int_equal(psci_cpu_on(&m, 1, ENTRY + 4, 2), PSCI_ON_PENDING);
	assert_true(psci_asked_on(&m, 1, &entry, &context));
	assert_int_equal(entry, ENTRY);
	assert_int_equal(context, 1);
}

static void affinity_info_answers_level_0_of_known_cpus(void **state)
{
	struct psci m = machine();

	(void)state;
	assert_int_equal(psci_affinity_info(&m, 0, 0), PSCI_AFFINITY_ON);
	assert_int_equal(psci_affinity_info(&m, 0, 1), PSCI_INVALID_PARAMETERS);
	assert_int_equal(psci_affinity_info(&m, 3, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(psci_affinity_info(&m, ~0ull, 0), PSCI_INVALID_PARAMETERS);
}

static void features_name_what_is_served(void **state)
{
	(void)state;
	assert_int_equal(psci_features(PSCI_CPU_ON_32), 0);
	assert_int_equal(psci_features(PSCI_CPU_ON_64), 0);
	assert_int_equal(psci_features(PSCI_CPU_SUSPEND_64), 0);
	assert_int_equal(psci_features(SMCCC_VERSION), 0);
	assert_int_equal(psci_features(PSCI_MIGRATE_64), PSCI_NOT_SUPPORTED);
	assert_int_equal(psci_features(PSCI_SYSTEM_SUSPEND_64), PSCI_NOT_SUPPORTED);
	assert_int_equal(psci_features(0xc4000002), PSCI_NOT_SUPPORTED);
	assert_int_equal(psci_features(0), PSCI_NOT_SUPPORTED);
}

static void standby_is_the_only_power_state(void **state)
{
	(void)state;
	assert_int_equal(psci_check_standby(0), PSCI_SUCCESS);
	assert_int_equal(psci_check_standby(1u << PSCI_POWER_STATE_TYPE_BIT),
			 PSCI_INVALID_PARAMETERS);
	assert_int_equal(psci_check_standby(1u << PSCI_POWER_STATE_LEVEL_SHIFT),
			 PSCI_INVALID_PARAMETERS);
	assert_int_equal(psci_check_standby(0xffffffff), PSCI_INVALID_PARAMETERS);
}

struct racer {
	struct psci *machine;
	pthread_barrier_t *start;
	uint64_t context;
	unsigned successes[ROUNDS];
};

/* Between two barriers both callers ask; then one of them turns the CPU off again. */
static void *race(void *arg)
{
	struct racer *r = arg;

	for (unsigned i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(r->start);
		r->successes[i] = psci_cpu_on(r->machine, 1, ENTRY, r->context) == PSCI_SUCCESS;
		pthread_barrier_wait(r->start);
		if (r->successes[i] != 0 && r->machine->cpus[1].context == r->context)
			psci_now(r->machine, 1, PSCI_CPU_IS_OFF);
	}
	return NULL;
}

static void of_two_cpu_on_at_once_one_succeeds(void **state)
{
	static struct racer racers[2];
	struct psci m = machine();
	pthread_barrier_t start;
	pthread_t threads[2];

	(void)state;
	pthread_barrier_init(&start, NULL, 2);
	for (unsigned i = 0; i < 2; i++) {
		racers[i] = (struct racer){.machine = &m, .start = &start, .context = 10 + i};
		pthread_create(&threads[i], NULL, race, &racers[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	for (unsigned i = 0; i < ROUNDS; i++)
		assert_int_equal(racers[0].successes[i] + racers[1].successes[i], 1);
	pthread_barrier_destroy(&start);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cpu_goes_through_all_states),
		cmocka_unit_test(cpu_on_says_why_not_and_changes_nothing),
		cmocka_unit_test(affinity_info_answers_level_0_of_known_cpus),
		cmocka_unit_test(features_name_what_is_served),
		cmocka_unit_test(standby_is_the_only_power_state),
		cmocka_unit_test(of_two_cpu_on_at_once_one_succeeds),
	};

	return cmocka_run_group_tests_name("psci", tests, NULL, NULL);
}
