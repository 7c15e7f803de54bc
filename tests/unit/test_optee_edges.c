/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The edges of where a message lies and how long it is: the last offset and the last parameter
 * that fit, a message in any page of a large buffer, a read that fails in its second part.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE 0xffff888800001000ull

static const uint64_t meta = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;

/* OPEN_SESSION with all six parameters there can be, the last of them a value to be answered. */
static void open_message(struct message *m)
{
	memset(m, 0, 32 + 6 * 32 + 160);
	m->h.cmd = OPTEE_MSG_OPEN_SESSION;
	m->h.num_params = 6;
	m->p[0].attr = m->p[1].attr = meta;
	for (uint32_t i = 2; i < 6; i++)
		m->p[i] = rmem(OPTEE_MSG_ATTR_VALUE_INOUT, i, 2 * i, 3 * i);
}

static void close_session(struct guest *g, uint32_t session)
{
	message(g, OPTEE_MSG_CLOSE_SESSION, 0)->h.session = session;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(message_at(g, IPA(PAGE_ARG))->h.ret, TEEC_SUCCESS);
}

static void a_message_whose_second_part_cannot_be_read_is_refused(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	open_message(message_at(g, IPA(PAGE_ARG)));
	fake.fail.read = 2;
	assert_int_equal(guest_call(g), OPTEE_SMC_EBADADDR);
	assert_int_equal(fake.fail.read, 0);
	expect_baseline(g);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	close_session(g, message_at(g, IPA(PAGE_ARG))->h.session);
}

/* In a registered buffer, `room` bytes before its end. */
static uint32_t open_at_end(struct guest *g, uint64_t room)
{
	uint64_t offset = 2 * PAGE_SIZE - room;
	struct message *m = message_at(g, IPA(PAGE_ARG) + offset);

	open_message(message_at(g, IPA(PAGE_ARG + 4)));
	memcpy(m, fake_ram(g->host, IPA(PAGE_ARG + 4)), room);
	return smc4(g, OPTEE_SMC_CALL_WITH_REGD_ARG, COOKIE_ARGS >> 32, (uint32_t)COOKIE_ARGS,
		    offset);
}

static void the_longest_message_fits_exactly_at_the_end_of_its_buffer(void **state)
{
	const uint64_t room = 32 + 6 * 32 + 160;
	struct guest *g = &guests[0];

	(void)state;
	guest_register_args(g);
	assert_int_equal(open_at_end(g, room), OPTEE_SMC_OK);
	assert_int_equal(message_at(g, IPA(PAGE_ARG + 2) - room)->h.ret, TEEC_SUCCESS);
	close_session(g, 1);
	assert_int_equal(open_at_end(g, room + 8), OPTEE_SMC_OK);
	close_session(g, 2);
	for (uint64_t less = 8; less <= room - 32; less += 8)
		assert_int_equal(open_at_end(g, room - less), OPTEE_SMC_EBADADDR);
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_SUCCESS);
	expect_baseline(g);
}

/* Across two pages, wherever it is cut. */
static void the_longest_message_may_lie_across_two_pages(void **state)
{
	const uint64_t size = 32 + 6 * 32 + 160;
	struct guest *g = &guests[0];

	(void)state;
	guest_register_args(g);
	for (uint64_t room = PAGE_SIZE + 8; room < PAGE_SIZE + size; room += 8) {
		struct message *m = message_at(g, IPA(PAGE_ARG + 2) - room);

		assert_int_equal(open_at_end(g, room), OPTEE_SMC_OK);
		assert_int_equal(m->h.ret, TEEC_SUCCESS);
		assert_int_equal(m->p[5].value.c, 15);
		close_session(g, m->h.session);
	}
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_SUCCESS);
	expect_baseline(g);
}

static uint64_t read_up_to;

static void note_read(struct tee_host_vm *vm, uint64_t ipa, size_t size)
{
	(void)vm;
	if (ipa + size > read_up_to)
		read_up_to = ipa + size;
}

/* Six parameters are all that a record has room for. */
static void no_more_of_a_message_is_read_than_can_be_meant(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->host->on_read = note_read;
	for (uint32_t n = 0; n < 128; n++) {
		read_up_to = 0;
		(void)message(g, OPTEE_MSG_INVOKE_COMMAND, n);
		(void)smc4(g, OPTEE_SMC_CALL_WITH_ARG, 0, IPA(PAGE_ARG), 1);
		assert_in_range(read_up_to, IPA(PAGE_ARG) + 160, IPA(PAGE_ARG) + 32 + 6 * 32);
	}
	g->host->on_read = NULL;
}

static void null_references_of_each_kind_pass(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	for (uint64_t attr = OPTEE_MSG_ATTR_TMEM_INPUT; attr <= OPTEE_MSG_ATTR_TMEM_INOUT; attr++) {
		m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);
		m->h.func = MODEL_SHORT;
		m->p[0] = rmem(attr, 0, 7, 0);
		assert_int_equal(guest_call(g), OPTEE_SMC_OK);
		assert_int_equal(m->h.ret, 0xffff0010);
		assert_int_equal(m->p[0].tmem.size, attr == OPTEE_MSG_ATTR_TMEM_INPUT ? 7 : 10000);
	}
}

/* 35 chunks of 15 frames, so as not to hold the CPU for more than about 511 pages. */
static void pages_are_given_back_525_at_a_time(void **state)
{
	static const uint32_t pages[] = {524, 525, 526, 1050, 1051};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(pages); i++) {
		assert_int_equal(guest_register(g, COOKIE, 0, (uint64_t)pages[i] * PAGE_SIZE),
				 TEEC_SUCCESS);
		fake.yield = true;
		g->interrupts = 0;
		assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
		assert_int_equal(g->interrupts, (pages[i] - 1) / 525);
		fake.yield = false;
	}
}

/* With each number of parameters: as far back as it must be, and 8 bytes less. */
static void a_message_needs_room_for_its_parameters_and_a_request_area(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	guest_register_args(g);
	for (uint32_t n = 0; n <= 4; n++)
		for (uint64_t more = 0; more < 2; more++) {
			uint64_t offset = 2 * PAGE_SIZE - 32 - n * 32 - 160 + 8 * more;
			struct message *m = message_at(g, IPA(PAGE_ARG) + offset);

			m->h = (struct optee_msg_header){.cmd = OPTEE_MSG_INVOKE_COMMAND,
							 .num_params = n};
			memset(m->p, 0, n * 32);
			assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_REGD_ARG, COOKIE_ARGS >> 32,
					      (uint32_t)COOKIE_ARGS, offset),
					 more ? OPTEE_SMC_EBADADDR : OPTEE_SMC_OK);
		}
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_SUCCESS);
}

/* A buffer's size need not be a multiple of 8: one byte less than must be is too little. */
static void one_byte_less_is_too_little(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint64_t size = 32 + 160 - 1; size <= 32 + 160; size++) {
		assert_int_equal(guest_register(g, COOKIE, 0, size), TEEC_SUCCESS);
		message_at(g, IPA(PAGE_DATA))->h =
			(struct optee_msg_header){.cmd = OPTEE_MSG_CANCEL};
		assert_int_equal(
			smc4(g, OPTEE_SMC_CALL_WITH_REGD_ARG, COOKIE >> 32, (uint32_t)COOKIE, 0),
			size == 32 + 160 ? OPTEE_SMC_OK : OPTEE_SMC_EBADADDR);
		assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
		assert_int_equal(guest_register(g, COOKIE, 0, size + 32), TEEC_SUCCESS);
		message_at(g, IPA(PAGE_DATA))->h =
			(struct optee_msg_header){.cmd = OPTEE_MSG_INVOKE_COMMAND, .num_params = 1};
		message_at(g, IPA(PAGE_DATA))->p[0].attr = OPTEE_MSG_ATTR_NONE;
		assert_int_equal(
			smc4(g, OPTEE_SMC_CALL_WITH_REGD_ARG, COOKIE >> 32, (uint32_t)COOKIE, 0),
			size == 32 + 160 ? OPTEE_SMC_OK : OPTEE_SMC_EBADADDR);
		assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	}
}

/* The audit wants it 0 in what the TEE sees. */
static void padding_does_not_pass(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_CANCEL, 0);

	(void)state;
	m->h.pad = UINT32_MAX;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
}

static void refuse_to_close(struct model_thread *t)
{
	if (t->arg->cmd == OPTEE_MSG_CLOSE_SESSION)
		t->arg->ret = TEEC_ERROR_BUSY;
}

static void a_session_that_the_tee_does_not_close_stays_charged(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	open_message(message_at(g, IPA(PAGE_ARG)));
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	model.before_return = refuse_to_close;
	message(g, OPTEE_MSG_CLOSE_SESSION, 0)->h.session = 1;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(message_at(g, IPA(PAGE_ARG))->h.ret, TEEC_ERROR_BUSY);
	assert_int_equal(g->tee->used.sessions, 1);
	model.before_return = NULL;
	close_session(g, 1);
	expect_baseline(g);
}

/* A page holds 32 + 32 n bytes up to n = 127, which is the most there can be. */
static void a_page_holds_127_parameters(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t n = 120; n < 140; n++) {
		message(g, OPTEE_MSG_INVOKE_COMMAND, n < 127 ? n : 127)->h.num_params = n;
		assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_ARG, 0, IPA(PAGE_ARG), 1),
				 n <= 127 ? OPTEE_SMC_OK : OPTEE_SMC_EBADADDR);
	}
}

static void call_in_page(struct guest *g, uint32_t page, uint64_t in_page)
{
	uint64_t offset = (uint64_t)page * PAGE_SIZE + in_page;
	struct message *m = message_at(g, IPA(PAGE_DATA) + offset);

	memset(m, 0, 32 + 32 + 160);
	m->h.cmd = OPTEE_MSG_INVOKE_COMMAND;
	m->h.func = MODEL_ADD;
	m->h.num_params = 1;
	m->p[0] = rmem(OPTEE_MSG_ATTR_VALUE_INOUT, 1000 + page, 0, 0);
	assert_int_equal(
		smc4(g, OPTEE_SMC_CALL_WITH_REGD_ARG, COOKIE >> 32, (uint32_t)COOKIE, offset),
		OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	assert_int_equal(m->p[0].value.a, 1001 + page);
}

/* Four page frames are kept in a buffer's record, of more in chunks of 15. */
static void a_message_may_lie_in_any_page_of_a_large_buffer(void **state)
{
	static const uint32_t sizes[] = {1, 2, 3, 4, 5, 6, 14, 15, 16, 17, 29, 30, 31, 32, 46, 100};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(guest_register(g, COOKIE, 0, (uint64_t)sizes[i] * PAGE_SIZE),
				 TEEC_SUCCESS);
		for (uint32_t page = 0; page < sizes[i]; page++) {
			call_in_page(g, page, 8 * page);
			if (page + 1 < sizes[i])
				call_in_page(g, page, PAGE_SIZE - 40); /* and into the next */
		}
		assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
		expect_baseline(g);
	}
}

static void a_call_in_a_buffer_that_is_not_live_is_refused(void **state)
{
	struct guest *g = &guests[0];
	uint64_t call[18];

	(void)state;
	fake.yield = true;
	g->hold = true;
	(void)guest_register(g, COOKIE, 0, 1500 * PAGE_SIZE);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
	memcpy(call, g->regs, sizeof(call));
	assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_REGD_ARG, COOKIE >> 32, (uint32_t)COOKIE, 0),
			 OPTEE_SMC_EBADADDR);
	memcpy(g->regs, call, sizeof(call));
	g->hold = false;
	assert_int_equal(guest_go_on(g), OPTEE_SMC_OK);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

static void unregister_names_a_buffer_by_any_kind_of_reference(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint64_t attr = 0; attr < 0x10; attr++) {
		bool good = attr >= OPTEE_MSG_ATTR_RMEM_INPUT && attr <= OPTEE_MSG_ATTR_RMEM_INOUT;

		assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
		message(g, OPTEE_MSG_UNREGISTER_SHM, 1)->p[0] = rmem(attr, 0, 0, COOKIE);
		assert_int_equal(guest_call(g), OPTEE_SMC_OK);
		assert_int_equal(message_at(g, IPA(PAGE_ARG))->h.ret,
				 good ? TEEC_SUCCESS : TEEC_ERROR_BAD_PARAMETERS);
		if (!good)
			assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
		expect_baseline(g);
	}
}

/* Each of the codes by which the TEE refuses a call, before and after the call had begun. */
static void a_refusal_of_the_tee_is_one_only_at_the_start(void **state)
{
	static const uint32_t codes[] = {OPTEE_SMC_ETHREAD_LIMIT, OPTEE_SMC_ENOMEM,
					 OPTEE_SMC_EBADADDR, OPTEE_SMC_EBADCMD};
	struct guest *g = &guests[0];

	(void)state;
	leaves_state = true;
	for (uint32_t i = 0; i < ARRAY_SIZE(codes); i++) {
		model.fail_next = codes[i];
		(void)guest_invoke(g, MODEL_ADD, 0);
		assert_int_equal(g->regs[0], i == 0 ? OPTEE_SMC_OK : codes[i]);
		expect_works(g);
		model.fail_resume = codes[i];
		(void)guest_invoke(g, MODEL_TIME, 0);
		assert_int_equal(g->regs[0], OPTEE_SMC_ENOTAVAIL);
		assert_true(g->tee->dead);
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST(a_message_whose_second_part_cannot_be_read_is_refused),
		MEDIATOR_TEST(the_longest_message_fits_exactly_at_the_end_of_its_buffer),
		MEDIATOR_TEST(the_longest_message_may_lie_across_two_pages),
		MEDIATOR_TEST(no_more_of_a_message_is_read_than_can_be_meant),
		MEDIATOR_TEST(null_references_of_each_kind_pass),
		MEDIATOR_TEST(pages_are_given_back_525_at_a_time),
		MEDIATOR_TEST(a_message_needs_room_for_its_parameters_and_a_request_area),
		MEDIATOR_TEST(one_byte_less_is_too_little),
		MEDIATOR_TEST(padding_does_not_pass),
		MEDIATOR_TEST(a_session_that_the_tee_does_not_close_stays_charged),
		MEDIATOR_TEST(a_page_holds_127_parameters),
		MEDIATOR_TEST(a_message_may_lie_in_any_page_of_a_large_buffer),
		MEDIATOR_TEST(a_call_in_a_buffer_that_is_not_live_is_refused),
		MEDIATOR_TEST(unregister_names_a_buffer_by_any_kind_of_reference),
		MEDIATOR_TEST(a_refusal_of_the_tee_is_one_only_at_the_start),
	};

	return cmocka_run_group_tests_name("optee_edges", tests, NULL, NULL);
}
