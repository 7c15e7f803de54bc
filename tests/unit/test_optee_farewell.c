/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a VM has open in the TEE is ended before the TEE forgets the VM, as far as the TEE lets it
 * end; whatever the TEE does then, the VM can go.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

static void open_session(struct guest *g)
{
	struct message *m = message(g, OPTEE_MSG_OPEN_SESSION, 2);

	m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
}

static void close_session(struct guest *g, uint32_t id)
{
	message(g, OPTEE_MSG_CLOSE_SESSION, 0)->h.session = id;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
}

static void begin(struct guest *g, uint32_t func)
{
	g->hold = true;
	(void)guest_invoke(g, func, 4);
	assert_true((uint32_t)g->regs[0] >= OPTEE_SMC_RPC_ALLOC);
}

static void a_vm_that_ends_leaves_no_session_and_no_thread(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t n = 1; n <= 4; n++) {
		g->hold = false;
		for (uint32_t i = 0; i < n; i++)
			open_session(g);
		close_session(g, 1);
		begin(g, MODEL_FS);
		begin(g, MODEL_TIME);
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(model.left_sessions, 0);
		assert_int_equal(model.left_threads, 0);
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
	}
}

/* Only what the TEE said it opened is closed, and once. */
static void sessions_are_known_by_the_tees_own_ids(void **state)
{
	struct guest *g = &guests[0];
	uint32_t calls;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		open_session(g);
	close_session(g, 99);
	assert_int_equal(g->tee->used.sessions, 4);
	close_session(g, 2);
	close_session(g, 2);
	assert_int_equal(g->tee->used.sessions, 3);
	open_session(g);
	calls = model.yielding_calls;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model.yielding_calls - calls, 4);
	assert_int_equal(model.left_sessions, 0);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

/* An OPEN_SESSION that succeeds only now brings one session more to close. */
static void a_session_that_opens_at_the_end_is_closed(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_OPEN_SESSION, 2);

	(void)state;
	m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	model.opens_after = 1;
	fake.interrupts_returned = 1;
	g->hold = true;
	assert_int_equal(guest_call(g), OPTEE_SMC_RPC_FOREIGN_INTR);
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model.left_sessions, 0);
	assert_int_equal(model.left_threads, 0);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

static uint32_t ask_for_ever(struct model_thread *t)
{
	model_ask(t, OPTEE_RPC_NOTIFICATION, 1);
	model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 0, 1, 0);
	return OPTEE_SMC_RPC_CMD;
}

static uint32_t run_for_ever(struct model_thread *t)
{
	(void)t;
	return OPTEE_SMC_RPC_FOREIGN_INTR;
}

static void expect_limited(struct guest *g, uint32_t calls_made)
{
	uint32_t calls = model.yielding_calls;

	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model.yielding_calls - calls, calls_made);
	assert_int_equal(model.left_threads, 1);
	assert_int_equal(model.left_sessions, 0); /* another thread could close it */
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	model.program = NULL;
	expect_works(g);
}

static void a_call_that_asks_for_ever_is_left_behind(void **state)
{
	(void)state;
	open_session(&guests[0]);
	model.program = ask_for_ever;
	begin(&guests[0], MODEL_TEST);
	expect_limited(&guests[0], 4 * (1 + 50) + 1);
}

static void a_call_that_computes_for_ever_is_left_behind(void **state)
{
	(void)state;
	open_session(&guests[0]);
	model.program = run_for_ever;
	fake.interrupts_returned = 1;
	begin(&guests[0], MODEL_TEST);
	expect_limited(&guests[0], 4 + 1000 + 1);
	assert_int_equal(fake.interrupts, 1 + 1000);
}

/* What OP-TEE no longer asks, or asks only without a request area, is answered with nothing. */
static uint32_t ask_otherwise(struct model_thread *t)
{
	static const uint32_t exits[] = {OPTEE_SMC_RPC_CMD, OPTEE_SMC_RPC_FREE, OPTEE_SMC_RPC_ALLOC,
					 OPTEE_SMC_RPC_FREE};

	if (t->step < ARRAY_SIZE(exits)) {
		model_ask(t, OPTEE_RPC_SUSPEND, 0);
		return exits[t->step];
	}
	return OPTEE_SMC_OK;
}

static void every_kind_of_request_is_refused(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.program = ask_otherwise;
	begin(g, MODEL_TEST);
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model.left_threads, 0);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

/* A waits for B, and B ends: A's turn comes again. */
static bool b_has_ended;

static uint32_t wait_for_another(struct model_thread *t)
{
	if (t->number == 1) {
		b_has_ended = t->step != 0;
	} else if (b_has_ended) {
		return OPTEE_SMC_OK;
	}
	model_ask(t, OPTEE_RPC_NOTIFICATION, 0);
	return t->number == 1 && t->step != 0 ? OPTEE_SMC_OK : OPTEE_SMC_RPC_CMD;
}

static void a_call_that_waits_for_another_has_its_turn_again(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.program = wait_for_another;
	begin(g, MODEL_TEST);
	begin(g, MODEL_TEST);
	b_has_ended = false;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model.left_threads, 0);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

/* No thread is left that could close a session: the VM goes all the same. */
static void with_all_threads_stuck_the_sessions_stay(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	open_session(g);
	open_session(g);
	model.program = ask_for_ever;
	begin(g, MODEL_TEST);
	begin(g, MODEL_TEST);
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model.left_threads, 2);
	assert_int_equal(model.left_sessions, 2);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

static void a_failed_tee_is_not_asked_to_end_anything(void **state)
{
	struct guest *g = &guests[0];
	uint32_t calls;

	(void)state;
	open_session(g);
	begin(g, MODEL_TIME);
	g->hold = false;
	model.fail_next = 0x1234;
	(void)guest_invoke(g, MODEL_ADD, 1);
	assert_true(g->tee->dead);
	calls = model.yielding_calls;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model.yielding_calls, calls);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

static void the_cpu_is_given_back_in_between(void **state)
{
	struct guest *g = &guests[0];
	uint32_t again = 0;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		open_session(g);
	begin(g, MODEL_TIME);
	fake.yield = true;
	while (guest_destroy_step(g) == TEE_STATUS_AGAIN)
		again++;
	fake.yield = false;
	g->tee = NULL;
	assert_true(again >= 5);
	assert_int_equal(model.left_sessions, 0);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_vm_that_ends_leaves_no_session_and_no_thread, 69, 71, 72, 91),
		SCENARIO_NO_WINDOW(a_vm_that_ends_leaves_no_session_and_no_thread, 69, 71, 72, 91),
		MEDIATOR_TEST(sessions_are_known_by_the_tees_own_ids),
		SCENARIO(a_session_that_opens_at_the_end_is_closed, 69, 91),
		SCENARIO(a_call_that_asks_for_ever_is_left_behind, 64, 69),
		SCENARIO(a_call_that_computes_for_ever_is_left_behind, 69, 89),
		MEDIATOR_TEST(every_kind_of_request_is_refused),
		MEDIATOR_TEST(a_call_that_waits_for_another_has_its_turn_again),
		SCENARIO(with_all_threads_stuck_the_sessions_stay, 55, 69),
		SCENARIO(a_failed_tee_is_not_asked_to_end_anything, 82),
		MEDIATOR_TEST(the_cpu_is_given_back_in_between),
	};

	return cmocka_run_group_tests_name("optee_farewell", tests, NULL, NULL);
}
