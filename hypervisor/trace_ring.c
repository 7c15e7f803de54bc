/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader's side of a trace ring. The writer fills record `written` before it says so; what a
 * reader copied is whole if the writer has not begun with that place again in the meantime.
 */
#include "hypervisor/trace_ring.h"

/* The record that the writer may be filling in counts as gone. */
static uint64_t oldest(uint64_t written)
{
	return written < TRACE_RING_RECORDS ? 0 : written - TRACE_RING_RECORDS + 1;
}

bool trace_ring_read(const struct trace_ring *ring, uint64_t *next, uint64_t *lost,
		     struct trace_record *out)
{
	uint64_t written = __atomic_load_n(&ring->written, __ATOMIC_ACQUIRE);

	while (*next < written) {
		if (*next < oldest(written)) {
			*lost += oldest(written) - *next;
			*next = oldest(written);
		}
		*out = ring->record[*next % TRACE_RING_RECORDS];
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		written = __atomic_load_n(&ring->written, __ATOMIC_RELAXED);
		if (*next >= oldest(written))
			return true;
	}
	return false;
}
