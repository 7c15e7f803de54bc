/* SPDX-License-Identifier: BSD-2-Clause */
/* See bytes.h. */
#include "tests/fuzz/bytes.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct fuzz_bytes fuzz_input;

void fuzz_fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

void fuzz_say(const char *format, ...)
{
	static int wanted = -1;
	va_list args;

	if (wanted < 0)
		wanted = getenv("FUZZ_TRACE") != NULL;
	if (wanted == 0)
		return;
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
}
