/* SPDX-License-Identifier: BSD-2-Clause */
/* The VMs as the hypervisor last listed them, found by id or by name. */
#include "guest/tvctl/tvctl.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VMS_MAX	  ((CONTROL_BODY_MAX - sizeof(struct control_list)) / sizeof(struct control_vm))
#define TEXT_MAX  48u
#define NAMES_MAX 256u

struct control_vm vms[VMS_MAX];
uint32_t vms_count;

void tidy(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void vms_read(void)
{
	const uint8_t *records;
	struct control_list head;

	memcpy(&head, channel_get(CONTROL_LIST, NULL, 0, sizeof(head)), sizeof(head));
	records = channel_records(sizeof(head), head.count, head.size, sizeof(vms[0]));
	vms_count = head.count;
	for (uint32_t i = 0; i < vms_count; i++) {
		memcpy(&vms[i], records + (size_t)i * head.size, sizeof(vms[i]));
		tidy(vms[i].name, sizeof(vms[i].name));
	}
}

const struct control_vm *vm_by_id(uint32_t id)
{
	for (uint32_t i = 0; i < vms_count; i++)
		if (vms[i].id == id)
			return &vms[i];
	return NULL;
}

static void no_such_vm(const char *text) NORETURN;
static void no_such_vm(const char *text)
{
	char names[NAMES_MAX] = "";
	size_t used = 0;

	for (uint32_t i = 0; i < vms_count && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
					 i != 0 ? ", " : "", vms[i].name);
	die(STATUS_REFUSED, "no such VM: %s (there are: %s)", text, names);
}

const struct control_vm *vm_named(const char *text)
{
	char *end;
	unsigned long id = strtoul(text, &end, 10);
	const struct control_vm *vm = NULL;

	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && id <= UINT32_MAX)
		vm = vm_by_id((uint32_t)id);
	for (uint32_t i = 0; i < vms_count && vm == NULL; i++)
		if (strcmp(vms[i].name, text) == 0)
			vm = &vms[i];
	if (vm == NULL)
		no_such_vm(text);
	return vm;
}

const char *vm_label(uint32_t id)
{
	static char text[TEXT_MAX];
	const struct control_vm *vm = vm_by_id(id);

	if (vm != NULL && vm->name[0] != '\0')
		return vm->name;
	(void)snprintf(text, sizeof(text), "#%u", id);
	return text;
}

const char *vm_state(uint32_t state)
{
	static const char *const names[] = {
		[CONTROL_VM_OFF] = "off",      [CONTROL_VM_STARTS] = "starts",
		[CONTROL_VM_RUNS] = "running", [CONTROL_VM_PAUSED] = "paused",
		[CONTROL_VM_STOPS] = "stops",  [CONTROL_VM_LOST] = "lost",
	};

	return state < COUNT_OF(names) ? names[state] : "unknown";
}
