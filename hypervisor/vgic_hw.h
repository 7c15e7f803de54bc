/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual CPU interface of the CPU that calls, as registers (Arm IHI 0069, 12.4), so that the
 * rest of the virtual GIC runs on a host. Implemented by hypervisor/aarch64/vgic_hw.c, and for the
 * tests by tests/unit/fake_vgic_hw.c.
 */
#ifndef HYPERVISOR_VGIC_HW_H
#define HYPERVISOR_VGIC_HW_H

#include "lib/util.h"

/* ICH_LR<n>_EL2 */
#define LR_ACTIVE      BIT(63)
#define LR_PENDING     BIT(62)
#define LR_HW	       BIT(61)
#define LR_GROUP1      BIT(60)
#define LR_PRIORITY(p) ((uint64_t)(p) << 48)
#define LR_PINTID(i)   ((uint64_t)(i) << 32)
#define LR_EOI	       BIT(41) /* with HW = 0: maintenance interrupt when it becomes inactive */

/* ICH_HCR_EL2 */
#define VHCR_EN		 BIT(0)
#define VHCR_LRENPIE	 BIT(2)	 /* maintenance: an interrupt that is in no list register ended */
#define VHCR_NPIE	 BIT(3)	 /* maintenance: no list register is pending */
#define VHCR_TDIR	 BIT(14) /* ICC_DIR_EL1 traps */
#define VHCR_EOICOUNT(v) FIELD(v, 31, 27) /* how many such ended */

/* ICH_VMCR_EL2 */
#define VMCR_ENG0    BIT(0)
#define VMCR_ENG1    BIT(1)
#define VMCR_FIQEN   BIT(3)
#define VMCR_CBPR    BIT(4)
#define VMCR_EOIM    BIT(9)
#define VMCR_BPR1(v) FIELD(v, 20, 18)
#define VMCR_BPR0(v) FIELD(v, 23, 21)
#define VMCR_PMR(v)  FIELD(v, 31, 24)

/* ICH_VTR_EL2 */
#define VTR_LRS(v)     (FIELD(v, 4, 0) + 1)
#define VTR_PREBITS(v) (FIELD(v, 28, 26) + 1)

uint64_t vgic_hw_vtr(void);
uint64_t vgic_hw_hcr(void);
void vgic_hw_set_hcr(uint64_t value);
uint64_t vgic_hw_vmcr(void);
void vgic_hw_set_vmcr(uint64_t value);

/* n below VTR_LRS */
uint64_t vgic_hw_lr(unsigned n);
void vgic_hw_set_lr(unsigned n, uint64_t value);

/* Active priorities of a group; n below 1 << (VTR_PREBITS - 5). */
uint64_t vgic_hw_apr(bool group1, unsigned n);
void vgic_hw_set_apr(bool group1, unsigned n, uint64_t value);

/* What was written above holds for what the CPU does next. */
void vgic_hw_sync(void);

#endif
