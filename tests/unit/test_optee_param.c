/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of sessions and commands: scenarios 28 to 38 (group C).
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE 0xffff888800001000ull

/* One INVOKE with this parameter; ret of the message. */
static uint32_t invoke_with(struct guest *g, struct optee_msg_param p)
{
	struct message *m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);

	m->p[0] = p;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	return m->h.ret;
}

static void expect_refused(struct guest *g, struct optee_msg_param p)
{
	uint32_t calls = model.yielding_calls;

	assert_int_equal(invoke_with(g, p), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(message_at(g, IPA(PAGE_ARG))->h.ret_origin, TEEC_ORIGIN_COMMS);
	assert_int_equal(model.yielding_calls, calls);
	assert_int_equal(g->tee->used.calls, 0);
}

static struct message *open_message(struct guest *g, uint32_t params)
{
	struct message *m = message(g, OPTEE_MSG_OPEN_SESSION, params);

	m->p[0].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	return m;
}

static uint32_t open_session(struct guest *g)
{
	struct message *m = open_message(g, 2);

	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	return m->h.ret;
}

static uint32_t close_session(struct guest *g, uint32_t session)
{
	struct message *m = message(g, OPTEE_MSG_CLOSE_SESSION, 0);

	m->h.session = session;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	return m->h.ret;
}

static void an_address_in_a_command_is_refused(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint64_t attr = OPTEE_MSG_ATTR_TMEM_INPUT; attr <= OPTEE_MSG_ATTR_TMEM_INOUT; attr++) {
		expect_refused(g, rmem(attr, IPA(PAGE_DATA), 4096, 1));
		expect_refused(g, rmem(attr | OPTEE_MSG_ATTR_NONCONTIG, IPA(PAGE_LIST), 4096, 1));
		expect_refused(g, rmem(attr | OPTEE_MSG_ATTR_NONCONTIG, 0, 4096, 1));
		expect_refused(g, rmem(attr, 1, 0, 0));
	}
}

static void a_null_reference_with_a_live_cookie_touches_no_buffer(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(invoke_with(g, rmem(OPTEE_MSG_ATTR_TMEM_INOUT, 0, 55, COOKIE)),
			 TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 1);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

static void a_reference_to_what_is_not_this_guests_live_buffer_is_refused(void **state)
{
	struct guest *g = &guests[0];
	uint32_t calls;

	(void)state;
	assert_int_equal(guest_register(&guests[1], COOKIE, 0, 4096), TEEC_SUCCESS);
	expect_refused(g, rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1, 0));
	expect_refused(g, rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1, COOKIE));
	expect_refused(g, rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1, BIT(63)));
	assert_int_equal(guest_register(g, COOKIE + 1, 0, 4096), TEEC_SUCCESS);
	calls = model.yielding_calls;
	for (uint64_t handle = 0; handle < 8; handle++)
		for (uint64_t generation = 0; generation < 3; generation++)
			expect_refused(g, rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1,
					       generation << 32 | handle));
	assert_int_equal(model.yielding_calls, calls);
	assert_int_equal(guest_unregister(g, COOKIE + 1), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(&guests[1], COOKIE), TEEC_SUCCESS);
}

static void a_reference_beyond_its_buffer_is_refused(void **state)
{
	struct guest *g = &guests[0];
	const uint64_t in = OPTEE_MSG_ATTR_RMEM_INOUT;

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 16, 8000), TEEC_SUCCESS);
	expect_refused(g, rmem(in, 0, 8001, COOKIE));
	expect_refused(g, rmem(in, 1, 8000, COOKIE));
	expect_refused(g, rmem(in, 8000, 1, COOKIE));
	expect_refused(g, rmem(in, 8001, 0, COOKIE));
	expect_refused(g, rmem(in, UINT64_MAX, 1, COOKIE));
	expect_refused(g, rmem(in, UINT64_MAX - 7, 16, COOKIE));
	expect_refused(g, rmem(in, 1, UINT64_MAX, COOKIE));
	assert_int_equal(invoke_with(g, rmem(in, 8000, 0, COOKIE)), TEEC_SUCCESS);
	assert_int_equal(invoke_with(g, rmem(in, 0, 8000, COOKIE)), TEEC_SUCCESS);
	assert_int_equal(*(uint8_t *)fake_ram(g->host, IPA(PAGE_DATA) + 16), 0x5a);
	assert_int_equal(invoke_with(g, rmem(in, 7999, 1, COOKIE)), TEEC_SUCCESS);
	assert_int_equal(*(uint8_t *)fake_ram(g->host, IPA(PAGE_DATA) + 16 + 7999), 0x5a);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

static void unknown_attributes_are_refused(void **state)
{
	static const uint64_t bad[] = {4,
				       8,
				       0xc,
				       0xff,
				       0x1ull << 16,
				       0x40001,
				       0x401,
				       0x1ull << 63 | 1,
				       0x30005,
				       0x205,
				       0x1000000002ull};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++)
		expect_refused(&guests[0], rmem(bad[i], 0, 0, 0));
}

static void meta_parameters_stand_only_where_they_belong(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;
	uint32_t calls = model.yielding_calls;

	(void)state;
	expect_refused(g, rmem(0x101, 0, 0, 0));
	for (uint32_t wrong = 0; wrong < 5; wrong++) {
		m = open_message(g, wrong == 4 ? 1 : 3);
		if (wrong == 0)
			m->p[2].attr = 0x101;
		else if (wrong == 1)
			m->p[0].attr = 0x001;
		else if (wrong == 2)
			m->p[1].attr = 0x102;
		else if (wrong == 3)
			m->p[1].attr = 0;
		assert_int_equal(guest_call(g), OPTEE_SMC_OK);
		assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
	}
	assert_int_equal(model.yielding_calls, calls);
	assert_int_equal(g->tee->used.sessions, 0);
}

static void an_unknown_login_method_is_refused(void **state)
{
	static const uint64_t known[] = {0, 1, 2, 4, 5, 6, 0x80000000u};
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(known); i++) {
		m = open_message(g, 2);
		m->p[1].value.c = known[i];
		assert_int_equal(guest_call(g), OPTEE_SMC_OK);
		assert_int_equal(m->h.ret, TEEC_SUCCESS);
		assert_int_equal(close_session(g, m->h.session), TEEC_SUCCESS);
	}
	m = open_message(g, 2);
	m->p[1].value.c = 3;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_ERROR_ACCESS_DENIED);
	assert_int_equal(g->tee->count.refusals[TEE_REFUSED_POLICY], 1);
}

static void sessions_are_counted_against_the_quota_exactly(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(open_session(g), TEEC_SUCCESS);
	assert_int_equal(open_session(g), TEEC_ERROR_OUT_OF_MEMORY);
	assert_int_equal(g->tee->used.sessions, 4);
	assert_int_equal(close_session(g, 0xdead), 0xffff0008);
	assert_int_equal(g->tee->used.sessions, 4);
	assert_int_equal(close_session(g, 1), TEEC_SUCCESS);
	m = open_message(g, 2);
	m->p[0].value.a = 0xbad; /* the model has no such application */
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, 0xffff0008);
	assert_int_equal(g->tee->used.sessions, 3);
	for (uint32_t i = 2; i < 5; i++)
		assert_int_equal(close_session(g, i), TEEC_SUCCESS);
	expect_baseline(g);
	assert_int_equal(close_session(g, 9), TEEC_SUCCESS); /* says the model */
	expect_baseline(g);
}

static void cancel_passes_and_takes_no_parameters(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_CANCEL, 0);

	(void)state;
	m->h.session = 12345;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
	for (uint32_t cmd = OPTEE_MSG_CLOSE_SESSION; cmd <= OPTEE_MSG_CANCEL; cmd++) {
		uint32_t calls = model.yielding_calls;

		m = message(g, cmd, 1);
		assert_int_equal(guest_call(g), OPTEE_SMC_OK);
		assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
		assert_int_equal(model.yielding_calls, calls);
	}
}

static void more_than_four_parameters_are_refused(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	for (uint32_t n = 0; n < 12; n++) {
		m = message(g, OPTEE_MSG_INVOKE_COMMAND, n);
		assert_int_equal(guest_call(g), OPTEE_SMC_OK);
		assert_int_equal(m->h.ret, n <= 4 ? TEEC_SUCCESS : TEEC_ERROR_BAD_PARAMETERS);
	}
	m = open_message(g, 7);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
}

static void results_come_back_and_inputs_stay(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_INVOKE_COMMAND, 4);

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		m->p[i].attr = OPTEE_MSG_ATTR_VALUE_INPUT + i;
		m->p[i].value.a = 10 * (i + 1);
		m->p[i].value.b = 5;
	}
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	assert_int_equal(m->h.ret_origin, 4);
	assert_int_equal(m->p[0].value.a, 10);
	assert_int_equal(m->p[1].value.a, 21);
	assert_int_equal(m->p[2].value.a, 31);
	assert_int_equal(m->p[2].value.b, 36);
	assert_int_equal(m->p[3].attr, OPTEE_MSG_ATTR_NONE);
}

static void a_ta_can_say_how_large_a_buffer_it_needs(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	m = message(g, OPTEE_MSG_INVOKE_COMMAND, 3);
	m->h.func = MODEL_SHORT;
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_OUTPUT, 0, 100, COOKIE);
	m->p[1] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT, 0, 0, 0);
	m->p[2] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 100, COOKIE);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, 0xffff0010);
	assert_int_equal(m->p[0].rmem.size, 10000);
	assert_true(m->p[0].rmem.cookie == COOKIE);
	assert_int_equal(m->p[1].rmem.size, 10000);
	assert_int_equal(m->p[2].rmem.size, 100);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

/* The TEE, or a trusted application that broke it, rewrites its slot */
static void tamper(struct model_thread *t)
{
	uint32_t ret = t->arg->ret;

	memset(t->arg, 0xee, 32 + 4 * 32);
	t->arg->ret = ret;
}

static void a_slot_rewritten_by_the_tee_changes_only_results(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	m = message(g, OPTEE_MSG_INVOKE_COMMAND, 4);
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INPUT;
	m->p[0].value.a = 77;
	m->p[1] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 8, 100, COOKIE);
	memset(&m->p[4], 0x44, 64);
	model.before_return = tamper;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	model.before_return = NULL;
	assert_int_equal(m->h.num_params, 4);
	assert_int_equal(m->h.cmd, OPTEE_MSG_INVOKE_COMMAND);
	assert_int_equal(m->p[0].value.a, 77);
	assert_true(m->p[1].rmem.cookie == COOKIE);
	assert_int_equal(m->p[1].rmem.offset, 8);
	assert_true(m->p[1].rmem.size == 0xeeeeeeeeeeeeeeeeull);
	assert_int_equal(((uint8_t *)&m->p[4])[0], 0x44);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(an_address_in_a_command_is_refused, 28, 29),
		SCENARIO(a_null_reference_with_a_live_cookie_touches_no_buffer, 30),
		SCENARIO(a_reference_to_what_is_not_this_guests_live_buffer_is_refused, 31),
		SCENARIO(a_reference_beyond_its_buffer_is_refused, 32),
		SCENARIO(unknown_attributes_are_refused, 33),
		SCENARIO(meta_parameters_stand_only_where_they_belong, 34),
		SCENARIO(an_unknown_login_method_is_refused, 36),
		SCENARIO(sessions_are_counted_against_the_quota_exactly, 37, 90),
		SCENARIO(cancel_passes_and_takes_no_parameters, 37),
		SCENARIO(more_than_four_parameters_are_refused, 38),
		MEDIATOR_TEST(results_come_back_and_inputs_stay),
		MEDIATOR_TEST(a_ta_can_say_how_large_a_buffer_it_needs),
		SCENARIO(a_slot_rewritten_by_the_tee_changes_only_results, 66),
	};

	return cmocka_run_group_tests_name("optee_param", tests, NULL, NULL);
}
