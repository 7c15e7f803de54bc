/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the TEE asks of the guest. Its request is read once from the slot into the call's record;
 * only requests of the list below pass, and of parameters only values, NULL and parts of buffers
 * that exist. The record, not what the guest sends back, says later how the reply is read.
 *
 * A guest that gave no request area with its call (CALL_WITH_ARG) is first asked for a buffer, as
 * OP-TEE itself would. The TEE does not know: it always has an area, in the slot.
 */
#include "mediator/optee/optee.h"

/*
 * Not there: RPMB probing, which OP-TEE does only for a guest told of that capability; BENCH_REG,
 * which carries a physical address; what is newer than OP-TEE 4.5.0.
 */
static bool command_allowed(uint32_t cmd)
{
	const uint64_t allowed = BIT(OPTEE_RPC_LOAD_TA) | BIT(OPTEE_RPC_RPMB) | BIT(OPTEE_RPC_FS) |
				 BIT(OPTEE_RPC_GET_TIME) | BIT(OPTEE_RPC_NOTIFICATION) |
				 BIT(OPTEE_RPC_SUSPEND) | BIT(OPTEE_RPC_SHM_ALLOC) |
				 BIT(OPTEE_RPC_SHM_FREE) | BIT(OPTEE_RPC_GPROF) |
				 BIT(OPTEE_RPC_SOCKET) | BIT(OPTEE_RPC_FTRACE) |
				 BIT(OPTEE_RPC_PLUGIN) | BIT(OPTEE_RPC_I2C_TRANSFER);

	return cmd < 64 && (allowed & BIT(cmd)) != 0;
}

enum optee_next optee_rpc_fail(struct optee_call *c, uint32_t result)
{
	volatile struct optee_msg_header *area = (void *)optee_rpc_area(c);

	area->ret = result;
	area->ret_origin = TEEC_ORIGIN_COMMS;
	return NEXT_RESUME;
}

/* The request as the TEE left it. False: it has more parameters than the area. */
static bool request_read(struct optee_call *c)
{
	const volatile struct optee_msg_header *header = (void *)optee_rpc_area(c);
	const volatile struct optee_msg_param *params =
		(void *)(optee_rpc_area(c) + sizeof(*header));
	uint32_t n = header->num_params;

	c->request.header = (struct optee_msg_header){
		.cmd = header->cmd,
		.ret = TEEC_ERROR_GENERIC,
		.num_params = n,
	};
	if (n > OPTEE_RPC_PARAMS)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		c->request.params[i].attr = params[i].attr;
		c->request.params[i].value.a = params[i].value.a;
		c->request.params[i].value.b = params[i].value.b;
		c->request.params[i].value.c = params[i].value.c;
	}
	return true;
}

static bool rmem_out(struct optee_vm *o, struct optee_msg_param *p) NEEDS(&o->vm)
{
	const struct optee_object *object = optee_object_by_handle(o, p->rmem.cookie);

	if (object == NULL ||
	    (object->state != OBJECT_LIVE && object->state != OBJECT_UNREGISTERING) ||
	    p->rmem.size > object->size || p->rmem.offset > object->size - p->rmem.size)
		return false;
	p->rmem.cookie = object->cookie;
	return true;
}

static bool request_param(struct optee_vm *o, struct optee_msg_param *p) NEEDS(&o->vm)
{
	switch (p->attr) {
	case OPTEE_MSG_ATTR_NONE:
		*p = (struct optee_msg_param){.attr = OPTEE_MSG_ATTR_NONE};
		return true;
	case OPTEE_MSG_ATTR_VALUE_INPUT:
	case OPTEE_MSG_ATTR_VALUE_OUTPUT:
	case OPTEE_MSG_ATTR_VALUE_INOUT:
		return true;
	case OPTEE_MSG_ATTR_RMEM_INPUT:
	case OPTEE_MSG_ATTR_RMEM_OUTPUT:
	case OPTEE_MSG_ATTR_RMEM_INOUT:
		return rmem_out(o, p);
	case OPTEE_MSG_ATTR_TMEM_INPUT:
	case OPTEE_MSG_ATTR_TMEM_OUTPUT:
	case OPTEE_MSG_ATTR_TMEM_INOUT:
		p->tmem.cookie = 0;
		return p->tmem.address == 0;
	default:
		return false;
	}
}

static bool one_value(const struct optee_request *r)
{
	return r->header.num_params == 1 && r->params[0].attr == OPTEE_MSG_ATTR_VALUE_INPUT;
}

/* The TEE let go of memory that it had asked for: it names it by our handle. */
static bool request_free(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	struct optee_object *object;

	if (!one_value(&c->request))
		return false;
	object = optee_object_by_handle(o, c->request.params[0].value.b);
	if (object == NULL || object->state != OBJECT_LIVE || !object->by_rpc)
		return false;
	c->request.params[0].value.b = object->cookie;
	optee_object_gone(o, object);
	return true;
}

static bool request_decode(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	struct optee_request *r = &c->request;

	switch (r->header.cmd) {
	case OPTEE_RPC_SHM_FREE:
		return request_free(o, c);
	case OPTEE_RPC_SHM_ALLOC:
		/* Not while the call itself is about a buffer: OP-TEE does not need it there. */
		return one_value(r) && c->object == 0;
	default:
		for (uint32_t i = 0; i < r->header.num_params; i++)
			if (!request_param(o, &r->params[i]))
				return false;
		return true;
	}
}

enum optee_next optee_rpc_request(struct optee_vm *o, struct optee_call *c)
{
	bool good = request_read(c);

	if (good && !command_allowed(c->request.header.cmd))
		return optee_rpc_fail(c, TEEC_ERROR_NOT_SUPPORTED);
	tee_lock(&o->vm);
	if (c->object == 0)
		optee_walk_end(o, c); /* the list of the last SHM_ALLOC, now read */
	good = good && request_decode(o, c);
	tee_unlock(&o->vm);
	if (!good) {
		tee_count(&o->vm.count.tee_faults);
		return optee_rpc_fail(c, TEEC_ERROR_BAD_PARAMETERS);
	}
	if (c->request.header.cmd != OPTEE_RPC_SHM_FREE)
		return NEXT_ASK;
	c->after = NEXT_ASK;
	return NEXT_DRAIN;
}

static enum optee_next send(struct optee_vm *o, struct optee_call *c, enum optee_wait wait)
{
	/* header and params are adjacent */
	if (!optee_span_write(o, &c->rpc, 0, &c->request.header,
			      optee_msg_size(c->request.header.num_params)))
		return optee_rpc_fail(c, TEEC_ERROR_COMMUNICATION);
	tee_count(&o->vm.count.rpcs);
	if (optee_traced(o))
		optee_trace_request_event(o, c);
	return optee_suspend(o, c, OPTEE_SMC_RPC_CMD, wait, c->rpc_cookie);
}

enum optee_next optee_rpc_ask(struct optee_vm *o, struct optee_call *c)
{
	if (!c->rpc_ready)
		return optee_suspend(o, c, OPTEE_SMC_RPC_ALLOC, WAIT_ALLOC,
				     (uint64_t)OPTEE_RPC_AREA_SIZE << 32);
	return send(o, c, WAIT_COMMAND);
}

/* request.params[0] is the SHM_ALLOC's type, size and alignment, and b the guest's cookie by now */
enum optee_next optee_rpc_discard(struct optee_vm *o, struct optee_call *c)
{
	c->request.header.cmd = OPTEE_RPC_SHM_FREE;
	c->request.params[0].value.c = 0;
	c->after = NEXT_RESUME;
	return send(o, c, WAIT_DISCARD);
}
