/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who gets which interrupt. All belong to the normal world (group 1 Non-secure) except SGIs 8-15,
 * which are the TEE's; what else the TEE needs it moves to its group itself. Secure interrupts
 * have a priority that no mask of the normal world can hide. Nothing is acknowledged here.
 */
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"
#include "drivers/gicv3.h"
#include "firmware/el3.h"
#include "lib/assert.h"
#include "lib/util.h"

#define NONSECURE_PRIORITY 0x80
#define SECURE_PRIORITY	   0x00
#define SECURE_SGI_FIRST   8u
#define SECURE_TIMER	   29u /* the TEE moves it to its group but gives it no priority */

#define IGRPEN1_EL3_NS BIT(0)
#define IGRPEN1_EL3_S  BIT(1)

static const struct gicv3 spis = {BOARD_GICD, 0};

static uintptr_t redistributor(uint64_t index)
{
	return gicv3_redistributor(board.gicr.base, board.gicr.size, index);
}

bool gic_has_cpu(uint64_t index)
{
	return redistributor(index) != 0;
}

static void give_to_nonsecure(const struct gicv3 *gic, unsigned intid)
{
	gicv3_disable(gic, intid);
	gicv3_set_group(gic, intid, GICV3_G1NS);
	gicv3_set_priority(gic, intid, NONSECURE_PRIORITY);
}

void gic_init(void)
{
	unsigned end = gicv3_lines(board.gicd.base);

	if (!gicv3_present(board.gicd.base))
		panic("no GICv3 at 0x%lx: the board needs gic-version=3",
		      (unsigned long)board.gicd.base);
	gicv3_set_control(board.gicd.base, 0);
	gicv3_set_control(board.gicd.base, GICD_ARE_S | GICD_ARE_NS);
	for (unsigned intid = GIC_SPI_FIRST; intid < end; intid++) {
		give_to_nonsecure(&spis, intid);
		gicv3_set_edge(&spis, intid, false);
	}
}

void gic_release_cpus(void)
{
	dsb(sy);
	gicv3_set_control(board.gicd.base, GICD_ARE_S | GICD_ARE_NS | GICD_ENABLE_G1S);
}

static void init_private(const struct gicv3 *gic)
{
	for (unsigned intid = 0; intid < GIC_SPI_FIRST; intid++)
		give_to_nonsecure(gic, intid);
	for (unsigned intid = SECURE_SGI_FIRST; intid < GIC_PPI_FIRST; intid++) {
		gicv3_set_group(gic, intid, GICV3_G1S);
		gicv3_set_priority(gic, intid, SECURE_PRIORITY);
		gicv3_enable(gic, intid);
	}
	gicv3_set_priority(gic, SECURE_TIMER, SECURE_PRIORITY);
}

/* System registers at all levels of both worlds; EL2's and the normal world's EL1's are reached
 * with SCR_EL3.NS set. */
static void use_sysregs(void)
{
	write_sysreg(ICC_SRE_EL3, 0xf);
	isb();
	write_sysreg(ICC_SRE_EL1, 7);
	write_sysreg(scr_el3, control_scr_nonsecure());
	isb();
	write_sysreg(ICC_SRE_EL2, 0xf);
	isb();
	write_sysreg(ICC_SRE_EL1, 7);
	isb();
	write_sysreg(scr_el3, control_scr_secure());
	isb();
}

void gic_cpu_up(uint64_t index, bool secure_interrupts)
{
	struct gicv3 gic = {BOARD_GICD, redistributor(index)};

	gicv3_redist_wake(gic.redist);
	init_private(&gic);
	use_sysregs();
	gicv3_set_priority_mask(0xff);
	write_sysreg(ICC_IGRPEN0_EL1, 0);
	write_sysreg(ICC_IGRPEN1_EL3, secure_interrupts ? IGRPEN1_EL3_S : 0);
	isb();
}

void gic_cpu_down(uint64_t index)
{
	write_sysreg(ICC_IGRPEN1_EL3, 0);
	isb();
	gicv3_redist_sleep(redistributor(index));
}
