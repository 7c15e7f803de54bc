/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output by polling the PL011 (Arm DDI 0183), and the panic() that lib/ asks for: it counts as a
 * failed run, says so in the words of test.c and powers off.
 */
#include "guest/lib/console.h"
#include "guest/lib/board.h"
#include "guest/lib/cpu.h"
#include "guest/lib/psci.h"
#include "lib/assert.h"
#include "lib/print.h"

#define UARTDR	  0x00
#define UARTFR	  0x18
#define FR_TXFF	  0x20
#define UARTLCR_H 0x2c
#define LCR_H_8N1 0x70
#define UARTCR	  0x30
#define CR_ENABLE 0x301

static bool busy;

void console_init(void)
{
	write32(BOARD_PL011 + UARTLCR_H, LCR_H_8N1);
	write32(BOARD_PL011 + UARTCR, CR_ENABLE);
}

static void put(char c)
{
	while ((read32(BOARD_PL011 + UARTFR) & FR_TXFF) != 0)
		;
	write32(BOARD_PL011 + UARTDR, (uint8_t)c);
}

void print_v(const char *format, va_list args)
{
	char text[256];
	uint64_t daif = read_sysreg(DAIF);

	(void)print_format_v(text, sizeof(text), format, args);
	irq_mask();
	while (__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE))
		;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\n')
			put('\r');
		put(*c);
	}
	__atomic_clear(&busy, __ATOMIC_RELEASE);
	write_sysreg(DAIF, daif);
}

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_v(format, args);
	va_end(args);
}

void panic(const char *format, ...)
{
	va_list args;

	irq_mask();
	va_start(args, format);
	print_v(format, args);
	va_end(args);
	print("\nBail out!\n0 passed, 1 failed\n");
	psci_off();
}
