/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drivers/gicv3.h. Register numbers are those of Arm IHI 0069, chapter 12: the distributor's, and
 * the same offsets in the second (SGI) frame of a redistributor for INTIDs below 32.
 */
#include "drivers/gicv3.h"
#include "arch/barrier.h"
#include "arch/mmio.h"
#include "lib/util.h"

enum {
	CTLR = 0x0000,
	TYPER = 0x0004,
	GICR_TYPER = 0x0008,
	GICR_WAKER = 0x0014,
	IGROUPR = 0x0080,
	ISENABLER = 0x0100,
	ICENABLER = 0x0180,
	ISPENDR = 0x0200,
	ICPENDR = 0x0280,
	ISACTIVER = 0x0300,
	ICACTIVER = 0x0380,
	IPRIORITYR = 0x0400,
	ICFGR = 0x0c00,
	IGRPMODR = 0x0d00,
	IROUTER = 0x6000,
	PIDR2 = 0xffe8,
};

#define FRAME_SIZE	  0x10000u
#define GICD_RWP	  BIT(31)
#define GICR_RWP	  BIT(3)
#define GICR_VLPIS	  BIT(1) /* two more frames follow */
#define GICR_LAST	  BIT(4)
#define WAKER_SLEEP	  BIT(1)
#define WAKER_ASLEEP	  BIT(2)
#define AFFINITY_IN_MPIDR (BITS(39, 32) | BITS(23, 0))

static uint32_t typer_affinity(uint64_t mpidr)
{
	return (uint32_t)(FIELD(mpidr, 39, 32) << 24 | FIELD(mpidr, 23, 0));
}

uintptr_t gicv3_redistributor(uintptr_t base, uint64_t size, uint64_t mpidr)
{
	uint64_t offset = 0;

	while (offset + 2ull * FRAME_SIZE <= size) {
		uint64_t typer = mmio_read64(base + offset + GICR_TYPER);

		if (typer >> 32 == typer_affinity(mpidr))
			return base + offset;
		if ((typer & GICR_LAST) != 0)
			break;
		offset += (typer & GICR_VLPIS) != 0 ? 4 * FRAME_SIZE : 2 * FRAME_SIZE;
	}
	return 0;
}

bool gicv3_present(uintptr_t dist)
{
	uint64_t revision = FIELD(mmio_read32(dist + PIDR2), 7, 4);

	return revision == 3 || revision == 4;
}

unsigned gicv3_lines(uintptr_t dist)
{
	unsigned lines = 32 * (unsigned)(FIELD(mmio_read32(dist + TYPER), 4, 0) + 1);

	return lines < GIC_SPI_END ? lines : GIC_SPI_END;
}

void gicv3_dist_wait(uintptr_t dist)
{
	while ((mmio_read32(dist + CTLR) & GICD_RWP) != 0)
		;
}

void gicv3_redist_wait(uintptr_t redist)
{
	while ((mmio_read32(redist + CTLR) & GICR_RWP) != 0)
		;
}

void gicv3_set_control(uintptr_t dist, uint32_t control)
{
	mmio_write32(dist + CTLR, control);
	gicv3_dist_wait(dist);
}

uint32_t gicv3_control(uintptr_t dist)
{
	return mmio_read32(dist + CTLR);
}

static void redist_sleep(uintptr_t redist, bool sleep)
{
	uint32_t waker = mmio_read32(redist + GICR_WAKER) & (uint32_t)~WAKER_SLEEP;
	uint32_t asleep = sleep ? WAKER_ASLEEP : 0;

	mmio_write32(redist + GICR_WAKER, waker | (sleep ? (uint32_t)WAKER_SLEEP : 0));
	while ((mmio_read32(redist + GICR_WAKER) & WAKER_ASLEEP) != asleep)
		;
}

void gicv3_redist_wake(uintptr_t redist)
{
	redist_sleep(redist, false);
}

void gicv3_redist_sleep(uintptr_t redist)
{
	redist_sleep(redist, true);
}

/* The frame that holds the registers of an interrupt. */
static uintptr_t frame(const struct gicv3 *gic, unsigned intid)
{
	return intid < GIC_SPI_FIRST ? gic->redist + FRAME_SIZE : gic->dist;
}

/* The 32-bit register with one bit per interrupt. */
static uintptr_t word(const struct gicv3 *gic, unsigned reg, unsigned intid)
{
	return frame(gic, intid) + reg + 4ull * (intid / 32);
}

static void write_bit(const struct gicv3 *gic, unsigned reg, unsigned intid)
{
	mmio_write32(word(gic, reg, intid), 1u << intid % 32);
}

static bool read_bit(const struct gicv3 *gic, unsigned reg, unsigned intid)
{
	return (mmio_read32(word(gic, reg, intid)) >> intid % 32 & 1) != 0;
}

static void change_bit(const struct gicv3 *gic, unsigned reg, unsigned intid, bool on)
{
	uintptr_t address = word(gic, reg, intid);
	uint32_t bit = 1u << intid % 32;
	uint32_t value = mmio_read32(address);

	mmio_write32(address, on ? value | bit : value & ~bit);
}

void gicv3_enable(const struct gicv3 *gic, unsigned intid)
{
	write_bit(gic, ISENABLER, intid);
}

void gicv3_disable(const struct gicv3 *gic, unsigned intid)
{
	write_bit(gic, ICENABLER, intid);
	if (intid < GIC_SPI_FIRST)
		gicv3_redist_wait(gic->redist);
	else
		gicv3_dist_wait(gic->dist);
}

bool gicv3_is_enabled(const struct gicv3 *gic, unsigned intid)
{
	return read_bit(gic, ISENABLER, intid);
}

void gicv3_set_pending(const struct gicv3 *gic, unsigned intid)
{
	write_bit(gic, ISPENDR, intid);
}

void gicv3_clear_pending(const struct gicv3 *gic, unsigned intid)
{
	write_bit(gic, ICPENDR, intid);
}

bool gicv3_is_pending(const struct gicv3 *gic, unsigned intid)
{
	return read_bit(gic, ISPENDR, intid);
}

void gicv3_set_active(const struct gicv3 *gic, unsigned intid)
{
	write_bit(gic, ISACTIVER, intid);
}

void gicv3_clear_active(const struct gicv3 *gic, unsigned intid)
{
	write_bit(gic, ICACTIVER, intid);
}

bool gicv3_is_active(const struct gicv3 *gic, unsigned intid)
{
	return read_bit(gic, ISACTIVER, intid);
}

void gicv3_set_priority(const struct gicv3 *gic, unsigned intid, uint8_t priority)
{
	mmio_write8(frame(gic, intid) + IPRIORITYR + intid, priority);
}

uint8_t gicv3_priority(const struct gicv3 *gic, unsigned intid)
{
	return mmio_read8(frame(gic, intid) + IPRIORITYR + intid);
}

void gicv3_set_group(const struct gicv3 *gic, unsigned intid, enum gicv3_group group)
{
	change_bit(gic, IGROUPR, intid, group == GICV3_G1NS);
	change_bit(gic, IGRPMODR, intid, group == GICV3_G1S);
}

/* ICFGR has two bits per interrupt; the upper one says edge. */
static uintptr_t config_word(const struct gicv3 *gic, unsigned intid)
{
	return frame(gic, intid) + ICFGR + 4ull * (intid / 16);
}

void gicv3_set_edge(const struct gicv3 *gic, unsigned intid, bool edge)
{
	uintptr_t address = config_word(gic, intid);
	uint32_t bit = 2u << 2 * (intid % 16);
	uint32_t value = mmio_read32(address);

	mmio_write32(address, edge ? value | bit : value & ~bit);
}

bool gicv3_is_edge(const struct gicv3 *gic, unsigned intid)
{
	return (mmio_read32(config_word(gic, intid)) >> 2 * (intid % 16) & 2) != 0;
}

void gicv3_route(const struct gicv3 *gic, unsigned intid, uint64_t mpidr)
{
	mmio_write64(gic->dist + IROUTER + 8ull * intid, mpidr & AFFINITY_IN_MPIDR);
}
