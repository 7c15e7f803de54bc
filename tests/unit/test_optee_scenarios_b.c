/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Group B of the hostile scenarios, what test_optee_argument.c leaves out: every place a message
 * must not lie, a message changed under every command and style, and pages that are two things at
 * once.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE 0xffff888800002000ull

static const uint32_t styles[] = {OPTEE_SMC_CALL_WITH_ARG, OPTEE_SMC_CALL_WITH_RPC_ARG,
				  OPTEE_SMC_CALL_WITH_REGD_ARG};

static void a_message_in_anothers_memory_is_refused(void **state)
{
	struct guest *g = &guests[0];
	const uint64_t bad[] = {
		fake_pa(guests[1].host, IPA(PAGE_ARG)),
		fake_pa(g->host, IPA(PAGE_ARG)),
		FAKE_WINDOW_PA,
		FAKE_HOST_PA,
		0x0e100000, /* secure memory of the virt board */
		FAKE_MMIO_IPA,
		0x08000000, /* the GIC */
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		uint32_t smcs = fake.smcs;

		assert_int_equal(
			smc4(g, OPTEE_SMC_CALL_WITH_RPC_ARG, bad[i] >> 32, (uint32_t)bad[i], 1),
			OPTEE_SMC_EBADADDR);
		assert_int_equal(
			smc4(g, OPTEE_SMC_CALL_WITH_ARG, bad[i] >> 32, (uint32_t)bad[i], 1),
			OPTEE_SMC_EBADADDR);
		assert_int_equal(fake.smcs, smcs);
	}
}

/* The call runs, since it can be read; its answer has no place and is written nowhere. */
static void a_message_that_only_can_be_read_is_not_written(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);
	struct message before;

	(void)state;
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
	m->h.ret = 0x1234;
	g->host->access[PAGE_ARG] = FAKE_RO;
	memcpy(&before, m, 64);
	(void)guest_call(g);
	assert_memory_equal(m, &before, 64);
	g->host->access[PAGE_ARG] = FAKE_RW;
	expect_works(g);
}

static void the_guests_cache_attribute_is_its_own_affair(void **state)
{
	static const uint64_t values[] = {0, 2, 7, 0xffffffff, UINT64_MAX};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(values); i++) {
		message(g, OPTEE_MSG_CANCEL, 0);
		assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(PAGE_ARG), values[i]),
				 OPTEE_SMC_OK); /* the TEE hears "cached": smc_audit.c */
	}
}

/* What the TEE saw of the last call. */
static struct message seen;

static void remember(struct model_thread *t)
{
	memcpy(&seen, t->arg, 32 + 32 * t->arg->num_params);
}

/* Another vCPU: what was read is different right after. */
static void scramble(struct tee_host_vm *vm, uint64_t ipa, size_t size)
{
	memset(fake_ram(vm, ipa), 0xff, size);
}

static void write_command(struct guest *g, uint32_t cmd)
{
	static const uint32_t params[] = {6, 4, 0, 0, 1, 1};
	struct message *m = message(g, cmd, params[cmd]);

	m->h.func = MODEL_ADD;
	if (cmd == OPTEE_MSG_CLOSE_SESSION)
		m->h.session = model_guest_of(g->host)->sessions; /* the last opened */
	for (uint32_t i = 0; i < params[cmd]; i++) {
		m->p[i].attr = OPTEE_MSG_ATTR_VALUE_INPUT;
		m->p[i].value.a = 100 + i;
	}
	if (cmd == OPTEE_MSG_OPEN_SESSION) {
		m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
		m->p[1].value.c = TEEC_LOGIN_USER;
	} else if (cmd == OPTEE_MSG_INVOKE_COMMAND) {
		m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 8, 16, COOKIE);
	} else if (cmd == OPTEE_MSG_REGISTER_SHM) {
		fill_list(g, IPA(PAGE_LIST), PAGE_DATA, 2);
		m->p[0] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG,
			       IPA(PAGE_LIST), 2 * PAGE_SIZE, COOKIE + 1);
	} else if (cmd == OPTEE_MSG_UNREGISTER_SHM) {
		m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 0, COOKIE + 1);
	}
}

static void expect_seen_as_written(uint32_t cmd)
{
	assert_int_equal(seen.h.cmd, cmd);
	if (cmd == OPTEE_MSG_OPEN_SESSION) {
		assert_int_equal(seen.p[0].value.a, 100); /* the UUID */
		assert_int_equal(seen.p[1].value.c, TEEC_LOGIN_USER);
		assert_int_equal(seen.p[5].value.a, 105);
	} else if (cmd == OPTEE_MSG_INVOKE_COMMAND) {
		assert_int_equal(seen.h.func, MODEL_ADD);
		assert_int_equal(seen.h.num_params, 4);
		assert_int_equal(seen.p[0].rmem.size, 16);
		assert_int_equal(seen.p[3].value.a, 103);
	} else if (cmd == OPTEE_MSG_REGISTER_SHM) {
		assert_int_equal(seen.p[0].tmem.size, 2 * PAGE_SIZE);
	}
}

static void no_command_of_any_style_is_read_twice(void **state)
{
	static const uint32_t order[] = {OPTEE_MSG_OPEN_SESSION,  OPTEE_MSG_INVOKE_COMMAND,
					 OPTEE_MSG_CLOSE_SESSION, OPTEE_MSG_CANCEL,
					 OPTEE_MSG_REGISTER_SHM,  OPTEE_MSG_UNREGISTER_SHM};
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, PAGE_SIZE), TEEC_SUCCESS);
	guest_register_args(g);
	model.before_return = remember;
	for (uint32_t s = 0; s < ARRAY_SIZE(styles); s++) {
		for (uint32_t i = 0; i < ARRAY_SIZE(order); i++) {
			g->style = styles[s];
			write_command(g, order[i]);
			g->host->on_read = scramble;
			assert_int_equal(guest_call(g), OPTEE_SMC_OK);
			g->host->on_read = NULL;
			expect_seen_as_written(order[i]);
		}
	}
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

/* Message and request area both, while the TEE waits for an answer. */
static void lose_page(struct guest *g, struct message *rpc)
{
	rpc->h.ret = TEEC_SUCCESS;
	g->host->access[PAGE_ARG] = FAKE_NONE;
}

static void a_page_given_away_while_the_tee_waits_is_not_written(void **state)
{
	struct guest *g = &guests[0];
	uint8_t before[512];

	(void)state;
	g->on_command = lose_page;
	for (uint32_t func = MODEL_TIME; func <= MODEL_LOAD; func++) {
		(void)guest_invoke(g, func, 4096);
		assert_int_equal(g->regs[0], OPTEE_SMC_OK);
		memcpy(before, fake_ram(g->host, IPA(PAGE_ARG)), sizeof(before));
		assert_int_not_equal(message_at(g, IPA(PAGE_ARG))->h.ret_origin, 4);
		g->host->access[PAGE_ARG] = FAKE_RW;
		expect_baseline(g);
	}
	expect_works(g);
}

/* The second vCPU calls with the same page while the first one's call is in the TEE. */
static uint32_t inner_answer, inner_ret;

static uint32_t call_inside(struct model_thread *t)
{
	struct guest other = guests[0];
	struct message *m = message(&other, OPTEE_MSG_INVOKE_COMMAND, 1);

	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
	m->p[0].value.a = 10;
	inner_answer = smc4(&other, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(PAGE_ARG), 1);
	inner_ret = (uint32_t)m->p[0].value.a;
	t->params[0].value.a += 1000;
	t->arg->ret = TEEC_SUCCESS;
	return OPTEE_SMC_OK;
}

static void two_vcpus_with_one_page_get_an_answer_each(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.program = call_inside;
	assert_int_equal(guest_invoke(g, MODEL_TEST, 77), TEEC_SUCCESS);
	assert_int_equal(inner_answer, OPTEE_SMC_OK);
	assert_int_equal(inner_ret, 11);
	assert_int_equal(message_at(g, IPA(PAGE_ARG))->p[0].value.a, 1077);
}

/* An old-style buffer for requests, placed anywhere on the message's own page. */
static void the_request_buffer_may_be_the_message(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	g->hold = true;
	for (uint32_t at = 0; at <= 256; at += 8) {
		struct message *rpc = message_at(g, IPA(PAGE_ARG) + at);

		(void)guest_invoke(g, MODEL_TIME, 0);
		assert_int_equal(g->regs[0], OPTEE_SMC_RPC_ALLOC);
		g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		g->regs[1] = 0;
		g->regs[2] = IPA(PAGE_ARG) + at;
		g->regs[4] = 0;
		g->regs[5] = 0x55;
		assert_int_equal(smc(g), OPTEE_SMC_RPC_CMD);
		rpc->h.ret = TEEC_SUCCESS;
		rpc->p[0].value.a = 111;
		g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		assert_int_equal(smc(g), OPTEE_SMC_RPC_FREE);
		g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		assert_int_equal(smc(g), OPTEE_SMC_OK);
		assert_int_equal(message_at(g, IPA(PAGE_ARG))->h.ret, TEEC_SUCCESS);
		assert_int_equal(message_at(g, IPA(PAGE_ARG))->p[0].value.a, 111);
	}
}

/* Message, data and page list in one page: the list's entry is what the message's end holds. */
static void a_buffer_may_hold_its_own_message_and_list(void **state)
{
	struct guest *g = &guests[0];
	uint64_t *list = fake_ram(g->host, IPA(PAGE_ARG));
	struct message *m;

	(void)state;
	for (uint32_t i = 0; i < 511; i++)
		list[i] = IPA(PAGE_ARG); /* as a message: cmd 0x40000000 ... */
	list[511] = IPA(PAGE_ARG);
	m = message_at(g, IPA(1));
	memset(m, 0, 64);
	m->h.cmd = OPTEE_MSG_REGISTER_SHM;
	m->h.num_params = 1;
	m->p[0] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG, IPA(PAGE_ARG),
		       PAGE_SIZE, COOKIE);
	assert_int_equal(guest_call_at(g, IPA(1)), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	/* The TEE writes its data where the message lies; results come last. */
	m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, PAGE_SIZE, COOKIE);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	assert_int_equal(m->h.cmd, OPTEE_MSG_INVOKE_COMMAND);
	assert_int_equal(m->h.num_params, 1);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

/* SHM_ALLOC answered with the request area itself as list page: its words are no page addresses. */
static void answer_with_itself(struct guest *g, struct message *rpc)
{
	(void)g;
	rpc->h.ret = TEEC_SUCCESS;
	if (rpc->h.cmd != OPTEE_RPC_SHM_ALLOC)
		return;
	rpc->p[0] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG, IPA(PAGE_ARG),
			 PAGE_SIZE, 0x99);
}

static void memory_for_the_tee_may_not_be_its_own_list(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->on_command = answer_with_itself;
	assert_int_equal(guest_invoke(g, MODEL_FS, 100), TEEC_ERROR_OUT_OF_MEMORY);
	expect_baseline(g);
}

static uint32_t regd_answer;
static uint64_t regd_cookie;

static uint32_t call_registered(struct guest *g, uint64_t cookie)
{
	struct guest other = *g;

	return smc4(&other, OPTEE_SMC_CALL_WITH_REGD_ARG, cookie >> 32, (uint32_t)cookie, 0);
}

static void call_in_memory_of_the_tee(struct guest *g, struct message *rpc)
{
	if (rpc->h.cmd == OPTEE_RPC_FS)
		regd_answer = call_registered(g, 0xa110c);
	rpc->h.ret = 0;
	if (rpc->h.cmd != OPTEE_RPC_SHM_ALLOC)
		return;
	fill_list(g, IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, 1);
	rpc->p[0] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG,
			 IPA(PAGE_ALLOC_LIST), PAGE_SIZE, 0xa110c);
}

static void call_while_unregistering(struct model_thread *t)
{
	if (t->arg->cmd == OPTEE_MSG_UNREGISTER_SHM)
		regd_answer = call_registered(&guests[0], regd_cookie);
}

static void a_message_lies_in_no_other_kind_of_buffer(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->on_command = call_in_memory_of_the_tee;
	assert_int_equal(guest_invoke(g, MODEL_FS, 100), TEEC_SUCCESS);
	assert_int_equal(regd_answer, OPTEE_SMC_EBADADDR);
	g->on_command = NULL;

	guest_register_args(g);
	regd_cookie = COOKIE_ARGS;
	regd_answer = 0;
	model.before_return = call_while_unregistering;
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_SUCCESS);
	assert_int_equal(regd_answer, OPTEE_SMC_EBADADDR);

	g->style = OPTEE_SMC_CALL_WITH_ARG;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	guest_serve(g); /* gives buffer 0xb0000feed for requests */
	assert_int_equal(smc(g), OPTEE_SMC_RPC_CMD);
	assert_int_equal(call_registered(g, 0xb0000feed), OPTEE_SMC_EBADADDR);
	g->hold = false;
	assert_int_equal(guest_go_on(g), OPTEE_SMC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_message_in_anothers_memory_is_refused, 17, 18),
		SCENARIO(a_message_that_only_can_be_read_is_not_written, 18),
		SCENARIO(the_guests_cache_attribute_is_its_own_affair, 19),
		SCENARIO(no_command_of_any_style_is_read_twice, 22, 35),
		SCENARIO(a_page_given_away_while_the_tee_waits_is_not_written, 24, 61),
		SCENARIO(two_vcpus_with_one_page_get_an_answer_each, 25),
		SCENARIO(the_request_buffer_may_be_the_message, 26),
		SCENARIO(a_buffer_may_hold_its_own_message_and_list, 26),
		SCENARIO(memory_for_the_tee_may_not_be_its_own_list, 26, 58),
		SCENARIO(a_message_lies_in_no_other_kind_of_buffer, 27),
	};

	return cmocka_run_group_tests_name("optee_scenarios_b", tests, NULL, NULL);
}
