/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The builder of arch/mmu.h: VMSAv8-64 descriptors (Arm ARM, D8.3), one entry at a time from the
 * lowest address up. Table pages are reached by their physical address. Touches no register, so
 * the host tests run it as it is; entries of a live table are published through mmu_publish() and
 * mmu_forget() of mmu_enable.c.
 */
#include "arch/mmu.h"
#include "arch/aarch64/mmu_defs.h"
#include "lib/util.h"
#include <string.h>

#define OUTPUT_BITS 48u

bool mmu_table_init(struct mmu_table *table, enum mmu_regime regime, unsigned va_bits,
		    void *(*alloc_page)(void *context), void *context)
{
	if (va_bits < 25 || va_bits > 48)
		return false;
	*table = (struct mmu_table){
		.va_bits = va_bits,
		.regime = regime,
		.alloc_page = alloc_page,
		.context = context,
	};
	table->root = alloc_page(context);
	if (table->root == NULL)
		return false;
	memset(table->root, 0, PAGE_SIZE);
	return true;
}

/* Bytes that one entry of a level, 0 to 3, spans. */
static uint64_t span(unsigned level)
{
	return 1ull << (PAGE_SHIFT + 9 * (3 - (level & 3)));
}

static unsigned start_level(const struct mmu_table *table)
{
	return 3 - (table->va_bits - PAGE_SHIFT - 1) / 9;
}

static uint64_t *entry_of(uint64_t *level_table, unsigned level, uint64_t va)
{
	return &level_table[va / span(level) % 512];
}

static bool is_table(uint64_t entry, unsigned level)
{
	return level < 3 && (entry & PTE_TYPE) == PTE_TABLE;
}

static uint64_t *table_at(uint64_t entry)
{
	return (uint64_t *)(uintptr_t)(entry & PTE_ADDRESS);
}

static uint64_t leaf_type(unsigned level)
{
	return level == 3 ? PTE_PAGE : PTE_BLOCK;
}

static uint64_t attr_bits(const struct mmu_table *table, unsigned attr)
{
	static const uint64_t kinds[] = {
		[MMU_CODE] = PTE_NORMAL | PTE_READ_ONLY,
		[MMU_RODATA] = PTE_NORMAL | PTE_READ_ONLY | PTE_XN,
		[MMU_DATA] = PTE_NORMAL | PTE_XN,
		[MMU_DEVICE] = PTE_DEVICE | PTE_XN,
		[MMU_UNCACHED] = PTE_UNCACHED | PTE_XN,
	};
	bool ns = (attr & MMU_NS) != 0 && table->regime == MMU_EL3;

	return kinds[attr & MMU_KIND] | PTE_AP1_RES1 | PTE_ACCESSED | (ns ? PTE_NS : 0);
}

static bool bad_range(const struct mmu_table *table, uint64_t va, uint64_t size)
{
	return !is_aligned(va | size, PAGE_SIZE) || !range_inside(va, size, BIT(table->va_bits));
}

/* A new table takes the place of an entry: empty, or with what a block mapped. */
static enum mmu_status descend_into_new(struct mmu_table *table, uint64_t *entry, unsigned level)
{
	uint64_t block = *entry;
	uint64_t *fresh;

	if (block != 0 && table->live)
		return MMU_BLOCK_LIVE;
	fresh = table->alloc_page(table->context);
	if (fresh == NULL)
		return MMU_NO_MEMORY;
	memset(fresh, 0, PAGE_SIZE);
	for (unsigned i = 0; block != 0 && i < 512; i++)
		fresh[i] = ((block & ~PTE_TYPE) | leaf_type(level + 1)) + i * span(level + 1);
	mmu_publish();
	*entry = (uint64_t)(uintptr_t)fresh | PTE_TABLE;
	return MMU_OK;
}

/* The level at which one entry maps the beginning of what is left. */
static unsigned leaf_level(const struct mmu_table *table, uint64_t va, uint64_t to, uint64_t left,
			   unsigned attr)
{
	unsigned level = start_level(table) == 0 ? 1 : start_level(table); /* 0 has no blocks */

	if ((attr & MMU_PAGES) != 0)
		return 3;
	while (level < 3 && (!is_aligned(va | to, span(level)) || left < span(level)))
		level++;
	return level;
}

/*
 * Map va by one entry at `level`, or below it where a table is in the place of a block already.
 * `leaf` is the entry without its type. *done: the bytes that the entry spans.
 */
static enum mmu_status map_one(struct mmu_table *table, uint64_t va, uint64_t leaf, unsigned level,
			       uint64_t *done)
{
	unsigned l = start_level(table);
	uint64_t *entry = entry_of(table->root, l, va);

	while (l < level || is_table(*entry, l)) {
		if (*entry == 0) {
			enum mmu_status s = descend_into_new(table, entry, l);

			if (s != MMU_OK)
				return s;
		}
		if (!is_table(*entry, l))
			return MMU_OVERLAP;
		l++;
		entry = entry_of(table_at(*entry), l, va);
	}
	if (*entry != 0)
		return MMU_OVERLAP;
	*entry = leaf | leaf_type(l);
	*done = span(l);
	return MMU_OK;
}

enum mmu_status mmu_map(struct mmu_table *table, uint64_t va, pa_t to, uint64_t size, unsigned attr)
{
	uint64_t done = 0, step = 0;

	if (bad_range(table, va, size) || !is_aligned(to.pa, PAGE_SIZE) ||
	    !range_inside(to.pa, size, BIT(OUTPUT_BITS)) || (attr & MMU_KIND) > MMU_UNCACHED)
		return MMU_BAD_RANGE;
	for (; done < size; done += step) {
		unsigned level = leaf_level(table, va + done, to.pa + done, size - done, attr);
		uint64_t leaf = (to.pa + done) | attr_bits(table, attr);
		enum mmu_status s = map_one(table, va + done, leaf, level, &step);

		if (s != MMU_OK)
			return s;
	}
	mmu_publish();
	return MMU_OK;
}

enum mmu_status mmu_map_identity(struct mmu_table *table, uint64_t base, uint64_t size,
				 unsigned attr)
{
	return mmu_map(table, base, pa(base), size, attr);
}

/* Take away the entry that maps va, broken up until it is inside `left` bytes. */
static enum mmu_status unmap_one(struct mmu_table *table, uint64_t va, uint64_t left,
				 uint64_t *done)
{
	unsigned level = start_level(table);
	uint64_t *entry = entry_of(table->root, level, va);

	while (*entry != 0) {
		if (!is_table(*entry, level)) {
			enum mmu_status s;

			if (is_aligned(va, span(level)) && left >= span(level))
				break;
			s = descend_into_new(table, entry, level);
			if (s != MMU_OK)
				return s;
		}
		entry = entry_of(table_at(*entry), level + 1, va);
		level++;
	}
	if (*entry == 0)
		return MMU_NOT_MAPPED;
	*entry = 0;
	*done = span(level);
	if (table->live)
		mmu_forget(table->regime, va);
	return MMU_OK;
}

enum mmu_status mmu_unmap(struct mmu_table *table, uint64_t va, uint64_t size)
{
	uint64_t done = 0, step = 0;

	if (bad_range(table, va, size))
		return MMU_BAD_RANGE;
	for (; done < size; done += step) {
		enum mmu_status s = unmap_one(table, va + done, size - done, &step);

		if (s != MMU_OK)
			return s;
	}
	return MMU_OK;
}

static unsigned attr_of(uint64_t leaf)
{
	unsigned ns = (leaf & PTE_NS) != 0 ? MMU_NS : 0;

	if ((leaf & PTE_INDEX) == PTE_DEVICE)
		return MMU_DEVICE | ns;
	if ((leaf & PTE_INDEX) == PTE_UNCACHED)
		return MMU_UNCACHED | ns;
	if ((leaf & PTE_READ_ONLY) == 0)
		return MMU_DATA | ns;
	return ((leaf & PTE_XN) != 0 ? MMU_RODATA : MMU_CODE) | ns;
}

bool mmu_lookup(const struct mmu_table *table, uint64_t va, pa_t *to, unsigned *attr)
{
	unsigned level = start_level(table);
	uint64_t entry;

	if (va >= BIT(table->va_bits))
		return false;
	entry = *entry_of(table->root, level, va);
	for (; is_table(entry, level); level++)
		entry = *entry_of(table_at(entry), level + 1, va);
	if (entry == 0)
		return false;
	if (to != NULL)
		*to = pa((entry & PTE_ADDRESS & ~(span(level) - 1)) | (va & (span(level) - 1)));
	if (attr != NULL)
		*attr = attr_of(entry);
	return true;
}
