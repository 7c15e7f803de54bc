/* SPDX-License-Identifier: BSD-2-Clause */
/* Printing without a C library: what machine.h lists, for either environment. */
#include "machine.h"

static void put_number(uint64_t n, unsigned base)
{
	char digits[20];
	unsigned count = 0;

	do
		digits[count++] = "0123456789abcdef"[n % base];
	while ((n /= base) != 0);
	while (count > 0)
		put_char(digits[--count]);
}

static void put_string(const char *s)
{
	while (*s != '\0')
		put_char(*s++);
}

void say_list(const char *format, va_list args)
{
	for (; *format != '\0'; format++) {
		bool is_long;

		if (*format != '%') {
			put_char(*format);
			continue;
		}
		is_long = format[1] == 'l';
		format += is_long ? 3 : 1;
		if (*format == 's')
			put_string(va_arg(args, const char *));
		else
			put_number(is_long ? va_arg(args, unsigned long long)
					   : va_arg(args, unsigned int),
				   *format == 'x' ? 16 : 10);
	}
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_list(format, args);
	va_end(args);
}

bool expect(const char *what, bool good)
{
	say("%s %s\n", good ? "ok  " : "FAIL", what);
	return good;
}
