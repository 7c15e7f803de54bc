/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler and what it guards: states of vCPUs, and with them states of VMs. Lock
 * order of the hypervisor: the scheduler's, uart.lock or the lock of struct vserial, vgic.lock,
 * console. The TEE's (tee_port.c) and then a VM's tee_lock come before vgic.lock and console;
 * pin_lock is taken with no other.
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

/*
 * The lock that states of VMs and vCPUs are changed under. For lifecycle.c and vm.c; what follows
 * in this group is called with it held.
 */
void sched_lock(void);
void sched_unlock(void);

/* The VM, RUNNING and without a vCPU on: its vCPU 0 begins at `entry` (IPA) with x0. */
void sched_begin_vm(struct vm *vm, uint64_t entry, uint64_t x0);

/* The VM is PAUSED, is RUNNING again, is STOPPING: those that run elsewhere notice soon. */
void sched_park_vcpus(struct vm *vm);
void sched_unpark_vcpus(struct vm *vm);
void sched_stop_vcpus(struct vm *vm);

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

/* Ticks of CNTPCT that the vCPU has been on a CPU. */
uint64_t sched_ran(const struct vcpu *vcpu);

/* This CPU passes by the scheduler before it goes on with its guest: something there has changed.
 */
void sched_look_again(void);

/* There may be work for vm_work(): this CPU or an idle one does it. */
void sched_look_for_work(void);

/*
 * Between two steps of vm_work(): takes interrupts. True: `until` has come, or this CPU has to pass
 * by the scheduler.
 */
bool sched_work_is_over(uint64_t until);

#endif
