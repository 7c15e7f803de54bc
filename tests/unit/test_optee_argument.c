/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a call's message may lie: scenarios 16 to 27 (group B). 19 (cache attributes) is the
 * stage 2's: the mediator reads through the host.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

static uint32_t call_address(struct guest *g, uint32_t function, uint64_t address)
{
	return smc4(g, function, address >> 32, (uint32_t)address, 1);
}

/* Refused by register, and the TEE not entered. */
static void expect_bad_address(struct guest *g, uint64_t address)
{
	uint32_t smcs = fake.smcs;

	message(g, OPTEE_MSG_CANCEL, 0);
	assert_int_equal(call_address(g, OPTEE_SMC_CALL_WITH_ARG, address), OPTEE_SMC_EBADADDR);
	assert_int_equal(call_address(g, OPTEE_SMC_CALL_WITH_RPC_ARG, address), OPTEE_SMC_EBADADDR);
	assert_int_equal(fake.smcs, smcs);
}

static void an_unaligned_argument_page_is_refused(void **state)
{
	(void)state;
	expect_bad_address(&guests[0], IPA(PAGE_ARG) + 1);
	expect_bad_address(&guests[0], IPA(PAGE_ARG) + 8);
	expect_bad_address(&guests[0], IPA(PAGE_ARG) + 0xff8);
}

static void an_argument_page_that_is_not_the_guests_memory_is_refused(void **state)
{
	static const uint64_t bad[] = {0,
				       FAKE_MMIO_IPA,
				       IPA(FAKE_RAM_PAGES),
				       0x0000800000000000ull,
				       0xfffffffffffff000ull,
				       0xffffffff00000000ull + FAKE_RAM_IPA,
				       FAKE_WINDOW_PA + 0x100000000ull,
				       FAKE_HOST_PA};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++)
		expect_bad_address(&guests[0], bad[i]);
	guests[0].host->access[5] = FAKE_NONE;
	expect_bad_address(&guests[0], IPA(5));
	assert_true(guests[0].tee->count.refusals[TEE_REFUSED_ADDRESS] > 0);
}

static void too_many_parameters_are_refused_by_register_or_message(void **state)
{
	static const uint32_t wild[] = {128, 0xffffffff, 0x08000000, 0x07ffffff, 0x80000000};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(wild); i++) {
		message(g, OPTEE_MSG_INVOKE_COMMAND, 0)->h.num_params = wild[i];
		assert_int_equal(call_address(g, OPTEE_SMC_CALL_WITH_ARG, IPA(PAGE_ARG)),
				 OPTEE_SMC_EBADADDR);
	}
	message(g, OPTEE_MSG_INVOKE_COMMAND, 127);
	assert_int_equal(call_address(g, OPTEE_SMC_CALL_WITH_ARG, IPA(PAGE_ARG)), OPTEE_SMC_OK);
	assert_int_equal(message_at(g, IPA(PAGE_ARG))->h.ret, TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(message_at(g, IPA(PAGE_ARG))->h.ret_origin, TEEC_ORIGIN_COMMS);
}

/* 32 + 32 n + 160 bytes fit in a page up to n = 122 */
static void a_request_area_across_the_end_of_the_page_is_refused(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	message(g, OPTEE_MSG_INVOKE_COMMAND, 122);
	assert_int_equal(call_address(g, OPTEE_SMC_CALL_WITH_RPC_ARG, IPA(PAGE_ARG)), OPTEE_SMC_OK);
	message(g, OPTEE_MSG_INVOKE_COMMAND, 123);
	assert_int_equal(call_address(g, OPTEE_SMC_CALL_WITH_RPC_ARG, IPA(PAGE_ARG)),
			 OPTEE_SMC_EBADADDR);
}

/* Another vCPU rewrites the message after each read of ours */
static void scramble(struct tee_host_vm *vm, uint64_t ipa, size_t size)
{
	(void)size;
	memset(fake_ram(vm, ipa & ~PAGE_MASK), 0xff, 256);
}

static uint32_t seen_func;
static uint32_t seen_params;

static uint32_t record_program(struct model_thread *t)
{
	seen_func = t->arg->func;
	seen_params = t->arg->num_params;
	t->arg->ret = TEEC_SUCCESS;
	return OPTEE_SMC_OK;
}

static void a_message_changed_during_the_call_has_no_effect(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_INVOKE_COMMAND, 4);

	(void)state;
	model.program = record_program;
	m->h.func = MODEL_TEST;
	g->host->on_read = scramble;
	assert_int_equal(call_address(g, OPTEE_SMC_CALL_WITH_RPC_ARG, IPA(PAGE_ARG)), OPTEE_SMC_OK);
	assert_int_equal(seen_func, MODEL_TEST);
	assert_int_equal(seen_params, 4);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	assert_int_equal(m->h.num_params, 4); /* the header as it was copied */
}

static void a_long_message_is_read_once_byte_for_byte(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_OPEN_SESSION, 6);

	(void)state;
	m->p[0].attr = 0x101;
	m->p[1].attr = 0x101;
	m->p[5].attr = OPTEE_MSG_ATTR_VALUE_INPUT;
	g->host->reads = 0;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	assert_int_equal(g->host->reads, 2);
	m = message(g, OPTEE_MSG_CLOSE_SESSION, 0);
	m->h.session = 1;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
}

static void commands_that_do_not_exist_are_refused_by_register(void **state)
{
	static const uint32_t cmds[] = {6, 7, 8, 9, 10, 11, 0x80000000, 0xffffffff};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cmds); i++) {
		message(g, cmds[i], 0);
		assert_int_equal(guest_call(g), OPTEE_SMC_EBADCMD);
	}
}

static void take_page_away(struct model_thread *t)
{
	t->guest->vm->access[PAGE_ARG] = FAKE_NONE;
}

static void a_page_unmapped_during_the_call_ends_it_by_register_only(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);

	(void)state;
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
	m->h.ret = 0x12345678;
	model.before_return = take_page_away;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	model.before_return = NULL;
	assert_int_equal(m->h.ret, 0x12345678);
	g->host->access[PAGE_ARG] = FAKE_RW;
	expect_works(g);
}

/* Two calls on one message, the second while the first waits for a reply */
static void two_calls_on_one_page_do_not_disturb_each_other(void **state)
{
	struct guest *g = &guests[0];
	uint64_t first[18];

	(void)state;
	g->hold = true;
	(void)guest_invoke(g, MODEL_INTERRUPT, 0);
	fake.interrupts_returned = 1;
	(void)guest_invoke(g, MODEL_INTERRUPT, 1);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
	memcpy(first, g->regs, sizeof(first));
	g->hold = false;
	assert_int_equal(guest_invoke(g, MODEL_ADD, 1), TEEC_SUCCESS);
	memcpy(g->regs, first, sizeof(first));
	assert_int_equal(guest_go_on(g), OPTEE_SMC_OK);
	assert_int_equal(message_at(g, IPA(PAGE_ARG))->p[0].value.a, 0x600d);
}

static void a_list_page_that_is_its_own_argument_page_does_no_harm(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_REGISTER_SHM, 1);
	uint64_t *list = fake_ram(g->host, IPA(PAGE_ARG));

	(void)state;
	m->p[0].attr = OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG;
	m->p[0].tmem.address = IPA(PAGE_ARG);
	m->p[0].tmem.size = PAGE_SIZE;
	m->p[0].tmem.cookie = 7;
	/* the message's first word, as a list, names page 4 | 0 << 32 */
	assert_int_equal(list[0], OPTEE_MSG_REGISTER_SHM);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
}

static void registered_arguments_are_found_checked_and_held(void **state)
{
	struct guest *g = &guests[0];
	const uint64_t c = COOKIE_ARGS;
	const uint32_t f = OPTEE_SMC_CALL_WITH_REGD_ARG;

	(void)state;
	guest_register_args(g);
	g->style = f;
	assert_int_equal(guest_invoke(g, MODEL_ADD, 3), TEEC_SUCCESS);
	assert_int_equal(guest_invoke(g, MODEL_TIME, 3), TEEC_SUCCESS);
	assert_int_equal(message_at(g, IPA(PAGE_ARG))->p[0].value.a, 111);
	assert_int_equal(smc4(g, f, 0, 0x77, 0), OPTEE_SMC_EBADADDR);
	assert_int_equal(smc4(g, f, 0, 0, 0), OPTEE_SMC_EBADADDR);
	assert_int_equal(smc4(g, f, c >> 32, (uint32_t)c, 4), OPTEE_SMC_EBADADDR);
	assert_int_equal(smc4(g, f, c >> 32, (uint32_t)c, 8192), OPTEE_SMC_EBADADDR);
	assert_int_equal(smc4(g, f, c >> 32, (uint32_t)c, 8192 - 184), OPTEE_SMC_EBADADDR);
	assert_int_equal(smc4(g, f, c >> 32, (uint32_t)c, 0xfffffff8), OPTEE_SMC_EBADADDR);
	assert_int_equal(smc4(g, f, 1u << 31, 0, 0), OPTEE_SMC_EBADADDR); /* the arena's handle */
	message_at(g, IPA(PAGE_ARG) + 8192 - 192)->h = (struct optee_msg_header){.cmd = 3};
	assert_int_equal(smc4(g, f, c >> 32, (uint32_t)c, 8192 - 192), OPTEE_SMC_OK);
	message_at(g, IPA(PAGE_ARG) + 8192 - 192)->h =
		(struct optee_msg_header){.cmd = 1, .num_params = 1};
	assert_int_equal(smc4(g, f, c >> 32, (uint32_t)c, 8192 - 192), OPTEE_SMC_EBADADDR);
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_SUCCESS);
	assert_int_equal(smc4(g, f, c >> 32, (uint32_t)c, 0), OPTEE_SMC_EBADADDR);
	expect_baseline(g);
}

static void a_registered_argument_across_two_pages_works(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	guest_register_args(g);
	g->style = OPTEE_SMC_CALL_WITH_REGD_ARG;
	for (uint64_t at = 4096 - 280; at < 4096 + 8; at += 8) {
		m = message_at(g, IPA(PAGE_ARG) + at);
		memset(m, 0, 512);
		m->h.cmd = OPTEE_MSG_INVOKE_COMMAND;
		m->h.func = MODEL_TIME;
		m->h.num_params = 4;
		m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
		assert_int_equal(guest_call_at(g, IPA(PAGE_ARG) + at), OPTEE_SMC_OK);
		assert_int_equal(m->h.ret, TEEC_SUCCESS);
		assert_int_equal(m->p[0].value.b, 222);
	}
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_SUCCESS);
}

/* The argument's buffer is unregistered while a call that lies in it runs */
static void an_unregistered_argument_stays_pinned_until_its_call_ends(void **state)
{
	struct guest *g = &guests[0];
	uint64_t call[18];

	(void)state;
	guest_register_args(g);
	g->style = OPTEE_SMC_CALL_WITH_REGD_ARG;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_CMD);
	memcpy(call, g->regs, sizeof(call));
	g->hold = false;
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	memcpy(fake_ram(g->host, IPA(4)), fake_ram(g->host, IPA(PAGE_ARG)), 512);
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 2);
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_ERROR_BAD_PARAMETERS);
	memcpy(g->regs, call, sizeof(call));
	message_at(g, IPA(PAGE_ARG) + 64)->h.ret = 0;
	g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	assert_int_equal(smc(g), OPTEE_SMC_OK);
	expect_baseline(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(an_unaligned_argument_page_is_refused, 16),
		SCENARIO(an_argument_page_that_is_not_the_guests_memory_is_refused, 17, 18),
		SCENARIO(too_many_parameters_are_refused_by_register_or_message, 20),
		SCENARIO(a_request_area_across_the_end_of_the_page_is_refused, 21),
		SCENARIO(a_message_changed_during_the_call_has_no_effect, 22),
		MEDIATOR_TEST(a_long_message_is_read_once_byte_for_byte),
		SCENARIO(commands_that_do_not_exist_are_refused_by_register, 23),
		SCENARIO(a_page_unmapped_during_the_call_ends_it_by_register_only, 24),
		SCENARIO(two_calls_on_one_page_do_not_disturb_each_other, 25, 26),
		SCENARIO(a_list_page_that_is_its_own_argument_page_does_no_harm, 26),
		SCENARIO(registered_arguments_are_found_checked_and_held, 27),
		MEDIATOR_TEST(a_registered_argument_across_two_pages_works),
		SCENARIO(an_unregistered_argument_stays_pinned_until_its_call_ends, 27, 51),
	};

	return cmocka_run_group_tests_name("optee_argument", tests, NULL, NULL);
}
