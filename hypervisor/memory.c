/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See memory.h. Two steps, because the tree says where memory is and reading it wants the MMU on:
 * first windows of 2 MiB round the image and the tree, then the rest. Stacks have an unmapped page
 * below them.
 */
#include "hypervisor/memory.h"
#include "arch/mmu.h"
#include "hypervisor/offsets.h"
#include "hypervisor/pages.h"
#include "lib/assert.h"
#include "lib/util.h"

#define VA_BITS	    40u
#define TABLE_PAGES 24u /* one per GiB of RAM and of devices, a few for the windows */
#define WINDOW	    MIB(2)

extern char image_header[], rodata_start[], data_start[], image_end[], stacks[];

static struct mmu_table table;
static const struct board_info *the_board;
static uint8_t table_pages[TABLE_PAGES][PAGE_SIZE] ALIGNED(4096);
static unsigned table_pages_used;

static void *table_page(void *context)
{
	(void)context;
	return table_pages_used < TABLE_PAGES ? table_pages[table_pages_used++] : NULL;
}

static void map(uint64_t base, uint64_t end, unsigned attr)
{
	if (base < end && mmu_map_identity(&table, base, end - base, attr) != MMU_OK)
		panic("cannot map %#lx to %#lx", base, end);
}

static uint64_t image_window_base(void)
{
	return align_down((uintptr_t)image_header, WINDOW);
}

static uint64_t image_window_end(void)
{
	return align_up((uintptr_t)image_end, WINDOW);
}

static void map_stacks_and_rest(uint64_t from)
{
	for (unsigned i = 0; i < PCPUS_MAX; i++) {
		uint64_t guard = (uintptr_t)stacks + (uintptr_t)i * (GUARD_SIZE + STACK_SIZE);

		map(from, guard, MMU_DATA | MMU_PAGES);
		from = guard + GUARD_SIZE;
	}
	map(from, image_window_end(), MMU_DATA | MMU_PAGES);
}

void memory_early_init(const void *tree)
{
	uint64_t at = align_down((uintptr_t)tree, WINDOW);

	if (!mmu_table_init(&table, MMU_EL2, VA_BITS, table_page, NULL))
		panic("no page for the page table");
	map(image_window_base(), (uintptr_t)image_header, MMU_DATA | MMU_PAGES);
	map((uintptr_t)image_header, (uintptr_t)rodata_start, MMU_CODE | MMU_PAGES);
	map((uintptr_t)rodata_start, (uintptr_t)data_start, MMU_RODATA | MMU_PAGES);
	map_stacks_and_rest((uintptr_t)data_start);
	if (at + WINDOW * 2 <= image_window_base() || at >= image_window_end())
		map(at, at + WINDOW * 2, MMU_DATA);
	mmu_enable(&table);
}

/* RAM, except what the early windows have mapped already. */
static void map_ram(uint64_t base, uint64_t end)
{
	base = align_up(base, WINDOW);
	for (uint64_t from = base, at = base; at < end; at += WINDOW) {
		bool mapped = mmu_lookup(&table, at, NULL, NULL) ||
			      mmu_lookup(&table, min_u64(at + WINDOW, end) - PAGE_SIZE, NULL, NULL);
		uint64_t next = min_u64(at + WINDOW, end);

		if (mapped || next == end) {
			map(from, mapped ? at : end, MMU_DATA);
			from = next;
		}
	}
}

void memory_init(const struct board_info *board)
{
	the_board = board;
	map(board->gicd, board->gicd + board->gicd_size, MMU_DEVICE);
	map(board->gicr, board->gicr + board->gicr_size, MMU_DEVICE);
	if (board->uart != 0)
		map(board->uart, board->uart + PAGE_SIZE, MMU_DEVICE);
	if (board->rtc != 0)
		map(board->rtc, board->rtc + PAGE_SIZE, MMU_DEVICE);
	for (unsigned i = 0; i < board->memory_count; i++) {
		map_ram(board->memory[i].base, board->memory[i].base + board->memory[i].size);
		pages_add(board->memory[i].base, board->memory[i].size);
	}
	pages_exclude((uintptr_t)image_header, (uintptr_t)image_end - (uintptr_t)image_header);
	for (unsigned i = 0; i < board->reserved_count; i++)
		pages_exclude(board->reserved[i].base, board->reserved[i].size);
}

void memory_cpu_init(void)
{
	mmu_enable(&table);
}

static bool contained(pa_t base, uint64_t size, const struct board_range *range)
{
	return base.pa >= range->base && range_inside(base.pa - range->base, size, range->size);
}

bool memory_is_reserved_ram(pa_t base, uint64_t size)
{
	bool ram = false, reserved = false;

	for (unsigned i = 0; i < the_board->memory_count; i++)
		ram = ram || contained(base, size, &the_board->memory[i]);
	for (unsigned i = 0; i < the_board->reserved_count; i++)
		reserved = reserved || contained(base, size, &the_board->reserved[i]);
	return ram && reserved;
}
