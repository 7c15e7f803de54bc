/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a call begins: its message is copied out of the guest's memory, once, checked, and rebuilt
 * for the TEE. It lies in a page (CALL_WITH_ARG, CALL_WITH_RPC_ARG) or in a buffer registered
 * before (CALL_WITH_REGD_ARG), which then stays pinned as long as the call.
 *
 * The usual call, one in a registered buffer, takes the VM's lock once until the TEE is entered.
 */
#include "mediator/optee/optee.h"

/* All that INVOKE_COMMAND of libteec and Linux has: header and four parameters. */
#define FIRST_READ 160u

/* The rest of a message of more than four parameters; each byte of it is read once. */
static bool read_rest(struct optee_vm *o, struct optee_call *c)
{
	uint32_t size = optee_msg_size(c->header.num_params);

	if (c->header.num_params > OPTEE_META_PARAMS + OPTEE_PARAMS || size <= FIRST_READ)
		return true; /* refused later, or complete */
	return optee_span_read(o, &c->arg, FIRST_READ, (uint8_t *)&c->header + FIRST_READ,
			       size - FIRST_READ);
}

/* The guest's request area, which follows its message, lies in the `room` bytes from there. */
static bool rpc_area_fits(struct optee_call *c, uint64_t room)
{
	uint64_t size = optee_msg_size(0) + (uint64_t)c->header.num_params * sizeof(c->params[0]);

	if (c->header.num_params > OPTEE_MSG_MAX_PARAMS)
		return false;
	if (c->style == STYLE_ARG)
		return size <= room;
	c->rpc = c->arg;
	c->rpc.offset += (uint32_t)size;
	c->rpc_ready = true;
	return size + OPTEE_RPC_AREA_SIZE <= room;
}

/* A page: CALL_WITH_ARG and CALL_WITH_RPC_ARG. Returns the room for the message; 0: refused. */
static uint64_t fetch_page(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	uint64_t address = optee_pair(c->regs[1], c->regs[2]);
	bool good;

	if (!is_aligned(address, PAGE_SIZE))
		return 0;
	c->arg = (struct optee_span){.page = {address}};
	tee_unlock(&o->vm);
	good = optee_span_read(o, &c->arg, 0, &c->header, FIRST_READ) && read_rest(o, c);
	tee_lock(&o->vm);
	return good ? PAGE_SIZE : 0;
}

/* A part of a registered buffer: CALL_WITH_REGD_ARG. As fetch_page. */
static uint64_t fetch_registered(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	struct optee_object *object = optee_object_find(o, optee_pair(c->regs[1], c->regs[2]));
	uint32_t offset = (uint32_t)c->regs[3];
	uint64_t at, room;
	uint32_t index;

	if (object == NULL || object->state != OBJECT_LIVE || object->by_rpc)
		return 0;
	at = (uint64_t)object->offset + offset;
	if (!is_aligned(at, 8) ||
	    !range_inside(offset, optee_msg_size(0) + OPTEE_RPC_AREA_SIZE, object->size))
		return 0;
	object->users++;
	c->refs[c->ref_count++] = optee_object_index(o, object);
	room = object->size - offset;
	index = (uint32_t)(at >> PAGE_SHIFT);
	c->arg.page[0] = optee_object_page(o, object, index);
	c->arg.page[1] = index + 1 < object->pages ? optee_object_page(o, object, index + 1) : 0;
	c->arg.offset = (uint32_t)(at & PAGE_MASK);
	c->arg.pinned = true;
	(void)optee_span_read(o, &c->arg, 0, &c->header, FIRST_READ);
	if (room >= optee_msg_size(OPTEE_META_PARAMS + OPTEE_PARAMS))
		(void)read_rest(o, c);
	return room;
}

static uint32_t highest_command(const struct optee_vm *o)
{
	return o->optee->can_notify ? OPTEE_MSG_STOP_ASYNC_NOTIF : OPTEE_MSG_UNREGISTER_SHM;
}

enum optee_next optee_begin(struct optee_vm *o, struct optee_call *c)
{
	uint64_t room = c->style == STYLE_REGD_ARG ? fetch_registered(o, c) : fetch_page(o, c);
	uint32_t result;

	if (room == 0 || !rpc_area_fits(c, room))
		return optee_give_up(o, c, OPTEE_SMC_EBADADDR, TEE_REFUSED_ADDRESS);
	if (c->header.cmd > highest_command(o))
		return optee_give_up(o, c, OPTEE_SMC_EBADCMD, TEE_REFUSED_MESSAGE);
	if (optee_traced(o))
		optee_trace_call_event(o, c);
	result = optee_message_in(o, c);
	tee_unlock(&o->vm);
	if (LIKELY(result == TEEC_SUCCESS)) {
		c->settles = c->header.cmd != OPTEE_MSG_INVOKE_COMMAND;
		return c->header.cmd == OPTEE_MSG_REGISTER_SHM ? NEXT_WALK : NEXT_ENTER;
	}
	(void)optee_message_refuse(o, c, result);
	return optee_close_call(o, c, false);
}
