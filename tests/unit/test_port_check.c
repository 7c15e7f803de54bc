/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * examples/port-check on the fake host, which is good, and on ports each of which has one function
 * that is wrong: all must be told apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "examples/port-check/port_check.c"
#undef PAGE
#include "tests/unit/fake_port.c"

static struct tee_port broken;
static uint32_t seen, failed;

static uint64_t pins_of(struct tee_host_vm *vm)
{
	return vm->pinned;
}

static void note(const char *what, bool good)
{
	if (!good)
		print_message("    noticed: %s\n", what);
	seen++;
	failed += !good;
}

static const struct port_check on_fake_host = {
	.port = &broken,
	.vm = &fake.vms[1],
	.ram = FAKE_RAM_IPA + 64ull * PAGE_SIZE,
	.hole = FAKE_MMIO_IPA,
	.pins = pins_of,
	.report = note,
};

static int setup(void **state)
{
	(void)state;
	fake_reset(NULL);
	broken = fake_port;
	seen = failed = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_release();
	return 0;
}

static void a_good_port_is_good(void **state)
{
	(void)state;
	assert_true(port_check(&on_fake_host));
	assert_int_equal(failed, 0);
	assert_true(seen >= 15);
	assert_int_equal(fake.violations, 0);
	assert_int_equal(fake.vms[1].pinned, 0);
	assert_false(fake.vms[1].locked);
}

static void a_port_without_a_function_is_noticed(void **state)
{
	(void)state;
	broken.inject_irq = NULL;
	assert_false(port_check(&on_fake_host));
	broken = fake_port;
	broken.trace = NULL;
	assert_true(port_check(&on_fake_host));
}

static bool pin_gives_no_page_address(struct tee_host_vm *vm, uint64_t *pages, uint32_t count)
{
	bool good = fake_port.pin(vm, pages, count);

	for (uint32_t i = 0; i < count; i++)
		pages[i] |= 8;
	return good;
}

/* Pins up to the first bad page, and leaves those pinned. */
static bool pin_as_far_as_it_goes(struct tee_host_vm *vm, uint64_t *pages, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (!fake_port.pin(vm, &pages[i], 1))
			return false;
	return true;
}

static bool pin_rounds_down(struct tee_host_vm *vm, uint64_t *pages, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		pages[i] &= ~PAGE_MASK;
	return fake_port.pin(vm, pages, count);
}

static bool pin_what_is_not_there(struct tee_host_vm *vm, uint64_t *pages, uint32_t count)
{
	(void)fake_port.pin(vm, pages, count);
	return true;
}

static void unpin_first_only(struct tee_host_vm *vm, const uint32_t *frames, uint32_t count)
{
	(void)count;
	fake_port.unpin(vm, frames, 1);
}

static bool read_words(struct tee_host_vm *vm, ipa_t from, void *to, size_t size)
{
	return fake_port.read(vm, ipa(from.ipa & ~7ull), to, size);
}

static bool read_what_is_not_there(struct tee_host_vm *vm, ipa_t from, void *to, size_t size)
{
	if (fake_port.read(vm, from, to, size))
		return true;
	memset(to, 0xff, size);
	return true;
}

static bool write_is_lost(struct tee_host_vm *vm, ipa_t to, const void *from, size_t size)
{
	uint8_t none;

	(void)from;
	(void)size;
	return fake_port.read(vm, to, &none, 1);
}

static void read_pinned_elsewhere(struct tee_host_vm *vm, pa_t from, void *to, size_t size)
{
	fake_port.read_pinned(vm, pa(from.pa & ~PAGE_MASK), to, size);
}

static void write_pinned_short(struct tee_host_vm *vm, pa_t to, const void *from, size_t size)
{
	fake_port.write_pinned(vm, to, from, size - 8);
}

/* The fake host's pages, without clearing them. */
static void *pages_get_dirty(void *host, uint32_t count, pa_t *address)
{
	uint8_t *pages = fake_port.pages_get(host, count, address);

	memset(pages, 0xff, (size_t)count * PAGE_SIZE);
	return pages;
}

static void *no_pages(void *host, uint32_t count, pa_t *address)
{
	(void)host;
	(void)count;
	(void)address;
	return NULL;
}

static uint64_t time_backwards(void *host)
{
	static uint64_t now = 1000;

	(void)host;
	return now--;
}

static enum tee_interrupted always_return(struct tee_host_vcpu *vcpu)
{
	(void)vcpu;
	return TEE_RETURN;
}

static void expect_noticed(void)
{
	failed = 0;
	assert_false(port_check(&on_fake_host));
	assert_true(failed > 0);
	broken = fake_port;
}

static void wrong_pins_are_noticed(void **state)
{
	(void)state;
	broken.pin = pin_gives_no_page_address;
	expect_noticed();
	assert_int_equal(teardown(state) + setup(state), 0);
	broken.pin = pin_as_far_as_it_goes;
	expect_noticed();
	assert_int_equal(teardown(state) + setup(state), 0);
	broken.pin = pin_rounds_down;
	expect_noticed();
	assert_int_equal(teardown(state) + setup(state), 0);
	broken.unpin = unpin_first_only;
	expect_noticed();
	assert_int_equal(teardown(state) + setup(state), 0);
	broken.pin = pin_what_is_not_there;
	expect_noticed();
}

static void wrong_copies_are_noticed(void **state)
{
	(void)state;
	broken.read = read_words;
	expect_noticed();
	broken.read = read_what_is_not_there;
	expect_noticed();
	broken.write = write_is_lost;
	expect_noticed();
	broken.read_pinned = read_pinned_elsewhere;
	expect_noticed();
	broken.write_pinned = write_pinned_short;
	expect_noticed();
}

static void wrong_pages_and_time_are_noticed(void **state)
{
	(void)state;
	broken.pages_get = pages_get_dirty;
	expect_noticed();
	broken.pages_get = no_pages;
	expect_noticed();
	broken.time = time_backwards;
	expect_noticed();
	broken.foreign_interrupt = always_return;
	expect_noticed();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_good_port_is_good, setup, teardown),
		cmocka_unit_test_setup_teardown(a_port_without_a_function_is_noticed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(wrong_pins_are_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_copies_are_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_pages_and_time_are_noticed, setup, teardown),
	};

	return cmocka_run_group_tests_name("port_check", tests, NULL, NULL);
}
