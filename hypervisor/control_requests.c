/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the control VM can ask (abi/control.h), a row of a table each, and those that only look.
 */
#include "hypervisor/control_requests.h"
#include "hypervisor/tee.h"
#include "hypervisor/version.h"
#include "hypervisor/vm.h"
#include "lib/util.h"
#include <string.h>

_Static_assert(CONTROL_REFUSALS == TEE_REFUSALS, "abi/control.h has one for each");
_Static_assert(VM_NAME_MAX == sizeof(((struct control_vm *)0)->name), "a name fits");
_Static_assert(sizeof(struct control_list) + VMS_MAX * sizeof(struct control_vm) <=
		       CONTROL_BODY_MAX,
	       "all VMs fit into one reply");

static uint32_t hello(const void *body, void *reply, uint32_t *length)
{
	static const struct control_hello mine = {
		.version = CONTROL_VERSION,
		.body_max = CONTROL_BODY_MAX,
		.name = HYPERVISOR_NAME,
		.release = HYPERVISOR_VERSION,
	};

	(void)body;
	memcpy(reply, &mine, sizeof(mine));
	*length = sizeof(mine);
	return 0;
}

static void describe(const struct vm *vm, bool has_tee, struct control_vm *out)
{
	static const uint32_t states[] = {
		[VM_FREE] = CONTROL_VM_OFF,	    [VM_MAKING] = CONTROL_VM_OFF,
		[VM_STOPPED] = CONTROL_VM_OFF,	    [VM_STARTING] = CONTROL_VM_STARTS,
		[VM_RUNNING] = CONTROL_VM_RUNS,	    [VM_PAUSED] = CONTROL_VM_PAUSED,
		[VM_STOPPING] = CONTROL_VM_STOPS,   [VM_FINISHING] = CONTROL_VM_STOPS,
		[VM_QUARANTINED] = CONTROL_VM_LOST,
	};

	out->id = vm->id;
	out->state = states[__atomic_load_n(&vm->state, __ATOMIC_RELAXED)];
	out->cpus = vm->config.cpus;
	out->cpus_on = __atomic_load_n(&vm->running, __ATOMIC_RELAXED);
	out->memory = vm->config.memory;
	out->mode = vm->config.tee == VM_TEE_SHARED ? CONTROL_TEE_SHARED : CONTROL_TEE_NONE;
	out->has_tee = has_tee;
	memcpy(out->name, vm->config.name, sizeof(out->name));
}

static uint32_t list(const void *body, void *reply, uint32_t *length)
{
	struct control_list *head = reply;
	struct control_vm *out = (struct control_vm *)(head + 1);

	(void)body;
	head->size = sizeof(*out);
	for (struct vm *vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1))
		describe(vm, tee_usage(vm, NULL, NULL), &out[head->count++]);
	*length = (uint32_t)(sizeof(*head) + head->count * sizeof(*out));
	return 0;
}

static void copy_counters(const struct tee_counters *from, struct control_counters *to)
{
	to->fast_calls = from->fast_calls;
	to->calls = from->calls;
	to->opens = from->opens;
	to->invokes = from->invokes;
	to->registrations = from->registrations;
	to->rpcs = from->rpcs;
	to->secure_calls = from->secure_calls;
	to->irq_resumed = from->irq_resumed;
	to->irq_returned = from->irq_returned;
	to->yields = from->yields;
	to->notifications = from->notifications;
	to->tee_faults = from->tee_faults;
	memcpy(to->refusals, from->refusals, sizeof(to->refusals));
}

static uint32_t info(const void *body, void *reply, uint32_t *length)
{
	const struct control_which *which = body;
	struct control_info *out = reply;
	struct vm *vm = vm_by_id(which->vm);
	struct tee_counters count;
	struct tee_gauges used;
	bool has_tee;

	if (vm == NULL)
		return CONTROL_NO_VM;
	has_tee = tee_usage(vm, &count, &used);
	describe(vm, has_tee, &out->vm);
	out->quota = (struct control_usage){vm->config.quota.shared_pages, vm->config.quota.buffers,
					    vm->config.quota.sessions, vm->config.quota.calls};
	if (has_tee) {
		copy_counters(&count, &out->count);
		out->used =
			(struct control_usage){used.pages, used.buffers, used.sessions, used.calls};
	}
	*length = sizeof(*out);
	return 0;
}

static const struct control_request requests[] = {
	{CONTROL_HELLO, 0, hello},
	{CONTROL_LIST, 0, list},
	{CONTROL_INFO, sizeof(struct control_which), info},
	{CONTROL_START, sizeof(struct control_which), control_start},
	{CONTROL_PAUSE, sizeof(struct control_which), control_pause},
	{CONTROL_RESUME, sizeof(struct control_which), control_resume},
	{CONTROL_REBOOT, sizeof(struct control_which), control_reboot},
	{CONTROL_OFF, sizeof(struct control_which), control_off},
	{CONTROL_DESTROY, sizeof(struct control_which), control_destroy},
	{CONTROL_TRACE, sizeof(struct control_trace), control_trace},
};

const struct control_request *control_request(uint16_t type)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (requests[i].type == type)
			return &requests[i];
	return NULL;
}
