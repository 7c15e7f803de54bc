/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an operator types on the hypervisor's own command line, and what it answers.
 */
#include "hypervisor/commands.h"
#include "tests/unit/lifecycle_world.h"
#include <string.h>

static struct vm_config described;

static void type(const char *name, const char *argument)
{
	memset(world.log, 0, sizeof(world.log));
	for (const struct console_command *c = world_commands; c->name != NULL; c++) {
		if (strcmp(c->name, name) == 0) {
			c->run(argument);
			world_settle();
			return;
		}
	}
	fail_msg("no command %s", name);
}

static int reset(void **state)
{
	(void)world_reset(state);
	described = world_config("7up");
	described.control = true;
	commands_init(&described, 1);
	return 0;
}

static void each_command_does_what_it_says(void **state)
{
	struct vm *vm;

	(void)state;
	type("create", "7up");
	vm = vm_by_id(0);
	assert_non_null(vm);
	assert_string_equal(vm->config.name, "7up");
	type("start", "7up");
	assert_int_equal(vm->state, VM_RUNNING);
	type("vms", "");
	assert_true(world_logged("7up: VM 0, runs, 1 of 2 vCPUs on, "));
	assert_true(world_logged(" ms, 4 MiB, shared TEE\n"));
	assert_true(world_logged(" KiB of memory are free\n"));
	type("tee", "");
	assert_true(world_logged("7up: 0 fast, 0 calls, 0 RPCs, 0 pages pinned, 0 faults"));
	type("pause", "0");
	assert_int_equal(vm->state, VM_PAUSED);
	type("resume", "00");
	assert_int_equal(vm->state, VM_RUNNING);
	type("reboot", "7up");
	assert_int_equal(world.created, 2);
	type("stop", "7up");
	assert_int_equal(vm->state, VM_STOPPED);
	type("vms", "");
	assert_true(world_logged("7up: VM 0, off, 0 of 2 vCPUs on, "));
	type("destroy", "7up");
	assert_null(vm_by_id(0));
}

static void what_cannot_be_is_said(void **state)
{
	static const char *const strangers[] = {"",    "8",  "7",    "16", "99",
						"100", "-1", "7up ", "7u"};

	(void)state;
	for (unsigned i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		type("start", strangers[i]);
		assert_true(world_logged("there is no VM \""));
		type("create", strangers[i]);
		assert_true(world_logged("the machine's description has no VM \""));
	}
	type("create", "7up");
	type("create", "7up");
	assert_true(world_logged("7up: there is a VM of this name"));
	type("pause", "7up");
	assert_true(world_logged("7up: not in the state that the VM is in"));
	type("resume", "7up");
	assert_true(world_logged("7up: not in the state that the VM is in"));
	type("stop", "7up");
	assert_true(world_logged("7up: not in the state that the VM is in"));
	type("reboot", "7up");
	assert_true(world_logged("7up: not in the state that the VM is in"));
}

#define T(test) cmocka_unit_test_setup(test, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_command_does_what_it_says),
		T(what_cannot_be_is_said),
	};

	return cmocka_run_group_tests_name("lifecycle_commands", tests, NULL, NULL);
}
