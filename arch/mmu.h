/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page table of an exception level that has one range of addresses (EL2 without VHE, EL3):
 * VMSAv8-64 stage 1, 4 KiB granule, 25 to 48 bits of address. Nothing is ever both writable and
 * executable: no attribute says so, and mmu_enable() sets WXN. The builder (arch/aarch64/mmu.c) is
 * plain C and also runs on the host; what touches registers is in mmu_enable.c. Table pages are
 * reached by their physical address, so they must be mapped 1:1.
 * Not here: stage 2, two-range regimes, breaking up a block of a table that is in use.
 */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include "lib/attributes.h"
#include "lib/types.h"

/* What a mapping is for. One of these, and MMU_NS or MMU_PAGES if needed. */
enum mmu_attr {
	MMU_CODE = 0,	  /* Normal, read and execute */
	MMU_RODATA = 1,	  /* Normal, read only */
	MMU_DATA = 2,	  /* Normal write-back inner-shareable, read and write */
	MMU_DEVICE = 3,	  /* Device-nGnRE, read and write */
	MMU_UNCACHED = 4, /* Normal non-cacheable, read and write */
	MMU_KIND = 7,
	MMU_NS = 8,	/* the Non-secure address space; only in EL3's table */
	MMU_PAGES = 16, /* no blocks, so that parts can be unmapped later while in use */
};

enum mmu_status {
	MMU_OK,
	MMU_BAD_RANGE,	/* unaligned, empty, wraps, or outside the input or the output range */
	MMU_OVERLAP,	/* something is already mapped there */
	MMU_NOT_MAPPED, /* (part of) the range is not mapped */
	MMU_NO_MEMORY,	/* the allocator gave nothing */
	MMU_BLOCK_LIVE, /* would have to break up a block while the table is in use */
};

enum mmu_regime { MMU_EL2, MMU_EL3 };

struct mmu_table {
	uint64_t *root;
	unsigned va_bits; /* 64 - T0SZ */
	enum mmu_regime regime;
	bool live; /* set by mmu_enable() */
	/* Gives one page, 4 KiB aligned, of any content, or NULL. It is never given back. */
	void *(*alloc_page)(void *context);
	void *context;
};

/*
 * Prepare an empty table. va_bits is 25 to 48. Allocates the root; false if there is no memory or
 * va_bits is out of range.
 */
bool mmu_table_init(struct mmu_table *table, enum mmu_regime regime, unsigned va_bits,
		    void *(*alloc_page)(void *context), void *context);

/*
 * Map [va, va + size) to [to, to + size). All three are multiples of PAGE_SIZE; 1 GiB and 2 MiB
 * blocks are used where both addresses are aligned, unless MMU_PAGES is given. `attr` is one
 * enum mmu_attr kind with its flags or-ed in. After an error the part below the failing page is
 * mapped. Caller serialises. A live table may be extended: the new mapping holds on return.
 */
MUST_CHECK enum mmu_status mmu_map(struct mmu_table *table, uint64_t va, pa_t to, uint64_t size,
				   unsigned attr);

/* mmu_map() with va == pa. */
MUST_CHECK enum mmu_status mmu_map_identity(struct mmu_table *table, uint64_t base, uint64_t size,
					    unsigned attr);

/*
 * Take away [va, va + size), for a guard page or a window that is no longer needed. Blocks that
 * are only partly inside are broken up, which needs pages and a table that is not live. In a live
 * table no CPU uses the old mapping any more on return. After an error the part below the failing
 * page is unmapped. Caller serialises.
 */
MUST_CHECK enum mmu_status mmu_unmap(struct mmu_table *table, uint64_t va, uint64_t size);

/*
 * Where va leads, in *to and *attr (kind and MMU_NS; either pointer may be NULL), as the hardware
 * would find it. False, and both untouched, if it is not mapped.
 */
bool mmu_lookup(const struct mmu_table *table, uint64_t va, pa_t *to, unsigned *attr);

/*
 * Run this CPU on `table`: MAIR, TCR, TTBR0 of the regime, then MMU, data and instruction cache,
 * WXN and stack alignment check on. Called at the level of the regime, on each CPU, with code,
 * stack and table mapped 1:1; stale translations and instructions are thrown away. Whoever wrote
 * memory with the MMU off cleans nothing: such data is in memory already.
 */
void mmu_enable(struct mmu_table *table);

/* Make changes of a live table's entries visible to all CPUs / drop all translations of va. */
void mmu_publish(void);
void mmu_forget(enum mmu_regime regime, uint64_t va);

#endif
