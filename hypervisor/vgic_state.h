/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the virtual GIC share: vgic.c (state), vgic_lr.c (list registers), vgic_cpuif.c
 * (the CPU interface), vgic_mmio.c (registers in memory). The VM's vgic.lock is held unless said.
 */
#ifndef HYPERVISOR_VGIC_STATE_H
#define HYPERVISOR_VGIC_STATE_H

#include "hypervisor/vm.h"

/* GICD_CTLR. The enables are the only bits that a guest can change. */
#define VGICD_ENABLE_G0	 1u
#define VGICD_ENABLE_G1	 2u
#define VGICD_ENABLE_ALL (VGICD_ENABLE_G0 | VGICD_ENABLE_G1)
#define VGICD_FIXED	 0x50u /* DS, ARE */

/* vgic_unlock() kicks what has been touched, other than `self` (may be NULL). */
void vgic_lock(struct vm *vm) TAKES(vm->vgic.lock);
void vgic_unlock(struct vm *vm, const struct vcpu *self) RELEASES(vm->vgic.lock);

/* The interrupt, as vCPU `cpu` sees it. Both below their limits. */
static inline struct virq *vgic_irq(struct vm *vm, uint32_t cpu, uint32_t intid)
{
	return intid < VGIC_PRIVATE ? &vm->vcpu[cpu]->vgic.irq[intid]
				    : &vm->vgic.spi[intid - VGIC_PRIVATE];
}

/* Pending as far as known here: see struct virq. */
static inline bool virq_pending(const struct virq *v)
{
	return v->latch || v->lr_latch || (!v->edge && v->line);
}

/* Pending, enabled, and its group is enabled in the distributor. */
static inline bool virq_deliverable(const struct vm *vm, const struct virq *v)
{
	return v->enabled && virq_pending(v) &&
	       (vm->vgic.ctlr & (v->group1 ? VGICD_ENABLE_G1 : VGICD_ENABLE_G0)) != 0;
}

/* The vCPU must look at its interrupts before it goes on. */
void vgic_touch(struct vm *vm, uint32_t cpu) NEEDS(vm->vgic.lock);

/* To be called after each change of an interrupt: keeps the vCPUs' bitmaps, touches who is
 * concerned. */
void vgic_changed(struct vm *vm, struct virq *v, uint32_t intid) NEEDS(vm->vgic.lock);

/* The SPI goes to the vCPU with this affinity from now on. */
void vgic_route(struct vm *vm, uint32_t intid, uint64_t affinity) NEEDS(vm->vgic.lock);

/*
 * vgic_lr.c. Take everything out of the list registers, so that the struct tells all; nothing if
 * the vCPU is not loaded. Then fill them again. On the CPU where it is loaded.
 */
void vgic_fold(struct vcpu *vcpu) NEEDS(vcpu->vm->vgic.lock);
void vgic_fill(struct vcpu *vcpu) NEEDS(vcpu->vm->vgic.lock);

/* What vgic_cpu_init() found. */
struct vgic_hw_limits {
	unsigned lrs, aprs, preemption_bits;
};
extern struct vgic_hw_limits vgic_limits;

#endif
