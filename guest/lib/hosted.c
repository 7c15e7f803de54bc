/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Debian's libfdt.a asks of its host, because it was built with the stack protector. A fixed
 * guard is enough: a guest here has no secret, a broken stack has to be seen.
 */
#include "lib/assert.h"
#include <stdint.h>

extern uintptr_t __stack_chk_guard;
NORETURN void __stack_chk_fail(void);

uintptr_t __stack_chk_guard = 0x746565767369006f;

void __stack_chk_fail(void)
{
	panic("the stack is broken");
}
