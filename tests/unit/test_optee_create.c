/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vm_create and vm_destroy, step by step: each step that can fail does, and what is left then; the
 * first call of a partition; ids, to the last one.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define IDS	      1023u /* the mediator's; 0 is the hypervisor's */
#define PAGES_OF_A_VM 37u   /* arena and lists, of machine_setup's quota */

static uint32_t host_pages_used(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < FAKE_HOST_PAGES; i++)
		n += fake.page_used[i];
	return n;
}

/* Creation fails so; the host and the TEE have what they had before. */
static void expect_no_vm(struct guest *g, enum tee_status status)
{
	uint32_t used = host_pages_used(), vms = machine_tee->vms;

	assert_int_equal(guest_create(g), status);
	assert_int_equal(host_pages_used(), used);
	assert_int_equal(machine_tee->vms, vms);
	assert_null(model_guest_of(g->host));
}

static void creation_fails_in_each_step_and_leaves_nothing(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	model.fail_created = OPTEE_SMC_ENOTAVAIL;
	expect_no_vm(g, TEE_STATUS_FULL);
	model.fail_created = OPTEE_SMC_EBUSY;
	expect_no_vm(g, TEE_STATUS_FAULT);
	model.fail_created = 0;
	for (uint32_t n = 1; n <= 3; n++) { /* the first call's page, the arena, the lists */
		fake.fail.pages_get = n;
		expect_no_vm(g, TEE_STATUS_NO_MEMORY);
		fake.fail.pages_get = 0;
	}
	model.fail_next = OPTEE_SMC_EBADADDR; /* of the first call */
	expect_no_vm(g, TEE_STATUS_FAULT);
	model.fail_register = TEEC_ERROR_OUT_OF_MEMORY; /* of the arena */
	expect_no_vm(g, TEE_STATUS_FAULT);
	model.fail_register = 0;
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	expect_works(g);
}

/* The TEE may give back a message that it did not answer. */
static void (*before_answer)(struct message *slot);

static void first_call(uint64_t *regs)
{
	struct message *slot = NULL;

	if (regs[0] == OPTEE_SMC_CALL_WITH_RPC_ARG) {
		slot = fake_secure_view(guests[0].host, regs[1] << 32 | regs[2]);
		before_answer(slot);
	}
	model_smc(regs);
}

static uint32_t first_calls;

/* What our own calls say, all of it. */
static void look_at_our_call(struct message *slot)
{
	const struct optee_msg_header cancel = {.cmd = OPTEE_MSG_CANCEL, .ret = TEEC_ERROR_GENERIC};
	static const uint8_t zero[512 - 32];

	if (first_calls++ == 0) {
		assert_memory_equal(&slot->h, &cancel, sizeof(cancel));
		assert_memory_equal(slot->p, zero, sizeof(zero));
		return;
	}
	assert_int_equal(slot->h.cmd, OPTEE_MSG_REGISTER_SHM);
	assert_int_equal(slot->h.ret, TEEC_ERROR_GENERIC);
	assert_int_equal(slot->h.num_params, 1);
	assert_int_equal(slot->p[0].attr, OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG);
	assert_int_equal(slot->p[0].tmem.size, PAGE_SIZE);
	assert_true(slot->p[0].tmem.cookie == BIT(63));
	assert_memory_equal(&slot->p[1], zero, sizeof(zero) - sizeof(slot->p[0]));
}

/* Pages of the host that are free, and the window's that guests[0], the first VM, had. */
static void dirty_free_pages(void)
{
	for (size_t i = 0; i < FAKE_HOST_PAGES; i++)
		if (!fake.page_used[i])
			memset(fake.pages + i * PAGE_SIZE, 0x5a, PAGE_SIZE);
	if (!fake.no_window)
		memset(fake.window, 0x5a, PAGES_OF_A_VM * PAGE_SIZE);
}

static void our_own_calls_say_what_is_defined(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	dirty_free_pages();
	first_calls = 0;
	before_answer = look_at_our_call;
	fake.secure = first_call;
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	assert_int_equal(first_calls, fake.no_window ? 2 : 1);
	fake.secure = model_smc;
	expect_works(g);
}

static void own_requests(uint32_t interrupts, uint32_t requests, enum tee_status status)
{
	struct guest *g = &guests[0];

	if (g->tee != NULL)
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	model.first_call_interrupts = interrupts;
	model.first_call_rpcs = requests;
	fake.interrupts = 0;
	assert_int_equal(guest_create(g), status);
	assert_int_equal(fake.interrupts, interrupts);
}

static void the_first_call_asks_a_thousand_things_but_not_more(void **state)
{
	(void)state;
	own_requests(0, 1000, TEE_STATUS_OK);
	own_requests(0, 1001, TEE_STATUS_FAULT);
	own_requests(3000, 10, TEE_STATUS_OK); /* interrupts are not counted */
	own_requests(2000, 1000, TEE_STATUS_OK);
	expect_works(&guests[0]);
}

/* Requests in a call of our own: for a buffer, to free one, a command. None is granted. */
static const uint32_t own_exits[] = {OPTEE_SMC_RPC_FREE, OPTEE_SMC_RPC_ALLOC, OPTEE_SMC_RPC_CMD};
static uint32_t refused;
static uint64_t begun[TEE_SMC_REGS];

static void asking(uint64_t *regs)
{
	static struct message *slot;
	static uint32_t next;
	struct optee_msg_header *area;

	if (regs[0] == OPTEE_SMC_CALL_WITH_RPC_ARG) {
		memcpy(begun, regs, sizeof(begun));
		slot = fake_secure_view(guests[0].host, regs[1] << 32 | regs[2]);
		next = 0;
	} else if (regs[0] != OPTEE_SMC_RETURN_FROM_RPC) {
		model_smc(regs);
		return;
	}
	if (next < ARRAY_SIZE(own_exits)) {
		regs[0] = own_exits[next++];
		regs[3] = 1;
		return;
	}
	area = (struct optee_msg_header *)(void *)&slot->p[slot->h.num_params];
	assert_int_equal(area->ret, TEEC_ERROR_NOT_SUPPORTED);
	assert_int_equal(area->ret_origin, TEEC_ORIGIN_COMMS);
	assert_int_equal(regs[1] | regs[2], 0);
	assert_int_equal(regs[3], 1);
	refused++;
	memcpy(regs, begun, sizeof(begun));
	model_smc(regs);
}

static void a_request_in_our_own_calls_is_refused(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	fake.secure = asking;
	fake.audit = NULL;
	refused = 0;
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	fake.secure = model_smc;
	assert_int_equal(refused, fake.no_window ? 2 : 1);
	expect_works(g);
}

/* A request was refused, and the guest is still to free its buffer: the TEE waits for the answer.
 */
static void a_call_whose_buffer_was_refused_is_ended_with_its_vm(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->style = OPTEE_SMC_CALL_WITH_ARG;
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_ALLOC);
	guest_serve(g);
	g->regs[2] |= 4;
	assert_int_equal(smc(g), OPTEE_SMC_RPC_FREE);
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model.left_threads, 0);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

/* A record of a call that gave pages back at its end serves the next call. */
static void a_call_is_ended_whatever_its_record_served_before(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, 7, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, 7), TEEC_SUCCESS);
	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(model.left_threads, 0);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

/* Its partition stays, and its id with it: no page was given to it yet. */
static void lose_an_id(struct guest *g)
{
	model.fail_next = OPTEE_SMC_ENOMEM;
	model.fail_destroyed = OPTEE_SMC_EBUSY;
	assert_int_equal(guest_create(g), TEE_STATUS_FAULT);
	model.fail_destroyed = 0;
	model_forget(model_guest_of(g->host));
}

static void every_id_can_be_used_and_then_no_more(void **state)
{
	struct guest *g = &guests[0];
	bool used[IDS + 1] = {false};
	uint32_t smcs;

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	used[guests[1].tee->id] = true;
	used[3] = true; /* the witness */
	for (uint32_t i = 0; i < IDS - 3; i++) {
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
		assert_in_range(g->tee->id, 1, IDS);
		assert_false(used[g->tee->id]);
		used[g->tee->id] = true;
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	}
	for (uint32_t i = 0; i < IDS - 2; i++)
		lose_an_id(g);
	smcs = fake.smcs;
	assert_int_equal(guest_create(g), TEE_STATUS_FULL);
	assert_int_equal(fake.smcs, smcs);
	assert_int_equal(guest_destroy(&guests[1]), TEE_STATUS_OK);
	assert_int_equal(guest_create(g), TEE_STATUS_OK); /* with the id of guests[1] */
	assert_int_equal(g->tee->id, 2);
}

static void a_lost_partition_keeps_what_the_tee_may_write_to(void **state)
{
	struct guest *g = &guests[0];
	uint32_t used;

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	used = host_pages_used();
	model.fail_register = TEEC_ERROR_OUT_OF_MEMORY;
	model.fail_destroyed = OPTEE_SMC_EBUSY;
	assert_int_equal(guest_create(g), TEE_STATUS_FAULT);
	assert_int_equal(host_pages_used(), used + PAGES_OF_A_VM);
	model_end_faults();
	model_forget(model_guest_of(g->host));
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(host_pages_used(), used + PAGES_OF_A_VM);
	memset(fake.page_used, 0, PAGES_OF_A_VM); /* tidy up: the first, that guests[0] had */
}

/* Objects are looked through, whether they are in use or not; at each 32nd the clock. */
static void destruction_looks_at_the_clock(void **state)
{
	static const struct {
		uint32_t buffers, asked;
	} cases[] = {{31, 0}, {32, 1}, {63, 1}, {64, 2}, {65, 2}};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		machine_quota.buffers = cases[i].buffers;
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
		fake.yields_asked = 0;
		fake.yield = true;
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(fake.yields_asked, cases[i].asked);
		fake.yield = false;
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST_NO_WINDOW(creation_fails_in_each_step_and_leaves_nothing),
		MEDIATOR_TEST(our_own_calls_say_what_is_defined),
		MEDIATOR_TEST_NO_WINDOW(our_own_calls_say_what_is_defined),
		MEDIATOR_TEST(the_first_call_asks_a_thousand_things_but_not_more),
		MEDIATOR_TEST(a_request_in_our_own_calls_is_refused),
		MEDIATOR_TEST_NO_WINDOW(a_request_in_our_own_calls_is_refused),
		MEDIATOR_TEST(a_call_whose_buffer_was_refused_is_ended_with_its_vm),
		MEDIATOR_TEST(a_call_is_ended_whatever_its_record_served_before),
		MEDIATOR_TEST(every_id_can_be_used_and_then_no_more),
		MEDIATOR_TEST_NO_WINDOW(a_lost_partition_keeps_what_the_tee_may_write_to),
		MEDIATOR_TEST(destruction_looks_at_the_clock),
	};

	return cmocka_run_group_tests_name("optee_create", tests, NULL, NULL);
}
