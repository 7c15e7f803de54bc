/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As many calls at once as a TEE can have threads, 64, and quotas so tight that each record and
 * each page of a VM's private memory is needed: calls, slots, list pages, chunks of frame numbers.
 * The TEE is a puppet here: it takes every call, says it was interrupted, and ends it when resumed.
 */
#include "tests/unit/second_tee.h"
#include <string.h>

#define CALLS 64u

/* Per thread of the puppet: how its call began, and where its message lies. */
static uint64_t begun[CALLS][TEE_SMC_REGS];
static struct message *slots[CALLS];
static uint32_t threads;

static struct message *slot_of(const uint64_t *regs)
{
	const struct tee_host_vm *vm = guests[0].host;
	uint64_t where = regs[1] << 32 | regs[2];

	if (regs[0] == OPTEE_SMC_CALL_WITH_REGD_ARG)
		return (void *)model_byte(model_guest_of(vm), where, regs[3]);
	return fake_secure_view(guests[0].host, where);
}

/* The model knows nothing of these threads, so only messages go through the audit. */
static void puppet(uint64_t *regs)
{
	uint32_t t = regs[0] == OPTEE_SMC_RETURN_FROM_RPC ? (uint32_t)regs[3] : threads++;

	if (regs[0] != OPTEE_SMC_RETURN_FROM_RPC) {
		memcpy(begun[t], regs, sizeof(begun[t]));
		slots[t] = slot_of(regs);
		regs[0] = OPTEE_SMC_RPC_FOREIGN_INTR;
		regs[3] = t;
		return;
	}
	slots[t]->h.ret = TEEC_SUCCESS;
	slots[t]->p[0].value.a += 1000;
	regs[0] = OPTEE_SMC_OK;
}

static void puppet_begin(bool window, uint32_t calls)
{
	threads = 0;
	second_lie(OPTEE_SMC_GET_THREAD_COUNT, 1, calls);
	machine_quota.calls = calls;
	second_begin(window);
	assert_int_equal(guest_create(&guests[0]), TEE_STATUS_OK);
	fake.audit = NULL;
	second_yielding(puppet);
}

/* Call n of the guest: value n, in page n. Left in the TEE; its handle. */
static uint64_t begin_call(struct guest *g, uint32_t n)
{
	struct message *m = message_at(g, IPA(n));

	memset(m, 0, 128);
	m->h.cmd = OPTEE_MSG_INVOKE_COMMAND;
	m->h.num_params = 1;
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
	m->p[0].value.a = n;
	fake.interrupts_returned = 1;
	assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(n), 1),
			 OPTEE_SMC_RPC_FOREIGN_INTR);
	return g->regs[3];
}

static void expect_slots_apart(uint32_t calls)
{
	for (uint32_t i = 0; i < calls; i++)
		for (uint32_t j = 0; j < i; j++)
			assert_true((uint8_t *)slots[i] + 512 <= (uint8_t *)slots[j] ||
				    (uint8_t *)slots[j] + 512 <= (uint8_t *)slots[i]);
}

static void many_calls(bool window, uint32_t calls)
{
	struct guest *g = &guests[0];
	uint64_t handles[CALLS];

	puppet_begin(window, calls);
	for (uint32_t i = 0; i < calls; i++)
		handles[i] = begin_call(g, i);
	assert_int_equal(g->tee->used.calls, calls);
	expect_slots_apart(calls);
	assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(calls), 1),
			 OPTEE_SMC_ETHREAD_LIMIT);
	for (uint32_t i = calls; i-- > 0;) {
		assert_int_equal(smc4(g, OPTEE_SMC_RETURN_FROM_RPC, 0, 0, handles[i]),
				 OPTEE_SMC_OK);
		assert_int_equal(message_at(g, IPA(i))->p[0].value.a, 1000 + i);
	}
	expect_baseline(g);
	second_end();
}

static void every_thread_of_the_tee_can_have_a_call(void **state)
{
	static const uint32_t calls[] = {1, 7, 8, 9, 16, 63, 64};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(calls); i++)
		for (int window = 0; window < 2; window++) {
			many_calls(window != 0, calls[i]);
			for (uint32_t g = 0; g < GUESTS; g++) {
				guest_end(&guests[g]);
				guest_begin(&guests[g], &fake.vms[g]);
			}
		}
}

/* A quota of calls of 0 would be a VM without a TEE; it has one call. */
static void a_vm_always_has_one_call(void **state)
{
	(void)state;
	machine_quota.calls = 0;
	assert_int_equal(guest_destroy(&guests[0]), TEE_STATUS_OK);
	assert_int_equal(guest_create(&guests[0]), TEE_STATUS_OK);
	assert_int_equal(smc4(&guests[0], OPTEE_SMC_GET_THREAD_COUNT, 0, 0, 0), OPTEE_SMC_OK);
	assert_int_equal(guests[0].regs[1], 1);
	expect_works(&guests[0]);
}

/* A registration that the TEE has begun: all its list pages are in use. */
static uint64_t begin_registration(struct guest *g, uint32_t n, uint32_t pages)
{
	struct message *m = message_at(g, IPA(n));
	uint64_t list = IPA(PAGE_LIST + 8 * n);

	memset(m, 0, 128);
	m->h.cmd = OPTEE_MSG_REGISTER_SHM;
	m->h.num_params = 1;
	fill_list(g, list, PAGE_DATA, pages);
	m->p[0] = rmem(OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG, list,
		       (uint64_t)pages * PAGE_SIZE, 100 + n);
	fake.interrupts_returned = 1;
	assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(n), 1),
			 OPTEE_SMC_RPC_FOREIGN_INTR);
	return g->regs[3];
}

/* The list that the TEE was given in this thread names the pages that the guest listed. */
static void expect_list(struct guest *g, uint32_t t, uint32_t pages)
{
	const uint64_t *entry = fake_secure_view(g->host, slots[t]->p[0].tmem.address);

	for (uint32_t i = 0; i < pages; i++) {
		if (i != 0 && i % 511 == 0)
			entry = fake_secure_view(g->host, entry[511]);
		assert_int_equal(entry[i % 511], fake_pa(g->host, IPA(PAGE_DATA + i % 512)));
	}
}

/* Three calls whose lists need every list page that the quota gives. */
static void lists_of_all_calls_fit_at_once(bool window)
{
	static const uint32_t pages[] = {512, 1, 1023};
	struct guest *g = &guests[0];
	uint64_t handles[ARRAY_SIZE(pages)];

	machine_quota.shared_pages = 512 + 1 + 1023;
	puppet_begin(window, ARRAY_SIZE(pages));
	for (uint32_t round = 0; round < 3; round++) {
		threads = 0;
		for (uint32_t i = 0; i < ARRAY_SIZE(pages); i++)
			handles[i] = begin_registration(g, i, pages[(i + round) % 3]);
		for (uint32_t i = 0; i < ARRAY_SIZE(pages); i++)
			expect_list(g, i, pages[(i + round) % 3]);
		for (uint32_t i = 0; i < ARRAY_SIZE(pages); i++)
			assert_int_equal(smc4(g, OPTEE_SMC_RETURN_FROM_RPC, 0, 0, handles[i]),
					 OPTEE_SMC_OK);
		assert_int_equal(g->host->pinned, machine_quota.shared_pages);
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		second_yielding(NULL); /* the first call of a VM is its own */
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
		second_yielding(puppet);
	}
	second_end();
}

static void lists_of_all_calls_fit_in_the_window(void **state)
{
	(void)state;
	lists_of_all_calls_fit_at_once(true);
}

static void lists_of_all_calls_fit_in_pages_of_the_host(void **state)
{
	(void)state;
	lists_of_all_calls_fit_at_once(false);
}

struct tight_quota {
	uint32_t buffers, pages;
	uint32_t each; /* pages of all buffers but the last, which has the rest */
};

static void register_all(struct guest *g, const struct tight_quota *q)
{
	uint32_t left = q->pages, n;

	for (uint32_t i = 1; i <= q->buffers && left != 0; i++) {
		n = i == q->buffers || left < q->each ? left : q->each;
		left -= n;
		assert_int_equal(guest_register(g, i, 0, (uint64_t)n * PAGE_SIZE), TEEC_SUCCESS);
	}
	assert_int_equal(g->host->pinned, q->pages);
	assert_int_equal(guest_register(g, 999, 0, 1), TEEC_ERROR_OUT_OF_MEMORY);
}

/* Quotas at which the formulas of memory.c leave no chunk, bucket or object over. */
static void private_memory_is_enough_for_the_tightest_quotas(void **state)
{
	static const struct tight_quota cases[] = {
		{1, 1, 1},	 {1, 4, 4},   {1, 5, 5},       {1, 16, 16},	  {1, 15, 15},
		{1, 31, 31},	 {2, 32, 16}, {2, 10, 5},      {3, 48, 16},	  {14, 14 * 16, 16},
		{4, 20, 5},	 {5, 25, 5},  {16, 16 * 5, 5}, {16, 16, 1},	  {17, 17, 1},
		{33, 33 * 4, 4}, {2, 3, 1},   {3, 1022, 1},    {64, 64 * 31, 31},
	};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_quota.buffers = cases[i].buffers;
		machine_quota.shared_pages = cases[i].pages;
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(guest_create(g), TEE_STATUS_OK);
		for (uint32_t round = 0; round < 2; round++) {
			register_all(g, &cases[i]);
			for (uint32_t b = 1; b <= cases[i].buffers && g->tee->used.buffers; b++)
				assert_int_equal(guest_unregister(g, b), TEEC_SUCCESS);
			expect_baseline(g);
		}
	}
}

static void a_vm_without_a_quota_shares_nothing(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	machine_quota = (struct tee_quota){.calls = 2};
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	assert_int_equal(guest_register(g, 1, 0, 1), TEEC_ERROR_OUT_OF_MEMORY);
	expect_works(g);
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	machine_quota.shared_pages = 100; /* pages, but no buffer to put them in */
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	assert_int_equal(guest_register(g, 1, 0, 1), TEEC_ERROR_OUT_OF_MEMORY);
	expect_baseline(g);
}

static void a_vms_memory_is_used_to_its_last_byte_and_not_beyond(void **state)
{
	struct guest *g = &guests[0];
	size_t size = optee_backend.vm_size(machine_tee, &machine_quota);
	struct tee_vm *vm = NULL;

	(void)state;
	assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
	assert_int_equal(optee_backend.vm_create(machine_tee, g->host, &machine_quota, g->memory,
						 size - 1, &vm),
			 TEE_STATUS_NO_MEMORY);
	assert_null(vm);
	assert_int_equal(guest_create(g), TEE_STATUS_OK); /* with `size` */
}

static void the_size_for_any_quota_can_be_asked(void **state)
{
	struct tee_quota q = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
	size_t size = optee_backend.vm_size(machine_tee, &q);

	(void)state;
	assert_true(size > (uint64_t)UINT32_MAX * 64);
	assert_int_equal(size % 64, 0);
	q.buffers = 0;
	q.shared_pages = 0;
	q.sessions = 0;
	assert_true(optee_backend.vm_size(machine_tee, &q) < 16384);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST_NO_WINDOW(every_thread_of_the_tee_can_have_a_call),
		MEDIATOR_TEST(a_vm_always_has_one_call),
		MEDIATOR_TEST_NO_WINDOW(lists_of_all_calls_fit_in_the_window),
		MEDIATOR_TEST_NO_WINDOW(lists_of_all_calls_fit_in_pages_of_the_host),
		MEDIATOR_TEST(private_memory_is_enough_for_the_tightest_quotas),
		MEDIATOR_TEST(a_vm_without_a_quota_shares_nothing),
		MEDIATOR_TEST(a_vms_memory_is_used_to_its_last_byte_and_not_beyond),
		MEDIATOR_TEST(the_size_for_any_quota_can_be_asked),
	};

	return cmocka_run_group_tests_name("optee_many", tests, NULL, NULL);
}
