/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The physical memory that nobody has yet: the board's RAM less what is reserved, the image, and
 * the VMs' modules. Whoever takes pages owns them until it gives them back. Only used when VMs
 * come and go, never on the path of a call.
 */
#ifndef HYPERVISOR_PAGES_H
#define HYPERVISOR_PAGES_H

#include "lib/types.h"

/* Before any use: add a free range; take a part out again, whatever of it is free. */
void pages_add(uint64_t base, uint64_t size);
void pages_exclude(uint64_t base, uint64_t size);

/*
 * `size` bytes (rounded up to pages), at a multiple of `align` (a power of two, at least a page),
 * zeroed. NULL: there is no such run. Takes the lock of the pool.
 */
void *pages_get(uint64_t size, uint64_t align);

/* The same with whatever content it had, which may be another VM's: for who overwrites all. */
void *pages_get_dirty(uint64_t size, uint64_t align);

/* Back to the pool, what one pages_get() gave. Never fails. */
void pages_put(void *memory, uint64_t size);

uint64_t pages_free(void);

#endif
