/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drivers/pl061.h. The data register is one word per mask of lines: address bits 9:2 select which
 * lines a write changes, so no line is read, modified and written.
 */
#include "drivers/pl061.h"
#include "arch/mmio.h"

enum { DIR = 0x400 };

void pl061_pulse(uintptr_t base, unsigned line)
{
	uintptr_t data = base + (4u << line);

	mmio_write32(data, 0);
	mmio_write32(base + DIR, mmio_read32(base + DIR) | 1u << line);
	mmio_write32(data, 0);
	mmio_write32(data, 1u << line);
}
