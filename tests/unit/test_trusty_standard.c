/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trusty's one standard call, among VMs that want it: whose it is, how it is interrupted, restarted
 * and taken from who does not come back; NOPs beside it; a Trusty that panics.
 */
#include "tests/unit/trusty_guest.h"

#define HOLD 50000000ull /* docs/mediator.md */

/* Its arguments mean nothing, and the model takes none. */
static int32_t locked_nop(struct tguest *g)
{
	return tguest_smc(g, TRUSTY_SC_LOCKED_NOP, 1, 2, 3);
}

static int32_t nop(struct tguest *g)
{
	return tguest_smc(g, TRUSTY_SC_NOP, 0, 0, 0);
}

/* g's call is left half done: its guest has an interrupt. */
static void leave(struct tguest *g)
{
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned++;
	assert_int_equal(locked_nop(g), TRUSTY_ERR_INTERRUPTED);
	assert_int_equal(g->vm->used.calls, 1);
}

static void expect_busy(struct tguest *g)
{
	uint32_t entries = trusty_model.entries;

	assert_int_equal(locked_nop(g), TRUSTY_ERR_BUSY);
	assert_int_equal(trusty_model.entries, entries);
}

static void expect_no_restart(struct tguest *g)
{
	uint32_t entries = trusty_model.entries;

	assert_int_equal(tguest_restart(g), TRUSTY_ERR_UNEXPECTED_RESTART);
	assert_int_equal(trusty_model.entries, entries);
}

static void a_second_standard_call_is_busy_without_entering(void **state)
{
	(void)state;
	leave(&tguests[0]);
	expect_busy(&tguests[1]);
	expect_busy(&tguests[0]);
	assert_int_equal(tguest_restart(&tguests[0]), 0);
	assert_int_equal(locked_nop(&tguests[1]), 0);
}

/* The model would give the result to whoever asks. */
static void nobody_but_its_vm_restarts_a_call(void **state)
{
	(void)state;
	expect_no_restart(&tguests[0]);
	leave(&tguests[0]);
	expect_no_restart(&tguests[1]);
	assert_int_equal(tguests[1].vm->count.refusals[TEE_REFUSED_RESUME], 1);
	assert_int_equal(tguest_restart(&tguests[0]), 0);
	expect_no_restart(&tguests[0]);
}

static void an_interrupt_without_meaning_for_the_guest_does_not_end_its_call(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	model_trusty_script(&trusty_model.standard, 5, TRUSTY_ERR_INTERRUPTED);
	assert_int_equal(locked_nop(g), 0);
	assert_int_equal(trusty_model.restarts, 5);
	assert_int_equal(g->vm->count.irq_resumed, 5);
	assert_int_equal(g->vm->count.irq_returned, 0);
	assert_int_equal(g->vm->count.secure_calls, 6);
}

static void an_interrupt_of_the_guest_comes_back_to_it(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	model_trusty_script(&trusty_model.standard, 3, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned = 2;
	assert_int_equal(tguest_std(g, TRUSTY_SC_LOCKED_NOP, 0, 0), 0);
	assert_int_equal(g->restarts, 2);
	assert_int_equal(g->vm->count.irq_returned, 2);
	assert_int_equal(g->vm->count.irq_resumed, 1);
	assert_int_equal(g->vm->count.calls, 1);
}

/* Trusty would answer INTERLEAVED on that CPU for ever, did a guest not restart it at once. */
static void secure_interrupts_are_answered_without_the_guest(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	model_trusty_script(&trusty_model.standard, 4, TRUSTY_ERR_FIQ_INTERRUPTED);
	model_trusty_script(&trusty_model.nop, 2, TRUSTY_ERR_FIQ_INTERRUPTED);
	assert_int_equal(locked_nop(g), 0);
	assert_int_equal(nop(g), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(tguest_smc(g, TRUSTY_SC_RESTART_FIQ, 0, 0, 0),
			 TRUSTY_ERR_UNEXPECTED_RESTART);
	leave(g);
	assert_int_equal(tguest_smc(g, TRUSTY_SC_RESTART_FIQ, 0, 0, 0),
			 TRUSTY_ERR_UNEXPECTED_RESTART);
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_RESUME], 2);
	assert_int_equal(tguest_restart(g), 0);
}

static void only_a_final_answer_frees_the_slot(void **state)
{
	static const int32_t answers[] = {TRUSTY_ERR_INTERRUPTED, TRUSTY_ERR_CPU_IDLE,
					  TRUSTY_ERR_INTERRUPTED, TRUSTY_ERR_CPU_IDLE};
	struct tguest *g = &tguests[0];

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(answers); i++)
		model_trusty_script(&trusty_model.standard, 1, answers[i]);
	fake.interrupts_returned = 2;
	assert_int_equal(locked_nop(g), answers[0]);
	for (unsigned i = 1; i < ARRAY_SIZE(answers); i++) {
		expect_busy(&tguests[1]);
		expect_no_restart(&tguests[1]);
		assert_int_equal(tguest_restart(g), answers[i]);
	}
	trusty_model.el3_busy = 1;
	assert_int_equal(tguest_restart(g), TRUSTY_ERR_BUSY);
	expect_busy(&tguests[1]);
	assert_int_equal(tguest_restart(g), 0);
	assert_int_equal(locked_nop(&tguests[1]), 0);
}

static void a_call_that_el3_does_not_let_in_was_not_made(void **state)
{
	(void)state;
	trusty_model.el3_busy = 1;
	assert_int_equal(locked_nop(&tguests[0]), TRUSTY_ERR_BUSY);
	expect_no_restart(&tguests[0]);
	assert_int_equal(locked_nop(&tguests[1]), 0);
}

static void a_call_that_trusty_lost_frees_the_slot(void **state)
{
	(void)state;
	leave(&tguests[0]);
	trusty_model.forget_call = true;
	assert_int_equal(tguest_restart(&tguests[0]), TRUSTY_ERR_UNEXPECTED_RESTART);
	trusty_model.forget_call = false;
	assert_int_equal(locked_nop(&tguests[1]), 0);
}

static void nops_and_fast_calls_run_beside_a_standard_call(void **state)
{
	(void)state;
	leave(&tguests[0]);
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(nop(&tguests[1]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_API_VERSION, 5, 0, 0), 5);
	assert_int_equal(tguest_restart(&tguests[0]), 0);
	assert_int_equal(trusty_model.nops, 2);
}

static void a_nop_names_no_other_function(void **state)
{
	static const uint32_t nested[] = {TRUSTY_SC_VDEV_KICK_VQ, TRUSTY_SC_QL_HANDLE_CMD, 1,
					  0x80000000u, UINT32_MAX};
	struct tguest *g = &tguests[0];

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(nested); i++)
		assert_int_equal(tguest_smc(g, TRUSTY_SC_NOP, nested[i], 1, 2),
				 TRUSTY_ERR_UNDEFINED);
	assert_int_equal(trusty_model.nops, 0);
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_FUNCTION], ARRAY_SIZE(nested));
	assert_int_equal(tguest_smc(g, TRUSTY_SC_NOP, 0, 0xdead, 0xbeef), TRUSTY_ERR_NOP_DONE);
}

static void an_interrupted_nop_goes_on_or_comes_back(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	model_trusty_script(&trusty_model.nop, 3, TRUSTY_ERR_NOP_INTERRUPTED);
	assert_int_equal(nop(g), TRUSTY_ERR_NOP_DONE);
	model_trusty_script(&trusty_model.nop, 2, TRUSTY_ERR_NOP_INTERRUPTED);
	fake.interrupts_returned = 1;
	assert_int_equal(nop(g), TRUSTY_ERR_NOP_INTERRUPTED);
	assert_int_equal(nop(g), TRUSTY_ERR_NOP_DONE);
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_CPU_IDLE);
	assert_int_equal(nop(g), TRUSTY_ERR_NOP_DONE);
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_BUSY);
	assert_int_equal(nop(g), TRUSTY_ERR_BUSY);
	expect_no_restart(g);
}

static void a_vm_that_does_not_come_back_loses_the_slot_and_keeps_its_result(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	(void)state;
	leave(a);
	fake.now += HOLD - 1;
	expect_busy(b);
	fake.now++;
	assert_int_equal(locked_nop(b), 0);
	assert_int_equal(trusty_model.starts, 2);
	assert_int_equal(trusty_model.restarts, 1);
	assert_int_equal(a->vm->used.calls, 1);
	expect_busy(a);					 /* its call is not over for it */
	assert_int_equal(fake.events[TEE_EVENT_END], 1); /* of the other's own */
	assert_int_equal(tguest_restart(a), 0);
	assert_int_equal(fake.events[TEE_EVENT_END], 2);
	assert_int_equal(tguest_event()->command, TRUSTY_SC_LOCKED_NOP);
	assert_int_equal(a->vm->used.calls, 0);
	expect_no_restart(a);
	assert_int_equal(locked_nop(a), 0);
}

static void a_kept_result_is_the_call_s_own(void **state)
{
	struct tguest *a = &tguests[0];

	(void)state;
	leave(a);
	model_trusty_script(&trusty_model.standard, 1, -77);
	fake.now += HOLD;
	assert_int_equal(locked_nop(&tguests[1]), 0);
	assert_int_equal(tguest_restart(a), -77);
}

/* It was its own to restart; each restart gives it the time anew. */
static void a_vm_that_comes_back_in_time_keeps_the_slot(void **state)
{
	struct tguest *a = &tguests[0];

	(void)state;
	leave(a);
	for (unsigned i = 0; i < 5; i++) {
		model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
		fake.interrupts_returned = 1;
		fake.now += HOLD - 1;
		assert_int_equal(tguest_restart(a), TRUSTY_ERR_INTERRUPTED);
		expect_busy(&tguests[1]);
	}
	assert_int_equal(tguest_restart(a), 0);
}

/* Who works for another VM does so on its own time. */
static void work_for_another_vm_stops_at_an_interrupt(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	(void)state;
	leave(a);
	model_trusty_script(&trusty_model.standard, 2, TRUSTY_ERR_INTERRUPTED);
	fake.now += HOLD;
	fake.interrupts_returned = 1;
	assert_int_equal(locked_nop(b), TRUSTY_ERR_BUSY);
	assert_int_equal(trusty_model.restarts, 1);
	expect_no_restart(b);
	assert_int_equal(locked_nop(b), 0); /* still overdue */
	assert_int_equal(tguest_restart(a), 0);
}

static void an_idle_call_of_another_vm_is_left_alone(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	(void)state;
	model_trusty_script(&trusty_model.standard, 2, TRUSTY_ERR_CPU_IDLE);
	assert_int_equal(locked_nop(a), TRUSTY_ERR_CPU_IDLE);
	fake.now += HOLD;
	assert_int_equal(locked_nop(b), TRUSTY_ERR_BUSY);
	assert_int_equal(tguest_restart(a), 0);
	assert_int_equal(locked_nop(b), 0);
}

static void a_vm_that_was_told_busy_has_the_next_turn(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	(void)state;
	leave(a);
	expect_busy(b);
	assert_int_equal(tguest_restart(a), 0);
	expect_busy(a);
	assert_int_equal(locked_nop(b), 0);
	assert_int_equal(locked_nop(a), 0);
}

static void a_turn_that_is_not_taken_passes(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	(void)state;
	leave(a);
	expect_busy(b);
	assert_int_equal(tguest_restart(a), 0);
	fake.now += 3999999;
	expect_busy(a);
	fake.now++;
	assert_int_equal(locked_nop(a), 0);
	assert_int_equal(locked_nop(b), 0);
}

/* Nor while its result waits for it. */
static void a_vm_takes_no_turn_beside_its_own_call(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	(void)state;
	leave(a);
	expect_busy(a);
	assert_int_equal(tguest_restart(a), 0);
	assert_int_equal(locked_nop(b), 0);
	leave(a);
	fake.now += HOLD;
	assert_int_equal(locked_nop(b), 0);
	leave(b);
	expect_busy(a);
	assert_int_equal(tguest_restart(b), 0);
	assert_int_equal(locked_nop(b), 0);
	assert_int_equal(tguest_restart(a), 0);
}

static void any_number_of_interrupts_without_meaning_is_endured(void **state)
{
	(void)state;
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
	trusty_model.standard_repeats = 500;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(tguests[0].vm->count.irq_resumed, 501);
}

static int32_t answers[4];

static void others_call(void)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];

	answers[0] = tguest_smc(b, TRUSTY_SC_LOCKED_NOP, 0, 0, 0);
	answers[1] = tguest_restart(b);
	answers[2] = tguest_restart(a);
	answers[3] = tguest_smc(a, TRUSTY_SC_LOCKED_NOP, 0, 0, 0);
}

static void while_a_cpu_is_inside_others_neither_enter_nor_restart(void **state)
{
	(void)state;
	trusty_model.inside = others_call;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(answers[0], TRUSTY_ERR_BUSY);
	assert_int_equal(answers[1], TRUSTY_ERR_UNEXPECTED_RESTART);
	assert_int_equal(answers[2], TRUSTY_ERR_BUSY);
	assert_int_equal(answers[3], TRUSTY_ERR_BUSY);
	assert_int_equal(trusty_model.entries - trusty_model.fast, 1);
}

static void a_panic_is_final_for_every_vm(void **state)
{
	static const uint32_t ids[] = {
		TRUSTY_FC_UID, TRUSTY_FC_API_VERSION,  TRUSTY_FC_REQUEST_FIQ, TRUSTY_SC_LOCKED_NOP,
		TRUSTY_SC_NOP, TRUSTY_SC_RESTART_LAST, TRUSTY_SC_QL_CREATE,   0xb200ffffu};
	uint32_t smcs;

	(void)state;
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_PANIC);
	assert_int_equal(locked_nop(&tguests[0]), TRUSTY_ERR_PANIC);
	trusty_model.panicked = true;
	assert_true(tguests[0].vm->dead);
	assert_int_equal(tguests[0].vm->count.tee_faults, 1);
	assert_int_equal(fake.events[TEE_EVENT_FAULT], 1);
	smcs = fake.smcs;
	for (unsigned vm = 0; vm < TG_GUESTS; vm++)
		for (unsigned i = 0; i < ARRAY_SIZE(ids); i++)
			assert_int_equal(tguest_smc(&tguests[vm], ids[i], 0, 0, 0),
					 TRUSTY_ERR_PANIC);
	(void)tguest_smc(&tguests[1], TRUSTY_FC64_GET_FIQ_REGS, 0, 0, 0);
	assert_true(tguests[1].regs[0] == (uint64_t)TRUSTY_ERR_PANIC);
	assert_int_equal(fake.smcs, smcs);
	assert_int_equal(tguests[1].vm->count.refusals[TEE_REFUSED_DEAD], ARRAY_SIZE(ids) + 1);
	assert_int_equal(tguest_destroy(&tguests[0]), TEE_STATUS_OK);
	assert_int_equal(tguest_create(&tguests[0]), TEE_STATUS_FAULT);
}

static void secure_interrupts_without_end_are_a_panic(void **state)
{
	(void)state;
	trusty_model.fiq_forever = true;
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_PANIC);
	assert_int_equal(locked_nop(&tguests[1]), TRUSTY_ERR_PANIC);
	trusty_model.panicked = true;
}

static void a_call_leaves_its_begin_and_end_in_the_trace(void **state)
{
	(void)state;
	model_trusty_script(&trusty_model.standard, 1, -42);
	assert_int_equal(locked_nop(&tguests[0]), -42);
	assert_int_equal(fake.events[TEE_EVENT_CALL], 1);
	assert_int_equal(fake.events[TEE_EVENT_END], 1);
	assert_int_equal(tguest_event()->command, TRUSTY_SC_LOCKED_NOP);
	assert_int_equal((int32_t)tguest_event()->result, -42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRUSTY_TEST(a_second_standard_call_is_busy_without_entering),
		TRUSTY_TEST_ADDRESS(a_second_standard_call_is_busy_without_entering),
		TRUSTY_TEST(nobody_but_its_vm_restarts_a_call),
		TRUSTY_TEST_ADDRESS(nobody_but_its_vm_restarts_a_call),
		TRUSTY_TEST(an_interrupt_without_meaning_for_the_guest_does_not_end_its_call),
		TRUSTY_TEST(an_interrupt_of_the_guest_comes_back_to_it),
		TRUSTY_TEST(secure_interrupts_are_answered_without_the_guest),
		TRUSTY_TEST(only_a_final_answer_frees_the_slot),
		TRUSTY_TEST(a_call_that_el3_does_not_let_in_was_not_made),
		TRUSTY_TEST(a_call_that_trusty_lost_frees_the_slot),
		TRUSTY_TEST(nops_and_fast_calls_run_beside_a_standard_call),
		TRUSTY_TEST(a_nop_names_no_other_function),
		TRUSTY_TEST(an_interrupted_nop_goes_on_or_comes_back),
		TRUSTY_TEST(a_vm_that_does_not_come_back_loses_the_slot_and_keeps_its_result),
		TRUSTY_TEST_ADDRESS(
			a_vm_that_does_not_come_back_loses_the_slot_and_keeps_its_result),
		TRUSTY_TEST(a_kept_result_is_the_call_s_own),
		TRUSTY_TEST(a_vm_that_comes_back_in_time_keeps_the_slot),
		TRUSTY_TEST(work_for_another_vm_stops_at_an_interrupt),
		TRUSTY_TEST(an_idle_call_of_another_vm_is_left_alone),
		TRUSTY_TEST(a_vm_that_was_told_busy_has_the_next_turn),
		TRUSTY_TEST(a_turn_that_is_not_taken_passes),
		TRUSTY_TEST(a_vm_takes_no_turn_beside_its_own_call),
		TRUSTY_TEST(any_number_of_interrupts_without_meaning_is_endured),
		TRUSTY_TEST(while_a_cpu_is_inside_others_neither_enter_nor_restart),
		TRUSTY_TEST_ADDRESS(while_a_cpu_is_inside_others_neither_enter_nor_restart),
		TRUSTY_TEST(a_panic_is_final_for_every_vm),
		TRUSTY_TEST(secure_interrupts_without_end_are_a_panic),
		TRUSTY_TEST(a_call_leaves_its_begin_and_end_in_the_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
