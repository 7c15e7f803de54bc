/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPUs with a virtual GIC interface, and what a guest does with it, for tests/unit/test_vgic.c. The
 * interface follows IHI 0069's pseudocode: highest priority pending list register, priority mask,
 * preemption, active priorities, EOIcount, the three maintenance conditions that teevisor uses.
 */
#ifndef TESTS_FAKE_VGIC_HW_H
#define TESTS_FAKE_VGIC_HW_H

#include "hypervisor/vcpu.h"

#define FAKE_CPUS     4u
#define FAKE_SPURIOUS 1023u

struct fake_cpu {
	uint64_t hcr, vmcr, lr[VGIC_LRS_MAX], apr[2][4];
	bool physical[32]; /* active, of the physical interrupt */
	unsigned set_active_calls;
};

extern struct fake_cpu fake_cpus[FAKE_CPUS];
extern unsigned fake_here;	       /* the CPU that executes */
extern unsigned fake_lrs;	       /* list registers per CPU */
extern unsigned fake_lr_accesses;      /* reads and writes of list registers */
extern unsigned fake_kicks[VCPUS_MAX]; /* by index of vCPU */
extern bool fake_timer[VCPUS_MAX][32]; /* the timers' outputs */

void fake_reset(void);

/* The guest on this CPU reads ICC_IAR, writes ICC_EOIR with EOImode 0. */
uint32_t fake_ack(bool group1);
void fake_eoi(bool group1, uint32_t intid);

/* An interrupt is signalled to the guest. */
bool fake_signalled(bool group1);

/* The maintenance interrupt of this CPU is asserted. */
bool fake_maintenance(void);

#endif
