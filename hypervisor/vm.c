/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which VMs there are, and the memory that each has from vm_create() to its end. All that can fail
 * for want of something happens here, before a VM runs. What they do in between is lifecycle.c's.
 *
 * Structs are static: other CPUs may look at a VM at any moment (a key typed for it, an alarm of
 * its clock), and find one that is valid, if another one.
 */
#include "hypervisor/vm.h"
#include "hypervisor/config.h"
#include "hypervisor/pages.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/sched.h"
#include "hypervisor/stage2.h"
#include "hypervisor/vserial.h"
#include "lib/util.h"
#include <string.h>

static struct vm vms[VMS_MAX];
static struct vcpu vcpus[VMS_MAX][VCPUS_MAX];

static bool exists(const struct vm *vm)
{
	enum vm_state state = __atomic_load_n(&vm->state, __ATOMIC_ACQUIRE);

	return state != VM_FREE && state != VM_MAKING;
}

struct vm *vm_by_id(uint32_t id)
{
	return id < VMS_MAX && exists(&vms[id]) ? &vms[id] : NULL;
}

struct vm *vm_next(uint32_t from)
{
	for (; from < VMS_MAX; from++)
		if (exists(&vms[from]))
			return &vms[from];
	return NULL;
}

void *vm_memory(const struct vm *vm, ipa_t at, uint64_t size)
{
	uint64_t offset = at.ipa - VM_RAM_BASE;

	if (!range_inside(offset, size, vm->ram_size))
		return NULL;
	return (void *)(vm->ram.pa + offset);
}

static uint64_t pins_size(const struct vm *vm)
{
	return (vm->config.memory >> PAGE_SHIFT) * sizeof(uint16_t);
}

static void give_back(uint64_t memory, uint64_t size)
{
	if (memory != 0)
		pages_put((void *)(uintptr_t)memory, size);
}

void vm_put_memory(struct vm *vm)
{
	vm->ram_size = 0; /* before it is somebody else's */
	if (vm->vttbr != 0)
		stage2_destroy(vm->vttbr, ipa(VM_RAM_BASE), vm->config.memory);
	give_back(vm->ram.pa, vm->config.memory);
	give_back((uintptr_t)vm->pins, pins_size(vm));
	if (vm->own_images) {
		give_back(vm->config.kernel.pa, vm->config.kernel_size);
		give_back(vm->config.ramdisk.pa, vm->config.ramdisk_size);
	}
	vm->ram = vm->config.kernel = vm->config.ramdisk = pa(0);
	vm->pins = NULL;
	vm->vttbr = 0;
}

/* Of any content: RAM and pins are cleared at each start, images are written before they are read.
 */
static uint64_t take(uint64_t size, uint64_t align)
{
	return size == 0 ? 0 : (uintptr_t)pages_get_dirty(size, align);
}

static bool get_images(struct vm *vm)
{
	struct vm_config *c = &vm->config;

	if (!vm->own_images)
		return true;
	c->kernel = pa(take(c->kernel_size, PAGE_SIZE));
	c->ramdisk = pa(take(c->ramdisk_size, PAGE_SIZE));
	return c->kernel.pa != 0 && (c->ramdisk.pa != 0 || c->ramdisk_size == 0);
}

static bool get_memory(struct vm *vm)
{
	vm->ram = pa(take(vm->config.memory, MIB(2)));
	vm->pins = (uint16_t *)(uintptr_t)take(pins_size(vm), PAGE_SIZE);
	if (vm->ram.pa == 0 || vm->pins == NULL || !get_images(vm))
		return false;
	vm->vttbr =
		stage2_create((uint16_t)(vm->id + 1), ipa(VM_RAM_BASE), vm->ram, vm->config.memory);
	return vm->vttbr != 0;
}

static bool name_is_taken(const char *name)
{
	for (uint32_t i = 0; i < VMS_MAX; i++)
		if (vms[i].state != VM_FREE && strcmp(vms[i].config.name, name) == 0)
			return true;
	return false;
}

/* The lock is held. */
static enum vm_error reserve(const struct vm_config *config, struct vm **out)
{
	if (name_is_taken(config->name))
		return VM_ERROR_NAME_TAKEN;
	for (uint32_t i = 0; i < VMS_MAX; i++) {
		if (vms[i].state != VM_FREE || config->control != (i == VM_CONTROL))
			continue;
		vms[i].id = i;
		vms[i].config = *config;
		vm_set_state(&vms[i], VM_MAKING);
		*out = &vms[i];
		return VM_OK;
	}
	return VM_ERROR_FULL;
}

static void make_vcpus(struct vm *vm)
{
	for (uint32_t i = 0; i < VCPUS_MAX; i++) {
		struct vcpu *vcpu = &vcpus[vm->id][i];

		vcpu->vm = vm;
		vcpu->index = i;
		vcpu->pcpu = (vm->id + i) % pcpu_count;
		vcpu->ran = 0;
		list_init(&vcpu->queue);
		vm->vcpu[i] = vcpu;
	}
}

static void make(struct vm *vm)
{
	strncpy(vm->bootargs, vm->config.bootargs, sizeof(vm->bootargs) - 1);
	vm->config.bootargs = vm->bootargs;
	vm->own_images = vm->config.kernel.pa == 0;
	memset(vm->loaded, 0, sizeof(vm->loaded));
	vm->tee = NULL;
	vm->tee_node = NULL;
	if (vm->id == VM_CONTROL && vm->serial == NULL)
		vm->serial = vserial_new();
	make_vcpus(vm);
}

enum vm_error vm_create(const struct vm_config *config, struct vm **out)
{
	enum vm_error error = config_check(config);
	bool made;

	if (error != VM_OK)
		return error;
	sched_lock();
	error = reserve(config, out);
	sched_unlock();
	if (error != VM_OK)
		return error;
	make(*out);
	made = get_memory(*out);
	if (made)
		(*out)->ram_size = (*out)->config.memory;
	else
		vm_put_memory(*out);
	sched_lock();
	vm_set_state(*out, made ? VM_STOPPED : VM_FREE);
	sched_unlock();
	return made ? VM_OK : VM_ERROR_NO_MEMORY;
}

/* From now on vm_work() leaves the VM alone, if it has not begun to end it. */
static enum vm_error hold(struct vm *vm)
{
	enum vm_error error = VM_ERROR_STATE;

	sched_lock();
	if (vm->state == VM_STOPPED && !vm->held) {
		vm->held = true;
		error = VM_OK;
	}
	sched_unlock();
	return error;
}

static void let_go(struct vm *vm)
{
	sched_lock();
	vm->held = false;
	sched_unlock();
	sched_look_again();
}

static enum vm_error append(struct vm *vm, enum vm_image image, uint64_t offset, const void *bytes,
			    uint64_t size)
{
	bool kernel = image == VM_KERNEL;
	uint64_t end = kernel ? vm->config.kernel_size : vm->config.ramdisk_size;
	pa_t base = kernel ? vm->config.kernel : vm->config.ramdisk;

	if (!vm->own_images || image >= VM_IMAGES)
		return VM_ERROR_STATE;
	if ((offset != 0 && offset != vm->loaded[image]) || size > VM_LOAD_MAX ||
	    !range_inside(offset, size, end))
		return VM_ERROR_RANGE;
	memcpy((void *)(uintptr_t)(base.pa + offset), bytes, size);
	vm->loaded[image] = offset + size;
	return VM_OK;
}

enum vm_error vm_load(struct vm *vm, enum vm_image image, uint64_t offset, const void *bytes,
		      uint64_t size)
{
	enum vm_error error = hold(vm);

	if (error != VM_OK)
		return error;
	error = append(vm, image, offset, bytes, size);
	let_go(vm);
	return error;
}
