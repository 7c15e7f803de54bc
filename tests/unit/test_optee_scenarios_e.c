/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Group E of the hostile scenarios, what test_optee_rpc.c leaves out: foreign addresses in every
 * place of an answer, requests whose area the TEE or another vCPU rewrites meanwhile, and requests
 * without end.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE	  0xffff888800001000ull
#define LIST_ATTR (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)

static uint32_t resume(struct guest *g, uint64_t handle)
{
	return smc4(g, OPTEE_SMC_RETURN_FROM_RPC, 0, 0, handle);
}

static struct message *result(struct guest *g)
{
	return message_at(g, IPA(PAGE_ARG));
}

static void a_handle_ends_with_its_call(void **state)
{
	struct guest *g = &guests[0];
	uint64_t old[3];

	(void)state;
	g->hold = true;
	for (uint32_t i = 0; i < ARRAY_SIZE(old); i++) {
		(void)guest_invoke(g, MODEL_TIME, 0);
		old[i] = g->regs[3];
		guest_rpc(g)->h.ret = 0;
		assert_int_equal(resume(g, old[i]), OPTEE_SMC_OK);
	}
	(void)guest_invoke(g, MODEL_TIME, 0);
	for (uint32_t i = 0; i < ARRAY_SIZE(old); i++)
		assert_int_equal(resume(g, old[i]), OPTEE_SMC_ERESUME);
	for (uint32_t handle = 0; handle < 70000; handle++)
		if (handle != old[2] + 64)
			assert_int_equal(resume(g, handle), OPTEE_SMC_ERESUME);
	assert_int_equal(resume(&guests[1], old[2] + 64), OPTEE_SMC_ERESUME);
	guest_rpc(g)->h.ret = 0;
	assert_int_equal(resume(g, old[2] + 64), OPTEE_SMC_OK);
	g->hold = false;
}

static void a_full_vm_gets_its_threads_back_one_by_one(void **state)
{
	struct guest *g = &guests[0];
	uint64_t handles[MODEL_THREADS];

	(void)state;
	g->hold = true;
	for (uint32_t round = 0; round < 100; round++) {
		for (uint32_t i = 0; i < MODEL_THREADS; i++) {
			(void)guest_invoke(g, MODEL_TIME, 0);
			handles[i] = g->regs[3];
		}
		assert_int_equal(g->tee->used.calls, MODEL_THREADS);
		(void)guest_invoke(g, MODEL_ADD, 0);
		assert_int_equal(g->regs[0], OPTEE_SMC_ETHREAD_LIMIT);
		for (uint32_t i = 0; i < MODEL_THREADS; i++) {
			guest_rpc(g)->h.ret = 0;
			assert_int_equal(resume(g, handles[i]), OPTEE_SMC_OK);
		}
		assert_int_equal(guest_invoke(g, MODEL_ADD, 0), TEEC_SUCCESS);
	}
}

/* RPC_ALLOC answered with memory of others: the request cannot be written there. */
static void a_request_buffer_in_foreign_memory_fails_the_request(void **state)
{
	struct guest *g = &guests[0];
	const uint64_t bad[] = {fake_pa(guests[1].host, IPA(PAGE_RPC)),
				fake_pa(g->host, IPA(PAGE_RPC)),
				FAKE_WINDOW_PA,
				FAKE_HOST_PA,
				0x0e100000,
				IPA(PAGE_RPC + 1)};

	(void)state;
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	g->hold = true;
	g->host->access[PAGE_RPC + 1] = FAKE_RO;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		(void)guest_invoke(g, MODEL_TIME, 0);
		assert_int_equal(g->regs[0], OPTEE_SMC_RPC_ALLOC);
		g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		g->regs[1] = bad[i] >> 32;
		g->regs[2] = (uint32_t)bad[i];
		g->regs[4] = 0;
		g->regs[5] = 0x2222;
		assert_int_equal(smc(g), OPTEE_SMC_RPC_FREE);
		assert_int_equal(g->regs[2], 0x2222);
		assert_int_equal(resume(g, g->regs[3]), OPTEE_SMC_OK);
		assert_int_equal(result(g)->h.ret, TEEC_ERROR_COMMUNICATION);
	}
}

/* Two calls, one buffer for requests: the second is refused it, and does not free it. */
static void one_request_buffer_serves_one_call(void **state)
{
	struct guest *g = &guests[0];
	uint64_t first[18];

	(void)state;
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	guest_serve(g);
	assert_int_equal(smc(g), OPTEE_SMC_RPC_CMD);
	memcpy(first, g->regs, sizeof(first));
	(void)guest_invoke(g, MODEL_TIME, 0);
	guest_serve(g); /* the same cookie */
	assert_int_equal(smc(g), OPTEE_SMC_OK);
	assert_int_equal(result(g)->h.ret, TEEC_ERROR_OUT_OF_MEMORY);
	/* The other's cookie in the registers of the first's answer says nothing. */
	memcpy(g->regs, first, sizeof(first));
	guest_serve(g);
	g->regs[1] = 0xb;
	g->regs[2] = 0x77;
	g->regs[5] = 0xfeed;
	assert_int_equal(smc(g), OPTEE_SMC_RPC_FREE);
	guest_serve(g);
	assert_int_equal(smc(g), OPTEE_SMC_OK);
	assert_int_equal(result(g)->h.ret, TEEC_SUCCESS);
	assert_true(g->freed_buffer == 0xb0000feedull);
	g->hold = false;
}

/* Foreign addresses in an answer to SHM_ALLOC, as the memory or as its list. */
static struct optee_msg_param foreign_answer;
static uint64_t foreign_entry;

static void answer_foreign(struct guest *g, struct message *rpc)
{
	uint64_t *list = fake_ram(g->host, IPA(PAGE_ALLOC_LIST));

	rpc->h.ret = TEEC_SUCCESS;
	if (rpc->h.cmd != OPTEE_RPC_SHM_ALLOC) {
		g->frees += rpc->h.cmd == OPTEE_RPC_SHM_FREE;
		return;
	}
	fill_list(g, IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, 4);
	if (foreign_entry != 0)
		list[2] = foreign_entry;
	rpc->p[0] = foreign_answer;
}

static void memory_of_others_is_not_given_to_the_tee(void **state)
{
	struct guest *g = &guests[0];
	const uint64_t foreign[] = {fake_pa(guests[1].host, IPA(PAGE_DATA)),
				    fake_pa(g->host, IPA(PAGE_DATA)),
				    FAKE_HOST_PA,
				    FAKE_WINDOW_PA,
				    0x0e100000,
				    FAKE_MMIO_IPA};

	(void)state;
	g->on_command = answer_foreign;
	for (uint32_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		const struct optee_msg_param answers[] = {
			rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT, foreign[i], 4096, 5),
			rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT, IPA(PAGE_DATA), 4096, 5),
			rmem(LIST_ATTR, foreign[i], 4096, 5),
			rmem(LIST_ATTR, IPA(PAGE_ALLOC_LIST), 4 * 4096, 5),
		};

		for (uint32_t k = 0; k < ARRAY_SIZE(answers); k++) {
			foreign_answer = answers[k];
			foreign_entry = k == 3 ? foreign[i] : 0;
			g->frees = 0;
			assert_int_equal(guest_invoke(g, MODEL_FS, 100), TEEC_ERROR_OUT_OF_MEMORY);
			assert_int_equal(g->frees, 1);
			expect_baseline(g);
		}
	}
}

/* What the TEE finds in its area after a reply that changed everything. */
static uint32_t strict_program(struct model_thread *t)
{
	struct optee_msg_param *p = t->rpc_params;

	if (t->step == 0) {
		model_ask(t, OPTEE_RPC_PLUGIN, 4);
		p[0] = rmem(OPTEE_MSG_ATTR_RMEM_OUTPUT, 16, 32, t->params[1].rmem.cookie);
		model_ask_value(t, 1, OPTEE_MSG_ATTR_VALUE_INPUT, 1, 2, 3);
		model_ask_value(t, 2, OPTEE_MSG_ATTR_VALUE_INOUT, 4, 5, 6);
		p[3] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 8, 24, t->params[1].rmem.cookie);
		return OPTEE_SMC_RPC_CMD;
	}
	assert_int_equal(t->rpc->cmd, OPTEE_RPC_PLUGIN);
	assert_int_equal(t->rpc->num_params, 4);
	assert_int_equal(p[0].attr, OPTEE_MSG_ATTR_RMEM_OUTPUT);
	assert_int_equal(p[0].rmem.offset, 16);
	assert_int_equal(p[0].rmem.size, 32);
	assert_true(p[0].rmem.cookie == t->params[1].rmem.cookie);
	assert_int_equal(p[1].attr, OPTEE_MSG_ATTR_VALUE_INPUT);
	assert_int_equal(p[1].value.a, 1);
	assert_int_equal(p[2].attr, OPTEE_MSG_ATTR_VALUE_INOUT);
	assert_true(p[2].value.b == UINT64_MAX); /* the one thing that was asked for */
	assert_int_equal(p[3].attr, OPTEE_MSG_ATTR_RMEM_INPUT);
	assert_int_equal(p[3].rmem.size, 24);
	t->arg->ret = t->rpc->ret;
	return OPTEE_SMC_OK;
}

static void answer_all_ones(struct guest *g, struct message *rpc)
{
	(void)g;
	memset(rpc, 0xff, 32 + 4 * 32);
	rpc->h.ret = TEEC_SUCCESS;
}

static uint32_t invoke_with_buffer(struct guest *g)
{
	struct message *m = message(g, OPTEE_MSG_INVOKE_COMMAND, 2);

	m->h.func = MODEL_TEST;
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
	m->p[1] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 64, COOKIE);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	return m->h.ret;
}

static void of_a_reply_only_what_was_asked_is_taken(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.program = strict_program;
	g->on_command = answer_all_ones;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(invoke_with_buffer(g), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

/* The TEE leaves with a message rewritten, and rewrites its area while the guest works. */
static void rewrite_area(struct guest *g, struct message *rpc)
{
	struct model_thread *t = &model_guest_of(g->host)->threads[0];

	rpc->h.ret = TEEC_SUCCESS;
	t->arg->cmd = OPTEE_MSG_INVOKE_COMMAND; /* for the model itself */
	t->arg->num_params = 1;
	memset(t->rpc, 0xee, sizeof(*t->rpc) + 4 * sizeof(*t->rpc_params));
}

static uint32_t rewritten_program(struct model_thread *t)
{
	if (t->step == 0) {
		model_ask(t, OPTEE_RPC_FS, 2);
		model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 1, 2, 3);
		model_ask_value(t, 1, OPTEE_MSG_ATTR_VALUE_OUTPUT, 0, 0, 0);
		t->arg->cmd = OPTEE_MSG_REGISTER_SHM;
		t->arg->num_params = 120;
		t->params[0].attr = OPTEE_MSG_ATTR_TMEM_INOUT;
		return OPTEE_SMC_RPC_CMD;
	}
	assert_int_equal(t->rpc->ret, TEEC_SUCCESS);
	assert_int_equal(t->rpc_params[1].value.a, 0);
	assert_int_equal(((uint8_t *)&t->rpc_params[0])[0], 0xee); /* not asked for: not written */
	t->arg->ret = TEEC_SUCCESS;
	t->arg->ret_origin = 4;
	return OPTEE_SMC_OK;
}

static void an_area_rewritten_by_the_tee_steers_nothing(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.program = rewritten_program;
	g->on_command = rewrite_area;
	assert_int_equal(guest_invoke(g, MODEL_TEST, 0), TEEC_SUCCESS);
	assert_int_equal(result(g)->h.cmd, OPTEE_MSG_INVOKE_COMMAND);
	assert_int_equal(result(g)->h.num_params, 1);
}

/* The request's page is registered as a buffer while the guest works on the request. */
static void register_request_page(struct guest *g, struct message *rpc)
{
	struct guest other = *g;
	struct message *m = message_at(g, IPA(2));
	uint64_t *list = fake_ram(g->host, IPA(PAGE_LIST));

	list[0] = IPA(PAGE_ARG);
	memset(m, 0, 512);
	m->h.cmd = OPTEE_MSG_REGISTER_SHM;
	m->h.num_params = 1;
	m->p[0] = rmem(LIST_ATTR, IPA(PAGE_LIST), 4096, COOKIE);
	assert_int_equal(smc4(&other, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(2), 1), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	rpc->h.ret = TEEC_SUCCESS;
	rpc->p[0].value.a = 5;
}

static void a_request_area_may_become_a_buffer_meanwhile(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->on_command = register_request_page;
	assert_int_equal(guest_invoke(g, MODEL_TIME, 0), TEEC_SUCCESS);
	assert_int_equal(result(g)->p[0].value.a, 5);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

/* The TEE frees the same memory twice: the second time there is none. */
static uint32_t free_twice(struct model_thread *t)
{
	switch (t->step) {
	case 0:
		model_ask(t, OPTEE_RPC_SHM_ALLOC, 1);
		model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 0, 4096, 8);
		return OPTEE_SMC_RPC_CMD;
	case 1:
		assert_true(model_take_allocation(t, 4096));
		model_drop(t->guest, model_buffer(t->guest, t->allocated));
		break;
	case 2:
		assert_int_equal(t->rpc->ret, TEEC_SUCCESS);
		break;
	default:
		t->arg->ret = t->rpc->ret;
		return OPTEE_SMC_OK;
	}
	model_ask(t, OPTEE_RPC_SHM_FREE, 1);
	model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 0, t->allocated, 0);
	return OPTEE_SMC_RPC_CMD;
}

static void memory_freed_twice_by_the_tee_is_freed_once(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.program = free_twice;
	assert_int_equal(guest_invoke(g, MODEL_TEST, 0), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(g->frees, 1);
	assert_int_equal(g->tee->count.tee_faults, 1);
	expect_baseline(g);
}

/* A supplicant that says "again" for ever. */
static uint32_t ask_for_ever(struct model_thread *t)
{
	model_ask(t, OPTEE_RPC_SUSPEND, 0);
	return OPTEE_SMC_RPC_CMD;
}

static void requests_without_end_are_counted_and_can_be_ended(void **state)
{
	struct guest *g = &guests[0];
	uint64_t rpcs, entered;

	(void)state;
	leaves_state = true;
	model.program = ask_for_ever;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TEST, 0);
	rpcs = g->tee->count.rpcs;
	entered = g->tee->count.secure_calls;
	for (uint32_t i = 0; i < 20000; i++) {
		assert_int_equal(g->regs[0], OPTEE_SMC_RPC_CMD);
		g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		(void)smc(g);
	}
	assert_int_equal(g->tee->count.rpcs - rpcs, 20000);
	assert_int_equal(g->tee->count.secure_calls - entered, 20000);
	assert_int_equal(g->tee->used.calls, 1);
	expect_works(&guests[1]); /* and the teardown destroys the VM */
}

/* All requests a guest may get lie in its own area, in every style: the TEE's names no other. */
static void an_old_style_guest_is_asked_for_a_buffer_first(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_ALLOC);
	guest_serve(g);
	assert_int_equal(smc(g), OPTEE_SMC_RPC_CMD);
	assert_true((g->regs[1] << 32 | g->regs[2]) == 0xb0000feedull);
	g->hold = false;
	assert_int_equal(guest_go_on(g), OPTEE_SMC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_handle_ends_with_its_call, 53),
		SCENARIO(a_full_vm_gets_its_threads_back_one_by_one, 55),
		SCENARIO(a_request_buffer_in_foreign_memory_fails_the_request, 56),
		SCENARIO(one_request_buffer_serves_one_call, 56, 59),
		SCENARIO(memory_of_others_is_not_given_to_the_tee, 58),
		SCENARIO_NO_WINDOW(memory_of_others_is_not_given_to_the_tee, 58),
		SCENARIO(of_a_reply_only_what_was_asked_is_taken, 57, 60),
		SCENARIO(an_area_rewritten_by_the_tee_steers_nothing, 66),
		SCENARIO(a_request_area_may_become_a_buffer_meanwhile, 61),
		SCENARIO(memory_freed_twice_by_the_tee_is_freed_once, 62),
		SCENARIO(requests_without_end_are_counted_and_can_be_ended, 64),
		SCENARIO(an_old_style_guest_is_asked_for_a_buffer_first, 63),
	};

	return cmocka_run_group_tests_name("optee_scenarios_e", tests, NULL, NULL);
}
