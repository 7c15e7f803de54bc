/* SPDX-License-Identifier: BSD-2-Clause */
/* version, list and info: what the hypervisor says, as a table or as JSON. */
#include "guest/tvctl/tvctl.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MIB 1048576u

enum status do_version(const char *none)
{
	struct control_hello hello;

	(void)none;
	memcpy(&hello, channel_get(CONTROL_HELLO, NULL, 0, sizeof(hello)), sizeof(hello));
	tidy(hello.name, sizeof(hello.name));
	tidy(hello.release, sizeof(hello.release));
	if (options.json) {
		json_begin();
		json_text("hypervisor", hello.name);
		json_text("release", hello.release);
		json_number("protocol", hello.version);
		json_number("tvctl_protocol", CONTROL_VERSION);
		json_end();
		return STATUS_DONE;
	}
	printf("%s %s, control protocol %u\ntvctl: control protocol %u\n", hello.name,
	       hello.release, hello.version, CONTROL_VERSION);
	return STATUS_DONE;
}

static const char *tee_of(const struct control_vm *vm)
{
	if (vm->mode != CONTROL_TEE_SHARED)
		return vm->mode == CONTROL_TEE_NONE ? "none" : "unknown";
	return vm->has_tee != 0 ? "shared" : "shared, not now";
}

static void json_vm(const struct control_vm *vm)
{
	json_number("id", vm->id);
	json_text("name", vm->name);
	json_text("state", vm_state(vm->state));
	json_number("cpus", vm->cpus);
	json_number("cpus_on", vm->cpus_on);
	json_number("memory", vm->memory);
	json_text("mode", vm->mode == CONTROL_TEE_SHARED ? "shared" : "none");
	json_number("has_tee", vm->has_tee != 0);
}

enum status do_list(const char *none)
{
	(void)none;
	vms_read();
	if (!options.json)
		puts("ID  NAME         STATE    VCPUS  MEMORY    TEE");
	for (uint32_t i = 0; i < vms_count; i++) {
		const struct control_vm *vm = &vms[i];

		if (options.json) {
			json_begin();
			json_vm(vm);
			json_end();
			continue;
		}
		printf("%-3u %-12s %-8s %u/%-4u %5" PRIu64 " MiB %s\n", vm->id, vm->name,
		       vm_state(vm->state), vm->cpus_on, vm->cpus, vm->memory / MIB, tee_of(vm));
	}
	return STATUS_DONE;
}

static const struct counter {
	const char *name;
	size_t at;
} counters[] = {
	{"fast_calls", offsetof(struct control_counters, fast_calls)},
	{"calls", offsetof(struct control_counters, calls)},
	{"opens", offsetof(struct control_counters, opens)},
	{"invokes", offsetof(struct control_counters, invokes)},
	{"registrations", offsetof(struct control_counters, registrations)},
	{"rpcs", offsetof(struct control_counters, rpcs)},
	{"secure_calls", offsetof(struct control_counters, secure_calls)},
	{"irq_resumed", offsetof(struct control_counters, irq_resumed)},
	{"irq_returned", offsetof(struct control_counters, irq_returned)},
	{"yields", offsetof(struct control_counters, yields)},
	{"notifications", offsetof(struct control_counters, notifications)},
	{"tee_faults", offsetof(struct control_counters, tee_faults)},
};

static uint64_t counter_at(const struct control_info *info, uint32_t i)
{
	uint64_t value;

	memcpy(&value, (const uint8_t *)&info->count + counters[i].at, sizeof(value));
	return value;
}

static void json_usage(const char *key, const struct control_usage *u)
{
	json_object(key);
	json_number("pages", u->pages);
	json_number("buffers", u->buffers);
	json_number("sessions", u->sessions);
	json_number("calls", u->calls);
	json_close('}');
}

static void json_info(const struct control_info *info)
{
	json_begin();
	json_vm(&info->vm);
	json_object("count");
	for (uint32_t i = 0; i < COUNT_OF(counters); i++)
		json_number(counters[i].name, counter_at(info, i));
	json_close('}');
	json_object("refusals");
	for (uint32_t i = 0; i < CONTROL_REFUSALS; i++)
		json_number(name_mediated(i), info->count.refusals[i]);
	json_close('}');
	json_usage("used", &info->used);
	json_usage("quota", &info->quota);
	json_end();
}

static void show_usage(const char *name, uint32_t used, uint32_t quota)
{
	printf("  %-14s %10u of %u\n", name, used, quota);
}

static void show_info(const struct control_info *info)
{
	const struct control_vm *vm = &info->vm;

	printf("VM %u, %s: %s, %u of %u vCPUs on, %" PRIu64 " MiB, TEE: %s\n", vm->id, vm->name,
	       vm_state(vm->state), vm->cpus_on, vm->cpus, vm->memory / MIB, tee_of(vm));
	puts("In use:");
	show_usage("shared pages", info->used.pages, info->quota.pages);
	show_usage("buffers", info->used.buffers, info->quota.buffers);
	show_usage("sessions", info->used.sessions, info->quota.sessions);
	show_usage("calls", info->used.calls, info->quota.calls);
	puts("Since its TEE was made:");
	for (uint32_t i = 0; i < COUNT_OF(counters); i++)
		printf("  %-14s %10" PRIu64 "\n", counters[i].name, counter_at(info, i));
	puts("Refused:");
	for (uint32_t i = 0; i < CONTROL_REFUSALS; i++)
		printf("  %-14s %10" PRIu64 "\n", name_mediated(i), info->count.refusals[i]);
}

enum status do_info(const char *vm)
{
	struct control_which which;
	struct control_info info;

	vms_read();
	which.vm = vm_named(vm)->id;
	memcpy(&info, channel_get(CONTROL_INFO, &which, sizeof(which), sizeof(info)), sizeof(info));
	(void)snprintf(info.vm.name, sizeof(info.vm.name), "%s", vm_label(which.vm));
	if (options.json)
		json_info(&info);
	else
		show_info(&info);
	return STATUS_DONE;
}
