/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of a guest by the SMC Calling Convention, by SMC or by HVC.
 */
#ifndef HYPERVISOR_SMC_H
#define HYPERVISOR_SMC_H

#include "hypervisor/vcpu.h"

/* The running vCPU's PC is at the SMC or HVC, whose immediate is 0. */
void smc_from_guest(struct vcpu *vcpu);

/* psci.c: owner "standard". Moves the PC itself where it matters. */
void psci_call(struct vcpu *vcpu, uint32_t function);

#endif
