/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers that trap: the ID registers, which say what a guest has here; SGIs; debug. What
 * is hidden is undefined, as on a CPU that lacks it.
 */
#ifndef HYPERVISOR_SYSREG_H
#define HYPERVISOR_SYSREG_H

#include "hypervisor/vcpu.h"

/* Exception class 0x18 of the vCPU that runs here. */
void sysreg_trap(struct vcpu *vcpu, uint64_t esr);

#endif
