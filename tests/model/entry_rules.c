/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the TEE must find when it is entered, by the model: the guest's own message with handles
 * for cookies, a list of just the pages that the guest listed, the guest's reply to just what was
 * asked, on the right thread, as the right VM. Here the model learns the handles. See spec.h.
 */
#include "tests/model/spec.h"
#include "tests/unit/model_tee.h"
#include <string.h>

#define TMEM_LIST    (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)
#define ARENA_HANDLE BIT(63)

/* The list that the TEE is shown names the buffer's pages, in order. */
static void check_list(struct spec_frame *f, const struct spec_buffer *b, uint64_t address)
{
	const uint64_t *list = NULL;

	if ((address & PAGE_MASK) != b->offset || b->held != b->pages)
		spec_differs(f, "the TEE is told of offset %#llx, %u pages pinned of %u",
			     (unsigned long long)(address & PAGE_MASK), b->held, b->pages);
	for (uint32_t i = 0; i < b->held; i++) {
		uint32_t n = i % OPTEE_MSG_LIST_ENTRIES;

		if (n == 0) {
			uint64_t at = i == 0 ? address & ~PAGE_MASK : list[OPTEE_MSG_LIST_ENTRIES];

			list = fake_is_shared(at) ? fake_secure_view(f->vm->host, at) : NULL;
		}
		if (list == NULL)
			return spec_differs(f, "a page list of %u pages ends at %u", b->pages, i);
		if (list[n] !=
		    fake_pa(f->vm->host, FAKE_RAM_IPA + (uint64_t)b->page[i] * PAGE_SIZE))
			return spec_differs(f, "page %u of the list is %#llx", i,
					    (unsigned long long)list[n]);
	}
}

/* A buffer gets its handle: one that no other has. */
static void learn_buffer(struct spec_frame *f, struct spec_buffer *b,
			 const struct optee_msg_param *p)
{
	if (p->attr != TMEM_LIST || p->tmem.size != b->size || p->tmem.cookie == 0 ||
	    p->tmem.cookie == ARENA_HANDLE || spec_by_handle(f->vm, p->tmem.cookie) != NULL)
		spec_differs(f, "a buffer of %llu bytes as %#llx, %llu bytes",
			     (unsigned long long)b->size, (unsigned long long)p->tmem.cookie,
			     (unsigned long long)p->tmem.size);
	b->handle = p->tmem.cookie;
	check_list(f, b, p->tmem.address);
}

static void check_param(struct spec_frame *f, const struct optee_msg_param *p,
			const struct optee_msg_param *slot)
{
	const struct spec_buffer *b = spec_by_cookie(f->vm, p->rmem.cookie);
	struct optee_msg_param due = *p;

	if (p->attr == OPTEE_MSG_ATTR_NONE)
		due = (struct optee_msg_param){.value.a = slot->value.a,
					       .value.b = slot->value.b,
					       .value.c = slot->value.c};
	else if (p->attr >= OPTEE_MSG_ATTR_TMEM_INPUT && p->attr <= OPTEE_MSG_ATTR_TMEM_INOUT)
		due.tmem.cookie = 0;
	else if (p->attr >= OPTEE_MSG_ATTR_RMEM_INPUT && p->attr <= OPTEE_MSG_ATTR_RMEM_INOUT)
		due.rmem.cookie = b != NULL ? b->handle : 0;
	if (memcmp(&due, slot, sizeof(due)) != 0)
		spec_differs(f, "the TEE is shown another parameter of type %#llx",
			     (unsigned long long)slot->attr);
}

static void check_message(struct spec_frame *f)
{
	const struct spec_message *m = &f->call->message;
	const struct spec_message *slot = f->call->slot;

	if (slot->h.cmd != m->h.cmd || slot->h.func != m->h.func ||
	    slot->h.session != m->h.session || slot->h.cancel_id != m->h.cancel_id ||
	    slot->h.num_params != m->h.num_params)
		spec_differs(f, "the TEE is shown another message than the guest's");
	if (m->h.cmd == OPTEE_MSG_REGISTER_SHM)
		return learn_buffer(f, f->call->about, &slot->p[0]);
	if (m->h.cmd == OPTEE_MSG_UNREGISTER_SHM &&
	    slot->p[0].rmem.cookie != f->call->about->handle)
		spec_differs(f, "the TEE is to forget %#llx",
			     (unsigned long long)slot->p[0].rmem.cookie);
	for (uint32_t i = 0; i < m->h.num_params && spec_is_run(m); i++)
		check_param(f, &m->p[i], &slot->p[i]);
}

static void check_reply(struct spec_frame *f)
{
	struct spec_call *c = f->call;
	const struct spec_message *area = (const void *)((const uint8_t *)c->slot + c->slot_rpc);

	if (area->h.ret != c->reply.h.ret)
		spec_differs(f, "the TEE's request ends with %#x, not %#x", area->h.ret,
			     c->reply.h.ret);
	if (c->brings != NULL)
		learn_buffer(f, c->brings, &area->p[0]);
	for (uint32_t i = 0; i < c->reply.h.num_params && c->brings == NULL; i++) {
		struct optee_msg_param due = area->p[i];

		if (spec_take_answer(&due, &c->reply.p[i]) &&
		    memcmp(&due, &area->p[i], sizeof(due)) != 0)
			spec_differs(f, "the TEE gets another reply in parameter %u", i);
	}
	c->reply_due = false;
	c->brings = NULL;
}

/* Where the TEE finds the message of this call. */
static const void *slot_of(struct spec_frame *f, const uint64_t *regs)
{
	struct model_guest *g = model_guest_of(f->vm->host);
	uint64_t where = regs[1] << 32 | regs[2];

	if (regs[0] == OPTEE_SMC_CALL_WITH_RPC_ARG && fake_is_shared(where))
		return fake_secure_view(f->vm->host, where);
	if (regs[0] == OPTEE_SMC_CALL_WITH_REGD_ARG && where == ARENA_HANDLE)
		return model_byte(g, where, regs[3]);
	return NULL;
}

void spec_check_entry(struct spec_frame *f, const uint64_t *regs)
{
	struct spec_call *c = f->call;

	if (regs[7] != f->vm->tee->id)
		spec_differs(f, "the TEE is entered as VM %llu", (unsigned long long)regs[7]);
	if (f->next == SPEC_ENTERS) {
		c->slot = slot_of(f, regs);
		c->slot_rpc = spec_message_size(c->message.h.num_params);
		if (c->slot == NULL)
			return spec_differs(f, "a call of the TEE at %#llx:%#llx, function %#llx",
					    (unsigned long long)regs[1],
					    (unsigned long long)regs[2],
					    (unsigned long long)regs[0]);
		return check_message(f);
	}
	if (regs[0] != OPTEE_SMC_RETURN_FROM_RPC || regs[3] != (uint32_t)c->thread)
		spec_differs(f, "thread %llu entered, not %d, function %#llx",
			     (unsigned long long)regs[3], c->thread, (unsigned long long)regs[0]);
	if (c->reply_due)
		check_reply(f);
}
