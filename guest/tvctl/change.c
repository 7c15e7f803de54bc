/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * start to destroy: ask, then look at the list until the VM is where it should be. The hypervisor
 * answers when the VM is on its way; how long it takes is up to the TEE, too.
 */
#include "guest/tvctl/tvctl.h"
#include <stdio.h>
#include <string.h>

#define LOOK_MS	  50u
#define NS_PER_S  1000000000ull
#define GONE	  UINT32_MAX
#define NAME_SIZE 32u

static const char *past_of(uint32_t state)
{
	return state == GONE ? "gone" : vm_state(state);
}

/* The state it came to, in the end or when the time was over. */
static uint32_t wait_for(uint32_t id, uint32_t wanted)
{
	uint64_t until = clock_ns() + options.timeout * NS_PER_S;

	for (;;) {
		const struct control_vm *vm;
		uint32_t state;

		vms_read();
		vm = vm_by_id(id);
		state = vm != NULL ? vm->state : GONE;
		if (state == wanted || state == GONE || state == CONTROL_VM_LOST ||
		    clock_ns() >= until)
			return state;
		pause_ms(LOOK_MS);
	}
}

static enum status arrived(const char *name, uint32_t state, uint32_t wanted)
{
	if (state == wanted) {
		printf("%s: %s\n", name, past_of(state));
		return STATUS_DONE;
	}
	if (state == CONTROL_VM_LOST)
		die(STATUS_REFUSED,
		    "%s is lost: its TEE did not let go of it, so its memory and "
		    "its id are not used again",
		    name);
	if (state == GONE)
		die(STATUS_REFUSED, "%s is gone", name);
	die(STATUS_LATE, "%s is not %s after %u s: it is in state \"%s\"", name, past_of(wanted),
	    options.timeout, past_of(state));
}

static void ask(uint16_t type, const struct control_vm *vm)
{
	struct control_which which = {.vm = vm->id};
	uint32_t code = channel_ask(type, &which, sizeof(which));
	const char *why = name_refusal(code);

	if (code == 0)
		return;
	if (code == CONTROL_BAD_STATE)
		die(STATUS_REFUSED, "cannot %s %s: it is %s (reason %u)", name_request(type),
		    vm->name, vm_state(vm->state), code);
	die(STATUS_REFUSED, "cannot %s %s: %s (reason %u)", name_request(type), vm->name,
	    why != NULL ? why : "for a reason unknown to this tvctl", code);
}

static enum status change(uint16_t type, const char *text, uint32_t wanted)
{
	const struct control_vm *vm;
	char name[NAME_SIZE];
	uint32_t id;

	vms_read();
	vm = vm_named(text);
	id = vm->id;
	(void)snprintf(name, sizeof(name), "%s", vm_label(id));
	ask(type, vm);
	if (options.no_wait)
		return STATUS_DONE;
	return arrived(name, wait_for(id, wanted), wanted);
}

enum status do_start(const char *vm)
{
	return change(CONTROL_START, vm, CONTROL_VM_RUNS);
}
enum status do_pause(const char *vm)
{
	return change(CONTROL_PAUSE, vm, CONTROL_VM_PAUSED);
}
enum status do_resume(const char *vm)
{
	return change(CONTROL_RESUME, vm, CONTROL_VM_RUNS);
}
enum status do_reboot(const char *vm)
{
	return change(CONTROL_REBOOT, vm, CONTROL_VM_RUNS);
}
enum status do_off(const char *vm)
{
	return change(CONTROL_OFF, vm, CONTROL_VM_OFF);
}
enum status do_destroy(const char *vm)
{
	return change(CONTROL_DESTROY, vm, GONE);
}
