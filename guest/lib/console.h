/* SPDX-License-Identifier: BSD-2-Clause */
/* Text to the PL011. Lines of several CPUs do not mix. */
#ifndef GUEST_LIB_CONSOLE_H
#define GUEST_LIB_CONSOLE_H

#include "lib/attributes.h"
#include <stdarg.h>

void console_init(void);
/* One call's text, at most 255 characters, comes out in one piece. */
void print(const char *format, ...) PRINTF_LIKE(1, 2);
void print_v(const char *format, va_list args) PRINTF_LIKE(1, 0);

#endif
