/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM's GICv3 (Arm IHI 0069): distributor and redistributors are emulated here, the CPU interface
 * is the hardware's virtual one, fed by list registers. Security is disabled as a guest sees it
 * (GICD_CTLR.DS = 1), affinity routing is always on, both groups; no LPIs, no ITS, no 1-of-N.
 *
 * Lock: vm->vgic.lock guards all interrupt state of the VM, list registers included. Every function
 * here takes it itself, and kicks the vCPUs concerned after giving it up; the caller may hold any
 * other lock. A vCPU's list registers are touched only on the CPU where it is loaded: a change from
 * elsewhere marks it dirty and kicks it.
 *
 * Left out: what another vCPU has acknowledged or ended since it last left the guest is not seen in
 * ISPENDR and ISACTIVER until it does (the read asks it to; the architecture allows the delay). Nor
 * is a deactivation (ICC_DIR) on another vCPU than the one that has the interrupt active.
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
#define VGIC_WORDS   ((VGIC_LINES + 63) / 64)
#define VGIC_NOWHERE 0xffu /* no such vCPU */

/*
 * One interrupt. Pending as the guest sees it: `latch` (an edge, an SGI, a write to ISPENDR), or
 * for a level interrupt also `line`. While it is in a list register, that register says what is
 * pending and active; here is what was put into it and what arrived since, and the two orders
 * that other vCPUs left for the moment when it is taken out. A hardware interrupt's `line` is set
 * from when it fires physically until the guest acknowledges it.
 */
struct virq {
	uint8_t priority;
	uint8_t lr;	/* index + 1 in `holder`, 0: in none */
	uint8_t holder; /* the vCPU that has it in a list register, or active */
	uint8_t target; /* SPI: by IROUTER, or VGIC_NOWHERE; private: the owner */
	bool enabled : 1;
	bool latch : 1;
	bool line : 1;
	bool active : 1;
	bool edge : 1;
	bool group1 : 1;
	bool hw : 1;	   /* a timer: the physical interrupt of the same INTID stands behind */
	bool physical : 1; /* hw: that one is active on the CPU where the owner is loaded */
	bool lr_latch : 1; /* the list register was given `latch` */
	bool drop_active : 1;
	bool raise_active : 1;
};

/* A vCPU's part. Under the VM's vgic.lock, but for `dirty`, which is set under it. */
struct vgic_cpu {
	struct virq irq[VGIC_PRIVATE];
	uint64_t pend[VGIC_WORDS]; /* in no list register, not active, enabled, pending, for us */
	uint64_t act[VGIC_WORDS];  /* in no list register, active, held by us */
	uint16_t lr_intid[VGIC_LRS_MAX];
	uint32_t lr_used;
	uint64_t vmcr, ap0r[4], ap1r[4]; /* while not loaded */
	uint64_t hcr;			 /* as written to the hardware last */
	bool loaded;
	bool asleep; /* GICR_WAKER */
	bool dirty;  /* something may have to go into a list register before the guest goes on */
};

struct vgic {
	struct spinlock lock;
	uint32_t ctlr;
	uint32_t kick; /* vCPUs to tell when the lock is given up */
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

/*
 * The level of a device's line. `cpu` matters for INTIDs below 32. Kicks the target. Unknown INTIDs
 * and the timers' are ignored.
 */
void vgic_set_line(struct vm *vm, uint32_t cpu, uint32_t intid, bool level);

/* An edge on a line, whatever its configuration: pending until the guest acknowledges it. As above.
 */
void vgic_inject(struct vm *vm, uint32_t cpu, uint32_t intid);

/*
 * A timer's physical interrupt was taken on this CPU, where the vCPU is loaded, and its priority
 * dropped. It is deactivated by the guest through the list register, or here if the vCPU's timer
 * does not assert it any more.
 */
void vgic_hw_fired(struct vcpu *vcpu, uint32_t intid);

/*
 * Load the vCPU's list registers and CPU interface into this CPU; take them out again. Its timers
 * are in the hardware at both calls. Between a save and the next load no timer interrupt is active
 * physically.
 */
void vgic_load(struct vcpu *vcpu);
void vgic_save(struct vcpu *vcpu);

/* The CPU interface as after a reset of the vCPU (PSCI CPU_ON), which is not loaded. */
void vgic_cpu_reset(struct vcpu *vcpu);

/*
 * Before returning to the guest, if vcpu->vgic.dirty (vgic_flush() in vcpu.h looks): moves pending
 * interrupts to list registers, highest priority first. The vCPU is loaded.
 */
void vgic_flush_slow(struct vcpu *vcpu);

/*
 * The vCPU has an interrupt that ends a WFI: pending, enabled in the distributor and by the CPU
 * interface, above its priority mask and its running priority. PSTATE's masks do not count. The
 * vCPU is loaded on this CPU, or on none.
 */
bool vgic_has_pending(struct vcpu *vcpu);

/* The guest wrote ICC_DIR_EL1, and that trapped. The vCPU is loaded. Unknown INTIDs are ignored. */
void vgic_deactivate(struct vcpu *vcpu, uint32_t intid);

/* The maintenance interrupt of this CPU was raised: list registers have become free. */
void vgic_maintenance(struct vcpu *vcpu);

/* Number of list registers of the hardware, once per CPU. Leaves the virtual interface disabled. */
void vgic_cpu_init(void);

#endif
