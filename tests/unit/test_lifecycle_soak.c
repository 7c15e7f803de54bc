/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thousands of VMs, with requests of all kinds at any moment, memory that runs out and a TEE that
 * refuses. At each step the books agree, and at the end nothing is lost but what the TEE kept.
 */
#include "hypervisor/pages.h"
#include "hypervisor/sched.h"
#include "lib/util.h"
#include "tests/unit/lifecycle_world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CREATIONS  1000u
#define KEPT_MAX   3u
#define HOGS	   8u
#define LOAD_PIECE KIB(48)

static uint32_t seed = 1;
static unsigned created, refused, kept, started;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static bool one_in(uint32_t n)
{
	return any(n) == 0;
}

static struct hog {
	void *memory;
	uint64_t size;
} hogs[HOGS];

/* Somebody else has memory, or gives it back. */
static void hog(void)
{
	struct hog *h = &hogs[any(HOGS)];

	if (h->memory != NULL) {
		pages_put(h->memory, h->size);
		h->memory = NULL;
		return;
	}
	h->size = one_in(2) ? (uint64_t)any(20) << 20 : (uint64_t)(any(8) + 1) * PAGE_SIZE;
	if (h->size != 0)
		h->memory = pages_get_dirty(h->size, PAGE_SIZE);
}

static void create(void)
{
	static unsigned number;
	struct vm_config config;
	char name[16];
	struct vm *vm;

	snprintf(name, sizeof(name), "vm%u", number++);
	config = world_config(name);
	config.control = one_in(20);
	config.memory = MIB(2) * (1 + any(4));
	config.cpus = 1 + any(3);
	config.quota.shared_pages = 1 + any(100000);
	if (one_in(4))
		config.tee = VM_TEE_NONE;
	if (one_in(2)) {
		config.kernel = config.ramdisk = pa(0);
		config.ramdisk_size = one_in(2) ? 0 : config.ramdisk_size;
	}
	if (vm_create(&config, &vm) == VM_OK)
		created++;
	else
		refused++;
}

static void load(struct vm *vm)
{
	static uint8_t bytes[LOAD_PIECE];
	enum vm_image image = any(VM_IMAGES);
	uint64_t end = image == VM_KERNEL ? vm->config.kernel_size : vm->config.ramdisk_size;

	for (;;) {
		uint64_t at = vm->loaded[image], n = min_u64(LOAD_PIECE, end - at);

		if (n == 0 || one_in(40) || vm_load(vm, image, at, bytes, n) != VM_OK)
			return;
	}
}

/* A guest does something on this CPU. */
static void guest(unsigned cpu)
{
	struct vcpu *vcpu = world_turn(cpu);

	if (vcpu == NULL)
		return;
	switch (any(6)) {
	case 0:
		sched_sleep(vcpu);
		break;
	case 1:
		(void)sched_power_on(vcpu->vm->vcpu[any(vcpu->vm->config.cpus)], VM_RAM_BASE, 0);
		break;
	case 2:
		sched_power_off(vcpu);
		break;
	case 3:
		if (one_in(4))
			vm_end_by_guest(vcpu->vm, one_in(2) ? VM_AFTER_START : VM_AFTER_STOP);
		break;
	default:
		vcpu_kick(vcpu->vm->vcpu[any(vcpu->vm->config.cpus)]);
	}
	world.ticks += any(10000);
}

static void ask(struct vm *vm)
{
	switch (any(9)) {
	case 0:
		(void)vm_pause(vm);
		break;
	case 1:
		(void)vm_resume(vm);
		break;
	case 2:
		(void)vm_end(vm, (enum vm_after)any(3));
		break;
	case 3:
	case 4:
		(void)vm_end(vm, VM_AFTER_DESTROY);
		break;
	case 5:
		load(vm);
		break;
	default:
		started += vm_start(vm) == VM_OK;
	}
}

static void any_vm_is_asked(void)
{
	struct vm *vm = vm_by_id(any(VMS_MAX));

	if (vm != NULL)
		ask(vm);
}

static void tee_changes(void)
{
	static const enum tee_status create_answers[] = {TEE_STATUS_OK,	       TEE_STATUS_OK,
							 TEE_STATUS_OK,	       TEE_STATUS_FULL,
							 TEE_STATUS_NO_MEMORY, TEE_STATUS_FAULT};

	world.create = create_answers[any(ARRAY_SIZE(create_answers))];
	world.again = any(5);
	world.destroy = kept < KEPT_MAX && one_in(50) ? TEE_STATUS_FAULT : TEE_STATUS_OK;
}

/* Each partition is that of a VM that has a TEE, or one that the TEE kept; vCPUs are counted. */
static void expect_books_agree(void)
{
	unsigned with_tee = 0;

	kept = 0;
	for (struct vm *vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1)) {
		uint32_t on = 0;

		for (uint32_t i = 0; i < vm->config.cpus; i++)
			on += vm->vcpu[i]->state != VCPU_OFF;
		assert_int_equal(vm->running, on);
		with_tee += vm->tee != NULL;
		kept += vm->state == VM_QUARANTINED;
		assert_ptr_equal(vm_by_id(vm->id), vm);
	}
	assert_int_equal(with_tee + kept, world.partitions);
}

/* What a VM has, with what the fake TEE has for it. */
static uint64_t size_of(const struct vm *vm)
{
	const struct vm_config *c = &vm->config;
	uint64_t size = c->memory + 2 * PAGE_SIZE + KIB(64);

	size += align_up(c->memory / PAGE_SIZE * sizeof(uint16_t), PAGE_SIZE);
	if (vm->own_images)
		size += align_up(c->kernel_size, PAGE_SIZE) + align_up(c->ramdisk_size, PAGE_SIZE);
	return size;
}

static void all_end(void)
{
	for (unsigned i = 0; i < HOGS; i++)
		if (hogs[i].memory != NULL)
			pages_put(hogs[i].memory, hogs[i].size);
	for (struct vm *vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1))
		(void)vm_end(vm, VM_AFTER_DESTROY);
	world_settle();
}

static void nothing_is_lost_in_a_thousand_lives(void **state)
{
	uint64_t before = pages_free(), lost = 0;

	(void)state;
	while (created < CREATIONS || kept < KEPT_MAX) {
		if (one_in(4))
			create();
		any_vm_is_asked();
		if (one_in(6))
			hog();
		if (one_in(3))
			tee_changes();
		guest(any(WORLD_CPUS));
		expect_books_agree();
		assert_true(created < 10 * CREATIONS);
	}
	world.destroy = TEE_STATUS_OK;
	all_end();
	expect_books_agree();
	for (struct vm *vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1)) {
		assert_int_equal(vm->state, VM_QUARANTINED);
		lost += size_of(vm);
	}
	assert_int_equal(kept, KEPT_MAX);
	assert_int_equal(pages_free() + lost, before);
	assert_true(refused > CREATIONS / 10);
	assert_true(started > CREATIONS / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_lost_in_a_thousand_lives, world_reset),
	};

	return cmocka_run_group_tests_name("lifecycle_soak", tests, NULL, NULL);
}
