/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the guest answers to the TEE's requests. The recorded request says what is read: result,
 * values asked for, sizes within what was offered. The answer to SHM_ALLOC is the one that brings
 * memory: the guest's page list is translated as for a registration, and the TEE gets our list and
 * our handle. Memory that cannot be taken is given back to the guest before the TEE hears "no".
 */
#include "mediator/optee/optee.h"

static volatile struct optee_msg_header *area_header(const struct optee_call *c)
{
	return (void *)optee_rpc_area(c);
}

static volatile struct optee_msg_param *area_params(const struct optee_call *c)
{
	return (void *)(optee_rpc_area(c) + sizeof(struct optee_msg_header));
}

static enum optee_next refuse_reply(struct optee_vm *o, struct optee_call *c, uint32_t result)
{
	tee_refused(&o->vm, TEE_REFUSED_REPLY);
	return optee_rpc_fail(c, result);
}

static void param_reply(volatile struct optee_msg_param *to, const struct optee_msg_param *asked,
			const struct optee_msg_param *reply)
{
	switch (asked->attr) {
	case OPTEE_MSG_ATTR_VALUE_OUTPUT:
	case OPTEE_MSG_ATTR_VALUE_INOUT:
		to->value.a = reply->value.a;
		to->value.b = reply->value.b;
		to->value.c = reply->value.c;
		break;
	case OPTEE_MSG_ATTR_RMEM_OUTPUT:
	case OPTEE_MSG_ATTR_RMEM_INOUT:
		to->rmem.size = min_u64(reply->rmem.size, asked->rmem.size);
		break;
	case OPTEE_MSG_ATTR_TMEM_OUTPUT:
	case OPTEE_MSG_ATTR_TMEM_INOUT:
		/* NULL: the TEE asks for the size it should offer. */
		to->tmem.size = reply->tmem.size;
		break;
	default:
		break;
	}
}

/* The guest freed nothing yet: have it free what we did not take, then let the request fail. */
static enum optee_next give_back(struct optee_vm *o, struct optee_call *c, uint64_t cookie,
				 uint32_t result)
{
	(void)refuse_reply(o, c, result);
	c->request.params[0].value.b = cookie;
	return NEXT_DISCARD;
}

static bool allocation_fits(const struct optee_msg_param *asked,
			    const struct optee_msg_param *reply)
{
	uint64_t align = asked->value.c;
	uint64_t offset = reply->tmem.address & PAGE_MASK;

	return reply->attr == (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG) &&
	       reply->tmem.size >= asked->value.b && (align == 0 || offset % align == 0);
}

static enum optee_next allocation(struct optee_vm *o, struct optee_call *c,
				  const struct optee_request *reply)
{
	const struct optee_msg_param *p = &reply->params[0];
	struct optee_object *object;
	uint32_t result;
	bool known;

	if (reply->header.ret != TEEC_SUCCESS)
		return optee_rpc_fail(c, reply->header.ret);
	if (reply->header.num_params != 1)
		return refuse_reply(o, c, TEEC_ERROR_BAD_PARAMETERS);
	tee_lock(&o->vm);
	known = p->tmem.cookie == 0 || optee_cookie_known(o, p->tmem.cookie);
	result = TEEC_ERROR_BAD_PARAMETERS;
	if (!known && allocation_fits(&c->request.params[0], p))
		result =
			optee_object_new(o, p->tmem.cookie, p->tmem.address, p->tmem.size, &object);
	if (result == TEEC_SUCCESS) {
		object->by_rpc = true;
		c->object = optee_object_index(o, object);
		optee_walk_begin(c, p->tmem.address, object->pages);
	}
	tee_unlock(&o->vm);
	if (result == TEEC_SUCCESS)
		return NEXT_WALK;
	if (known) /* to free it would free what is in use */
		return refuse_reply(o, c, result);
	return give_back(o, c, p->tmem.cookie, result);
}

static void tell_tee(struct optee_vm *o, struct optee_call *c)
{
	volatile struct optee_msg_header *header = area_header(c);
	volatile struct optee_msg_param *p = area_params(c);
	const struct optee_object *object = &o->objects[c->object - 1];

	p->attr = OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG;
	p->tmem.address = optee_walk_address(o, c);
	p->tmem.size = object->size;
	p->tmem.cookie = optee_handle(o, object);
	header->num_params = 1;
	header->ret_origin = TEEC_ORIGIN_COMMS;
	header->ret = TEEC_SUCCESS;
}

enum optee_next optee_rpc_allocated(struct optee_vm *o, struct optee_call *c, uint32_t result)
{
	struct optee_object *object = &o->objects[c->object - 1];
	uint64_t cookie = object->cookie;

	if (result == TEEC_SUCCESS) {
		tell_tee(o, c);
		tee_lock(&o->vm);
		object->state = OBJECT_LIVE;
		tee_unlock(&o->vm);
		c->object = 0;
		return NEXT_RESUME;
	}
	tee_lock(&o->vm);
	optee_walk_end(o, c);
	optee_object_gone(o, object);
	tee_unlock(&o->vm);
	c->object = 0;
	c->after = (uint8_t)give_back(o, c, cookie, TEEC_ERROR_OUT_OF_MEMORY);
	return NEXT_DRAIN;
}

enum optee_next optee_rpc_reply(struct optee_vm *o, struct optee_call *c)
{
	const struct optee_request *asked = &c->request;
	struct optee_request reply;

	if (!optee_span_read(o, &c->rpc, 0, &reply.header,
			     optee_msg_size(asked->header.num_params)))
		return refuse_reply(o, c, TEEC_ERROR_COMMUNICATION);
	if (optee_traced(o))
		optee_trace_reply_event(o, c, reply.header.ret);
	if (asked->header.cmd == OPTEE_RPC_SHM_ALLOC)
		return allocation(o, c, &reply);
	for (uint32_t i = 0; i < asked->header.num_params; i++)
		param_reply(&area_params(c)[i], &asked->params[i], &reply.params[i]);
	area_header(c)->ret_origin = reply.header.ret_origin;
	area_header(c)->ret = reply.header.ret;
	return NEXT_RESUME;
}

enum optee_next optee_rpc_buffer(struct optee_vm *o, struct optee_call *c)
{
	uint64_t address = optee_pair(c->regs[1], c->regs[2]);
	uint64_t cookie = optee_pair(c->regs[4], c->regs[5]);
	bool used;

	if (address == 0)
		return optee_rpc_fail(c, TEEC_ERROR_OUT_OF_MEMORY);
	tee_lock(&o->vm);
	used = cookie == 0 || optee_cookie_known(o, cookie);
	if (!used)
		c->rpc_cookie = cookie;
	tee_unlock(&o->vm);
	if (used)
		return refuse_reply(o, c, TEEC_ERROR_OUT_OF_MEMORY);
	if (!is_aligned(address, 8)) {
		c->rpc_cookie = 0;
		c->after = (uint8_t)refuse_reply(o, c, TEEC_ERROR_OUT_OF_MEMORY);
		return optee_suspend(o, c, OPTEE_SMC_RPC_FREE, WAIT_FREE, cookie);
	}
	c->rpc = (struct optee_span){
		.page = {align_down(address, PAGE_SIZE),
			 align_down(address, PAGE_SIZE) + PAGE_SIZE},
		.offset = (uint32_t)(address & PAGE_MASK),
	};
	c->rpc_ready = true;
	return NEXT_ASK;
}
