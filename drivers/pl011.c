/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drivers/pl011.h. Register numbers are those of Arm DDI 0183, chapter 3.
 */
#include "drivers/pl011.h"
#include "arch/mmio.h"
#include "lib/util.h"

enum {
	DR = 0x00,
	FR = 0x18,
	LCR_H = 0x2c,
	CR = 0x30,
	IMSC = 0x38,
	ICR = 0x44,
};

#define FR_BUSY	 BIT(3)
#define FR_RXFE	 BIT(4)
#define FR_TXFF	 BIT(5)
#define LCR_FEN	 BIT(4)
#define LCR_8BIT (3ull << 5)
#define CR_UART	 BIT(0)
#define CR_TX	 BIT(8)
#define CR_RX	 BIT(9)
#define INT_RX	 BIT(4) /* the FIFO's level */
#define INT_RT	 BIT(6) /* bytes wait and none came for a while */
#define INT_ALL	 BITS(10, 0)

void pl011_init(uintptr_t base)
{
	mmio_write32(base + IMSC, 0);
	mmio_write32(base + ICR, INT_ALL);
	mmio_write32(base + LCR_H, LCR_8BIT | LCR_FEN);
	mmio_write32(base + CR, CR_UART | CR_TX | CR_RX);
}

bool pl011_try_putc(uintptr_t base, char c)
{
	if ((mmio_read32(base + FR) & FR_TXFF) != 0)
		return false;
	mmio_write32(base + DR, (unsigned char)c);
	return true;
}

void pl011_putc(uintptr_t base, char c)
{
	while (!pl011_try_putc(base, c))
		;
}

void pl011_flush(uintptr_t base)
{
	while ((mmio_read32(base + FR) & FR_BUSY) != 0)
		;
}

bool pl011_rx_ready(uintptr_t base)
{
	return (mmio_read32(base + FR) & FR_RXFE) == 0;
}

int pl011_getc(uintptr_t base)
{
	if (!pl011_rx_ready(base))
		return -1;
	return (int)(mmio_read32(base + DR) & 0xff);
}

void pl011_rx_interrupt(uintptr_t base, bool on)
{
	mmio_write32(base + IMSC, on ? INT_RX | INT_RT : 0);
}

void pl011_rx_ack(uintptr_t base)
{
	mmio_write32(base + ICR, INT_RX | INT_RT);
}
