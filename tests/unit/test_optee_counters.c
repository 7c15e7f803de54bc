/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is counted, exactly: after each thing a guest or the TEE does, the counters of the VM are
 * what they were before but for the named ones, and a refusal is counted once, under its reason.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE 0xffff888800001000ull

/* The counters as they should be after the next step. */
static struct tee_counters want;

static void start(const struct guest *g)
{
	want = g->tee->count;
}

static void expect_counted(const struct guest *g)
{
	assert_memory_equal(&g->tee->count, &want, sizeof(want));
}

/* The step was one call, which entered the TEE so often. */
static void expect_call(const struct guest *g, uint32_t entries)
{
	want.calls++;
	want.secure_calls += entries;
	expect_counted(g);
}

static void expect_refusal(const struct guest *g, enum tee_refusal why)
{
	want.calls++;
	want.refusals[why]++;
	expect_counted(g);
}

static void calls_of_each_kind(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	start(g);
	(void)smc4(g, OPTEE_SMC_CALLS_UID, 0, 0, 0);
	want.fast_calls++;
	expect_counted(g);
	(void)guest_invoke(g, MODEL_ADD, 1);
	want.invokes++;
	expect_call(g, 1);
	(void)guest_register(g, COOKIE, 0, 4096);
	want.registrations++;
	expect_call(g, 1);
	(void)guest_unregister(g, COOKIE);
	expect_call(g, 1);
	m = message(g, OPTEE_MSG_OPEN_SESSION, 2);
	m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	(void)guest_call(g);
	want.opens++;
	expect_call(g, 1);
	message(g, OPTEE_MSG_CLOSE_SESSION, 0)->h.session = 1;
	(void)guest_call(g);
	expect_call(g, 1);
}

static void requests_and_interrupts(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	start(g);
	(void)guest_invoke(g, MODEL_TIME, 0);
	want.invokes++;
	want.rpcs++;
	expect_call(g, 2);
	(void)guest_invoke(g, MODEL_FS, 100);
	want.invokes++;
	want.rpcs += 3; /* SHM_ALLOC, FS, SHM_FREE */
	expect_call(g, 4);
	fake.interrupts_returned = 1;
	(void)guest_invoke(g, MODEL_INTERRUPT, 3);
	want.invokes++;
	want.irq_returned++;
	want.irq_resumed += 2;
	expect_call(g, 4);
	g->style = OPTEE_SMC_CALL_WITH_ARG; /* a buffer is asked for and freed, which the TEE does
					       not see */
	(void)guest_invoke(g, MODEL_TIME, 0);
	want.invokes++;
	want.rpcs++;
	expect_call(g, 2);
}

static void long_work(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	fake.yield = true;
	start(g);
	(void)guest_register(g, COOKIE, 0, 1500 * 4096); /* three list pages */
	want.registrations++;
	want.yields += 2;
	expect_call(g, 1);
	(void)guest_unregister(g, COOKIE); /* 100 chunks, 35 at a time */
	want.yields += 2;
	expect_call(g, 1);
}

static struct guest *message_with(uint32_t cmd, uint32_t params, struct optee_msg_param p)
{
	struct guest *g = &guests[0];

	message(g, cmd, params)->p[0] = p;
	(void)guest_call(g);
	return g;
}

static void malformed_messages(void **state)
{
	const uint32_t invoke = OPTEE_MSG_INVOKE_COMMAND;
	const uint64_t list = OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG;
	const struct {
		uint32_t cmd, params;
		struct optee_msg_param p;
		enum tee_refusal why;
		uint32_t invokes;
	} cases[] = {
		{invoke, 5, {0}, TEE_REFUSED_MESSAGE, 1},
		{invoke, 7, {0}, TEE_REFUSED_MESSAGE, 0},
		{invoke, 1, rmem(0x77, 0, 0, 0), TEE_REFUSED_MESSAGE, 1},
		{invoke, 1, rmem(OPTEE_MSG_ATTR_TMEM_INPUT, IPA(9), 1, 0), TEE_REFUSED_MESSAGE, 1},
		{invoke, 1, rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1, 99), TEE_REFUSED_COOKIE, 1},
		{invoke, 1, rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 4097, COOKIE), TEE_REFUSED_MESSAGE,
		 1},
		{OPTEE_MSG_OPEN_SESSION, 1, {0}, TEE_REFUSED_MESSAGE, 0},
		{OPTEE_MSG_CANCEL, 1, {0}, TEE_REFUSED_MESSAGE, 0},
		{OPTEE_MSG_REGISTER_SHM, 2, {0}, TEE_REFUSED_MESSAGE, 0},
		{OPTEE_MSG_REGISTER_SHM, 1, rmem(list, IPA(32), 4096, 0), TEE_REFUSED_COOKIE, 0},
		{OPTEE_MSG_REGISTER_SHM, 1, rmem(list, IPA(32), 4096, COOKIE), TEE_REFUSED_COOKIE,
		 0},
		{OPTEE_MSG_REGISTER_SHM, 1, rmem(list, IPA(32), 0, 5), TEE_REFUSED_MESSAGE, 0},
		{OPTEE_MSG_REGISTER_SHM, 1, rmem(list, IPA(32), MIB(128), 5), TEE_REFUSED_QUOTA, 0},
		{OPTEE_MSG_UNREGISTER_SHM, 2, {0}, TEE_REFUSED_MESSAGE, 0},
		{OPTEE_MSG_UNREGISTER_SHM, 1, rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 0, 5),
		 TEE_REFUSED_COOKIE, 0},
	};
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		start(g);
		(void)message_with(cases[i].cmd, cases[i].params, cases[i].p);
		assert_int_equal(g->regs[0], OPTEE_SMC_OK);
		assert_int_not_equal(message_at(g, IPA(PAGE_ARG))->h.ret, TEEC_SUCCESS);
		want.invokes += cases[i].invokes;
		expect_refusal(g, cases[i].why);
	}
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

static void refusals_by_register(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	start(g);
	(void)smc4(g, 0xb2000030u, 0, 0, 0);
	want.refusals[TEE_REFUSED_FUNCTION]++;
	expect_counted(g);
	(void)smc4(g, 0x32000030u, 0, 0, 0);
	want.refusals[TEE_REFUSED_FUNCTION]++;
	expect_counted(g);
	(void)smc4(g, OPTEE_SMC_RETURN_FROM_RPC, 0, 0, 77);
	want.refusals[TEE_REFUSED_RESUME]++;
	expect_counted(g);
	(void)smc4(g, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, 1, 0);
	expect_refusal(g, TEE_REFUSED_ADDRESS);
	(void)smc4(g, OPTEE_SMC_CALL_WITH_REGD_ARG, 0, 1, 0);
	expect_refusal(g, TEE_REFUSED_ADDRESS);
	message(g, 6, 0);
	assert_int_equal(guest_call(g), OPTEE_SMC_EBADCMD);
	expect_refusal(g, TEE_REFUSED_MESSAGE);
}

/* A registration counts as begun before its list is read. */
static void a_list_that_cannot_be_read(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	start(g);
	fake.fail.pin = 1;
	(void)guest_register(g, COOKIE, 0, 4096);
	want.registrations++;
	expect_refusal(g, TEE_REFUSED_ADDRESS);
	fake.fail.pin = 0;
}

static void open_with(struct guest *g, uint64_t login)
{
	struct message *m = message(g, OPTEE_MSG_OPEN_SESSION, 2);

	m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	m->p[1].value.c = login;
	(void)guest_call(g);
}

static void sessions_refused(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	leaves_state = true;
	start(g);
	open_with(g, 3);
	expect_refusal(g, TEE_REFUSED_POLICY);
	for (uint32_t i = 0; i < 4; i++) {
		open_with(g, 0);
		want.opens++;
		expect_call(g, 1);
	}
	open_with(g, 0);
	expect_refusal(g, TEE_REFUSED_QUOTA);
}

/* Its second call is refused before it counts as one. */
static void a_call_too_many(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	machine_quota.calls = 1;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	leaves_state = true;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	start(g);
	assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(1), 0),
			 OPTEE_SMC_ETHREAD_LIMIT);
	want.refusals[TEE_REFUSED_QUOTA]++;
	expect_counted(g);
}

static void bad_reply(struct guest *g, struct message *rpc)
{
	(void)g;
	if (rpc->h.cmd == OPTEE_RPC_SHM_ALLOC)
		rpc->p[0] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT, IPA(3), 100, 5);
	rpc->h.ret = 0;
}

static void a_bad_reply(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->on_command = bad_reply;
	start(g);
	(void)guest_invoke(g, MODEL_FS, 100);
	want.invokes++;
	want.rpcs += 2; /* and the guest is told to free it */
	want.secure_calls += 2;
	expect_refusal(g, TEE_REFUSED_REPLY);
}

static void a_tee_that_fails(void **state)
{
	struct guest *g = &guests[0];
	uint32_t lines = fake.logs;
	uint64_t handle;

	(void)state;
	leaves_state = true;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	handle = g->regs[3];
	g->hold = false;
	start(g);
	model.fail_next = OPTEE_SMC_EBUSY;
	(void)guest_invoke(g, MODEL_ADD, 0);
	want.invokes++;
	want.tee_faults++;
	expect_call(g, 1);
	assert_int_equal(fake.logs, lines + 1);
	(void)guest_invoke(g, MODEL_ADD, 0);
	want.refusals[TEE_REFUSED_DEAD]++;
	expect_counted(g);
	assert_int_equal(smc4(g, OPTEE_SMC_RETURN_FROM_RPC, 0, 0, handle), OPTEE_SMC_ENOTAVAIL);
	want.refusals[TEE_REFUSED_DEAD]++;
	expect_counted(g);
	assert_int_equal(fake.logs, lines + 1);
}

/* A request with wrong content fails, and is a fault of the TEE that ends nothing. */
static uint32_t ask_for_nothing_known(struct model_thread *t)
{
	if (t->step == 0) {
		model_ask(t, OPTEE_RPC_FS, 1);
		model_ask_value(t, 0, 0x77, 0, 0, 0);
		return OPTEE_SMC_RPC_CMD;
	}
	t->arg->ret = TEEC_SUCCESS;
	return OPTEE_SMC_OK;
}

static void a_wrong_request_of_the_tee(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.program = ask_for_nothing_known;
	start(g);
	(void)guest_invoke(g, MODEL_TEST, 0);
	want.invokes++;
	want.tee_faults++;
	expect_call(g, 2);
	assert_false(g->tee->dead);
}

static void a_vm_that_is_not_let_go_is_logged(void **state)
{
	struct guest *g = &guests[0];
	uint32_t lines = fake.logs;

	(void)state;
	model.fail_destroyed = OPTEE_SMC_EBUSY;
	assert_int_equal(guest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(fake.logs, lines + 1);
	model.fail_destroyed = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST(calls_of_each_kind),
		MEDIATOR_TEST(requests_and_interrupts),
		MEDIATOR_TEST(long_work),
		MEDIATOR_TEST(malformed_messages),
		MEDIATOR_TEST(refusals_by_register),
		MEDIATOR_TEST(a_list_that_cannot_be_read),
		MEDIATOR_TEST(sessions_refused),
		MEDIATOR_TEST(a_call_too_many),
		MEDIATOR_TEST(a_bad_reply),
		MEDIATOR_TEST(a_tee_that_fails),
		MEDIATOR_TEST(a_wrong_request_of_the_tee),
		MEDIATOR_TEST(a_vm_that_is_not_let_go_is_logged),
	};

	return cmocka_run_group_tests_name("optee_counters", tests, NULL, NULL);
}
