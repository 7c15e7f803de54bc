/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests of the control VM that change a VM. They only say what is wanted, as vm.h has it; what
 * came of it is seen in the list. The control VM cannot do them to itself: the reply would have
 * nobody to read it, and a pause nobody to end it.
 */
#include "hypervisor/control_requests.h"
#include "hypervisor/vm.h"

static uint32_t code_of(enum vm_error error)
{
	return error == VM_OK ? 0 : CONTROL_BAD_STATE;
}

/* The VM of the request, if it is there and is not the one that asks. */
static uint32_t which(const void *body, struct vm **out)
{
	const struct control_which *request = body;

	*out = vm_by_id(request->vm);
	if (*out == NULL)
		return CONTROL_NO_VM;
	return request->vm == CONTROL_VM ? CONTROL_ITSELF : 0;
}

static uint32_t change(const void *body, enum vm_error (*how)(struct vm *vm))
{
	struct vm *vm;
	uint32_t code = which(body, &vm);

	return code != 0 ? code : code_of(how(vm));
}

static uint32_t end(const void *body, enum vm_after after)
{
	struct vm *vm;
	uint32_t code = which(body, &vm);

	return code != 0 ? code : code_of(vm_end(vm, after));
}

uint32_t control_start(const void *body, void *reply, uint32_t *length)
{
	(void)reply;
	(void)length;
	return change(body, vm_start);
}

uint32_t control_pause(const void *body, void *reply, uint32_t *length)
{
	(void)reply;
	(void)length;
	return change(body, vm_pause);
}

uint32_t control_resume(const void *body, void *reply, uint32_t *length)
{
	(void)reply;
	(void)length;
	return change(body, vm_resume);
}

uint32_t control_reboot(const void *body, void *reply, uint32_t *length)
{
	(void)reply;
	(void)length;
	return end(body, VM_AFTER_START);
}

uint32_t control_off(const void *body, void *reply, uint32_t *length)
{
	(void)reply;
	(void)length;
	return end(body, VM_AFTER_STOP);
}

uint32_t control_destroy(const void *body, void *reply, uint32_t *length)
{
	(void)reply;
	(void)length;
	return end(body, VM_AFTER_DESTROY);
}
