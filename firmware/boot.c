/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way from reset to the first entry of each world. CPU 0 does what is done once: page tables,
 * distributor, images from flash to memory. Then it enters the TEE, whose first done-code
 * (firmware/smc.c) leads to the normal world; without a TEE it goes there at once.
 */
#include "arch/cache.h"
#include "arch/mmu.h"
#include "firmware/console.h"
#include "firmware/el3.h"
#include "firmware/flash.h"
#include "lib/assert.h"
#include <string.h>

struct psci psci;

static const struct flash_header *check_header(void)
{
	const struct flash_header *header =
		(const struct flash_header *)(uintptr_t)(board.flash.base + FLASH_HEADER_OFFSET);
	const char *fault = flash_header_fault(header, &board);

	if (fault != NULL)
		panic("bad flash image, header at 0x%x: %s", FLASH_HEADER_OFFSET, fault);
	return header;
}

static void copy_image(uint64_t offset, uint64_t size, uint64_t to, unsigned attr)
{
	uint64_t from = board.flash.base + offset;

	tables_open(from, size, MMU_RODATA);
	tables_open(to, size, attr);
	memcpy((void *)(uintptr_t)to, (const void *)(uintptr_t)from, size);
	cache_sync_code(to, size);
	tables_close(to, size);
	tables_close(from, size);
}

static unsigned count_cpus(void)
{
	unsigned count = 0;

	for (uint64_t i = 0; i < BOARD_CPUS_MAX; i++) {
		if (!gic_has_cpu(i))
			continue;
		psci_add_cpu(&psci, i, i == 0 ? PSCI_CPU_PENDING : PSCI_CPU_IS_OFF);
		count++;
	}
	return count;
}

static struct world *start(struct cpu *cpu, const struct flash_header *h)
{
	bool tee = h->tee_size != 0;

	power_first_entry(h->next_load, h->device_tree);
	gic_cpu_up(0, tee);
	if (tee)
		copy_image(h->tee_offset, h->tee_size, h->tee_load, MMU_DATA);
	copy_image(h->next_offset, h->next_size, h->next_load, MMU_DATA | MMU_NS);
	say("%u CPUs, TEE %s, next image at 0x%lx", count_cpus(), tee ? "starts" : "absent",
	    (unsigned long)h->next_load);
	gic_release_cpus();
	return tee ? tee_start(cpu, h->tee_load, h->device_tree) : power_entered(cpu);
}

struct world *boot_first(struct cpu *cpu, uint64_t index)
{
	cpu->index = index;
	console_init();
	control_init();
	tables_init();
	tables_use();
	gic_init();
	psci.ram = board.ram;
	return start(cpu, check_header());
}

struct world *boot_other(struct cpu *cpu, uint64_t index)
{
	cpu->index = index;
	control_init();
	tables_use();
	return power_cpu_wait(cpu);
}
