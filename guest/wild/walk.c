/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks the address space: finely where devices are, in steps of 64 KiB and 64 MiB elsewhere. */
#include "guest/lib/board.h"
#include "guest/lib/console.h"
#include "guest/lib/cpu.h"
#include "guest/lib/test.h"
#include "guest/wild/wild.h"
#include "lib/types.h"

#define REPORT_MAX 8u

static struct {
	unsigned addresses, aborts, wrong;
} seen;

static const struct {
	uint64_t base, size;
} devices[] = {
	{BOARD_GICD, BOARD_GICD_SIZE},	   {BOARD_GICR, 16 * BOARD_GICR_STRIDE},
	{BOARD_PL011, PAGE_SIZE},	   {BOARD_PL031, PAGE_SIZE},
	{BOARD_VIRTIO, BOARD_VIRTIO_SIZE},
};

static bool is_device(uint64_t address)
{
	for (unsigned n = 0; n < ARRAY_SIZE(devices); n++)
		if (address - devices[n].base < devices[n].size)
			return true;
	return false;
}

static void judge(const struct trap_record *r, uint64_t address, bool write)
{
	seen.aborts += r->count;
	if (!board.under_hypervisor || wild_abort_is_right(r, address, write))
		return;
	if (seen.wrong++ < REPORT_MAX)
		print("# %s %#llx: %u exceptions, ESR %#llx FAR %#llx\n", write ? "write" : "read",
		      (unsigned long long)address, r->count, (unsigned long long)r->esr,
		      (unsigned long long)r->far);
}

static void probe(uint64_t address)
{
	struct trap_record r = TRAP_OF((void)read32(address));

	seen.addresses++;
	judge(&r, address, false);
	if (!board.under_hypervisor)
		return; /* a real device would take the write */
	r = TRAP_OF(write32(address, 0x12345678));
	judge(&r, address, true);
	r = TRAP_OF((void)read8(address + 3));
	judge(&r, address + 3, false);
	r = TRAP_OF(write64(address, ~0ull));
	judge(&r, address, true);
}

static void walk(uint64_t from, uint64_t to, uint64_t step)
{
	for (uint64_t address = from; address < to; address += step)
		if (!is_device(address))
			probe(address + (address >> 4 & 0xff8));
}

void wild_walk(void)
{
	static const unsigned bits[] = {32, 36, 40, 42, 44, 48, 52};
	unsigned range = (unsigned)FIELD(read_sysreg(ID_AA64MMFR0_EL1), 3, 0);
	uint64_t limit = min_u64(BIT(bits[min_u64(range, 6)]), GIB(512));
	uint64_t end = BOARD_RAM + board.ram_size;

	walk(0, BOARD_RAM, KIB(64));
	walk(BOARD_GICD, HOLE, PAGE_SIZE);
	walk(end, end + MIB(1), PAGE_SIZE);
	walk(end, limit, MIB(64));
	print("# %u addresses without memory, %u aborts\n", seen.addresses, seen.aborts);
	if (board.under_hypervisor)
		check(seen.wrong == 0, "every access without memory is an external abort");
	else
		skip("every access without memory is an external abort: this board has devices");
}
