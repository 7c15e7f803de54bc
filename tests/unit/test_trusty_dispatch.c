/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trusty: which functions a guest reaches, what it is told without entering, and what a probe may
 * do to a machine without Trusty.
 */
#include "abi/optee_smc.h"
#include "tests/unit/trusty_guest.h"
#include <stdlib.h>
#include <string.h>

/* Refused with this code and without entering EL3. */
static void expect_refused(struct tguest *g, uint32_t function, uint32_t a1, int32_t code)
{
	uint32_t before = fake.smcs;

	assert_int_equal(tguest_smc(g, function, a1, 0, 0), code);
	assert_int_equal(fake.smcs, before);
}

static void fast_calls_that_change_trusty_for_all_are_refused(void **state)
{
	static const uint32_t ids[] = {0xbc000001u, 0xbc000002u, 0xbc000004u, 0xbc000007u,
				       0xbc000008u, 0xbc000009u, 0xbc00000cu};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(ids); i++)
		for (uint32_t a1 = 0; a1 < 32; a1++)
			expect_refused(&tguests[0], ids[i], a1, TRUSTY_ERR_NOT_ALLOWED);
	assert_int_equal(tguests[0].vm->count.refusals[TEE_REFUSED_POLICY], 7 * 32);
	assert_int_equal(tguest_event()->kind, TEE_EVENT_REFUSED);
	assert_int_equal(tguest_event()->command, TEE_REFUSED_POLICY);
}

static void unknown_functions_are_refused_without_entering(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	for (uint32_t owner = 48; owner < 64; owner++)
		for (uint32_t f = 0x40; f < 0x60; f++) {
			expect_refused(g, 0x80000000u | owner << 24 | f, 0, TRUSTY_ERR_UNDEFINED);
			expect_refused(g, owner << 24 | f, 0, TRUSTY_ERR_UNDEFINED);
		}
	expect_refused(g, 0xbd000000u, 'x', TRUSTY_ERR_UNDEFINED); /* debug output */
	expect_refused(g, 0xbd000001u, 0, TRUSTY_ERR_UNDEFINED);   /* addresses of the GIC */
	assert_true(g->vm->count.refusals[TEE_REFUSED_FUNCTION] > 1000);
}

static void virtio_log_and_test_functions_do_not_exist_for_guests(void **state)
{
	static const uint32_t ids[] = {0x32000014u, 0x32000015u, 0x32000016u, 0x32000017u,
				       0x32000018u, 0x32000019u, 0x33000000u, 0x33000001u,
				       0x33000002u, 0x34000000u, 0x34000001u};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(ids); i++)
		expect_refused(&tguests[0], ids[i], 0, TRUSTY_ERR_UNDEFINED);
	expect_refused(&tguests[0], TRUSTY_SC_SET_ROT_PARAMS, 0, TRUSTY_ERR_NOT_ALLOWED);
	assert_int_equal(tguests[0].vm->count.refusals[TEE_REFUSED_FUNCTION], ARRAY_SIZE(ids));
	assert_int_equal(tguests[0].vm->count.refusals[TEE_REFUSED_POLICY], 1);
}

/* SET_FIQ_HANDLER and GET_FIQ_REGS would record or show EL2's registers. */
static void smc64_functions_are_refused_in_64_bits(void **state)
{
	static const uint32_t ids[] = {TRUSTY_FC64_SET_FIQ_HANDLER, TRUSTY_FC64_GET_FIQ_REGS,
				       TRUSTY_FC_API_VERSION | 0x40000000u,
				       TRUSTY_SC_LOCKED_NOP | 0x40000000u, 0xfd000001u};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(ids); i++) {
		expect_refused(&tguests[0], ids[i], 0, TRUSTY_ERR_NOT_SUPPORTED);
		assert_true(tguests[0].regs[0] == (uint64_t)TRUSTY_ERR_NOT_SUPPORTED);
	}
}

static void fast_calls_are_answered_from_what_was_read_at_probe(void **state)
{
	static const char expected[] = "model trusty";
	struct tguest *g = &tguests[0];
	uint32_t smcs = fake.smcs;

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_UID, 0, 0, 0), (int32_t)TRUSTY_UID_0);
	assert_int_equal(g->regs[1], TRUSTY_UID_1);
	assert_int_equal(g->regs[2], TRUSTY_UID_2);
	assert_int_equal(g->regs[3], TRUSTY_UID_3);
	assert_int_equal(tguest_smc(g, TRUSTY_FC_GET_SMP_MAX_CPUS, 0, 0, 0), 8);
	assert_int_equal(tguest_smc(g, TRUSTY_FC_GET_VERSION_STR, UINT32_MAX, 0, 0), 12);
	for (uint32_t i = 0; i < 12; i++)
		assert_int_equal(tguest_smc(g, TRUSTY_FC_GET_VERSION_STR, i, 0, 0), expected[i]);
	assert_int_equal(tguest_smc(g, TRUSTY_FC_GET_VERSION_STR, 12, 0, 0), TRUSTY_ERR_INVALID);
	assert_int_equal(fake.smcs, smcs);
	assert_int_equal(g->vm->count.fast_calls, 1 + 16);
}

/* The model would answer every client from one value, and take the last. */
static void each_vm_has_its_own_api_version(void **state)
{
	uint32_t smcs = fake.smcs;

	(void)state;
	assert_int_equal(tguest_smc(&tguests[0], TRUSTY_FC_API_VERSION, 3, 0, 0), 3);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_API_VERSION, 99, 0, 0),
			 (int32_t)trusty_model.api_max);
	assert_int_equal(tguest_smc(&tguests[0], TRUSTY_FC_API_VERSION, 0, 0, 0), 0);
	assert_int_equal(trusty_model.api, trusty_model.api_max);
	assert_int_equal(fake.smcs, smcs);
}

static void a_vm_sees_no_interrupt_but_its_doorbell(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_GET_NEXT_IRQ, 0, TRUSTY_IRQ_NORMAL, 0),
			 TRUSTY_ERR_END_OF_INPUT);
	assert_int_equal(tguest_smc(g, TRUSTY_FC_GET_NEXT_IRQ, 0, TRUSTY_IRQ_PER_CPU, 0),
			 TRUSTY_ERR_END_OF_INPUT);
	assert_int_equal(tguest_smc(g, TRUSTY_FC_GET_NEXT_IRQ, 0, TRUSTY_IRQ_DOORBELL, 0), 13);
	assert_int_equal(tguest_smc(g, TRUSTY_FC_GET_NEXT_IRQ, 13, TRUSTY_IRQ_DOORBELL, 0), 13);
	assert_int_equal(tguest_smc(g, TRUSTY_FC_GET_NEXT_IRQ, 14, TRUSTY_IRQ_DOORBELL, 0),
			 TRUSTY_ERR_END_OF_INPUT);
}

/* fake_port and the model look at each register. */
static void upper_halves_and_forged_client_ids_do_not_pass(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	for (uint64_t forged = 0; forged < 3; forged++) {
		for (unsigned i = 0; i < 18; i++)
			g->regs[i] = 0xdeadbeef00000000ull | forged;
		g->regs[0] = 0xdeadbeef00000000ull | TRUSTY_SC_LOCKED_NOP;
		assert_int_equal(trusty_backend.call(g->vm, &g->vcpu, g->regs), TEE_DONE);
		assert_true(g->regs[0] == 0);
		assert_true(g->regs[1] == (0xdeadbeef00000000ull | forged));
		assert_int_equal(trusty_model.entered, trusty_model.ffa ? g->vm->id : 0);
	}
}

static uint32_t uid[4];
static uint32_t other_calls;

static void stranger(uint64_t *regs)
{
	if (regs[0] != OPTEE_SMC_CALLS_UID) {
		other_calls++;
		return;
	}
	for (unsigned i = 0; i < 4; i++)
		regs[i] = uid[i];
}

static enum tee_status probe_of(const uint32_t words[4])
{
	static uint64_t memory[1024];

	memcpy(uid, words, sizeof(uid));
	other_calls = 0;
	fake.secure = stranger;
	return trusty_backend.probe(memory, &fake_port);
}

/* OP-TEE answers the same function: nothing else may be asked before the answer is looked at. */
static void a_probe_asks_another_tee_for_its_uid_and_no_more(void **state)
{
	static const uint32_t optee[4] = {OPTEE_UID_0, OPTEE_UID_1, OPTEE_UID_2, OPTEE_UID_3};
	uint32_t trusty[4] = {TRUSTY_UID_0, TRUSTY_UID_1, TRUSTY_UID_2, TRUSTY_UID_3};

	(void)state;
	assert_int_equal(probe_of(optee), TEE_STATUS_ABSENT);
	assert_int_equal(other_calls, 0);
	for (unsigned i = 0; i < 4; i++) {
		trusty[i] ^= 1;
		assert_int_equal(probe_of(trusty), TEE_STATUS_ABSENT);
		assert_int_equal(other_calls, 0);
		trusty[i] ^= 1;
	}
	fake.secure = model_trusty_smc;
}

static void optee_s_probe_leaves_trusty_alone(void **state)
{
	uint32_t entries = trusty_model.entries;
	void *memory = malloc(optee_backend.instance_size);

	(void)state;
	assert_int_equal(optee_backend.probe(memory, &fake_port), TEE_STATUS_ABSENT);
	assert_int_equal(trusty_model.entries, entries);
	free(memory);
}

static void a_trusty_below_api_3_counts_as_absent(void **state)
{
	struct model_trusty before = trusty_model;
	void *memory = malloc(trusty_backend.instance_size);

	(void)state;
	model_trusty_reset(2, false);
	assert_int_equal(trusty_backend.probe(memory, &fake_port), TEE_STATUS_ABSENT);
	model_trusty_reset(5, false);
	assert_int_equal(trusty_backend.probe(memory, &fake_port), TEE_STATUS_OK);
	assert_int_equal(trusty_model.api, 4); /* no handles without EL3's service */
	trusty_model = before;
	free(memory);
}

static void the_vm_s_tree_has_trusty_s_node(void **state)
{
	const struct tee_node *node = trusty_backend.describe(tguests[0].vm);

	(void)state;
	assert_string_equal(node->parent, "/");
	assert_string_equal(node->name, "trusty");
	assert_string_equal(node->compatible, "android,trusty-smc-v1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRUSTY_TEST(fast_calls_that_change_trusty_for_all_are_refused),
		TRUSTY_TEST(unknown_functions_are_refused_without_entering),
		TRUSTY_TEST(virtio_log_and_test_functions_do_not_exist_for_guests),
		TRUSTY_TEST(smc64_functions_are_refused_in_64_bits),
		TRUSTY_TEST(fast_calls_are_answered_from_what_was_read_at_probe),
		TRUSTY_TEST(each_vm_has_its_own_api_version),
		TRUSTY_TEST_ADDRESS(each_vm_has_its_own_api_version),
		TRUSTY_TEST_OLD(each_vm_has_its_own_api_version),
		TRUSTY_TEST(a_vm_sees_no_interrupt_but_its_doorbell),
		TRUSTY_TEST(upper_halves_and_forged_client_ids_do_not_pass),
		TRUSTY_TEST_ADDRESS(upper_halves_and_forged_client_ids_do_not_pass),
		TRUSTY_TEST(a_probe_asks_another_tee_for_its_uid_and_no_more),
		TRUSTY_TEST(optee_s_probe_leaves_trusty_alone),
		TRUSTY_TEST(a_trusty_below_api_3_counts_as_absent),
		TRUSTY_TEST(the_vm_s_tree_has_trusty_s_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
