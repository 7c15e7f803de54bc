/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cache maintenance by address, to the point of coherency, and the step after code was written.
 * Ranges are in bytes, need no alignment and are rounded outwards to cache lines; data in a line
 * that is only partly inside is never lost, since invalidation always cleans too. The range is
 * mapped, or the MMU is off. Complete on return.
 */
#ifndef ARCH_CACHE_H
#define ARCH_CACHE_H

#include <stdint.h>

void cache_clean(uintptr_t base, uint64_t size);
void cache_clean_invalidate(uintptr_t base, uint64_t size);

/* After code was written to [base, base + size): any CPU that executes an ISB may run it. */
void cache_sync_code(uintptr_t base, uint64_t size);

#endif
