/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registered buffers: scenarios 39 to 52 (group D).
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE 0xffff888800001000ull

static struct optee_msg_param tmem(uint64_t attr, uint64_t address, uint64_t size, uint64_t cookie)
{
	return rmem(attr, address, size, cookie); /* the same three words */
}

static uint32_t register_with(struct guest *g, uint32_t params, struct optee_msg_param p)
{
	struct message *m = message(g, OPTEE_MSG_REGISTER_SHM, params);

	if (params != 0)
		m->p[0] = p;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	return m->h.ret;
}

#define LIST_ATTR (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)

static void expect_refused(struct guest *g, uint32_t params, struct optee_msg_param p)
{
	uint32_t calls = model.yielding_calls;

	assert_int_not_equal(register_with(g, params, p), TEEC_SUCCESS);
	assert_int_equal(model.yielding_calls, calls);
	assert_int_equal(g->tee->used.calls, 0);
}

static void a_malformed_registration_is_refused(void **state)
{
	struct guest *g = &guests[0];
	const uint64_t list = IPA(PAGE_LIST);

	(void)state;
	fill_list(g, list, PAGE_DATA, 1);
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	expect_refused(g, 0, tmem(0, 0, 0, 0));
	expect_refused(g, 2, tmem(LIST_ATTR, list, 4096, 5));
	expect_refused(g, 1, tmem(OPTEE_MSG_ATTR_VALUE_INPUT, list, 4096, COOKIE));
	expect_refused(g, 1,
		       tmem(OPTEE_MSG_ATTR_TMEM_INPUT | OPTEE_MSG_ATTR_NONCONTIG, list, 4096, 5));
	expect_refused(g, 1, tmem(OPTEE_MSG_ATTR_TMEM_OUTPUT, IPA(PAGE_DATA), 4096, 5));
	expect_refused(g, 1, tmem(LIST_ATTR | OPTEE_MSG_ATTR_META, list, 4096, 5));
	assert_int_equal(g->host->pinned, 1);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

static void a_cookie_is_not_0_and_names_one_buffer(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	expect_refused(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST), 4096, 0));
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	expect_refused(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST), 4096, COOKIE));
	assert_int_equal(guest_register(&guests[1], COOKIE, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(&guests[1], COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

static void impossible_sizes_are_refused(void **state)
{
	static const uint64_t sizes[] = {
		0,	    UINT64_MAX,		UINT64_MAX - 4094, UINT64_MAX - 8191,
		1ull << 63, 17408ull * 4096 + 1};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		expect_refused(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST), sizes[i], COOKIE));
		expect_refused(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST) + 4095, sizes[i], COOKIE));
		expect_baseline(g);
	}
}

static void pages_are_counted_from_offset_and_size(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 4095, 1), TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 1);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, COOKIE, 4095, 2), TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 2);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

/* What the TEE got is what the guest listed, page by page. */
static void expect_pages(struct guest *g, uint32_t pages)
{
	struct model_guest *t = model_guest_of(g->host);
	struct model_buffer *b = NULL;

	for (uint32_t i = 0; i < MODEL_BUFFERS; i++)
		if (t->buffers[i].handle != 0 && t->buffers[i].handle != BIT(63))
			b = &t->buffers[i];
	assert_non_null(b);
	assert_int_equal(b->pages, pages);
	for (uint32_t i = 0; i < pages; i++)
		assert_int_equal(b->page[i], fake_pa(g->host, IPA(PAGE_DATA + i % 512)));
}

static void every_length_of_list_is_translated_page_by_page(void **state)
{
	static const uint32_t pages[] = {1,   2,   3,	4,   5,	  6,	14,   15,   16,	  30,  31,
					 509, 510, 511, 512, 513, 1021, 1022, 1023, 1533, 1534};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(pages); i++) {
		assert_int_equal(guest_register(g, COOKIE, 0, (uint64_t)pages[i] * PAGE_SIZE),
				 TEEC_SUCCESS);
		assert_int_equal(g->host->pinned, pages[i]);
		assert_int_equal(g->tee->used.pages, pages[i]);
		expect_pages(g, pages[i]);
		assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
		expect_baseline(g);
	}
}

static void an_unused_next_pointer_is_not_followed(void **state)
{
	struct guest *g = &guests[0];
	uint64_t *list = fake_ram(g->host, IPA(PAGE_LIST));

	(void)state;
	fill_list(g, IPA(PAGE_LIST), PAGE_DATA, 511);
	list[511] = 0xdeadbeefdeadbeefull;
	assert_int_equal(register_with(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST), 511 * 4096, 5)),
			 TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, 5), TEEC_SUCCESS);
}

static void a_next_pointer_to_nowhere_is_refused_and_undone(void **state)
{
	static const uint64_t bad[] = {0, FAKE_MMIO_IPA, 0xffffffffffffffffull, 0xdeadbeef,
				       FAKE_RAM_IPA + 8};
	struct guest *g = &guests[0];
	uint64_t *list = fake_ram(g->host, IPA(PAGE_LIST));

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		fill_list(g, IPA(PAGE_LIST), PAGE_DATA, 512);
		list[511] = bad[i];
		expect_refused(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST), 512 * 4096, 5));
		expect_baseline(g);
	}
	/* A loop ends with the count of pages, and lists the same pages again. */
	fill_list(g, IPA(PAGE_LIST), PAGE_DATA, 511);
	list[511] = IPA(PAGE_LIST);
	assert_int_equal(register_with(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST), 1533 * 4096, 5)),
			 TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 1533);
	assert_int_equal(guest_unregister(g, 5), TEEC_SUCCESS);
	expect_baseline(g);
}

static void one_bad_entry_undoes_the_whole_registration(void **state)
{
	const uint64_t bad[] = {0,
				1,
				IPA(PAGE_DATA) + 8,
				FAKE_MMIO_IPA,
				IPA(5),
				IPA(6),
				fake_pa(&fake.vms[1], IPA(0)),
				FAKE_WINDOW_PA,
				FAKE_HOST_PA,
				UINT64_MAX - 4095};
	struct guest *g = &guests[0];
	uint64_t *list = fake_ram(g->host, IPA(PAGE_LIST));

	(void)state;
	g->host->access[5] = FAKE_NONE;
	g->host->access[6] = FAKE_RO;
	for (uint32_t n = 0; n < 1000; n++) {
		fill_list(g, IPA(PAGE_LIST), PAGE_DATA, 10);
		list[n % 10] = bad[n % ARRAY_SIZE(bad)];
		expect_refused(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST), 10 * 4096, 5));
		expect_baseline(g);
	}
	/* In the second list page, after 511 good ones. */
	fill_list(g, IPA(PAGE_LIST), PAGE_DATA, 600);
	list[512 + 50] = IPA(6);
	expect_refused(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST), 600 * 4096, 5));
	expect_baseline(g);
}

static void any_pin_or_read_that_fails_leaves_nothing_behind(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t n = 1; n <= 3; n++) {
		fake.fail.pin = n;
		assert_int_not_equal(guest_register(g, COOKIE, 0, 1500 * 4096), TEEC_SUCCESS);
		expect_baseline(g);
		fake.fail.pin = 0;
		fake.fail.read = n + 1; /* the first is the message */
		assert_int_not_equal(guest_register(g, COOKIE, 0, 1500 * 4096), TEEC_SUCCESS);
		expect_baseline(g);
		fake.fail.read = 0;
	}
	fake.fail.read = 1;
	assert_true(guest_register(g, COOKIE, 0, 4096) == (OPTEE_SMC_EBADADDR | BIT(63)));
}

static void a_page_in_two_buffers_stays_pinned_until_both_are_gone(void **state)
{
	struct guest *g = &guests[0];
	uint32_t page = PAGE_DATA;

	(void)state;
	assert_int_equal(guest_register(g, 1, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, 2, 0, 1024 * 4096), TEEC_SUCCESS); /* each page twice */
	assert_int_equal(g->host->pins[page], 3);
	assert_int_equal(guest_unregister(g, 2), TEEC_SUCCESS);
	assert_int_equal(g->host->pins[page], 1);
	assert_int_equal(guest_unregister(g, 1), TEEC_SUCCESS);
	assert_int_equal(g->host->pins[page], 0);
	expect_baseline(g);
}

/* Each entry is read once */
static void replace_list(struct tee_host_vm *vm, uint64_t ipa, size_t size)
{
	if (ipa >= IPA(PAGE_LIST))
		memset(fake_ram(vm, ipa), 0, size);
}

static void a_list_changed_during_translation_has_no_effect(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	g->host->on_read = replace_list;
	assert_int_equal(guest_register(g, COOKIE, 0, 1200 * 4096), TEEC_SUCCESS);
	expect_pages(g, 1200);
	g->host->on_read = NULL;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

static void a_64_mib_buffer_gives_the_cpu_back_after_every_511_pages(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	fake.yield = true;
	assert_int_equal(guest_register(g, COOKIE, 0, 64 << 20), TEEC_SUCCESS);
	assert_int_equal(g->interrupts, 32); /* 33 list pages */
	assert_int_equal(g->tee->count.yields, 32);
	assert_int_equal(g->host->pinned, 16384);
	expect_pages(g, 16384);
	g->interrupts = 0;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_true(g->interrupts >= 31);
	expect_baseline(g);
	fake.yield = false;
	assert_int_equal(guest_register(g, COOKIE, 0, 64 << 20), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

/* And other calls of the guest work in between */
static void other_calls_work_while_a_long_registration_waits(void **state)
{
	struct guest *g = &guests[0];
	uint64_t call[18];

	(void)state;
	fake.yield = true;
	g->hold = true;
	(void)guest_register(g, COOKIE, 0, 1500 * 4096);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
	memcpy(call, g->regs, sizeof(call));
	g->hold = false;
	/* the cookie is taken, but nothing can refer to it yet */
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(guest_invoke(g, MODEL_ADD, 1), TEEC_SUCCESS);
	assert_int_equal(register_with(g, 1, tmem(LIST_ATTR, IPA(PAGE_LIST), 4096, COOKIE)),
			 TEEC_ERROR_BAD_PARAMETERS);
	memcpy(g->regs, call, sizeof(call));
	assert_int_equal(guest_go_on(g), OPTEE_SMC_OK);
	assert_int_equal(g->host->pinned, 1500);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

static void unregister_works_once_and_only_for_what_was_registered(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;

	(void)state;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(guest_unregister(g, 0), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	m = message(g, OPTEE_MSG_UNREGISTER_SHM, 1);
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INPUT;
	m->p[0].value.c = COOKIE;
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
	message(g, OPTEE_MSG_UNREGISTER_SHM, 2);
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 0, COOKIE);
	assert_int_equal(guest_call(g), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_ERROR_BAD_PARAMETERS);
	expect_baseline(g);
}

/* The TEE lets a buffer go that a command still uses */
static void a_buffer_in_use_stays_pinned_after_unregister(void **state)
{
	struct guest *g = &guests[0];
	struct message *m;
	uint64_t call[18];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 100 * 4096), TEEC_SUCCESS);
	m = message(g, OPTEE_MSG_INVOKE_COMMAND, 2);
	m->h.func = MODEL_TIME;
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
	m->p[1] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 4096, COOKIE);
	g->hold = true;
	(void)guest_call(g);
	memcpy(call, g->regs, sizeof(call));
	g->hold = false;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 100);
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS); /* a new one */
	assert_int_equal(g->host->pinned, 101);
	memcpy(g->regs, call, sizeof(call));
	g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	assert_int_equal(smc(g), OPTEE_SMC_OK);
	assert_int_equal(g->host->pinned, 1);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

static void an_unregister_refused_by_the_tee_keeps_the_buffer(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	model.fail_unregister = TEEC_ERROR_BUSY;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_ERROR_BUSY);
	assert_int_equal(g->host->pinned, 1);
	model.fail_unregister = 0;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	expect_baseline(g);
}

static void a_registration_refused_by_the_tee_is_undone_once(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	model.fail_register = TEEC_ERROR_OUT_OF_MEMORY;
	assert_int_equal(guest_register(g, COOKIE, 0, 700 * 4096), TEEC_ERROR_OUT_OF_MEMORY);
	expect_baseline(g);
	model.fail_register = 0;
	model.fail_next = OPTEE_SMC_ENOMEM;
	assert_true(guest_register(g, COOKIE, 0, 4096) == (OPTEE_SMC_ENOMEM | BIT(63)));
	expect_baseline(g);
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

static void the_quota_is_exact_for_buffers_and_pages(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint64_t i = 1; i <= 64; i++)
		assert_int_equal(guest_register(g, i, 0, 4096), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, 65, 0, 4096), TEEC_ERROR_OUT_OF_MEMORY);
	assert_int_equal(guest_unregister(g, 17), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, 65, 0, (17408 - 63) * 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, 1), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, 66, 0, 2 * 4096), TEEC_ERROR_OUT_OF_MEMORY);
	assert_int_equal(guest_register(g, 66, 0, 4096), TEEC_SUCCESS);
	assert_true(g->tee->count.refusals[TEE_REFUSED_QUOTA] == 2);
	for (uint64_t i = 1; i <= 66; i++)
		(void)guest_unregister(g, i);
	expect_baseline(g);
}

/* Whatever sizes come together, private memory lasts as long as the quota does. */
static void small_and_large_buffers_together_never_run_out_of_records(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint64_t i = 1; i <= 63; i++) /* each leaves most of its last chunk empty */
		assert_int_equal(guest_register(g, i, 0, 16 * 4096), TEEC_SUCCESS);
	assert_int_equal(guest_register(g, 64, 0, (17408 - 63 * 16) * 4096), TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 17408);
	for (uint64_t i = 1; i <= 64; i++)
		assert_int_equal(guest_unregister(g, i), TEEC_SUCCESS);
	expect_baseline(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_malformed_registration_is_refused, 39),
		SCENARIO(a_cookie_is_not_0_and_names_one_buffer, 40),
		SCENARIO(impossible_sizes_are_refused, 41),
		SCENARIO(pages_are_counted_from_offset_and_size, 42),
		SCENARIO(every_length_of_list_is_translated_page_by_page, 43),
		SCENARIO_NO_WINDOW(every_length_of_list_is_translated_page_by_page, 43),
		SCENARIO(an_unused_next_pointer_is_not_followed, 43),
		SCENARIO(a_next_pointer_to_nowhere_is_refused_and_undone, 43),
		SCENARIO(one_bad_entry_undoes_the_whole_registration, 44, 45),
		SCENARIO(any_pin_or_read_that_fails_leaves_nothing_behind, 44),
		SCENARIO(a_page_in_two_buffers_stays_pinned_until_both_are_gone, 46),
		SCENARIO(a_list_changed_during_translation_has_no_effect, 47),
		SCENARIO(a_64_mib_buffer_gives_the_cpu_back_after_every_511_pages, 48),
		SCENARIO_NO_WINDOW(a_64_mib_buffer_gives_the_cpu_back_after_every_511_pages, 48),
		SCENARIO(other_calls_work_while_a_long_registration_waits, 48),
		SCENARIO(unregister_works_once_and_only_for_what_was_registered, 49),
		SCENARIO(a_buffer_in_use_stays_pinned_after_unregister, 49, 51),
		MEDIATOR_TEST(an_unregister_refused_by_the_tee_keeps_the_buffer),
		SCENARIO(a_registration_refused_by_the_tee_is_undone_once, 50),
		SCENARIO(the_quota_is_exact_for_buffers_and_pages, 52),
		MEDIATOR_TEST(small_and_large_buffers_together_never_run_out_of_records),
	};

	return cmocka_run_group_tests_name("optee_register", tests, NULL, NULL);
}
