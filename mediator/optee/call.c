/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Yielding calls: a guest's call from its SMC to its end, over any number of leaves to the guest.
 * A call has a record for all that time; the guest knows it by a handle that is new at each leave,
 * so an old one resumes nothing and of two resumptions at once one is refused.
 *
 * Work that takes long is interrupted as the TEE is: the guest gets the answer "foreign
 * interrupt", serves its interrupts, and resumes the call, which goes on where it was. To repeat
 * the guest's SMC instruction would not do: another task may call from this vCPU in between.
 */
#include "mediator/optee/optee.h"

/* A handle: generation, and the record's index in the low bits. */
#define HANDLE_INDEX_BITS 6u

void optee_refuse(struct optee_vm *o, uint64_t *regs, uint32_t code, enum tee_refusal why)
{
	tee_refused(&o->vm, why);
	regs[0] = code;
}

static struct optee_call *call_new(struct optee_vm *o, struct tee_host_vcpu *vcpu, uint64_t *regs)
	NEEDS(&o->vm)
{
	struct optee_call *c;

	if (UNLIKELY(o->calls_free == 0))
		return NULL;
	c = &o->calls[__builtin_ctzll(o->calls_free)];
	o->calls_free &= o->calls_free - 1;
	o->vm.used.calls++;
	c->state = CALL_RUNNING;
	c->has_thread = false;
	c->result = OPTEE_SMC_OK;
	c->vcpu = vcpu;
	c->regs = regs;
	c->ref_count = 0;
	c->object = 0;
	c->settles = false;
	c->rpc_ready = false;
	c->rpc_cookie = 0;
	return c;
}

static void call_free(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	c->state = CALL_FREE;
	o->calls_free |= BIT(c->index);
	o->vm.used.calls--;
}

static inline void unref_all(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	for (uint32_t i = 0; i < c->ref_count; i++)
		optee_object_unref(o, c->refs[i]);
	c->ref_count = 0;
}

/* While the call waits, its thread is no other call's. False: it is another's that waits. */
static bool hold_thread(struct optee_vm *o, const struct optee_call *c) NEEDS(&o->vm)
{
	if (!c->has_thread || o->vm.dead)
		return true;
	if (UNLIKELY((o->threads_busy & BIT(c->thread)) != 0))
		return false;
	o->threads_busy |= BIT(c->thread);
	return true;
}

enum optee_next optee_suspend(struct optee_vm *o, struct optee_call *c, uint32_t code,
			      enum optee_wait wait, uint64_t payload)
{
	uint64_t *regs = c->regs;

	c->wait = (uint8_t)wait;
	tee_lock(&o->vm);
	if (UNLIKELY(!hold_thread(o, c))) {
		tee_unlock(&o->vm);
		return optee_fault(o, c, "two calls on a thread");
	}
	c->generation = (c->generation + 1) & (UINT32_MAX >> HANDLE_INDEX_BITS);
	regs[0] = code;
	regs[1] = payload >> 32;
	regs[2] = (uint32_t)payload;
	regs[3] = c->generation << HANDLE_INDEX_BITS | c->index;
	c->state = CALL_SUSPENDED;
	tee_unlock(&o->vm);
	return NEXT_GUEST;
}

static void traced_end(struct optee_vm *o, const struct optee_call *c, uint32_t code)
{
	if (optee_traced(o))
		optee_trace_end_event(o, c, code);
}

/* The end. The TEE has nothing of the call, but when it failed: then all stays as it is. */
static enum optee_next finish(struct optee_vm *o, struct optee_call *c)
{
	uint64_t *regs = c->regs;
	uint32_t result = c->result;

	if (c->rpc_cookie != 0) {
		uint64_t cookie = c->rpc_cookie;

		c->rpc_cookie = 0;
		c->after = NEXT_FINISH;
		return optee_suspend(o, c, OPTEE_SMC_RPC_FREE, WAIT_FREE, cookie);
	}
	traced_end(o, c, result);
	tee_lock(&o->vm);
	call_free(o, c);
	tee_unlock(&o->vm);
	regs[0] = result;
	return NEXT_GUEST;
}

/* What becomes of the buffer and the session the call was about. */
static void settle(struct optee_vm *o, struct optee_call *c, bool success) NEEDS(&o->vm)
{
	struct optee_object *object;

	switch (c->header.cmd) {
	case OPTEE_MSG_OPEN_SESSION:
		optee_session_opened(o, c->header.session, success);
		break;
	case OPTEE_MSG_CLOSE_SESSION:
		if (success)
			optee_session_closed(o, c->header.session);
		break;
	case OPTEE_MSG_REGISTER_SHM:
		object = &o->objects[c->object - 1];
		if (success)
			object->state = OBJECT_LIVE;
		else
			optee_object_gone(o, object);
		break;
	case OPTEE_MSG_UNREGISTER_SHM:
		object = &o->objects[c->object - 1];
		if (success)
			optee_object_gone(o, object);
		else
			object->state = OBJECT_LIVE;
		break;
	default:
		break;
	}
	c->object = 0;
}

/* The call is over for the TEE; its message was answered. */
enum optee_next optee_close_call(struct optee_vm *o, struct optee_call *c, bool success)
{
	uint64_t *regs = c->regs;
	uint32_t result;

	tee_lock(&o->vm);
	if (c->settles)
		settle(o, c, success);
	unref_all(o, c);
	optee_walk_end(o, c);
	if (UNLIKELY(o->doomed != 0 || c->rpc_cookie != 0)) {
		tee_unlock(&o->vm);
		c->after = NEXT_FINISH;
		return NEXT_DRAIN;
	}
	result = c->result;
	traced_end(o, c, result);
	call_free(o, c);
	tee_unlock(&o->vm);
	regs[0] = result;
	return NEXT_GUEST;
}

/* Nothing has begun but the record and its references. */
enum optee_next optee_give_up(struct optee_vm *o, struct optee_call *c, uint32_t code,
			      enum tee_refusal why)
{
	uint64_t *regs = c->regs;

	unref_all(o, c);
	call_free(o, c);
	tee_unlock(&o->vm);
	optee_refuse(o, regs, code, why);
	return NEXT_GUEST;
}

enum optee_next optee_complete(struct optee_vm *o, struct optee_call *c)
{
	c->has_thread = false;
	/* A guest that took its page away meanwhile learns no more than that the call ended. */
	(void)optee_message_out(o, c);
	if (UNLIKELY(c->header.cmd == OPTEE_MSG_STOP_ASYNC_NOTIF && c->header.ret == TEEC_SUCCESS))
		optee_notify_disable(o);
	return optee_close_call(o, c, c->header.ret == TEEC_SUCCESS);
}

/*
 * A guest that is told "no thread" waits until another of its calls ends: without another, for
 * ever. It gets a failed call instead.
 */
enum optee_next optee_not_run(struct optee_vm *o, struct optee_call *c, uint32_t code)
{
	bool alone;

	tee_lock(&o->vm);
	alone = o->vm.used.calls == 1;
	tee_unlock(&o->vm);
	c->result = code;
	if (code == OPTEE_SMC_ETHREAD_LIMIT && alone) {
		(void)optee_message_refuse(o, c, TEEC_ERROR_BUSY);
		c->result = OPTEE_SMC_OK;
	}
	return optee_close_call(o, c, false);
}

static void run(struct optee_vm *o, struct optee_call *c, enum optee_next next)
{
	while (next != NEXT_GUEST) {
		switch (next) {
		case NEXT_ENTER:
			next = optee_enter(o, c, false);
			break;
		case NEXT_RESUME:
			next = optee_enter(o, c, true);
			break;
		case NEXT_WALK:
			next = optee_walk(o, c);
			break;
		case NEXT_DRAIN:
			next = optee_drain(o, c);
			break;
		case NEXT_REQUEST:
			next = optee_rpc_request(o, c);
			break;
		case NEXT_ASK:
			next = optee_rpc_ask(o, c);
			break;
		case NEXT_DISCARD:
			next = optee_rpc_discard(o, c);
			break;
		default:
			next = finish(o, c);
			break;
		}
	}
}

/* The call the guest resumes, now ours to run. */
static struct optee_call *resume_find(struct optee_vm *o, struct tee_host_vcpu *vcpu,
				      uint64_t *regs)
{
	uint32_t handle = (uint32_t)regs[3];
	uint32_t i = handle & (uint32_t)BITS(HANDLE_INDEX_BITS - 1, 0);
	struct optee_call *c = &o->calls[i];
	bool found;

	if (i >= o->call_count)
		return NULL;
	tee_lock(&o->vm);
	found = c->state == CALL_SUSPENDED && c->generation == handle >> HANDLE_INDEX_BITS;
	if (found) {
		c->state = CALL_RUNNING;
		c->vcpu = vcpu;
		c->regs = regs;
		if (c->has_thread)
			o->threads_busy &= ~BIT(c->thread);
	}
	tee_unlock(&o->vm);
	return found ? c : NULL;
}

static void resume(struct optee_vm *o, struct tee_host_vcpu *vcpu, uint64_t *regs)
{
	struct optee_call *c = resume_find(o, vcpu, regs);

	if (c == NULL) {
		optee_refuse(o, regs, OPTEE_SMC_ERESUME, TEE_REFUSED_RESUME);
		return;
	}
	if (o->vm.dead) {
		tee_refused(&o->vm, TEE_REFUSED_DEAD);
		c->rpc_cookie = 0;
		c->result = OPTEE_SMC_ENOTAVAIL;
		run(o, c, NEXT_FINISH);
		return;
	}
	switch (c->wait) {
	case WAIT_INTERRUPT:
		run(o, c, NEXT_RESUME);
		break;
	case WAIT_WORK:
		run(o, c, c->doomed != 0 ? NEXT_DRAIN : NEXT_WALK);
		break;
	case WAIT_COMMAND:
		run(o, c, optee_rpc_reply(o, c));
		break;
	case WAIT_ALLOC:
		run(o, c, optee_rpc_buffer(o, c));
		break;
	default: /* WAIT_FREE, WAIT_DISCARD: the guest's answer says nothing */
		run(o, c, (enum optee_next)c->after);
		break;
	}
}

static void start(struct optee_vm *o, struct tee_host_vcpu *vcpu, uint64_t *regs,
		  enum optee_style style)
{
	enum optee_next next;
	struct optee_call *c;

	tee_lock(&o->vm);
	c = o->vm.dead ? NULL : call_new(o, vcpu, regs);
	if (UNLIKELY(c == NULL)) {
		bool dead = o->vm.dead;

		tee_unlock(&o->vm);
		optee_refuse(o, regs, dead ? OPTEE_SMC_ENOTAVAIL : OPTEE_SMC_ETHREAD_LIMIT,
			     dead ? TEE_REFUSED_DEAD : TEE_REFUSED_QUOTA);
		return;
	}
	tee_count(&o->vm.count.calls);
	c->style = (uint8_t)style;
	next = optee_begin(o, c);
	if (LIKELY(next == NEXT_ENTER))
		next = optee_enter(o, c, false);
	if (UNLIKELY(next != NEXT_GUEST))
		run(o, c, next);
}

static bool yielding_call(struct optee_vm *o, struct tee_host_vcpu *vcpu, uint64_t *regs)
{
	switch ((uint32_t)regs[0]) {
	case OPTEE_SMC_CALL_WITH_REGD_ARG:
		start(o, vcpu, regs, STYLE_REGD_ARG);
		return true;
	case OPTEE_SMC_RETURN_FROM_RPC:
		resume(o, vcpu, regs);
		return true;
	case OPTEE_SMC_CALL_WITH_RPC_ARG:
		start(o, vcpu, regs, STYLE_RPC_ARG);
		return true;
	case OPTEE_SMC_CALL_WITH_ARG:
		start(o, vcpu, regs, STYLE_ARG);
		return true;
	default:
		return false;
	}
}

enum tee_verdict optee_call(struct tee_vm *vm, struct tee_host_vcpu *vcpu, uint64_t *regs)
{
	struct optee_vm *o = optee_vm_of(vm);
	uint32_t function = (uint32_t)regs[0];
	bool known;

	if ((function & BIT(31)) == 0)
		known = yielding_call(o, vcpu, regs);
	else
		known = optee_fast_call(o, function, regs);
	if (!known) {
		tee_refused(vm, TEE_REFUSED_FUNCTION);
		/* -1 in the width of the call; OP-TEE has none of 64 bits */
		regs[0] = (function & BIT(30)) != 0 ? UINT64_MAX : OPTEE_SMC_UNKNOWN_FUNCTION;
	}
	return TEE_DONE;
}
