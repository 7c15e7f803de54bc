/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GICv3 with affinity routing and one Security state (Arm IHI 0069). INTIDs below 32 are reached
 * through the calling CPU's redistributor, others through the distributor.
 */
#ifndef GUEST_LIB_GIC_H
#define GUEST_LIB_GIC_H

#include <stdbool.h>
#include <stdint.h>

#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_RPR_EL1	S3_0_C12_C11_3
#define ICC_DIR_EL1	S3_0_C12_C11_1
#define ICC_SGI1R_EL1	S3_0_C12_C11_5
#define ICC_IAR1_EL1	S3_0_C12_C12_0
#define ICC_EOIR1_EL1	S3_0_C12_C12_1
#define ICC_HPPIR1_EL1	S3_0_C12_C12_2
#define ICC_BPR1_EL1	S3_0_C12_C12_3
#define ICC_CTLR_EL1	S3_0_C12_C12_4
#define ICC_SRE_EL1	S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7

#define GIC_SPURIOUS	1023u
#define INTID_PTIMER	30u
#define INTID_VTIMER	27u
#define INTID_FIRST_SPI 32u

/* Banks of one bit per INTID, by their offset. */
enum gic_bank {
	GIC_GROUP = 0x080,
	GIC_ENABLE = 0x100,
	GIC_DISABLE = 0x180,
	GIC_SET_PENDING = 0x200,
	GIC_CLEAR_PENDING = 0x280,
	GIC_SET_ACTIVE = 0x300,
	GIC_CLEAR_ACTIVE = 0x380,
};

void gic_init_distributor(void);
/* Everything of this CPU: all of its INTIDs in group 1, disabled, priority 0xa0, PMR open. */
void gic_init_cpu(void);
/* Write a one for `intid` into a bank; read its bit. */
void gic_set(enum gic_bank bank, unsigned intid);
bool gic_get(enum gic_bank bank, unsigned intid);
void gic_priority(unsigned intid, uint8_t priority);
void gic_edge(unsigned intid, bool edge);
/* Send an SPI to the CPU of this index. */
void gic_route(unsigned spi, unsigned cpu);
/* An SGI to the CPUs whose indices are bits of `cpus`; to all but the caller. */
void gic_send(unsigned sgi, unsigned cpus);
void gic_send_others(unsigned sgi);
unsigned gic_acknowledge(void);
void gic_end(unsigned intid);
/* An interrupt would be taken now if PSTATE.I were clear; waits up to 20 ms for `expected`. */
bool gic_signalled(bool expected);

#endif
