/* SPDX-License-Identifier: BSD-2-Clause */
/* The GIC as one CPU sees it (Arm IHI 0069): identification, states, priorities, both EOI modes. */
#include "guest/lib/gic.h"
#include "guest/arch/arch.h"
#include "guest/lib/board.h"
#include "guest/lib/cpu.h"
#include "guest/lib/test.h"
#include "lib/util.h"

#define SELF	 1u /* CPU 0 */
#define SPI	 100u
#define EOI_MODE BIT(1)
#define IDLE	 0xff

static bool quiet(void)
{
	return !gic_signalled(false) && gic_acknowledge() == GIC_SPURIOUS;
}

/* Take the one signalled interrupt and end it. Returns its INTID. */
static unsigned take(void)
{
	unsigned intid = gic_signalled(true) ? gic_acknowledge() : GIC_SPURIOUS;

	if (intid < 1020)
		gic_end(intid);
	return intid;
}

static void identification(void)
{
	uint64_t typer = read64(BOARD_GICR + 8);

	check(FIELD(read32(BOARD_GICD + 0xffe8), 7, 4) == 3, "GICD_PIDR2: GICv3");
	check(FIELD(read32(BOARD_GICR + 0xffe8), 7, 4) == 3, "GICR_PIDR2: GICv3");
	check((typer >> 32) == 0 && FIELD(typer, 23, 8) == 0, "GICR_TYPER: CPU 0's affinity");
	check(((typer & BIT(4)) != 0) == (board.cpus == 1), "GICR_TYPER.Last");
	check(((read64(BOARD_GICR + (board.cpus - 1) * BOARD_GICR_STRIDE + 8) & BIT(4)) != 0),
	      "the last CPU's redistributor is the last");
	check((read32(BOARD_GICD) & (BIT(4) | BIT(1))) == (BIT(4) | BIT(1)),
	      "GICD_CTLR: affinity routing and group 1 enabled");
	check((read_sysreg(ICC_SRE_EL1) & 1) == 1, "ICC_SRE_EL1.SRE is set");
	check(FIELD(read_sysreg(ICC_CTLR_EL1), 10, 8) >= 4, "at least 5 priority bits");
	check(FIELD(read32(BOARD_GICD + 4), 4, 0) >= 2, "at least 64 SPIs");
	check((read32(BOARD_GICR + 0x10100) & 0xffff) == 0 ||
		      (read32(BOARD_GICR + 0x10100) & 0xffff) == 0xffff,
	      "SGIs: all disabled, or always enabled");
}

static void self_sgi(void)
{
	unsigned wrong = 0;

	for (unsigned sgi = 0; sgi < 16; sgi++) {
		gic_set(GIC_ENABLE, sgi);
		gic_send(sgi, SELF);
		wrong += take() != sgi;
	}
	check(wrong == 0 && quiet(), "each of 16 SGIs to itself arrives once");
	for (unsigned sgi = 0; sgi < 16; sgi++)
		gic_send(sgi, SELF);
	for (unsigned sgi = 0; sgi < 16; sgi++)
		wrong += take() != sgi;
	check(wrong == 0 && quiet(), "16 pending SGIs of one priority: the lowest INTID first");
}

static void states(unsigned intid, const char *kind)
{
	gic_set(GIC_DISABLE, intid);
	check(!gic_get(GIC_ENABLE, intid), "%s: disabled", kind);
	gic_set(GIC_SET_PENDING, intid);
	check(gic_get(GIC_SET_PENDING, intid) && gic_get(GIC_CLEAR_PENDING, intid),
	      "%s: set pending by software", kind);
	check(!gic_signalled(false), "%s: pending but disabled", kind);
	gic_set(GIC_ENABLE, intid);
	check(take() == intid, "%s: signalled once enabled", kind);
	check(!gic_get(GIC_SET_PENDING, intid) && quiet(), "%s: taken, no longer pending", kind);
	gic_set(GIC_SET_PENDING, intid);
	gic_set(GIC_CLEAR_PENDING, intid);
	check(!gic_get(GIC_SET_PENDING, intid) && quiet(), "%s: pending withdrawn", kind);
	gic_set(GIC_SET_ACTIVE, intid);
	gic_set(GIC_SET_PENDING, intid);
	check(gic_get(GIC_SET_ACTIVE, intid) && !gic_signalled(false),
	      "%s: active by software, so not signalled", kind);
	gic_set(GIC_CLEAR_ACTIVE, intid);
	check(take() == intid && !gic_get(GIC_SET_ACTIVE, intid),
	      "%s: signalled when no longer active", kind);
	gic_set(GIC_DISABLE, intid);
	gic_set(GIC_SET_PENDING, intid);
	gic_set(GIC_ENABLE, intid);
	gic_set(GIC_DISABLE, intid);
	check(!gic_signalled(false), "%s: disabled while signalled, withdrawn", kind);
	gic_set(GIC_CLEAR_PENDING, intid);
	gic_set(GIC_ENABLE, intid);
}

static void pending_and_active(void)
{
	gic_send(3, SELF);
	check(gic_signalled(true) && gic_acknowledge() == 3, "SGI 3 acknowledged");
	gic_send(3, SELF);
	check(gic_get(GIC_SET_PENDING, 3) && gic_get(GIC_SET_ACTIVE, 3),
	      "SGI 3 is active and pending");
	check(!gic_signalled(false), "and not signalled meanwhile");
	gic_end(3);
	check(take() == 3 && quiet(), "the second one comes after EOI");
}

static void priorities(void)
{
	gic_priority(1, 0x80);
	gic_priority(2, 0x40);
	check(read8(BOARD_GICR + 0x10400 + 2) == 0x40, "IPRIORITYR by byte");
	gic_send(1, SELF);
	gic_send(2, SELF);
	check(gic_signalled(true) && gic_acknowledge() == 2, "the higher priority first");
	check(read_sysreg(ICC_RPR_EL1) == 0x40, "the running priority is its priority");
	check(!gic_signalled(false) && gic_acknowledge() == GIC_SPURIOUS,
	      "the lower one does not preempt");
	gic_end(2);
	check(take() == 1, "the lower one after EOI");
	check(read_sysreg(ICC_RPR_EL1) == IDLE, "idle priority after that");
	gic_send(1, SELF);
	check(gic_signalled(true) && gic_acknowledge() == 1, "the lower one alone");
	gic_send(2, SELF);
	check(gic_signalled(true) && gic_acknowledge() == 2, "the higher one preempts it");
	gic_end(2);
	check(read_sysreg(ICC_RPR_EL1) == 0x80, "EOI drops to the preempted priority");
	gic_end(1);
	check(quiet(), "both ended");
}

static void masks(void)
{
	write_sysreg(ICC_PMR_EL1, 0x80);
	gic_send(1, SELF);
	check(!gic_signalled(false), "PMR masks an equal priority");
	gic_send(2, SELF);
	check(take() == 2, "PMR lets a higher one through");
	write_sysreg(ICC_PMR_EL1, 0xf0);
	isb();
	check(take() == 1, "opening PMR delivers");
	write_sysreg(ICC_IGRPEN1_EL1, 0);
	gic_send(1, SELF);
	check(!gic_signalled(false), "group 1 off at the CPU");
	write_sysreg(ICC_IGRPEN1_EL1, 1);
	isb();
	check(take() == 1, "group 1 on again");
	write32(BOARD_GICD, BIT(4));
	gic_send(1, SELF);
	check(!gic_signalled(false), "group 1 off at the distributor");
	write32(BOARD_GICD, BIT(4) | BIT(1));
	check(take() == 1 && quiet(), "and on again");
}

static void split_eoi(void)
{
	write_sysreg(ICC_CTLR_EL1, EOI_MODE);
	isb();
	check((read_sysreg(ICC_CTLR_EL1) & EOI_MODE) != 0, "EOImode is 1");
	gic_send(1, SELF);
	check(gic_signalled(true) && gic_acknowledge() == 1, "EOImode 1: acknowledged");
	gic_end(1);
	check(read_sysreg(ICC_RPR_EL1) == IDLE && gic_get(GIC_SET_ACTIVE, 1),
	      "EOImode 1: EOI drops the priority, it stays active");
	gic_send(1, SELF);
	check(!gic_signalled(false), "EOImode 1: not again before DIR");
	gic_send(2, SELF);
	check(gic_signalled(true) && gic_acknowledge() == 2, "EOImode 1: others come");
	gic_end(2);
	write_sysreg(ICC_DIR_EL1, 2);
	write_sysreg(ICC_DIR_EL1, 1);
	isb();
	check(!gic_get(GIC_SET_ACTIVE, 2) && gic_signalled(true) && gic_acknowledge() == 1,
	      "EOImode 1: DIR deactivates, the next one comes");
	gic_end(1);
	write_sysreg(ICC_DIR_EL1, 1);
	write_sysreg(ICC_CTLR_EL1, 0);
	isb();
	check(quiet(), "EOImode 0 again");
}

static void many_active(void)
{
	unsigned wrong = 0;

	write_sysreg(ICC_CTLR_EL1, EOI_MODE);
	isb();
	for (unsigned sgi = 0; sgi < 16; sgi++) {
		gic_set(GIC_ENABLE, sgi);
		gic_send(sgi, SELF);
		wrong += take() != sgi;
	}
	for (unsigned sgi = 0; sgi < 16; sgi++)
		wrong += !gic_get(GIC_SET_ACTIVE, sgi);
	for (unsigned sgi = 16; sgi-- > 0;) {
		write_sysreg(ICC_DIR_EL1, sgi);
		isb();
		wrong += gic_get(GIC_SET_ACTIVE, sgi);
	}
	write_sysreg(ICC_CTLR_EL1, 0);
	isb();
	check(wrong == 0 && quiet(), "16 interrupts active at once, more than list registers");
}

void arch_gic(void)
{
	gic_init_distributor();
	gic_init_cpu();
	identification();
	check(quiet(), "nothing pending at first");
	self_sgi();
	states(7, "SGI");
	states(20, "PPI");
	gic_edge(SPI, true);
	gic_route(SPI, 0);
	states(SPI, "edge SPI");
	gic_edge(SPI, false);
	states(SPI, "level SPI");
	gic_set(GIC_DISABLE, SPI);
	pending_and_active();
	priorities();
	masks();
	split_eoi();
	many_active();
}
