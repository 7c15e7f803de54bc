/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the TEE asks of a guest, and what a guest may answer: scenarios 53 to 68 (group E). 64 and
 * 68 (time) are the scheduler's.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE 0xffff888800001000ull

static uint32_t resume(struct guest *g, uint64_t handle)
{
	return smc4(g, OPTEE_SMC_RETURN_FROM_RPC, 0, 0, handle);
}

static struct message *result(struct guest *g)
{
	return message_at(g, IPA(PAGE_ARG));
}

static void requests_are_served_in_every_style_of_call(void **state)
{
	static const uint32_t styles[] = {OPTEE_SMC_CALL_WITH_ARG, OPTEE_SMC_CALL_WITH_RPC_ARG,
					  OPTEE_SMC_CALL_WITH_REGD_ARG};
	struct guest *g = &guests[0];

	(void)state;
	guest_register_args(g);
	for (uint32_t i = 0; i < ARRAY_SIZE(styles); i++) {
		g->style = styles[i];
		assert_int_equal(guest_invoke(g, MODEL_TIME, 0), TEEC_SUCCESS);
		assert_int_equal(result(g)->p[0].value.a, 111);
		assert_int_equal(guest_invoke(g, MODEL_LOAD, 0), TEEC_SUCCESS);
		assert_int_equal(result(g)->p[0].value.a, 4321);
		assert_int_equal(guest_invoke(g, MODEL_FS, 9000), TEEC_SUCCESS);
		assert_int_equal(result(g)->p[0].value.a, 5);
		assert_int_equal(result(g)->p[0].value.b, 88);
		assert_true(g->freed_cookie == g->alloc_cookie);
		assert_int_equal(g->host->pinned, 2);
	}
	assert_int_equal(g->buffers_freed, 3); /* one per old-style call */
	assert_true(g->freed_buffer == 0xb0000feedull);
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_unregister(g, COOKIE_ARGS), TEEC_SUCCESS);
	expect_baseline(g);
}

static void only_the_current_handle_resumes_a_call(void **state)
{
	struct guest *g = &guests[0];
	uint64_t handle, old;
	uint32_t smcs = fake.smcs;

	(void)state;
	for (uint64_t i = 0; i < 200; i++)
		assert_int_equal(resume(g, i), OPTEE_SMC_ERESUME);
	assert_int_equal(resume(g, 0xffffffff), OPTEE_SMC_ERESUME);
	assert_int_equal(fake.smcs, smcs);
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_CMD);
	old = g->regs[3];
	smcs = fake.smcs;
	assert_int_equal(resume(&guests[1], old), OPTEE_SMC_ERESUME);
	assert_int_equal(resume(g, old + 1), OPTEE_SMC_ERESUME);
	assert_int_equal(resume(g, old + 64), OPTEE_SMC_ERESUME);
	assert_int_equal(fake.smcs, smcs);
	guest_rpc(g)->h.ret = 0;
	assert_int_equal(resume(g, old | 0x100000000ull), OPTEE_SMC_OK); /* low half counts */
	assert_int_equal(resume(g, old), OPTEE_SMC_ERESUME);
	(void)guest_invoke(g, MODEL_TIME, 0);
	handle = g->regs[3];
	assert_int_not_equal(handle, old);
	assert_int_equal(resume(g, old), OPTEE_SMC_ERESUME);
	assert_int_equal(resume(g, handle), OPTEE_SMC_OK);
	expect_baseline(g);
}

/* While the call runs in the TEE, its handle resumes nothing */
static uint64_t stale_handle;
static uint32_t stale_answer;

static uint32_t resume_inside(struct model_thread *t)
{
	struct guest other = guests[0];

	if (t->step == 0) {
		model_ask(t, OPTEE_RPC_SUSPEND, 0);
		return OPTEE_SMC_RPC_CMD;
	}
	stale_answer = resume(&other, stale_handle);
	t->arg->ret = 0;
	return OPTEE_SMC_OK;
}

static void of_two_resumptions_at_once_one_is_refused(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.program = resume_inside;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TEST, 0);
	stale_handle = g->regs[3];
	assert_int_equal(resume(g, stale_handle), OPTEE_SMC_OK);
	assert_int_equal(stale_answer, OPTEE_SMC_ERESUME);
}

static void a_call_can_be_resumed_from_another_vcpu(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	g->vcpu.index = 7;
	guest_rpc(g)->h.ret = 0;
	assert_int_equal(resume(g, g->regs[3]), OPTEE_SMC_OK);
}

static void calls_never_resumed_cost_only_their_own_vm(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	leaves_state = true;
	g->hold = true;
	for (uint32_t i = 0; i < MODEL_THREADS; i++) {
		(void)guest_invoke(g, MODEL_TIME, 0);
		assert_int_equal(g->regs[0], OPTEE_SMC_RPC_CMD);
	}
	(void)guest_invoke(g, MODEL_ADD, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_ETHREAD_LIMIT);
	expect_works(&guests[1]);
}

static void a_bad_request_buffer_fails_the_request_and_is_freed(void **state)
{
	struct guest *g = &guests[0];
	uint64_t handle;

	(void)state;
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	g->hold = true;
	assert_int_equal(guest_register(g, 0xc00c1e, 0, 4096), TEEC_SUCCESS);
	for (uint32_t i = 0; i < 4; i++) {
		(void)guest_invoke(g, MODEL_TIME, 0);
		assert_int_equal(g->regs[0], OPTEE_SMC_RPC_ALLOC);
		handle = g->regs[3];
		memset(g->regs, 0, sizeof(g->regs));
		g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		g->regs[3] = handle;
		if (i == 1) { /* no cookie */
			g->regs[2] = (uint32_t)IPA(PAGE_RPC);
		} else if (i == 2) { /* unaligned */
			g->regs[2] = (uint32_t)IPA(PAGE_RPC) + 4;
			g->regs[5] = 0x1111;
		} else if (i == 3) { /* a live buffer's cookie: not to be freed */
			g->regs[2] = (uint32_t)IPA(PAGE_RPC);
			g->regs[5] = 0xc00c1e;
		}
		(void)smc(g);
		if (i == 2) {
			assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FREE);
			assert_int_equal(g->regs[2], 0x1111);
			(void)resume(g, g->regs[3]);
		}
		assert_int_equal(g->regs[0], OPTEE_SMC_OK);
		assert_int_equal(result(g)->h.ret, TEEC_ERROR_OUT_OF_MEMORY);
	}
	g->hold = false;
	assert_int_equal(guest_unregister(g, 0xc00c1e), TEEC_SUCCESS);
	expect_baseline(g);
}

/* No such memory: the request cannot be written */
static void a_request_buffer_nowhere_fails_the_request(void **state)
{
	static const uint64_t bad[] = {FAKE_MMIO_IPA, 0xfffffffffffffff8ull,
				       FAKE_RAM_IPA + FAKE_RAM_PAGES * 4096ull - 8};
	struct guest *g = &guests[0];

	(void)state;
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	g->hold = true;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		(void)guest_invoke(g, MODEL_TIME, 0);
		g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		g->regs[1] = bad[i] >> 32;
		g->regs[2] = (uint32_t)bad[i];
		g->regs[4] = 0;
		g->regs[5] = 0x2222;
		assert_int_equal(smc(g), OPTEE_SMC_RPC_FREE);
		assert_int_equal(resume(g, g->regs[3]), OPTEE_SMC_OK);
		assert_int_equal(result(g)->h.ret, TEEC_ERROR_COMMUNICATION);
	}
	expect_baseline(g);
}

static void rewrite_request(struct guest *g, struct message *rpc)
{
	(void)g;
	if (rpc->h.cmd == OPTEE_RPC_SHM_ALLOC) {
		memset(&rpc->p[0], 0, sizeof(rpc->p[0]));
		fill_list(g, IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, 1);
		rpc->p[0] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG,
				 IPA(PAGE_ALLOC_LIST), 4096, 0xa110c);
	}
	if (rpc->h.cmd == OPTEE_RPC_FS) {
		rpc->p[0].attr = OPTEE_MSG_ATTR_RMEM_INOUT;
		rpc->p[1] = rmem(OPTEE_MSG_ATTR_TMEM_INOUT, IPA(3), UINT64_MAX, 0x777);
	}
	rpc->h.cmd = OPTEE_RPC_GET_TIME;
	rpc->h.ret = 0;
}

static void a_reply_is_read_against_what_was_asked(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->on_command = rewrite_request;
	assert_int_equal(guest_invoke(g, MODEL_FS, 100), TEEC_SUCCESS);
	assert_int_equal(result(g)->p[0].value.a, 100); /* the size, clamped to what was asked */
	expect_baseline(g);
}

/* What a guest may answer to SHM_ALLOC */
struct bad_allocation {
	uint32_t ret, params;
	uint64_t attr, offset, size, cookie;
	bool freed; /* the guest is told to free it */
};

static struct bad_allocation bad_allocation;

static void answer_badly(struct guest *g, struct message *rpc)
{
	const struct bad_allocation *b = &bad_allocation;

	if (rpc->h.cmd == OPTEE_RPC_SHM_FREE) {
		g->frees++;
		g->freed_cookie = rpc->p[0].value.b;
		return;
	}
	fill_list(g, IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, 4);
	rpc->h.ret = b->ret;
	rpc->h.num_params = b->params;
	rpc->p[0] = rmem(b->attr, IPA(PAGE_ALLOC_LIST) + b->offset, b->size, b->cookie);
}

static void bad_answers_to_shm_alloc_never_reach_the_tee(void **state)
{
	const uint64_t list = OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG;
	const struct bad_allocation bad[] = {
		{TEEC_ERROR_GENERIC, 1, list, 0, 4096, 5, false},
		{0, 0, list, 0, 4096, 5, false},
		{0, 2, list, 0, 4096, 5, false},
		{0, 127, list, 0, 4096, 5, false},
		{0, 1, OPTEE_MSG_ATTR_TMEM_OUTPUT, 0, 4096, 5, true},
		{0, 1, OPTEE_MSG_ATTR_TMEM_INOUT | OPTEE_MSG_ATTR_NONCONTIG, 0, 4096, 5, true},
		{0, 1, OPTEE_MSG_ATTR_VALUE_INPUT, 0, 4096, 5, true},
		{0, 1, list, 0, 99, 5, true},
		{0, 1, list, 4, 4096, 5, true},
		{0, 1, list, 0, UINT64_MAX, 5, true},
		{0, 1, list, 0, 17408ull * 4096 + 1, 5, true},
		{0, 1, list, 0, 4096, 0, false},
		{0, 1, list, 0, 4096, COOKIE, false}, /* live already */
	};
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	g->on_command = answer_badly;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		bad_allocation = bad[i];
		g->frees = 0;
		assert_int_equal(guest_invoke(g, MODEL_FS, 100), TEEC_ERROR_OUT_OF_MEMORY);
		assert_int_equal(g->frees, bad[i].freed);
		if (bad[i].freed)
			assert_int_equal(g->freed_cookie, 5);
		assert_int_equal(g->host->pinned, 1);
		assert_int_equal(g->tee->used.buffers, 1);
	}
	g->on_command = NULL;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

/* The list itself is bad, or a pin fails half way */
static void an_allocation_with_a_bad_list_is_undone_and_freed(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t n = 1; n <= 3; n++) {
		g->frees = 0;
		fake.fail.pin = n;
		assert_int_equal(guest_invoke(g, MODEL_FS, 1200 * 4096), TEEC_ERROR_OUT_OF_MEMORY);
		assert_int_equal(g->frees, 1);
		assert_true(g->freed_cookie == g->alloc_cookie);
		fake.fail.pin = 0;
		expect_baseline(g);
	}
	fake.yield = true;
	assert_int_equal(guest_invoke(g, MODEL_FS, 1200 * 4096), TEEC_SUCCESS);
	assert_true(g->interrupts >= 4); /* two in the list, two in giving back */
	expect_baseline(g);
}

/* Only the request area of its own call is read; registers say nothing */
static void registers_of_a_reply_are_ignored(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	guest_rpc(g)->h.ret = 0;
	guest_rpc(g)->p[0].value.a = 5;
	for (unsigned int i = 1; i < 18; i++)
		if (i != 3)
			g->regs[i] = 0xffffffff12345678ull;
	g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	assert_int_equal(smc(g), OPTEE_SMC_OK);
	assert_int_equal(result(g)->p[0].value.a, 5);
}

static void lose_page(struct guest *g, struct message *rpc)
{
	(void)rpc;
	g->host->access[PAGE_ARG] = FAKE_NONE;
}

static void a_request_area_that_disappears_fails_the_request_only(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->on_command = lose_page;
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_OK);
	g->host->access[PAGE_ARG] = FAKE_RW;
	expect_baseline(g);
	expect_works(g);
}

/* Memory of SHM_ALLOC is the TEE's until the TEE frees it */
static void steal(struct guest *g, struct message *rpc)
{
	if (rpc->h.cmd == OPTEE_RPC_FS) {
		struct message *m = message_at(g, IPA(2));
		uint64_t saved[18];
		uint32_t style = g->style;

		memcpy(saved, g->regs, sizeof(saved));
		assert_int_equal(g->host->pinned, 3);
		memset(m, 0, 512);
		m->h.cmd = OPTEE_MSG_UNREGISTER_SHM;
		m->h.num_params = 1;
		m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 0, g->alloc_cookie);
		assert_int_equal(smc4(g, style, 0, IPA(2), 1), OPTEE_SMC_OK);
		assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
		assert_int_equal(g->host->pinned, 3);
		memcpy(g->regs, saved, sizeof(saved));
		rpc->h.ret = 0;
	} else if (rpc->h.cmd == OPTEE_RPC_SHM_ALLOC) {
		fill_list(g, IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, 3);
		rpc->p[0] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG,
				 IPA(PAGE_ALLOC_LIST), 3 * 4096, g->alloc_cookie);
		rpc->h.ret = 0;
	} else {
		assert_int_equal(g->host->pinned, 0); /* the TEE let go before it asked to free */
	}
}

static void memory_the_tee_asked_for_stays_until_the_tee_frees_it(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->on_command = steal;
	assert_int_equal(guest_invoke(g, MODEL_FS, 3 * 4096), TEEC_SUCCESS);
	expect_baseline(g);
}

/* Requests a TEE must not make */
static uint32_t odd_case;

static uint32_t odd_program(struct model_thread *t)
{
	const uint64_t in = OPTEE_MSG_ATTR_VALUE_INPUT;

	if (t->step != 0) {
		t->params[0].value.a = t->rpc->ret;
		t->arg->ret = TEEC_SUCCESS;
		return OPTEE_SMC_OK;
	}
	model_ask(t, OPTEE_RPC_FS, 1);
	switch (odd_case) {
	case 0: /* a physical address */
		t->rpc->cmd = OPTEE_RPC_BENCH_REG;
		model_ask_value(t, 0, in, 0x80000000, 0, 0);
		break;
	case 1:
		t->rpc->cmd = 8;
		break;
	case 2:
		t->rpc->cmd = 0xffffffff;
		break;
	case 3:
		t->rpc->num_params = 5;
		break;
	case 4:
		t->rpc->num_params = 0xffffffff;
		break;
	case 5: /* an address */
		model_ask_value(t, 0, OPTEE_MSG_ATTR_TMEM_OUTPUT, 0x80000000, 4096, 0);
		break;
	case 6: /* no such buffer */
		model_ask_value(t, 0, OPTEE_MSG_ATTR_RMEM_INOUT, 0, 16, 0x200000001);
		break;
	case 7: /* the arena */
		model_ask_value(t, 0, OPTEE_MSG_ATTR_RMEM_INOUT, 0, 16, BIT(63));
		break;
	case 8:
		model_ask_value(t, 0, 0x77, 0, 0, 0);
		break;
	case 9: /* frees what it never had */
		t->rpc->cmd = OPTEE_RPC_SHM_FREE;
		model_ask_value(t, 0, in, 0, 12345, 0);
		break;
	case 10: /* frees what the guest registered */
		t->rpc->cmd = OPTEE_RPC_SHM_FREE;
		model_ask_value(t, 0, in, 0, 1ull << 32 | 1, 0);
		break;
	case 11:
		t->rpc->cmd = OPTEE_RPC_SHM_ALLOC;
		t->rpc->num_params = 0;
		break;
	default:
		t->rpc->cmd = OPTEE_RPC_SHM_FREE;
		t->rpc->num_params = 2;
		break;
	}
	return OPTEE_SMC_RPC_CMD;
}

static void odd_requests_of_the_tee_are_answered_without_the_guest(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	model.program = odd_program;
	for (odd_case = 0; odd_case <= 12; odd_case++) {
		assert_int_equal(guest_invoke(g, MODEL_TEST, 0), TEEC_SUCCESS);
		assert_int_equal(g->commands, 0);
		assert_int_equal(result(g)->p[0].value.a, odd_case < 3 ? TEEC_ERROR_NOT_SUPPORTED
								       : TEEC_ERROR_BAD_PARAMETERS);
		assert_int_equal(g->host->pinned, 1);
	}
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

/* A request may name a buffer that the guest registered: it gets its own cookie. */
static uint32_t name_buffer(struct model_thread *t)
{
	if (t->step == 0) {
		model_ask(t, OPTEE_RPC_PLUGIN, 1);
		t->rpc_params[0] =
			rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 16, 32, t->params[0].rmem.cookie);
		return OPTEE_SMC_RPC_CMD;
	}
	t->arg->ret = t->rpc->ret;
	return OPTEE_SMC_OK;
}

static void see_cookie(struct guest *g, struct message *rpc)
{
	g->commands++;
	assert_int_equal(rpc->h.cmd, OPTEE_RPC_PLUGIN);
	assert_true(rpc->p[0].rmem.cookie == COOKIE);
	assert_int_equal(rpc->p[0].rmem.offset, 16);
	rpc->h.ret = 0;
}

static void handles_map_back_to_the_guests_own_cookies(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	model.program = name_buffer;
	g->on_command = see_cookie;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);
	m->h.func = MODEL_TEST;
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 64, COOKIE);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	assert_int_equal(g->commands, 1);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

static void interrupts_go_to_the_guest_only_when_it_has_something_to_do(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_invoke(g, MODEL_INTERRUPT, 1000), TEEC_SUCCESS);
	assert_int_equal(result(g)->p[0].value.a, 0x600d);
	assert_int_equal(g->interrupts, 0);
	assert_int_equal(g->tee->count.irq_resumed, 1000);
	fake.interrupts_returned = 10;
	assert_int_equal(guest_invoke(g, MODEL_INTERRUPT, 1000), TEEC_SUCCESS);
	assert_int_equal(result(g)->p[0].value.a, 0x600d);
	assert_int_equal(g->interrupts, 10);
	assert_int_equal(g->tee->count.irq_returned, 10);
}

static void a_request_to_the_guest_holds_only_what_is_defined(void **state)
{
	struct guest *g = &guests[0];
	struct message *rpc;

	(void)state;
	g->hold = true;
	memset(message_at(g, IPA(PAGE_ARG)), 0x33, 4096);
	(void)guest_invoke(g, MODEL_TIME, 0);
	rpc = guest_rpc(g);
	assert_int_equal(rpc->h.cmd, OPTEE_RPC_GET_TIME);
	assert_int_equal(rpc->h.num_params, 1);
	assert_int_equal(rpc->h.func | rpc->h.session | rpc->h.cancel_id | rpc->h.pad, 0);
	assert_int_equal(rpc->p[0].value.a | rpc->p[0].value.b | rpc->p[0].value.c, 0);
	assert_int_equal(((uint8_t *)&rpc->p[1])[0], 0x33);
	assert_int_equal(g->regs[1] | g->regs[2], 0);
	rpc->h.ret = 0;
	assert_int_equal(resume(g, g->regs[3]), OPTEE_SMC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST(requests_are_served_in_every_style_of_call),
		MEDIATOR_TEST_NO_WINDOW(requests_are_served_in_every_style_of_call),
		SCENARIO(only_the_current_handle_resumes_a_call, 53),
		SCENARIO(of_two_resumptions_at_once_one_is_refused, 53),
		SCENARIO(a_call_can_be_resumed_from_another_vcpu, 54),
		SCENARIO(calls_never_resumed_cost_only_their_own_vm, 55),
		SCENARIO(a_bad_request_buffer_fails_the_request_and_is_freed, 56),
		SCENARIO(a_request_buffer_nowhere_fails_the_request, 56),
		SCENARIO(a_reply_is_read_against_what_was_asked, 57, 60),
		SCENARIO(bad_answers_to_shm_alloc_never_reach_the_tee, 58),
		SCENARIO(an_allocation_with_a_bad_list_is_undone_and_freed, 58),
		SCENARIO(registers_of_a_reply_are_ignored, 59, 63),
		SCENARIO(a_request_area_that_disappears_fails_the_request_only, 61),
		SCENARIO(memory_the_tee_asked_for_stays_until_the_tee_frees_it, 62),
		SCENARIO(odd_requests_of_the_tee_are_answered_without_the_guest, 65, 66),
		MEDIATOR_TEST(handles_map_back_to_the_guests_own_cookies),
		SCENARIO(interrupts_go_to_the_guest_only_when_it_has_something_to_do, 67),
		SCENARIO(a_request_to_the_guest_holds_only_what_is_defined, 92),
	};

	return cmocka_run_group_tests_name("optee_rpc", tests, NULL, NULL);
}
