/* SPDX-License-Identifier: BSD-2-Clause */
/* Results in the manner of TAP. The last line of a run is `N passed, N failed`. */
#ifndef GUEST_LIB_TEST_H
#define GUEST_LIB_TEST_H

#include "lib/attributes.h"
#include <stdbool.h>

/* One result: prints `ok N - text` or `not ok N - text`. Returns `pass`. Only CPU 0 calls it. */
bool check(bool pass, const char *format, ...) PRINTF_LIKE(2, 3);
/* A check that this board cannot answer; counts as neither. */
void skip(const char *format, ...) PRINTF_LIKE(1, 2);
/* Print the last line and power off. */
NORETURN void finish(void);

#endif
