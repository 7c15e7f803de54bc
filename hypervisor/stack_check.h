/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What gcc's -fstack-protector calls for (GCC manual, "Program Instrumentation Options").
 */
#ifndef HYPERVISOR_STACK_CHECK_H
#define HYPERVISOR_STACK_CHECK_H

#include "lib/attributes.h"
#include <stdint.h>

extern uint64_t __stack_chk_guard;
NORETURN void __stack_chk_fail(void);

#endif
