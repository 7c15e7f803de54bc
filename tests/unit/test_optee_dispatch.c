/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which functions a guest reaches: scenarios 1 to 15 (group A) of the hostile scenarios. The
 * numbers in the comments are theirs. Scenarios 4, 12 and 13 are the router's.
 */
#include "tests/unit/mediator_guest.h"

/* Refused with -1 and without entering EL3. */
static void expect_unknown(struct guest *g, uint32_t function, uint64_t a1)
{
	uint32_t before = fake.smcs;

	assert_int_equal(smc4(g, function, a1, 0, 0), OPTEE_SMC_UNKNOWN_FUNCTION);
	assert_int_equal(fake.smcs, before);
}

static void unknown_functions_are_refused_without_entering_the_tee(void **state)
{
	(void)state;
	for (uint32_t f = 0; f < 0x40; f++) {
		if (f > 1 && f != 7 && (f < 9 || f > 11) && f != 15)
			expect_unknown(&guests[0], 0xb2000000u + f, 0);
		expect_unknown(&guests[0], 0xbf000000u + f, 0);
		expect_unknown(&guests[0], 0xb2020000u + f, 0);
	}
	expect_unknown(&guests[0], 0xbf00ff02u, 0);
	expect_unknown(&guests[0], 0x32000005u, 0);
	expect_unknown(&guests[0], 0x32008004u, 0);
	assert_true(guests[0].tee->count.refusals[TEE_REFUSED_FUNCTION] > 100);
}

static void smc64_variants_are_refused(void **state)
{
	static const uint32_t ids[] = {OPTEE_SMC_CALLS_UID, OPTEE_SMC_EXCHANGE_CAPABILITIES,
				       OPTEE_SMC_CALL_WITH_ARG, OPTEE_SMC_CALL_WITH_REGD_ARG,
				       OPTEE_SMC_RETURN_FROM_RPC};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(ids); i++) {
		expect_unknown(&guests[0], ids[i] | 0x40000000u, 0);
		assert_true(guests[0].regs[0] == UINT64_MAX);
	}
}

static void dangerous_functions_are_refused_forever(void **state)
{
	static const uint32_t ids[] = {0xbf000002u, 0xb200000cu, 0xb2000008u, 0xbe000000u,
				       0xbe000008u, 0xb2000010u, 0xb2000011u, 0xb2000014u};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(ids); i++)
		for (uint32_t op = 0; op < 4; op++)
			expect_unknown(&guests[0], ids[i], op);
}

static void a_guest_cannot_create_or_destroy_vms(void **state)
{
	(void)state;
	for (uint32_t id = 0; id < 4; id++) {
		expect_unknown(&guests[0], OPTEE_SMC_VM_CREATED, id);
		expect_unknown(&guests[0], OPTEE_SMC_VM_DESTROYED, id);
	}
}

/* The audit checks what goes out. */
static void upper_halves_and_forged_client_ids_do_not_pass(void **state)
{
	struct guest *g = &guests[0];
	uint32_t smcs;

	(void)state;
	message(g, OPTEE_MSG_CANCEL, 0);
	for (uint64_t forged = 0; forged < 3; forged++) {
		for (unsigned int i = 0; i < 18; i++)
			g->regs[i] = 0xdeadbeef00000000ull;
		g->regs[0] |= OPTEE_SMC_CALL_WITH_RPC_ARG;
		g->regs[2] |= IPA(PAGE_ARG);
		g->regs[6] = forged;
		g->regs[7] = forged == 2 ? 0x10002 : forged;
		smcs = fake.smcs;
		assert_int_equal(smc(g), OPTEE_SMC_OK);
		assert_int_equal(fake.smcs, smcs + 1);
	}
}

static void fast_calls_are_answered_from_what_was_read_at_probe(void **state)
{
	struct guest *g = &guests[0];
	uint32_t smcs = fake.smcs;

	(void)state;
	assert_int_equal(smc4(g, OPTEE_SMC_CALLS_UID, 0, 0, 0), OPTEE_UID_0);
	assert_int_equal(g->regs[3], OPTEE_UID_3);
	assert_int_equal(smc4(g, OPTEE_SMC_CALLS_REVISION, 0, 0, 0), 2);
	assert_int_equal(g->regs[1], 0);
	assert_int_equal(smc4(g, OPTEE_SMC_GET_OS_UUID, 0, 0, 0), 0x486178e0);
	assert_int_equal(smc4(g, OPTEE_SMC_GET_OS_REVISION, 0, 0, 0), 4);
	assert_int_equal(g->regs[1], 5);
	assert_int_equal(g->regs[2], 0x1234567);
	assert_int_equal(smc4(g, OPTEE_SMC_CALLS_COUNT, 0, 0, 0), 14);
	assert_int_equal(smc4(g, OPTEE_SMC_GET_SHM_CONFIG, 0, 0, 0), OPTEE_SMC_ENOTAVAIL);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(smc4(g, OPTEE_SMC_EXCHANGE_CAPABILITIES, 0, 0, 0), OPTEE_SMC_OK);
	assert_int_equal(fake.smcs, smcs);
	assert_int_equal(g->tee->count.fast_calls, 1006);
}

static void capabilities_are_masked_to_what_the_mediator_does(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(smc4(g, OPTEE_SMC_EXCHANGE_CAPABILITIES, 1, 0, 0), OPTEE_SMC_OK);
	assert_int_equal(g->regs[1], OPTEE_SEC_CAP_DYNAMIC_SHM | OPTEE_SEC_CAP_MEMREF_NULL |
					     OPTEE_SEC_CAP_RPC_ARG);
	assert_int_equal(g->regs[2], 0);
	assert_int_equal(g->regs[3], 4);
	assert_int_equal(smc4(g, OPTEE_SMC_EXCHANGE_CAPABILITIES, 2, 0, 0), OPTEE_SMC_ENOTAVAIL);
}

static void the_buffer_cache_is_always_empty_and_can_always_be_enabled(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(smc4(g, OPTEE_SMC_DISABLE_SHM_CACHE, 0, 0, 0), OPTEE_SMC_ENOTAVAIL);
	assert_int_equal(smc4(g, OPTEE_SMC_ENABLE_SHM_CACHE, 0, 0, 0), OPTEE_SMC_OK);
	assert_int_equal(smc4(g, OPTEE_SMC_DISABLE_SHM_CACHE, 0, 0, 0), OPTEE_SMC_ENOTAVAIL);
}

static void the_thread_count_is_the_smaller_of_tee_and_quota(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(smc4(g, OPTEE_SMC_GET_THREAD_COUNT, 0, 0, 0), OPTEE_SMC_OK);
	assert_int_equal(g->regs[1], MODEL_THREADS);
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	machine_quota.calls = 1;
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	assert_int_equal(smc4(g, OPTEE_SMC_GET_THREAD_COUNT, 0, 0, 0), OPTEE_SMC_OK);
	assert_int_equal(g->regs[1], 1);
}

/* Registers that the answer does not define keep the guest's own values */
static void answers_change_no_other_register(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (unsigned int i = 1; i < 18; i++)
		g->regs[i] = 0x1000 + i;
	g->regs[0] = OPTEE_SMC_CALLS_UID;
	(void)smc(g);
	for (unsigned int i = 4; i < 18; i++)
		assert_int_equal(g->regs[i], 0x1000 + i);
}

/* The probe itself */
static void a_tee_that_cannot_serve_vms_counts_as_absent(void **state)
{
	static const uint32_t missing[] = {OPTEE_SEC_CAP_VIRTUALIZATION, OPTEE_SEC_CAP_DYNAMIC_SHM,
					   OPTEE_SEC_CAP_RPC_ARG};
	uint64_t memory[512];

	(void)state;
	assert_true(optee_backend.instance_size <= sizeof(memory));
	for (uint32_t i = 0; i < ARRAY_SIZE(missing); i++) {
		model.capabilities = 0x7du & ~missing[i];
		assert_int_equal(optee_backend.probe(memory, &fake_port), TEE_STATUS_ABSENT);
	}
	model.capabilities = 0x7d;
	model.revision_minor = 4;
	assert_int_equal(optee_backend.probe(memory, &fake_port), TEE_STATUS_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(unknown_functions_are_refused_without_entering_the_tee, 1, 3),
		SCENARIO(smc64_variants_are_refused, 2),
		SCENARIO(dangerous_functions_are_refused_forever, 5, 6, 7, 9),
		SCENARIO(a_guest_cannot_create_or_destroy_vms, 8),
		SCENARIO(upper_halves_and_forged_client_ids_do_not_pass, 10, 11),
		SCENARIO(fast_calls_are_answered_from_what_was_read_at_probe, 14),
		SCENARIO(capabilities_are_masked_to_what_the_mediator_does, 15),
		MEDIATOR_TEST(the_buffer_cache_is_always_empty_and_can_always_be_enabled),
		MEDIATOR_TEST(the_thread_count_is_the_smaller_of_tee_and_quota),
		SCENARIO(answers_change_no_other_register, 92),
		MEDIATOR_TEST(a_tee_that_cannot_serve_vms_counts_as_absent),
	};

	return cmocka_run_group_tests_name("optee_dispatch", tests, NULL, NULL);
}
