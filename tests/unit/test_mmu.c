/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page-table builder of EL2 and EL3. Every look at a table goes through mmu_lookup(), which
 * walks the descriptors as the hardware does; the descriptors' bits are compared once, with words
 * written out by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "arch/aarch64/mmu.c"

#define POOL_PAGES 64

static uint8_t pool[POOL_PAGES][4096] __attribute__((aligned(4096)));
static unsigned used, limit;
static unsigned forgotten;

void mmu_publish(void) {}

void mmu_forget(enum mmu_regime regime, uint64_t va)
{
	(void)regime, (void)va;
	forgotten++;
}

static void *take(void *context)
{
	assert_ptr_equal(context, pool);
	if (used == limit)
		return NULL;
	memset(pool[used], 0xa5, 4096);
	return pool[used++];
}

static struct mmu_table fresh(enum mmu_regime regime, unsigned bits)
{
	struct mmu_table t;

	used = 0;
	limit = POOL_PAGES;
	forgotten = 0;
	assert_true(mmu_table_init(&t, regime, bits, take, pool));
	return t;
}

static void assert_maps(const struct mmu_table *t, uint64_t va, uint64_t expected, unsigned kind)
{
	unsigned attr = 99;
	pa_t to = {0};

	assert_true(mmu_lookup(t, va, &to, &attr));
	assert_int_equal(to.pa, expected);
	assert_int_equal(attr, kind);
}

static void assert_hole(const struct mmu_table *t, uint64_t va)
{
	assert_false(mmu_lookup(t, va, NULL, NULL));
}

static void each_kind_is_found_again(void **state)
{
	static const unsigned kinds[] = {MMU_CODE, MMU_RODATA, MMU_DATA, MMU_DEVICE, MMU_UNCACHED};
	struct mmu_table t = fresh(MMU_EL3, 39);

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		uint64_t va = 0x1000ull * (i + 1);

		assert_int_equal(mmu_map(&t, va, pa(0x7f000000 + va), 0x1000, kinds[i]), MMU_OK);
		assert_maps(&t, va + 0xabc, 0x7f000abc + va, kinds[i]);
	}
	assert_hole(&t, 0);
	assert_hole(&t, 0x6000);
}

static void only_el3_has_a_nonsecure_bit(void **state)
{
	struct mmu_table el3 = fresh(MMU_EL3, 39);

	(void)state;
	assert_int_equal(mmu_map_identity(&el3, 0x1000, 0x1000, MMU_DATA | MMU_NS), MMU_OK);
	assert_maps(&el3, 0x1000, 0x1000, MMU_DATA | MMU_NS);
	struct mmu_table el2 = fresh(MMU_EL2, 39);

	assert_int_equal(mmu_map_identity(&el2, 0x1000, 0x1000, MMU_DATA | MMU_NS), MMU_OK);
	assert_maps(&el2, 0x1000, 0x1000, MMU_DATA);
}

/* Arm ARM D8.3: page, AF, inner shareable, attribute index 1, AP[1] RES1; then XN or read-only. */
static void descriptors_are_those_of_the_architecture(void **state)
{
	struct mmu_table t = fresh(MMU_EL2, 25);

	(void)state;
	assert_int_equal(mmu_map_identity(&t, 0x1000, 0x1000, MMU_CODE), MMU_OK);
	assert_int_equal(mmu_map_identity(&t, 0x2000, 0x1000, MMU_DATA), MMU_OK);
	assert_int_equal(mmu_map_identity(&t, 0x3000, 0x1000, MMU_DEVICE), MMU_OK);
	assert_int_equal(mmu_map_identity(&t, 0x200000, 0x200000, MMU_RODATA), MMU_OK);
	uint64_t *pages = (uint64_t *)(uintptr_t)(t.root[0] & 0xfffffffff000);

	assert_int_equal(t.root[0] & 0xfff, 3);
	assert_int_equal(pages[1], 0x17c7);
	assert_int_equal(pages[2], 0x0040000000002747);
	assert_int_equal(pages[3], 0x0040000000003443);
	assert_int_equal(t.root[1], 0x00400000002007c5);
}

static void large_ranges_take_blocks(void **state)
{
	struct mmu_table t = fresh(MMU_EL2, 48);

	(void)state;
	assert_int_equal(mmu_map_identity(&t, 0x3fe00000, 0x80400000, MMU_DATA), MMU_OK);
	assert_int_equal(used, 4); /* levels 0 and 1, and level 2 at each end */
	assert_hole(&t, 0x3fdfffff);
	assert_maps(&t, 0x3fe00000, 0x3fe00000, MMU_DATA);
	assert_maps(&t, 0x7fffffff, 0x7fffffff, MMU_DATA);
	assert_maps(&t, 0xc01fffff, 0xc01fffff, MMU_DATA);
	assert_hole(&t, 0xc0200000);
}

static void every_input_size_works(void **state)
{
	(void)state;
	for (unsigned bits = 25; bits <= 48; bits++) {
		struct mmu_table t = fresh(MMU_EL3, bits);
		uint64_t last = (1ull << bits) - 0x1000;

		assert_int_equal(mmu_map(&t, last, pa(0x5000), 0x1000, MMU_DATA), MMU_OK);
		assert_maps(&t, last + 8, 0x5008, MMU_DATA);
		assert_int_equal(mmu_map(&t, 1ull << bits, pa(0), 0x1000, MMU_DATA), MMU_BAD_RANGE);
		assert_hole(&t, 1ull << bits);
	}
	struct mmu_table t;

	assert_false(mmu_table_init(&t, MMU_EL2, 24, take, pool));
	assert_false(mmu_table_init(&t, MMU_EL2, 49, take, pool));
}

static void bad_ranges_are_refused(void **state)
{
	struct mmu_table t = fresh(MMU_EL2, 39);

	(void)state;
	assert_int_equal(mmu_map_identity(&t, 0x1000, 0, MMU_DATA), MMU_BAD_RANGE);
	assert_int_equal(mmu_map_identity(&t, 0x1001, 0x1000, MMU_DATA), MMU_BAD_RANGE);
	assert_int_equal(mmu_map_identity(&t, 0x1000, 0x1001, MMU_DATA), MMU_BAD_RANGE);
	assert_int_equal(mmu_map(&t, 0x1000, pa(8), 0x1000, MMU_DATA), MMU_BAD_RANGE);
	assert_int_equal(mmu_map(&t, 0x1000, pa(1ull << 48), 0x1000, MMU_DATA), MMU_BAD_RANGE);
	assert_int_equal(mmu_map_identity(&t, 0x1000, ~0xfffull, MMU_DATA), MMU_BAD_RANGE);
	assert_int_equal(mmu_map_identity(&t, 0x1000, 0x1000, 7), MMU_BAD_RANGE);
	assert_int_equal(used, 1);
}

static void nothing_is_mapped_over(void **state)
{
	struct mmu_table t = fresh(MMU_EL2, 39);

	(void)state;
	assert_int_equal(mmu_map_identity(&t, 0x200000, 0x200000, MMU_CODE), MMU_OK);
	assert_int_equal(mmu_map_identity(&t, 0x201000, 0x1000, MMU_DATA), MMU_OVERLAP);
	assert_int_equal(mmu_map_identity(&t, 0x200000, 0x200000, MMU_DATA), MMU_OVERLAP);
	assert_int_equal(mmu_map_identity(&t, 0x1000, 0x1000, MMU_DATA), MMU_OK);
	assert_int_equal(mmu_map_identity(&t, 0, 0x200000, MMU_DATA), MMU_OVERLAP);
	assert_maps(&t, 0x201000, 0x201000, MMU_CODE);
}

static void a_guard_page_breaks_a_block_up(void **state)
{
	struct mmu_table t = fresh(MMU_EL2, 39);

	(void)state;
	assert_int_equal(mmu_map_identity(&t, 0x40000000, 0x40000000, MMU_DATA), MMU_OK);
	assert_int_equal(mmu_unmap(&t, 0x40201000, 0x1000), MMU_OK);
	assert_hole(&t, 0x40201000);
	assert_hole(&t, 0x40201fff);
	assert_maps(&t, 0x40200fff, 0x40200fff, MMU_DATA);
	assert_maps(&t, 0x40202000, 0x40202000, MMU_DATA);
	assert_maps(&t, 0x7fffffff, 0x7fffffff, MMU_DATA);
	assert_int_equal(mmu_unmap(&t, 0x40201000, 0x1000), MMU_NOT_MAPPED);
	assert_int_equal(forgotten, 0);
}

static void a_live_table_keeps_its_blocks(void **state)
{
	struct mmu_table t = fresh(MMU_EL2, 39);

	(void)state;
	assert_int_equal(mmu_map_identity(&t, 0x200000, 0x200000, MMU_DATA), MMU_OK);
	assert_int_equal(mmu_map_identity(&t, 0x400000, 0x200000, MMU_DATA | MMU_PAGES), MMU_OK);
	t.live = true;
	assert_int_equal(mmu_unmap(&t, 0x201000, 0x1000), MMU_BLOCK_LIVE);
	assert_maps(&t, 0x201000, 0x201000, MMU_DATA);
	assert_int_equal(mmu_unmap(&t, 0x401000, 0x2000), MMU_OK);
	assert_int_equal(forgotten, 2);
	assert_hole(&t, 0x402fff);
	assert_int_equal(mmu_unmap(&t, 0x200000, 0x200000), MMU_OK);
	assert_int_equal(forgotten, 3);
}

/* Without memory for the n-th table, what was mapped before the failure is there, no more. */
static void each_allocation_can_fail(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 5; n++) {
		struct mmu_table t = fresh(MMU_EL2, 48);
		enum mmu_status s;

		limit = n;
		s = mmu_map_identity(&t, 0x3ffff000, 0x2000, MMU_DATA);
		assert_int_equal(s, MMU_NO_MEMORY);
		limit = POOL_PAGES;
		if (n < 4)
			assert_hole(&t, 0x3ffff000);
		else
			assert_maps(&t, 0x3ffff000, 0x3ffff000, MMU_DATA);
		assert_hole(&t, 0x40000000);
	}
}

/* Random maps and unmaps, with and without blocks, compared with a plain array. A table that has
 * become empty stays, and pages are used where a block could be. */
static void random_steps_agree_with_a_model(void **state)
{
	enum { PAGES = 2048 };
	static unsigned char model[PAGES];
	struct mmu_table t = fresh(MMU_EL2, 39);

	(void)state;
	srandom(1);
	for (unsigned step = 0; step < 4000; step++) {
		unsigned first = (unsigned)random() % PAGES, count = (unsigned)random() % 700 + 1;
		bool map = random() % 2 == 0;

		count = first + count > PAGES ? PAGES - first : count;
		for (unsigned i = 0; i < count; i++)
			count = model[first + i] == map ? i : count;
		if (count == 0)
			continue;
		enum mmu_status s =
			map ? mmu_map_identity(&t, first * 0x1000ull, count * 0x1000ull, MMU_DATA)
			    : mmu_unmap(&t, first * 0x1000ull, count * 0x1000ull);

		assert_int_equal(s, MMU_OK);
		memset(&model[first], map, count);
		for (unsigned i = 0; i < PAGES; i++)
			assert_int_equal(mmu_lookup(&t, i * 0x1000ull + 5, NULL, NULL), model[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_found_again),
		cmocka_unit_test(only_el3_has_a_nonsecure_bit),
		cmocka_unit_test(descriptors_are_those_of_the_architecture),
		cmocka_unit_test(large_ranges_take_blocks),
		cmocka_unit_test(every_input_size_works),
		cmocka_unit_test(bad_ranges_are_refused),
		cmocka_unit_test(nothing_is_mapped_over),
		cmocka_unit_test(a_guard_page_breaks_a_block_up),
		cmocka_unit_test(a_live_table_keeps_its_blocks),
		cmocka_unit_test(each_allocation_can_fail),
		cmocka_unit_test(random_steps_agree_with_a_model),
	};

	return cmocka_run_group_tests_name("mmu", tests, NULL, NULL);
}
