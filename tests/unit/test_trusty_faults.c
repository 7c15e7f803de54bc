/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trusty and EL3 answer what they should not, or at the worst moment; and hosts that offer less.
 * What must hold after that is in the teardown.
 */
#include "tests/unit/trusty_guest.h"
#include <stdlib.h>

static const uint64_t ID = TG_ID(TG_IPA(TG_BUFFER));

static int32_t first(struct tguest *g, uint32_t function, uint32_t size)
{
	return tguest_smc(g, function, (uint32_t)ID, (uint32_t)(ID >> 32), size);
}

/* The machine forgets what the model still holds of a VM whose pages are lost. */
static void forget_all(void)
{
	for (unsigned i = 0; i < TRUSTY_QL_DEVICES; i++)
		trusty_model.devices[i].used = false;
	for (unsigned i = 0; i < MT_SHARES; i++)
		trusty_model.shares[i].handle = 0;
}

static enum tee_status probe_again(const struct tee_port *port)
{
	trusty_model.negotiated = false;
	return trusty_backend.probe(trusty_tee, port);
}

static void destroy_both(void)
{
	for (unsigned i = 0; i < TG_GUESTS; i++)
		assert_int_equal(tguest_destroy(&tguests[i]), TEE_STATUS_OK);
}

static void an_api_version_that_was_not_asked_for_is_no_trusty(void **state)
{
	static const int32_t lies[] = {-1, -8, 6, 2, INT32_MAX, INT32_MIN};

	(void)state;
	destroy_both();
	for (unsigned i = 0; i < ARRAY_SIZE(lies); i++) {
		trusty_model.lie_api = lies[i];
		assert_int_equal(probe_again(&fake_port), TEE_STATUS_ABSENT);
	}
	trusty_model.lie_api = 0;
	assert_int_equal(probe_again(&fake_port), TEE_STATUS_OK);
}

static void a_trusty_that_panics_at_probe_is_absent(void **state)
{
	(void)state;
	destroy_both();
	trusty_model.doorbell = TRUSTY_ERR_PANIC;
	assert_int_equal(probe_again(&fake_port), TEE_STATUS_ABSENT);
	trusty_model.doorbell = 13;
	assert_int_equal(probe_again(&fake_port), TEE_STATUS_OK);
}

static void a_doorbell_that_is_no_sgi_is_not_claimed(void **state)
{
	static const int32_t odd[] = {0, 16, 31, 1020, TRUSTY_ERR_END_OF_INPUT};
	uint32_t claims = fake.claims;

	(void)state;
	destroy_both();
	for (unsigned i = 0; i < ARRAY_SIZE(odd); i++) {
		trusty_model.doorbell = odd[i];
		assert_int_equal(probe_again(&fake_port), TEE_STATUS_OK);
	}
	assert_int_equal(fake.claims, claims);
	trusty_model.doorbell = 15;
	assert_int_equal(probe_again(&fake_port), TEE_STATUS_OK);
	assert_int_equal(fake.claimed, 15);
	trusty_model.doorbell = 1;
	assert_int_equal(probe_again(&fake_port), TEE_STATUS_OK);
	assert_int_equal(fake.claimed, 1);
}

static void a_trusty_without_a_version_string_has_none(void **state)
{
	(void)state;
	destroy_both();
	trusty_model.version = 0;
	assert_int_equal(probe_again(&fake_port), TEE_STATUS_OK);
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_GET_VERSION_STR, UINT32_MAX, 0, 0), 0);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_GET_VERSION_STR, 0, 0, 0),
			 TRUSTY_ERR_INVALID);
}

static void a_long_version_string_is_cut(void **state)
{
	(void)state;
	destroy_both();
	trusty_model.version = 1000;
	assert_int_equal(probe_again(&fake_port), TEE_STATUS_OK);
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_GET_VERSION_STR, UINT32_MAX, 0, 0), 128);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_GET_VERSION_STR, 127, 0, 0), 'r');
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_GET_VERSION_STR, 128, 0, 0),
			 TRUSTY_ERR_INVALID);
}

static void without_handles_el3_is_asked_for_ff_a_once(void **state)
{
	(void)state;
	assert_int_equal(trusty_model.ffa_calls, 1);
	tguest_expect_works(&tguests[0]);
	destroy_both();
	assert_int_equal(trusty_model.ffa_calls, 1);
}

static void a_host_without_a_trace_works(void **state)
{
	struct tee_port port = fake_port;
	uint32_t logged = fake.logged;

	(void)state;
	destroy_both();
	port.trace = NULL;
	assert_int_equal(probe_again(&port), TEE_STATUS_OK);
	assert_int_equal(tguest_create(&tguests[1]), TEE_STATUS_OK);
	tguest_expect_works(&tguests[1]);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_FC_REQUEST_FIQ, 0, 0, 0),
			 TRUSTY_ERR_NOT_ALLOWED);
	assert_int_equal(fake.logged, logged);
	assert_int_equal(tguest_destroy(&tguests[1]), TEE_STATUS_OK);
}

static void panic_beside(void)
{
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_PANIC);
	assert_int_equal(tguest_smc(&tguests[0], TRUSTY_SC_NOP, 0, 0, 0), TRUSTY_ERR_PANIC);
	trusty_model.panicked = true;
}

/* Another CPU saw it, while this one was inside: it is not entered again. */
static void a_panic_is_seen_by_a_cpu_that_was_inside(void **state)
{
	(void)state;
	model_trusty_script(&trusty_model.standard, 5, TRUSTY_ERR_INTERRUPTED);
	trusty_model.inside = panic_beside;
	assert_int_equal(tguest_smc(&tguests[0], TRUSTY_SC_LOCKED_NOP, 0, 0, 0), TRUSTY_ERR_PANIC);
	assert_int_equal(trusty_model.restarts, 0);
	assert_int_equal(tguests[0].vm->count.tee_faults, 1);
	assert_int_equal(fake.logs, 1);
	assert_int_equal((int32_t)tguest_event()->result, TRUSTY_ERR_PANIC);
}

static void a_panic_in_create_keeps_the_pages(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_PANIC);
	assert_int_equal(first(g, TRUSTY_SC_QL_CREATE, PAGE_SIZE), TRUSTY_ERR_PANIC);
	trusty_model.panicked = true;
	assert_int_equal(g->host->pinned, 1);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(g->host->pinned, 1);
	forget_all();
}

static void a_panic_in_shutdown_keeps_the_pages(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	assert_int_equal(first(g, TRUSTY_SC_QL_CREATE, PAGE_SIZE), 0);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_PANIC);
	assert_int_equal(first(g, TRUSTY_SC_QL_SHUTDOWN, 0), TRUSTY_ERR_PANIC);
	trusty_model.panicked = true;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(g->host->pinned, 1);
	forget_all();
}

static void a_shutdown_that_trusty_lost_may_be_repeated(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_UNEXPECTED_RESTART);
	assert_int_equal(tguest_shutdown(g), TRUSTY_ERR_UNEXPECTED_RESTART);
	assert_int_equal(tguest_command(g, MT_CONNECT), TRUSTY_ERR_INVALID);
	assert_int_equal(tguest_shutdown(g), 0);
	tguest_forget(g);
}

static void an_interrupted_answer_to_a_nop_is_that_of_a_nop(void **state)
{
	(void)state;
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_INTERRUPTED);
	assert_int_equal(tguest_smc(&tguests[0], TRUSTY_SC_NOP, 0, 0, 0), TRUSTY_ERR_NOP_DONE);
	model_trusty_script(&trusty_model.nop, 1, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned = 1;
	assert_int_equal(tguest_smc(&tguests[0], TRUSTY_SC_NOP, 0, 0, 0),
			 TRUSTY_ERR_NOP_INTERRUPTED);
}

static void el3_s_refusal_of_our_share_makes_no_device(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	trusty_model.fail_share = FFA_NO_MEMORY;
	assert_int_equal(first(g, TRUSTY_SC_QL_CREATE, PAGE_SIZE), TRUSTY_ERR_INTERNAL);
	tguest_expect_baseline(g);
	trusty_model.fail_share = 0;
	assert_int_equal(first(g, TRUSTY_SC_QL_CREATE, PAGE_SIZE), 0);
	assert_int_equal(first(g, TRUSTY_SC_QL_SHUTDOWN, 0), 0);
}

static void an_error_of_el3_that_is_none_keeps_the_pages(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_share(g, 64, 2),
			 0); /* an old handle is not taken for the new one */
	assert_int_equal(tguest_reclaim(g, g->handle), 0);
	trusty_model.fail_share = 5;
	assert_int_equal(tguest_share(g, 64, 2), FFA_ABORTED);
	assert_int_equal(g->host->pinned, 2 + 2);
	trusty_model.fail_share = 0;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(g->host->pinned, 2);
}

static int32_t answer;

static void create_beside(struct tee_host_vm *vm, uint64_t ipa, size_t size)
{
	struct tguest other = tguests[vm->index];

	(void)ipa;
	(void)size;
	vm->on_read = NULL;
	vm->locked = false;
	answer = first(&other, TRUSTY_SC_QL_CREATE, PAGE_SIZE);
	vm->locked = true;
}

/* One piece of memory for addresses serves a VM's calls one at a time. */
static void a_device_beside_a_share_of_the_vm_is_refused(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	assert_int_equal(tguest_map(g), 0);
	g->host->on_read = create_beside;
	assert_int_equal(tguest_share(g, 64, 1), 0);
	assert_int_equal(answer, TRUSTY_ERR_INTERNAL);
	assert_int_equal(tguest_reclaim(g, g->handle), 0);
}

/* Its name would be guessed easily. */
static void a_share_that_the_mediator_made_is_not_the_guest_s_to_reclaim(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	assert_int_equal(first(g, TRUSTY_SC_QL_CREATE, PAGE_SIZE), 0);
	for (uint64_t n = 0; n < 16; n++)
		for (uint64_t generation = 0; generation < 4; generation++)
			assert_int_equal(tguest_reclaim(g, generation << 32 | n),
					 FFA_INVALID_PARAMETERS);
	assert_int_equal(model_trusty_shares(), 1);
	assert_int_equal(first(g, TRUSTY_SC_QL_SHUTDOWN, 0), 0);
}

static enum tee_status status;

static void destroy_late(void)
{
	status = trusty_backend.vm_destroy(tguests[0].vm);
	assert_int_equal(status, TEE_STATUS_AGAIN);
	fake.now += 3000000000ull;
	status = trusty_backend.vm_destroy(tguests[0].vm);
}

/* However late: the other CPU will still write to the VM's state. */
static void a_vm_is_not_given_up_under_a_cpu_that_works_for_it(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned = 1;
	assert_int_equal(tguest_smc(g, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), TRUSTY_ERR_INTERRUPTED);
	fake.now += 60000000;
	trusty_model.inside = destroy_late;
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_SC_LOCKED_NOP, 0, 0, 0), 0);
	assert_int_equal(status, TEE_STATUS_AGAIN);
	assert_int_equal(trusty_backend.vm_destroy(g->vm), TEE_STATUS_FAULT);
	g->vm = NULL;
}

static void stop(struct tguest *g, uint32_t function)
{
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_CPU_IDLE);
	trusty_model.standard_repeats = UINT32_MAX;
	assert_int_equal(first(g, function, PAGE_SIZE), TRUSTY_ERR_CPU_IDLE);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	trusty_model.standard_repeats = 0;
}

/* What a VM that is gone began takes effect: the seat in Trusty is counted. */
static void the_end_of_a_lost_create_is_counted(void **state)
{
	struct tguest *g = &tguests[0], *b = &tguests[1];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	stop(g, TRUSTY_SC_QL_CREATE);
	assert_int_equal(tguest_device(b, 1), 0);
	assert_int_equal(model_trusty_devices(), 2);
	assert_int_equal(tguest_create(g), TEE_STATUS_OK);
	assert_int_equal(tguest_device(g, 1), TRUSTY_ERR_INTERNAL); /* both are taken */
	tguest_forget(g);
	assert_int_equal(tguest_shutdown(b), 0);
	tguest_forget(b);
	tguest_expect_works(g);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
	forget_all();
}

static void a_lost_create_that_fails_frees_its_seat(void **state)
{
	struct tguest *g = &tguests[0], *b = &tguests[1];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	stop(g, TRUSTY_SC_QL_CREATE);
	trusty_model.fail_create = TRUSTY_ERR_INTERNAL;
	assert_int_equal(tguest_smc(b, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), 0);
	trusty_model.fail_create = 0;
	assert_int_equal(tguest_create(g), TEE_STATUS_OK);
	assert_int_equal(tguest_device(g, 1), 0);
	assert_int_equal(tguest_device(b, 1), 0);
	for (unsigned i = 0; i < TG_GUESTS; i++) {
		assert_int_equal(tguest_shutdown(&tguests[i]), 0);
		tguest_forget(&tguests[i]);
	}
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
	forget_all();
}

static void a_lost_shutdown_that_fails_keeps_its_seat(void **state)
{
	struct tguest *g = &tguests[0], *b = &tguests[1];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	assert_int_equal(first(g, TRUSTY_SC_QL_CREATE, PAGE_SIZE), 0);
	stop(g, TRUSTY_SC_QL_SHUTDOWN);
	trusty_model.fail_shutdown = TRUSTY_ERR_INTERNAL;
	assert_int_equal(tguest_device(b, 1), 0);
	trusty_model.fail_shutdown = 0;
	assert_int_equal(tguest_create(g), TEE_STATUS_OK);
	assert_int_equal(tguest_device(g, 1), TRUSTY_ERR_INTERNAL);
	tguest_forget(g);
	assert_int_equal(tguest_shutdown(b), 0);
	tguest_forget(b);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
	forget_all();
}

/* Our SHUTDOWN was interrupted, and came to nothing: it is not made for ever. */
static void a_shutdown_of_ours_that_fails_late_is_made_once(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_CPU_IDLE);
	assert_int_equal(trusty_backend.vm_destroy(g->vm), TEE_STATUS_AGAIN);
	trusty_model.fail_shutdown = TRUSTY_ERR_INTERNAL;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(trusty_model.starts, 2);
	trusty_model.fail_shutdown = 0;
	forget_all();
}

static void el3_s_busy_does_not_cost_a_leaving_vm_its_pages(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	trusty_model.el3_busy = 5;
	assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(g->host->pinned, 0);
}

#define BOTH(name) TRUSTY_TEST(name), TRUSTY_TEST_ADDRESS(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(an_api_version_that_was_not_asked_for_is_no_trusty),
		TRUSTY_TEST(a_trusty_that_panics_at_probe_is_absent),
		TRUSTY_TEST(a_doorbell_that_is_no_sgi_is_not_claimed),
		TRUSTY_TEST(a_trusty_without_a_version_string_has_none),
		TRUSTY_TEST(a_long_version_string_is_cut),
		TRUSTY_TEST_ADDRESS(without_handles_el3_is_asked_for_ff_a_once),
		TRUSTY_TEST(a_host_without_a_trace_works),
		BOTH(a_panic_is_seen_by_a_cpu_that_was_inside),
		BOTH(a_panic_in_create_keeps_the_pages),
		BOTH(a_panic_in_shutdown_keeps_the_pages),
		BOTH(a_shutdown_that_trusty_lost_may_be_repeated),
		TRUSTY_TEST(an_interrupted_answer_to_a_nop_is_that_of_a_nop),
		TRUSTY_TEST(el3_s_refusal_of_our_share_makes_no_device),
		TRUSTY_TEST(an_error_of_el3_that_is_none_keeps_the_pages),
		TRUSTY_TEST(a_device_beside_a_share_of_the_vm_is_refused),
		TRUSTY_TEST(a_share_that_the_mediator_made_is_not_the_guest_s_to_reclaim),
		BOTH(a_vm_is_not_given_up_under_a_cpu_that_works_for_it),
		TRUSTY_TEST(the_end_of_a_lost_create_is_counted),
		BOTH(a_lost_create_that_fails_frees_its_seat),
		BOTH(a_lost_shutdown_that_fails_keeps_its_seat),
		BOTH(a_shutdown_of_ours_that_fails_late_is_made_once),
		BOTH(el3_s_busy_does_not_cost_a_leaving_vm_its_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
