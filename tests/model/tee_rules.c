/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model's rules for the TEE's side: how it leaves, what it asks, and what the guest may reply.
 * entry_rules.c has what it must find when it is entered. See spec.h.
 */
#include "tests/model/spec.h"
#include <string.h>

#define TMEM_LIST   (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)
#define AREA_SIZE   160u
#define AREA_PARAMS 4u

/* The TEE asks */

struct spec_buffer *spec_by_handle(struct spec_vm *vm, uint64_t handle)
{
	for (uint32_t i = 0; i < vm->quota.buffers; i++)
		if (handle != 0 && vm->buffers[i].stage != SPEC_NONE &&
		    vm->buffers[i].handle == handle)
			return &vm->buffers[i];
	return NULL;
}

static void reply_with(struct spec_frame *f, uint32_t result)
{
	f->call->reply = (struct spec_message){.h = {.ret = result, .num_params = 0}};
	f->call->reply_due = true;
	f->next = SPEC_RESUMES;
}

static bool may_ask(uint32_t cmd)
{
	static const uint32_t commands[] = {
		OPTEE_RPC_LOAD_TA,	OPTEE_RPC_RPMB,	   OPTEE_RPC_FS,
		OPTEE_RPC_GET_TIME,	OPTEE_RPC_SUSPEND, OPTEE_RPC_NOTIFICATION,
		OPTEE_RPC_SHM_ALLOC,	OPTEE_RPC_GPROF,   OPTEE_RPC_SHM_FREE,
		OPTEE_RPC_SOCKET,	OPTEE_RPC_FTRACE,  OPTEE_RPC_PLUGIN,
		OPTEE_RPC_I2C_TRANSFER,
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i] == cmd)
			return true;
	return false;
}

/* As the guest is to see it: our handles replaced by its cookies, no address. */
static bool translate(struct spec_vm *vm, struct optee_msg_param *p)
{
	const struct spec_buffer *b;

	switch (p->attr) {
	case OPTEE_MSG_ATTR_NONE:
		memset(p, 0, sizeof(*p));
		return true;
	case OPTEE_MSG_ATTR_VALUE_INPUT:
	case OPTEE_MSG_ATTR_VALUE_OUTPUT:
	case OPTEE_MSG_ATTR_VALUE_INOUT:
		return true;
	case OPTEE_MSG_ATTR_TMEM_INPUT:
	case OPTEE_MSG_ATTR_TMEM_OUTPUT:
	case OPTEE_MSG_ATTR_TMEM_INOUT:
		p->tmem.cookie = 0;
		return p->tmem.address == 0;
	case OPTEE_MSG_ATTR_RMEM_INPUT:
	case OPTEE_MSG_ATTR_RMEM_OUTPUT:
	case OPTEE_MSG_ATTR_RMEM_INOUT:
		b = spec_by_handle(vm, p->rmem.cookie);
		if (b == NULL || (b->stage != SPEC_LIVE && b->stage != SPEC_LEAVING) ||
		    p->rmem.size > b->size || p->rmem.offset > b->size - p->rmem.size)
			return false;
		p->rmem.cookie = b->cookie;
		return true;
	default:
		return false;
	}
}

static bool lets_go(struct spec_vm *vm, struct optee_msg_param *p)
{
	struct spec_buffer *b = spec_by_handle(vm, p->value.b);

	if (b == NULL || b->stage != SPEC_LIVE || !b->by_rpc)
		return false;
	p->value.b = b->cookie;
	spec_gone(vm, b);
	return true;
}

static bool understood(struct spec_vm *vm, struct spec_call *c)
{
	struct spec_message *r = &c->request;
	bool one_value = r->h.num_params == 1 && r->p[0].attr == OPTEE_MSG_ATTR_VALUE_INPUT;

	if (r->h.num_params > AREA_PARAMS)
		return false;
	if (r->h.cmd == OPTEE_RPC_SHM_FREE)
		return one_value && lets_go(vm, &r->p[0]);
	if (r->h.cmd == OPTEE_RPC_SHM_ALLOC)
		return one_value && c->about == NULL;
	for (uint32_t i = 0; i < r->h.num_params; i++)
		if (!translate(vm, &r->p[i]))
			return false;
	return true;
}

static void requested(struct spec_frame *f)
{
	struct spec_call *c = f->call;

	c->request = f->request;
	c->request.h = (struct optee_msg_header){.cmd = f->request.h.cmd,
						 .ret = TEEC_ERROR_GENERIC,
						 .num_params = f->request.h.num_params};
	if (c->request.h.num_params <= AREA_PARAMS && !may_ask(c->request.h.cmd))
		return reply_with(f, TEEC_ERROR_NOT_SUPPORTED);
	if (!understood(f->vm, c)) {
		f->vm->tee_faults++;
		return reply_with(f, TEEC_ERROR_BAD_PARAMETERS);
	}
	if (c->request.h.cmd == OPTEE_RPC_SHM_FREE)
		spec_drain(f, SPEC_THEN_ASK);
	else
		spec_ask(f);
}

/* The request goes into the guest's area, if that can be written. */
static void send(struct spec_frame *f, enum spec_wait wait)
{
	struct spec_call *c = f->call;

	if (spec_write(f, &c->area, &c->request, spec_message_size(c->request.h.num_params)))
		spec_suspend(f, OPTEE_SMC_RPC_CMD, wait, c->area_cookie);
	else
		reply_with(f, TEEC_ERROR_COMMUNICATION);
}

void spec_ask(struct spec_frame *f)
{
	if (f->call->area_ready)
		send(f, SPEC_ASKED);
	else
		spec_suspend(f, OPTEE_SMC_RPC_ALLOC, SPEC_ALLOCATES, (uint64_t)AREA_SIZE << 32);
}

void spec_give_back(struct spec_frame *f)
{
	f->call->request.h.cmd = OPTEE_RPC_SHM_FREE;
	f->call->request.p[0].value.c = 0;
	send(f, SPEC_GIVES_BACK);
}

/* The TEE leaves */

static bool on_its_thread(struct spec_frame *f)
{
	uint32_t thread = (uint32_t)f->tee[3];
	struct spec_call *c = f->call;

	if (c->thread >= 0)
		return (uint32_t)c->thread == thread;
	if (thread >= f->vm->tee_threads || f->vm->thread_taken[thread])
		return false;
	c->thread = (int)thread;
	return true;
}

void spec_fault(struct spec_frame *f)
{
	f->vm->dead = true;
	f->vm->tee_faults++;
	f->call->result = OPTEE_SMC_ENOTAVAIL;
	spec_end(f);
}

/* What of a parameter the TEE may answer. True: something. */
bool spec_take_answer(struct optee_msg_param *p, const struct optee_msg_param *slot)
{
	switch (p->attr) {
	case OPTEE_MSG_ATTR_VALUE_OUTPUT:
	case OPTEE_MSG_ATTR_VALUE_INOUT:
		p->value.a = slot->value.a;
		p->value.b = slot->value.b;
		p->value.c = slot->value.c;
		return true;
	case OPTEE_MSG_ATTR_RMEM_OUTPUT:
	case OPTEE_MSG_ATTR_RMEM_INOUT:
	case OPTEE_MSG_ATTR_TMEM_OUTPUT:
	case OPTEE_MSG_ATTR_TMEM_INOUT:
		p->rmem.size = slot->rmem.size;
		return true;
	default:
		return false;
	}
}

bool spec_is_run(const struct spec_message *m)
{
	return m->h.cmd == OPTEE_MSG_INVOKE_COMMAND || m->h.cmd == OPTEE_MSG_OPEN_SESSION;
}

static void completed(struct spec_frame *f)
{
	struct spec_call *c = f->call;
	struct spec_message *m = &c->message;
	uint32_t written = 0;

	c->thread = -1;
	m->h.ret = f->answer.h.ret;
	m->h.ret_origin = f->answer.h.ret_origin;
	if (m->h.cmd == OPTEE_MSG_OPEN_SESSION)
		m->h.session = f->answer.h.session;
	for (uint32_t i = 0; i < m->h.num_params && spec_is_run(m); i++)
		if (spec_take_answer(&m->p[i], &f->answer.p[i]))
			written = i + 1;
	(void)spec_write(f, &c->arg, m, spec_message_size(written));
	c->result = OPTEE_SMC_OK;
	spec_close(f, m->h.ret == TEEC_SUCCESS);
}

/* The TEE had no thread, or no memory, or says that the message is nonsense. */
static void not_run(struct spec_frame *f, uint32_t code)
{
	uint32_t calls = 0;

	for (uint32_t i = 0; i < f->vm->call_limit; i++)
		calls += f->vm->calls[i].exists;
	if (code == OPTEE_SMC_ETHREAD_LIMIT && calls == 1)
		return spec_refuse_message(f, TEEC_ERROR_BUSY);
	f->call->result = code;
	spec_close(f, false);
}

void spec_tee_left(struct spec_frame *f)
{
	uint32_t code = (uint32_t)f->tee[0];

	f->in_tee = false;
	f->next = SPEC_RESUMES;
	switch (code) {
	case OPTEE_SMC_OK:
		return completed(f);
	case OPTEE_SMC_RPC_FOREIGN_INTR:
		if (!on_its_thread(f))
			return spec_fault(f);
		if (f->returned)
			spec_suspend(f, code, SPEC_INTERRUPTED, 0);
		return;
	case OPTEE_SMC_RPC_CMD:
		if (!on_its_thread(f) || (uint32_t)f->tee[1] != 0 || (uint32_t)f->tee[2] != 0)
			return spec_fault(f);
		return requested(f);
	case OPTEE_SMC_ETHREAD_LIMIT:
	case OPTEE_SMC_EBADADDR:
	case OPTEE_SMC_EBADCMD:
	case OPTEE_SMC_ENOMEM:
		return f->call->thread < 0 ? not_run(f, code) : spec_fault(f);
	default:
		return spec_fault(f);
	}
}

/* The guest replies */

static void bad_reply(struct spec_frame *f, uint32_t result)
{
	spec_refused(f->vm, TEE_REFUSED_REPLY);
	reply_with(f, result);
}

/* What was not taken is to be freed by the guest, before the TEE hears "no". */
static void return_allocation(struct spec_frame *f, uint64_t cookie, uint32_t result)
{
	bad_reply(f, result);
	f->call->request.p[0].value.b = cookie;
}

void spec_allocation_walked(struct spec_frame *f, bool good)
{
	struct spec_call *c = f->call;
	struct spec_buffer *b = c->about;

	c->about = NULL;
	if (good) {
		reply_with(f, TEEC_SUCCESS);
		c->reply.h.num_params = 1;
		c->reply.p[0].attr = TMEM_LIST;
		c->reply.p[0].tmem.size = b->size;
		c->brings = b;
		b->stage = SPEC_LIVE;
		return;
	}
	spec_gone(f->vm, b);
	return_allocation(f, b->cookie, TEEC_ERROR_OUT_OF_MEMORY);
	spec_drain(f, SPEC_THEN_GIVE_BACK);
}

static void allocated(struct spec_frame *f, const struct spec_message *reply)
{
	const struct optee_msg_param *asked = &f->call->request.p[0], *p = &reply->p[0];
	uint64_t align = asked->value.c;
	uint32_t result = TEEC_ERROR_BAD_PARAMETERS;

	if (reply->h.ret != TEEC_SUCCESS)
		return reply_with(f, reply->h.ret);
	if (reply->h.num_params != 1 || spec_cookie_taken(f->vm, p->tmem.cookie))
		return bad_reply(f, result);
	if (p->attr == TMEM_LIST && p->tmem.size >= asked->value.b &&
	    (align == 0 || (p->tmem.address & PAGE_MASK) % align == 0))
		result = spec_buffer_new(f, p->tmem.cookie, p->tmem.address, p->tmem.size);
	if (result != TEEC_SUCCESS) {
		return_allocation(f, p->tmem.cookie, result);
		return spec_give_back(f);
	}
	f->call->about->by_rpc = true;
	spec_walk(f);
}

/* Read against what was asked. */
static void take_reply(struct spec_message *to, const struct spec_message *asked,
		       const struct spec_message *reply)
{
	for (uint32_t i = 0; i < asked->h.num_params; i++) {
		const struct optee_msg_param *a = &asked->p[i];
		bool registered = a->attr >= OPTEE_MSG_ATTR_RMEM_INPUT &&
				  a->attr <= OPTEE_MSG_ATTR_RMEM_INOUT;

		to->p[i].attr = a->attr;
		if (spec_take_answer(&to->p[i], &reply->p[i]) && registered)
			to->p[i].rmem.size = min_u64(reply->p[i].rmem.size, a->rmem.size);
	}
	to->h.num_params = asked->h.num_params;
}

void spec_guest_replies(struct spec_frame *f)
{
	struct spec_call *c = f->call;
	struct spec_message reply;

	if (!spec_read(f, &c->area, 0, &reply, spec_message_size(c->request.h.num_params)))
		return bad_reply(f, TEEC_ERROR_COMMUNICATION);
	if (c->request.h.cmd == OPTEE_RPC_SHM_ALLOC)
		return allocated(f, &reply);
	reply_with(f, reply.h.ret);
	take_reply(&c->reply, &c->request, &reply);
}

/* The answer to RPC_ALLOC, in registers. */
void spec_guest_allocated(struct spec_frame *f)
{
	uint64_t address = f->regs[1] << 32 | (uint32_t)f->regs[2];
	uint64_t cookie = f->regs[4] << 32 | (uint32_t)f->regs[5];
	struct spec_call *c = f->call;

	if (address == 0)
		return reply_with(f, TEEC_ERROR_OUT_OF_MEMORY);
	if (spec_cookie_taken(f->vm, cookie))
		return bad_reply(f, TEEC_ERROR_OUT_OF_MEMORY);
	if (!is_aligned(address, 8)) {
		bad_reply(f, TEEC_ERROR_OUT_OF_MEMORY);
		return spec_suspend(f, OPTEE_SMC_RPC_FREE, SPEC_GIVES_BACK, cookie);
	}
	c->area_cookie = cookie;
	c->area.page[0] = address & ~PAGE_MASK;
	c->area.page[1] = c->area.page[0] + PAGE_SIZE;
	c->area.offset = (uint32_t)(address & PAGE_MASK);
	c->area_ready = true;
	spec_ask(f);
}
