/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs that come and go: each state, each request in it, what is left behind. Without caring for
 * what a guest sees meanwhile: tests/system/test_lifecycle.py.
 */
#include "hypervisor/pages.h"
#include "hypervisor/sched.h"
#include "lib/util.h"
#include "tests/unit/lifecycle_world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t free_before;

static int reset(void **state)
{
	(void)world_reset(state);
	free_before = pages_free();
	return 0;
}

/* No VM and no piece of memory more than before. */
static void expect_nothing_left(unsigned partitions)
{
	assert_int_equal(pages_free(), free_before);
	assert_int_equal(world.partitions, partitions);
	assert_int_equal(vm_work_wanted(), false);
}

static void expect_gone(struct vm *vm)
{
	world_settle();
	assert_int_equal(vm->state, VM_FREE);
	assert_null(vm_by_id(vm->id));
	expect_nothing_left(0);
}

static uint64_t word(const struct vm *vm, uint64_t offset)
{
	uint64_t value;

	memcpy(&value, vm_memory(vm, ipa(VM_RAM_BASE + offset), 8), 8);
	return value;
}

static void a_vm_starts_with_its_images_and_nothing_else(void **state)
{
	struct vm_config config = world_config("a");
	struct vm *vm;

	(void)state;
	assert_int_equal(vm_create(&config, &vm), VM_OK);
	assert_int_equal(vm->state, VM_STOPPED);
	memset(vm_memory(vm, ipa(VM_RAM_BASE), vm->ram_size), 0x77, vm->ram_size);
	memset(vm->pins, 0x77, vm->ram_size / PAGE_SIZE * 2);
	assert_int_equal(vm_start(vm), VM_OK);
	assert_int_equal(vm->state, VM_STARTING);
	assert_int_equal(vm_start(vm), VM_ERROR_STATE);
	world_settle();
	assert_int_equal(vm->state, VM_RUNNING);
	assert_int_equal(vm->vcpu[0]->regs.pc, VM_RAM_BASE + 0x80000);
	assert_int_equal(vm->vcpu[1]->state, VCPU_OFF);
	assert_int_equal(word(vm, 0x80000), 0x1111111111111111);
	assert_int_equal(word(vm, 0x80000 + KIB(300) - 8), 0x1111111111111111);
	assert_int_equal(word(vm, 0x80000 + KIB(300)), 0);
	assert_int_equal(word(vm, 0), 0);
	assert_int_equal(word(vm, vm->ram_size - 8), 0);
	assert_int_equal(vm->pins[0] | vm->pins[vm->ram_size / PAGE_SIZE - 1], 0);
	assert_int_equal(world.partitions, 1);
	assert_int_equal(vm_end(vm, VM_AFTER_DESTROY), VM_OK);
	expect_gone(vm);
	assert_true(world.off);
}

static void each_error_has_its_name_and_leaves_nothing(void **state)
{
	struct vm_config good = world_config("a"), bad;
	static char long_text[VM_BOOTARGS_MAX + 1];
	struct vm *vm;

	(void)state;
	memset(long_text, 'x', VM_BOOTARGS_MAX);
#define EXPECT(error, change)                                                                      \
	do {                                                                                       \
		bad = good;                                                                        \
		change;                                                                            \
		assert_int_equal(vm_create(&bad, &vm), error);                                     \
		expect_nothing_left(0);                                                            \
	} while (0)
	EXPECT(VM_ERROR_NAME, bad.name[0] = '\0');
	EXPECT(VM_ERROR_NAME, bad.name[1] = ' ');
	EXPECT(VM_ERROR_NAME, strcpy(bad.name, "hyp"));
	EXPECT(VM_ERROR_NAME, memset(bad.name, 'x', VM_NAME_MAX));
	EXPECT(VM_ERROR_CPUS, bad.cpus = 0);
	EXPECT(VM_ERROR_CPUS, bad.cpus = VCPUS_MAX + 1);
	EXPECT(VM_ERROR_MEMORY, bad.memory = 0);
	EXPECT(VM_ERROR_MEMORY, bad.memory += PAGE_SIZE);
	EXPECT(VM_ERROR_MEMORY, bad.memory = GIB(256));
	EXPECT(VM_ERROR_ADDRESS, bad.load_address = VM_RAM_BASE - 8);
	EXPECT(VM_ERROR_ADDRESS, bad.dtb_address = VM_RAM_BASE + bad.memory);
	EXPECT(VM_ERROR_ADDRESS, bad.dtb_address = VM_RAM_BASE + 4);
	EXPECT(VM_ERROR_QUOTA, bad.quota.shared_pages = 0);
	EXPECT(VM_ERROR_QUOTA, bad.quota.buffers = UINT32_MAX);
	EXPECT(VM_ERROR_QUOTA, bad.quota.sessions = 0);
	EXPECT(VM_ERROR_QUOTA, bad.quota.calls = 0);
	EXPECT(VM_ERROR_BOOTARGS, bad.bootargs = long_text);
	EXPECT(VM_ERROR_IMAGES, bad.kernel_size = 0);
	EXPECT(VM_ERROR_IMAGES, bad.kernel_size = UINT64_MAX);
	EXPECT(VM_ERROR_IMAGES, bad.ramdisk_size = bad.memory + 1);
	EXPECT(VM_ERROR_NO_MEMORY, bad.memory = WORLD_MEMORY + MIB(2));
#undef EXPECT
	for (unsigned e = VM_OK; e <= VM_ERROR_LAYOUT; e++)
		assert_string_not_equal(vm_error_text(e), "unknown error");
	for (unsigned s = VM_FREE; s <= VM_QUARANTINED; s++)
		assert_string_not_equal(vm_state_text(s), "unknown state");
}

static void names_and_ids_are_one_vms_at_a_time(void **state)
{
	struct vm *vms[VMS_MAX], *one_more;
	struct vm_config config;
	char name[8];

	(void)state;
	for (unsigned i = 0; i < VMS_MAX; i++) {
		snprintf(name, sizeof(name), "v%u", i);
		config = world_config(name);
		config.control = i == VM_CONTROL;
		config.memory = MIB(2);
		assert_int_equal(vm_create(&config, &vms[i]), VM_OK);
		assert_int_equal(vms[i]->id, i);
		assert_int_equal(vm_create(&config, &one_more), VM_ERROR_NAME_TAKEN);
	}
	config = world_config("more");
	assert_int_equal(vm_end(vms[VM_CONTROL], VM_AFTER_DESTROY), VM_OK);
	world_settle();
	assert_int_equal(vm_create(&config, &one_more), VM_ERROR_FULL);
	assert_int_equal(vm_end(vms[5], VM_AFTER_DESTROY), VM_OK);
	assert_int_equal(vm_create(&config, &one_more), VM_ERROR_FULL);
	world_settle();
	assert_ptr_equal(vm_next(5), vms[6]);
	assert_int_equal(vm_create(&config, &one_more), VM_OK);
	assert_int_equal(one_more->id, 5);
	for (unsigned i = 1; i < VMS_MAX; i++)
		assert_int_equal(vm_end(vms[i], VM_AFTER_DESTROY), VM_OK);
	world_settle();
	expect_nothing_left(0);
}

/* The state that each vCPU of it is in, once all CPUs have passed by the scheduler. */
static void expect_vcpus(const struct vm *vm, enum vcpu_state first, enum vcpu_state second)
{
	for (unsigned cpu = 0; cpu < WORLD_CPUS; cpu++)
		world_turn(cpu);
	assert_int_equal(vm->vcpu[0]->state, first);
	assert_int_equal(vm->vcpu[1]->state, second);
}

static void a_paused_vm_does_not_run_and_then_goes_on(void **state)
{
	struct vm *vm = world_vm("a");
	uint64_t ran;

	(void)state;
	expect_vcpus(vm, VCPU_RUNNING, VCPU_RUNNING);
	assert_int_equal(vm_resume(vm), VM_ERROR_STATE);
	assert_int_equal(vm_pause(vm), VM_OK);
	assert_true(sched_wants_cpu(vm->vcpu[0]));
	expect_vcpus(vm, VCPU_PARKED, VCPU_PARKED);
	ran = sched_ran(vm->vcpu[0]);
	world_settle();
	assert_int_equal(sched_ran(vm->vcpu[0]), ran);
	assert_int_equal(vm->running, 2);
	assert_int_equal(vm_pause(vm), VM_ERROR_STATE);
	vcpu_kick(vm->vcpu[0]);
	expect_vcpus(vm, VCPU_PARKED, VCPU_PARKED);
	assert_int_equal(vm_resume(vm), VM_OK);
	expect_vcpus(vm, VCPU_RUNNING, VCPU_RUNNING);
	assert_int_equal(vm->running, 2);
	world.ticks += 1000;
	assert_true(sched_ran(vm->vcpu[0]) >= ran + 1000);
}

/* It has not noticed yet; and a WFI ends without a reason. */
static void sleepers_and_the_slow_are_paused_and_resumed(void **state)
{
	struct vm *vm = world_vm("a");

	(void)state;
	expect_vcpus(vm, VCPU_RUNNING, VCPU_RUNNING);
	world.cpu = vm->vcpu[1]->pcpu;
	sched_sleep(vm->vcpu[1]);
	expect_vcpus(vm, VCPU_RUNNING, VCPU_WAITING);
	assert_int_equal(vm_pause(vm), VM_OK);
	assert_int_equal(vm->vcpu[1]->state, VCPU_PARKED);
	assert_int_equal(vm->vcpu[0]->state, VCPU_RUNNING);
	assert_int_equal(vm_resume(vm), VM_OK);
	expect_vcpus(vm, VCPU_RUNNING, VCPU_RUNNING);
	assert_int_equal(vm_pause(vm), VM_OK);
	world.cpu = vm->vcpu[0]->pcpu;
	sched_sleep(vm->vcpu[0]);
	expect_vcpus(vm, VCPU_PARKED, VCPU_PARKED);
	assert_int_equal(vm_resume(vm), VM_OK);
	expect_vcpus(vm, VCPU_RUNNING, VCPU_RUNNING);
}

static void vcpus_switched_on_and_off_in_a_pause(void **state)
{
	struct vm *vm = world_vm("a");

	(void)state;
	expect_vcpus(vm, VCPU_RUNNING, VCPU_RUNNING);
	assert_int_equal(vm_pause(vm), VM_OK);
	world.cpu = vm->vcpu[1]->pcpu;
	sched_power_off(vm->vcpu[1]);
	assert_int_equal(sched_power_on(vm->vcpu[1], VM_RAM_BASE, 0), SCHED_ON_OK);
	expect_vcpus(vm, VCPU_PARKED, VCPU_PARKED);
	assert_int_equal(vm_resume(vm), VM_OK);
	expect_vcpus(vm, VCPU_RUNNING, VCPU_RUNNING);
	assert_int_equal(vm_pause(vm), VM_OK);
	for (unsigned i = 0; i < 2; i++) {
		world.cpu = vm->vcpu[i]->pcpu;
		sched_power_off(vm->vcpu[i]);
	}
	world_settle();
	assert_int_equal(vm->state, VM_STOPPED);
	assert_int_equal(world.partitions, 0);
}

static void a_reboot_gives_new_memory_and_a_new_tee(void **state)
{
	struct vm *vm = world_vm("a");

	(void)state;
	for (unsigned n = 2; n < 5; n++) {
		if (n == 3)
			assert_int_equal(vm_pause(vm), VM_OK);
		for (unsigned cpu = 0; cpu < WORLD_CPUS; cpu++)
			world_turn(cpu);
		memset(vm_memory(vm, ipa(VM_RAM_BASE), vm->ram_size), 0x77, vm->ram_size);
		vm->pins[7] = 3;
		assert_int_equal(vm_end(vm, VM_AFTER_START), VM_OK);
		assert_int_equal(vm->state, n == 3 ? VM_FINISHING : VM_STOPPING);
		world_settle();
		assert_int_equal(vm->state, VM_RUNNING);
		assert_int_equal(vm->running, 1);
		assert_int_equal(word(vm, 0x80000), 0x1111111111111111);
		assert_int_equal(word(vm, 0), 0);
		assert_int_equal(vm->pins[7], 0);
		assert_int_equal(world.created, n);
		assert_int_equal(world.partitions, 1);
	}
	assert_false(world.off);
}

static void a_stopped_vm_starts_again_or_is_destroyed(void **state)
{
	struct vm *vm = world_vm("a"), *other = world_vm("b");

	(void)state;
	assert_int_equal(vm_end(vm, VM_AFTER_STOP), VM_OK);
	world_settle();
	assert_int_equal(vm->state, VM_STOPPED);
	assert_int_equal(world.partitions, 1);
	assert_int_equal(other->state, VM_RUNNING);
	assert_int_equal(vm_pause(vm), VM_ERROR_STATE);
	assert_int_equal(vm_resume(vm), VM_ERROR_STATE);
	assert_int_equal(vm_end(vm, VM_AFTER_STOP), VM_ERROR_STATE);
	assert_int_equal(vm_end(vm, VM_AFTER_START), VM_ERROR_STATE);
	assert_int_equal(vm_start(vm), VM_OK);
	world_settle();
	assert_int_equal(vm->state, VM_RUNNING);
	assert_int_equal(vm_end(vm, VM_AFTER_STOP), VM_OK);
	world_settle();
	assert_int_equal(vm_end(vm, VM_AFTER_DESTROY), VM_OK);
	world_settle();
	assert_null(vm_by_id(vm->id));
	assert_false(world.off);
	assert_int_equal(vm_end(other, VM_AFTER_DESTROY), VM_OK);
	expect_gone(other);
}

static void the_stronger_wish_wins(void **state)
{
	struct vm *vm = world_vm("a");

	(void)state;
	expect_vcpus(vm, VCPU_RUNNING, VCPU_RUNNING);
	assert_int_equal(vm_end(vm, VM_AFTER_START), VM_OK);
	vm_end_by_guest(vm, VM_AFTER_STOP);
	assert_int_equal(vm->after, VM_AFTER_START);
	assert_int_equal(vm_end(vm, VM_AFTER_STOP), VM_OK);
	assert_int_equal(vm_end(vm, VM_AFTER_START), VM_ERROR_STATE);
	assert_int_equal(vm_start(vm), VM_ERROR_STATE);
	assert_int_equal(sched_power_on(vm->vcpu[0], VM_RAM_BASE, 0), SCHED_ON_ALREADY);
	assert_int_equal(vm_end(vm, VM_AFTER_DESTROY), VM_OK);
	assert_int_equal(vm_end(vm, VM_AFTER_STOP), VM_ERROR_STATE);
	expect_gone(vm);
}

static void the_guest_ends_itself(void **state)
{
	struct vm *vm = world_vm("a");

	(void)state;
	expect_vcpus(vm, VCPU_RUNNING, VCPU_RUNNING);
	vm_end_by_guest(vm, VM_AFTER_START);
	assert_int_equal(sched_power_on(vm->vcpu[1], VM_RAM_BASE, 0), SCHED_ON_ALREADY);
	world_settle();
	assert_int_equal(vm->state, VM_RUNNING);
	assert_int_equal(vm_pause(vm), VM_OK);
	vm_end_by_guest(vm, VM_AFTER_STOP);
	world_settle();
	assert_int_equal(vm->state, VM_STOPPED);
	assert_true(world.off);
}

static struct vm *victim;
static enum vm_after wish;

static void make_the_wish(void)
{
	assert_int_equal(vm_end(victim, wish), VM_OK);
}

/* In each step of its start, and in each of its end. */
static void an_end_can_come_at_any_step(void **state)
{
	struct vm_config config = world_config("a");
	unsigned starting = 0, finishing = 0;

	(void)state;
	for (unsigned n = 1; n < 60; n++) {
		world.again = 3;
		assert_int_equal(vm_create(&config, &victim), VM_OK);
		assert_int_equal(vm_start(victim), VM_OK);
		wish = n % 2 ? VM_AFTER_DESTROY : VM_AFTER_STOP;
		world.call = make_the_wish;
		world.call_at = world.looks + n;
		world_turn(0);
		while (world.looks < world.call_at)
			world_turn(0);
		starting += victim->running == 0;
		world_settle();
		assert_int_equal(victim->state, wish == VM_AFTER_STOP ? VM_STOPPED : VM_FREE);
		assert_int_equal(world.partitions, 0);
		if (victim->state == VM_STOPPED)
			assert_int_equal(vm_end(victim, VM_AFTER_DESTROY), VM_OK);
		expect_gone(victim);
	}
	assert_true(starting > 10);
	for (unsigned n = 1; n < 12; n++) {
		victim = world_vm("a");
		assert_int_equal(vm_end(victim, VM_AFTER_START), VM_OK);
		world.call_at = world.looks + n;
		wish = VM_AFTER_DESTROY;
		while (world.looks < world.call_at)
			world_turn(0);
		finishing++;
		expect_gone(victim);
	}
	assert_int_equal(finishing, 11);
}

static void what_the_tee_keeps_is_in_quarantine(void **state)
{
	struct vm *vm = world_vm("a"), *other = world_vm("b");
	uint64_t before = pages_free();

	(void)state;
	world.destroy = TEE_STATUS_FAULT;
	assert_int_equal(vm_end(vm, VM_AFTER_START), VM_OK);
	world_settle();
	assert_int_equal(vm->state, VM_QUARANTINED);
	assert_true(world_logged("a: the TEE did not let go of it"));
	assert_in_range(pages_free(), before, before + MIB(1)); /* what the mediator had of it */
	assert_int_equal(vm_start(vm), VM_ERROR_QUARANTINED);
	assert_int_equal(vm_pause(vm), VM_ERROR_QUARANTINED);
	assert_int_equal(vm_end(vm, VM_AFTER_DESTROY), VM_ERROR_QUARANTINED);
	assert_int_equal(other->state, VM_RUNNING);
	world.destroy = TEE_STATUS_OK;
	assert_int_equal(vm_end(other, VM_AFTER_DESTROY), VM_OK);
	world_settle();
	assert_null(vm_by_id(other->id));
	assert_non_null(vm_by_id(vm->id));
	assert_true(world.off);
	assert_int_equal(world.partitions, 1);
}

/* The TEE says that it let go, and has not. The id of the last test stays lost. */
static void a_page_still_pinned_is_in_quarantine_too(void **state)
{
	struct vm *vm = world_vm("c");

	(void)state;
	assert_int_not_equal(vm->id, 1);
	vm->pins[vm->ram_size / PAGE_SIZE - 1] = 1;
	world.leaves_pins = true;
	assert_int_equal(vm_end(vm, VM_AFTER_DESTROY), VM_OK);
	world_settle();
	assert_int_equal(vm->state, VM_QUARANTINED);
}

static void without_a_tee_it_runs_all_the_same(void **state)
{
	static const enum tee_status refusals[] = {TEE_STATUS_FULL, TEE_STATUS_NO_MEMORY,
						   TEE_STATUS_FAULT};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(refusals); i++) {
		world.create = refusals[i];
		victim = world_vm("a");
		assert_null(victim->tee);
		assert_true(world_logged("runs without a TEE"));
		assert_int_equal(vm_end(victim, VM_AFTER_DESTROY), VM_OK);
		expect_gone(victim);
	}
}

/* Other VMs' vCPUs run in between, and a CPU looks at its interrupts after 128 KiB at most. */
static void a_start_takes_turns_with_vcpus(void **state)
{
	struct vm *other = world_vm("b");
	struct vm_config config = world_config("a");
	unsigned turns = 0;

	(void)state;
	assert_int_equal(vm_create(&config, &victim), VM_OK);
	assert_int_equal(vm_start(victim), VM_OK);
	world.most_cleaned = 0;
	for (; victim->state == VM_STARTING; turns++) {
		uint64_t ticks = world.ticks;

		assert_non_null(world_turn(turns % WORLD_CPUS));
		assert_true(world.ticks - ticks < WORLD_HZ / 200);
		world.ticks += WORLD_HZ / 1000;
	}
	assert_true(turns > 10);
	assert_int_equal(world.most_cleaned, KIB(128));
	assert_int_equal(other->state, VM_RUNNING);
}

static void images_come_in_pieces_and_stay(void **state)
{
	struct vm_config config = world_config("a");
	static uint8_t bytes[KIB(64) + 1];
	struct vm *vm;

	(void)state;
	memset(bytes, 0x33, sizeof(bytes));
	config.kernel = config.ramdisk = pa(0);
	config.kernel_size = KIB(100);
	config.ramdisk_size = 5;
	assert_int_equal(vm_create(&config, &vm), VM_OK);
	assert_int_equal(vm_start(vm), VM_ERROR_NOT_LOADED);
	assert_int_equal(vm_load(vm, VM_KERNEL, 1, bytes, 10), VM_ERROR_RANGE);
	assert_int_equal(vm_load(vm, VM_KERNEL, 0, bytes, KIB(64) + 1), VM_ERROR_RANGE);
	assert_int_equal(vm_load(vm, VM_KERNEL, 0, bytes, 0), VM_ERROR_RANGE);
	assert_int_equal(vm_load(vm, VM_IMAGES, 0, bytes, 1), VM_ERROR_STATE);
	assert_int_equal(vm_load(vm, VM_KERNEL, 0, bytes, KIB(64)), VM_OK);
	assert_int_equal(vm_load(vm, VM_KERNEL, KIB(64), bytes, KIB(36) + 1), VM_ERROR_RANGE);
	assert_int_equal(vm_load(vm, VM_KERNEL, 0, bytes, 10), VM_OK);
	assert_int_equal(vm_load(vm, VM_KERNEL, KIB(64), bytes, KIB(36)), VM_ERROR_RANGE);
	assert_int_equal(vm_load(vm, VM_KERNEL, 10, bytes, KIB(64)), VM_OK);
	assert_int_equal(vm_load(vm, VM_RAMDISK, 0, bytes, 5), VM_OK);
	assert_int_equal(vm_start(vm), VM_ERROR_NOT_LOADED);
	assert_int_equal(vm_load(vm, VM_KERNEL, KIB(64) + 10, bytes, KIB(36) - 10), VM_OK);
	assert_int_equal(vm_start(vm), VM_OK);
	world_settle();
	assert_int_equal(vm_load(vm, VM_KERNEL, 0, bytes, 1), VM_ERROR_STATE);
	memset(vm_memory(vm, ipa(VM_RAM_BASE), vm->ram_size), 0x77, vm->ram_size);
	assert_int_equal(vm_end(vm, VM_AFTER_START), VM_OK);
	world_settle();
	assert_int_equal(vm->state, VM_RUNNING);
	assert_int_equal(word(vm, 0x80000 + KIB(100) - 8), 0x3333333333333333);
	assert_int_equal(vm_end(vm, VM_AFTER_DESTROY), VM_OK);
	expect_gone(vm);
}

static void images_in_place_take_no_pieces(void **state)
{
	struct vm_config config = world_config("a");
	struct vm *vm;

	(void)state;
	assert_int_equal(vm_create(&config, &vm), VM_OK);
	assert_int_equal(vm_load(vm, VM_KERNEL, 0, "x", 1), VM_ERROR_STATE);
}

/* Somebody copies into its image: its memory stays until that is over. */
static void a_vm_that_is_held_is_destroyed_later(void **state)
{
	struct vm_config config = world_config("a");
	struct vm *vm;

	(void)state;
	config.kernel = config.ramdisk = pa(0);
	assert_int_equal(vm_create(&config, &vm), VM_OK);
	vm->held = true;
	assert_int_equal(vm_load(vm, VM_KERNEL, 0, "x", 1), VM_ERROR_STATE);
	assert_int_equal(vm_start(vm), VM_ERROR_STATE);
	assert_int_equal(vm_end(vm, VM_AFTER_DESTROY), VM_OK);
	vm_work(~0ull);
	vm_work(~0ull);
	assert_int_equal(vm->state, VM_FINISHING);
	vm->held = false;
	expect_gone(vm);
}

static void images_that_do_not_fit_are_refused_at_the_start(void **state)
{
	struct vm_config config = world_config("a");
	struct vm *vm;

	(void)state;
	config.load_address = VM_RAM_BASE + MIB(4) - KIB(8);
	assert_int_equal(vm_create(&config, &vm), VM_OK);
	assert_int_equal(vm_start(vm), VM_ERROR_LAYOUT);
	assert_true(world_logged("a: kernel: does not fit"));
	assert_int_equal(vm->state, VM_STOPPED);
}

#define T(test) cmocka_unit_test_setup(test, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_vm_starts_with_its_images_and_nothing_else),
		T(each_error_has_its_name_and_leaves_nothing),
		T(names_and_ids_are_one_vms_at_a_time),
		T(a_paused_vm_does_not_run_and_then_goes_on),
		T(sleepers_and_the_slow_are_paused_and_resumed),
		T(vcpus_switched_on_and_off_in_a_pause),
		T(a_reboot_gives_new_memory_and_a_new_tee),
		T(a_stopped_vm_starts_again_or_is_destroyed),
		T(the_stronger_wish_wins),
		T(the_guest_ends_itself),
		T(an_end_can_come_at_any_step),
		T(without_a_tee_it_runs_all_the_same),
		T(a_start_takes_turns_with_vcpus),
		T(images_come_in_pieces_and_stay),
		T(images_in_place_take_no_pieces),
		T(a_vm_that_is_held_is_destroyed_later),
		T(images_that_do_not_fit_are_refused_at_the_start),
		T(what_the_tee_keeps_is_in_quarantine),
		T(a_page_still_pinned_is_in_quarantine_too),
	};

	return cmocka_run_group_tests_name("lifecycle", tests, NULL, NULL);
}
