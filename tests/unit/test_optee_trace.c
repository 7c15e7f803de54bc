/* SPDX-License-Identifier: BSD-2-Clause */
/* The events by which a person follows calls: complete, in order, and without anybody's data. */
#include "tests/unit/mediator_guest.h"
#include <string.h>

static const struct tee_event *event(uint32_t n)
{
	assert_true(n < fake.logged);
	return &fake.log[n % FAKE_EVENTS];
}

static void expect_event(uint32_t n, enum tee_event_kind kind, uint32_t command)
{
	assert_int_equal(event(n)->kind, kind);
	assert_int_equal(event(n)->command, command);
}

static void a_call_is_an_event_at_its_begin_and_its_end(void **state)
{
	struct guest *g = &guests[0];
	uint32_t n = fake.logged;

	(void)state;
	assert_int_equal(guest_invoke(g, MODEL_ADD, 1), TEEC_SUCCESS);
	assert_int_equal(fake.logged, n + 2);
	expect_event(n, TEE_EVENT_CALL, OPTEE_MSG_INVOKE_COMMAND);
	assert_int_equal(event(n)->function, MODEL_ADD);
	assert_int_equal(event(n)->params, 1);
	assert_int_equal(event(n)->types[0], OPTEE_MSG_ATTR_VALUE_INOUT);
	assert_int_equal(event(n)->sizes[0], 0);
	expect_event(n + 1, TEE_EVENT_END, OPTEE_MSG_INVOKE_COMMAND);
	assert_int_equal(event(n + 1)->call, event(n)->call);
	assert_int_equal(event(n + 1)->function, OPTEE_SMC_OK);
	assert_int_equal(event(n + 1)->result, TEEC_SUCCESS);
}

static void a_session_shows_which_ta_and_how_much_memory(void **state)
{
	static const uint8_t uuid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	struct guest *g = &guests[0];
	struct message *m;
	uint32_t n;

	(void)state;
	assert_int_equal(guest_register(g, 0xc0de, 0, 3 * PAGE_SIZE), TEEC_SUCCESS);
	n = fake.logged;
	m = message(g, OPTEE_MSG_OPEN_SESSION, 3);
	m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	memcpy(&m->p[0].value, uuid, sizeof(uuid));
	m->p[2] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 16, 5000, 0xc0de);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	expect_event(n, TEE_EVENT_CALL, OPTEE_MSG_OPEN_SESSION);
	assert_memory_equal(event(n)->uuid, uuid, sizeof(uuid));
	assert_int_equal(event(n)->params, 1);
	assert_int_equal(event(n)->types[0], OPTEE_MSG_ATTR_RMEM_INPUT);
	assert_int_equal(event(n)->sizes[0], 5000);
	assert_int_equal(event(n + 1)->session, m->h.session);
	leaves_state = true;
}

static void requests_stand_between_begin_and_end(void **state)
{
	struct guest *g = &guests[0];
	uint32_t n = fake.logged;

	(void)state;
	assert_int_equal(guest_invoke(g, MODEL_TIME, 0), TEEC_SUCCESS);
	expect_event(n, TEE_EVENT_CALL, OPTEE_MSG_INVOKE_COMMAND);
	expect_event(n + 1, TEE_EVENT_REQUEST, OPTEE_RPC_GET_TIME);
	assert_int_equal(event(n + 1)->types[0], OPTEE_MSG_ATTR_VALUE_OUTPUT);
	expect_event(n + 2, TEE_EVENT_REPLY, OPTEE_RPC_GET_TIME);
	assert_int_equal(event(n + 2)->result, TEEC_SUCCESS);
	expect_event(n + 3, TEE_EVENT_END, OPTEE_MSG_INVOKE_COMMAND);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(event(n + i)->call, event(n)->call);
}

/* Whatever way it ends: by register, by message, after giving pages back. */
static void every_call_that_begins_ends(void **state)
{
	struct guest *g = &guests[0];
	uint32_t calls = fake.events[TEE_EVENT_CALL], ends = fake.events[TEE_EVENT_END];

	(void)state;
	assert_int_equal(guest_register(g, 0xc0de, 0, PAGE_SIZE), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, 0xc0de, 0, PAGE_SIZE), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(guest_unregister(g, 0xc0de), TEEC_SUCCESS);
	model.fail_next = OPTEE_SMC_ENOMEM;
	(void)guest_invoke(g, MODEL_ADD, 1);
	message(g, OPTEE_MSG_INVOKE_COMMAND, 100);
	(void)guest_call(g);
	assert_int_equal(fake.events[TEE_EVENT_CALL] - calls, 5);
	assert_int_equal(fake.events[TEE_EVENT_END] - ends, 5);
}

static void a_refusal_says_why(void **state)
{
	struct guest *g = &guests[0];
	uint32_t n = fake.logged;

	(void)state;
	(void)smc4(g, 0xb20000ffu, 0, 0, 0);
	expect_event(n, TEE_EVENT_REFUSED, TEE_REFUSED_FUNCTION);
	(void)smc4(g, OPTEE_SMC_RETURN_FROM_RPC, 0, 0, 77);
	expect_event(n + 1, TEE_EVENT_REFUSED, TEE_REFUSED_RESUME);
}

static void a_fault_of_the_tee_is_an_event(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.fail_next = 0x1234;
	(void)guest_invoke(g, MODEL_ADD, 1);
	assert_int_equal(fake.events[TEE_EVENT_FAULT], 1);
	leaves_state = true;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST(a_call_is_an_event_at_its_begin_and_its_end),
		MEDIATOR_TEST(a_session_shows_which_ta_and_how_much_memory),
		MEDIATOR_TEST(requests_stand_between_begin_and_end),
		MEDIATOR_TEST(every_call_that_begins_ends),
		MEDIATOR_TEST(a_refusal_says_why),
		MEDIATOR_TEST(a_fault_of_the_tee_is_an_event),
	};

	return cmocka_run_group_tests_name("optee_trace", tests, NULL, NULL);
}
