/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM's GICv3 (Arm IHI 0069): distributor and redistributors are emulated here, the CPU interface
 * is the hardware's virtual one, fed by list registers. Security is disabled as a guest sees it
 * (GICD_CTLR.DS = 1), affinity routing is always on, one group-1 view; no LPIs, no ITS.
 *
 * Lock: vm->vgic.lock guards all interrupt state of the VM, list registers included. vgic_enter()
 * and vgic_leave() touch the hardware and run on the vCPU's own CPU.
 */
#ifndef HYPERVISOR_VGIC_H
#define HYPERVISOR_VGIC_H

#include "arch/spinlock.h"
#include "lib/attributes.h"
#include "lib/types.h"

struct vm;
struct vcpu;
struct mmio;

#define VGIC_PRIVATE 32u
#define VGIC_LINES   288u /* INTIDs, as on QEMU's virt board */
#define VGIC_LRS_MAX 16u

/*
 * One interrupt. Pending as the guest sees it: `latch`, or for a level interrupt also `line`.
 * An interrupt is in at most one list register of one vCPU (lr_cpu, lr); then its pending and
 * active state is in that register, and what arrives meanwhile is in latch and line.
 */
struct virq {
	uint8_t priority;
	uint8_t lr;	/* index + 1, 0: in none */
	uint8_t lr_cpu;
	uint8_t target; /* SPI: vCPU by affinity; private: the owner */
	bool enabled : 1;
	bool latch : 1;
	bool line : 1;
	bool active : 1;
	bool edge : 1;
	bool group1 : 1;
	bool hw : 1; /* a virtual timer: the physical interrupt of the same INTID stands behind */
};

struct vgic_cpu {
	struct virq irq[VGIC_PRIVATE];
	uint64_t lr[VGIC_LRS_MAX]; /* while the vCPU is not loaded */
	uint16_t lr_virq[VGIC_LRS_MAX];
	uint64_t vmcr, ap0r[4], ap1r[4], hcr;
	bool waker_sleep;
	bool dirty; /* something may have to go into a list register before the guest goes on */
};

struct vgic {
	struct spinlock lock;
	uint32_t ctlr;
	struct virq spi[VGIC_LINES - VGIC_PRIVATE];
	uint64_t router[VGIC_LINES - VGIC_PRIVATE];
};

/* Reset state of the VM's distributor and of all its redistributors. Before any vCPU runs. */
void vgic_reset(struct vm *vm);

/* Guest access to the distributor or a redistributor. mmio->ipa is the full address. */
void vgic_dist_access(struct vcpu *vcpu, struct mmio *mmio);
void vgic_redist_access(struct vcpu *vcpu, struct mmio *mmio);

/* The guest wrote ICC_SGI1R_EL1 (or SGI0R/ASGI1R: ignored by the caller). */
void vgic_send_sgi(struct vcpu *vcpu, uint64_t sgi1r);

/* The level of a device's line. `cpu` matters for INTIDs below 32. Kicks the target. */
void vgic_set_line(struct vm *vm, uint32_t cpu, uint32_t intid, bool level);

/* Load the vCPU's list registers and CPU interface into this CPU; take them out again. */
void vgic_load(struct vcpu *vcpu);
void vgic_save(struct vcpu *vcpu);

/*
 * Before returning to the guest: nothing but a look at `dirty` when nothing changed; else moves
 * pending interrupts to list registers, highest priority first. The vCPU is loaded.
 */
void vgic_flush_slow(struct vcpu *vcpu);

/* The vCPU has an interrupt that WFI wakes up for: pending, enabled (its mask does not count). */
bool vgic_has_pending(struct vcpu *vcpu);

/* The maintenance interrupt of this CPU was raised: list registers have become free. */
void vgic_maintenance(struct vcpu *vcpu);

/* Number of list registers of the hardware, once per CPU. Also enables the virtual interface. */
void vgic_cpu_init(void);

#endif
