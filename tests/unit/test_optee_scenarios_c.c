/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Group C of the hostile scenarios, what test_optee_param.c leaves out: parameters of OPEN_SESSION,
 * references into memory that the TEE asked for, sessions of another VM, and that nothing the TEE
 * sees depends on how a guest calls its buffers.
 */
#include "tests/unit/mediator_guest.h"
#include "tests/unit/smc_audit.h"
#include <string.h>

#define COOKIE	   0xffff888800001000ull
#define RPC_BUFFER 0xb0000feedull /* guest_serve's answer to RPC_ALLOC */

static struct message *open_message(struct guest *g, uint32_t params)
{
	struct message *m = message(g, OPTEE_MSG_OPEN_SESSION, params);

	m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	return m;
}

static uint32_t open_session(struct guest *g)
{
	struct message *m = open_message(g, 2);

	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	return m->h.session;
}

static uint32_t on_session(struct guest *g, uint32_t cmd, uint32_t session)
{
	struct message *m = message(g, cmd, 0);

	m->h.session = session;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	return m->h.ret;
}

/* The same refusals as of a command's parameters, for those of a session being opened. */
static void a_sessions_parameters_are_checked_like_a_commands(void **state)
{
	const struct optee_msg_param bad[] = {
		rmem(OPTEE_MSG_ATTR_TMEM_INPUT, IPA(PAGE_DATA), 4096, 0),
		rmem(OPTEE_MSG_ATTR_TMEM_INOUT | OPTEE_MSG_ATTR_NONCONTIG, IPA(PAGE_LIST), 4096, 1),
		rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG, 0, 4096, 1),
		rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1, 0),
		rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1, COOKIE + 1),
		rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1, BIT(63)),
		rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 4097, COOKIE),
		rmem(OPTEE_MSG_ATTR_RMEM_INOUT, UINT64_MAX, 2, COOKIE),
		rmem(4, 0, 0, 0),
		rmem(8, 0, 0, 0),
		rmem(0xc, 0, 0, 0),
		rmem(OPTEE_MSG_ATTR_VALUE_INPUT | 1u << 16, 0, 0, 0),
		rmem(OPTEE_MSG_ATTR_VALUE_INPUT | 1ull << 32, 0, 0, 0),
		rmem(OPTEE_MSG_ATTR_VALUE_INPUT | OPTEE_MSG_ATTR_META, 0, 0, 0),
	};
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		for (uint32_t at = 2; at < 6; at++) {
			struct message *m = open_message(g, 6);
			uint32_t calls = model.yielding_calls;

			m->p[at] = bad[i];
			assert_int_equal(guest_call(g), OPTEE_SMC_OK);
			assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
			assert_int_equal(m->h.ret_origin, TEEC_ORIGIN_COMMS);
			assert_int_equal(model.yielding_calls, calls);
			assert_int_equal(g->tee->used.sessions, 0);
		}
	}
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

/* A refused message keeps no reference to the buffers that were right in it. */
static void a_refusal_releases_what_the_message_named_before(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	for (uint32_t n = 0; n < 1000; n++) {
		m = message(g, OPTEE_MSG_INVOKE_COMMAND, 4);
		for (uint32_t i = 0; i < 3; i++)
			m->p[i] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 4096, COOKIE);
		m->p[3] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 4097, COOKIE);
		assert_int_equal(guest_call(g), OPTEE_SMC_OK);
		assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
	}
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 0); /* no user left: unpinned at once */
}

/* During the TEE's request FS, with memory of SHM_ALLOC and, old style, a request buffer. */
static uint32_t refer_to(struct guest *g, uint64_t cookie)
{
	struct guest other = *g;
	struct message *m = message_at(g, IPA(2));

	memset(m, 0, 64);
	m->h.cmd = OPTEE_MSG_INVOKE_COMMAND;
	m->h.num_params = 1;
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 16, cookie);
	assert_int_equal(smc4(&other, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(2), 1), OPTEE_SMC_OK);
	return m->h.ret;
}

static void refer_to_the_tees_memory(struct guest *g, struct message *rpc)
{
	rpc->h.ret = TEEC_SUCCESS;
	if (rpc->h.cmd == OPTEE_RPC_FS) {
		g->commands++;
		assert_int_equal(refer_to(g, g->alloc_cookie), TEEC_ERROR_BAD_PARAMETERS);
		if (g->style == OPTEE_SMC_CALL_WITH_ARG)
			assert_int_equal(refer_to(g, RPC_BUFFER), TEEC_ERROR_BAD_PARAMETERS);
	} else if (rpc->h.cmd == OPTEE_RPC_SHM_ALLOC) {
		fill_list(g, IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, 1);
		rpc->p[0] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG,
				 IPA(PAGE_ALLOC_LIST), 4096, g->alloc_cookie);
	}
}

static void memory_for_requests_is_no_parameter(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->on_command = refer_to_the_tees_memory;
	assert_int_equal(guest_invoke(g, MODEL_FS, 16), TEEC_SUCCESS);
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	assert_int_equal(guest_invoke(g, MODEL_FS, 16), TEEC_SUCCESS);
	assert_int_equal(g->commands, 2);
	expect_baseline(g);
}

/* All that the TEE saw of this work, which names buffers by cookies from here on. */
static uint64_t work(struct guest *g, uint64_t cookie)
{
	struct message *m;

	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	audit_reset();
	g->alloc_cookie = cookie + 7;
	assert_int_equal(guest_register(g, cookie, 16, 9000), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, cookie + 1, 0, 600 * 4096), TEEC_SUCCESS);
	m = message(g, OPTEE_MSG_INVOKE_COMMAND, 2);
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 5, 50, cookie);
	m->p[1] = rmem(OPTEE_MSG_ATTR_TMEM_INOUT, 0, 50, cookie + 1);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(guest_invoke(g, MODEL_FS, 4096), TEEC_SUCCESS);
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	assert_int_equal(guest_invoke(g, MODEL_TIME, 0), TEEC_SUCCESS);
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_unregister(g, cookie), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, cookie + 1), TEEC_SUCCESS);
	return audit_digest();
}

static void what_the_tee_sees_does_not_depend_on_a_guests_names(void **state)
{
	uint64_t first = work(&guests[0], 0xffff000011112222ull);

	(void)state;
	assert_true(first != 0);
	assert_true(work(&guests[0], 1) == first);
	assert_true(work(&guests[0], 0x8000000000000000ull) == first);
}

static void a_session_of_another_vm_is_none_here(void **state)
{
	struct guest *a = &guests[0], *b = &guests[1];
	uint32_t id;

	(void)state;
	model.strict_sessions = true;
	id = open_session(b);
	for (uint32_t guess = 0; guess < 8; guess++) {
		assert_int_not_equal(on_session(a, OPTEE_MSG_INVOKE_COMMAND, guess), TEEC_SUCCESS);
		assert_int_not_equal(on_session(a, OPTEE_MSG_CLOSE_SESSION, guess), TEEC_SUCCESS);
		assert_int_not_equal(on_session(a, OPTEE_MSG_CANCEL, guess), TEEC_SUCCESS);
		assert_int_equal(a->tee->used.sessions, 0);
	}
	assert_int_equal(on_session(b, OPTEE_MSG_INVOKE_COMMAND, id), TEEC_SUCCESS);
	assert_int_equal(on_session(b, OPTEE_MSG_CLOSE_SESSION, id), TEEC_SUCCESS);
	expect_baseline(b);
	model.strict_sessions = false;
}

static uint32_t close_answer;

static void close_it(struct guest *g, struct message *rpc)
{
	struct guest other = *g;
	struct message *m = message_at(g, IPA(2));

	memset(m, 0, 32);
	m->h.cmd = OPTEE_MSG_CLOSE_SESSION;
	m->h.session = 1;
	assert_int_equal(smc4(&other, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(2), 1), OPTEE_SMC_OK);
	close_answer = m->h.ret;
	rpc->h.ret = TEEC_SUCCESS;
}

static void a_session_closed_under_a_command_ends_both_once(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	model.strict_sessions = true;
	assert_int_equal(open_session(g), 1);
	g->on_command = close_it;
	m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);
	m->h.func = MODEL_TIME;
	m->h.session = 1;
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(close_answer, TEEC_SUCCESS);
	expect_baseline(g);
	assert_int_not_equal(on_session(g, OPTEE_MSG_CLOSE_SESSION, 1), TEEC_SUCCESS);
	expect_baseline(g);
	model.strict_sessions = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_sessions_parameters_are_checked_like_a_commands, 28, 29, 31, 32, 33, 34),
		SCENARIO(a_refusal_releases_what_the_message_named_before, 31, 32),
		SCENARIO(memory_for_requests_is_no_parameter, 31),
		SCENARIO(what_the_tee_sees_does_not_depend_on_a_guests_names, 31, 75),
		SCENARIO(a_session_of_another_vm_is_none_here, 37),
		SCENARIO(a_session_closed_under_a_command_ends_both_once, 37),
	};

	return cmocka_run_group_tests_name("optee_scenarios_c", tests, NULL, NULL);
}
