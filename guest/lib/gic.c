/* SPDX-License-Identifier: BSD-2-Clause */
/* The accesses behind gic.h. Nothing is remembered: each function reads or writes the hardware. */
#include "guest/lib/gic.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "lib/util.h"

#define GICD_CTLR	 0x0000
#define GICD_TYPER	 0x0004
#define GICD_IPRIORITYR	 0x0400
#define GICD_ICFGR	 0x0c00
#define GICD_IROUTER	 0x6000
#define CTLR_GROUP1	 BIT(1)
#define CTLR_ARE	 BIT(4)
#define CTLR_RWP	 BIT(31)
#define GICR_WAKER	 0x14
#define WAKER_SLEEP	 BIT(1)
#define WAKER_ASLEEP	 BIT(2)
#define SGI_FRAME	 0x10000
#define ISR_IRQ		 BIT(7)
#define SGI1R_IRM	 BIT(40)
#define DEFAULT_PRIORITY 0xa0

static uint64_t frame_of(unsigned intid)
{
	return intid >= INTID_FIRST_SPI ? BOARD_GICD
					: BOARD_GICR + cpu_index() * BOARD_GICR_STRIDE + SGI_FRAME;
}

static uint64_t word_of(enum gic_bank bank, unsigned intid)
{
	return frame_of(intid) + bank + 4ull * (intid / 32);
}

void gic_set(enum gic_bank bank, unsigned intid)
{
	write32(word_of(bank, intid), (uint32_t)BIT(intid % 32));
	while ((read32(BOARD_GICD + GICD_CTLR) & CTLR_RWP) != 0)
		;
	dsb();
}

bool gic_get(enum gic_bank bank, unsigned intid)
{
	return (read32(word_of(bank, intid)) >> intid % 32 & 1) != 0;
}

void gic_priority(unsigned intid, uint8_t priority)
{
	write8(frame_of(intid) + GICD_IPRIORITYR + intid, priority);
	dsb();
}

void gic_edge(unsigned intid, bool edge)
{
	uint64_t address = frame_of(intid) + GICD_ICFGR + 4ull * (intid / 16);
	uint32_t bit = (uint32_t)BIT(2 * (intid % 16) + 1);
	uint32_t old = read32(address);

	write32(address, edge ? old | bit : old & ~bit);
}

void gic_route(unsigned spi, unsigned cpu)
{
	write64(BOARD_GICD + GICD_IROUTER + 8ull * spi, cpu);
}

void gic_init_distributor(void)
{
	uint32_t words = (uint32_t)FIELD(read32(BOARD_GICD + GICD_TYPER), 4, 0) + 1;

	write32(BOARD_GICD + GICD_CTLR, CTLR_ARE | CTLR_GROUP1);
	for (uint32_t n = 1; n < words && n < 32; n++) {
		write32(BOARD_GICD + GIC_DISABLE + 4ull * n, ~0u);
		write32(BOARD_GICD + GIC_CLEAR_PENDING + 4ull * n, ~0u);
		write32(BOARD_GICD + GIC_CLEAR_ACTIVE + 4ull * n, ~0u);
		write32(BOARD_GICD + GIC_GROUP + 4ull * n, ~0u);
	}
	dsb();
}

static void init_redistributor(void)
{
	uint64_t base = BOARD_GICR + cpu_index() * BOARD_GICR_STRIDE, sgi = base + SGI_FRAME;

	write32(base + GICR_WAKER, (uint32_t)(read32(base + GICR_WAKER) & ~WAKER_SLEEP));
	while ((read32(base + GICR_WAKER) & WAKER_ASLEEP) != 0)
		;
	write32(sgi + GIC_DISABLE, ~0u);
	write32(sgi + GIC_CLEAR_PENDING, ~0u);
	write32(sgi + GIC_CLEAR_ACTIVE, ~0u);
	write32(sgi + GIC_GROUP, ~0u);
	for (unsigned intid = 0; intid < 32; intid++)
		gic_priority(intid, DEFAULT_PRIORITY);
}

void gic_init_cpu(void)
{
	write_sysreg(ICC_SRE_EL1, 7);
	isb();
	init_redistributor();
	write_sysreg(ICC_CTLR_EL1, 0);
	write_sysreg(ICC_BPR1_EL1, 0);
	write_sysreg(ICC_PMR_EL1, 0xff);
	write_sysreg(ICC_IGRPEN1_EL1, 1);
	isb();
}

void gic_send(unsigned sgi, unsigned cpus)
{
	dsb();
	write_sysreg(ICC_SGI1R_EL1, (uint64_t)sgi << 24 | cpus);
	isb();
}

void gic_send_others(unsigned sgi)
{
	dsb();
	write_sysreg(ICC_SGI1R_EL1, (uint64_t)sgi << 24 | SGI1R_IRM);
	isb();
}

unsigned gic_acknowledge(void)
{
	unsigned intid = (unsigned)read_sysreg(ICC_IAR1_EL1);

	dsb();
	return intid;
}

void gic_end(unsigned intid)
{
	write_sysreg(ICC_EOIR1_EL1, intid);
	isb();
}

bool gic_signalled(bool expected)
{
	uint64_t end = clock_now() + clock_ms(20);
	bool now;

	do {
		isb();
		now = (read_sysreg(ISR_EL1) & ISR_IRQ) != 0;
	} while (now != expected && clock_now() < end);
	return now;
}
