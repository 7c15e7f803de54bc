/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs on several CPUs: EL3 lets one client id in at a time, so the mediator lets VMs in by turns;
 * and the doorbell, by which Trusty asks for CPU time. The model's `inside` is another CPU at
 * work; every BUSY of EL3's that the mediator provoked fails the teardown.
 */
#include "tests/unit/trusty_guest.h"
#include <stdlib.h>

#define TURN	 1000000ull /* of the gate: docs/mediator.md */
#define DOORBELL 13u

static int32_t nop(struct tguest *g)
{
	return tguest_smc(g, TRUSTY_SC_NOP, 0, 0, 0);
}

static int32_t locked_nop(struct tguest *g)
{
	return tguest_smc(g, TRUSTY_SC_LOCKED_NOP, 0, 0, 0);
}

static int32_t answer;
static enum tee_verdict verdict;
static uint32_t entries;

static void other_nop(void)
{
	entries = trusty_model.entries;
	answer = nop(&tguests[1]);
	entries = trusty_model.entries - entries;
}

static void other_standard(void)
{
	entries = trusty_model.entries;
	answer = locked_nop(&tguests[1]);
	entries = trusty_model.entries - entries;
}

static void own_nop(void)
{
	entries = trusty_model.entries;
	answer = nop(&tguests[0]);
	entries = trusty_model.entries - entries;
}

static void a_nop_beside_another_vm_s_call_is_interrupted_and_does_not_enter(void **state)
{
	(void)state;
	trusty_model.inside = other_nop;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(answer, TRUSTY_ERR_NOP_INTERRUPTED);
	assert_int_equal(entries, 0);
	assert_int_equal(nop(&tguests[1]), TRUSTY_ERR_NOP_DONE);
}

static void cpus_of_one_vm_are_inside_together(void **state)
{
	(void)state;
	trusty_model.inside = own_nop;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(answer, TRUSTY_ERR_NOP_DONE);
	assert_int_equal(entries, 1);
}

static void without_handles_all_vms_are_inside_together(void **state)
{
	(void)state;
	trusty_model.inside = other_nop;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(answer, TRUSTY_ERR_NOP_DONE);
	assert_int_equal(entries, 1);
}

/* The slot is free, since the other CPU runs a NOP: the call is begun, and goes in on its restart.
 */
static void a_standard_call_before_a_closed_gate_is_restarted_into_it(void **state)
{
	(void)state;
	trusty_model.inside = other_standard;
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(answer, TRUSTY_ERR_INTERRUPTED);
	assert_int_equal(entries, 0);
	assert_int_equal(trusty_model.starts, 0);
	assert_int_equal(locked_nop(&tguests[0]), TRUSTY_ERR_BUSY);
	assert_int_equal(tguest_restart(&tguests[1]), 0);
	assert_int_equal(trusty_model.starts, 1);
	assert_int_equal(trusty_model.restarts, 0);
}

/* A call begun at a closed gate, and left: the next VM makes it, and keeps the result. */
static void a_call_that_never_entered_is_taken_over_too(void **state)
{
	(void)state;
	trusty_model.inside = other_standard;
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(answer, TRUSTY_ERR_INTERRUPTED);
	fake.now += 50000000;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(trusty_model.starts, 2);
	assert_int_equal(tguest_restart(&tguests[1]), 0);
}

static void other_has_event(void)
{
	struct tguest *g = &tguests[1];

	entries = trusty_model.entries;
	tguest_header(g)->opcode = MT_HAS_EVENT;
	g->regs[0] = TRUSTY_FC_QL_HANDLE_CMD;
	g->regs[1] = (uint32_t)g->id;
	g->regs[2] = g->id >> 32;
	g->regs[3] = sizeof(struct mt_header);
	verdict = trusty_backend.call(g->vm, &g->vcpu, g->regs);
	answer = (int32_t)g->regs[0];
	entries = trusty_model.entries - entries;
}

static void a_fast_call_beside_another_vm_s_is_repeated(void **state)
{
	struct tguest *g = &tguests[1];

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	trusty_model.inside = other_has_event;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(verdict, TEE_AGAIN);
	assert_int_equal(answer, (int32_t)TRUSTY_FC_QL_HANDLE_CMD); /* registers unchanged */
	assert_int_equal(entries, 0);
	other_has_event();
	assert_int_equal(verdict, TEE_DONE);
	assert_int_equal(answer, 0);
	assert_int_equal(tguest_shutdown(g), 0);
	tguest_forget(g);
}

/* Interrupts without meaning for guest 0: it would go on for ever. */
static void a_vm_that_was_turned_away_gets_in_before_the_others_go_on(void **state)
{
	(void)state;
	model_trusty_script(&trusty_model.standard, 8, TRUSTY_ERR_INTERRUPTED);
	trusty_model.inside = other_nop;
	assert_int_equal(locked_nop(&tguests[0]), TRUSTY_ERR_INTERRUPTED);
	assert_int_equal(trusty_model.restarts, 0);
	assert_int_equal(tguest_restart(&tguests[0]), TRUSTY_ERR_INTERRUPTED);
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_INTERRUPTED);
	assert_int_equal(nop(&tguests[1]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(tguest_restart(&tguests[0]), 0);
}

static void both_nop(void)
{
	other_nop();
	own_nop();
}

/* The VM that is inside gets no more CPUs in. */
static void a_turn_holds_while_others_are_inside(void **state)
{
	(void)state;
	trusty_model.inside = both_nop;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(answer, TRUSTY_ERR_NOP_INTERRUPTED);
	assert_int_equal(entries, 0);
	assert_int_equal(nop(&tguests[1]), TRUSTY_ERR_NOP_DONE);
}

static void a_turn_that_is_not_taken_passes(void **state)
{
	(void)state;
	trusty_model.inside = other_nop;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_INTERRUPTED);
	fake.now += TURN;
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
}

/* Without time passing. */
static void leave_only(void)
{
	assert_int_equal(tguest_destroy(&tguests[1]), TEE_STATUS_OK);
	fake.now -= 10000000;
}

/* One that leaves takes its turn with it. */
static void a_vm_s_end_ends_its_turns(void **state)
{
	(void)state;
	trusty_model.inside = other_nop;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_INTERRUPTED);
	leave_only();
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
	trusty_model.inside = other_standard;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(answer, TRUSTY_ERR_BUSY);
	assert_int_equal(locked_nop(&tguests[0]), TRUSTY_ERR_BUSY);
	leave_only();
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
}

static void the_doorbell_is_claimed_on_every_cpu(void **state)
{
	(void)state;
	assert_int_equal(fake.claims, 1);
	assert_int_equal(fake.claimed, DOORBELL);
	trusty_backend.cpu_event(trusty_tee, true);
	assert_int_equal(fake.claims, 2);
	trusty_backend.cpu_event(trusty_tee, false);
	assert_int_equal(fake.claims, 2);
}

static void the_doorbell_is_answered_by_a_nop_on_its_cpu(void **state)
{
	(void)state;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	trusty_backend.irq(trusty_tee, DOORBELL);
	assert_int_equal(trusty_model.nops, 1);
	assert_int_equal(trusty_model.entered, 0);
	for (unsigned i = 0; i < TG_GUESTS; i++)
		assert_int_equal(tguests[i].host->injected, 0);
	trusty_backend.irq(trusty_tee, DOORBELL + 1); /* not its own */
	assert_int_equal(trusty_model.nops, 1);
}

static void a_vm_that_waits_for_its_call_gets_the_doorbell(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_CPU_IDLE);
	assert_int_equal(locked_nop(g), TRUSTY_ERR_CPU_IDLE);
	assert_int_equal(nop(&tguests[1]), TRUSTY_ERR_NOP_DONE);
	trusty_backend.irq(trusty_tee, DOORBELL);
	assert_int_equal(g->host->injected, 1);
	assert_int_equal(g->host->injected_intid, DOORBELL);
	assert_ptr_equal(g->host->injected_vcpu, &g->vcpu);
	assert_int_equal(tguests[1].host->injected, 0);
	assert_int_equal(fake.events[TEE_EVENT_NOTIFY], 1);
	assert_int_equal(tguest_restart(g), 0);
}

static void work_that_the_doorbell_s_nop_leaves_is_the_last_vm_s(void **state)
{
	(void)state;
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(nop(&tguests[1]), TRUSTY_ERR_NOP_DONE);
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_NOP_INTERRUPTED);
	trusty_backend.irq(trusty_tee, DOORBELL);
	assert_int_equal(trusty_model.nops, 3);
	assert_int_equal(tguests[0].host->injected, 0);
	assert_int_equal(tguests[1].host->injected, 1);
}

static void ring(void)
{
	trusty_backend.irq(trusty_tee, DOORBELL);
}

static void the_doorbell_beside_a_vm_that_is_inside_is_that_vm_s(void **state)
{
	(void)state;
	trusty_model.inside = ring;
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(trusty_model.nops, 1);
	assert_int_equal(tguests[0].host->injected, 1);
}

static void a_doorbell_for_a_vm_that_left_is_nobody_s(void **state)
{
	(void)state;
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(tguest_destroy(&tguests[0]), TEE_STATUS_OK);
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_NOP_INTERRUPTED);
	trusty_backend.irq(trusty_tee, DOORBELL);
	assert_int_equal(fake.vms[0].injected, 0);
}

static void a_vm_that_leaves_takes_nobody_s_doorbell(void **state)
{
	(void)state;
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	assert_int_equal(tguest_destroy(&tguests[1]), TEE_STATUS_OK);
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_NOP_INTERRUPTED);
	trusty_backend.irq(trusty_tee, DOORBELL);
	assert_int_equal(fake.vms[0].injected, 1);
}

static void ask_and_leave(void)
{
	assert_int_equal(locked_nop(&tguests[1]), TRUSTY_ERR_BUSY);
	leave_only();
}

/* While another CPU is inside: what that one finds afterwards names no VM that is gone. */
static void a_turn_ends_with_its_vm_beside_a_call(void **state)
{
	(void)state;
	trusty_model.inside = ask_and_leave;
	assert_int_equal(locked_nop(&tguests[0]), 0);
	assert_int_equal(locked_nop(&tguests[0]), 0);
}

static void a_vm_that_leaves_takes_no_other_s_turn(void **state)
{
	struct tguest third = {.host = &fake.vms[2], .vcpu = {2}};

	(void)state;
	assert_int_equal(tguest_create(&third), TEE_STATUS_OK);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned = 1;
	assert_int_equal(locked_nop(&tguests[0]), TRUSTY_ERR_INTERRUPTED);
	assert_int_equal(locked_nop(&third), TRUSTY_ERR_BUSY);
	trusty_model.inside = leave_only;
	assert_int_equal(tguest_restart(&tguests[0]), 0);
	assert_int_equal(locked_nop(&tguests[0]), TRUSTY_ERR_BUSY);
	assert_int_equal(locked_nop(&third), 0);
	assert_int_equal(tguest_destroy(&third), TEE_STATUS_OK);
	free(third.memory);
}

static void without_an_interrupt_there_is_no_doorbell(void **state)
{
	(void)state;
	fake.no_irq = true;
	trusty_model.negotiated = false;
	assert_int_equal(tguest_destroy(&tguests[0]), TEE_STATUS_OK);
	assert_int_equal(tguest_destroy(&tguests[1]), TEE_STATUS_OK);
	assert_int_equal(trusty_backend.probe(trusty_tee, &fake_port), TEE_STATUS_OK);
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_GET_NEXT_IRQ, 0, TRUSTY_IRQ_DOORBELL, 0),
			 TRUSTY_ERR_END_OF_INPUT);
	trusty_backend.cpu_event(trusty_tee, true);
	assert_int_equal(fake.claims, 1);
}

static void a_trusty_that_panicked_is_not_entered_by_the_doorbell(void **state)
{
	(void)state;
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_NOP_DONE);
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_PANIC);
	trusty_backend.irq(trusty_tee, DOORBELL);
	assert_int_equal(tguests[0].host->injected, 1);
	trusty_backend.irq(trusty_tee, DOORBELL);
	assert_int_equal(trusty_model.nops, 2);
	assert_int_equal(tguests[0].host->injected, 1);
	assert_int_equal(nop(&tguests[0]), TRUSTY_ERR_PANIC);
	trusty_model.panicked = true;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRUSTY_TEST(a_nop_beside_another_vm_s_call_is_interrupted_and_does_not_enter),
		TRUSTY_TEST(cpus_of_one_vm_are_inside_together),
		TRUSTY_TEST_ADDRESS(without_handles_all_vms_are_inside_together),
		TRUSTY_TEST(a_standard_call_before_a_closed_gate_is_restarted_into_it),
		TRUSTY_TEST(a_call_that_never_entered_is_taken_over_too),
		TRUSTY_TEST(a_fast_call_beside_another_vm_s_is_repeated),
		TRUSTY_TEST(a_vm_that_was_turned_away_gets_in_before_the_others_go_on),
		TRUSTY_TEST(a_turn_holds_while_others_are_inside),
		TRUSTY_TEST(a_turn_that_is_not_taken_passes),
		TRUSTY_TEST(a_vm_s_end_ends_its_turns),
		TRUSTY_TEST(the_doorbell_is_claimed_on_every_cpu),
		TRUSTY_TEST(the_doorbell_is_answered_by_a_nop_on_its_cpu),
		TRUSTY_TEST(a_vm_that_waits_for_its_call_gets_the_doorbell),
		TRUSTY_TEST_ADDRESS(a_vm_that_waits_for_its_call_gets_the_doorbell),
		TRUSTY_TEST(work_that_the_doorbell_s_nop_leaves_is_the_last_vm_s),
		TRUSTY_TEST(the_doorbell_beside_a_vm_that_is_inside_is_that_vm_s),
		TRUSTY_TEST(a_doorbell_for_a_vm_that_left_is_nobody_s),
		TRUSTY_TEST(a_vm_that_leaves_takes_nobody_s_doorbell),
		TRUSTY_TEST(a_turn_ends_with_its_vm_beside_a_call),
		TRUSTY_TEST(a_vm_that_leaves_takes_no_other_s_turn),
		TRUSTY_TEST(without_an_interrupt_there_is_no_doorbell),
		TRUSTY_TEST(a_trusty_that_panicked_is_not_entered_by_the_doorbell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
