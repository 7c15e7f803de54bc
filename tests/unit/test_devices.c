/* SPDX-License-Identifier: BSD-2-Clause */
/* Device space, UART, clock, console and seeds, as guests and people at the terminal see them. */
#include "arch/clock.h"
#include "hypervisor/random.h"
#include "hypervisor/vserial.h"
#include "tests/unit/devices_world.h"
#include <string.h>

#define UART(reg) (VDEV_UART_BASE + (reg))
#define RTC(reg)  (VDEV_RTC_BASE + (reg))
#define CTRL_A3	  "\001\001\001"

/* --- device space --- */

static bool is_there(uint64_t address, uint8_t size)
{
	struct mmio mmio = {.ipa = address, .size = size};

	return device_access(&world_vcpu, &mmio);
}

static void nothing_answers_between_the_devices(void **state)
{
	(void)state;
	assert_false(is_there(0, 4));
	assert_false(is_there(0x08010000, 1));
	assert_false(is_there(0x09000fff, 2)); /* half of it beyond the end */
	assert_false(is_there(0x09001000, 4));
	assert_false(is_there(0x0a004000, 4));
	assert_false(is_there(0x3ffffff8, 8));
	assert_false(is_there(~0ull, 8));
	assert_true(is_there(0x0a003ffc, 4));
}

static void redistributors_are_as_many_as_vcpus(void **state)
{
	(void)state;
	assert_true(is_there(VDEV_GICR_BASE + 2 * VDEV_GICR_STRIDE - 4, 4));
	assert_true(world.gic_accessed);
	assert_false(is_there(VDEV_GICR_BASE + 2 * VDEV_GICR_STRIDE, 4));
}

static void empty_virtio_slots_say_so(void **state)
{
	(void)state;
	for (uint64_t slot = 0; slot < 32; slot++) {
		uint64_t base = VDEV_VIRTIO_BASE + slot * 0x200;

		assert_int_equal(world_load(base, 4), 0x74726976);
		assert_int_equal(world_load(base + 4, 4), 1);
		assert_int_equal(world_load(base + 8, 4), 0);
		world_store(base + 0x70, 4, 0xffffffff);
		assert_int_equal(world_load(base + 0x70, 4), 0);
	}
}

static void the_control_vm_alone_has_the_serial_device_in_the_first_slot(void **state)
{
	static struct vserial serial;

	(void)state;
	world_vm[0].serial = &serial;
	assert_int_equal(world_load(VDEV_VIRTIO_BASE, 4), 0x5e41a1);
	assert_int_equal(world_load(VDEV_VIRTIO_BASE + 0x1fc, 4), 0x5e41a1);
	assert_int_equal(world_load(VDEV_VIRTIO_BASE + 0x200, 4), 0x74726976);
	world_vcpu.vm = &world_vm[1];
	assert_int_equal(world_load(VDEV_VIRTIO_BASE, 4), 0x74726976);
}

static void flash_is_erased_for_ever(void **state)
{
	(void)state;
	world_store(VDEV_FLASH_BASE, 4, 0x20);
	assert_int_equal(world_load(VDEV_FLASH_BASE, 1), 0xff);
	assert_true(world_load(0x07fffff8, 8) == ~0ull);
	assert_false(is_there(0x03fffffc, 4));
}

static void narrow_loads_are_cut_out_of_the_register(void **state)
{
	(void)state;
	assert_int_equal(world_load(VDEV_VIRTIO_BASE + 1, 1), 0x69);
	assert_int_equal(world_load(VDEV_VIRTIO_BASE + 2, 2), 0x7472);
	assert_int_equal(world_load(VDEV_VIRTIO_BASE, 8), 0x74726976);
	world_store(UART(0x24), 4, 0x1234);
	world_store(UART(0x25), 1, 0xff); /* ignored */
	assert_int_equal(world_load(UART(0x24), 4), 0x1234);
	world_store(UART(0x24), 2, 0xabcd5678);
	assert_int_equal(world_load(UART(0x24), 4), 0x5678);
}

/* --- UART --- */

static void uart_is_a_pl011(void **state)
{
	static const uint8_t id[] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(world_load(UART(0xfe0 + i * 4), 4), id[i]);
	assert_int_equal(world_load(UART(0x18), 4), 0x90); /* both FIFOs empty */
	assert_int_equal(world_load(UART(0x30), 4), 0x300);
	assert_int_equal(world_load(UART(0x34), 4), 0x12);
}

static void uart_sends_and_interrupts_when_asked(void **state)
{
	(void)state;
	world_store(UART(0), 1, 'x');
	expect_sent("[vm0] x");
	assert_false(world.line[33]);
	world_store(UART(0x38), 4, 0x20);
	assert_true(world.line[33]);
	assert_int_equal(world_load(UART(0x40), 4), 0x20);
	world_store(UART(0x44), 4, 0x20);
	assert_false(world.line[33]);
	world_store(UART(0), 4, 'y');
	assert_true(world.line[33]);
	world_store(UART(0x38), 4, 0);
	assert_false(world.line[33]);
}

static void uart_receives_and_keeps_its_line_up_until_read(void **state)
{
	(void)state;
	world_store(UART(0x38), 4, 0x50);
	world_type("ab");
	assert_true(world.line[33]);
	assert_int_equal(world_load(UART(0x18), 4), 0x80);
	world_store(UART(0x44), 4, 0x7ff); /* two bytes wait: the timeout comes again */
	assert_true(world.line[33]);
	assert_int_equal(world_load(UART(0), 4), 'a');
	assert_true(world.line[33]);
	assert_int_equal(world_load(UART(0), 1), 'b');
	assert_false(world.line[33]);
	assert_int_equal(world_load(UART(0), 4), 0);
	assert_int_equal(world_load(UART(0x18), 4), 0x90);
}

static void uart_drops_what_does_not_fit_and_goes_on(void **state)
{
	(void)state;
	for (unsigned i = 0; i < VUART_FIFO + 100; i++)
		vuart_receive(&world_vm[0], (char)i);
	assert_int_equal(world_load(UART(0x18), 4), 0xc0);
	for (unsigned i = 0; i < VUART_FIFO; i++)
		assert_int_equal(world_load(UART(0), 4), i & 0xff);
	assert_int_equal(world_load(UART(0x18), 4), 0x90);
	vuart_receive(&world_vm[0], 'z');
	assert_int_equal(world_load(UART(0), 4), 'z');
}

static void interrupt_controller_hears_of_changes_only(void **state)
{
	(void)state;
	world_store(UART(0x38), 4, 0x50);
	world_type("abc");
	assert_int_equal(world.line_calls, 1);
}

static void no_uart_access_breaks_it(void **state)
{
	(void)state;
	for (uint64_t reg = 0; reg < 0x1000; reg++) {
		for (uint8_t size = 1; size <= 8 && reg + size <= 0x1000; size *= 2) {
			world_store(UART(reg), size, ~0ull);
			(void)world_load(UART(reg), size);
			world_store(RTC(reg), size, ~0ull);
			(void)world_load(RTC(reg), size);
		}
	}
}

/* --- clock --- */

static void clock_goes_on_from_the_boards(void **state)
{
	(void)state;
	assert_int_equal(world_load(RTC(0), 4), 100);
	vrtc_init(5000);
	world.ticks += 7 * WORLD_HZ;
	assert_int_equal(world_load(RTC(0), 4), 5007);
	assert_int_equal(world_load(RTC(0xfe0), 4), 0x31);
	assert_int_equal(world_load(RTC(0xfe8), 4), 0x14);
}

static void clock_is_set_by_one_vm_for_itself(void **state)
{
	(void)state;
	world_store(RTC(8), 4, 42);
	world.ticks += WORLD_HZ;
	assert_int_equal(world_load(RTC(0), 4), 43);
	world_vcpu.vm = &world_vm[1];
	assert_int_equal(world_load(RTC(0), 4), 101);
}

static void alarm_rings_at_its_second(void **state)
{
	(void)state;
	assert_true(vrtc_poll() == VRTC_NEVER);
	world.ticks += 10;
	world_store(RTC(0x10), 4, 1);
	world_store(RTC(4), 4, 102);
	assert_true(world.rescheduled);
	assert_int_equal(vrtc_poll(), 102 * WORLD_HZ);
	world.ticks = 102 * WORLD_HZ - 1;
	(void)vrtc_poll();
	assert_false(world.line[34]);
	world.ticks++;
	(void)vrtc_poll();
	assert_true(world.line[34]);
	assert_true(vrtc_poll() == VRTC_NEVER);
	assert_int_equal(world_load(RTC(0x18), 4), 1);
	world_store(RTC(0x1c), 4, 1);
	assert_false(world.line[34]);
}

static void alarm_for_this_second_rings_at_once(void **state)
{
	(void)state;
	world_store(RTC(4), 4, 100);
	assert_int_equal(world_load(RTC(0x14), 4), 1);
	assert_int_equal(world_load(RTC(0x18), 4), 0);
	assert_false(world.line[34]);
	world_store(RTC(0x10), 4, 1);
	assert_true(world.line[34]);
}

static void alarm_follows_a_clock_that_is_set(void **state)
{
	(void)state;
	world_store(RTC(4), 4, 200);
	world_store(RTC(8), 4, 199);
	assert_int_equal(vrtc_poll(), 101 * WORLD_HZ);
}

/* --- console --- */

static void lines_carry_their_source(void **state)
{
	(void)state;
	world_print(0, "one\r\ntwo\n\r\n");
	expect_sent("[vm0] one\r\n[vm0] two\r\n[vm0] \r\n");
	console_log("n %d", 7);
	expect_sent("[hyp] n 7\r\n");
}

static void focus_is_passed_through_at_once(void **state)
{
	(void)state;
	world_print(0, "login: ");
	expect_sent("[vm0] login: ");
	world_print(0, "\rlogin: x");
	expect_sent("\rlogin: x");
	world_print(0, "\r\n");
	expect_sent("\r\n");
}

static void others_come_line_by_line(void **state)
{
	(void)state;
	world_print(1, "hello");
	expect_sent("");
	world_print(1, " you\r\n");
	expect_sent("[vm1] hello you\r\n");
	world_print(1, "\ra\rb\001c\n");
	expect_sent("[vm1] abc\r\n");
}

static void unfinished_line_is_shown_again(void **state)
{
	(void)state;
	world_print(0, "# ls");
	world_print(1, "x\n");
	console_log("y");
	expect_sent("[vm0] # ls\r\n[vm1] x\r\n[vm0] # ls\r\n[hyp] y\r\n[vm0] # ls");
	world_print(0, "\r\n");
	world_print(1, "z\n");
	expect_sent("\r\n[vm1] z\r\n");
}

static void endless_lines_are_cut(void **state)
{
	char expected[CONSOLE_LINE + 9] = "[vm1] ";

	(void)state;
	memset(expected + 6, 'a', CONSOLE_LINE);
	memcpy(expected + 6 + CONSOLE_LINE, "\r\n", 3);
	for (unsigned i = 0; i < CONSOLE_LINE + 1; i++)
		world_print(1, "a");
	expect_sent(expected);
	for (unsigned i = 0; i < 3 * CONSOLE_LINE + 5; i++)
		world_print(0, "b");
	world_clear();
	console_log("c");
	expect_sent("\r\n[hyp] c\r\n[vm0] bbbbb");
}

static void three_keys_move_the_focus(void **state)
{
	(void)state;
	world_print(1, "$ ");
	world_type(CTRL_A3);
	expect_sent("[hyp] input to vm1\r\n[vm1] $ ");
	world_print(1, "l");
	world_type(CTRL_A3);
	expect_sent("l\r\n[hyp] input to hyp\r\n[hyp] > ");
	world_type(CTRL_A3);
	expect_sent("\r\n[hyp] input to vm0\r\n");
	world_type("\001");
	world_type("\001q");
	assert_int_equal(world_load(UART(0), 4), 1);
	assert_int_equal(world_load(UART(0), 4), 1);
	assert_int_equal(world_load(UART(0), 4), 'q');
}

static int ran;

static void run_vms(const char *argument)
{
	ran++;
	console_log("%s", *argument == '\0' ? "two" : argument);
}

static void commands_run(void **state)
{
	static const struct console_command table[] = {{"vms", "list", run_vms}, {0}};

	(void)state;
	console_set_commands(table);
	world_type(CTRL_A3 CTRL_A3);
	world_clear();
	world_type("vmx\177s\r");
	expect_sent("vmx\b \bs\r\n[hyp] two\r\n[hyp] > ");
	assert_int_equal(ran, 1);
	world_type("vms  vm1 2\r");
	expect_sent("vms  vm1 2\r\n[hyp] vm1 2\r\n[hyp] > ");
	assert_int_equal(ran, 2);
	world_type("no\r");
	expect_sent("no\r\n[hyp] no: no such command; try help\r\n[hyp] > ");
	world_type("help\r\r");
	assert_non_null(strstr(world.sent, "[hyp] vms: list\r\n"));
	for (unsigned i = 0; i < 200; i++)
		world_type("x");
}

/* Ids have gaps, and what has the focus may be destroyed: then the key is the hypervisor's. */
static void focus_passes_by_vms_that_are_gone(void **state)
{
	(void)state;
	world_vm[0].state = VM_FREE;
	world_type("a");
	assert_non_null(strstr(world.sent, "input to hyp"));
	world_clear();
	world_type(CTRL_A3);
	assert_non_null(strstr(world.sent, "input to vm1"));
	world_vm[1].state = VM_FREE;
	world_type(CTRL_A3 CTRL_A3);
	assert_non_null(strstr(world.sent, "input to hyp"));
	assert_int_equal(world_vm[0].uart.in_head | world_vm[1].uart.in_head, 0);
}

static void log_of_a_guests_doing_is_limited(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++)
		console_log_vm(&world_vm[1], "n%u", i);
	assert_non_null(strstr(world.sent, "[hyp] vm1: n9\r\n"));
	assert_null(strstr(world.sent, "n10"));
	world_clear();
	world.ticks += WORLD_HZ;
	console_log_vm(&world_vm[1], "later");
	expect_sent("[hyp] vm1: 40 more lines were not shown\r\n[hyp] vm1: later\r\n");
}

static void end_of_a_vm_ends_its_line(void **state)
{
	(void)state;
	world_print(1, "bye");
	console_guest_end(&world_vm[1]);
	expect_sent("[vm1] bye\r\n");
	world_print(0, "bye");
	console_guest_end(&world_vm[0]);
	console_guest_end(&world_vm[0]);
	expect_sent("[vm0] bye\r\n");
}

/* --- seeds --- */

static void chacha20_is_that_of_the_standard(void **state)
{
	/* RFC 8439, 2.3.2 */
	static const uint32_t key[8] = {0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
					0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c};
	static const uint32_t tail[4] = {1, 0x09000000, 0x4a000000, 0};
	static const uint32_t expected[16] = {0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3,
					      0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3,
					      0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
					      0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2};
	uint32_t out[16];

	(void)state;
	chacha20_block(key, tail, out);
	assert_memory_equal(out, expected, sizeof(out));
}

static void seed_is_wiped_and_no_bytes_come_twice(void **state)
{
	uint8_t seed[64], zero[64] = {0}, a[100], b[100];

	(void)state;
	memset(seed, 0x5a, sizeof(seed));
	random_init(seed, sizeof(seed));
	assert_memory_equal(seed, zero, sizeof(seed));
	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	assert_memory_not_equal(a, b, 50);
	assert_memory_not_equal(a + 50, b + 50, 50);
}

#define T(f) cmocka_unit_test_setup(f, world_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(nothing_answers_between_the_devices),
		T(redistributors_are_as_many_as_vcpus),
		T(empty_virtio_slots_say_so),
		T(the_control_vm_alone_has_the_serial_device_in_the_first_slot),
		T(flash_is_erased_for_ever),
		T(narrow_loads_are_cut_out_of_the_register),
		T(uart_is_a_pl011),
		T(uart_sends_and_interrupts_when_asked),
		T(uart_receives_and_keeps_its_line_up_until_read),
		T(uart_drops_what_does_not_fit_and_goes_on),
		T(interrupt_controller_hears_of_changes_only),
		T(no_uart_access_breaks_it),
		T(clock_goes_on_from_the_boards),
		T(clock_is_set_by_one_vm_for_itself),
		T(alarm_rings_at_its_second),
		T(alarm_for_this_second_rings_at_once),
		T(alarm_follows_a_clock_that_is_set),
		T(lines_carry_their_source),
		T(focus_is_passed_through_at_once),
		T(others_come_line_by_line),
		T(unfinished_line_is_shown_again),
		T(endless_lines_are_cut),
		T(three_keys_move_the_focus),
		T(commands_run),
		T(focus_passes_by_vms_that_are_gone),
		T(log_of_a_guests_doing_is_limited),
		T(end_of_a_vm_ends_its_line),
		T(chacha20_is_that_of_the_standard),
		T(seed_is_wiped_and_no_bytes_come_twice),
	};

	return cmocka_run_group_tests_name("devices", tests, NULL, NULL);
}
