/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts and prints results. */
#include "guest/lib/test.h"
#include "guest/lib/console.h"
#include "guest/lib/psci.h"
#include "lib/print.h"

static unsigned passed, failed, skipped;

static void result(const char *word, const char *format, va_list args)
{
	char text[160];

	(void)print_format_v(text, sizeof(text), format, args);
	print("%s %u - %s\n", word, passed + failed + skipped, text);
}

bool check(bool pass, const char *format, ...)
{
	va_list args;

	if (pass)
		passed++;
	else
		failed++;
	va_start(args, format);
	result(pass ? "ok" : "not ok", format, args);
	va_end(args);
	return pass;
}

void skip(const char *format, ...)
{
	va_list args;

	skipped++;
	va_start(args, format);
	result("ok # SKIP", format, args);
	va_end(args);
}

void finish(void)
{
	print("%u passed, %u failed\n", passed, failed);
	psci_off();
}
