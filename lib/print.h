/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formatted text into a buffer, by picolibc's integer printf: no floating point, no errno, no
 * allocation, so it can run at EL2 and EL3 at any time.
 */
#ifndef LIB_PRINT_H
#define LIB_PRINT_H

#include "lib/attributes.h"
#include <stdarg.h>
#include <stddef.h>

/*
 * Write at most size - 1 characters and a final NUL. Returns the number of characters in the
 * buffer, the NUL not counted. size is at least 1.
 */
size_t print_format(char *buffer, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
size_t print_format_v(char *buffer, size_t size, const char *format, va_list args)
	PRINTF_LIKE(3, 0);

#endif
