/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See pages.h. A sorted array of free runs, first fit; runs given back merge with their neighbours.
 * What is given back may need one place more in the array, so places for all that is out are kept
 * free, and a request that would take the last one is refused.
 */
#include "hypervisor/pages.h"
#include "arch/spinlock.h"
#include "lib/assert.h"
#include "lib/util.h"
#include <string.h>

#define RUNS_MAX 512u /* VMS_MAX VMs with ten pieces each, and what the board reserves */

struct run {
	uint64_t base, size;
};

static struct LOCKABLE {
	struct spinlock lock;
	struct run run[RUNS_MAX];
	uint32_t count;
	uint32_t out; /* pieces that pages_get() gave and pages_put() has not got back */
} pool;

static void run_remove(uint32_t at)
{
	pool.count--;
	for (uint32_t i = at; i < pool.count; i++)
		pool.run[i] = pool.run[i + 1];
}

static bool run_insert(uint32_t at, uint64_t base, uint64_t size)
{
	if (size == 0)
		return true;
	if (pool.count == RUNS_MAX)
		return false;
	for (uint32_t i = pool.count; i > at; i--)
		pool.run[i] = pool.run[i - 1];
	pool.run[at] = (struct run){base, size};
	pool.count++;
	return true;
}

void pages_add(uint64_t base, uint64_t size)
{
	uint64_t end = align_down(base + size, PAGE_SIZE);
	uint32_t at = 0;

	base = align_up(base, PAGE_SIZE);
	if (base >= end)
		return;
	while (at < pool.count && pool.run[at].base < base)
		at++;
	if (at > 0 && pool.run[at - 1].base + pool.run[at - 1].size == base) {
		pool.run[at - 1].size += end - base;
		at--;
	} else if (!run_insert(at, base, end - base)) {
		panic("the board's memory is in too many pieces");
	}
	if (at + 1 < pool.count && pool.run[at].base + pool.run[at].size == pool.run[at + 1].base) {
		pool.run[at].size += pool.run[at + 1].size;
		run_remove(at + 1);
	}
}

/* Take [base, end), which overlaps run `at`, out of it. */
static bool run_carve(uint32_t at, uint64_t base, uint64_t end)
{
	struct run old = pool.run[at];
	uint64_t old_end = old.base + old.size;

	run_remove(at);
	if (end < old_end && !run_insert(at, end, old_end - end))
		return false;
	return base <= old.base || run_insert(at, old.base, base - old.base);
}

void pages_exclude(uint64_t base, uint64_t size)
{
	uint64_t end = align_up(base + size, PAGE_SIZE);

	base = align_down(base, PAGE_SIZE);
	for (uint32_t i = pool.count; i-- > 0;)
		if (ranges_overlap(base, end - base, pool.run[i].base, pool.run[i].size))
			if (!run_carve(i, base, end))
				panic("the board reserves too many ranges of memory");
}

static uint64_t run_fit(const struct run *run, uint64_t size, uint64_t align)
{
	uint64_t at = align_up(run->base, align);

	return at - run->base <= run->size && run->size - (at - run->base) >= size ? at : 0;
}

void *pages_get_dirty(uint64_t size, uint64_t align)
{
	uint64_t found = 0;

	size = align_up(size, PAGE_SIZE);
	spin_lock(&pool.lock);
	for (uint32_t i = 0; i < pool.count && found == 0 && pool.count + pool.out + 2 <= RUNS_MAX;
	     i++) {
		found = run_fit(&pool.run[i], size, align);
		if (found != 0)
			(void)run_carve(i, found, found + size);
	}
	if (found != 0)
		pool.out++;
	spin_unlock(&pool.lock);
	return (void *)(uintptr_t)found;
}

void *pages_get(uint64_t size, uint64_t align)
{
	void *memory = pages_get_dirty(size, align);

	return memory == NULL ? NULL : memset(memory, 0, align_up(size, PAGE_SIZE));
}

void pages_put(void *memory, uint64_t size)
{
	spin_lock(&pool.lock);
	pool.out--;
	pages_add((uintptr_t)memory, align_up(size, PAGE_SIZE));
	spin_unlock(&pool.lock);
}

uint64_t pages_free(void)
{
	uint64_t sum = 0;

	spin_lock(&pool.lock);
	for (uint32_t i = 0; i < pool.count; i++)
		sum += pool.run[i].size;
	spin_unlock(&pool.lock);
	return sum;
}
