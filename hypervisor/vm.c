/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs from their description to their first instruction, and from their last one to nothing. All
 * that can fail happens before a VM runs; a VM that cannot be made is reported and stays out. A
 * reset is an end and a beginning: new memory content, new TEE, new seeds.
 */
#include "hypervisor/vm.h"
#include "abi/psci.h"
#include "hypervisor/config.h"
#include "hypervisor/console.h"
#include "hypervisor/guest_tree.h"
#include "hypervisor/image.h"
#include "hypervisor/pages.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/sched.h"
#include "hypervisor/stage2.h"
#include "hypervisor/tee.h"
#include "lib/util.h"
#include <string.h>

static struct vm *vms[VMS_MAX];
static uint32_t count, stopped;

struct vm *vm_by_id(uint32_t id)
{
	return id < count ? vms[id] : NULL;
}

uint32_t vm_count(void)
{
	return count;
}

void *vm_memory(const struct vm *vm, ipa_t at, uint64_t size)
{
	uint64_t offset = at.ipa - VM_RAM_BASE;

	if (!range_inside(offset, size, vm->ram_size))
		return NULL;
	return (void *)(vm->ram.pa + offset);
}

static bool get_memory(struct vm *vm)
{
	uint64_t pins = (vm->config.memory >> PAGE_SHIFT) * sizeof(uint16_t);
	void *ram = pages_get(vm->config.memory, MIB(2));

	vm->pins = pages_get(pins, PAGE_SIZE);
	vm->ram = pa((uintptr_t)ram);
	vm->ram_size = vm->config.memory;
	vm->vttbr = 0;
	if (ram != NULL && vm->pins != NULL)
		vm->vttbr = stage2_create((uint16_t)(vm->id + 1), ipa(VM_RAM_BASE), vm->ram,
					  vm->ram_size);
	if (vm->vttbr != 0)
		return true;
	if (ram != NULL)
		pages_put(ram, vm->config.memory);
	if (vm->pins != NULL)
		pages_put(vm->pins, pins);
	vm->ram_size = 0;
	return false;
}

/* Give the memory back, but for the pages that the TEE never let go of. */
static void put_memory(struct vm *vm)
{
	uint64_t total = vm->ram_size >> PAGE_SHIFT, from = 0, lost = 0;

	stage2_destroy(vm->vttbr);
	for (uint64_t i = 0; i < total; i++) {
		if (vm->pins[i] == 0)
			continue;
		if (i > from)
			pages_put((void *)(vm->ram.pa + from * PAGE_SIZE), (i - from) * PAGE_SIZE);
		from = i + 1;
		lost++;
	}
	if (total > from)
		pages_put((void *)(vm->ram.pa + from * PAGE_SIZE), (total - from) * PAGE_SIZE);
	pages_put(vm->pins, total * sizeof(uint16_t));
	vm->ram_size = 0;
	vm->pins = NULL;
	if (lost != 0)
		console_log("%s: %lu pages stay with the TEE for ever", vm->config.name, lost);
}

static void forget_on_cpus(struct vm *vm)
{
	for (uint32_t i = 0; i < PCPUS_MAX; i++)
		pcpus[i].last_of_vm[vm->id] = NULL;
}

/* Memory, TEE, images and tree. False and a message: the VM has nothing of it. */
static bool prepare(struct vm *vm, struct image_entry *entry)
{
	const char *why;

	if (!get_memory(vm)) {
		console_log("%s: not enough memory: %lu MiB wanted, %lu MiB free", vm->config.name,
			    vm->config.memory >> 20, pages_free() >> 20);
		return false;
	}
	tee_attach(vm);
	vgic_reset(vm);
	vuart_reset(vm);
	vrtc_reset(vm);
	why = image_load(vm, entry);
	if (why == NULL)
		return true;
	console_log("%s: %s", vm->config.name, why);
	(void)tee_detach(vm);
	put_memory(vm);
	return false;
}

void vm_start(struct vm *vm)
{
	struct image_entry entry;

	forget_on_cpus(vm);
	if (!prepare(vm, &entry)) {
		sched_set_state(vm, VM_STOPPED);
		stopped++;
		return;
	}
	console_log("%s: starts, %u vCPUs, %lu MiB", vm->config.name, vm->config.cpus,
		    vm->config.memory >> 20);
	sched_start_vm(vm, entry.pc.ipa, entry.x0);
}

static void finish(struct vm *vm)
{
	bool clean = tee_detach(vm);

	put_memory(vm);
	if (!clean)
		console_log("%s: the TEE did not let go of it; it stays off", vm->config.name);
	if (vm->reboot && clean) {
		vm_start(vm);
		return;
	}
	console_log("%s: off", vm->config.name);
	sched_set_state(vm, VM_STOPPED);
	__atomic_fetch_add(&stopped, 1, __ATOMIC_RELAXED);
}

void vm_finish_stopped(void)
{
	for (uint32_t i = 0; i < count; i++)
		if (sched_claim_stopped(vms[i]))
			finish(vms[i]);
	if (count != 0 && __atomic_load_n(&stopped, __ATOMIC_RELAXED) == count) {
		console_log("all VMs are off: powering off");
		(void)smc4(PSCI_SYSTEM_OFF, 0, 0, 0);
	}
}

static struct vm *vm_make(const struct vm_config *config)
{
	struct vm *vm = pages_get(sizeof(*vm), PAGE_SIZE);

	if (vm == NULL)
		return NULL;
	vm->config = *config;
	vm->id = count;
	for (uint32_t i = 0; i < config->cpus; i++) {
		struct vcpu *vcpu = pages_get(sizeof(*vcpu), PAGE_SIZE);

		if (vcpu == NULL)
			return NULL; /* at boot; there is no machine to speak of */
		vcpu->vm = vm;
		vcpu->index = i;
		vcpu->pcpu = (vm->id + i) % pcpu_count;
		list_init(&vcpu->queue);
		vm->vcpu[i] = vcpu;
	}
	return vm;
}

void vm_init(const struct vm_config *configs, uint32_t number)
{
	for (uint32_t i = 0; i < number && count < VMS_MAX; i++) {
		struct vm *vm = vm_make(&configs[i]);

		if (vm == NULL) {
			console_log("%s: not enough memory", configs[i].name);
			continue;
		}
		vms[count++] = vm;
	}
}
