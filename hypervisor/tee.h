/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor's side of the mediator: which TEEs the board has, and the TEE of each VM.
 */
#ifndef HYPERVISOR_TEE_H
#define HYPERVISOR_TEE_H

#include "hypervisor/vm.h"

/*
 * Look for the board's TEEs, of which one may notify by the interrupt `intid` (0: none). Once, on
 * the first CPU, when memory and interrupts work.
 */
void tee_init(uint32_t intid);

/* Another CPU has started: called on it. */
void tee_cpu_up(void);

/* An interrupt that a TEE claimed came on this CPU, and was ended. */
void tee_interrupt(uint32_t intid);

/*
 * Give the VM the TEE that its configuration asks for. Without one it goes on, and vm->tee is NULL:
 * a reason has been printed, on its own console too. Only while the VM is STOPPED or FINISHING.
 */
void tee_attach(struct vm *vm);

/*
 * Take it away, in whatever state its calls are. AGAIN: not finished, call once more. OK. FAULT:
 * the TEE did not let go; the VM's memory must never be used again. From vm_work().
 */
enum tee_status tee_detach(struct vm *vm);

/*
 * What the VM has done with its TEE and holds of it now; either pointer may be NULL. False, both
 * untouched: it has none. Any CPU, at any time.
 */
bool tee_usage(struct vm *vm, struct tee_counters *count, struct tee_gauges *used);

/* A trusted-OS call of the running vCPU, bit 16 of the function id cleared. */
enum tee_verdict tee_from_guest(struct vcpu *vcpu, uint32_t function);

#endif
