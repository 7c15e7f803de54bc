/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions that a guest's EL1 gets from the hypervisor, as the architecture would deliver them
 * (Arm ARM DDI 0487, D1.3). The vCPU is loaded; its PC is at the instruction at fault.
 */
#ifndef HYPERVISOR_INJECT_H
#define HYPERVISOR_INJECT_H

#include "hypervisor/vcpu.h"

void inject_undefined(struct vcpu *vcpu);

/*
 * Synchronous external abort for the abort that was taken to EL2 with this ESR and FAR: same
 * direction, instruction or data; on a translation table walk when stage 2 faulted on one.
 */
void inject_abort(struct vcpu *vcpu, uint64_t esr, uint64_t far);

#endif
