/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * assert() is for our own bugs only. What a guest or the TEE can cause is answered with a status,
 * never here. The image that links lib/ provides panic(): it prints and stops the machine.
 */
#ifndef LIB_ASSERT_H
#define LIB_ASSERT_H

#include "lib/attributes.h"

NORETURN void panic(const char *format, ...) PRINTF_LIKE(1, 2);

#define assert(condition)                                                                          \
	((condition) ? (void)0                                                                     \
		     : panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #condition))

#endif
