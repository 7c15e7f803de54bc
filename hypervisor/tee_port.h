/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the mediator asks of its host (mediator/port.h), answered by this hypervisor.
 */
#ifndef HYPERVISOR_TEE_PORT_H
#define HYPERVISOR_TEE_PORT_H

#include "hypervisor/vm.h"
#include "mediator/port.h"

extern const struct tee_port tee_port;

/* The interrupt of TEE_IRQ_OF_TREE; 0: there is none. Before the first probe. */
void tee_port_set_intid(uint32_t intid);

/* The library's handles are our structs under another name. */
static inline struct tee_host_vm *tee_port_vm(struct vm *vm)
{
	return (struct tee_host_vm *)(void *)vm;
}

static inline struct tee_host_vcpu *tee_port_vcpu(struct vcpu *vcpu)
{
	return (struct tee_host_vcpu *)(void *)vcpu;
}

#endif
