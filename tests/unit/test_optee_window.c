/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TEE's static window: when it is used, which of its pages a VM gets, and that two VMs share
 * none.
 */
#include "tests/unit/second_tee.h"
#include <string.h>

static bool given[GUESTS][WINDOW_PAGES];

static uint32_t count(const bool *pages)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < WINDOW_PAGES; i++)
		n += pages[i];
	return n;
}

/* Two calls in the TEE's threads: an arena of one page, and list pages for the quota. */
static uint32_t pages_wanted(void)
{
	return 1 + machine_quota.shared_pages / OPTEE_MSG_LIST_ENTRIES + MODEL_THREADS;
}

static void expect_use(bool in_window)
{
	struct guest *g = &guests[0];

	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	assert_int_equal(model_buffers(model_guest_of(g->host)), in_window ? 0 : 1);
	expect_works(g);
	assert_int_equal(guest_register(g, 7, 0, 600 * 4096), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, 7), TEEC_SUCCESS);
}

struct window_case {
	uint32_t reg;
	uint64_t value;
	bool used;
};

static void a_window_that_is_not_right_is_not_used(void **state)
{
	static const struct window_case cases[] = {
		{0, OPTEE_SMC_ENOTAVAIL, false},
		{0, 1, false},
		{1, FAKE_WINDOW_PA + 0x800, false},
		{1, FAKE_WINDOW_PA + 1, false},
		{2, FAKE_WINDOW_SIZE + 8, false},
		{2, 0, false},
		{1, FAKE_WINDOW_PA + PAGE_SIZE, false}, /* the host does not have it */
		{2, FAKE_WINDOW_SIZE, true},
		{2, 2 * FAKE_WINDOW_SIZE, true}, /* more than is used */
		{3, 0, true},
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		second_lie(OPTEE_SMC_GET_SHM_CONFIG, cases[i].reg, cases[i].value);
		second_begin(true);
		expect_use(cases[i].used);
		second_end();
		for (uint32_t g = 0; g < GUESTS; g++) {
			guest_end(&guests[g]);
			guest_begin(&guests[g], &fake.vms[g]);
		}
	}
}

static void a_tee_without_reserved_memory_is_not_asked_for_it(void **state)
{
	(void)state;
	second_lie(OPTEE_SMC_EXCHANGE_CAPABILITIES, 1, 0x7d & ~OPTEE_SEC_CAP_RESERVED_SHM);
	second_begin(true);
	expect_use(false);
	assert_int_equal(second_asked(OPTEE_SMC_GET_SHM_CONFIG), 0);
	second_end();
}

static void the_window_is_asked_for_once(void **state)
{
	(void)state;
	second_begin(true);
	for (uint32_t i = 0; i < 3; i++) {
		expect_use(true);
		assert_int_equal(guest_destroy(&guests[0]), TEE_STATUS_OK);
	}
	assert_int_equal(second_asked(OPTEE_SMC_GET_SHM_CONFIG), 1);
	second_end();
}

/* Creates with lists for so many pages; checks what it got against the other guest. */
static void create(uint32_t i, uint32_t lists)
{
	machine_quota.shared_pages = lists * OPTEE_MSG_LIST_ENTRIES;
	second_create(&guests[i], given[i]);
	assert_int_equal(count(given[i]), pages_wanted());
	for (uint32_t p = 0; p < WINDOW_PAGES; p++)
		assert_false(given[0][p] && given[1][p]);
}

static void destroy(uint32_t i)
{
	assert_int_equal(guest_destroy(&guests[i]), TEE_STATUS_OK);
	memset(given[i], 0, sizeof(given[i]));
}

/* First fit, in and across the words of 64 bits that say which are used. */
static void no_page_of_the_window_is_given_twice(void **state)
{
	static const uint32_t sizes[] = {61, 60, 62, 1, 125, 124, 126, 190, 300, 17, 250};

	(void)state;
	memset(given, 0, sizeof(given));
	second_begin(true);
	for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		create(0, sizes[i]);
		create(1, sizes[(i * 3 + 1) % ARRAY_SIZE(sizes)] / 2);
		destroy(0);
		create(0, 100);
		destroy(1);
		create(1, sizes[i] / 2);
		destroy(0);
		destroy(1);
	}
	second_end();
}

/* Arena and lists together fill the window to its last page. */
static void the_window_can_be_used_to_its_last_page(void **state)
{
	(void)state;
	memset(given, 0, sizeof(given));
	second_begin(true);
	create(0, (uint32_t)WINDOW_PAGES - 1 - MODEL_THREADS);
	assert_int_equal(count(given[0]), WINDOW_PAGES);
	destroy(0);
	machine_quota.shared_pages =
		((uint32_t)WINDOW_PAGES - MODEL_THREADS) * OPTEE_MSG_LIST_ENTRIES;
	assert_int_equal(guest_create(&guests[0]), TEE_STATUS_NO_MEMORY); /* nor has the host */
	create(0, 1);
	destroy(0);
	create(0, (uint32_t)WINDOW_PAGES - 1 - MODEL_THREADS);
	second_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST_NO_WINDOW(a_window_that_is_not_right_is_not_used),
		MEDIATOR_TEST_NO_WINDOW(a_tee_without_reserved_memory_is_not_asked_for_it),
		MEDIATOR_TEST_NO_WINDOW(the_window_is_asked_for_once),
		MEDIATOR_TEST_NO_WINDOW(no_page_of_the_window_is_given_twice),
		MEDIATOR_TEST_NO_WINDOW(the_window_can_be_used_to_its_last_page),
	};

	return cmocka_run_group_tests_name("optee_window", tests, NULL, NULL);
}
