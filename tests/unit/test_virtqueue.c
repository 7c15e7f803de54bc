/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtqueue, with drivers that keep the rules and drivers that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hypervisor/virtqueue.h"
#include "tests/unit/virtio_guest.h"
#include <string.h>

#define RINGS  VM_RAM_BASE
#define DATA   (VM_RAM_BASE + 0x10000)
#define END    (VM_RAM_BASE + GUEST_RAM_SIZE)
#define SIZE   8u
#define NEXT   VRING_DESC_F_NEXT
#define WRITES VRING_DESC_F_WRITE

static struct virtqueue q;
static struct guest_queue g;

static void start(bool device_writes)
{
	virtqueue_reset(&q, device_writes);
	guest_place(&g, SIZE, RINGS);
	q.size = SIZE;
	q.desc = g.desc;
	q.avail = g.avail;
	q.used = g.used;
	assert_true(virtqueue_start(&guest_vm, &q));
}

static int fresh(void **state)
{
	(void)state;
	guest_memory_reset();
	start(false);
	return 0;
}

static bool fetch(void)
{
	return virtqueue_fetch(&guest_vm, &q);
}

static bool finish(void)
{
	return virtqueue_finish(&guest_vm, &q);
}

static void expect_read(const char *text, size_t at_most)
{
	char got[64] = "";

	assert_int_equal(virtqueue_read(&guest_vm, &q, got, at_most), strlen(text));
	assert_string_equal(got, text);
}

static void expect_back(uint32_t id, uint32_t length)
{
	struct vring_used_entry entry;

	assert_true(guest_take(&g, &entry));
	assert_int_equal(entry.id, id);
	assert_int_equal(entry.length, length);
}

static void nothing_is_fetched_of_what_was_not_offered(void **state)
{
	(void)state;
	assert_false(fetch());
	assert_null(q.broken);
	virtqueue_reset(&q, false);
	assert_false(fetch()); /* nor before the queue is ready */
}

static void a_chain_is_read_to_its_end_and_comes_back_once(void **state)
{
	struct vring_used_entry entry;

	(void)state;
	memcpy(guest_at(DATA), "onetwothree", 11);
	guest_desc(&g, 3, DATA, 3, NEXT, 1);
	guest_desc(&g, 1, DATA + 3, 0, NEXT, 6); /* empty pieces are allowed */
	guest_desc(&g, 6, DATA + 3, 3, NEXT, 0);
	guest_desc(&g, 0, DATA + 6, 5, 0, 7);
	guest_offer(&g, 3);
	assert_true(fetch());
	assert_int_equal(q.left, 11);
	expect_read("on", 2);
	assert_true(fetch()); /* still the same one */
	expect_read("etw", 3);
	expect_read("othree", 40);
	expect_read("", 40);
	assert_false(guest_take(&g, &entry));
	assert_true(finish());
	expect_back(3, 0);
	assert_false(fetch());
}

static void a_written_chain_says_how_much_is_in_it(void **state)
{
	(void)state;
	start(true);
	guest_desc(&g, 0, DATA, 2, NEXT | WRITES, 1);
	guest_desc(&g, 1, END - 4, 4, WRITES, 0);
	guest_offer(&g, 0);
	assert_true(fetch());
	assert_int_equal(virtqueue_write(&guest_vm, &q, "abc", 3), 3);
	assert_int_equal(virtqueue_write(&guest_vm, &q, "defgh", 5), 3);
	assert_true(finish());
	expect_back(0, 6);
	assert_memory_equal(guest_at(DATA), "ab\xa5", 3);
	assert_memory_equal(guest_at(END - 4), "cdef", 4);
}

static void what_was_read_of_a_chain_is_not_read_again(void **state)
{
	(void)state;
	memcpy(guest_at(DATA), "right", 5);
	guest_desc(&g, 0, DATA, 2, NEXT, 1);
	guest_desc(&g, 1, DATA + 2, 3, 0, 0);
	guest_offer(&g, 0);
	assert_true(fetch());
	guest_desc(&g, 0, 0, 0xffffffff, NEXT | WRITES, 99);
	guest_desc(&g, 1, END, 0xffffffff, VRING_DESC_F_INDIRECT, 99);
	memset(guest_at(g.avail + VRING_AVAIL_RING), 0xff, SIZE * VRING_AVAIL_ENTRY);
	expect_read("right", 40);
	assert_true(finish());
	expect_back(0, 0);
}

static void indices_go_round(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3 * 65536 + 5; i++) {
		uint16_t head = (uint16_t)(i * 5 % SIZE);

		guest_desc(&g, head, DATA, 1, 0, 0);
		guest_offer(&g, head);
		assert_true(fetch());
		assert_true(finish());
		expect_back(head, 0);
	}
}

static void a_driver_that_wants_no_interrupt_gets_none(void **state)
{
	const uint16_t flags = VRING_AVAIL_F_NO_INTERRUPT;

	(void)state;
	memcpy(guest_at(g.avail), &flags, sizeof(flags));
	guest_desc(&g, 0, DATA, 1, 0, 0);
	guest_offer(&g, 0);
	assert_true(fetch());
	assert_false(finish());
}

static void sizes_are_powers_of_two_up_to_64(void **state)
{
	(void)state;
	for (uint64_t size = 0; size < 1u << 18; size++) {
		bool good = size != 0 && size <= 64 && (size & (size - 1)) == 0;

		virtqueue_reset(&q, false);
		q.desc = g.desc;
		q.avail = g.avail;
		q.used = g.used;
		q.size = (uint32_t)size;
		assert_int_equal(virtqueue_start(&guest_vm, &q), good);
		assert_int_equal(q.ready, good);
		assert_int_equal(q.broken == NULL, good);
	}
}

static bool starts_with(uint64_t desc, uint64_t avail, uint64_t used)
{
	virtqueue_reset(&q, false);
	q.size = SIZE;
	q.desc = desc;
	q.avail = avail;
	q.used = used;
	return virtqueue_start(&guest_vm, &q);
}

static void rings_are_aligned_and_in_memory_to_their_last_byte(void **state)
{
	static const uint64_t bad[] = {0, 1, VM_RAM_BASE - 16, END, ~0ull, ~0ull - 15, 1ull << 63};
	const uint32_t desc = SIZE * 16, avail = 4 + SIZE * 2, used = 4 + SIZE * 8;

	(void)state;
	assert_true(starts_with(END - desc, END - avail, END - used));
	assert_false(starts_with(END - desc + 16, END - avail, END - used));
	assert_false(starts_with(END - desc, END - avail + 2, END - used));
	assert_false(starts_with(END - desc, END - avail, END - used + 4));
	assert_false(starts_with(g.desc + 8, g.avail, g.used));
	assert_false(starts_with(g.desc, g.avail + 1, g.used));
	assert_false(starts_with(g.desc, g.avail, g.used + 2));
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(starts_with(bad[i], g.avail, g.used));
		assert_false(starts_with(g.desc, bad[i], g.used));
		assert_false(starts_with(g.desc, g.avail, bad[i]));
	}
}

/* The queue is broken by what was offered, and stays so; nothing came back. */
static void expect_broken(const char *why)
{
	struct vring_used_entry entry;

	assert_false(fetch());
	assert_non_null(q.broken);
	assert_string_equal(q.broken, why);
	guest_desc(&g, 0, DATA, 1, q.device_writes ? WRITES : 0, 0);
	g.offered = q.avail_next;
	guest_offer(&g, 0);
	assert_false(fetch());
	assert_false(guest_take(&g, &entry));
}

static void a_head_beyond_the_table_breaks_the_queue(void **state)
{
	(void)state;
	guest_offer(&g, SIZE);
	expect_broken("a descriptor beyond the table");
	start(false);
	guest_offer(&g, 0xffff);
	expect_broken("a descriptor beyond the table");
}

static void a_next_beyond_the_table_breaks_the_queue(void **state)
{
	(void)state;
	guest_desc(&g, 0, DATA, 1, NEXT, SIZE);
	guest_offer(&g, 0);
	expect_broken("a descriptor beyond the table");
}

static void a_loop_breaks_the_queue(void **state)
{
	(void)state;
	guest_desc(&g, 0, DATA, 1, NEXT, 0);
	guest_offer(&g, 0);
	expect_broken("a chain longer than the queue");
	start(false);
	for (uint16_t i = 0; i < SIZE; i++)
		guest_desc(&g, i, DATA, 0, NEXT, (uint16_t)((i + 1) % SIZE));
	guest_offer(&g, 5);
	expect_broken("a chain longer than the queue");
}

static void a_chain_as_long_as_the_queue_is_good(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < SIZE; i++)
		guest_desc(&g, i, DATA, 2, (uint16_t)(i == SIZE - 1 ? 0 : NEXT), (uint16_t)(i + 1));
	guest_offer(&g, 0);
	assert_true(fetch());
	assert_int_equal(q.left, 2 * SIZE);
}

static void indirect_descriptors_were_not_offered(void **state)
{
	(void)state;
	guest_desc(&g, 0, DATA, 16, VRING_DESC_F_INDIRECT, 0);
	guest_offer(&g, 0);
	expect_broken("an indirect descriptor, which was not offered");
}

static void a_buffer_of_the_wrong_direction_breaks_the_queue(void **state)
{
	(void)state;
	guest_desc(&g, 0, DATA, 1, NEXT, 1);
	guest_desc(&g, 1, DATA, 1, WRITES, 0);
	guest_offer(&g, 0);
	expect_broken("a buffer of the wrong direction");
	start(true);
	guest_desc(&g, 0, DATA, 1, NEXT | WRITES, 1);
	guest_desc(&g, 1, DATA, 1, 0, 0);
	guest_offer(&g, 0);
	expect_broken("a buffer of the wrong direction");
}

static void a_buffer_is_memory_to_its_last_byte(void **state)
{
	static const struct {
		uint64_t address;
		uint32_t length;
	} bad[] = {
		{END - 1, 2},
		{END, 1},
		{VM_RAM_BASE - 1, 2},
		{0, 1},
		{VM_RAM_BASE, 0x40001},
		{~0ull, 1},
		{~0ull, 2},
		{~0ull - 5, 0xffffffff},
		{DATA, 0xffffffff},
		{1ull << 63, 4096},
		{VDEV_UART_BASE, 4},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		start(i % 2 != 0);
		guest_desc(&g, 0, bad[i].address, bad[i].length, i % 2 != 0 ? WRITES : 0, 0);
		guest_offer(&g, 0);
		expect_broken("a buffer that is not memory");
	}
}

static void a_buffer_is_shorter_than_4_gib(void **state)
{
	(void)state;
	guest_vm.ram_size = 1ull << 32; /* only looked at */
	guest_desc(&g, 0, VM_RAM_BASE, 0xffffffff, NEXT, 1);
	guest_desc(&g, 1, VM_RAM_BASE, 1, 0, 0);
	guest_offer(&g, 0);
	expect_broken("a buffer longer than 4 GiB");
	start(false);
	guest_desc(&g, 0, VM_RAM_BASE, 0xfffffffe, NEXT, 1);
	guest_desc(&g, 1, VM_RAM_BASE, 1, 0, 0);
	guest_offer(&g, 0);
	assert_true(fetch());
	assert_int_equal(q.left, 0xffffffff);
}

static void more_buffers_than_the_queue_holds_break_it(void **state)
{
	uint16_t index = SIZE;

	(void)state;
	memcpy(guest_at(g.avail + VRING_AVAIL_INDEX), &index, sizeof(index));
	assert_true(fetch()); /* of all that is there, descriptor 0, empty */
	start(false);
	index = SIZE + 1;
	memcpy(guest_at(g.avail + VRING_AVAIL_INDEX), &index, sizeof(index));
	expect_broken("more buffers than the queue holds");
	start(false);
	index = 0xffff; /* backwards */
	memcpy(guest_at(g.avail + VRING_AVAIL_INDEX), &index, sizeof(index));
	expect_broken("more buffers than the queue holds");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_fetched_of_what_was_not_offered, fresh),
		cmocka_unit_test_setup(a_chain_is_read_to_its_end_and_comes_back_once, fresh),
		cmocka_unit_test_setup(a_written_chain_says_how_much_is_in_it, fresh),
		cmocka_unit_test_setup(what_was_read_of_a_chain_is_not_read_again, fresh),
		cmocka_unit_test_setup(indices_go_round, fresh),
		cmocka_unit_test_setup(a_driver_that_wants_no_interrupt_gets_none, fresh),
		cmocka_unit_test_setup(sizes_are_powers_of_two_up_to_64, fresh),
		cmocka_unit_test_setup(rings_are_aligned_and_in_memory_to_their_last_byte, fresh),
		cmocka_unit_test_setup(a_head_beyond_the_table_breaks_the_queue, fresh),
		cmocka_unit_test_setup(a_next_beyond_the_table_breaks_the_queue, fresh),
		cmocka_unit_test_setup(a_loop_breaks_the_queue, fresh),
		cmocka_unit_test_setup(a_chain_as_long_as_the_queue_is_good, fresh),
		cmocka_unit_test_setup(indirect_descriptors_were_not_offered, fresh),
		cmocka_unit_test_setup(a_buffer_of_the_wrong_direction_breaks_the_queue, fresh),
		cmocka_unit_test_setup(a_buffer_is_memory_to_its_last_byte, fresh),
		cmocka_unit_test_setup(a_buffer_is_shorter_than_4_gib, fresh),
		cmocka_unit_test_setup(more_buffers_than_the_queue_holds_break_it, fresh),
	};

	return cmocka_run_group_tests_name("virtqueue", tests, NULL, NULL);
}
