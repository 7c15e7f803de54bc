/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs on Trusty arrive, and leave in whatever state: in the middle of a call, with devices and
 * shares, when Trusty or EL3 does not let go, when Trusty is dead.
 */
#include "tests/unit/trusty_guest.h"
#include <stdlib.h>

static const uint32_t functions[] = {TRUSTY_SC_LOCKED_NOP, TRUSTY_SC_QL_CREATE,
				     TRUSTY_SC_QL_HANDLE_CMD, TRUSTY_SC_QL_SHUTDOWN};

/* g's guest stops in the middle of this standard call. */
static void stop_in(struct tguest *g, uint32_t function)
{
	uint32_t size = function == TRUSTY_SC_QL_HANDLE_CMD ? 16 : PAGE_SIZE;

	g->id = TG_ID(TG_IPA(TG_BUFFER));
	if (function == TRUSTY_SC_QL_CREATE && trusty_model.api == 5) {
		assert_int_equal(tguest_share(g, TG_BUFFER, 1), 0);
		g->id = g->handle;
	} else if (function != TRUSTY_SC_QL_CREATE && function != TRUSTY_SC_LOCKED_NOP) {
		assert_int_equal(tguest_device(g, 1), 0);
	}
	model_trusty_script(&trusty_model.standard, 3, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned = 1;
	assert_int_equal(tguest_smc(g, function, (uint32_t)g->id, (uint32_t)(g->id >> 32), size),
			 TRUSTY_ERR_INTERRUPTED);
}

static void again(struct tguest *g)
{
	assert_int_equal(tguest_create(g), TEE_STATUS_OK);
	tguest_expect_works(g);
}

static void a_vm_that_ends_in_any_call_leaves_nothing(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(functions); i++) {
		stop_in(g, functions[i]);
		assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(g->host->pinned, 0);
		assert_int_equal(model_trusty_devices(), 0);
		assert_int_equal(model_trusty_shares(), 0);
		assert_false(trusty_model.active);
		again(g);
	}
}

static void a_vm_that_ends_with_devices_and_shares_leaves_nothing(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_device(g, 2), 0);
	if (trusty_model.api == 5)
		for (unsigned i = 0; i < 5; i++)
			assert_int_equal(tguest_share(g, 64 + i, 10), 0);
	tguest_expect_works(&tguests[1]);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(g->host->pinned, 0);
	assert_int_equal(model_trusty_shares(), 0);
}

static void a_vm_that_ends_before_it_learns_a_result_leaves_nothing(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	stop_in(g, TRUSTY_SC_QL_CREATE);
	fake.now += 60000000;
	assert_int_equal(tguest_std(&tguests[1], TRUSTY_SC_LOCKED_NOP, 0, 0), 0);
	assert_int_equal(model_trusty_devices(), 1);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model_trusty_devices(), 0);
}

static enum tee_status status;

static void destroy_first(void)
{
	status = trusty_backend.vm_destroy(tguests[0].vm);
}

/* The other VM's CPU is inside, for the call of the one that ends. */
static void a_vm_does_not_end_under_a_cpu_that_works_for_it(void **state)
{
	(void)state;
	stop_in(&tguests[0], TRUSTY_SC_QL_CREATE);
	fake.now += 60000000;
	trusty_model.inside = destroy_first;
	assert_int_equal(tguest_std(&tguests[1], TRUSTY_SC_LOCKED_NOP, 0, 0), 0);
	assert_int_equal(status, TEE_STATUS_AGAIN);
	assert_int_equal(tguest_destroy(&tguests[0]), TEE_STATUS_OK);
}

static void a_vm_s_end_waits_for_the_gate(void **state)
{
	(void)state;
	stop_in(&tguests[0], TRUSTY_SC_QL_SHUTDOWN);
	trusty_model.inside = destroy_first;
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_SC_NOP, 0, 0, 0), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(status, TEE_STATUS_AGAIN);
	assert_int_equal(tguest_destroy(&tguests[0]), TEE_STATUS_OK);
}

/* Its SHUTDOWN needs the slot, which the other VM has, and gets when that does not come back. */
static void a_vm_s_end_waits_for_the_slot(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	(void)state;
	assert_int_equal(tguest_device(a, 1), 0);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned = 1;
	assert_int_equal(tguest_smc(b, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), TRUSTY_ERR_INTERRUPTED);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(trusty_backend.vm_destroy(a->vm), TEE_STATUS_AGAIN);
	assert_int_equal(tguest_destroy(a), TEE_STATUS_OK);
	assert_int_equal(tguest_restart(b), 0); /* kept for it */
}

/* However seldom the host asks it to go on, and however fast the others are. */
static void a_leaving_vm_s_turn_does_not_pass(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	(void)state;
	assert_int_equal(tguest_device(a, 1), 0);
	trusty_model.inside = destroy_first;
	assert_int_equal(tguest_smc(b, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), 0);
	assert_int_equal(status, TEE_STATUS_AGAIN);
	for (unsigned i = 0; i < 100; i++) {
		fake.now += 10000000;
		assert_int_equal(tguest_smc(b, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), TRUSTY_ERR_BUSY);
	}
	assert_int_equal(trusty_backend.vm_destroy(a->vm), TEE_STATUS_OK);
	a->vm = NULL;
	assert_int_equal(tguest_smc(b, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), 0);
}

static void the_gate_s_turn_of_a_leaving_vm_does_not_pass(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	(void)state;
	assert_int_equal(tguest_device(a, 1), 0);
	trusty_model.inside = destroy_first;
	assert_int_equal(tguest_smc(b, TRUSTY_SC_NOP, 0, 0, 0), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(status, TEE_STATUS_AGAIN);
	fake.now += 1000000000;
	assert_int_equal(tguest_smc(b, TRUSTY_SC_NOP, 0, 0, 0), TRUSTY_ERR_NOP_INTERRUPTED);
	assert_int_equal(trusty_backend.vm_destroy(a->vm), TEE_STATUS_OK);
	a->vm = NULL;
}

static void a_vm_s_own_shutdown_may_be_interrupted_for_long(void **state)
{
	struct tguest *g = &tguests[0];
	uint32_t entries;

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	for (unsigned i = 0; i < 3; i++) {
		trusty_model.standard.length = 0;
		trusty_model.standard.at = 0;
		model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
		trusty_model.standard_repeats = 200;
		entries = trusty_model.entries;
		assert_int_equal(trusty_backend.vm_destroy(g->vm), TEE_STATUS_AGAIN);
		assert_in_range(trusty_model.entries - entries, 1, 64);
	}
	trusty_model.standard_repeats = 0;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
}

static void giving_back_is_done_in_steps(void **state)
{
	struct tguest *g = &tguests[0];
	uint32_t steps = 0;

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(tguest_share(g, 64, 60), 0);
	fake.yield = true;
	while (steps < 3 && trusty_backend.vm_destroy(g->vm) == TEE_STATUS_AGAIN)
		steps++;
	assert_int_equal(steps, 3);
	fake.now += 3000000000ull; /* it is the call that may not take long */
	fake.yield = false;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
}

/* A find of the fuzzer: it never ended, since the CPU was asked for before anything was done. */
static void a_host_that_always_wants_its_cpu_does_not_stop_the_end(void **state)
{
	struct tguest *g = &tguests[0];
	enum tee_status end = TEE_STATUS_AGAIN;

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	fake.yield = true;
	for (unsigned i = 0; i < 8 && end == TEE_STATUS_AGAIN; i++)
		end = trusty_backend.vm_destroy(g->vm);
	assert_int_equal(end, TEE_STATUS_OK);
	g->vm = NULL;
	assert_int_equal(g->host->pinned, 0);
}

/* It waits for an interrupt that never comes. The VM goes; the next one ends its call. */
static void a_call_that_does_not_end_goes_on_without_its_vm(void **state)
{
	struct tguest *g = &tguests[0];
	uint64_t before = fake.now;

	(void)state;
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_CPU_IDLE);
	trusty_model.standard_repeats = UINT32_MAX;
	assert_int_equal(tguest_smc(g, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), TRUSTY_ERR_CPU_IDLE);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	assert_in_range(fake.now - before, 1900000000, 2100000000);
	free(g->memory); /* nothing points there any more */
	g->memory = NULL;
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_SC_LOCKED_NOP, 0, 0, 0), TRUSTY_ERR_BUSY);
	trusty_backend.irq(trusty_tee, 13);
	trusty_model.standard_repeats = 0;
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_SC_LOCKED_NOP, 0, 0, 0), 0);
	assert_int_equal(trusty_model.starts, 2);
}

static void a_device_of_a_vm_that_is_gone_counts_until_trusty_ends_it(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_CPU_IDLE);
	trusty_model.standard_repeats = UINT32_MAX;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(g->host->pinned, 1);
	trusty_model.standard_repeats = 0;
	assert_int_equal(tguest_create(g), TEE_STATUS_OK);
	assert_int_equal(tguest_device(&tguests[1], 1), 0); /* after the SHUTDOWN of the one gone */
	assert_int_equal(model_trusty_devices(), 1);
	assert_int_equal(tguest_shutdown(&tguests[1]), 0);
	tguest_forget(&tguests[1]);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
	for (unsigned i = 0; i < MT_SHARES; i++) /* EL3 has it, the VM's pages are lost */
		trusty_model.shares[i].handle = 0;
}

static void a_device_that_trusty_keeps_keeps_its_pages(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	trusty_model.fail_shutdown = TRUSTY_ERR_INTERNAL;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(g->host->pinned, 1);
	trusty_model.fail_shutdown = 0;
	tguest_expect_works(&tguests[1]);
	for (unsigned i = 0; i < TRUSTY_QL_DEVICES; i++)
		trusty_model.devices[i].used = false;
	for (unsigned i = 0; i < MT_SHARES; i++)
		trusty_model.shares[i].handle = 0;
}

static void a_share_that_el3_keeps_keeps_its_pages(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_share(g, 64, 4), 0);
	trusty_model.fail_reclaim = FFA_DENIED;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(g->host->pinned, 4);
	trusty_model.fail_reclaim = 0;
	for (unsigned i = 0; i < MT_SHARES; i++)
		trusty_model.shares[i].handle = 0;
}

/* Of a device made by address, whose share the mediator made. */
static void a_share_of_ours_that_el3_keeps_is_tried_again_at_the_end(void **state)
{
	struct tguest *g = &tguests[0];
	uint64_t id = TG_ID(TG_IPA(TG_BUFFER));

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	assert_int_equal(tguest_std(g, TRUSTY_SC_QL_CREATE, id, PAGE_SIZE), 0);
	trusty_model.fail_reclaim = FFA_DENIED;
	assert_int_equal(tguest_std(g, TRUSTY_SC_QL_SHUTDOWN, id, 0), 0);
	assert_int_equal(g->host->pinned, 1);
	trusty_model.fail_reclaim = 0;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(g->host->pinned, 0);
}

static void an_answer_that_says_nothing_leaves_a_device_to_shut_down(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		stop_in(g, TRUSTY_SC_QL_CREATE);
		trusty_model.standard.at = trusty_model.standard.length;
		model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_UNEXPECTED_RESTART);
		assert_int_equal(tguest_restart(g), TRUSTY_ERR_UNEXPECTED_RESTART);
		assert_int_equal(tguest_command(g, MT_CONNECT), TRUSTY_ERR_INVALID);
		trusty_model.fail_shutdown = i == 0 ? TRUSTY_ERR_INVALID : 0;
		if (i == 0)
			assert_int_equal(tguest_shutdown(g), TRUSTY_ERR_INVALID);
		trusty_model.fail_shutdown = 0;
		model_trusty_script(&trusty_model.standard, 1, 0); /* as if it had had it */
		assert_int_equal(tguest_shutdown(g), 0);
		tguest_forget(g);
	}
}

static void a_vm_without_a_device_ends_after_a_panic(void **state)
{
	(void)state;
	stop_in(&tguests[0], TRUSTY_SC_LOCKED_NOP);
	if (trusty_model.api == 5)
		assert_int_equal(tguest_share(&tguests[0], 64, 2), 0);
	trusty_model.panicked = true;
	assert_int_equal(tguest_destroy(&tguests[0]), TEE_STATUS_OK);
	assert_int_equal(tguests[0].host->pinned, 0);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_SC_NOP, 0, 0, 0), TRUSTY_ERR_PANIC);
}

static void empty_machine(void)
{
	for (unsigned i = 0; i < TG_GUESTS; i++)
		assert_int_equal(tguest_destroy(&tguests[i]), TEE_STATUS_OK);
	assert_int_equal(trusty_model.transmit, 0);
}

static void a_vm_that_cannot_be_made_leaves_nothing(void **state)
{
	uint64_t memory[8];
	struct tee_vm *vm = NULL;

	(void)state;
	empty_machine();
	assert_int_equal(trusty_backend.vm_create(trusty_tee, &fake.vms[0], &tguest_quota, memory,
						  sizeof(memory), &vm),
			 TEE_STATUS_NO_MEMORY);
	fake.fail.pages_get = 1;
	assert_int_equal(tguest_create(&tguests[0]), TEE_STATUS_NO_MEMORY);
	trusty_model.fail_map = FFA_DENIED;
	assert_int_equal(tguest_create(&tguests[0]), TEE_STATUS_FAULT);
	for (unsigned i = 0; i < FAKE_HOST_PAGES; i++)
		assert_false(fake.page_used[i]);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(tguest_create(&tguests[0]), TEE_STATUS_FAULT);
	trusty_model.fail_map = 0;
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
}

static void buffers_that_el3_keeps_are_used_again(void **state)
{
	(void)state;
	trusty_model.fail_unmap = FFA_DENIED;
	for (unsigned i = 0; i < TG_GUESTS; i++)
		assert_int_equal(tguest_destroy(&tguests[i]), TEE_STATUS_OK);
	assert_int_not_equal(trusty_model.transmit, 0);
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
	tguest_expect_works(&tguests[1]);
	trusty_model.fail_unmap = 0;
}

#define IDS 63u

static void ids_are_never_0_nor_shared_and_run_out(void **state)
{
	static struct tguest many[IDS];
	uint64_t seen = 0;
	uint16_t last;

	(void)state;
	last = tguests[1].vm->id;
	empty_machine();
	for (unsigned i = 0; i < IDS; i++) {
		many[i] = (struct tguest){.host = &fake.vms[0]};
		assert_int_equal(tguest_create(&many[i]), TEE_STATUS_OK);
		assert_in_range(many[i].vm->id, 1, IDS);
		assert_int_equal(seen >> many[i].vm->id & 1, 0);
		seen |= BIT(many[i].vm->id);
	}
	assert_true(many[0].vm->id != last);
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_FULL);
	for (unsigned i = 0; i < IDS; i++) {
		assert_int_equal(tguest_destroy(&many[i]), TEE_STATUS_OK);
		free(many[i].memory);
	}
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
}

#define BOTH(name) TRUSTY_TEST(name), TRUSTY_TEST_ADDRESS(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_vm_that_ends_in_any_call_leaves_nothing),
		TRUSTY_TEST_OLD(a_vm_that_ends_in_any_call_leaves_nothing),
		BOTH(a_vm_that_ends_with_devices_and_shares_leaves_nothing),
		BOTH(a_vm_that_ends_before_it_learns_a_result_leaves_nothing),
		BOTH(a_vm_does_not_end_under_a_cpu_that_works_for_it),
		TRUSTY_TEST(a_vm_s_end_waits_for_the_gate),
		BOTH(a_vm_s_end_waits_for_the_slot),
		BOTH(a_leaving_vm_s_turn_does_not_pass),
		TRUSTY_TEST(the_gate_s_turn_of_a_leaving_vm_does_not_pass),
		BOTH(a_vm_s_own_shutdown_may_be_interrupted_for_long),
		TRUSTY_TEST(giving_back_is_done_in_steps),
		BOTH(a_host_that_always_wants_its_cpu_does_not_stop_the_end),
		BOTH(a_call_that_does_not_end_goes_on_without_its_vm),
		BOTH(a_device_of_a_vm_that_is_gone_counts_until_trusty_ends_it),
		BOTH(a_device_that_trusty_keeps_keeps_its_pages),
		TRUSTY_TEST(a_share_that_el3_keeps_keeps_its_pages),
		TRUSTY_TEST(a_share_of_ours_that_el3_keeps_is_tried_again_at_the_end),
		TRUSTY_TEST(an_answer_that_says_nothing_leaves_a_device_to_shut_down),
		BOTH(a_vm_without_a_device_ends_after_a_panic),
		TRUSTY_TEST(a_vm_that_cannot_be_made_leaves_nothing),
		TRUSTY_TEST(buffers_that_el3_keeps_are_used_again),
		BOTH(ids_are_never_0_nor_shared_and_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
