/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debian builds libfdt with stack protectors; these are the two symbols that they want. Our own
 * code has guard pages instead.
 */
#include "hypervisor/stack_check.h"
#include "lib/assert.h"

uint64_t __stack_chk_guard =
	0x00000aff0d0a2a5dull; /* a zero byte and line ends: no string writes it */

void __stack_chk_fail(void)
{
	panic("a stack buffer overflowed");
}
