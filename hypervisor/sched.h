/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler and what it guards: states of vCPUs, and with them states of VMs. Lock
 * order of the hypervisor: the scheduler's, uart.lock, vgic.lock, console. The TEE's (tee_port.c)
 * and then a VM's tee_lock come before vgic.lock and console; pin_lock is taken with no other.
 */
#ifndef HYPERVISOR_SCHED_H
#define HYPERVISOR_SCHED_H

#include "hypervisor/vm.h"

enum sched_on { SCHED_ON_OK, SCHED_ON_ALREADY, SCHED_ON_DENIED };

/* Once, before any other. */
void sched_init(void);

/*
 * Let the vCPU begin at `entry` (IPA) with x0. Of any number of callers at once exactly one gets
 * OK. DENIED: its VM is being stopped.
 */
enum sched_on sched_power_on(struct vcpu *vcpu, uint64_t entry, uint64_t x0);

/* The VM, made and without a vCPU on, runs: its vCPU 0 begins at `entry` (IPA) with x0. */
void sched_start_vm(struct vm *vm, uint64_t entry, uint64_t x0);

/* The vCPU that runs on this CPU stops being on. sched_run() comes next. */
void sched_power_off(struct vcpu *vcpu);

/* From the moment that its CPU_ON is accepted. */
bool sched_is_on(struct vcpu *vcpu);

/* WFI of the vCPU that runs here: sleeps unless an interrupt waits. sched_run() comes next. */
void sched_sleep(struct vcpu *vcpu);

/*
 * Take the interrupts there are and decide who runs on this CPU: returns a loaded vCPU with its
 * interrupts in the list registers. Idles until there is one.
 */
struct vcpu *sched_run(void);

/* This CPU should look at its queue, or the vCPU's VM is being stopped. */
bool sched_wants_cpu(struct vcpu *vcpu);

/* Stop all vCPUs of the VM; those running elsewhere leave their guest soon. */
void sched_stop_vm(struct vm *vm, bool reboot);

/* The VM has no vCPU left on, and it is this caller, no other, that finishes it. */
bool sched_claim_stopped(struct vm *vm);

void sched_set_state(struct vm *vm, enum vm_state state);

/* This CPU passes by the scheduler before it goes on with its guest: something there has changed.
 */
void sched_look_again(void);

#endif
