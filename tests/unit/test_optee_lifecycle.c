/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs come and go in any state, and the TEE fails: scenarios 69 to 83 (groups F and G), as far as
 * a host can show them. The teardown of every test destroys both VMs and counts what is left.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE 0xffff888800001000ull

static void a_vm_can_be_destroyed_with_calls_buffers_and_sessions_open(void **state)
{
	struct guest *g = &guests[0];
	struct message *m = message(g, OPTEE_MSG_OPEN_SESSION, 2);

	(void)state;
	leaves_state = true;
	m->p[0].attr = 0x101;
	m->p[1].attr = 0x101;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(guest_register(g, 1, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, 2, 0, 2000 * 4096), TEEC_SUCCESS);
	g->hold = true;
	(void)guest_invoke(g, MODEL_FS, 4096); /* waits in SHM_ALLOC */
	fake.interrupts_returned = 1;
	(void)guest_invoke(g, MODEL_INTERRUPT, 3);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
	assert_int_equal(g->tee->used.calls, 2);
}

static void a_vm_can_be_destroyed_in_the_middle_of_a_registration(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	leaves_state = true;
	fake.yield = true;
	g->hold = true;
	(void)guest_register(g, COOKIE, 0, 1500 * 4096);
	assert_int_equal(g->host->pinned, 511);
}

static void a_vm_can_be_destroyed_in_the_middle_of_an_unpinning(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	leaves_state = true;
	assert_int_equal(guest_register(g, COOKIE, 0, 1500 * 4096), TEEC_SUCCESS);
	fake.yield = true;
	g->hold = true;
	(void)guest_unregister(g, COOKIE);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
	assert_true(g->host->pinned > 0 && g->host->pinned < 1500);
}

static void destruction_gives_the_cpu_back(void **state)
{
	struct guest *g = &guests[0];
	uint32_t again = 0;

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 64 << 20), TEEC_SUCCESS);
	fake.yield = true;
	while (guest_destroy_step(g) == TEE_STATUS_AGAIN)
		again++;
	assert_true(again >= 1);
	assert_int_equal(g->host->pinned, 0);
}

static void a_reboot_is_a_new_vm_with_an_id_not_just_used(void **state)
{
	struct guest *g = &guests[0];
	uint16_t id = g->tee->id;

	(void)state;
	for (uint32_t i = 0; i < 3000; i++) {
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
		assert_int_not_equal(g->tee->id, id);
		assert_int_not_equal(g->tee->id, guests[1].tee->id);
		assert_int_not_equal(g->tee->id, 0);
		id = g->tee->id;
	}
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

static void a_vm_more_than_the_tee_serves_is_told_so_and_can_come_later(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	model.fail_created = OPTEE_SMC_ENOTAVAIL;
	for (int i = 0; i < 2000; i++)
		assert_int_equal(guest_create(g), TEE_STATUS_FULL);
	model.fail_created = OPTEE_SMC_UNKNOWN_FUNCTION;
	assert_int_equal(guest_create(g), TEE_STATUS_FAULT);
	model.fail_created = 0;
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

static void a_vm_that_cannot_be_created_leaves_nothing(void **state)
{
	struct guest *g = &guests[0];
	uint64_t small[8];
	struct tee_vm *vm = NULL;

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(optee_backend.vm_create(machine_tee, g->host, &machine_quota, small,
						 sizeof(small), &vm),
			 TEE_STATUS_NO_MEMORY);
	for (uint32_t n = 1; n <= 3 && fake.no_window; n++) {
		fake.fail.pages_get = n;
		assert_int_equal(guest_create(g), TEE_STATUS_NO_MEMORY);
		fake.fail.pages_get = 0;
	}
	model.fail_next = OPTEE_SMC_ENOMEM; /* of the first call */
	assert_int_equal(guest_create(g), TEE_STATUS_FAULT);
	assert_null(model_guest_of(g->host));
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

/* The slow start of a partition */
static void interrupts_and_requests_of_the_first_call_stay_with_the_host(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	model.first_call_interrupts = 5;
	model.first_call_rpcs = 7;
	fake.interrupts = 0;
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	assert_int_equal(fake.interrupts, 5);
	expect_works(g);
	assert_int_equal(g->commands, 0);
}

static void an_id_that_was_not_let_go_is_never_used_again(void **state)
{
	struct guest *g = &guests[0];
	uint16_t lost = g->tee->id;

	(void)state;
	model.fail_destroyed = OPTEE_SMC_EBUSY;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(g->host->pinned, 1); /* the TEE may still write there */
	model.fail_destroyed = 0;
	model_forget(model_guest_of(g->host)); /* so that there is room for another */
	assert_int_equal(guest_create(&guests[0]), TEE_STATUS_OK);
	for (int i = 0; i < 1100; i++) {
		assert_int_not_equal(g->tee->id, lost);
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
	}
	/* Tidy up what this test broke on purpose. */
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	memset(g->host->pins, 0, sizeof(g->host->pins));
	g->host->pinned = 0;
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

static void two_vms_with_the_same_names_do_not_meet(void **state)
{
	struct guest *a = &guests[0], *b = &guests[1];

	(void)state;
	assert_int_equal(guest_register(a, COOKIE, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_register(b, COOKIE, 0, 4096), TEEC_SUCCESS);
	a->hold = true;
	b->hold = true;
	(void)guest_invoke(a, MODEL_TIME, 0);
	(void)guest_invoke(b, MODEL_TIME, 0);
	assert_int_equal(a->regs[3], b->regs[3]);
	message_at(a, IPA(PAGE_ARG) + 64)->p[0].value.a = 1;
	message_at(b, IPA(PAGE_ARG) + 64)->p[0].value.a = 2;
	message_at(a, IPA(PAGE_ARG) + 64)->h.ret = 0;
	message_at(b, IPA(PAGE_ARG) + 64)->h.ret = 0;
	b->regs[0] = a->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	assert_int_equal(smc(b), OPTEE_SMC_OK);
	assert_int_equal(smc(a), OPTEE_SMC_OK);
	assert_int_equal(message_at(a, IPA(PAGE_ARG))->p[0].value.a, 1);
	assert_int_equal(message_at(b, IPA(PAGE_ARG))->p[0].value.a, 2);
	a->hold = false;
	b->hold = false;
	assert_int_equal(guest_unregister(a, COOKIE), TEEC_SUCCESS);
	assert_int_equal(b->host->pinned, 1);
	assert_int_equal(guest_unregister(b, COOKIE), TEEC_SUCCESS);
}

/* What a guest sees of a TEE that failed it: errors it understands, and a way to shut down. */
static void expect_dead(struct guest *g)
{
	uint32_t smcs = fake.smcs;

	assert_true(g->tee->dead);
	message(g, OPTEE_MSG_CANCEL, 0);
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_call(g), OPTEE_SMC_ENOTAVAIL);
	assert_int_equal(smc4(g, OPTEE_SMC_DISABLE_SHM_CACHE, 0, 0, 0), OPTEE_SMC_ENOTAVAIL);
	assert_int_equal(smc4(g, OPTEE_SMC_ENABLE_SHM_CACHE, 0, 0, 0), OPTEE_SMC_OK);
	assert_int_equal(smc4(g, OPTEE_SMC_CALLS_UID, 0, 0, 0), OPTEE_UID_0);
	assert_int_equal(fake.smcs, smcs);
	expect_works(&guests[1]);
}

static void an_unknown_answer_ends_the_vms_use_of_the_tee(void **state)
{
	static const uint32_t answers[] = {OPTEE_SMC_EBUSY,	OPTEE_SMC_ERESUME,
					   OPTEE_SMC_ENOTAVAIL, OPTEE_SMC_UNKNOWN_FUNCTION,
					   0xffff0001u,		0xffff0003u,
					   0xffff1234u,		0xffff0000u,
					   0xffff0002u,		8};
	struct guest *g = &guests[0];

	(void)state;
	leaves_state = true;
	for (uint32_t i = 0; i < ARRAY_SIZE(answers); i++) {
		model.fail_next = answers[i];
		(void)guest_invoke(g, MODEL_ADD, 0);
		assert_int_equal(g->regs[0], OPTEE_SMC_ENOTAVAIL);
		expect_dead(g);
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
	}
}

static void a_wrong_thread_ends_the_vms_use_of_the_tee(void **state)
{
	static const uint32_t wrong[] = {2, 63, 64, 0xffffffff};
	struct guest *g = &guests[0];

	(void)state;
	leaves_state = true;
	for (uint32_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		model.wrong_thread = wrong[i];
		(void)guest_invoke(g, i % 2 == 0 ? MODEL_TIME : MODEL_INTERRUPT, 1);
		assert_int_equal(g->regs[0], OPTEE_SMC_ENOTAVAIL);
		model.wrong_thread = 0;
		expect_dead(g);
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
	}
}

/* The thread of another call */
static void a_thread_of_two_calls_ends_the_vms_use_of_the_tee(void **state)
{
	struct guest *g = &guests[0];
	uint64_t first[18];

	(void)state;
	leaves_state = true;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	memcpy(first, g->regs, sizeof(first));
	model.wrong_thread = UINT32_MAX; /* thread 1 says it is 0 */
	(void)guest_invoke(g, MODEL_TIME, 0);
	model.wrong_thread = 0;
	assert_int_equal(g->regs[0], OPTEE_SMC_ENOTAVAIL);
	memcpy(g->regs, first, sizeof(first));
	g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	assert_int_equal(smc(g), OPTEE_SMC_ENOTAVAIL);
	g->hold = false;
	expect_dead(g);
	assert_int_equal(g->tee->used.calls, 0);
}

static void a_request_on_a_buffer_we_never_gave_is_a_fault(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	leaves_state = true;
	model.wrong_cookie = 0x100000001;
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_ENOTAVAIL);
	model.wrong_cookie = 0;
	expect_dead(g);
}

/* An error for a call that had begun */
static void an_error_after_a_request_is_a_fault_and_keeps_pages_pinned(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	leaves_state = true;
	assert_int_equal(guest_register(g, COOKIE, 0, 10 * 4096), TEEC_SUCCESS);
	model.fail_resume = OPTEE_SMC_ERESUME;
	(void)guest_invoke(g, MODEL_FS, 4096);
	assert_int_equal(g->regs[0], OPTEE_SMC_ENOTAVAIL);
	expect_dead(g);
	assert_int_equal(g->host->pinned, 11);
}

static void a_lone_call_is_never_told_to_wait_for_a_thread(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.fail_next = OPTEE_SMC_ETHREAD_LIMIT;
	assert_int_equal(guest_invoke(g, MODEL_ADD, 0), TEEC_ERROR_BUSY);
	expect_baseline(g);
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	memcpy(guests[1].regs, g->regs, sizeof(g->regs));
	model.fail_next = OPTEE_SMC_ETHREAD_LIMIT;
	message_at(g, IPA(1))->h = (struct optee_msg_header){.cmd = OPTEE_MSG_CANCEL};
	assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(1), 1),
			 OPTEE_SMC_ETHREAD_LIMIT);
	memcpy(g->regs, guests[1].regs, sizeof(g->regs));
	g->hold = false;
	assert_int_equal(guest_go_on(g), OPTEE_SMC_OK);
	expect_baseline(g);
}

/* A TEE without reserved memory gets a registered arena; a full window falls back to pages. */
static void without_a_window_the_arena_is_registered(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(model_buffers(model_guest_of(g->host)), 1);
	assert_non_null(model_buffer(model_guest_of(g->host), BIT(63)));
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_invoke(g, MODEL_TIME, 0), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

static void calls_lie_in_the_window_if_there_is_one(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < GUESTS; i++)
		assert_int_equal(model_buffers(model_guest_of(guests[i].host)), 0);
	for (uint32_t i = 0; i < FAKE_HOST_PAGES; i++)
		assert_false(fake.page_used[i]);
}

static void a_full_window_falls_back_to_pages_of_the_host(void **state)
{
	struct guest *g = &guests[0];
	uint32_t used = 0;

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	machine_quota.shared_pages = 300 * 511;
	assert_int_equal(guest_create(g), TEE_STATUS_OK); /* arena and lists in the window */
	assert_int_equal(guest_destroy(&guests[1]), TEE_STATUS_OK);
	machine_quota.shared_pages = 150 * 511;
	assert_int_equal(guest_create(&guests[1]), TEE_STATUS_OK); /* lists from the host */
	for (uint32_t i = 0; i < FAKE_HOST_PAGES; i++)
		used += fake.page_used[i];
	assert_int_equal(used, 152);
	assert_int_equal(guest_register(&guests[1], COOKIE, 0, 1000 * 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(&guests[1], COOKIE), TEEC_SUCCESS);
	assert_int_equal(guest_destroy(&guests[1]), TEE_STATUS_OK);
	machine_quota.shared_pages = 300 * 511; /* more than the host has */
	assert_int_equal(guest_create(&guests[1]), TEE_STATUS_NO_MEMORY);
	assert_null(model_guest_of(guests[1].host));
}

/* Another vCPU of guest 0, which calls as soon as a record is free. */
static void call_at_once(struct tee_host_vm *vm)
{
	struct guest other = guests[0];

	if (vm != other.host || other.tee->used.calls != 0)
		return;
	fake.watch = NULL;
	other.vcpu.index = 1;
	message_at(&other, IPA(PAGE_ARG + 1))->h.cmd = OPTEE_MSG_CLOSE_SESSION;
	assert_int_equal(guest_call_at(&other, IPA(PAGE_ARG + 1)), OPTEE_SMC_OK);
}

static void a_calls_result_is_its_own_though_its_record_has_a_new_call(void **state)
{
	static const struct fake_watch watch = {.unlocked = call_at_once};
	const struct fake_watch *model_watch = fake.watch; /* it cannot follow such a call */
	struct guest *g = &guests[0];

	(void)state;
	(void)message(g, OPTEE_MSG_INVOKE_COMMAND, 0);
	model.fail_next = OPTEE_SMC_ENOMEM;
	fake.watch = &watch;
	assert_int_equal(guest_call(g), OPTEE_SMC_ENOMEM);
	assert_null(fake.watch);
	fake.watch = model_watch;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_vm_can_be_destroyed_with_calls_buffers_and_sessions_open, 69),
		SCENARIO_NO_WINDOW(a_vm_can_be_destroyed_with_calls_buffers_and_sessions_open, 69),
		SCENARIO(a_vm_can_be_destroyed_in_the_middle_of_a_registration, 69),
		SCENARIO(a_vm_can_be_destroyed_in_the_middle_of_an_unpinning, 69),
		MEDIATOR_TEST(destruction_gives_the_cpu_back),
		SCENARIO(a_reboot_is_a_new_vm_with_an_id_not_just_used, 71, 72, 74),
		SCENARIO(a_vm_more_than_the_tee_serves_is_told_so_and_can_come_later, 73, 80),
		SCENARIO_NO_WINDOW(a_vm_more_than_the_tee_serves_is_told_so_and_can_come_later, 73,
				   80),
		MEDIATOR_TEST(a_vm_that_cannot_be_created_leaves_nothing),
		MEDIATOR_TEST_NO_WINDOW(a_vm_that_cannot_be_created_leaves_nothing),
		SCENARIO(interrupts_and_requests_of_the_first_call_stay_with_the_host, 69),
		SCENARIO_NO_WINDOW(interrupts_and_requests_of_the_first_call_stay_with_the_host,
				   69),
		SCENARIO(an_id_that_was_not_let_go_is_never_used_again, 74),
		SCENARIO(two_vms_with_the_same_names_do_not_meet, 75),
		SCENARIO(an_unknown_answer_ends_the_vms_use_of_the_tee, 79, 82),
		SCENARIO(a_wrong_thread_ends_the_vms_use_of_the_tee, 79),
		SCENARIO(a_thread_of_two_calls_ends_the_vms_use_of_the_tee, 79),
		SCENARIO(a_request_on_a_buffer_we_never_gave_is_a_fault, 63, 79),
		SCENARIO(an_error_after_a_request_is_a_fault_and_keeps_pages_pinned, 79),
		SCENARIO(a_lone_call_is_never_told_to_wait_for_a_thread, 83),
		MEDIATOR_TEST(a_calls_result_is_its_own_though_its_record_has_a_new_call),
		MEDIATOR_TEST_NO_WINDOW(without_a_window_the_arena_is_registered),
		MEDIATOR_TEST(calls_lie_in_the_window_if_there_is_one),
		MEDIATOR_TEST(a_full_window_falls_back_to_pages_of_the_host),
	};

	return cmocka_run_group_tests_name("optee_lifecycle", tests, NULL, NULL);
}
