/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs from their start to their end, as vm.h draws it. Requests change the state and return; what
 * takes long (clearing and filling memory, the TEE) is done by vm_work() in steps that take a
 * fraction of a millisecond, between which the CPU takes interrupts, and by turns with vCPUs
 * (sched.c). Only the TEE's own work at a VM's arrival is in one piece: the TEE decides.
 *
 * A reset is an end and a beginning: memory cleared, new TEE, new seeds.
 */
#include "abi/psci.h"
#include "arch/cache.h"
#include "hypervisor/console.h"
#include "hypervisor/image.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/sched.h"
#include "hypervisor/stage2.h"
#include "hypervisor/tee.h"
#include "hypervisor/trace.h"
#include "hypervisor/vm.h"
#include "hypervisor/vserial.h"
#include "lib/util.h"
#include <string.h>

#define STEP_BYTES KIB(128)
#define STEP_PINS  KIB(64)

/* What vm_work() has done of a VM's way. Its own but for `working` and `wanted`. */
struct progress {
	enum vm_state state; /* the one that it is about; another one: begin */
	uint32_t stage;
	uint64_t done; /* bytes or pages of the stage */
	struct image_layout layout;
	bool had_tee;
	bool kept; /* the TEE has not let go */
};

static struct progress progress[VMS_MAX];

static struct LOCKABLE {
	uint32_t wanted; /* atomic: VMs that are STARTING or FINISHING */
	bool busy;	 /* atomic: a CPU is in vm_work(). Set under the scheduler's lock */
	uint32_t last;	 /* whose turn it was. The scheduler's lock */
} work = {.last = VMS_MAX - 1};

static bool on_its_way(enum vm_state state)
{
	return state == VM_STARTING || state == VM_FINISHING;
}

void vm_set_state(struct vm *vm, enum vm_state state)
{
	uint32_t wanted = work.wanted;

	wanted += on_its_way(state);
	wanted -= on_its_way(vm->state);
	__atomic_store_n(&work.wanted, wanted, __ATOMIC_RELAXED);
	__atomic_store_n(&vm->state, state, __ATOMIC_RELEASE);
}

bool vm_work_wanted(void)
{
	return __atomic_load_n(&work.wanted, __ATOMIC_RELAXED) != 0 &&
	       !__atomic_load_n(&work.busy, __ATOMIC_RELAXED);
}

/* --- requests --- */

static enum vm_error wrong_state(const struct vm *vm)
{
	return vm->state == VM_QUARANTINED ? VM_ERROR_QUARANTINED : VM_ERROR_STATE;
}

static bool is_loaded(const struct vm *vm)
{
	return !vm->own_images || (vm->loaded[VM_KERNEL] == vm->config.kernel_size &&
				   vm->loaded[VM_RAMDISK] == vm->config.ramdisk_size);
}

/* The lock is held. */
static enum vm_error may_start(const struct vm *vm)
{
	if (vm->state != VM_STOPPED || vm->held)
		return wrong_state(vm);
	return is_loaded(vm) ? VM_OK : VM_ERROR_NOT_LOADED;
}

enum vm_error vm_start(struct vm *vm)
{
	struct image_layout layout;
	const char *why = NULL;
	enum vm_error error;

	sched_lock();
	error = may_start(vm);
	if (error == VM_OK)
		why = image_plan(&vm->config, (const void *)(uintptr_t)vm->config.kernel.pa,
				 &layout);
	if (error == VM_OK && why == NULL)
		vm_set_state(vm, VM_STARTING);
	sched_unlock();
	if (why != NULL) {
		console_log("%s: %s", vm->config.name, why);
		return VM_ERROR_LAYOUT;
	}
	sched_look_for_work();
	return error;
}

enum vm_error vm_pause(struct vm *vm)
{
	enum vm_error error = VM_OK;

	sched_lock();
	if (vm->state == VM_RUNNING) {
		vm_set_state(vm, VM_PAUSED);
		sched_park_vcpus(vm);
		trace_vm(vm, TRACE_VM_PAUSED);
	} else {
		error = wrong_state(vm);
	}
	sched_unlock();
	return error;
}

enum vm_error vm_resume(struct vm *vm)
{
	enum vm_error error = VM_OK;

	sched_lock();
	if (vm->state == VM_PAUSED) {
		vm_set_state(vm, VM_RUNNING);
		trace_vm(vm, TRACE_VM_RESUMED);
		sched_unpark_vcpus(vm);
	} else {
		error = wrong_state(vm);
	}
	sched_unlock();
	return error;
}

static bool has_vcpus(const struct vm *vm)
{
	return vm->state == VM_RUNNING || vm->state == VM_PAUSED;
}

/* The lock is held. */
static void stop(struct vm *vm, enum vm_after after)
{
	vm->after = after;
	vm_set_state(vm, VM_STOPPING);
	sched_stop_vcpus(vm);
}

/* The lock is held. */
static enum vm_error end_it(struct vm *vm, enum vm_after after)
{
	if (has_vcpus(vm)) {
		stop(vm, after);
	} else if (vm->state == VM_STARTING ||
		   (vm->state == VM_STOPPED && after == VM_AFTER_DESTROY)) {
		vm->after = after;
		vm_set_state(vm, VM_FINISHING);
	} else if ((vm->state == VM_STOPPING || vm->state == VM_FINISHING) && after >= vm->after) {
		vm->after = after;
	} else {
		return wrong_state(vm);
	}
	return VM_OK;
}

enum vm_error vm_end(struct vm *vm, enum vm_after after)
{
	enum vm_error error;

	sched_lock();
	error = end_it(vm, after);
	sched_unlock();
	sched_look_for_work();
	return error;
}

void vm_end_by_guest(struct vm *vm, enum vm_after after)
{
	sched_lock();
	if (has_vcpus(vm))
		stop(vm, after);
	sched_unlock();
}

/* Of a VM that nobody stops, each vCPU switched itself off: nobody in it can come back. */
void vm_all_off(struct vm *vm)
{
	if (vm->state != VM_STOPPING)
		vm->after = VM_AFTER_STOP;
	vm_set_state(vm, VM_FINISHING);
}

/* --- stages of a start. True: the stage is done --- */

/* Also for a guest that runs with its caches off, which must not see what was there before. */
static bool clear(uint64_t base, uint64_t size, uint64_t *done)
{
	uint64_t n = min_u64(size - *done, STEP_BYTES);

	memset((void *)(uintptr_t)(base + *done), 0, n);
	cache_clean_invalidate(base + *done, n);
	*done += n;
	return *done == size;
}

static bool clear_ram(struct vm *vm, struct progress *p)
{
	return clear(vm->ram.pa, vm->ram_size, &p->done);
}

static bool clear_pins(struct vm *vm, struct progress *p)
{
	return clear((uintptr_t)vm->pins, (vm->ram_size >> PAGE_SHIFT) * sizeof(uint16_t),
		     &p->done);
}

static bool reset(struct vm *vm, struct progress *p)
{
	(void)p;
	stage2_forget(vm->vttbr);
	for (uint32_t i = 0; i < PCPUS_MAX; i++)
		pcpus[i].last_of_vm[vm->id] = NULL;
	tee_attach(vm);
	vgic_reset(vm);
	vuart_reset(vm);
	vrtc_reset(vm);
	vserial_reset(vm);
	return true;
}

/* What vm_start() could not know, or a VM that shall end: the way leads to FINISHING. */
static void give_up(struct vm *vm, const char *why)
{
	console_log("%s: %s", vm->config.name, why);
	sched_lock();
	if (vm->state == VM_STARTING) {
		vm->after = VM_AFTER_STOP;
		vm_set_state(vm, VM_FINISHING);
	}
	sched_unlock();
}

static bool lay_out(struct vm *vm, struct progress *p)
{
	const char *why = image_begin(vm, &p->layout);

	if (why != NULL)
		give_up(vm, why);
	return why == NULL;
}

static bool copy_kernel(struct vm *vm, struct progress *p)
{
	return image_copy_kernel(vm, &p->layout, &p->done, STEP_BYTES);
}

static bool copy_ramdisk(struct vm *vm, struct progress *p)
{
	return image_copy_ramdisk(vm, &p->layout, &p->done, STEP_BYTES);
}

/* It has its vCPU and its state at once: a running VM without a vCPU would be at its end. */
static bool go(struct vm *vm, struct progress *p)
{
	bool starts;

	sched_lock();
	starts = vm->state == VM_STARTING;
	if (starts) {
		trace_vm(vm, TRACE_VM_STARTED);
		vm_set_state(vm, VM_RUNNING);
		sched_begin_vm(vm, p->layout.kernel, p->layout.tree);
	}
	sched_unlock();
	if (starts)
		console_log("%s: starts, %u vCPUs, %lu MiB", vm->config.name, vm->config.cpus,
			    vm->config.memory >> 20);
	return true;
}

/* --- stages of an end --- */

static bool leave_tee(struct vm *vm, struct progress *p)
{
	p->had_tee |= vm->tee != NULL;
	switch (tee_detach(vm)) {
	case TEE_STATUS_AGAIN:
		return false;
	case TEE_STATUS_OK:
		break;
	default:
		p->kept = true;
	}
	return true;
}

/* The TEE said that it let go of all: see that it is so. Without one, pins mean nothing. */
static bool look_at_pins(struct vm *vm, struct progress *p)
{
	uint64_t total = p->had_tee ? vm->ram_size >> PAGE_SHIFT : 0;
	uint64_t end = min_u64(total, p->done + STEP_PINS);

	for (; p->done < end; p->done++)
		if (vm->pins[p->done] != 0)
			p->kept = true;
	return p->done == total;
}

/* Each VM is STOPPED or lost, so nothing will ever happen again. The lock is held. */
static bool all_are_off(void)
{
	for (const struct vm *vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1))
		if (vm->state != VM_STOPPED && vm->state != VM_QUARANTINED)
			return false;
	return true;
}

/* FINISHING becomes something else, or stays, and it is about destroying it. */
static void arrive(struct vm *vm, enum vm_state state)
{
	bool off;

	sched_lock();
	if (state == VM_STOPPED && vm->after != VM_AFTER_STOP)
		state = vm->after == VM_AFTER_START ? VM_STARTING : VM_FINISHING;
	vm_set_state(vm, state);
	off = all_are_off();
	sched_unlock();
	if (!off)
		return;
	console_log("all VMs are off: powering off");
	(void)smc4(PSCI_SYSTEM_OFF, 0, 0, 0);
}

static bool settle(struct vm *vm, struct progress *p)
{
	bool again = vm->after == VM_AFTER_START;

	console_guest_end(vm);
	vserial_reset(vm); /* nobody looks into its memory any more */
	trace_vm(vm, p->kept ? TRACE_VM_KEPT : TRACE_VM_STOPPED);
	if (p->kept)
		console_log("%s: the TEE did not let go of it; it stays off, and its memory unused",
			    vm->config.name);
	else if (!again)
		console_log("%s: off", vm->config.name);
	arrive(vm, p->kept ? VM_QUARANTINED : VM_STOPPED);
	return true;
}

static bool destroy(struct vm *vm, struct progress *p)
{
	(void)p;
	vm_put_memory(vm);
	console_log("%s: destroyed", vm->config.name);
	trace_vm(vm, TRACE_VM_DESTROYED);
	arrive(vm, VM_FREE);
	return true;
}

/* --- who does it --- */

typedef bool stage_function(struct vm *vm, struct progress *p);

static stage_function *const start_stages[] = {clear_ram,   clear_pins,	  reset, lay_out,
					       copy_kernel, copy_ramdisk, go};
static stage_function *const end_stages[] = {leave_tee, look_at_pins, settle, destroy};

/* False: the VM is not, or no more, on its way. A stage that changes the state is its last. */
static bool step(struct vm *vm)
{
	enum vm_state state = __atomic_load_n(&vm->state, __ATOMIC_ACQUIRE);
	struct progress *p = &progress[vm->id];
	stage_function *const *stages = state == VM_STARTING ? start_stages : end_stages;

	if (!on_its_way(state))
		return false;
	if (p->state != state)
		*p = (struct progress){.state = state};
	if (stages[p->stage](vm, p)) {
		p->stage++;
		p->done = 0;
	}
	if (__atomic_load_n(&vm->state, __ATOMIC_ACQUIRE) != state)
		p->state = VM_FREE;
	return true;
}

/* The next VM in turn that is on its way; this CPU is the one that works on it. NULL: none. */
static struct vm *claim(void)
{
	struct vm *vm = NULL;

	sched_lock();
	for (uint32_t n = 1; n <= VMS_MAX && vm == NULL && !work.busy; n++) {
		vm = vm_by_id((work.last + n) % VMS_MAX);
		if (vm != NULL && (!on_its_way(vm->state) || vm->held))
			vm = NULL;
	}
	if (vm != NULL) {
		work.last = vm->id;
		__atomic_store_n(&work.busy, true, __ATOMIC_RELAXED);
	}
	sched_unlock();
	return vm;
}

void vm_work(uint64_t until)
{
	struct vm *vm = claim();

	if (vm == NULL)
		return;
	while (step(vm) && !sched_work_is_over(until))
		;
	sched_lock();
	__atomic_store_n(&work.busy, false, __ATOMIC_RELAXED);
	sched_unlock();
}
