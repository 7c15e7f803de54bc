/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's messages. The call's copy of header and parameters was read from the guest once
 * (call.c); here it is checked and the message that the TEE sees is built from it in the slot,
 * cookies replaced by handles. On the way back only what the TEE may answer is taken from the
 * slot: result, origin, session, output values, sizes.
 *
 * Addresses never pass: a memory reference names a registered buffer or is NULL.
 */
#include "mediator/optee/optee.h"

static uint32_t bad(struct optee_vm *o, enum tee_refusal why)
{
	tee_refused(&o->vm, why);
	return TEEC_ERROR_BAD_PARAMETERS;
}

static uint32_t rmem_in(struct optee_vm *o, struct optee_call *c, const struct optee_msg_param *p,
			struct optee_msg_param *out) NEEDS(&o->vm)
{
	struct optee_object *object = optee_object_find(o, p->rmem.cookie);

	if (object == NULL || object->state != OBJECT_LIVE || object->by_rpc)
		return bad(o, TEE_REFUSED_COOKIE);
	if (p->rmem.size > object->size || p->rmem.offset > object->size - p->rmem.size)
		return bad(o, TEE_REFUSED_MESSAGE);
	object->users++;
	c->refs[c->ref_count++] = optee_object_index(o, object);
	out->attr = p->attr;
	out->rmem.offset = p->rmem.offset;
	out->rmem.size = p->rmem.size;
	out->rmem.cookie = optee_handle(o, object);
	return TEEC_SUCCESS;
}

/* One parameter of a trusted application, not NONE. */
static uint32_t param_in(struct optee_vm *o, struct optee_call *c, const struct optee_msg_param *p,
			 struct optee_msg_param *out) NEEDS(&o->vm)
{
	switch (p->attr) {
	case OPTEE_MSG_ATTR_VALUE_INPUT:
	case OPTEE_MSG_ATTR_VALUE_OUTPUT:
	case OPTEE_MSG_ATTR_VALUE_INOUT:
		out->attr = p->attr;
		out->value.a = p->value.a;
		out->value.b = p->value.b;
		out->value.c = p->value.c;
		return TEEC_SUCCESS;
	case OPTEE_MSG_ATTR_RMEM_INPUT:
	case OPTEE_MSG_ATTR_RMEM_OUTPUT:
	case OPTEE_MSG_ATTR_RMEM_INOUT:
		return rmem_in(o, c, p, out);
	case OPTEE_MSG_ATTR_TMEM_INPUT:
	case OPTEE_MSG_ATTR_TMEM_OUTPUT:
	case OPTEE_MSG_ATTR_TMEM_INOUT:
		if (p->tmem.address != 0)
			return bad(o, TEE_REFUSED_MESSAGE);
		out->attr = p->attr;
		out->tmem.address = 0;
		out->tmem.size = p->tmem.size;
		out->tmem.cookie = 0;
		return TEEC_SUCCESS;
	default:
		return bad(o, TEE_REFUSED_MESSAGE);
	}
}

static struct optee_msg_header *slot_header(const struct optee_call *c)
{
	return (struct optee_msg_header *)(void *)c->slot;
}

static struct optee_msg_param *slot_params(const struct optee_call *c)
{
	return (struct optee_msg_param *)(void *)(c->slot + sizeof(struct optee_msg_header));
}

static uint32_t params_in(struct optee_vm *o, struct optee_call *c, uint32_t from) NEEDS(&o->vm)
{
	const struct optee_msg_param *p = &c->params[from], *end = &c->params[c->header.num_params];
	struct optee_msg_param *out = slot_params(c) + from;
	uint32_t outputs = 0;

	if (c->header.num_params - from > OPTEE_PARAMS)
		return bad(o, TEE_REFUSED_MESSAGE);
	for (; p != end; p++, out++) {
		uint32_t result;

		if (p->attr == OPTEE_MSG_ATTR_NONE) {
			out->attr = OPTEE_MSG_ATTR_NONE;
			continue;
		}
		result = param_in(o, c, p, out);
		if (UNLIKELY(result != TEEC_SUCCESS))
			return result;
		/* of value and memory reference alike, bit 1 says output */
		outputs |= (uint32_t)(p->attr >> 1 & 1) << (p - c->params);
	}
	c->outputs = outputs;
	return TEEC_SUCCESS;
}

static uint32_t open_in(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	const uint64_t meta = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	uint32_t result;

	if (c->header.num_params < OPTEE_META_PARAMS || c->params[0].attr != meta ||
	    c->params[1].attr != meta)
		return bad(o, TEE_REFUSED_MESSAGE);
	result = optee_may_open(o, &c->params[1]);
	if (result == TEEC_SUCCESS)
		result = params_in(o, c, OPTEE_META_PARAMS);
	if (result != TEEC_SUCCESS)
		return result;
	slot_params(c)[0] = c->params[0];
	slot_params(c)[1] = c->params[1];
	o->vm.used.sessions++;
	tee_count(&o->vm.count.opens);
	return TEEC_SUCCESS;
}

/* The list is translated afterwards, in steps, and the slot's parameter written then. */
static uint32_t register_in(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	const struct optee_msg_param *p = &c->params[0];
	struct optee_object *object;
	uint32_t result;

	if (c->header.num_params != 1 ||
	    p->attr != (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG))
		return bad(o, TEE_REFUSED_MESSAGE);
	result = optee_object_new(o, p->tmem.cookie, p->tmem.address, p->tmem.size, &object);
	if (result != TEEC_SUCCESS)
		return result;
	c->object = optee_object_index(o, object);
	optee_walk_begin(c, p->tmem.address, object->pages);
	tee_count(&o->vm.count.registrations);
	return TEEC_SUCCESS;
}

static uint32_t unregister_in(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	const struct optee_msg_param *p = &c->params[0];
	struct optee_msg_param *out = slot_params(c);
	struct optee_object *object;

	if (c->header.num_params != 1 || p->attr < OPTEE_MSG_ATTR_RMEM_INPUT ||
	    p->attr > OPTEE_MSG_ATTR_RMEM_INOUT)
		return bad(o, TEE_REFUSED_MESSAGE);
	object = optee_object_find(o, p->rmem.cookie);
	if (object == NULL || object->state != OBJECT_LIVE || object->by_rpc)
		return bad(o, TEE_REFUSED_COOKIE);
	object->state = OBJECT_UNREGISTERING;
	c->object = optee_object_index(o, object);
	out->attr = OPTEE_MSG_ATTR_RMEM_INPUT;
	out->rmem.offset = 0;
	out->rmem.size = 0;
	out->rmem.cookie = optee_handle(o, object);
	return TEEC_SUCCESS;
}

static uint32_t body_in(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	switch (c->header.cmd) {
	case OPTEE_MSG_INVOKE_COMMAND:
		tee_count(&o->vm.count.invokes);
		return params_in(o, c, 0);
	case OPTEE_MSG_OPEN_SESSION:
		return open_in(o, c);
	case OPTEE_MSG_REGISTER_SHM:
		return register_in(o, c);
	case OPTEE_MSG_UNREGISTER_SHM:
		return unregister_in(o, c);
	default: /* CLOSE_SESSION, CANCEL, of notifications: begin.c admits no other */
		return c->header.num_params == 0 ? TEEC_SUCCESS : bad(o, TEE_REFUSED_MESSAGE);
	}
}

uint32_t optee_message_in(struct optee_vm *o, struct optee_call *c)
{
	struct optee_msg_header *out = slot_header(c);
	uint32_t result;

	if (c->header.num_params > OPTEE_META_PARAMS + OPTEE_PARAMS)
		return bad(o, TEE_REFUSED_MESSAGE);
	c->outputs = 0;
	result = body_in(o, c);
	if (result != TEEC_SUCCESS)
		return result;
	*out = c->header;
	out->pad = 0;
	out->ret = TEEC_ERROR_GENERIC; /* should the TEE not write it */
	out->ret_origin = TEEC_ORIGIN_COMMS;
	return TEEC_SUCCESS;
}

/* Takes what the TEE may answer in one parameter. */
static void param_out(struct optee_msg_param *p, const volatile struct optee_msg_param *slot)
{
	if (p->attr <= OPTEE_MSG_ATTR_VALUE_INOUT) {
		p->value.a = slot->value.a;
		p->value.b = slot->value.b;
		p->value.c = slot->value.c;
	} else {
		/* May be more than was offered: so a TA says how much it needs. */
		p->rmem.size = slot->rmem.size;
	}
}

bool optee_message_out(struct optee_vm *o, struct optee_call *c)
{
	const volatile struct optee_msg_header *header = slot_header(c);
	const volatile struct optee_msg_param *params = slot_params(c);
	uint32_t changed = 0; /* parameters up to the last output */

	c->header.ret = header->ret;
	c->header.ret_origin = header->ret_origin;
	if (c->header.cmd == OPTEE_MSG_OPEN_SESSION)
		c->header.session = header->session;
	for (uint32_t left = c->outputs; left != 0; left &= left - 1) {
		changed = (uint32_t)__builtin_ctz(left);
		param_out(&c->params[changed], &params[changed]);
		changed++;
	}
	/* header and params are adjacent */
	return optee_span_write(o, &c->arg, 0, &c->header, optee_msg_size(changed));
}

bool optee_message_refuse(struct optee_vm *o, struct optee_call *c, uint32_t result)
{
	c->header.ret = result;
	c->header.ret_origin = TEEC_ORIGIN_COMMS;
	return optee_span_write(o, &c->arg, 0, &c->header, sizeof(c->header));
}
