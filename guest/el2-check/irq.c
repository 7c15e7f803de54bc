/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Just enough of the GICv3 for CPU 0 at EL2: the EL2 timer and the TEE's notification.
 */
#include "guest/el2-check/check.h"

#define GICD	   ((volatile uint32_t *)0x08000000)
#define GICD_ROUTE ((volatile uint64_t *)0x08006000)
#define GICR_SGI   ((volatile uint32_t *)0x080b0000)

#define TIMER_INTID 26u
#define TEE_INTID   219u

volatile uint64_t irq_timer_count, irq_tee_count;
static volatile uint64_t again;

void take_interrupt(void);

void irq_init(void)
{
	WRITE("hcr_el2", 1ull << 31 | 1ull << 4 | 1ull << 3); /* RW, IMO, FMO */
	GICD[0] |= 2;
	GICD[0x100 / 4 + TEE_INTID / 32] = 1u << TEE_INTID % 32;
	GICD_ROUTE[TEE_INTID] = 0;
	GICR_SGI[0x100 / 4] = 1u << TIMER_INTID;
	WRITE("S3_4_C12_C9_5", 0xf);  /* ICC_SRE_EL2 */
	WRITE("S3_0_C4_C6_0", 0xf0);  /* ICC_PMR_EL1 */
	WRITE("S3_0_C12_C12_7", 1ul); /* ICC_IGRPEN1_EL1 */
}

void irq_timer(uint64_t in_ticks)
{
	again = 0;
	WRITE("cnthp_tval_el2", in_ticks);
	WRITE("cnthp_ctl_el2", in_ticks != 0);
}

void irq_timer_again(uint64_t every_ticks)
{
	irq_timer(every_ticks);
	again = every_ticks;
}

void irq_open(void)
{
	__asm__ volatile("msr daifclr, #2\n\tisb\n\tnop\n\tmsr daifset, #2" ::: "memory");
}

void take_interrupt(void)
{
	uint64_t intid = READ("S3_0_C12_C12_0") & 0xffffff;

	if (intid == TIMER_INTID) {
		irq_timer_count++;
		WRITE("cnthp_tval_el2", again);
		WRITE("cnthp_ctl_el2", again != 0);
	} else if (intid == TEE_INTID) {
		irq_tee_count++;
	}
	if (intid < 1020)
		WRITE("S3_0_C12_C12_1", intid);
}
