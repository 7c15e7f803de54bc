/* SPDX-License-Identifier: BSD-2-Clause */
/* The control VM's virtio-serial device, by its registers and queues, right and wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hypervisor/control.h"
#include "hypervisor/devices.h"
#include "tests/unit/vserial_guest.h"
#include <string.h>

#define OUT VIRTIO_CONSOLE_PORT1_OUT
#define IN  VIRTIO_CONSOLE_PORT1_IN

/* What is above: reads as much as it is told to, when it is told to. */
static struct user {
	uint32_t calls;
	uint64_t room; /* bytes that it may yet take */
	uint64_t session;
	char heard[65536];
	size_t length;
	bool reenter;
} user;

struct vm *vm_by_id(uint32_t id)
{
	return id == 0 ? &guest_vm : NULL;
}

void control_work(struct vm *vm)
{
	size_t n;

	user.calls++;
	user.session = vserial_session(vm);
	if (user.reenter)
		reg_store(VIRTIO_MMIO_QUEUE_NOTIFY, OUT); /* as another CPU might, meanwhile */
	n = vserial_read(vm, user.session, user.heard + user.length, user.room);
	user.length += n;
	user.room -= n;
}

static int fresh(void **state)
{
	memset(&user, 0, sizeof(user));
	user.room = sizeof(user.heard) / 2;
	return vserial_world_reset(state);
}

static void expect_heard(const char *text)
{
	assert_int_equal(user.length, strlen(text));
	assert_memory_equal(user.heard, text, user.length);
	user.length = 0;
}

static size_t send(const char *text)
{
	return vserial_write(&guest_vm, user.session, text, strlen(text));
}

static void expect_said(uint16_t event, const char *name)
{
	struct virtio_console_control message = {0};
	char said[64];

	assert_true(driver_hears(&message, said));
	assert_int_equal(message.id, 1);
	assert_int_equal(message.event, event);
	assert_int_equal(message.value, 1);
	assert_string_equal(said, name);
}

static void expect_silence(void)
{
	struct virtio_console_control message;
	char name[64];

	assert_false(driver_hears(&message, name));
}

static void it_is_a_console_device_of_virtio_1(void **state)
{
	(void)state;
	assert_int_equal(reg_load(0x000), 0x74726976);
	assert_int_equal(reg_load(0x004), 2);
	assert_int_equal(reg_load(0x008), 3);
	reg_store(0x014, 0);
	assert_int_equal(reg_load(0x010), 1u << 1);
	reg_store(0x014, 1);
	assert_int_equal(reg_load(0x010), 1);
	reg_store(0x014, 2);
	assert_int_equal(reg_load(0x010), 0);
	assert_int_equal(reg_load(0x104), 2); /* ports */
	assert_int_equal(reg_load(0x0b0), 0xffffffff);
	assert_int_equal(reg_load(0x0fc), 0);
	for (uint32_t i = 0; i < 8; i++) {
		reg_store(0x030, i);
		assert_int_equal(reg_load(0x034), i < 6 ? 64 : 0);
	}
}

static void features_are_all_taken_or_there_is_no_device(void **state)
{
	static const uint64_t words[] = {0, 2, 1ull << 32, 3 | 1ull << 32, 2 | 3ull << 32, ~0ull};

	(void)state;
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		reg_store(0x070, 0);
		reg_store(0x070, 3);
		for (uint32_t half = 0; half < 2; half++) {
			reg_store(0x024, half);
			reg_store(0x020, (uint32_t)(words[i] >> half * 32));
		}
		reg_store(0x024, 7);
		reg_store(0x020, 0xffffffff);
		reg_store(0x070, 3 | 8);
		assert_int_equal(reg_load(0x070), 3);
		reg_store(0x070, 3 | 8 | 4);
		assert_int_equal(reg_load(0x070), 3);
	}
	driver_start();
	assert_int_equal(reg_load(0x070), 15);
	reg_store(0x024, 0);
	reg_store(0x020, 0); /* too late */
	reg_store(0x070, 15);
	assert_int_equal(reg_load(0x070), 15);
}

static void the_port_is_added_named_and_open(void **state)
{
	(void)state;
	driver_start();
	for (uint32_t i = 0; i < 4; i++)
		(void)driver_give(VIRTIO_CONSOLE_CONTROL_IN, NULL, 128);
	driver_notify(VIRTIO_CONSOLE_CONTROL_IN);
	expect_silence();
	assert_false(world.line);
	driver_say(0, VIRTIO_CONSOLE_DEVICE_READY, 1);
	assert_true(world.line);
	expect_said(VIRTIO_CONSOLE_DEVICE_ADD, "");
	expect_silence();
	driver_say(1, VIRTIO_CONSOLE_PORT_READY, 1);
	expect_said(VIRTIO_CONSOLE_PORT_NAME, "org.teevisor.control.0");
	expect_said(VIRTIO_CONSOLE_PORT_OPEN, "");
	expect_silence();
	assert_int_equal(vserial_session(&guest_vm), 0);
	driver_say(1, VIRTIO_CONSOLE_PORT_OPEN, 1);
	assert_int_not_equal(vserial_session(&guest_vm), 0);
}

static void what_it_has_to_say_waits_for_buffers(void **state)
{
	(void)state;
	driver_start();
	driver_say(0, VIRTIO_CONSOLE_DEVICE_READY, 1);
	driver_say(1, VIRTIO_CONSOLE_PORT_READY, 1);
	driver_say(0, VIRTIO_CONSOLE_DEVICE_READY, 1);
	expect_silence();
	for (uint32_t i = 0; i < 4; i++) {
		(void)driver_give(VIRTIO_CONSOLE_CONTROL_IN, NULL, 128);
		driver_notify(VIRTIO_CONSOLE_CONTROL_IN);
	}
	expect_said(VIRTIO_CONSOLE_DEVICE_ADD, "");
	expect_said(VIRTIO_CONSOLE_PORT_NAME, "org.teevisor.control.0");
	expect_said(VIRTIO_CONSOLE_PORT_OPEN, "");
	expect_silence();
}

static void messages_that_mean_nothing_change_nothing(void **state)
{
	const uint8_t cut[7] = {1, 0, 0, 0, VIRTIO_CONSOLE_PORT_OPEN, 0, 1};

	(void)state;
	driver_start();
	(void)driver_give(VIRTIO_CONSOLE_CONTROL_IN, NULL, 128);
	for (uint32_t event = 0; event < 65536; event += event < 16 ? 1 : 997) {
		driver_say(0, (uint16_t)event, 0);
		driver_say(2, (uint16_t)event, 0);
		driver_say(0xffffffff, (uint16_t)event, 0xffff);
		if (event != VIRTIO_CONSOLE_PORT_OPEN)
			driver_say(1, (uint16_t)event, 0xffff);
	}
	(void)driver_give(VIRTIO_CONSOLE_CONTROL_OUT, cut, sizeof(cut));
	driver_notify(VIRTIO_CONSOLE_CONTROL_OUT);
	expect_silence();
	assert_int_equal(vserial_session(&guest_vm), 0);
	assert_int_equal(world.logged, 0);
}

static void bytes_go_both_ways(void **state)
{
	char got[64] = "";

	(void)state;
	driver_open();
	driver_write("hello ", 6);
	driver_write("there", 5);
	expect_heard("hello there");
	assert_int_equal(send("lost?"), 0); /* no buffer, nothing taken */
	(void)driver_give(IN, NULL, 4);
	(void)driver_give(IN, NULL, 32);
	assert_int_equal(send("good day"), 8);
	assert_int_equal(driver_read(got, sizeof(got)), 8);
	assert_string_equal(got, "good day");
}

static void what_is_not_read_stays_with_the_guest(void **state)
{
	struct vring_used_entry entry;

	(void)state;
	driver_open();
	user.room = 2;
	(void)driver_give(OUT, "abc", 3);
	(void)driver_give(OUT, "def", 3);
	driver_notify(OUT);
	expect_heard("ab");
	assert_false(guest_take(&world.queue[OUT], &entry));
	user.room = 3;
	driver_notify(OUT);
	expect_heard("cde");
	assert_true(guest_take(&world.queue[OUT], &entry));
	assert_false(guest_take(&world.queue[OUT], &entry));
	user.room = 9;
	driver_notify(OUT);
	expect_heard("f");
	assert_true(guest_take(&world.queue[OUT], &entry));
}

static void work_comes_again_when_the_guest_gives_buffers(void **state)
{
	uint32_t calls;

	(void)state;
	driver_open();
	assert_int_equal(send("x"), 0);
	calls = user.calls;
	(void)driver_give(IN, NULL, 4);
	driver_notify(IN);
	assert_int_equal(user.calls, calls + 1);
	assert_int_equal(send("x"), 1);
}

static void a_session_ends_with_its_opener(void **state)
{
	struct vring_used_entry entry;
	uint64_t first;
	char c;

	(void)state;
	driver_open();
	first = user.session;
	user.room = 1;
	driver_write("old", 3);
	expect_heard("o");
	driver_say(1, VIRTIO_CONSOLE_PORT_OPEN, 1); /* already open: the same session */
	assert_int_equal(user.session, first);
	driver_say(1, VIRTIO_CONSOLE_PORT_OPEN, 0);
	assert_int_equal(user.session, 0);
	assert_true(guest_take(&world.queue[OUT], &entry)); /* unread */
	(void)driver_give(IN, NULL, 8);
	assert_int_equal(vserial_write(&guest_vm, first, "late", 4), 0);
	assert_int_equal(vserial_write(&guest_vm, 0, "none", 4), 0);
	driver_write("nobody", 6);
	user.room = 9;
	driver_say(1, VIRTIO_CONSOLE_PORT_OPEN, 1);
	assert_true(user.session != first && user.session != 0);
	assert_int_equal(vserial_read(&guest_vm, first, &c, 1), 0);
	driver_write("new", 3);
	expect_heard("new");
}

/* NEEDS_RESET, said in the log and by an interrupt; the session is over; a reset mends it. */
static void expect_needs_reset(const char *why)
{
	assert_int_equal(reg_load(0x070), 15 | 0x40);
	assert_true(reg_load(0x060) & VIRTIO_MMIO_INT_CONFIG);
	assert_true(world.line);
	assert_int_equal(world.logged, 1);
	assert_string_equal(world.log, why);
	assert_int_equal(vserial_session(&guest_vm), 0);
	driver_notify(OUT);
	driver_notify(VIRTIO_CONSOLE_CONTROL_OUT);
	assert_int_equal(world.logged, 1);
	driver_open();
	assert_int_equal(reg_load(0x070), 15);
	driver_write("mended", 6);
	expect_heard("mended");
}

static void a_broken_queue_makes_it_ask_for_a_reset(void **state)
{
	(void)state;
	driver_open();
	guest_offer(&world.queue[OUT], 99);
	driver_notify(OUT);
	expect_needs_reset(
		"virtio-serial: queue 5: a descriptor beyond the table; waits for a reset");
}

static void a_broken_control_queue_does_so_too(void **state)
{
	(void)state;
	driver_open();
	world.queue[VIRTIO_CONSOLE_CONTROL_OUT].offered += 100;
	guest_offer(&world.queue[VIRTIO_CONSOLE_CONTROL_OUT], 0);
	driver_notify(VIRTIO_CONSOLE_CONTROL_OUT);
	expect_needs_reset(
		"virtio-serial: queue 3: more buffers than the queue holds; waits for a reset");
}

static void a_queue_found_broken_from_above_does_so_too(void **state)
{
	struct guest_queue *g = &world.queue[IN];

	(void)state;
	driver_open();
	guest_desc(g, 0, 0, 16, VRING_DESC_F_WRITE, 0);
	guest_offer(g, 0);
	assert_int_equal(send("hello"), 0);
	expect_needs_reset(
		"virtio-serial: queue 4: a buffer that is not memory; waits for a reset");
}

static void a_queue_that_cannot_be_is_not_ready(void **state)
{
	struct guest_queue bad;

	(void)state;
	driver_start();
	reg_store(0x070, 0);
	guest_place(&bad, 128, VM_RAM_BASE);
	driver_set_queue(0, &bad);
	assert_int_equal(reg_load(0x044), 0);
	assert_int_equal(reg_load(0x070), 0x40);
	assert_false(world.line); /* there is no driver yet to tell */
	assert_int_equal(world.logged, 1);
	driver_set_queue(0, &bad);
	assert_int_equal(world.logged, 1);
	driver_open();
	driver_write("fine", 4);
	expect_heard("fine");
}

static void a_ready_queue_is_not_moved(void **state)
{
	struct guest_queue other;

	(void)state;
	driver_open();
	guest_place(&other, 4, VM_RAM_BASE + 0x30000);
	driver_set_queue(OUT, &other);
	driver_write("here", 4);
	expect_heard("here");
	driver_set_queue(99, &other); /* no such queue */
	assert_int_equal(reg_load(0x044), 0);
}

static void nothing_happens_before_the_driver_says_so(void **state)
{
	struct vring_used_entry entry;

	(void)state;
	driver_start();
	reg_store(0x070, 0);
	for (uint32_t i = 0; i < DRIVER_QUEUES; i++)
		driver_set_queue(i, &world.queue[i]);
	(void)driver_give(VIRTIO_CONSOLE_CONTROL_OUT, "\1\0\0\0\6\0\1\0", 8);
	for (uint32_t i = 0; i < 10; i++)
		driver_notify(i);
	assert_false(guest_take(&world.queue[VIRTIO_CONSOLE_CONTROL_OUT], &entry));
	assert_int_equal(vserial_session(&guest_vm), 0);
}

static void the_line_is_down_once_all_is_acknowledged(void **state)
{
	(void)state;
	driver_open();
	assert_true(world.line);
	assert_int_equal(reg_load(0x060), VIRTIO_MMIO_INT_USED);
	reg_store(0x064, 2);
	assert_true(world.line);
	reg_store(0x064, 1);
	assert_false(world.line);
	assert_int_equal(reg_load(0x060), 0);
	driver_write("x", 1);
	assert_true(world.line);
}

/* Buffers without a byte in them are the longest way to nothing. */
static void a_look_has_an_end_and_the_next_one_comes(void **state)
{
	struct guest_queue *g = &world.queue[OUT];
	struct vring_used_entry entry;
	uint32_t back = 0, looks = 0;

	(void)state;
	driver_open();
	world.resched = 0;
	user.room = 1;
	for (uint32_t round = 0; round < 5; round++) {
		for (uint16_t i = 0; i < DRIVER_SIZE; i++) {
			guest_desc(g, i, 0, 0, 0, 0);
			guest_offer(g, i);
		}
		driver_notify(OUT);
		while (guest_take(g, &entry))
			back++;
	}
	assert_int_equal(back, 5 * DRIVER_SIZE);
	assert_int_equal(world.resched, 0);

	/* A queue of 64, and 64 messages on the other: more than one look's work. */
	reg_store(0x070, 0);
	driver_start();
	reg_store(0x030, OUT);
	reg_store(0x044, 0);
	guest_place(g, 64, VM_RAM_BASE + 0x30000);
	driver_set_queue(OUT, g);
	for (uint16_t i = 0; i < 64; i++)
		guest_offer(g, i);
	for (uint16_t i = 0; i < DRIVER_SIZE; i++)
		(void)driver_give(VIRTIO_CONSOLE_CONTROL_OUT, "\1\0\0\0\6\0\1\0", 8);
	driver_notify(OUT);
	assert_true(world.resched > 0);
	assert_int_equal(vserial_session(&guest_vm), 0); /* not all is done */
	while (vserial_poll() != VSERIAL_NEVER) {
		world.ticks++;
		assert_true(++looks < 10);
	}
	assert_int_not_equal(vserial_session(&guest_vm), 0);
}

static void one_cpu_at_a_time_is_above_and_the_other_comes_again(void **state)
{
	uint32_t calls;

	(void)state;
	driver_open();
	user.reenter = true;
	calls = user.calls;
	driver_write("once", 4);
	assert_int_equal(user.calls, calls + 1);
	expect_heard("once");
	user.reenter = false;
	assert_true(vserial_poll() != VSERIAL_NEVER);
	world.ticks += 10;
	assert_true(vserial_poll() == VSERIAL_NEVER);
	assert_int_equal(user.calls, calls + 2);
}

static void a_reset_of_the_vm_forgets_all(void **state)
{
	uint64_t session;

	(void)state;
	driver_open();
	session = user.session;
	guest_vm.ram_size = 0; /* the memory goes */
	vserial_reset(&guest_vm);
	assert_false(world.line);
	assert_int_equal(reg_load(0x070), 0);
	assert_int_equal(vserial_write(&guest_vm, session, "x", 1), 0);
	world.ticks += 10;
	(void)vserial_poll();
	assert_int_equal(user.session, 0); /* above has been told */
	guest_vm.ram_size = GUEST_RAM_SIZE;
	driver_open();
	assert_true(user.session != session);
}

static void what_was_not_said_before_a_reset_is_not_said_after(void **state)
{
	(void)state;
	driver_start();
	driver_say(0, VIRTIO_CONSOLE_DEVICE_READY, 1); /* there is no buffer for the answer */
	reg_store(0x070, 0);
	driver_start();
	(void)driver_give(VIRTIO_CONSOLE_CONTROL_IN, NULL, 128);
	driver_notify(VIRTIO_CONSOLE_CONTROL_IN);
	expect_silence();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_is_a_console_device_of_virtio_1, fresh),
		cmocka_unit_test_setup(features_are_all_taken_or_there_is_no_device, fresh),
		cmocka_unit_test_setup(the_port_is_added_named_and_open, fresh),
		cmocka_unit_test_setup(what_it_has_to_say_waits_for_buffers, fresh),
		cmocka_unit_test_setup(messages_that_mean_nothing_change_nothing, fresh),
		cmocka_unit_test_setup(bytes_go_both_ways, fresh),
		cmocka_unit_test_setup(what_is_not_read_stays_with_the_guest, fresh),
		cmocka_unit_test_setup(work_comes_again_when_the_guest_gives_buffers, fresh),
		cmocka_unit_test_setup(a_session_ends_with_its_opener, fresh),
		cmocka_unit_test_setup(a_broken_queue_makes_it_ask_for_a_reset, fresh),
		cmocka_unit_test_setup(a_broken_control_queue_does_so_too, fresh),
		cmocka_unit_test_setup(a_queue_found_broken_from_above_does_so_too, fresh),
		cmocka_unit_test_setup(a_queue_that_cannot_be_is_not_ready, fresh),
		cmocka_unit_test_setup(a_ready_queue_is_not_moved, fresh),
		cmocka_unit_test_setup(nothing_happens_before_the_driver_says_so, fresh),
		cmocka_unit_test_setup(the_line_is_down_once_all_is_acknowledged, fresh),
		cmocka_unit_test_setup(a_look_has_an_end_and_the_next_one_comes, fresh),
		cmocka_unit_test_setup(one_cpu_at_a_time_is_above_and_the_other_comes_again, fresh),
		cmocka_unit_test_setup(a_reset_of_the_vm_forgets_all, fresh),
		cmocka_unit_test_setup(what_was_not_said_before_a_reset_is_not_said_after, fresh),
	};

	return cmocka_run_group_tests_name("vserial", tests, NULL, NULL);
}
