/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firmware/console.h, and panic() of lib/assert.h. A CPU that panics while it holds the line would
 * wait for itself, so panic() does not take the lock: its line may be mixed with another's.
 */
#include "firmware/console.h"
#include "arch/barrier.h"
#include "arch/spinlock.h"
#include "drivers/pl011.h"
#include "lib/assert.h"
#include "lib/print.h"
#include "platform/qemu-virt/board.h"
#include <stdarg.h>

static struct spinlock line_lock;

void console_init(void)
{
	pl011_init(board.console.base);
}

static void put_text(const char *text)
{
	while (*text != '\0')
		pl011_putc(board.console.base, *text++);
}

static void put_line(const char *format, va_list args)
{
	char line[160];

	print_format_v(line, sizeof(line), format, args);
	put_text("[fw] ");
	put_text(line);
	put_text("\r\n");
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	spin_lock(&line_lock);
	put_line(format, args);
	spin_unlock(&line_lock);
	va_end(args);
}

void panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(format, args);
	va_end(args);
	put_text("[fw] stopped\r\n");
	for (;;)
		wfi();
}
