/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/commands.h. A VM is named by its name or its id. A request is answered at once; what
 * becomes of it is seen in the log and in `vms`.
 */
#include "hypervisor/commands.h"
#include "arch/clock.h"
#include "hypervisor/console.h"
#include "hypervisor/pages.h"
#include "hypervisor/sched.h"
#include "mediator/vm.h"
#include <string.h>

static const struct vm_config *described;
static uint32_t described_count;

/* A number of one or two digits, and nothing else; VMS_MAX if it is not one. */
static uint32_t id_of(const char *text)
{
	uint32_t id = 0;
	size_t n = strlen(text);

	if (n == 0 || n > 2)
		return VMS_MAX;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return VMS_MAX;
		id = id * 10 + (uint32_t)(*text - '0');
	}
	return id;
}

static struct vm *vm_named(const char *name)
{
	struct vm *vm;

	for (vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1))
		if (strcmp(vm->config.name, name) == 0)
			return vm;
	vm = vm_by_id(id_of(name));
	if (vm == NULL)
		console_log("there is no VM \"%s\"", name);
	return vm;
}

static void say(const char *name, enum vm_error error)
{
	if (error != VM_OK)
		console_log("%s: %s", name, vm_error_text(error));
}

static void start(const char *name)
{
	struct vm *vm = vm_named(name);

	if (vm != NULL)
		say(vm->config.name, vm_start(vm));
}

static void pause(const char *name)
{
	struct vm *vm = vm_named(name);

	if (vm != NULL)
		say(vm->config.name, vm_pause(vm));
}

static void resume(const char *name)
{
	struct vm *vm = vm_named(name);

	if (vm != NULL)
		say(vm->config.name, vm_resume(vm));
}

static void end(const char *name, enum vm_after after)
{
	struct vm *vm = vm_named(name);

	if (vm != NULL)
		say(vm->config.name, vm_end(vm, after));
}

static void stop(const char *name)
{
	end(name, VM_AFTER_STOP);
}

static void reboot(const char *name)
{
	end(name, VM_AFTER_START);
}

static void destroy(const char *name)
{
	end(name, VM_AFTER_DESTROY);
}

static void create(const char *name)
{
	struct vm *vm;

	for (uint32_t i = 0; i < described_count; i++) {
		if (strcmp(described[i].name, name) == 0) {
			say(name, vm_create(&described[i], &vm));
			return;
		}
	}
	console_log("the machine's description has no VM \"%s\"", name);
}

static uint64_t milliseconds_ran(const struct vm *vm)
{
	uint64_t ticks = 0;

	for (uint32_t i = 0; i < vm->config.cpus; i++)
		ticks += sched_ran(vm->vcpu[i]);
	return ticks / (clock_hz() / 1000);
}

static void list_vms(const char *argument)
{
	(void)argument;
	for (const struct vm *vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1))
		console_log("%s: VM %u, %s, %u of %u vCPUs on, %lu ms, %lu MiB, %s",
			    vm->config.name, vm->id, vm_state_text(vm->state), vm->running,
			    vm->config.cpus, milliseconds_ran(vm), vm->config.memory >> 20,
			    vm->tee != NULL ? "shared TEE" : "no TEE");
	console_log("%lu KiB of memory are free", pages_free() >> 10);
}

/* What the TEE did for each VM. A VM that ends meanwhile takes its counters with it. */
static void list_tee_counters(const char *argument)
{
	(void)argument;
	for (const struct vm *vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1)) {
		const struct tee_vm *tee = vm->tee;

		if (tee != NULL)
			console_log(
				"%s: %lu fast, %lu calls, %lu RPCs, %u pages pinned, %lu faults",
				vm->config.name, tee->count.fast_calls, tee->count.calls,
				tee->count.rpcs, tee->used.pages, tee->count.tee_faults);
	}
}

static const struct console_command commands[] = {
	{"vms", "the VMs and their states", list_vms},
	{"tee", "what each VM has done with the TEE", list_tee_counters},
	{"start", "VM: start it, which is off", start},
	{"pause", "VM: its CPUs stand still", pause},
	{"resume", "VM: they go on", resume},
	{"stop", "VM: switch it off at once", stop},
	{"reboot", "VM: switch it off at once and start it anew", reboot},
	{"destroy", "VM: switch it off at once and forget it", destroy},
	{"create", "NAME: make the VM of the machine's description again", create},
	{NULL, NULL, NULL},
};

void commands_init(const struct vm_config *configs, uint32_t count)
{
	described = configs;
	described_count = count;
	console_set_commands(commands);
}
