/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model's rules for what a guest does: calls it begins, messages, calls it resumes, and how a
 * call ends. tee_rules.c has the TEE's side. See spec.h.
 */
#include "tests/model/spec.h"
#include <stdlib.h>

#define TMEM_LIST (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)
#define META	  (OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT)
#define AREA_SIZE 160u /* the TEE's request: a header and four parameters */

uint32_t spec_message_size(uint32_t params)
{
	return 32 + 32 * params;
}

void spec_refused(struct spec_vm *vm, enum tee_refusal why)
{
	vm->refusals[why]++;
}

/* Answers */

static void answer(struct spec_frame *f, uint64_t x0)
{
	f->next = SPEC_ANSWERS;
	f->regs[0] = x0;
}

static void refuse(struct spec_frame *f, uint64_t x0, enum tee_refusal why)
{
	spec_refused(f->vm, why);
	answer(f, x0);
}

/* A thread that waits is one call's. */
static bool hold_thread(struct spec_frame *f)
{
	int thread = f->call->thread;

	if (thread < 0 || f->vm->dead)
		return true;
	if (f->vm->thread_taken[thread])
		return false;
	f->vm->thread_taken[thread] = true;
	return true;
}

void spec_suspend(struct spec_frame *f, uint32_t code, enum spec_wait wait, uint64_t payload)
{
	if (!hold_thread(f))
		return spec_fault(f);
	answer(f, code);
	f->regs[1] = payload >> 32;
	f->regs[2] = (uint32_t)payload;
	f->suspends = true;
	f->call->wait = wait;
}

/* Buffers */

/* In any state in which its cookie is taken. */
struct spec_buffer *spec_by_cookie(struct spec_vm *vm, uint64_t cookie)
{
	for (uint32_t i = 0; i < vm->quota.buffers; i++)
		if (vm->buffers[i].stage != SPEC_NONE && vm->buffers[i].stage != SPEC_GONE &&
		    vm->buffers[i].cookie == cookie)
			return &vm->buffers[i];
	return NULL;
}

/* Of a shared buffer, of one for requests, or 0. */
bool spec_cookie_taken(struct spec_vm *vm, uint64_t cookie)
{
	for (uint32_t i = 0; i < vm->call_limit; i++)
		if (vm->calls[i].exists && vm->calls[i].area_cookie == cookie)
			return true;
	return cookie == 0 || spec_by_cookie(vm, cookie) != NULL;
}

/* That the guest may name: registered by it, and known to the TEE. */
static struct spec_buffer *usable(struct spec_vm *vm, uint64_t cookie)
{
	struct spec_buffer *b = spec_by_cookie(vm, cookie);

	return b != NULL && b->stage == SPEC_LIVE && !b->by_rpc ? b : NULL;
}

static uint64_t pages_charged(const struct spec_vm *vm)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < vm->quota.buffers; i++)
		pages += vm->buffers[i].pages;
	return pages;
}

static struct spec_buffer *unused(struct spec_vm *vm)
{
	for (uint32_t i = 0; i < vm->quota.buffers; i++)
		if (vm->buffers[i].stage == SPEC_NONE)
			return &vm->buffers[i];
	return NULL;
}

/* Into call->about; 0 or the result that the guest gets. */
uint32_t spec_buffer_new(struct spec_frame *f, uint64_t cookie, uint64_t address, uint64_t size)
{
	uint64_t offset = address & PAGE_MASK, pages;
	struct spec_buffer *b = unused(f->vm);

	if (spec_cookie_taken(f->vm, cookie)) {
		spec_refused(f->vm, TEE_REFUSED_COOKIE);
		return TEEC_ERROR_BAD_PARAMETERS;
	}
	if (size == 0 || size > UINT64_MAX - 2 * PAGE_SIZE) {
		spec_refused(f->vm, TEE_REFUSED_MESSAGE);
		return TEEC_ERROR_BAD_PARAMETERS;
	}
	pages = (offset + size + PAGE_SIZE - 1) / PAGE_SIZE;
	if (b == NULL || pages_charged(f->vm) + pages > f->vm->quota.shared_pages) {
		spec_refused(f->vm, TEE_REFUSED_QUOTA);
		return TEEC_ERROR_OUT_OF_MEMORY;
	}
	*b = (struct spec_buffer){.stage = SPEC_COMING,
				  .cookie = cookie,
				  .size = size,
				  .offset = (uint32_t)offset,
				  .pages = (uint32_t)pages,
				  .page = malloc(pages * sizeof(uint32_t))};
	f->call->about = b;
	f->call->list = address - offset;
	f->call->left = b->pages;
	return TEEC_SUCCESS;
}

/* Once no call uses it either, it is to be given back. */
static void doom(struct spec_vm *vm, struct spec_buffer *b)
{
	if (b->stage == SPEC_GONE && b->users == 0)
		b->doomed = ++vm->dooms;
}

void spec_gone(struct spec_vm *vm, struct spec_buffer *b)
{
	b->stage = SPEC_GONE;
	doom(vm, b);
}

static void refer(struct spec_call *c, struct spec_buffer *b)
{
	b->users++;
	c->refs[c->ref_count++] = b;
}

static void refer_no_more(struct spec_vm *vm, struct spec_call *c)
{
	for (uint32_t i = 0; i < c->ref_count; i++) {
		c->refs[i]->users--;
		doom(vm, c->refs[i]);
	}
	c->ref_count = 0;
}

/* Gone, unused, and given back by no call yet: the latest. */
static struct spec_buffer *doomed(struct spec_vm *vm)
{
	struct spec_buffer *latest = NULL;

	for (uint32_t i = 0; i < vm->quota.buffers; i++) {
		struct spec_buffer *b = &vm->buffers[i];

		if (b->doomed != 0 && !b->taken && (latest == NULL || b->doomed > latest->doomed))
			latest = b;
	}
	return latest;
}

/* The pages that the guest lists, from where the call has come to. */
void spec_walk(struct spec_frame *f)
{
	struct spec_call *c = f->call;
	uint64_t list[OPTEE_MSG_LIST_ENTRIES + 1];
	bool good = true;

	while (good && c->left > 0) {
		struct spec_place place = {.page = {c->list}};
		uint32_t n = (uint32_t)min_u64(c->left, OPTEE_MSG_LIST_ENTRIES);
		uint32_t next = c->left > n;

		/* Not, if it was later, while it gave back what it had pinned. */
		if (f->yielded && spec_event_next(f, SPEC_READ) == NULL &&
		    spec_event_next(f, SPEC_UNPIN) == NULL)
			return spec_suspend(f, OPTEE_SMC_RPC_FOREIGN_INTR, SPEC_WALKS, 0);
		good = is_aligned(c->list, PAGE_SIZE) &&
		       spec_read(f, &place, 0, list, (n + next) * 8) &&
		       spec_pin(f, c->about, list, n);
		c->list = list[OPTEE_MSG_LIST_ENTRIES * next];
		c->left -= n;
	}
	if (!good)
		spec_refused(f->vm, TEE_REFUSED_ADDRESS);
	if (c->about->by_rpc)
		return spec_allocation_walked(f, good);
	f->next = SPEC_ENTERS;
	if (!good)
		spec_refuse_message(f, TEEC_ERROR_BAD_PARAMETERS);
}

/* How a call ends */

void spec_end(struct spec_frame *f)
{
	struct spec_call *c = f->call;
	uint64_t cookie = c->area_cookie;

	c->area_cookie = 0;
	if (cookie != 0)
		return spec_suspend(f, OPTEE_SMC_RPC_FREE, SPEC_FREES, cookie);
	answer(f, c->result);
	c->exists = false;
}

static void then(struct spec_frame *f, enum spec_after after)
{
	if (after == SPEC_THEN_ASK)
		spec_ask(f);
	else if (after == SPEC_THEN_GIVE_BACK)
		spec_give_back(f);
	else
		spec_end(f);
}

/* What the TEE and all calls have let go of is given back. */
void spec_drain(struct spec_frame *f, enum spec_after after)
{
	struct spec_call *c = f->call;

	for (;;) {
		struct spec_buffer *b = c->drains != NULL ? c->drains : doomed(f->vm);

		if (b == NULL)
			return then(f, after);
		c->drains = b;
		b->taken = true;
		spec_unpin(f, b);
		if (b->held != 0)
			break;
		free(b->page);
		*b = (struct spec_buffer){0};
		c->drains = NULL;
	}
	c->after = after;
	if (!f->yielded)
		spec_differs(f, "%u pages are not given back", c->drains->held);
	spec_suspend(f, OPTEE_SMC_RPC_FOREIGN_INTR, SPEC_DRAINS, 0);
}

/* One with this id, if there is any. */
static void session_closed(struct spec_vm *vm, uint32_t id)
{
	for (uint32_t i = 0; i < vm->id_count; i++) {
		if (vm->ids[i] != id)
			continue;
		vm->ids[i] = vm->ids[--vm->id_count];
		vm->sessions--;
		return;
	}
}

static void settle(struct spec_vm *vm, struct spec_call *c, bool success)
{
	switch (c->message.h.cmd) {
	case OPTEE_MSG_OPEN_SESSION:
		if (success)
			vm->ids[vm->id_count++] = c->message.h.session;
		else
			vm->sessions--;
		break;
	case OPTEE_MSG_CLOSE_SESSION:
		if (success)
			session_closed(vm, c->message.h.session);
		break;
	case OPTEE_MSG_REGISTER_SHM:
		c->about->stage = SPEC_LIVE;
		if (!success)
			spec_gone(vm, c->about);
		break;
	case OPTEE_MSG_UNREGISTER_SHM:
		c->about->stage = SPEC_LIVE;
		if (success)
			spec_gone(vm, c->about);
		break;
	default:
		break;
	}
}

void spec_close(struct spec_frame *f, bool success)
{
	struct spec_call *c = f->call;

	if (c->begun)
		settle(f->vm, c, success);
	c->about = NULL;
	refer_no_more(f->vm, c);
	spec_drain(f, SPEC_THEN_END);
}

/* A result of the mediator's own in the guest's message. */
void spec_refuse_message(struct spec_frame *f, uint32_t result)
{
	struct spec_call *c = f->call;

	c->message.h.ret = result;
	c->message.h.ret_origin = TEEC_ORIGIN_COMMS;
	(void)spec_write(f, &c->arg, &c->message, spec_message_size(0));
	c->result = OPTEE_SMC_OK;
	spec_close(f, false);
}

/* Refused by register. */
static void give_up(struct spec_frame *f, uint32_t x0, enum tee_refusal why)
{
	struct spec_call *c = f->call;

	refer_no_more(f->vm, c);
	c->exists = false;
	refuse(f, x0, why);
}

/* Messages: each returns 0, or the result that the guest finds in its message */

static uint32_t bad(struct spec_frame *f, enum tee_refusal why)
{
	spec_refused(f->vm, why);
	return TEEC_ERROR_BAD_PARAMETERS;
}

static uint32_t check_param(struct spec_frame *f, const struct optee_msg_param *p)
{
	struct spec_buffer *b;

	switch (p->attr) {
	case OPTEE_MSG_ATTR_NONE:
	case OPTEE_MSG_ATTR_VALUE_INPUT:
	case OPTEE_MSG_ATTR_VALUE_OUTPUT:
	case OPTEE_MSG_ATTR_VALUE_INOUT:
		return TEEC_SUCCESS;
	case OPTEE_MSG_ATTR_TMEM_INPUT:
	case OPTEE_MSG_ATTR_TMEM_OUTPUT:
	case OPTEE_MSG_ATTR_TMEM_INOUT:
		return p->tmem.address == 0 ? TEEC_SUCCESS : bad(f, TEE_REFUSED_MESSAGE);
	case OPTEE_MSG_ATTR_RMEM_INPUT:
	case OPTEE_MSG_ATTR_RMEM_OUTPUT:
	case OPTEE_MSG_ATTR_RMEM_INOUT:
		b = usable(f->vm, p->rmem.cookie);
		if (b == NULL)
			return bad(f, TEE_REFUSED_COOKIE);
		if (p->rmem.size > b->size || p->rmem.offset > b->size - p->rmem.size)
			return bad(f, TEE_REFUSED_MESSAGE);
		refer(f->call, b);
		return TEEC_SUCCESS;
	default:
		return bad(f, TEE_REFUSED_MESSAGE);
	}
}

static uint32_t check_params(struct spec_frame *f, uint32_t from)
{
	const struct spec_message *m = &f->call->message;
	uint32_t result = TEEC_SUCCESS;

	if (m->h.num_params - from > 4)
		return bad(f, TEE_REFUSED_MESSAGE);
	for (uint32_t i = from; i < m->h.num_params && result == TEEC_SUCCESS; i++)
		result = check_param(f, &m->p[i]);
	return result;
}

static uint32_t check_open(struct spec_frame *f)
{
	static const uint64_t logins[] = {0, 1, 2, 4, 5, 6, 0x80000000};
	const struct spec_message *m = &f->call->message;
	uint32_t result = TEEC_ERROR_ACCESS_DENIED;

	if (m->h.num_params < 2 || m->p[0].attr != META || m->p[1].attr != META)
		return bad(f, TEE_REFUSED_MESSAGE);
	for (uint32_t i = 0; i < ARRAY_SIZE(logins); i++)
		if (m->p[1].value.c == logins[i])
			result = TEEC_SUCCESS;
	if (result != TEEC_SUCCESS) {
		spec_refused(f->vm, TEE_REFUSED_POLICY);
		return result;
	}
	if (f->vm->sessions >= f->vm->quota.sessions) {
		spec_refused(f->vm, TEE_REFUSED_QUOTA);
		return TEEC_ERROR_OUT_OF_MEMORY;
	}
	result = check_params(f, 2);
	f->vm->sessions += result == TEEC_SUCCESS;
	return result;
}

static uint32_t check_register(struct spec_frame *f)
{
	const struct spec_message *m = &f->call->message;

	if (m->h.num_params != 1 || m->p[0].attr != TMEM_LIST)
		return bad(f, TEE_REFUSED_MESSAGE);
	return spec_buffer_new(f, m->p[0].tmem.cookie, m->p[0].tmem.address, m->p[0].tmem.size);
}

static uint32_t check_unregister(struct spec_frame *f)
{
	const struct spec_message *m = &f->call->message;
	struct spec_buffer *b = usable(f->vm, m->p[0].rmem.cookie);

	if (m->h.num_params != 1 || m->p[0].attr < OPTEE_MSG_ATTR_RMEM_INPUT ||
	    m->p[0].attr > OPTEE_MSG_ATTR_RMEM_INOUT)
		return bad(f, TEE_REFUSED_MESSAGE);
	if (b == NULL)
		return bad(f, TEE_REFUSED_COOKIE);
	b->stage = SPEC_LEAVING;
	f->call->about = b;
	return TEEC_SUCCESS;
}

static uint32_t check_message(struct spec_frame *f)
{
	const struct spec_message *m = &f->call->message;

	if (m->h.num_params > SPEC_PARAMS)
		return bad(f, TEE_REFUSED_MESSAGE);
	switch (m->h.cmd) {
	case OPTEE_MSG_OPEN_SESSION:
		return check_open(f);
	case OPTEE_MSG_INVOKE_COMMAND:
		return check_params(f, 0);
	case OPTEE_MSG_REGISTER_SHM:
		return check_register(f);
	case OPTEE_MSG_UNREGISTER_SHM:
		return check_unregister(f);
	default:
		return m->h.num_params == 0 ? TEEC_SUCCESS : bad(f, TEE_REFUSED_MESSAGE);
	}
}

/* Where the message lies; the room from there, 0: nowhere. */
static uint64_t locate(struct spec_frame *f)
{
	uint64_t name = f->regs[1] << 32 | (uint32_t)f->regs[2];
	struct spec_call *c = f->call;
	struct spec_buffer *b;
	uint64_t at;

	if ((uint32_t)f->regs[0] != OPTEE_SMC_CALL_WITH_REGD_ARG) {
		c->arg = (struct spec_place){.page = {name}};
		return is_aligned(name, PAGE_SIZE) ? PAGE_SIZE : 0;
	}
	b = usable(f->vm, name);
	at = (uint32_t)f->regs[3];
	if (b == NULL || !is_aligned(b->offset + at, 8) ||
	    !range_inside(at, spec_message_size(0) + AREA_SIZE, b->size))
		return 0;
	refer(c, b);
	name = (b->offset + at) / PAGE_SIZE;
	c->arg.offset = (uint32_t)((b->offset + at) % PAGE_SIZE);
	c->arg.page[0] = FAKE_RAM_IPA + (uint64_t)b->page[name] * PAGE_SIZE;
	if (name + 1 < b->pages)
		c->arg.page[1] = FAKE_RAM_IPA + (uint64_t)b->page[name + 1] * PAGE_SIZE;
	return b->size - at;
}

/* The message, as it was read. False: not to be had, or with its request area it does not fit. */
static bool fetch(struct spec_frame *f)
{
	struct spec_call *c = f->call;
	uint64_t room = locate(f);
	uint32_t n, size, read = spec_message_size(0);
	bool fits, good;

	if (room == 0 || !spec_read(f, &c->arg, 0, &c->message.h, read))
		return false;
	n = c->message.h.num_params;
	c->with_area = (uint32_t)f->regs[0] != OPTEE_SMC_CALL_WITH_ARG;
	size = spec_message_size(n);
	fits = n <= OPTEE_MSG_MAX_PARAMS && size + (c->with_area ? AREA_SIZE : 0) <= room;
	good = fits;
	if (fits && n <= SPEC_PARAMS && n != 0) {
		good = spec_read(f, &c->arg, read, c->message.p, size - read);
		read = size;
	}
	spec_read_end(f, &c->arg, read, spec_message_size(SPEC_PARAMS));
	c->area = c->arg;
	c->area.offset += size;
	c->area_ready = c->with_area;
	return good;
}

static struct spec_call *call_new(struct spec_vm *vm)
{
	for (uint32_t i = 0; i < vm->call_limit; i++) {
		struct spec_call *c = &vm->calls[i];
		uint32_t last = c->handle;

		if (c->exists)
			continue;
		*c = (struct spec_call){
			.exists = true, .thread = -1, .handle = last, .result = OPTEE_SMC_OK};
		return c;
	}
	return NULL;
}

static void begin(struct spec_frame *f)
{
	uint32_t result;

	if (f->vm->dead)
		return refuse(f, OPTEE_SMC_ENOTAVAIL, TEE_REFUSED_DEAD);
	f->call = call_new(f->vm);
	if (f->call == NULL)
		return refuse(f, OPTEE_SMC_ETHREAD_LIMIT, TEE_REFUSED_QUOTA);
	if (!fetch(f))
		return give_up(f, OPTEE_SMC_EBADADDR, TEE_REFUSED_ADDRESS);
	if (f->call->message.h.cmd >
	    (f->vm->notifies ? OPTEE_MSG_STOP_ASYNC_NOTIF : OPTEE_MSG_UNREGISTER_SHM))
		return give_up(f, OPTEE_SMC_EBADCMD, TEE_REFUSED_MESSAGE);
	result = check_message(f);
	if (result != TEEC_SUCCESS)
		return spec_refuse_message(f, result);
	f->call->begun = true;
	f->next = SPEC_ENTERS;
	if (f->call->message.h.cmd == OPTEE_MSG_REGISTER_SHM)
		spec_walk(f);
}

static struct spec_call *resumed(struct spec_frame *f)
{
	for (uint32_t i = 0; i < f->vm->call_limit; i++) {
		struct spec_call *c = &f->vm->calls[i];

		if (c->exists && c->wait != SPEC_RUNS && c->handle == (uint32_t)f->regs[3])
			return c;
	}
	return NULL;
}

static void resume(struct spec_frame *f)
{
	struct spec_call *c = resumed(f);
	enum spec_wait wait;

	if (c == NULL)
		return refuse(f, OPTEE_SMC_ERESUME, TEE_REFUSED_RESUME);
	f->call = c;
	wait = c->wait;
	c->wait = SPEC_RUNS;
	f->next = SPEC_RESUMES;
	if (c->thread >= 0)
		f->vm->thread_taken[c->thread] = false;
	if (f->vm->dead) {
		spec_refused(f->vm, TEE_REFUSED_DEAD);
		c->area_cookie = 0;
		c->result = OPTEE_SMC_ENOTAVAIL;
		spec_end(f);
	} else if (wait == SPEC_WALKS) {
		spec_walk(f);
	} else if (wait == SPEC_DRAINS) {
		spec_drain(f, c->after);
	} else if (wait == SPEC_ASKED) {
		spec_guest_replies(f);
	} else if (wait == SPEC_ALLOCATES) {
		spec_guest_allocated(f);
	} else if (wait == SPEC_FREES) {
		spec_end(f);
	}
}

void spec_guest_calls(struct spec_frame *f)
{
	uint32_t function = (uint32_t)f->regs[0];

	switch (function) {
	case OPTEE_SMC_CALL_WITH_ARG:
	case OPTEE_SMC_CALL_WITH_RPC_ARG:
	case OPTEE_SMC_CALL_WITH_REGD_ARG:
		return begin(f);
	case OPTEE_SMC_RETURN_FROM_RPC:
		return resume(f);
	default:
		f->next = SPEC_ANSWERS;
		if ((function & BIT(31)) == 0)
			refuse(f, (function & BIT(30)) != 0 ? UINT64_MAX : 0xffffffff,
			       TEE_REFUSED_FUNCTION);
	}
}
