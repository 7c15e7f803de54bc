/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two personalities in one machine: VM 0 speaks to an OP-TEE, VM 1 to a Trusty, through the same
 * backend.h and a port that differs in its secure call alone. They take turns, end in the middle of
 * calls, and one dies, and neither notices the other.
 */
#include "tests/unit/mediator_guest.h"
#include "tests/unit/trusty_guest.h"
#include <stdlib.h>
#include <string.h>

static struct tee_port trusty_port;
static uint32_t optee_calls, trusty_calls;

/* The Secure world behind fake_port is OP-TEE, but for the length of a call to Trusty. */
static void trusty_secure_call(void *host, uint64_t *regs)
{
	void (*before)(uint64_t * regs) = fake.secure;
	void (*audit)(const uint64_t *regs) = fake.audit;

	trusty_calls++;
	fake.secure = model_trusty_smc;
	fake.audit = NULL;
	fake_port.secure_call(host, regs);
	fake.secure = before;
	fake.audit = audit;
}

static void optee_smc(uint64_t *regs)
{
	optee_calls++;
	model_smc(regs);
}

static int setup(void **state)
{
	assert_int_equal(machine_setup(state), 0);
	assert_int_equal(guest_destroy(&guests[1]), TEE_STATUS_OK);
	fake.secure = optee_smc;
	model_trusty_reset(5, true);
	trusty_port = fake_port;
	trusty_port.secure_call = trusty_secure_call;
	tguest_quota =
		(struct tee_quota){.shared_pages = 512, .buffers = 16, .sessions = 4, .calls = 4};
	trusty_tee = malloc(trusty_backend.instance_size);
	assert_int_equal(trusty_backend.probe(trusty_tee, &trusty_port), TEE_STATUS_OK);
	tguests[1] = (struct tguest){.host = &fake.vms[1], .vcpu = {1}};
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
	return 0;
}

/* What is left of each personality goes by its own teardown's rules. */
static int teardown(void **state)
{
	struct tguest *g = &tguests[1];

	if (g->vm != NULL) {
		fake.now += 4000000;
		tguest_expect_works(g);
		tguest_expect_baseline(g);
		assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
	}
	assert_int_equal(g->host->pinned, 0);
	assert_int_equal(trusty_tee->vms, 0);
	assert_int_equal(trusty_model.busy, 0);
	free(g->memory);
	g->memory = NULL;
	free(trusty_tee);
	fake.secure = model_smc;
	return machine_teardown(state);
}

static void each_vm_reaches_its_own_tee_only(void **state)
{
	uint32_t before;

	(void)state;
	optee_calls = 0;
	trusty_calls = 0;
	assert_int_equal(smc4(&guests[0], OPTEE_SMC_CALLS_UID, 0, 0, 0), OPTEE_UID_0);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_UID, 0, 0, 0), (int32_t)TRUSTY_UID_0);
	expect_works(&guests[0]);
	assert_int_equal(trusty_calls, 0);
	before = optee_calls;
	tguest_expect_works(&tguests[1]);
	assert_int_equal(optee_calls, before);
	assert_int_not_equal(trusty_calls, 0);
}

static void calls_of_both_interleave(void **state)
{
	struct guest *o = &guests[0];
	struct tguest *t = &tguests[1];

	(void)state;
	guest_register_args(o);
	assert_int_equal(tguest_device(t, 1), 0);
	for (unsigned i = 0; i < 20; i++) {
		model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
		fake.interrupts_returned = 1;
		*tguest_header(t) = (struct mt_header){.opcode = MT_CONNECT};
		assert_int_equal(tguest_smc(t, TRUSTY_SC_QL_HANDLE_CMD, (uint32_t)t->id,
					    (uint32_t)(t->id >> 32), 16),
				 TRUSTY_ERR_INTERRUPTED);
		assert_int_equal(guest_invoke(o, MODEL_ADD, i), TEEC_SUCCESS);
		assert_int_equal(tguest_smc(t, TRUSTY_SC_NOP, 0, 0, 0), TRUSTY_ERR_NOP_DONE);
		o->hold = true;
		(void)guest_invoke(o, MODEL_TIME, 0);
		assert_int_equal(tguest_restart(t), 0);
		assert_int_equal(tguest_header(t)->opcode, MT_CONNECT | MT_REPLY);
		o->hold = false;
		assert_int_equal(guest_go_on(o), OPTEE_SMC_OK);
	}
	assert_int_equal(guest_unregister(o, COOKIE_ARGS), TEEC_SUCCESS);
	assert_int_equal(tguest_shutdown(t), 0);
	tguest_forget(t);
}

static void the_end_of_one_in_a_call_is_nothing_to_the_other(void **state)
{
	struct guest *o = &guests[0];
	struct tguest *t = &tguests[1];

	(void)state;
	assert_int_equal(tguest_device(t, 1), 0);
	o->hold = true;
	(void)guest_invoke(o, MODEL_TIME, 0);
	o->hold = false;
	assert_int_equal(guest_destroy(o), TEE_STATUS_OK);
	assert_int_equal(tguest_command(t, MT_CONNECT), 0);
	assert_int_equal(guest_create(o), TEE_STATUS_OK);
	expect_works(o);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_CPU_IDLE);
	assert_int_equal(tguest_smc(t, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), TRUSTY_ERR_CPU_IDLE);
	assert_int_equal(tguest_destroy(t), TEE_STATUS_OK);
	expect_works(o);
	assert_int_equal(tguest_create(t), TEE_STATUS_OK);
}

static void a_dead_trusty_is_nothing_to_the_vm_of_optee(void **state)
{
	struct tguest *t = &tguests[1];

	(void)state;
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_PANIC);
	assert_int_equal(tguest_smc(t, TRUSTY_SC_NOP, 0, 0, 0), TRUSTY_ERR_PANIC);
	assert_int_equal(tguest_smc(t, TRUSTY_FC_UID, 0, 0, 0), TRUSTY_ERR_PANIC);
	expect_works(&guests[0]);
	assert_int_equal(tguest_destroy(t), TEE_STATUS_OK);
}

#define MIXED_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MIXED_TEST(each_vm_reaches_its_own_tee_only),
		MIXED_TEST(calls_of_both_interleave),
		MIXED_TEST(the_end_of_one_in_a_call_is_nothing_to_the_other),
		MIXED_TEST(a_dead_trusty_is_nothing_to_the_vm_of_optee),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
