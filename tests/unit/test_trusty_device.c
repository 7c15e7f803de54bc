/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QL-TIPC devices of guests on Trusty: their buffers by address and by handle, what Trusty is told
 * of them, and what comes back. The model checks that every page it is given is a pinned page of
 * the client's VM, fake_port that none is unpinned while Trusty has it.
 */
#include "tests/unit/trusty_guest.h"
#include <stdlib.h>

static int32_t create(struct tguest *g, uint64_t id, uint32_t size)
{
	return tguest_std(g, TRUSTY_SC_QL_CREATE, id, size);
}

static int32_t shut_down(struct tguest *g, uint64_t id)
{
	return tguest_std(g, TRUSTY_SC_QL_SHUTDOWN, id, 0);
}

/* Refused, without entering, with nothing pinned. */
static void expect_no_device(struct tguest *g, uint64_t id, uint32_t size, int32_t code)
{
	uint32_t entries = trusty_model.entries;

	assert_int_equal(create(g, id, size), code);
	assert_int_equal(trusty_model.entries, entries);
	tguest_expect_baseline(g);
}

static void a_device_works_from_create_to_shutdown(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	for (uint32_t pages = 1; pages <= 2; pages++) {
		assert_int_equal(tguest_device(g, pages), 0);
		assert_int_equal(g->vm->used.buffers, 1);
		assert_int_equal(tguest_command(g, MT_CONNECT), 0);
		assert_int_equal(tguest_header(g)->opcode, MT_CONNECT | MT_REPLY);
		tguest_header(g)->opcode = MT_HAS_EVENT;
		assert_int_equal(tguest_smc(g, TRUSTY_FC_QL_HANDLE_CMD, (uint32_t)g->id,
					    (uint32_t)(g->id >> 32), 16),
				 0);
		assert_int_equal(tguest_header(g)->opcode, MT_HAS_EVENT | MT_REPLY);
		assert_int_equal(tguest_shutdown(g), 0);
		tguest_forget(g);
		tguest_expect_baseline(g);
	}
	assert_int_equal(g->vm->count.registrations, 2);
	assert_int_equal(g->vm->count.invokes, 2);
}

static void two_vms_have_devices_at_the_same_ipa(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TG_GUESTS; i++)
		assert_int_equal(tguest_device(&tguests[i], 1), 0);
	for (unsigned i = 0; i < TG_GUESTS; i++) {
		assert_int_equal(tguest_command(&tguests[i], MT_CONNECT), 0);
		assert_int_equal(tguest_header(&tguests[i])->opcode, MT_CONNECT | MT_REPLY);
		assert_int_equal(tguest_header(&tguests[1 - i])->opcode,
				 i == 0 ? 0 : MT_CONNECT | MT_REPLY);
	}
	for (unsigned i = 0; i < TG_GUESTS; i++) {
		assert_int_equal(tguest_shutdown(&tguests[i]), 0);
		tguest_forget(&tguests[i]);
	}
}

/* Trusty has two for all: a greedy VM gets one. */
static void a_vm_has_one_device_and_cannot_take_the_other_s(void **state)
{
	struct tguest *g = &tguests[0];
	uint64_t first;

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	first = g->id;
	assert_int_equal(create(g, TG_ID(TG_IPA(TG_BUFFER + 8)), PAGE_SIZE), TRUSTY_ERR_INTERNAL);
	assert_int_equal(create(g, first, PAGE_SIZE), TRUSTY_ERR_INTERNAL);
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_QUOTA], 2);
	tguest_expect_works(&tguests[1]);
	assert_int_equal(shut_down(g, first), 0);
	tguest_forget(g);
}

static void the_third_vm_gets_no_device(void **state)
{
	struct tguest third = {.host = &fake.vms[2], .vcpu = {2}};

	(void)state;
	assert_int_equal(tguest_create(&third), TEE_STATUS_OK);
	for (unsigned i = 0; i < TG_GUESTS; i++)
		assert_int_equal(tguest_device(&tguests[i], 1), 0);
	assert_int_equal(tguest_device(&third, 1), TRUSTY_ERR_INTERNAL);
	assert_int_equal(tguest_shutdown(&tguests[0]), 0);
	tguest_forget(&tguests[0]);
	tguest_forget(&third);
	tguest_expect_works(&third);
	assert_int_equal(tguest_shutdown(&tguests[1]), 0);
	tguest_forget(&tguests[1]);
	assert_int_equal(tguest_destroy(&third), TEE_STATUS_OK);
	free(third.memory);
}

static void sizes_that_are_no_pages_are_refused(void **state)
{
	static const uint32_t sizes[] = {
		0, 1, PAGE_SIZE - 1, PAGE_SIZE + 1, 241 * PAGE_SIZE, 0x80000000u, 0xfffff000u};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++)
		expect_no_device(&tguests[0], TG_ID(TG_IPA(TG_BUFFER)), sizes[i],
				 TRUSTY_ERR_INVALID);
	assert_int_equal(tguests[0].vm->count.refusals[TEE_REFUSED_MESSAGE], ARRAY_SIZE(sizes));
}

static void addresses_that_are_not_the_vm_s_memory_are_refused(void **state)
{
	struct tguest *g = &tguests[0];
	const uint64_t bad[] = {0, FAKE_MMIO_IPA, TG_IPA(FAKE_RAM_PAGES),
				fake_pa(tguests[1].host, TG_IPA(TG_BUFFER)), 0xfffffffff000ull};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		expect_no_device(g, TG_ID(bad[i]), PAGE_SIZE, TRUSTY_ERR_INVALID);
	expect_no_device(g, TG_ID(TG_IPA(FAKE_RAM_PAGES - 1)), 2 * PAGE_SIZE, TRUSTY_ERR_INVALID);
	g->host->access[TG_BUFFER] = FAKE_RO;
	expect_no_device(g, TG_ID(TG_IPA(TG_BUFFER)), PAGE_SIZE, TRUSTY_ERR_INVALID);
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_ADDRESS], ARRAY_SIZE(bad) + 2);
	g->host->access[TG_BUFFER] = FAKE_RW;
}

static uint64_t id_with(uint64_t mair, uint64_t share, uint64_t low)
{
	return TG_IPA(TG_BUFFER) | mair << TRUSTY_ID_MAIR_SHIFT | share << TRUSTY_ID_SHARE_SHIFT |
	       low;
}

static void attributes_are_from_a_short_list(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	for (uint64_t mair = 1; mair < 0xff; mair++)
		if (mair != TRUSTY_MAIR_NON_CACHED)
			expect_no_device(g, id_with(mair, 3, 0), PAGE_SIZE, TRUSTY_ERR_INVALID);
	for (uint64_t share = 0; share < 3; share++)
		expect_no_device(g, id_with(0xff, share, 0), PAGE_SIZE, TRUSTY_ERR_INVALID);
	expect_no_device(g, id_with(0xff, 3, TRUSTY_ID_READ_ONLY), PAGE_SIZE, TRUSTY_ERR_INVALID);
	expect_no_device(g, id_with(0xff, 3, BIT(56)), PAGE_SIZE, TRUSTY_ERR_INVALID);
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_MESSAGE], 0xfd + 3 + 2);
	assert_int_equal(create(g, id_with(TRUSTY_MAIR_NON_CACHED, 0, 0), PAGE_SIZE), 0);
	assert_int_equal(trusty_model.devices[1].id >> TRUSTY_ID_MAIR_SHIFT,
			 TRUSTY_MAIR_NON_CACHED);
	assert_int_equal(shut_down(g, id_with(TRUSTY_MAIR_NON_CACHED, 0, 0)), 0);
	/* the other low bits of a page table entry of Linux; the model takes none */
	assert_int_equal(create(g, id_with(0xff, 3, 0xc73), PAGE_SIZE), 0);
	assert_int_equal(trusty_model.devices[1].id >> TRUSTY_ID_MAIR_SHIFT, TRUSTY_MAIR_CACHED);
	assert_int_equal(shut_down(g, id_with(0xff, 3, 0xc73)), 0);
}

static void the_default_attribute_is_for_guests_below_api_4(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	if (trusty_model.api_max >= 4)
		expect_no_device(g, id_with(0, 0, 0), PAGE_SIZE, TRUSTY_ERR_INVALID);
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 3, 0, 0), 3);
	assert_int_equal(create(g, id_with(0, 0, 0), PAGE_SIZE), 0);
	assert_int_equal(shut_down(g, id_with(0, 0, 0)), 0);
}

/* VM n's pages are in the order of page ^ 0x2a: 0x16 and 0x17 are neighbours, 0x17 and 0x18 not. */
static void a_buffer_by_address_is_one_run_of_physical_pages(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	expect_no_device(g, TG_ID(TG_IPA(0x17)), 2 * PAGE_SIZE, TRUSTY_ERR_INVALID);
	assert_int_equal(create(g, TG_ID(TG_IPA(0x16)), 2 * PAGE_SIZE), 0);
	assert_int_equal(shut_down(g, TG_ID(TG_IPA(0x16))), 0);
}

/* Where EL3 shares memory, a guest that speaks only of addresses gets a share made for it. */
static void a_guest_of_api_4_works_on_a_trusty_of_api_5(void **state)
{
	struct tguest *g = &tguests[0];
	uint64_t id = TG_ID(TG_IPA(TG_BUFFER));

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	assert_int_equal(create(g, id, 240 * PAGE_SIZE), 0);
	assert_int_equal(model_trusty_shares(), 1);
	assert_int_equal(trusty_model.shares[0].attributes, FFA_ATTR_CACHED);
	g->id = id;
	assert_int_equal(tguest_command(g, MT_CONNECT), 0);
	assert_int_equal(shut_down(g, id), 0);
	assert_int_equal(model_trusty_shares(), 0);
	tguest_expect_baseline(g);
	id = id_with(TRUSTY_MAIR_NON_CACHED, 3, 0);
	assert_int_equal(create(g, id, PAGE_SIZE), 0);
	assert_int_equal(trusty_model.shares[0].attributes, FFA_ATTR_NON_CACHED);
	assert_int_equal(shut_down(g, id), 0);
}

static void ids_of_no_device_never_enter(void **state)
{
	struct tguest *g = &tguests[0];
	const uint64_t other = tguests[1].id;
	uint32_t entries;

	(void)state;
	assert_int_equal(tguest_device(&tguests[1], 1), 0);
	entries = trusty_model.entries;
	for (unsigned n = 0; n < 2; n++) {
		const uint64_t ids[] = {0,
					1,
					other,
					tguests[1].id,
					TG_ID(TG_IPA(3)),
					UINT64_MAX,
					trusty_model.devices[0].id};

		for (unsigned i = 0; i < ARRAY_SIZE(ids); i++) {
			uint32_t low = (uint32_t)ids[i], high = (uint32_t)(ids[i] >> 32);

			if (n == 1 && ids[i] == g->id)
				continue;
			assert_int_equal(shut_down(g, ids[i]), TRUSTY_ERR_INVALID);
			assert_int_equal(tguest_std(g, TRUSTY_SC_QL_HANDLE_CMD, ids[i], 16),
					 TRUSTY_ERR_INVALID);
			assert_int_equal(tguest_smc(g, TRUSTY_FC_QL_HANDLE_CMD, low, high, 16),
					 TRUSTY_ERR_INVALID);
		}
		assert_int_equal(trusty_model.entries, entries);
		if (n == 0)
			assert_int_equal(tguest_device(g, 1), 0);
		entries = trusty_model.entries;
	}
	for (unsigned i = 0; i < TG_GUESTS; i++) {
		assert_int_equal(tguest_shutdown(&tguests[i]), 0);
		tguest_forget(&tguests[i]);
	}
}

static void commands_beyond_the_buffer_never_enter(void **state)
{
	static const uint32_t sizes[] = {0, 15, PAGE_SIZE + 1, UINT32_MAX};
	struct tguest *g = &tguests[0];
	uint32_t entries;

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	entries = trusty_model.entries;
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(tguest_std(g, TRUSTY_SC_QL_HANDLE_CMD, g->id, sizes[i]),
				 TRUSTY_ERR_INVALID);
		assert_int_equal(tguest_smc(g, TRUSTY_FC_QL_HANDLE_CMD, (uint32_t)g->id,
					    (uint32_t)(g->id >> 32), sizes[i]),
				 TRUSTY_ERR_INVALID);
	}
	assert_int_equal(trusty_model.entries, entries);
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_COOKIE], 2 * ARRAY_SIZE(sizes));
	assert_int_equal(tguest_std(g, TRUSTY_SC_QL_HANDLE_CMD, g->id, PAGE_SIZE), 0);
	assert_int_equal(tguest_shutdown(g), 0);
	tguest_forget(g);
}

static void a_refused_create_leaves_nothing(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	trusty_model.fail_create = TRUSTY_ERR_INTERNAL;
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(tguest_device(g, 1), TRUSTY_ERR_INTERNAL);
		tguest_forget(g);
		tguest_expect_baseline(g);
	}
	trusty_model.fail_create = 0;
	tguest_expect_works(g);
}

static void a_refused_shutdown_leaves_the_device(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	trusty_model.fail_shutdown = TRUSTY_ERR_INTERNAL;
	assert_int_equal(tguest_shutdown(g), TRUSTY_ERR_INTERNAL);
	assert_int_equal(tguest_command(g, MT_CONNECT), 0);
	trusty_model.fail_shutdown = 0;
	assert_int_equal(tguest_shutdown(g), 0);
	tguest_forget(g);
}

static void a_vm_over_its_quota_gets_no_device(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	g->vm->quota.shared_pages = 3;
	expect_no_device(g, TG_ID(TG_IPA(16)), 4 * PAGE_SIZE, TRUSTY_ERR_INTERNAL);
	g->vm->quota.shared_pages = 4;
	g->vm->quota.buffers = 0;
	expect_no_device(g, TG_ID(TG_IPA(16)), 4 * PAGE_SIZE, TRUSTY_ERR_INTERNAL);
	g->vm->quota.buffers = 1;
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_QUOTA], 2);
	fake.fail.pin = 1;
	expect_no_device(g, TG_ID(TG_IPA(0x20)), PAGE_SIZE, TRUSTY_ERR_INVALID);
	assert_int_equal(tguest_smc(g, TRUSTY_FC_API_VERSION, 5, 0, 0), (int32_t)trusty_model.api);
	g->vm->quota.shared_pages = 512;
}

static void interrupted_calls_settle_where_they_end(void **state)
{
	struct tguest *a = &tguests[0];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		model_trusty_script(&trusty_model.standard, 3, TRUSTY_ERR_INTERRUPTED);
		fake.interrupts_returned = 2;
		assert_int_equal(tguest_device(a, 1), 0);
		assert_int_equal(a->restarts, 2);
		model_trusty_script(&trusty_model.standard, 2, TRUSTY_ERR_INTERRUPTED);
		fake.interrupts_returned = 1;
		assert_int_equal(tguest_shutdown(a), 0);
		tguest_forget(a);
		tguest_expect_baseline(a);
	}
}

/* CREATE and SHUTDOWN of a VM that went away are run to their ends by the other VM. */
static void calls_that_another_vm_ends_settle_for_their_owner(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];
	uint64_t id = TG_ID(TG_IPA(TG_BUFFER));

	(void)state;
	assert_int_equal(tguest_smc(a, TRUSTY_FC_API_VERSION, 4, 0, 0), 4);
	a->id = id;
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned = 1;
	assert_int_equal(
		tguest_smc(a, TRUSTY_SC_QL_CREATE, (uint32_t)id, (uint32_t)(id >> 32), PAGE_SIZE),
		TRUSTY_ERR_INTERRUPTED);
	fake.now += 60000000;
	assert_int_equal(tguest_smc(b, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), 0);
	assert_int_equal(tguest_restart(a), 0);
	assert_int_equal(tguest_command(a, MT_CONNECT), 0);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned = 1;
	assert_int_equal(
		tguest_smc(a, TRUSTY_SC_QL_SHUTDOWN, (uint32_t)id, (uint32_t)(id >> 32), 0),
		TRUSTY_ERR_INTERRUPTED);
	fake.now += 60000000;
	assert_int_equal(tguest_smc(b, TRUSTY_SC_LOCKED_NOP, 0, 0, 0), 0);
	assert_int_equal(a->host->pinned, 0);
	assert_int_equal(tguest_restart(a), 0);
	tguest_expect_baseline(a);
}

static int32_t answer;

static void shut_down_beside(void)
{
	answer = tguest_smc(&tguests[0], TRUSTY_SC_QL_SHUTDOWN, (uint32_t)tguests[0].id,
			    (uint32_t)(tguests[0].id >> 32), 0);
}

static void a_device_is_not_shut_down_under_a_fast_call(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	tguest_header(g)->opcode = MT_HAS_EVENT;
	trusty_model.inside = shut_down_beside;
	(void)tguest_smc(g, TRUSTY_FC_QL_HANDLE_CMD, (uint32_t)g->id, (uint32_t)(g->id >> 32), 16);
	assert_int_equal(answer, TRUSTY_ERR_BUSY);
	assert_int_equal(tguest_shutdown(g), 0);
	tguest_forget(g);
}

static void a_bug_of_trusty_s_costs_no_vm_its_end(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	assert_int_equal(tguest_command(g, MT_DEATH), TRUSTY_ERR_PANIC);
	assert_int_equal(tguest_smc(&tguests[1], TRUSTY_SC_NOP, 0, 0, 0), TRUSTY_ERR_PANIC);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT); /* its page may still be written */
	assert_int_equal(g->host->pinned, 1);
	/* A machine of its own from here on. */
	for (unsigned i = 0; i < TRUSTY_QL_DEVICES; i++)
		trusty_model.devices[i].used = false;
	for (unsigned i = 0; i < MT_SHARES; i++)
		trusty_model.shares[i].handle = 0;
}

#define BOTH(name) TRUSTY_TEST(name), TRUSTY_TEST_ADDRESS(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_device_works_from_create_to_shutdown),
		TRUSTY_TEST_OLD(a_device_works_from_create_to_shutdown),
		BOTH(two_vms_have_devices_at_the_same_ipa),
		BOTH(a_vm_has_one_device_and_cannot_take_the_other_s),
		BOTH(the_third_vm_gets_no_device),
		BOTH(sizes_that_are_no_pages_are_refused),
		TRUSTY_TEST_ADDRESS(addresses_that_are_not_the_vm_s_memory_are_refused),
		TRUSTY_TEST_ADDRESS(attributes_are_from_a_short_list),
		BOTH(the_default_attribute_is_for_guests_below_api_4),
		TRUSTY_TEST_OLD(the_default_attribute_is_for_guests_below_api_4),
		TRUSTY_TEST_ADDRESS(a_buffer_by_address_is_one_run_of_physical_pages),
		TRUSTY_TEST(a_guest_of_api_4_works_on_a_trusty_of_api_5),
		BOTH(ids_of_no_device_never_enter),
		BOTH(commands_beyond_the_buffer_never_enter),
		BOTH(a_refused_create_leaves_nothing),
		BOTH(a_refused_shutdown_leaves_the_device),
		BOTH(a_vm_over_its_quota_gets_no_device),
		BOTH(interrupted_calls_settle_where_they_end),
		TRUSTY_TEST_ADDRESS(calls_that_another_vm_ends_settle_for_their_owner),
		BOTH(a_device_is_not_shut_down_under_a_fast_call),
		BOTH(a_bug_of_trusty_s_costs_no_vm_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
