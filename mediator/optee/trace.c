/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events of a call, from its record: what was asked, of whom, with which kinds and sizes of
 * parameters, and what came of it. Only what was checked or is our own copy is read, and never a
 * value or the contents of a buffer.
 */
#include "lib/memory.h"
#include "mediator/optee/optee.h"

static void params_event(struct tee_event *e, const struct optee_msg_param *params, uint32_t count)
{
	e->params = (uint8_t)min_u64(count, TEE_EVENT_PARAMS);
	for (uint32_t i = 0; i < e->params; i++) {
		if (params[i].attr == OPTEE_MSG_ATTR_NONE)
			continue;
		e->types[i] = (uint8_t)params[i].attr;
		/* the size of both kinds of memory reference is at the same place */
		if (e->types[i] > OPTEE_MSG_ATTR_VALUE_INOUT)
			e->sizes[i] = (uint32_t)min_u64(params[i].rmem.size, UINT32_MAX);
	}
}

static struct tee_event event_of(const struct optee_call *c, enum tee_event_kind kind,
				 const struct optee_msg_header *header)
{
	return (struct tee_event){
		.kind = (uint8_t)kind,
		.call = (uint16_t)c->index,
		.command = header->cmd,
		.function = header->func,
		.session = header->session,
	};
}

void optee_trace_call_event(struct optee_vm *o, const struct optee_call *c)
{
	struct tee_event e = event_of(c, TEE_EVENT_CALL, &c->header);
	const struct optee_msg_param *params = c->params;
	uint32_t count = (uint32_t)min_u64(c->header.num_params, ARRAY_SIZE(c->params));

	if (c->header.cmd == OPTEE_MSG_OPEN_SESSION && count >= OPTEE_META_PARAMS) {
		memcpy(e.uuid, &params[0].value, sizeof(e.uuid));
		params += OPTEE_META_PARAMS;
		count -= OPTEE_META_PARAMS;
	}
	params_event(&e, params, count);
	o->vm.port->trace(o->vm.host, c->vcpu, &e);
}

void optee_trace_end_event(struct optee_vm *o, const struct optee_call *c, uint32_t code)
{
	struct tee_event e = event_of(c, TEE_EVENT_END, &c->header);

	e.function = code;
	e.result = c->header.ret;
	e.origin = c->header.ret_origin;
	o->vm.port->trace(o->vm.host, c->vcpu, &e);
}

void optee_trace_request_event(struct optee_vm *o, const struct optee_call *c)
{
	struct tee_event e = event_of(c, TEE_EVENT_REQUEST, &c->request.header);

	params_event(&e, c->request.params, c->request.header.num_params);
	o->vm.port->trace(o->vm.host, c->vcpu, &e);
}

void optee_trace_reply_event(struct optee_vm *o, const struct optee_call *c, uint32_t result)
{
	struct tee_event e = event_of(c, TEE_EVENT_REPLY, &c->request.header);

	e.result = result;
	o->vm.port->trace(o->vm.host, c->vcpu, &e);
}
