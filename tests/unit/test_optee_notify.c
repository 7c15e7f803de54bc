/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications: who is told of what, and that nothing is lost. Group H of the hostile scenarios,
 * 84 to 87, from the mediator's side.
 */
#include "tests/unit/mediator_guest.h"

static struct model_guest *partition(const struct guest *g)
{
	return model_guest_of(g->host);
}

static void enable(struct guest *g)
{
	assert_int_equal(smc4(g, OPTEE_SMC_ENABLE_ASYNC_NOTIF, 0, 0, 0), OPTEE_SMC_OK);
}

/* The TEE has these values for the guest, and raises its interrupt. */
static void notify(struct guest *g, uint64_t values)
{
	partition(g)->values |= values;
	optee_backend.irq(machine_tee, 219);
}

static void expect_notified(struct guest *g, uint64_t value, uint64_t flags)
{
	assert_int_equal(smc4(g, OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, 0, 0, 0), OPTEE_SMC_OK);
	assert_int_equal(g->regs[1], value);
	assert_int_equal(g->regs[2], flags);
}

static uint64_t simple(struct guest *g, uint32_t cmd)
{
	struct message *m = message(g, cmd, 0);
	uint32_t a0 = guest_call(g);

	return a0 != OPTEE_SMC_OK ? a0 | BIT(63) : m->h.ret;
}

static void notifications_are_offered_with_an_interrupt(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(fake.claims, 1);
	assert_int_equal(fake.claimed, TEE_IRQ_OF_TREE);
	assert_int_equal(smc4(g, OPTEE_SMC_EXCHANGE_CAPABILITIES, 0, 0, 0), OPTEE_SMC_OK);
	assert_true((g->regs[1] & OPTEE_SEC_CAP_ASYNC_NOTIF) != 0);
	assert_int_equal(g->regs[2], 255);
	assert_true(optee_backend.describe(g->tee)->has_interrupt);
}

/* A VM without the capability */
static void without_an_interrupt_there_are_no_notifications(void **state)
{
	struct guest *g = &guests[0];
	uint32_t smcs = fake.smcs;

	(void)state;
	assert_false(optee_backend.describe(g->tee)->has_interrupt);
	assert_int_equal(smc4(g, OPTEE_SMC_ENABLE_ASYNC_NOTIF, 0, 0, 0),
			 OPTEE_SMC_UNKNOWN_FUNCTION);
	assert_int_equal(smc4(g, OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, 0, 0, 0),
			 OPTEE_SMC_UNKNOWN_FUNCTION);
	assert_int_equal(simple(g, OPTEE_MSG_DO_BOTTOM_HALF), OPTEE_SMC_EBADCMD | BIT(63));
	assert_int_equal(simple(g, OPTEE_MSG_STOP_ASYNC_NOTIF), OPTEE_SMC_EBADCMD | BIT(63));
	assert_int_equal(fake.smcs, smcs);
}

/* Twice; nothing pending; a flood of questions */
static void the_tee_hears_once_and_questions_are_answered_here(void **state)
{
	struct guest *g = &guests[0];
	uint32_t smcs = fake.smcs;

	(void)state;
	expect_notified(g, 0, 0); /* before it is enabled */
	enable(g);
	assert_int_equal(fake.smcs, smcs + 1);
	enable(g);
	for (uint32_t i = 0; i < 1000; i++)
		expect_notified(g, 0, 0);
	assert_int_equal(fake.smcs, smcs + 1);
}

static void a_refused_enabling_can_be_tried_again(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.fail_enable = OPTEE_SMC_EBUSY;
	assert_int_equal(smc4(g, OPTEE_SMC_ENABLE_ASYNC_NOTIF, 0, 0, 0), OPTEE_SMC_ENOTAVAIL);
	optee_backend.irq(machine_tee, 219); /* asks for nobody: the model would complain */
	model.fail_enable = 0;
	enable(g);
	notify(g, BIT(5));
	expect_notified(g, 5, OPTEE_NOTIF_VALID);
}

/* None is lost, the bottom half (0) least of all; PENDING says that there are more */
static void values_are_kept_until_they_are_asked_for(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	enable(g);
	notify(g, BIT(7) | BIT(0));
	notify(g, BIT(63) | BIT(7));
	assert_int_equal(g->host->injected, 2);
	assert_int_equal(g->host->injected_intid, TEE_IRQ_OF_TREE);
	expect_notified(g, 0, OPTEE_NOTIF_VALID | OPTEE_NOTIF_PENDING);
	expect_notified(g, 7, OPTEE_NOTIF_VALID | OPTEE_NOTIF_PENDING);
	expect_notified(g, 63, OPTEE_NOTIF_VALID);
	expect_notified(g, 0, 0);
	assert_int_equal(g->tee->count.notifications, 2);
	assert_int_equal(fake.events[TEE_EVENT_NOTIFY], 4);
}

/* Above what there is; and for ever */
static void a_tee_that_counts_wrong_is_asked_no_more_than_there_are_values(void **state)
{
	struct guest *g = &guests[0];
	uint32_t smcs;

	(void)state;
	enable(g);
	smcs = fake.smcs;
	model.endless_value = 64 + 1;
	optee_backend.irq(machine_tee, 219);
	assert_int_equal(g->host->injected, 0);
	assert_int_equal(g->tee->count.tee_faults, 64);
	assert_int_equal(fake.smcs, smcs + 64);
	model.endless_value = 3 + 1;
	optee_backend.irq(machine_tee, 219);
	assert_int_equal(fake.smcs, smcs + 128);
	expect_notified(g, 3, OPTEE_NOTIF_VALID);
	model.endless_value = 0;
	expect_works(g);
}

/* Not enabled; two at once; destroyed */
static void only_who_is_meant_is_told(void **state)
{
	struct guest *a = &guests[0], *b = &guests[1];

	(void)state;
	enable(a);
	notify(a, BIT(2));
	assert_int_equal(b->host->injected, 0);
	enable(b);
	partition(a)->values |= BIT(3);
	partition(b)->values |= BIT(4);
	optee_backend.irq(machine_tee, 219);
	assert_int_equal(a->host->injected, 2);
	assert_int_equal(b->host->injected, 1);
	expect_notified(b, 4, OPTEE_NOTIF_VALID);
	expect_notified(a, 2, OPTEE_NOTIF_VALID | OPTEE_NOTIF_PENDING);
	expect_notified(a, 3, OPTEE_NOTIF_VALID);
	assert_int_equal(guest_destroy(b), TEE_STATUS_OK);
	optee_backend.irq(machine_tee, 219); /* the model would complain of b's id */
	assert_int_equal(b->host->injected, 1);
	assert_int_equal(guest_create(b), TEE_STATUS_OK);
	optee_backend.irq(machine_tee, 219);
	expect_notified(b, 0, 0);
}

/* In any order */
static void vms_leave_the_list_in_any_order(void **state)
{
	(void)state;
	for (uint32_t first = 0; first < 2; first++) {
		enable(&guests[0]);
		enable(&guests[1]);
		assert_int_equal(simple(&guests[first], OPTEE_MSG_STOP_ASYNC_NOTIF), TEEC_SUCCESS);
		optee_backend.irq(machine_tee, 219);
		notify(&guests[1 - first], BIT(1));
		expect_notified(&guests[1 - first], 1, OPTEE_NOTIF_VALID);
		assert_int_equal(simple(&guests[1 - first], OPTEE_MSG_STOP_ASYNC_NOTIF),
				 TEEC_SUCCESS);
		optee_backend.irq(machine_tee, 219);
	}
}

static void the_bottom_half_reaches_the_tee_and_a_refused_stop_changes_nothing(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(simple(g, OPTEE_MSG_STOP_ASYNC_NOTIF), TEEC_ERROR_GENERIC);
	enable(g);
	assert_int_equal(simple(g, OPTEE_MSG_DO_BOTTOM_HALF), TEEC_SUCCESS);
	assert_int_equal(partition(g)->bottom_halves, 1);
	message(g, OPTEE_MSG_DO_BOTTOM_HALF, 1);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(partition(g)->bottom_halves, 1);
	notify(g, BIT(9));
	expect_notified(g, 9, OPTEE_NOTIF_VALID);
}

/* A guest that never looks gets its one interrupt per notification, and holds up nobody. */
static void a_guest_that_never_asks_holds_up_nobody(void **state)
{
	(void)state;
	enable(&guests[0]);
	enable(&guests[1]);
	for (uint32_t i = 0; i < 200; i++) {
		partition(&guests[1])->values |= BIT(1);
		notify(&guests[0], BIT(0));
		expect_notified(&guests[1], 1, OPTEE_NOTIF_VALID);
	}
	expect_notified(&guests[0], 0, OPTEE_NOTIF_VALID);
}

static void a_vm_whose_tee_failed_is_not_enabled(void **state)
{
	struct guest *g = &guests[0];
	uint32_t smcs;

	(void)state;
	model.fail_next = 0x1234;
	(void)guest_invoke(g, MODEL_ADD, 1);
	assert_true(g->tee->dead);
	leaves_state = true;
	smcs = fake.smcs;
	assert_int_equal(smc4(g, OPTEE_SMC_ENABLE_ASYNC_NOTIF, 0, 0, 0), OPTEE_SMC_ENOTAVAIL);
	assert_int_equal(fake.smcs, smcs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST_NOTIFY(notifications_are_offered_with_an_interrupt),
		SCENARIO(without_an_interrupt_there_are_no_notifications, 84),
		SCENARIO_NOTIFY(the_tee_hears_once_and_questions_are_answered_here, 84),
		MEDIATOR_TEST_NOTIFY(a_refused_enabling_can_be_tried_again),
		SCENARIO_NOTIFY(values_are_kept_until_they_are_asked_for, 85),
		SCENARIO_NOTIFY(a_tee_that_counts_wrong_is_asked_no_more_than_there_are_values, 85),
		SCENARIO_NOTIFY(only_who_is_meant_is_told, 86),
		SCENARIO_NOTIFY(vms_leave_the_list_in_any_order, 86),
		MEDIATOR_TEST_NOTIFY(
			the_bottom_half_reaches_the_tee_and_a_refused_stop_changes_nothing),
		SCENARIO_NOTIFY(a_guest_that_never_asks_holds_up_nobody, 87),
		SCENARIO_NOTIFY(a_vm_whose_tee_failed_is_not_enabled, 82),
	};

	return cmocka_run_group_tests_name("optee_notify", tests, NULL, NULL);
}
