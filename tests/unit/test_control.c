/* SPDX-License-Identifier: BSD-2-Clause */
/* The control channel over the virtio-serial device: what a program in the control VM writes, and
 * reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/control.h"
#include "arch/clock.h"
#include "hypervisor/tee.h"
#include "hypervisor/trace.h"
#include "tests/unit/vserial_guest.h"
#include <stdlib.h>
#include <string.h>

#define OUT VIRTIO_CONSOLE_PORT1_OUT
#define IN  VIRTIO_CONSOLE_PORT1_IN

/* --- the VMs that there are: the guest itself, and one with a TEE --- */

static struct vm other;
static struct tee_counters other_count;
static struct tee_gauges other_used;

struct vm *vm_next(uint32_t from)
{
	return vm_by_id(from);
}

struct vm *vm_by_id(uint32_t id)
{
	return id == 0 ? &guest_vm : id == 1 ? &other : NULL;
}

bool tee_usage(struct vm *vm, struct tee_counters *count, struct tee_gauges *used)
{
	if (vm != &other)
		return false;
	if (count != NULL)
		*count = other_count;
	if (used != NULL)
		*used = other_used;
	return true;
}

/* --- what is done to them: noted, and refused on request --- */

static struct {
	enum { NOTHING, STARTED, PAUSED, RESUMED, ENDED } what;
	struct vm *vm;
	enum vm_after after;
	enum vm_error answer;
} done;

static enum vm_error note(struct vm *vm, int what)
{
	done.what = what;
	done.vm = vm;
	return done.answer;
}

enum vm_error vm_start(struct vm *vm)
{
	return note(vm, STARTED);
}

enum vm_error vm_pause(struct vm *vm)
{
	return note(vm, PAUSED);
}

enum vm_error vm_resume(struct vm *vm)
{
	return note(vm, RESUMED);
}

enum vm_error vm_end(struct vm *vm, enum vm_after after)
{
	done.after = after;
	return note(vm, ENDED);
}

/* --- a trace of so many records; record n has time n --- */

static uint64_t traced;

void trace_reader_begin(struct trace_reader *reader, bool all)
{
	memset(reader, 0, sizeof(*reader));
	reader->next[0] = all ? 0 : traced;
}

bool trace_read(struct trace_reader *reader, struct trace_record *out)
{
	if (reader->next[0] == traced)
		return false;
	memset(out, 0, sizeof(*out));
	out->time = reader->next[0]++;
	reader->lost = 7;
	return true;
}

static void make_other(void)
{
	uint64_t *words = (uint64_t *)(void *)&other_count;

	memset(&other, 0, sizeof(other));
	other.id = 1;
	other.state = VM_STOPPING;
	other.running = 3;
	other.config.cpus = 4;
	other.config.memory = MIB(256);
	other.config.tee = VM_TEE_SHARED;
	other.config.quota = (struct tee_quota){1000, 100, 10, 1};
	strcpy(other.config.name, "the-other");
	for (size_t i = 0; i < sizeof(other_count) / 8; i++)
		words[i] = 1000 + i;
	other_used = (struct tee_gauges){.pages = 5, .buffers = 6, .sessions = 7, .calls = 8};
}

/* --- a program in the control VM --- */

static struct client {
	uint8_t got[1u << 20]; /* bytes read and not yet looked at */
	uint32_t length;
	uint32_t buffer; /* size of the buffers it reads into */
} client;

static struct reply {
	struct control_header header;
	_Alignas(8) uint8_t body[CONTROL_BODY_MAX];
} got;

static int fresh(void **state)
{
	int result = vserial_world_reset(state);

	make_other();
	memset(&done, 0, sizeof(done));
	traced = 0;
	client.length = 0;
	client.buffer = 512;
	driver_open();
	return result;
}

static void pass_time(void)
{
	world.ticks += 2;
	(void)vserial_poll();
}

/* Read as long as something comes. */
static void collect(void)
{
	struct guest_queue *g = &world.queue[IN];
	uint32_t n, idle = 0;

	while (idle < 3) {
		while ((uint16_t)(g->offered - g->seen) < DRIVER_SIZE / 2)
			(void)driver_give(IN, NULL, client.buffer);
		driver_notify(IN);
		pass_time();
		n = driver_read(client.got + client.length,
				(uint32_t)sizeof(client.got) - client.length);
		client.length += n;
		idle = n == 0 ? idle + 1 : 0;
	}
}

static void consume(void *to, uint32_t n)
{
	assert_true(client.length >= n);
	memcpy(to, client.got, n);
	client.length -= n;
	memmove(client.got, client.got + n, client.length);
}

/* The next reply, which is there. */
static void next_reply(void)
{
	consume(&got.header, sizeof(got.header));
	assert_int_equal(got.header.version, CONTROL_VERSION);
	assert_true(got.header.length <= CONTROL_BODY_MAX);
	consume(got.body, got.header.length);
}

static void expect_reply(uint16_t type, uint32_t tag, uint32_t length)
{
	collect();
	next_reply();
	assert_int_equal(got.header.type, type | CONTROL_REPLY);
	assert_int_equal(got.header.tag, tag);
	assert_int_equal(got.header.length, length);
}

static void expect_error(uint32_t code, uint16_t type, uint32_t tag)
{
	struct control_error error;

	collect();
	next_reply();
	assert_int_equal(got.header.type, CONTROL_ERROR);
	assert_int_equal(got.header.tag, tag);
	assert_int_equal(got.header.length, sizeof(error));
	memcpy(&error, got.body, sizeof(error));
	assert_int_equal(error.code, code);
	assert_int_equal(error.type, type);
	assert_int_equal(error.version, CONTROL_VERSION);
}

static void expect_nothing(void)
{
	collect();
	assert_int_equal(client.length, 0);
}

static void ask_as(uint16_t version, uint16_t type, uint32_t tag, const void *body, uint32_t length)
{
	const struct control_header header = {length, type, version, tag};

	driver_write(&header, sizeof(header));
	if (body != NULL)
		driver_write(body, length);
}

static void ask(uint16_t type, uint32_t tag, const void *body, uint32_t length)
{
	ask_as(CONTROL_VERSION, type, tag, body, length);
}

static void expect_in_step(void)
{
	ask(CONTROL_HELLO, 4711, NULL, 0);
	expect_reply(CONTROL_HELLO, 4711, sizeof(struct control_hello));
	assert_int_equal(client.length, 0);
}

static void reopen(void)
{
	driver_say(1, VIRTIO_CONSOLE_PORT_OPEN, 0);
	driver_say(1, VIRTIO_CONSOLE_PORT_OPEN, 1);
}

/* --- what it promises --- */

static void hello_says_who_speaks_which_version_to_any(void **state)
{
	struct control_hello hello;

	(void)state;
	ask_as(99, CONTROL_HELLO, 1, NULL, 0);
	expect_reply(CONTROL_HELLO, 1, sizeof(hello));
	memcpy(&hello, got.body, sizeof(hello));
	assert_int_equal(hello.version, CONTROL_VERSION);
	assert_int_equal(hello.body_max, CONTROL_BODY_MAX);
	assert_string_equal(hello.name, "teevisor");
	assert_true(hello.release[0] != '\0' && hello.release[sizeof(hello.release) - 1] == '\0');
}

static void list_has_each_vm(void **state)
{
	struct control_list list;
	struct control_vm vm[2];

	(void)state;
	guest_vm.state = VM_RUNNING;
	strcpy(guest_vm.config.name, "me");
	ask(CONTROL_LIST, 0xffffffff, NULL, 0);
	expect_reply(CONTROL_LIST, 0xffffffff, sizeof(list) + sizeof(vm));
	memcpy(&list, got.body, sizeof(list));
	memcpy(vm, got.body + sizeof(list), sizeof(vm));
	assert_int_equal(list.count, 2);
	assert_int_equal(list.size, sizeof(struct control_vm));
	assert_string_equal(vm[0].name, "me");
	assert_int_equal(vm[0].state, CONTROL_VM_RUNS);
	assert_int_equal(vm[0].mode, CONTROL_TEE_NONE);
	assert_int_equal(vm[0].has_tee, 0);
	assert_string_equal(vm[1].name, "the-other");
	assert_int_equal(vm[1].id, 1);
	assert_int_equal(vm[1].state, CONTROL_VM_STOPS);
	assert_int_equal(vm[1].cpus, 4);
	assert_int_equal(vm[1].cpus_on, 3);
	assert_int_equal(vm[1].memory, MIB(256));
	assert_int_equal(vm[1].mode, CONTROL_TEE_SHARED);
	assert_int_equal(vm[1].has_tee, 1);
}

static void info_has_every_counter_in_its_place(void **state)
{
	const struct control_which which = {1};
	struct control_info info;

	(void)state;
	ask(CONTROL_INFO, 7, &which, sizeof(which));
	expect_reply(CONTROL_INFO, 7, sizeof(info));
	memcpy(&info, got.body, sizeof(info));
	assert_string_equal(info.vm.name, "the-other");
	assert_int_equal(info.count.fast_calls, other_count.fast_calls);
	assert_int_equal(info.count.calls, other_count.calls);
	assert_int_equal(info.count.opens, other_count.opens);
	assert_int_equal(info.count.invokes, other_count.invokes);
	assert_int_equal(info.count.registrations, other_count.registrations);
	assert_int_equal(info.count.rpcs, other_count.rpcs);
	assert_int_equal(info.count.secure_calls, other_count.secure_calls);
	assert_int_equal(info.count.irq_resumed, other_count.irq_resumed);
	assert_int_equal(info.count.irq_returned, other_count.irq_returned);
	assert_int_equal(info.count.yields, other_count.yields);
	assert_int_equal(info.count.notifications, other_count.notifications);
	assert_int_equal(info.count.tee_faults, other_count.tee_faults);
	assert_memory_equal(info.count.refusals, other_count.refusals, sizeof(info.count.refusals));
	assert_memory_equal(&info.used, ((uint32_t[]){5, 6, 7, 8}), 16);
	assert_memory_equal(&info.quota, ((uint32_t[]){1000, 100, 10, 1}), 16);
}

static void info_of_a_vm_without_a_tee_is_all_zero(void **state)
{
	static const struct control_counters none;
	const struct control_which which = {0};
	struct control_info info;

	(void)state;
	ask(CONTROL_INFO, 7, &which, sizeof(which));
	expect_reply(CONTROL_INFO, 7, sizeof(info));
	memcpy(&info, got.body, sizeof(info));
	assert_memory_equal(&info.count, &none, sizeof(none));
	assert_int_equal(info.used.pages, 0);
}

static void a_vm_that_is_not_there_is_an_error(void **state)
{
	static const uint32_t ids[] = {2, 15, 16, 0x80000000, 0xffffffff};

	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		ask(CONTROL_INFO, i, &ids[i], 4);
		expect_error(CONTROL_NO_VM, CONTROL_INFO, i);
	}
	expect_in_step();
}

static void what_is_refused_is_skipped_and_the_stream_stays_in_step(void **state)
{
	static const uint8_t body[4096];
	static const struct {
		uint16_t version, type;
		uint32_t length, code;
	} bad[] = {
		{1, 0, 0, CONTROL_BAD_TYPE},
		{1, 99, 50, CONTROL_BAD_TYPE},
		{1, CONTROL_ERROR, 8, CONTROL_BAD_TYPE},
		{1, CONTROL_LIST | CONTROL_REPLY, 0, CONTROL_BAD_TYPE},
		{0, CONTROL_LIST, 0, CONTROL_BAD_VERSION},
		{2, CONTROL_LIST, 3, CONTROL_BAD_VERSION},
		{0xffff, 99, 4080, CONTROL_BAD_VERSION},
		{1, CONTROL_HELLO, 1, CONTROL_BAD_LENGTH},
		{1, CONTROL_LIST, 4080, CONTROL_BAD_LENGTH},
		{1, CONTROL_INFO, 0, CONTROL_BAD_LENGTH},
		{1, CONTROL_INFO, 3, CONTROL_BAD_LENGTH},
		{1, CONTROL_INFO, 5, CONTROL_BAD_LENGTH},
		{1, CONTROL_INFO, 4081, CONTROL_TOO_LONG},
		{1, 99, 4096, CONTROL_TOO_LONG},
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ask_as(bad[i].version, bad[i].type, i, bad[i].length != 0 ? body : NULL,
		       bad[i].length);
		expect_error(bad[i].code, bad[i].type, i);
		expect_in_step();
	}
}

static void a_long_body_is_skipped_whole(void **state)
{
	static uint8_t body[4096];

	(void)state;
	memset(body, 0x11, sizeof(body)); /* as requests, these would be errors */
	ask(CONTROL_LIST, 1, NULL, CONTROL_SKIP_MAX);
	expect_error(CONTROL_TOO_LONG, CONTROL_LIST, 1);
	for (uint32_t i = 0; i < CONTROL_SKIP_MAX / sizeof(body); i++) {
		driver_write(body, sizeof(body));
		pass_time();
	}
	expect_in_step();
}

static void an_absurd_length_ends_the_session_until_it_is_opened_anew(void **state)
{
	static const uint32_t lengths[] = {CONTROL_SKIP_MAX + 1, 0x80000000, 0xffffffff};

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		ask(CONTROL_LIST, i, NULL, lengths[i]);
		expect_error(CONTROL_OUT_OF_STEP, CONTROL_LIST, i);
		for (uint32_t n = 0; n < 200; n++)
			ask(CONTROL_HELLO, n, NULL, 0);
		expect_nothing();
		reopen();
		expect_in_step();
	}
}

/* More than one call deals with, without a word from the guest in between. */
static void long_work_goes_on_by_itself(void **state)
{
	struct guest_queue *g = &world.queue[OUT];
	struct vring_used_entry entry;
	uint32_t back = 0, looks = 0;

	(void)state;
	ask(CONTROL_LIST, 1, NULL, 0xffffffff);
	expect_error(CONTROL_OUT_OF_STEP, CONTROL_LIST, 1);
	while (guest_take(g, &entry))
		continue;
	for (uint32_t i = 0; i < DRIVER_SIZE; i++)
		(void)driver_give(OUT, NULL, 0x10000);
	driver_notify(OUT);
	for (;;) {
		while (guest_take(g, &entry))
			back++;
		if (back == DRIVER_SIZE)
			break;
		assert_true(++looks < 100);
		pass_time();
	}
	assert_true(looks > 4);
}

static void requests_may_come_in_any_pieces(void **state)
{
	const struct control_which which = {1};
	uint8_t frame[sizeof(struct control_header) + sizeof(which)];
	const struct control_header header = {sizeof(which), CONTROL_INFO, CONTROL_VERSION, 5};

	(void)state;
	memcpy(frame, &header, sizeof(header));
	memcpy(frame + sizeof(header), &which, sizeof(which));
	for (uint32_t piece = 1; piece <= sizeof(frame); piece++) {
		for (uint32_t at = 0; at < sizeof(frame); at += piece) {
			uint32_t left = (uint32_t)sizeof(frame) - at;

			driver_write(frame + at, left < piece ? left : piece);
			if (at + piece < sizeof(frame))
				expect_nothing();
		}
		expect_reply(CONTROL_INFO, 5, sizeof(struct control_info));
	}
}

static void replies_come_in_the_order_of_requests(void **state)
{
	struct control_header headers[300];
	const uint32_t count = sizeof(headers) / sizeof(headers[0]);

	(void)state;
	for (uint32_t i = 0; i < count; i++)
		headers[i] = (struct control_header){0, i % 3 == 0 ? 99 : CONTROL_LIST, 1, i};
	driver_write(headers, sizeof(headers)); /* all in one */
	collect();
	for (uint32_t i = 0; i < count; i++) {
		next_reply();
		assert_int_equal(got.header.tag, i);
		assert_int_equal(got.header.type,
				 i % 3 == 0 ? CONTROL_ERROR : CONTROL_LIST | CONTROL_REPLY);
	}
	assert_int_equal(client.length, 0);
}

static void replies_wait_for_the_smallest_of_buffers(void **state)
{
	(void)state;
	client.buffer = 1;
	ask(CONTROL_LIST, 1, NULL, 0);
	ask(CONTROL_LIST, 2, NULL, 0);
	expect_reply(CONTROL_LIST, 1, sizeof(struct control_list) + 2 * sizeof(struct control_vm));
	next_reply();
	assert_int_equal(got.header.tag, 2);
	assert_int_equal(client.length, 0);
}

static void nothing_of_a_session_reaches_the_next(void **state)
{
	(void)state;
	ask(CONTROL_LIST, 1, NULL, 0); /* its reply finds no buffer */
	driver_write("\4\0\0\0\3\0", 6);
	reopen();
	expect_in_step();
	driver_write("\4\0\0\0\3\0", 6); /* half a header */
	reopen();
	expect_in_step();
	ask(CONTROL_INFO, 2, NULL, 4);
	reopen(); /* in the middle of a body */
	expect_in_step();
	ask(CONTROL_LIST, 3, NULL, 4096);
	collect();
	client.length = 0;
	reopen(); /* in the middle of skipping */
	expect_in_step();
}

static void any_bytes_at_all_leave_it_able_to_answer(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (uint32_t round = 0; round < 2000; round++) {
		uint8_t bytes[64];

		for (uint32_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = (uint8_t)((seed >> 16) % (round % 2 == 0 ? 4 : 256));
		}
		driver_write(bytes, 1 + seed % (uint32_t)sizeof(bytes));
		collect();
		client.length = 0;
		if (round % 16 != 15)
			continue;
		reopen();
		expect_in_step();
	}
}

static const struct {
	uint16_t type;
	int what;
	enum vm_after after;
} changes[] = {
	{CONTROL_START, STARTED, 0},	     {CONTROL_PAUSE, PAUSED, 0},
	{CONTROL_RESUME, RESUMED, 0},	     {CONTROL_REBOOT, ENDED, VM_AFTER_START},
	{CONTROL_OFF, ENDED, VM_AFTER_STOP}, {CONTROL_DESTROY, ENDED, VM_AFTER_DESTROY},
};

static void each_change_is_asked_for_once(void **state)
{
	const struct control_which which = {1};

	(void)state;
	for (uint32_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		memset(&done, 0, sizeof(done));
		ask(changes[i].type, i, &which, sizeof(which));
		expect_reply(changes[i].type, i, 0);
		assert_int_equal(done.what, changes[i].what);
		assert_ptr_equal(done.vm, &other);
		assert_int_equal(done.after, changes[i].after);
	}
}

static void a_change_that_cannot_be_is_an_error_and_nothing_more(void **state)
{
	const struct control_which itself = {0}, other_one = {1}, nobody = {2};

	(void)state;
	for (uint32_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		uint16_t type = changes[i].type;

		ask(type, i, &itself, sizeof(itself));
		expect_error(CONTROL_ITSELF, type, i);
		ask(type, i, &nobody, sizeof(nobody));
		expect_error(CONTROL_NO_VM, type, i);
		ask(type, i, NULL, 0);
		expect_error(CONTROL_BAD_LENGTH, type, i);
		assert_int_equal(done.what, NOTHING);
		done.answer = VM_ERROR_STATE;
		ask(type, i, &other_one, sizeof(other_one));
		expect_error(CONTROL_BAD_STATE, type, i);
		memset(&done, 0, sizeof(done));
	}
	expect_in_step();
}

/* How many records came; the first of them has this time. */
static uint32_t expect_records(uint32_t from, uint64_t first)
{
	const struct control_trace request = {from};
	struct control_records head;
	struct trace_record record;

	ask(CONTROL_TRACE, 1, &request, sizeof(request));
	collect();
	next_reply();
	assert_int_equal(got.header.type, CONTROL_TRACE | CONTROL_REPLY);
	memcpy(&head, got.body, sizeof(head));
	assert_int_equal(head.size, sizeof(record));
	assert_int_equal(head.hz, clock_hz());
	assert_int_equal(got.header.length, sizeof(head) + head.count * sizeof(record));
	for (uint32_t i = 0; i < head.count; i++) {
		memcpy(&record, got.body + sizeof(head) + i * sizeof(record), sizeof(record));
		assert_int_equal(record.time, first + i);
	}
	if (head.count != 0)
		assert_int_equal(head.lost, 7);
	return head.count;
}

static void the_trace_goes_on_where_the_session_was(void **state)
{
	(void)state;
	traced = 10;
	assert_int_equal(expect_records(CONTROL_FROM_LAST, 0), 0); /* a session begins now */
	traced = 13;
	assert_int_equal(expect_records(CONTROL_FROM_LAST, 10), 3);
	assert_int_equal(expect_records(CONTROL_FROM_LAST, 13), 0);
	assert_int_equal(expect_records(CONTROL_FROM_OLDEST, 0), 13);
	traced = 20;
	assert_int_equal(expect_records(CONTROL_FROM_NOW, 20), 0);
	reopen();
	traced = 25;
	assert_int_equal(expect_records(CONTROL_FROM_LAST, 25), 0);
}

static void a_long_trace_comes_in_full_replies(void **state)
{
	const struct control_trace wrong = {3};
	uint32_t n, read = 0;

	(void)state;
	traced = 1000;
	read = expect_records(CONTROL_FROM_OLDEST, 0);
	assert_int_equal(read, (CONTROL_BODY_MAX - sizeof(struct control_records)) / 80);
	while ((n = expect_records(CONTROL_FROM_LAST, read)) != 0)
		read += n;
	assert_int_equal(read, 1000);
	ask(CONTROL_TRACE, 2, &wrong, sizeof(wrong));
	expect_error(CONTROL_BAD_VALUE, CONTROL_TRACE, 2);
	expect_in_step();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_change_is_asked_for_once, fresh),
		cmocka_unit_test_setup(a_change_that_cannot_be_is_an_error_and_nothing_more, fresh),
		cmocka_unit_test_setup(the_trace_goes_on_where_the_session_was, fresh),
		cmocka_unit_test_setup(a_long_trace_comes_in_full_replies, fresh),
		cmocka_unit_test_setup(hello_says_who_speaks_which_version_to_any, fresh),
		cmocka_unit_test_setup(list_has_each_vm, fresh),
		cmocka_unit_test_setup(info_has_every_counter_in_its_place, fresh),
		cmocka_unit_test_setup(info_of_a_vm_without_a_tee_is_all_zero, fresh),
		cmocka_unit_test_setup(a_vm_that_is_not_there_is_an_error, fresh),
		cmocka_unit_test_setup(what_is_refused_is_skipped_and_the_stream_stays_in_step,
				       fresh),
		cmocka_unit_test_setup(a_long_body_is_skipped_whole, fresh),
		cmocka_unit_test_setup(an_absurd_length_ends_the_session_until_it_is_opened_anew,
				       fresh),
		cmocka_unit_test_setup(long_work_goes_on_by_itself, fresh),
		cmocka_unit_test_setup(requests_may_come_in_any_pieces, fresh),
		cmocka_unit_test_setup(replies_come_in_the_order_of_requests, fresh),
		cmocka_unit_test_setup(replies_wait_for_the_smallest_of_buffers, fresh),
		cmocka_unit_test_setup(nothing_of_a_session_reaches_the_next, fresh),
		cmocka_unit_test_setup(any_bytes_at_all_leave_it_able_to_answer, fresh),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
