/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical interrupts at EL2. They are never taken as exceptions of EL2: irq_take() asks the GIC,
 * on traps, in the idle loop, and when the Secure world was stopped by one. Priority drop and
 * deactivation are separate (EOImode 1): a guest timer's interrupt stays active until its guest
 * deactivates the virtual one, which the list register ties to it.
 */
#include "hypervisor/console.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/tee.h"
#include "lib/assert.h"

static uintptr_t redist_base;
static uint64_t redist_size;
static uintptr_t dist_base;
static uint32_t uart_irq;
static uint64_t tee_irqs[1024 / 64]; /* set at boot, by one CPU at a time */

static void hyp_timer(struct pcpu *p)
{
	write_sysreg(cnthp_ctl_el2, 0);
	isb();
	__atomic_store_n(&p->resched, true, __ATOMIC_RELAXED);
}

static void guest_timer(struct pcpu *p, uint32_t intid)
{
	if (p->current != NULL) {
		vgic_hw_fired(p->current, intid); /* deactivated by the guest */
		return;
	}
	gicv3_dir(intid);
}

static void irq_dispatch(struct pcpu *p, uint32_t intid)
{
	p->interrupts++;
	if (intid == PPI_GUEST_VTIMER || intid == PPI_GUEST_PTIMER) {
		guest_timer(p, intid);
		return;
	}
	if (intid == SGI_KICK)
		__atomic_store_n(&p->resched, true, __ATOMIC_RELAXED);
	else if (intid == PPI_HYP_TIMER)
		hyp_timer(p);
	else if (intid == PPI_MAINTENANCE && p->current != NULL)
		vgic_maintenance(p->current);
	else if (intid == uart_irq)
		console_interrupt();
	gicv3_dir(intid);
	if (UNLIKELY((tee_irqs[intid / 64] & BIT(intid % 64)) != 0))
		tee_interrupt(intid);
}

void irq_take(void)
{
	struct pcpu *p = this_pcpu();

	for (;;) {
		uint32_t intid = gicv3_iar1();

		if (intid >= 1020)
			return;
		gicv3_eoir1(intid);
		irq_dispatch(p, intid);
	}
}

void irq_claim_for_tee(uint32_t intid)
{
	struct gicv3 *gic = &this_pcpu()->gic;

	gicv3_clear_active(gic, intid);
	gicv3_set_priority(gic, intid, 0xa0);
	if (intid >= GIC_SPI_FIRST)
		gicv3_route(gic, intid, read_sysreg(mpidr_el1));
	__atomic_or_fetch(&tee_irqs[intid / 64], BIT(intid % 64), __ATOMIC_RELAXED);
	gicv3_enable(gic, intid);
}

void pirq_set_active(uint32_t intid, bool active)
{
	struct pcpu *p = this_pcpu();

	if (active)
		gicv3_set_active(&p->gic, intid);
	else
		gicv3_clear_active(&p->gic, intid);
}

void irq_init(pa_t gicd, pa_t gicr, uint64_t gicr_size, uint32_t uart_intid)
{
	struct gicv3 gic = {.dist = gicd.pa, .redist = 0};
	volatile uint32_t *ctlr = (volatile uint32_t *)gicd.pa;

	if (!gicv3_present(gicd.pa))
		panic("no GICv3 at %#lx", gicd.pa);
	dist_base = gicd.pa;
	redist_base = gicr.pa;
	redist_size = gicr_size;
	*ctlr |= GICD_ENABLE_G1NS | 0x10u; /* ARE in the Non-secure view */
	gicv3_dist_wait(gicd.pa);
	if (uart_intid >= GIC_SPI_FIRST) {
		uart_irq = uart_intid;
		gicv3_set_priority(&gic, uart_intid, 0xa0);
		gicv3_route(&gic, uart_intid, read_sysreg(mpidr_el1));
		gicv3_enable(&gic, uart_intid);
	}
}

void irq_cpu_init(struct pcpu *p)
{
	static const uint32_t mine[] = {SGI_KICK, PPI_MAINTENANCE, PPI_HYP_TIMER, PPI_GUEST_VTIMER,
					PPI_GUEST_PTIMER};

	p->gic.dist = dist_base;
	p->gic.redist = gicv3_redistributor(redist_base, redist_size, read_sysreg(mpidr_el1));
	if (p->gic.redist == 0)
		panic("cpu%u has no redistributor", p->index);
	gicv3_redist_wake(p->gic.redist);
	gicv3_use_sysregs_el2();
	for (unsigned i = 0; i < ARRAY_SIZE(mine); i++) {
		gicv3_clear_active(&p->gic, mine[i]);
		gicv3_set_priority(&p->gic, mine[i], 0xa0);
		gicv3_enable(&p->gic, mine[i]);
	}
	gicv3_set_priority_mask(0xff);
	gicv3_split_eoi(true);
	gicv3_enable_group1(true);
	vgic_cpu_init();
}
