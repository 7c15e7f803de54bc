/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GICv3 and GICv4 interrupt controller (Arm IHI 0069): what both EL2 and EL3 do to it, by
 * interrupt number (INTID). What a function does depends on who calls: EL3 sees the Secure view of
 * the registers, EL2 the Non-secure one, where other groups' interrupts read as zero and ignore
 * writes. Affinity routing is on. The CPU interface is inline at the end; it acts on the CPU that
 * calls. Left out: LPIs and the ITS, extended SPI and PPI ranges, 1-of-N routing.
 */
#ifndef DRIVERS_GICV3_H
#define DRIVERS_GICV3_H

#include "drivers/gicv3_defs.h"
#include "lib/types.h"

#define GIC_SGI_FIRST  0u
#define GIC_PPI_FIRST  16u
#define GIC_SPI_FIRST  32u
#define GIC_SPI_END    1020u
#define GIC_G1NS_PEND  1021u /* the same, Non-secure */
#define GIC_INTID_MASK 0xffffffu

/* GICD_CTLR. The Non-secure view has GIC_ENABLE_G1NS in bit 1 and ARE in bit 4 as well. */
#define GICD_ENABLE_G0	 0x01u
#define GICD_ENABLE_G1NS 0x02u
#define GICD_ENABLE_G1S	 0x04u
#define GICD_ARE_S	 0x10u /* in the Non-secure view: ARE_NS */
#define GICD_ARE_NS	 0x20u
#define GICD_DS		 0x40u

/* A view: the distributor, and the redistributor that holds the INTIDs below 32 that are meant. */
struct gicv3 {
	uintptr_t dist;
	uintptr_t redist; /* of one CPU; 0 if only SPIs are touched */
};

enum gicv3_group { GICV3_G0, GICV3_G1NS, GICV3_G1S };

/*
 * The redistributor frames of the CPU with this affinity (MPIDR's Aff fields; other bits are
 * ignored) among those in [base, base + size). 0 if there is none.
 */
uintptr_t gicv3_redistributor(uintptr_t base, uint64_t size, uint64_t mpidr);

/* The distributor is a GICv3 or GICv4. */
bool gicv3_present(uintptr_t dist);

/* Number of INTIDs that the distributor has: a multiple of 32 up to 1020. */
unsigned gicv3_lines(uintptr_t dist);

/* Write GICD_CTLR, wait until it took effect. */
void gicv3_set_control(uintptr_t dist, uint32_t control);
uint32_t gicv3_control(uintptr_t dist);

/* Wait until earlier writes to the distributor or to this redistributor took effect. */
void gicv3_dist_wait(uintptr_t dist);
void gicv3_redist_wait(uintptr_t redist);

/* Tell the redistributor that its CPU takes part, wait until it does; or that it leaves. */
void gicv3_redist_wake(uintptr_t redist);
void gicv3_redist_sleep(uintptr_t redist);

/*
 * By INTID, below gicv3_lines(). Below 32 the redistributor of the view is meant. gicv3_disable()
 * returns when the interrupt can no longer be signalled.
 */
void gicv3_enable(const struct gicv3 *gic, unsigned intid);
void gicv3_disable(const struct gicv3 *gic, unsigned intid);
bool gicv3_is_enabled(const struct gicv3 *gic, unsigned intid);
void gicv3_set_pending(const struct gicv3 *gic, unsigned intid);
void gicv3_clear_pending(const struct gicv3 *gic, unsigned intid);
bool gicv3_is_pending(const struct gicv3 *gic, unsigned intid);
void gicv3_set_active(const struct gicv3 *gic, unsigned intid);
void gicv3_clear_active(const struct gicv3 *gic, unsigned intid);
bool gicv3_is_active(const struct gicv3 *gic, unsigned intid);
void gicv3_set_priority(const struct gicv3 *gic, unsigned intid, uint8_t priority);
uint8_t gicv3_priority(const struct gicv3 *gic, unsigned intid);

/* Secure view only. */
void gicv3_set_group(const struct gicv3 *gic, unsigned intid, enum gicv3_group group);

/* PPIs and SPIs: rising edge, or level. The interrupt is disabled meanwhile by the caller. */
void gicv3_set_edge(const struct gicv3 *gic, unsigned intid, bool edge);
bool gicv3_is_edge(const struct gicv3 *gic, unsigned intid);

/* SPIs: deliver to the CPU with this affinity (MPIDR; bits that are not affinity are ignored). */
void gicv3_route(const struct gicv3 *gic, unsigned intid, uint64_t mpidr);

#ifdef __aarch64__
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"

/* Acknowledge the highest pending group 1 interrupt: its INTID (GIC_SPURIOUS: none). */
static inline unsigned gicv3_iar1(void)
{
	unsigned intid = (unsigned)(read_sysreg(ICC_IAR1_EL1) & GIC_INTID_MASK);

	dsb(sy);
	return intid;
}

/* Drop the running priority, and with ICC_CTLR.EOImode 0 deactivate too. */
static inline void gicv3_eoir1(unsigned intid)
{
	write_sysreg(ICC_EOIR1_EL1, intid);
	isb();
}

/* Deactivate. Only with EOImode 1. */
static inline void gicv3_dir(unsigned intid)
{
	write_sysreg(ICC_DIR_EL1, intid);
	isb();
}

/* Send SGI 0-15 to the CPU with this affinity, Aff0 below 16 * 16 through the range selector. What
 * was written to memory before is seen by the receiver. */
static inline void gicv3_sgi1r(unsigned intid, uint64_t mpidr)
{
	uint64_t aff0 = mpidr & 0xff;

	dsb(ishst);
	write_sysreg(ICC_SGI1R_EL1, (uint64_t)intid << 24 | (mpidr >> 32 & 0xff) << 48 |
					    (mpidr >> 16 & 0xff) << 32 | (mpidr >> 8 & 0xff) << 16 |
					    (aff0 >> 4) << 44 | 1ull << (aff0 & 15));
	isb();
}

/* Interrupts of a lower number than `mask` get through. */
static inline void gicv3_set_priority_mask(uint8_t mask)
{
	write_sysreg(ICC_PMR_EL1, mask);
	isb();
}

/* Let group 1 interrupts of the calling world through to this CPU, or not. */
static inline void gicv3_enable_group1(bool on)
{
	write_sysreg(ICC_IGRPEN1_EL1, on ? 1 : 0);
	isb();
}

/* ICC_CTLR.EOImode: true, EOIR only drops the priority and DIR deactivates. */
static inline void gicv3_split_eoi(bool split)
{
	write_sysreg(ICC_CTLR_EL1, (read_sysreg(ICC_CTLR_EL1) & ~2ull) | (split ? 2ull : 0ull));
	isb();
}

/* EL2: system registers instead of memory-mapped ones, for EL2 and for EL1 below. */
static inline void gicv3_use_sysregs_el2(void)
{
	write_sysreg(ICC_SRE_EL2, 0xf);
	isb();
}
#endif

#endif
