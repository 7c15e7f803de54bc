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

/* All that INVOKE_COMMAND of libteec and Linux has: header and four parameters. */
#define FIRST_READ 160u

/* A handle: generation, and the record's index in the low bits. */
#define HANDLE_INDEX_BITS 6u

static void refuse(struct optee_vm *o, uint64_t *regs, uint32_t code, enum tee_refusal why)
{
	tee_count(&o->vm.count.refusals[why]);
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
	if (c->has_thread && !o->vm.dead)
		o->threads_busy &= ~BIT(c->thread);
	c->state = CALL_FREE;
	o->calls_free |= BIT(c - o->calls);
	o->vm.used.calls--;
}

static void unref_all(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
{
	for (uint32_t i = 0; i < c->ref_count; i++)
		optee_object_unref(o, c->refs[i]);
	c->ref_count = 0;
}

enum optee_next optee_suspend(struct optee_vm *o, struct optee_call *c, uint32_t code,
			      enum optee_wait wait, uint64_t payload)
{
	uint64_t *regs = c->regs;

	c->wait = (uint8_t)wait;
	tee_lock(&o->vm);
	c->generation = (c->generation + 1) & (UINT32_MAX >> HANDLE_INDEX_BITS);
	regs[0] = code;
	regs[1] = payload >> 32;
	regs[2] = (uint32_t)payload;
	regs[3] = c->generation << HANDLE_INDEX_BITS | (uint32_t)(c - o->calls);
	c->state = CALL_SUSPENDED;
	tee_unlock(&o->vm);
	return NEXT_GUEST;
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
	tee_lock(&o->vm);
	call_free(o, c);
	tee_unlock(&o->vm);
	regs[0] = result;
	return NEXT_GUEST;
}

/* What becomes of the buffer and the session the call was about. */
static void settle(struct optee_vm *o, struct optee_call *c, bool success) NEEDS(&o->vm)
{
	struct optee_object *object = c->object != 0 ? &o->objects[c->object - 1] : NULL;

	switch (c->header.cmd) {
	case OPTEE_MSG_OPEN_SESSION:
		if (!success)
			o->vm.used.sessions--;
		break;
	case OPTEE_MSG_CLOSE_SESSION:
		if (success && o->vm.used.sessions != 0)
			o->vm.used.sessions--;
		break;
	case OPTEE_MSG_REGISTER_SHM:
		if (success)
			object->state = OBJECT_LIVE;
		else
			optee_object_gone(o, object);
		break;
	case OPTEE_MSG_UNREGISTER_SHM:
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
static enum optee_next close_call(struct optee_vm *o, struct optee_call *c, bool success)
{
	uint64_t *regs = c->regs;

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
	call_free(o, c);
	tee_unlock(&o->vm);
	regs[0] = c->result;
	return NEXT_GUEST;
}

enum optee_next optee_complete(struct optee_vm *o, struct optee_call *c)
{
	/* A guest that took its page away meanwhile learns no more than that the call ended. */
	(void)optee_message_out(o, c);
	c->result = OPTEE_SMC_OK;
	return close_call(o, c, c->header.ret == TEEC_SUCCESS);
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
	return close_call(o, c, false);
}

static bool yields(struct optee_vm *o, struct optee_call *c)
{
	if (!o->vm.port->should_yield(c->vcpu))
		return false;
	tee_count(&o->vm.count.yields);
	return true;
}

/* The message that tells the TEE of a buffer, once its pages are pinned. */
static void register_ready(struct optee_vm *o, struct optee_call *c)
{
	struct optee_msg_param *p =
		(struct optee_msg_param *)(void *)(c->slot + sizeof(struct optee_msg_header));
	const struct optee_object *object = &o->objects[c->object - 1];

	p->attr = OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG;
	p->tmem.address = optee_walk_address(o, c);
	p->tmem.size = object->size;
	p->tmem.cookie = optee_handle(o, object);
}

static enum optee_next walked(struct optee_vm *o, struct optee_call *c, uint32_t result)
{
	if (result != TEEC_SUCCESS)
		tee_count(&o->vm.count.refusals[TEE_REFUSED_ADDRESS]);
	if (c->has_thread)
		return optee_rpc_allocated(o, c, result);
	if (result == TEEC_SUCCESS) {
		register_ready(o, c);
		return NEXT_ENTER;
	}
	(void)optee_message_refuse(o, c, result);
	return close_call(o, c, false);
}

static enum optee_next walk(struct optee_vm *o, struct optee_call *c)
{
	uint32_t result;

	for (;;) {
		result = optee_walk_step(o, c);
		if (result != TEEC_SUCCESS || c->walk.left == 0)
			return walked(o, c, result);
		if (yields(o, c))
			return optee_suspend(o, c, OPTEE_SMC_RPC_FOREIGN_INTR, WAIT_WORK, 0);
	}
}

/* Takes a doomed object for the call to unpin. */
static bool next_doomed(struct optee_vm *o, struct optee_call *c)
{
	tee_lock(&o->vm);
	c->doomed = o->doomed;
	if (c->doomed != 0)
		o->doomed = o->objects[c->doomed - 1].next;
	tee_unlock(&o->vm);
	return c->doomed != 0;
}

static enum optee_next drain(struct optee_vm *o, struct optee_call *c)
{
	while (c->doomed != 0 || next_doomed(o, c)) {
		struct optee_object *object = &o->objects[c->doomed - 1];

		if (optee_object_unpin(o, object)) {
			c->doomed = 0;
			tee_lock(&o->vm);
			optee_object_free(o, object);
			tee_unlock(&o->vm);
		} else if (yields(o, c)) {
			return optee_suspend(o, c, OPTEE_SMC_RPC_FOREIGN_INTR, WAIT_WORK, 0);
		}
	}
	return (enum optee_next)c->after;
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
			next = walk(o, c);
			break;
		case NEXT_DRAIN:
			next = drain(o, c);
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
	}
	tee_unlock(&o->vm);
	return found ? c : NULL;
}

static void resume(struct optee_vm *o, struct tee_host_vcpu *vcpu, uint64_t *regs)
{
	struct optee_call *c = resume_find(o, vcpu, regs);

	if (c == NULL) {
		refuse(o, regs, OPTEE_SMC_ERESUME, TEE_REFUSED_RESUME);
		return;
	}
	if (o->vm.dead) {
		tee_count(&o->vm.count.refusals[TEE_REFUSED_DEAD]);
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

static enum optee_next give_up(struct optee_vm *o, struct optee_call *c, uint32_t code,
			       enum tee_refusal why) NEEDS(&o->vm) RELEASES(&o->vm)
{
	uint64_t *regs = c->regs;

	unref_all(o, c);
	call_free(o, c);
	tee_unlock(&o->vm);
	refuse(o, regs, code, why);
	return NEXT_GUEST;
}

/* The message is copied: check it and build the TEE's. */
static enum optee_next begin(struct optee_vm *o, struct optee_call *c, uint64_t room) NEEDS(&o->vm)
	RELEASES(&o->vm)
{
	uint32_t result;

	if (!rpc_area_fits(c, room))
		return give_up(o, c, OPTEE_SMC_EBADADDR, TEE_REFUSED_ADDRESS);
	if (c->header.cmd > OPTEE_MSG_UNREGISTER_SHM)
		return give_up(o, c, OPTEE_SMC_EBADCMD, TEE_REFUSED_MESSAGE);
	result = optee_message_in(o, c);
	if (LIKELY(result == TEEC_SUCCESS)) {
		tee_unlock(&o->vm);
		c->settles = c->header.cmd != OPTEE_MSG_INVOKE_COMMAND;
		return c->header.cmd == OPTEE_MSG_REGISTER_SHM ? NEXT_WALK : NEXT_ENTER;
	}
	tee_unlock(&o->vm);
	(void)optee_message_refuse(o, c, result);
	return close_call(o, c, false);
}

/* The argument is a page: CALL_WITH_ARG and CALL_WITH_RPC_ARG. */
static enum optee_next begin_page(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
	RELEASES(&o->vm)
{
	uint64_t address = optee_pair(c->regs[1], c->regs[2]);
	bool good;

	if (!is_aligned(address, PAGE_SIZE))
		return give_up(o, c, OPTEE_SMC_EBADADDR, TEE_REFUSED_ADDRESS);
	c->arg = (struct optee_span){.page = {address}};
	tee_unlock(&o->vm);
	good = optee_span_read(o, &c->arg, 0, &c->header, FIRST_READ) && read_rest(o, c);
	tee_lock(&o->vm);
	if (!good)
		return give_up(o, c, OPTEE_SMC_EBADADDR, TEE_REFUSED_ADDRESS);
	return begin(o, c, PAGE_SIZE);
}

/* The argument lies in a registered buffer, which stays pinned as long as the call. */
static enum optee_next begin_registered(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
	RELEASES(&o->vm)
{
	struct optee_object *object = optee_object_find(o, optee_pair(c->regs[1], c->regs[2]));
	uint32_t offset = (uint32_t)c->regs[3];
	uint64_t at, room;
	uint32_t index;

	if (object == NULL || object->state != OBJECT_LIVE || object->by_rpc)
		return give_up(o, c, OPTEE_SMC_EBADADDR, TEE_REFUSED_COOKIE);
	at = (uint64_t)object->offset + offset;
	if (!is_aligned(at, 8) ||
	    !range_inside(offset, optee_msg_size(0) + OPTEE_RPC_AREA_SIZE, object->size))
		return give_up(o, c, OPTEE_SMC_EBADADDR, TEE_REFUSED_ADDRESS);
	object->users++;
	c->refs[c->ref_count++] = (uint32_t)(object - o->objects) + 1;
	room = object->size - offset;
	index = (uint32_t)(at >> PAGE_SHIFT);
	c->arg.page[0] = optee_object_page(o, object, index);
	c->arg.page[1] = index + 1 < object->pages ? optee_object_page(o, object, index + 1) : 0;
	c->arg.offset = (uint32_t)(at & PAGE_MASK);
	c->arg.pinned = true;
	(void)optee_span_read(o, &c->arg, 0, &c->header, FIRST_READ);
	if (room >= optee_msg_size(OPTEE_META_PARAMS + OPTEE_PARAMS))
		(void)read_rest(o, c);
	return begin(o, c, room);
}

static void start(struct optee_vm *o, struct tee_host_vcpu *vcpu, uint64_t *regs,
		  enum optee_style style)
{
	struct optee_call *c;
	enum optee_next next;

	tee_lock(&o->vm);
	c = o->vm.dead ? NULL : call_new(o, vcpu, regs);
	if (UNLIKELY(c == NULL)) {
		bool dead = o->vm.dead;

		tee_unlock(&o->vm);
		refuse(o, regs, dead ? OPTEE_SMC_ENOTAVAIL : OPTEE_SMC_ETHREAD_LIMIT,
		       dead ? TEE_REFUSED_DEAD : TEE_REFUSED_QUOTA);
		return;
	}
	tee_count(&o->vm.count.calls);
	c->style = (uint8_t)style;
	if (style == STYLE_REGD_ARG)
		next = begin_registered(o, c);
	else
		next = begin_page(o, c);
	run(o, c, next);
}

bool optee_yielding_call(struct optee_vm *o, struct tee_host_vcpu *vcpu, uint64_t *regs)
{
	switch ((uint32_t)regs[0]) {
	case OPTEE_SMC_CALL_WITH_REGD_ARG:
		start(o, vcpu, regs, STYLE_REGD_ARG);
		break;
	case OPTEE_SMC_RETURN_FROM_RPC:
		resume(o, vcpu, regs);
		break;
	case OPTEE_SMC_CALL_WITH_RPC_ARG:
		start(o, vcpu, regs, STYLE_RPC_ARG);
		break;
	case OPTEE_SMC_CALL_WITH_ARG:
		start(o, vcpu, regs, STYLE_ARG);
		break;
	default:
		return false;
	}
	return true;
}
