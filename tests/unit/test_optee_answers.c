/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the mediator says on its own, to the last field: the answer to each fast call in all
 * registers, with notifications and without, and each event of a call for who follows them.
 */
#include "tests/unit/second_tee.h"
#include <string.h>

#define COOKIE 0xffff888800001000ull
#define KEPT   0xdead000000000000ull /* and the register's number: the guest's own value */
#define OTHER  UINT64_MAX	     /* in a table: as before */

struct answer {
	uint32_t function;
	uint64_t a1;
	uint64_t x[4];
};

static void expect_answer(struct guest *g, const struct answer *a)
{
	for (uint32_t i = 0; i < 18; i++)
		g->regs[i] = KEPT + i;
	g->regs[0] = a->function;
	g->regs[1] = a->a1;
	(void)smc(g);
	for (uint32_t i = 0; i < 18; i++) {
		uint64_t before = i == 1 ? a->a1 : KEPT + i;

		assert_true(g->regs[i] == (i < 4 && a->x[i] != OTHER ? a->x[i] : before));
	}
}

#define SAME_ANYWAY                                                                                \
	{OPTEE_SMC_CALLS_UID, 7, {OPTEE_UID_0, OPTEE_UID_1, OPTEE_UID_2, OPTEE_UID_3}},            \
		{OPTEE_SMC_CALLS_REVISION, 7, {2, 0x31, OTHER, OTHER}},                            \
		{OPTEE_SMC_GET_OS_UUID, 7, {0x486178e0, 0xe7f811e3, 0xbc5e0002, 0xa5d5c51b}},      \
		{OPTEE_SMC_GET_OS_REVISION, 7, {4, 5, 0x1234567, OTHER}},                          \
		{OPTEE_SMC_EXCHANGE_CAPABILITIES, 2, {OPTEE_SMC_ENOTAVAIL, OTHER, OTHER, OTHER}},  \
		{OPTEE_SMC_EXCHANGE_CAPABILITIES,                                                  \
		 BIT(31),                                                                          \
		 {OPTEE_SMC_ENOTAVAIL, OTHER, OTHER, OTHER}},                                      \
		{OPTEE_SMC_GET_THREAD_COUNT, 7, {OPTEE_SMC_OK, MODEL_THREADS, OTHER, OTHER}},      \
		{OPTEE_SMC_ENABLE_SHM_CACHE, 7, {OPTEE_SMC_OK, OTHER, OTHER, OTHER}},              \
		{OPTEE_SMC_DISABLE_SHM_CACHE, 7, {OPTEE_SMC_ENOTAVAIL, OTHER, OTHER, OTHER}},      \
		{OPTEE_SMC_GET_SHM_CONFIG, 7, {OPTEE_SMC_ENOTAVAIL, OTHER, OTHER, OTHER}},         \
	{                                                                                          \
		0xbf00ff02u, 7,                                                                    \
		{                                                                                  \
			OPTEE_SMC_UNKNOWN_FUNCTION, OTHER, OTHER, OTHER                            \
		}                                                                                  \
	}

static void expect_node(const struct tee_node *node, bool notifies)
{
	assert_string_equal(node->parent, "/firmware");
	assert_string_equal(node->name, "optee");
	assert_string_equal(node->compatible, "linaro,optee-tz");
	assert_true(node->has_method);
	assert_true(node->has_interrupt == notifies);
}

static void expect_answers(const struct answer *answers, uint32_t count, bool notifies)
{
	fake.no_irq = !notifies;
	second_lie(OPTEE_SMC_CALLS_REVISION, 1, 0x31);
	second_lie(OPTEE_SMC_EXCHANGE_CAPABILITIES, 3, 0x5503);
	second_begin(false);
	assert_int_equal(guest_create(&guests[0]), TEE_STATUS_OK);
	for (uint32_t i = 0; i < count; i++)
		expect_answer(&guests[0], &answers[i]);
	expect_node(optee_backend.describe(guests[0].tee), notifies);
	second_end();
}

static void fast_calls_answer_what_is_defined_and_keep_the_rest(void **state)
{
	const uint64_t offered =
		OPTEE_SEC_CAP_DYNAMIC_SHM | OPTEE_SEC_CAP_MEMREF_NULL | OPTEE_SEC_CAP_RPC_ARG;
	const struct answer answers[] = {
		SAME_ANYWAY,
		{OPTEE_SMC_CALLS_COUNT, 7, {14, OTHER, OTHER, OTHER}},
		{OPTEE_SMC_EXCHANGE_CAPABILITIES, 1, {OPTEE_SMC_OK, offered, 0, 3}},
		{OPTEE_SMC_EXCHANGE_CAPABILITIES, BIT(40), {OPTEE_SMC_OK, offered, 0, 3}},
		{OPTEE_SMC_ENABLE_ASYNC_NOTIF,
		 7,
		 {OPTEE_SMC_UNKNOWN_FUNCTION, OTHER, OTHER, OTHER}},
		{OPTEE_SMC_GET_ASYNC_NOTIF_VALUE,
		 7,
		 {OPTEE_SMC_UNKNOWN_FUNCTION, OTHER, OTHER, OTHER}},
	};

	(void)state;
	expect_answers(answers, ARRAY_SIZE(answers), false);
}

static void and_with_notifications(void **state)
{
	const uint64_t offered = OPTEE_SEC_CAP_DYNAMIC_SHM | OPTEE_SEC_CAP_MEMREF_NULL |
				 OPTEE_SEC_CAP_RPC_ARG | OPTEE_SEC_CAP_ASYNC_NOTIF;
	const struct answer answers[] = {
		SAME_ANYWAY,
		{OPTEE_SMC_CALLS_COUNT, 7, {16, OTHER, OTHER, OTHER}},
		{OPTEE_SMC_EXCHANGE_CAPABILITIES, 0, {OPTEE_SMC_OK, offered, 255, 3}},
		{OPTEE_SMC_ENABLE_ASYNC_NOTIF, 7, {OPTEE_SMC_OK, OTHER, OTHER, OTHER}},
		{OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, 7, {OPTEE_SMC_OK, 0, 0, OTHER}},
	};

	(void)state;
	expect_answers(answers, ARRAY_SIZE(answers), true);
}

/* A TEE that cannot notify, on a board that has the interrupt. */
static void without_the_ability_the_interrupt_is_not_claimed(void **state)
{
	(void)state;
	fake.no_irq = false;
	fake.claims = 0;
	second_lie(OPTEE_SMC_EXCHANGE_CAPABILITIES, 1, 0x7d & ~OPTEE_SEC_CAP_ASYNC_NOTIF);
	second_begin(false);
	assert_int_equal(fake.claims, 0);
	assert_int_equal(guest_create(&guests[0]), TEE_STATUS_OK);
	assert_false(optee_backend.describe(guests[0].tee)->has_interrupt);
	second_end();
}

/* A value that the TEE says is not valid, or with an error, is none. */
static void a_notification_must_be_valid(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	fake.no_irq = false;
	second_begin(false);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	assert_int_equal(smc4(g, OPTEE_SMC_ENABLE_ASYNC_NOTIF, 0, 0, 0), OPTEE_SMC_OK);
	second_lie(OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, 0, OPTEE_SMC_EBUSY);
	model_guest_of(g->host)->values = BIT(3);
	optee_backend.irq(machine_tee, 1);
	assert_int_equal(g->host->injected, 0);
	second_lie(OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, 0, OPTEE_SMC_OK);
	second_lie(OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, 2, OPTEE_NOTIF_PENDING);
	model_guest_of(g->host)->values = BIT(3);
	optee_backend.irq(machine_tee, 1);
	assert_int_equal(g->host->injected, 0);
	second_end();
}

/* Events */

static struct tee_event due[16];
static uint32_t due_count;

static struct tee_event *expect_event(enum tee_event_kind kind, uint32_t command)
{
	struct tee_event *e = &due[due_count++];

	*e = (struct tee_event){.kind = (uint8_t)kind, .command = command};
	return e;
}

/* Since the n-th there were these, and no more. */
static void expect_events(uint32_t n)
{
	assert_int_equal(fake.logged, n + due_count);
	for (uint32_t i = 0; i < due_count; i++)
		assert_memory_equal(&fake.log[(n + i) % FAKE_EVENTS], &due[i], sizeof(due[i]));
	due_count = 0;
}

static struct message *invoke(struct guest *g)
{
	struct message *m = message(g, OPTEE_MSG_INVOKE_COMMAND, 4);

	m->h.func = MODEL_SHORT;
	m->h.session = 0x51;
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 16, 5000, COOKIE);
	m->p[1] = rmem(OPTEE_MSG_ATTR_VALUE_INPUT, 1, 2, 3);
	m->p[2] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT, 0, BIT(32) + 5, 0);
	return m;
}

static void an_invoke_is_traced(void **state)
{
	struct guest *g = &guests[0];
	struct tee_event *e;
	uint32_t n;

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 2 * PAGE_SIZE), TEEC_SUCCESS);
	n = fake.logged;
	(void)invoke(g);
	(void)guest_call(g);
	e = expect_event(TEE_EVENT_CALL, OPTEE_MSG_INVOKE_COMMAND);
	e->function = MODEL_SHORT;
	e->session = 0x51;
	e->params = 4;
	e->types[0] = OPTEE_MSG_ATTR_RMEM_INPUT;
	e->sizes[0] = 5000;
	e->types[1] = OPTEE_MSG_ATTR_VALUE_INPUT;
	e->types[2] = OPTEE_MSG_ATTR_TMEM_OUTPUT;
	e->sizes[2] = UINT32_MAX;
	e = expect_event(TEE_EVENT_END, OPTEE_MSG_INVOKE_COMMAND);
	e->session = 0x51;
	e->result = 0xffff0010u;
	e->origin = TEEC_ORIGIN_COMMS; /* the model says none: ours from before */
	expect_events(n);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

static void expect_opened(struct guest *g, uint32_t params, uint32_t session)
{
	struct message *m = message(g, OPTEE_MSG_OPEN_SESSION, params);
	uint32_t n = fake.logged;
	struct tee_event *e;

	m->p[0] = rmem(OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT, 0x1122334455667788,
		       0x99aabbccddeeff00, 0);
	m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	if (params == 6)
		m->p[5] = rmem(OPTEE_MSG_ATTR_VALUE_INOUT, 1, 2, 3);
	(void)guest_call(g);
	e = expect_event(TEE_EVENT_CALL, OPTEE_MSG_OPEN_SESSION);
	e->params = (uint8_t)(params - 2);
	e->types[3] = params == 6 ? OPTEE_MSG_ATTR_VALUE_INOUT : 0;
	memcpy(e->uuid, &m->p[0].value, sizeof(e->uuid));
	e = expect_event(TEE_EVENT_END, OPTEE_MSG_OPEN_SESSION);
	e->session = session;
	e->origin = 3;
	expect_events(n);
}

/* With fewer parameters than its own two, as a guest may send it; then as it should be. */
static void an_open_is_traced(void **state)
{
	struct guest *g = &guests[0];
	struct tee_event *e;
	uint32_t n = fake.logged;

	(void)state;
	leaves_state = true;
	message(g, OPTEE_MSG_OPEN_SESSION, 1)->p[0].attr = OPTEE_MSG_ATTR_VALUE_INPUT;
	(void)guest_call(g);
	e = expect_event(TEE_EVENT_CALL, OPTEE_MSG_OPEN_SESSION);
	e->params = 1;
	e->types[0] = OPTEE_MSG_ATTR_VALUE_INPUT;
	(void)expect_event(TEE_EVENT_REFUSED, TEE_REFUSED_MESSAGE);
	e = expect_event(TEE_EVENT_END, OPTEE_MSG_OPEN_SESSION);
	e->result = TEEC_ERROR_BAD_PARAMETERS;
	e->origin = TEEC_ORIGIN_COMMS;
	expect_events(n);
	expect_opened(g, 2, 1);
	expect_opened(g, 3, 2);
	expect_opened(g, 6, 3);
}

static void a_request_is_traced(void **state)
{
	struct guest *g = &guests[0];
	struct tee_event *e;
	uint32_t n = fake.logged;

	(void)state;
	(void)guest_invoke(g, MODEL_LOAD, 0);
	e = expect_event(TEE_EVENT_CALL, OPTEE_MSG_INVOKE_COMMAND);
	e->function = MODEL_LOAD;
	e->params = 1;
	e->types[0] = OPTEE_MSG_ATTR_VALUE_INOUT;
	e = expect_event(TEE_EVENT_REQUEST, OPTEE_RPC_LOAD_TA);
	e->params = 2;
	e->types[0] = OPTEE_MSG_ATTR_VALUE_INPUT;
	e->types[1] = OPTEE_MSG_ATTR_TMEM_OUTPUT;
	(void)expect_event(TEE_EVENT_REPLY, OPTEE_RPC_LOAD_TA);
	e = expect_event(TEE_EVENT_END, OPTEE_MSG_INVOKE_COMMAND);
	e->origin = TEEC_ORIGIN_COMMS;
	expect_events(n);
}

/* The second of two calls at once, refused by the TEE with a code; and the first, meanwhile. */
static void calls_at_once_are_told_apart(void **state)
{
	struct guest *g = &guests[0];
	uint64_t first[18];
	struct tee_event *e;
	uint32_t n;

	(void)state;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	memcpy(first, g->regs, sizeof(first));
	n = fake.logged;
	message_at(g, IPA(2))->h = (struct optee_msg_header){.cmd = OPTEE_MSG_CANCEL};
	model.fail_next = OPTEE_SMC_ENOMEM;
	(void)guest_call_at(g, IPA(2));
	e = expect_event(TEE_EVENT_CALL, OPTEE_MSG_CANCEL);
	e->call = 1;
	e = expect_event(TEE_EVENT_END, OPTEE_MSG_CANCEL);
	e->call = 1;
	e->function = OPTEE_SMC_ENOMEM;
	expect_events(n);
	memcpy(g->regs, first, sizeof(first));
	g->hold = false;
	n = fake.logged;
	g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	message_at(g, IPA(PAGE_ARG) + 64)->h.ret = TEEC_ERROR_BUSY;
	assert_int_equal(smc(g), OPTEE_SMC_OK);
	e = expect_event(TEE_EVENT_REPLY, OPTEE_RPC_GET_TIME);
	e->result = TEEC_ERROR_BUSY;
	e = expect_event(TEE_EVENT_END, OPTEE_MSG_INVOKE_COMMAND);
	e->result = TEEC_ERROR_BUSY;
	e->origin = TEEC_ORIGIN_COMMS;
	expect_events(n);
}

/* A host that does not want to be told. */
static void a_port_need_not_have_a_trace(void **state)
{
	struct tee_port quiet = fake_port;
	struct guest *g = &guests[0];
	uint32_t n;

	(void)state;
	quiet.trace = NULL;
	second_port(&quiet);
	second_begin(false);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	n = fake.logged;
	(void)guest_invoke(g, MODEL_FS, 100);
	(void)smc4(g, 0xb20000ffu, 0, 0, 0);
	leaves_state = true;
	model.fail_next = 0x1234;
	(void)guest_invoke(g, MODEL_ADD, 1);
	assert_int_equal(fake.logged, n);
	second_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST_NO_WINDOW(fast_calls_answer_what_is_defined_and_keep_the_rest),
		MEDIATOR_TEST_NO_WINDOW(and_with_notifications),
		MEDIATOR_TEST_NO_WINDOW(without_the_ability_the_interrupt_is_not_claimed),
		MEDIATOR_TEST_NO_WINDOW(a_notification_must_be_valid),
		MEDIATOR_TEST(an_invoke_is_traced),
		MEDIATOR_TEST(an_open_is_traced),
		MEDIATOR_TEST(a_request_is_traced),
		MEDIATOR_TEST(calls_at_once_are_told_apart),
		MEDIATOR_TEST_NO_WINDOW(a_port_need_not_have_a_trace),
	};

	return cmocka_run_group_tests_name("optee_answers", tests, NULL, NULL);
}
