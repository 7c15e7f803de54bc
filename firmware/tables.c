/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EL3's map: its code and constants in flash, its data, the devices it drives. All 1:1, all
 * Secure. The page below each stack is left out, so that an overflow stops at once. Other memory
 * is opened while images are copied and closed again: later EL3 cannot even reach it by mistake.
 */
#include "abi/flash.h"
#include "arch/mmu.h"
#include "firmware/el3.h"
#include "lib/assert.h"
#include "lib/util.h"

#define POOL_PAGES 24

extern char fw_text_start[], fw_text_end[], fw_rodata_start[], fw_data_start[], fw_bss_end[];

static uint8_t pool[POOL_PAGES][PAGE_SIZE] ALIGNED(PAGE_SIZE);
static unsigned pool_used;
static struct mmu_table table;

struct cpu_area cpu_areas[BOARD_CPUS_MAX] SECTION(".areas");

static void *take_page(void *context)
{
	(void)context;
	return pool_used < POOL_PAGES ? pool[pool_used++] : NULL;
}

void tables_open(uint64_t base, uint64_t size, unsigned attr)
{
	uint64_t first = align_down(base, PAGE_SIZE);
	enum mmu_status s =
		mmu_map_identity(&table, first, align_up(base + size, PAGE_SIZE) - first, attr);

	if (s != MMU_OK)
		panic("cannot map 0x%lx, 0x%lx bytes: error %d", (unsigned long)base,
		      (unsigned long)size, (int)s);
}

void tables_close(uint64_t base, uint64_t size)
{
	uint64_t first = align_down(base, PAGE_SIZE);
	enum mmu_status s = mmu_unmap(&table, first, align_up(base + size, PAGE_SIZE) - first);

	assert(s == MMU_OK);
}

static void open_between(const char *start, const char *end, unsigned attr)
{
	tables_open((uintptr_t)start, (uint64_t)(end - start), attr);
}

static void map_data(void)
{
	uint64_t next = (uintptr_t)fw_data_start;

	for (unsigned i = 0; i < BOARD_CPUS_MAX; i++) {
		uint64_t guard = (uintptr_t)cpu_areas[i].guard;

		tables_open(next, guard - next, MMU_DATA);
		next = guard + sizeof(cpu_areas[i].guard);
	}
	tables_open(next, (uintptr_t)fw_bss_end - next, MMU_DATA);
}

void tables_init(void)
{
	if (!mmu_table_init(&table, MMU_EL3, 39, take_page, NULL))
		panic("no page for the page table");
	open_between(fw_text_start, fw_text_end, MMU_CODE);
	tables_open((uintptr_t)fw_rodata_start,
		    FLASH_HEADER_OFFSET + PAGE_SIZE - (uintptr_t)fw_rodata_start, MMU_RODATA);
	map_data();
	tables_open(board.gicd.base, board.gicd.size, MMU_DEVICE);
	tables_open(board.gicr.base, board.gicr.size, MMU_DEVICE);
	tables_open(board.console.base, board.console.size, MMU_DEVICE);
	tables_open(board.power_gpio.base, board.power_gpio.size, MMU_DEVICE);
}

void tables_use(void)
{
	mmu_enable(&table);
}
