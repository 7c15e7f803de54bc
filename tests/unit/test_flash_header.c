/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware follows a flash header only if each number in it makes sense. A good one is changed
 * in one place at a time, to values at and beyond each limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "firmware/flash.c"
#include "lib/util.h"
#include "platform/qemu-virt/board.c"

static const struct flash_header good = {
	.magic = FLASH_HEADER_MAGIC,
	.version = FLASH_HEADER_VERSION,
	.tee_offset = 0x100000,
	.tee_size = 0xa0001,
	.tee_load = 0x0e100000,
	.next_offset = 0x200000,
	.next_size = 0x123456,
	.next_load = 0x44000000,
	.device_tree = 0x40000000,
};

static void a_good_header_is_followed(void **state)
{
	struct flash_header h = good;

	(void)state;
	assert_null(flash_header_fault(&h, &board));
	h.tee_size = 0xf00000;
	h.next_offset = 0x100000 + 0xf00000;
	assert_null(flash_header_fault(&h, &board));
	h.next_size = board.flash.size - h.next_offset;
	assert_null(flash_header_fault(&h, &board));
}

static void without_a_tee_its_fields_do_not_matter(void **state)
{
	struct flash_header h = good;

	(void)state;
	h.tee_size = 0;
	h.tee_offset = ~0ull;
	h.tee_load = 1;
	assert_null(flash_header_fault(&h, &board));
}

#define REFUSED(field, wrong)                                                                      \
	do {                                                                                       \
		struct flash_header h_ = good;                                                     \
		h_.field = (wrong);                                                                \
		assert_non_null(flash_header_fault(&h_, &board));                                  \
	} while (0)

static void each_bad_field_is_refused(void **state)
{
	(void)state;
	REFUSED(magic, 0);
	REFUSED(version, 2);
	REFUSED(tee_offset, 0xff000);
	REFUSED(tee_offset, 0x4000000);
	REFUSED(tee_offset, ~0ull - 0x1000);
	REFUSED(tee_offset, 0x1ff000); /* runs into the next image */
	REFUSED(tee_size, 0xf00001);
	REFUSED(tee_size, ~0ull);
	REFUSED(tee_load, 0x0e0ff000); /* the firmware's own memory */
	REFUSED(tee_load, 0x0e100800);
	REFUSED(tee_load, 0x0eff0000);
	REFUSED(tee_load, 0x44000000);
	REFUSED(tee_load, ~0xfffull);
	REFUSED(next_offset, 0);
	REFUSED(next_offset, 0x4000000);
	REFUSED(next_offset, ~0ull);
	REFUSED(next_size, 0);
	REFUSED(next_size, 0x3e00001);
	REFUSED(next_size, ~0ull);
	REFUSED(next_load, 0);
	REFUSED(next_load, 0x0e100000);
	REFUSED(next_load, 0x44000004);
	REFUSED(next_load, 0x3fff000 + 0x40000000ull * 256);
	REFUSED(next_load, ~0xfffull);
	REFUSED(next_load, 0x40000000); /* over the device tree */
	REFUSED(device_tree, 0);
	REFUSED(device_tree, 0x40000004);
	REFUSED(device_tree, 0x44001000);
	REFUSED(device_tree, ~7ull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_header_is_followed),
		cmocka_unit_test(without_a_tee_its_fields_do_not_matter),
		cmocka_unit_test(each_bad_field_is_refused),
	};

	return cmocka_run_group_tests_name("flash_header", tests, NULL, NULL);
}
