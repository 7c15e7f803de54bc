/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ticket lock: CPUs get it in the order in which they asked, so none starves. EL2 and EL3 run
 * with interrupts masked, so no variant that masks them is needed. Works with the caches on only.
 */
#ifndef ARCH_SPINLOCK_H
#define ARCH_SPINLOCK_H

#include "arch/barrier.h"
#include "lib/attributes.h"
#include <stdint.h>

struct LOCKABLE spinlock {
	uint32_t next;	/* the ticket that the next caller draws */
	uint32_t owner; /* the ticket that has the lock */
};

/* Zeroed memory is an unlocked lock. */
static inline void spin_lock(struct spinlock *lock) TAKES(lock) UNCHECKED_LOCKS
{
	uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

	while (__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket)
		yield();
}

static inline void spin_unlock(struct spinlock *lock) RELEASES(lock) UNCHECKED_LOCKS
{
	__atomic_store_n(&lock->owner, lock->owner + 1, __ATOMIC_RELEASE);
}

#endif
