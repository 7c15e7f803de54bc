/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Breakpoints and watchpoints between the hardware of this CPU and a vCPU.
 */
#ifndef HYPERVISOR_DEBUG_H
#define HYPERVISOR_DEBUG_H

#include "hypervisor/vcpu.h"

void debug_save(struct debug_state *d);
void debug_load(const struct debug_state *d);

#endif
