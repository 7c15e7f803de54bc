/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Group D of the hostile scenarios, what test_optee_register.c leaves out: names across all kinds
 * of buffers, entries of every kind of foreign memory, a hundred thousand refusals, and two vCPUs
 * at one buffer.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE	   0xffff888800001000ull
#define RPC_BUFFER 0xb0000feedull /* guest_serve's answer to RPC_ALLOC */
#define LIST_ATTR  (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)

/* Another vCPU's message, on a page of its own, while the first one's call goes on. */
static uint32_t beside(struct guest *g, uint32_t cmd, struct optee_msg_param p)
{
	struct guest other = *g;
	struct message *m = message_at(g, IPA(2));

	memset(m, 0, 512);
	m->h.cmd = cmd;
	m->h.num_params = 1;
	m->p[0] = p;
	assert_int_equal(smc4(&other, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(2), 1), OPTEE_SMC_OK);
	return m->h.ret;
}

static uint32_t register_beside(struct guest *g, uint64_t cookie)
{
	fill_list(g, IPA(PAGE_LIST), PAGE_DATA, 1);
	return beside(g, OPTEE_MSG_REGISTER_SHM, rmem(LIST_ATTR, IPA(PAGE_LIST), 4096, cookie));
}

static uint32_t unregister_beside(struct guest *g, uint64_t cookie)
{
	return beside(g, OPTEE_MSG_UNREGISTER_SHM, rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 0, cookie));
}

static void reuse_names(struct guest *g, struct message *rpc)
{
	rpc->h.ret = TEEC_SUCCESS;
	if (rpc->h.cmd == OPTEE_RPC_FS) {
		g->commands++;
		assert_int_equal(register_beside(g, g->alloc_cookie), TEEC_ERROR_BAD_PARAMETERS);
		assert_int_equal(unregister_beside(g, g->alloc_cookie), TEEC_ERROR_BAD_PARAMETERS);
		assert_int_equal(register_beside(g, RPC_BUFFER), TEEC_ERROR_BAD_PARAMETERS);
		assert_int_equal(unregister_beside(g, RPC_BUFFER), TEEC_ERROR_BAD_PARAMETERS);
	} else if (rpc->h.cmd == OPTEE_RPC_SHM_ALLOC) {
		fill_list(g, IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, 1);
		rpc->p[0] = rmem(LIST_ATTR, IPA(PAGE_ALLOC_LIST), 4096, g->alloc_cookie);
	}
}

static void a_cookie_names_one_buffer_of_any_kind(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	g->on_command = reuse_names;
	assert_int_equal(guest_invoke(g, MODEL_FS, 16), TEEC_SUCCESS);
	assert_int_equal(g->commands, 1);
	g->alloc_cookie = RPC_BUFFER; /* its own request buffer's: refused, and not freed */
	assert_int_equal(guest_invoke(g, MODEL_FS, 16), TEEC_ERROR_OUT_OF_MEMORY);
	assert_int_equal(g->commands, 1);
	assert_int_equal(g->frees, 0);
	expect_baseline(g);
	/* With the call the name is free again. */
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_register(g, RPC_BUFFER, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, RPC_BUFFER), TEEC_SUCCESS);
}

static void an_entry_of_foreign_memory_undoes_a_registration(void **state)
{
	struct guest *g = &guests[0];
	const uint64_t bad[] = {fake_pa(guests[1].host, IPA(PAGE_DATA)),
				fake_pa(g->host, IPA(PAGE_DATA)),
				FAKE_HOST_PA,
				FAKE_WINDOW_PA,
				0x0e100000,
				FAKE_MMIO_IPA,
				IPA(FAKE_RAM_PAGES),
				IPA(PAGE_DATA) | 1,
				IPA(PAGE_DATA) | 0x800,
				IPA(PAGE_DATA) | BIT(63),
				0};
	uint64_t *list = fake_ram(g->host, IPA(PAGE_LIST));

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		for (uint32_t at = 0; at < 10; at += 3) {
			uint32_t calls = model.yielding_calls;

			fill_list(g, IPA(PAGE_LIST), PAGE_DATA, 10);
			list[at] = bad[i];
			assert_int_equal(beside(g, OPTEE_MSG_REGISTER_SHM,
						rmem(LIST_ATTR, IPA(PAGE_LIST), 10 * 4096, COOKIE)),
					 TEEC_ERROR_BAD_PARAMETERS);
			assert_int_equal(model.yielding_calls, calls);
			expect_baseline(g);
		}
	}
}

static void a_hundred_thousand_refusals_cost_no_quota(void **state)
{
	struct guest *g = &guests[0];
	uint64_t *list = fake_ram(g->host, IPA(PAGE_LIST));

	(void)state;
	fill_list(g, IPA(PAGE_LIST), PAGE_DATA, 10);
	list[2] = FAKE_MMIO_IPA;
	for (uint32_t n = 0; n < 100000; n++)
		assert_int_equal(beside(g, OPTEE_MSG_REGISTER_SHM,
					rmem(LIST_ATTR, IPA(PAGE_LIST), 10 * 4096, COOKIE)),
				 TEEC_ERROR_BAD_PARAMETERS);
	expect_baseline(g);
	assert_int_equal(guest_register(g, COOKIE, 0, 17408ull * 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

/* A second vCPU acts while the first one's UNREGISTER or REGISTER is inside the TEE. */
static uint32_t answers[4];

static void act_inside(struct model_thread *t)
{
	static bool inside;
	struct guest *g = &guests[0];
	struct optee_msg_param use = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 8, COOKIE);

	if (inside || t->guest->vm != g->host || t->arg->cmd < OPTEE_MSG_REGISTER_SHM)
		return;
	inside = true;
	answers[0] = unregister_beside(g, COOKIE);
	answers[1] = register_beside(g, COOKIE);
	answers[2] = beside(g, OPTEE_MSG_INVOKE_COMMAND, use);
	inside = false;
}

static void expect_refused_inside(void)
{
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(answers[i], TEEC_ERROR_BAD_PARAMETERS);
	memset(answers, 0, sizeof(answers));
}

static void two_vcpus_at_one_buffer_find_it_busy(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.before_return = act_inside;
	for (uint32_t n = 0; n < 10; n++) {
		assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
		expect_refused_inside();
		assert_int_equal(g->host->pinned, 1);
		assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
		expect_refused_inside();
		expect_baseline(g);
	}
}

/* Between two looks at the clock lies one page of a list at most. */
static uint64_t pinned_before;
static uint32_t asked_before;

static void long_work_looks_at_the_clock(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	fake.yield = true;
	g->hold = true;
	(void)guest_register(g, COOKIE, 0, 64 << 20);
	while (g->regs[0] == OPTEE_SMC_RPC_FOREIGN_INTR) {
		assert_true(g->host->pinned - pinned_before <= 511);
		assert_true(fake.yields_asked > asked_before);
		pinned_before = g->host->pinned;
		asked_before = fake.yields_asked;
		/* the other VM is served in between */
		assert_int_equal(guest_invoke(&guests[1], MODEL_ADD, 1), TEEC_SUCCESS);
		g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		(void)smc(g);
	}
	assert_int_equal(g->regs[0], OPTEE_SMC_OK);
	assert_int_equal(g->host->pinned, 16384);
	g->hold = false;
	fake.yield = false;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

/* Refused by the TEE while the buffer is in use elsewhere, at every size of record. */
static void a_registration_that_fails_in_the_tee_is_unpinned_once(void **state)
{
	static const uint32_t pages[] = {1, 4, 5, 15, 16, 511, 512, 1100};
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, 1, 0, 1100 * 4096), TEEC_SUCCESS);
	model.fail_register = TEEC_ERROR_OUT_OF_MEMORY;
	for (uint32_t i = 0; i < ARRAY_SIZE(pages); i++) {
		assert_int_equal(guest_register(g, COOKIE, 0, pages[i] * 4096ull),
				 TEEC_ERROR_OUT_OF_MEMORY);
		assert_int_equal(g->host->pinned, 1100);
		assert_int_equal(g->tee->used.pages, 1100);
		assert_int_equal(g->tee->used.buffers, 1);
	}
	model.fail_register = 0;
	assert_int_equal(guest_unregister(g, 1), TEEC_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_cookie_names_one_buffer_of_any_kind, 40, 56, 58),
		SCENARIO(an_entry_of_foreign_memory_undoes_a_registration, 44),
		SCENARIO(a_hundred_thousand_refusals_cost_no_quota, 45),
		SCENARIO(two_vcpus_at_one_buffer_find_it_busy, 49),
		SCENARIO(long_work_looks_at_the_clock, 48),
		SCENARIO(a_registration_that_fails_in_the_tee_is_unpinned_once, 46, 50),
	};

	return cmocka_run_group_tests_name("optee_scenarios_d", tests, NULL, NULL);
}
