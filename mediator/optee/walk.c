/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page lists. A guest gives the pages of a buffer as a chain of list pages, 511 addresses and the
 * address of the next list page each; the TEE gets a chain of ours with the same shape. A step
 * copies one list page, pins its pages in the copy, and remembers them: so each entry is read
 * once, and the time without a look at the clock is that of 511 pages. Pages are given back in
 * steps of the same size. Between steps the host may want its CPU: then the guest is told "foreign
 * interrupt", and resumes the call when it likes.
 *
 * Our list pages come from a pool of the VM as large as its quota of shared pages needs in the
 * worst case (memory.c), so there is always one.
 */
#include "mediator/optee/optee.h"

static uint64_t *list_page(const struct optee_vm *o, uint32_t index)
{
	return (uint64_t *)(void *)(o->lists.va + (size_t)(index - 1) * PAGE_SIZE);
}

static uint64_t list_address(const struct optee_vm *o, uint32_t index)
{
	return o->lists.pa.pa + (uint64_t)(index - 1) * PAGE_SIZE;
}

void optee_walk_begin(struct optee_call *c, uint64_t buffer, uint32_t pages)
{
	c->walk.list = buffer & ~PAGE_MASK;
	c->walk.left = pages;
	c->walk.first = 0;
	c->walk.last = 0;
}

static uint64_t *list_page_add(struct optee_vm *o, struct optee_walk *w) NEEDS(&o->vm)
{
	uint32_t i = o->free_list;

	o->free_list = o->list_next[i - 1];
	o->list_next[i - 1] = 0;
	if (w->first == 0) {
		w->first = i;
	} else {
		o->list_next[w->last - 1] = i;
		list_page(o, w->last)[OPTEE_MSG_LIST_ENTRIES] = list_address(o, i);
	}
	w->last = i;
	return list_page(o, i);
}

/* One list page further. 0, or a refusal; walk.left tells whether it is done. */
static uint32_t walk_step(struct optee_vm *o, struct optee_call *c)
{
	struct optee_walk *w = &c->walk;
	uint32_t n = (uint32_t)min_u64(w->left, OPTEE_MSG_LIST_ENTRIES);
	size_t bytes = w->left > n ? PAGE_SIZE : n * sizeof(uint64_t);
	uint64_t *page;

	tee_lock(&o->vm);
	page = list_page_add(o, w);
	tee_unlock(&o->vm);
	if (!is_aligned(w->list, PAGE_SIZE) ||
	    !o->vm.port->read(o->vm.host, ipa(w->list), page, bytes))
		return TEEC_ERROR_BAD_PARAMETERS;
	if (bytes == PAGE_SIZE) {
		w->list = page[OPTEE_MSG_LIST_ENTRIES];
		page[OPTEE_MSG_LIST_ENTRIES] = 0;
	}
	if (!o->vm.port->pin(o->vm.host, page, n))
		return TEEC_ERROR_BAD_PARAMETERS;
	w->left -= n;
	tee_lock(&o->vm);
	optee_object_record(o, &o->objects[c->object - 1], page, n);
	tee_unlock(&o->vm);
	return TEEC_SUCCESS;
}

void optee_walk_end(struct optee_vm *o, struct optee_call *c)
{
	if (c->walk.first == 0)
		return;
	o->list_next[c->walk.last - 1] = o->free_list;
	o->free_list = c->walk.first;
	c->walk.first = 0;
	c->walk.last = 0;
}

uint64_t optee_walk_address(const struct optee_vm *o, const struct optee_call *c)
{
	return list_address(o, c->walk.first) | o->objects[c->object - 1].offset;
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
		tee_refused(&o->vm, TEE_REFUSED_ADDRESS);
	if (c->has_thread)
		return optee_rpc_allocated(o, c, result);
	if (result == TEEC_SUCCESS) {
		register_ready(o, c);
		return NEXT_ENTER;
	}
	(void)optee_message_refuse(o, c, result);
	return optee_close_call(o, c, false);
}

enum optee_next optee_walk(struct optee_vm *o, struct optee_call *c)
{
	for (;;) {
		uint32_t result = walk_step(o, c);

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

enum optee_next optee_drain(struct optee_vm *o, struct optee_call *c)
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
