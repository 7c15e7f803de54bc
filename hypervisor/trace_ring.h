/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of trace records with one writer, which never waits, and any number of readers on other
 * CPUs. A reader that is too slow loses the oldest records, is told how many, and never sees half
 * of one.
 */
#ifndef HYPERVISOR_TRACE_RING_H
#define HYPERVISOR_TRACE_RING_H

#include "abi/trace.h"
#include "lib/types.h"

/* A power of two. About 45 KiB. */
#define TRACE_RING_RECORDS 512u

struct trace_ring {
	uint64_t written; /* records so far; the n-th is at n % TRACE_RING_RECORDS */
	struct trace_record record[TRACE_RING_RECORDS];
};

/* The record to fill in, by the writer only; it becomes visible by trace_ring_put(). */
static inline struct trace_record *trace_ring_next(struct trace_ring *ring)
{
	return &ring->record[ring->written % TRACE_RING_RECORDS];
}

static inline void trace_ring_put(struct trace_ring *ring)
{
	__atomic_store_n(&ring->written, ring->written + 1, __ATOMIC_RELEASE);
}

/*
 * Record number *next, or the oldest there is; *next becomes its number, and *lost grows by what
 * was passed over. False: there is none yet; *out is undefined.
 */
bool trace_ring_read(const struct trace_ring *ring, uint64_t *next, uint64_t *lost,
		     struct trace_record *out);

#endif
