/* SPDX-License-Identifier: BSD-2-Clause */
/* The trace ring: order, loss that is told, and no half record under a writer that never waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hypervisor/trace_ring.c"
#include <pthread.h>
#include <string.h>

static struct trace_ring ring;

static int empty(void **state)
{
	(void)state;
	memset(&ring, 0, sizeof(ring));
	return 0;
}

/* All of a record says n. */
static void put(uint64_t n)
{
	struct trace_record *r = trace_ring_next(&ring);

	r->time = n;
	r->event.command = r->event.function = r->event.session = r->event.result =
		r->event.origin = (uint32_t)n;
	for (uint32_t i = 0; i < TRACE_PARAMS; i++)
		r->event.sizes[i] = (uint32_t)n;
	memset(r->event.uuid, (int)(n & 0xff), sizeof(r->event.uuid));
	trace_ring_put(&ring);
}

static bool whole(const struct trace_record *r)
{
	uint32_t n = (uint32_t)r->time;

	return r->event.command == n && r->event.origin == n && r->event.sizes[0] == n &&
	       r->event.sizes[TRACE_PARAMS - 1] == n && r->event.uuid[0] == (n & 0xff) &&
	       r->event.uuid[15] == (n & 0xff);
}

static void records_come_in_order_and_none_twice(void **state)
{
	struct trace_record r;
	uint64_t next = 0, lost = 0;

	(void)state;
	assert_false(trace_ring_read(&ring, &next, &lost, &r));
	for (uint64_t n = 0; n < 3ull * TRACE_RING_RECORDS; n++) {
		put(n);
		assert_true(trace_ring_read(&ring, &next, &lost, &r));
		assert_int_equal(r.time, n);
		next++;
		assert_false(trace_ring_read(&ring, &next, &lost, &r));
	}
	assert_int_equal(lost, 0);
}

static void who_reads_too_slowly_is_told_how_many_are_lost(void **state)
{
	struct trace_record r;
	uint64_t next = 0, lost = 0, read = 0;

	(void)state;
	for (uint64_t n = 0; n < TRACE_RING_RECORDS + 100ull; n++)
		put(n);
	while (trace_ring_read(&ring, &next, &lost, &r)) {
		assert_int_equal(r.time, next);
		next++;
		read++;
	}
	assert_int_equal(lost, 101); /* one place is the writer's */
	assert_int_equal(lost + read, TRACE_RING_RECORDS + 100);
}

#define MANY 2000000ull

static void *writer(void *arg)
{
	(void)arg;
	for (uint64_t n = 0; n < MANY; n++)
		put(n);
	return NULL;
}

static void a_record_is_never_seen_half_written(void **state)
{
	uint64_t next = 0, lost = 0, torn = 0, read = 0;
	struct trace_record r;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, writer, NULL), 0);
	while (next < MANY) {
		if (!trace_ring_read(&ring, &next, &lost, &r))
			continue;
		torn += !whole(&r) || r.time != next;
		next++;
		read++;
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(torn, 0);
	assert_int_equal(read + lost, MANY);
	assert_true(read > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(records_come_in_order_and_none_twice, empty),
		cmocka_unit_test_setup(who_reads_too_slowly_is_told_how_many_are_lost, empty),
		cmocka_unit_test_setup(a_record_is_never_seen_half_written, empty),
	};

	return cmocka_run_group_tests_name("trace_ring", tests, NULL, NULL);
}
