/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups F, G and I of the hostile scenarios, what test_optee_lifecycle.c leaves out: a VM that
 * ends in each state a call can be in, a kernel started anew in a VM that cleaned nothing up, names
 * that two VMs share, logs, and what a guest could learn from an answer. (H is in
 * test_optee_notify.c.)
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE	  0xffff888800001000ull
#define LIST_ATTR (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)

/* Brings a guest's call into a state, which it is left in. */
typedef void leave_in_state(struct guest *g);

static void in_command(struct guest *g)
{
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_CMD);
}

static void in_alloc(struct guest *g)
{
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_ALLOC);
}

static void in_command_with_buffer(struct guest *g)
{
	in_alloc(g);
	guest_serve(g);
	assert_int_equal(smc(g), OPTEE_SMC_RPC_CMD);
}

static void in_free(struct guest *g)
{
	in_command_with_buffer(g);
	guest_serve(g);
	assert_int_equal(smc(g), OPTEE_SMC_RPC_FREE);
}

static void in_interrupt(struct guest *g)
{
	fake.interrupts_returned = 1;
	(void)guest_invoke(g, MODEL_INTERRUPT, 5);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
}

static void in_registration(struct guest *g)
{
	fake.yield = true;
	(void)guest_register(g, COOKIE, 0, 1500 * 4096);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
	fake.yield = false;
}

static void in_unpinning(struct guest *g)
{
	g->hold = false;
	assert_int_equal(guest_register(g, COOKIE, 0, 1500 * 4096), TEEC_SUCCESS);
	g->hold = true;
	fake.yield = true;
	(void)guest_unregister(g, COOKIE);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
	fake.yield = false;
}

/* The request FS, with memory of SHM_ALLOC pinned. */
static void in_file_request(struct guest *g)
{
	(void)guest_invoke(g, MODEL_FS, 9000);
	guest_serve(g);
	assert_int_equal(smc(g), OPTEE_SMC_RPC_CMD);
	assert_int_equal(guest_rpc(g)->h.cmd, OPTEE_RPC_FS);
}

static void in_allocation(struct guest *g)
{
	fake.yield = true;
	(void)guest_invoke(g, MODEL_FS, 1500 * 4096);
	guest_serve(g);
	assert_int_equal(smc(g), OPTEE_SMC_RPC_FOREIGN_INTR);
	fake.yield = false;
}

static void in_discard(struct guest *g)
{
	(void)guest_invoke(g, MODEL_FS, 4096);
	guest_serve(g);
	fake.fail.pin = 1;
	assert_int_equal(smc(g), OPTEE_SMC_RPC_CMD);
	assert_int_equal(guest_rpc(g)->h.cmd, OPTEE_RPC_SHM_FREE);
}

/* The TEE has freed that memory, which is being unpinned. */
static void in_release(struct guest *g)
{
	(void)guest_invoke(g, MODEL_FS, 1500 * 4096);
	guest_serve(g);
	assert_int_equal(smc(g), OPTEE_SMC_RPC_CMD);
	guest_serve(g);
	fake.yield = true;
	assert_int_equal(smc(g), OPTEE_SMC_RPC_FOREIGN_INTR);
	fake.yield = false;
}

/* A buffer for requests that was not taken is being given back. */
static void in_refusal(struct guest *g)
{
	in_alloc(g);
	guest_serve(g);
	g->regs[2] += 4;
	assert_int_equal(smc(g), OPTEE_SMC_RPC_FREE);
}

static void idle(struct guest *g)
{
	(void)g;
}

static leave_in_state *const call_states[] = {
	idle,	      in_command,      in_alloc,     in_command_with_buffer, in_free,
	in_interrupt, in_registration, in_unpinning, in_file_request,	     in_allocation,
	in_discard,   in_release,      in_refusal,
};

static void a_vm_can_end_in_every_state_of_a_call(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(call_states); i++) {
		g->hold = true;
		g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
		call_states[i](g);
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(g->host->pinned, 0);
		assert_int_equal(model.left_threads, 0);
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
		expect_baseline(g);
		expect_works(g);
	}
}

/* What a debugger that stops a VM does to its calls: nothing happens for long, then all goes on. */
static void a_vm_can_rest_in_every_state_of_a_call(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(call_states); i++) {
		g->hold = true;
		g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
		call_states[i](g);
		for (uint32_t n = 0; n < 1000; n++)
			expect_works(&guests[1]);
		if (call_states[i] != idle) {
			assert_int_equal(guest_go_on(g), OPTEE_SMC_OK);
			assert_int_equal(message_at(g, IPA(PAGE_ARG))->h.ret,
					 call_states[i] == in_discard ||
							 call_states[i] == in_refusal
						 ? TEEC_ERROR_OUT_OF_MEMORY
						 : TEEC_SUCCESS);
		}
		g->hold = false;
		g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
		(void)guest_unregister(g, COOKIE);
		expect_baseline(g);
	}
}

/* kexec: the old kernel's buffers, session and call stay behind; the new one knows nothing. */
static void a_kernel_started_anew_works_beside_what_the_old_one_left(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_OPEN_SESSION, 2);

	(void)state;
	leaves_state = true;
	m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(guest_register(g, COOKIE, 0, 20 * 4096), TEEC_SUCCESS);
	g->hold = true;
	in_command(g);
	g->hold = false;
	memset(g->host->ram, 0, (size_t)FAKE_RAM_PAGES * PAGE_SIZE);
	assert_int_equal(smc4(g, OPTEE_SMC_CALLS_UID, 0, 0, 0), OPTEE_UID_0);
	assert_int_equal(smc4(g, OPTEE_SMC_EXCHANGE_CAPABILITIES, 0, 0, 0), OPTEE_SMC_OK);
	assert_int_equal(smc4(g, OPTEE_SMC_DISABLE_SHM_CACHE, 0, 0, 0), OPTEE_SMC_ENOTAVAIL);
	guest_register_args(g);
	g->style = OPTEE_SMC_CALL_WITH_REGD_ARG;
	assert_int_equal(guest_invoke(g, MODEL_FS, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_invoke(g, MODEL_ADD, 1), TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 22);
	/* A reset, unlike kexec, gives all back. */
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(g->host->pinned, 0);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	expect_works(g);
}

static void a_thousand_vms_leave_nothing_in_tee_or_host(void **state)
{
	struct guest *g = &guests[0];
	uint32_t before = fake.smcs, each;

	(void)state;
	leaves_state = true;
	for (uint32_t n = 0; n < 1000; n++) {
		assert_int_equal(guest_register(g, COOKIE, 0, 100 * 4096), TEEC_SUCCESS);
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_null(model_guest_of(g->host));
		assert_int_equal(g->host->pinned, 0);
		assert_int_equal(machine_tee->vms, FAKE_VMS - 1);
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
	}
	each = (fake.smcs - before) / 1000;
	assert_true(each <= 5); /* registered, destroyed, created, warmed up, arena */
}

/* Everything that can be named is named alike in both VMs, and used crosswise in time. */
static void vms_with_the_same_cookies_sessions_and_handles_stay_apart(void **state)
{
	struct guest *g[GUESTS] = {&guests[0], &guests[1]};
	uint64_t calls[GUESTS][18];

	(void)state;
	model.strict_sessions = true;
	for (uint32_t i = 0; i < GUESTS; i++) {
		struct message *m = message(g[i], OPTEE_MSG_OPEN_SESSION, 2);

		m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
		assert_int_equal(guest_call(g[i]), OPTEE_SMC_OK);
		assert_int_equal(m->h.session, 1);
		assert_int_equal(guest_register(g[i], COOKIE, 0, 4096), TEEC_SUCCESS);
		memset(fake_ram(g[i]->host, IPA(PAGE_DATA)), 0x10 * (int)(i + 1), 4096);
	}
	for (uint32_t i = 0; i < GUESTS; i++) {
		struct message *m = message(g[i], OPTEE_MSG_INVOKE_COMMAND, 2);

		g[i]->hold = true;
		m->h.session = 1;
		m->h.func = MODEL_TIME;
		m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
		m->p[1] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 64, COOKIE);
		assert_int_equal(guest_call(g[i]), OPTEE_SMC_RPC_CMD);
		memcpy(calls[i], g[i]->regs, sizeof(calls[i]));
	}
	assert_true(calls[0][3] == calls[1][3]);
	/* VM 0 drops all of its own; VM 1's goes on. */
	message_at(g[0], IPA(PAGE_ARG) + 96)->h.ret = 0;
	calls[0][0] = calls[1][0] = OPTEE_SMC_RETURN_FROM_RPC;
	memcpy(g[0]->regs, calls[0], sizeof(calls[0]));
	assert_int_equal(smc(g[0]), OPTEE_SMC_OK);
	g[0]->hold = g[1]->hold = false;
	assert_int_equal(guest_unregister(g[0], COOKIE), TEEC_SUCCESS);
	message(g[0], OPTEE_MSG_CLOSE_SESSION, 0)->h.session = 1;
	assert_int_equal(guest_call(g[0]), OPTEE_SMC_OK);
	expect_baseline(g[0]);
	assert_int_equal(g[1]->host->pinned, 1);
	message_at(g[1], IPA(PAGE_ARG) + 96)->h.ret = 0;
	memcpy(g[1]->regs, calls[1], sizeof(calls[1]));
	assert_int_equal(smc(g[1]), OPTEE_SMC_OK);
	assert_int_equal(message_at(g[1], IPA(PAGE_ARG))->h.ret, TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g[1], COOKIE), TEEC_SUCCESS);
	message(g[1], OPTEE_MSG_CLOSE_SESSION, 0)->h.session = 1;
	assert_int_equal(guest_call(g[1]), OPTEE_SMC_OK);
	assert_int_equal(message_at(g[1], IPA(PAGE_ARG))->h.ret, TEEC_SUCCESS);
	model.strict_sessions = false;
}

static void no_vm_is_created_from_a_vm(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 10000; n++) {
		assert_int_equal(smc4(&guests[0], OPTEE_SMC_VM_CREATED, n, 0, 0),
				 OPTEE_SMC_UNKNOWN_FUNCTION);
		assert_int_equal(smc4(&guests[0], OPTEE_SMC_VM_DESTROYED, n, 0, 0),
				 OPTEE_SMC_UNKNOWN_FUNCTION);
	}
	assert_int_equal(machine_tee->vms, FAKE_VMS);
}

/* One of each kind of refusal. */
static void be_refused(struct guest *g)
{
	struct message *m;

	(void)smc4(g, 0xb2000042, 0, 0, 0);
	(void)smc4(g, OPTEE_SMC_CALL_WITH_ARG, 0, 1, 0);
	(void)smc4(g, OPTEE_SMC_CALL_WITH_ARG, 0, FAKE_MMIO_IPA, 0);
	(void)smc4(g, OPTEE_SMC_RETURN_FROM_RPC, 0, 0, 99);
	(void)smc4(g, OPTEE_SMC_CALL_WITH_REGD_ARG, 1, 1, 1);
	message(g, 77, 0);
	(void)guest_call(g);
	m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 1, 12345);
	(void)guest_call(g);
	m->p[0].attr = 0xdead;
	(void)guest_call(g);
	m = message(g, OPTEE_MSG_OPEN_SESSION, 2);
	m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	m->p[1].value.c = 3;
	(void)guest_call(g);
	m = message(g, OPTEE_MSG_REGISTER_SHM, 1);
	m->p[0] = rmem(LIST_ATTR, IPA(PAGE_LIST), UINT64_MAX / 2, COOKIE);
	(void)guest_call(g);
	m->p[0] = rmem(LIST_ATTR, FAKE_MMIO_IPA, 4096, COOKIE);
	(void)guest_call(g);
	g->alloc_cookie = 0;
	(void)guest_invoke(g, MODEL_FS, 100);
	g->alloc_cookie = 0xa110c;
}

static void no_refusal_writes_to_the_log(void **state)
{
	struct guest *g = &guests[0];
	uint32_t logs = fake.logs;

	(void)state;
	for (uint32_t n = 0; n < 1000; n++)
		be_refused(g);
	assert_int_equal(fake.logs, logs);
	for (uint32_t why = 0; why < TEE_REFUSALS; why++)
		if (why != TEE_REFUSED_DEAD)
			assert_true(g->tee->count.refusals[why] >= 1000);
	expect_baseline(g);
}

static void a_dead_tee_is_logged_once(void **state)
{
	struct guest *g = &guests[0];
	uint32_t logs = fake.logs;

	(void)state;
	leaves_state = true;
	model.fail_next = 0x1234;
	(void)guest_invoke(g, MODEL_ADD, 0);
	assert_int_equal(fake.logs, logs + 1);
	for (uint32_t n = 0; n < 1000; n++) {
		assert_true((uint32_t)guest_invoke(g, MODEL_ADD, 0) == OPTEE_SMC_ENOTAVAIL);
		be_refused(g);
	}
	assert_int_equal(fake.logs, logs + 1);
	assert_true(g->tee->count.refusals[TEE_REFUSED_DEAD] >= 1000);
}

/* A TEE that leaves litter in its registers: the guest gets what the ABI defines. */
static void registers_of_the_tee_do_not_reach_the_guest(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.litter = 0x5ec2e75ec2e7ull;
	message(g, OPTEE_MSG_INVOKE_COMMAND, 0)->h.func = MODEL_ADD;
	for (uint32_t i = 1; i < 18; i++)
		g->regs[i] = 0x1000 + i;
	g->regs[0] = OPTEE_SMC_CALL_WITH_RPC_ARG;
	g->regs[1] = 0;
	g->regs[2] = IPA(PAGE_ARG);
	assert_int_equal(smc(g), OPTEE_SMC_OK);
	assert_int_equal(g->regs[1], 0);
	assert_int_equal(g->regs[2], IPA(PAGE_ARG));
	for (uint32_t i = 3; i < 18; i++)
		assert_int_equal(g->regs[i], 0x1000 + i);
	g->hold = true;
	fake.interrupts_returned = 1;
	(void)guest_invoke(g, MODEL_INTERRUPT, 1);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
	assert_int_equal(g->regs[1] | g->regs[2], 0);
	for (uint32_t i = 4; i < 18; i++)
		assert_int_equal(g->regs[i], 0);
	assert_int_equal(g->regs[3] >> 32, 0);
	g->hold = false;
	assert_int_equal(guest_go_on(g), OPTEE_SMC_OK);
	model.litter = 0;
}

/* A slot used by another call before: no byte of that call is in the answer. */
static uint32_t leave_secrets(struct model_thread *t)
{
	memset(t->params, 0x77, 4 * sizeof(*t->params));
	memset(t->rpc, 0x77, 160);
	t->arg->ret = TEEC_SUCCESS;
	t->arg->ret_origin = 4;
	return OPTEE_SMC_OK;
}

static void an_answer_holds_no_byte_of_an_earlier_call(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	model.program = leave_secrets;
	m = message(g, OPTEE_MSG_INVOKE_COMMAND, 4);
	m->h.func = MODEL_TEST;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	memset(m, 0, 4096);
	m->h.cmd = OPTEE_MSG_INVOKE_COMMAND;
	m->h.func = MODEL_TIME;
	m->h.num_params = 1;
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	for (uint32_t i = 0; i < 4096; i++)
		assert_int_not_equal(((uint8_t *)m)[i], 0x77);
}

/* The TEE says "no memory" to one VM: that VM hears it, and no other. */
static uint32_t out_of_memory(struct model_thread *t)
{
	t->arg->ret = t->guest->vm == guests[0].host ? TEEC_ERROR_OUT_OF_MEMORY : TEEC_SUCCESS;
	t->arg->ret_origin = 3;
	return OPTEE_SMC_OK;
}

static void a_partition_without_memory_is_its_own_vms_trouble(void **state)
{
	(void)state;
	model.program = out_of_memory;
	assert_int_equal(guest_invoke(&guests[0], MODEL_TEST, 0), TEEC_ERROR_OUT_OF_MEMORY);
	assert_int_equal(message_at(&guests[0], IPA(PAGE_ARG))->h.ret_origin, 3);
	assert_int_equal(guest_invoke(&guests[1], MODEL_TEST, 0), TEEC_SUCCESS);
	assert_false(guests[0].tee->dead);
	expect_baseline(&guests[0]);
}

/* A failed create is tried again later, many times, and works when the TEE has room. */
static void a_vm_without_a_tee_can_ask_again(void **state)
{
	static const uint32_t answers[] = {OPTEE_SMC_ENOTAVAIL, OPTEE_SMC_ENOMEM, OPTEE_SMC_EBUSY,
					   OPTEE_SMC_UNKNOWN_FUNCTION, 0x1234};
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	for (uint32_t n = 0; n < 1100; n++) {
		model.fail_created = answers[n % ARRAY_SIZE(answers)];
		assert_int_not_equal(guest_create(g), TEE_STATUS_OK);
		assert_int_equal(machine_tee->vms, FAKE_VMS - 1);
	}
	model.fail_created = 0;
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	expect_works(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_vm_can_end_in_every_state_of_a_call, 69),
		SCENARIO_NO_WINDOW(a_vm_can_end_in_every_state_of_a_call, 69),
		SCENARIO(a_vm_can_rest_in_every_state_of_a_call, 70),
		SCENARIO(a_kernel_started_anew_works_beside_what_the_old_one_left, 71),
		SCENARIO(a_thousand_vms_leave_nothing_in_tee_or_host, 72),
		SCENARIO_NO_WINDOW(a_thousand_vms_leave_nothing_in_tee_or_host, 72),
		SCENARIO(vms_with_the_same_cookies_sessions_and_handles_stay_apart, 75),
		SCENARIO(a_vm_without_a_tee_can_ask_again, 73, 80),
		SCENARIO(no_vm_is_created_from_a_vm, 91),
		SCENARIO(no_refusal_writes_to_the_log, 88),
		SCENARIO(a_dead_tee_is_logged_once, 82, 88),
		SCENARIO(a_partition_without_memory_is_its_own_vms_trouble, 90),
		SCENARIO(registers_of_the_tee_do_not_reach_the_guest, 92),
		SCENARIO(an_answer_holds_no_byte_of_an_earlier_call, 92),
	};

	return cmocka_run_group_tests_name("optee_scenarios_fgi", tests, NULL, NULL);
}
