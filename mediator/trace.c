/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that every backend has: a refusal, counted and traced in one place, and short ones. */
#include "mediator/vm.h"

void tee_event(struct tee_vm *vm, enum tee_event_kind kind, uint32_t command)
{
	const struct tee_event event = {.kind = (uint8_t)kind, .command = command};

	if (vm->port->trace != NULL)
		vm->port->trace(vm->host, NULL, &event);
}

void tee_refused(struct tee_vm *vm, enum tee_refusal why)
{
	tee_count(&vm->count.refusals[why]);
	tee_event(vm, TEE_EVENT_REFUSED, why);
}
