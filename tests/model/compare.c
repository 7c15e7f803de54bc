/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mediator's own state against the model's: gauges, buffers with their cookies, pages and
 * users, calls, refusals, what it has in stock, and the host's pins. The only file of the model
 * that knows the mediator's structures. See spec.h.
 */
#include "mediator/optee/optee.h"
#include "tests/model/spec.h"
#include <string.h>

static void expect(const struct spec_vm *vm, const char *what, uint64_t is, uint64_t due)
{
	if (is != due)
		spec_differs(NULL, "VM %u: %s: %llu, not %llu", vm->host->index, what,
			     (unsigned long long)is, (unsigned long long)due);
}

static void compare_gauges(const struct spec_vm *vm)
{
	const struct tee_gauges *used = &vm->tee->used;
	uint32_t pages = 0, buffers = 0, calls = 0;

	for (uint32_t i = 0; i < vm->quota.buffers; i++) {
		const struct spec_buffer *b = &vm->buffers[i];

		buffers += b->stage != SPEC_NONE;
		pages += b->pages;
		if (b->doomed != 0 && !b->taken && !vm->dead)
			spec_differs(NULL, "VM %u: buffer %#llx is given back by no call",
				     vm->host->index, (unsigned long long)b->cookie);
	}
	for (uint32_t i = 0; i < vm->call_limit; i++)
		calls += vm->calls[i].exists;
	expect(vm, "pages", used->pages, pages);
	expect(vm, "buffers", used->buffers, buffers);
	expect(vm, "sessions", used->sessions, vm->sessions);
	expect(vm, "calls", used->calls, calls);
}

static bool same_pages(struct optee_vm *o, const struct spec_vm *vm, const struct spec_buffer *b,
		       const struct optee_object *object) UNCHECKED_LOCKS
{
	if (object->pinned != b->held)
		return false;
	for (uint32_t i = 0; i < b->held; i++)
		if (optee_object_page(o, object, i) !=
		    fake_pa(vm->host, FAKE_RAM_IPA + (uint64_t)b->page[i] * PAGE_SIZE))
			return false;
	return true;
}

static const struct spec_buffer *counterpart(const struct optee_vm *o, const struct spec_vm *vm,
					     const struct optee_object *object)
{
	static const enum spec_stage stages[] = {
		[OBJECT_REGISTERING] = SPEC_COMING,
		[OBJECT_LIVE] = SPEC_LIVE,
		[OBJECT_UNREGISTERING] = SPEC_LEAVING,
		[OBJECT_GONE] = SPEC_GONE,
	};

	for (uint32_t i = 0; i < vm->quota.buffers; i++) {
		const struct spec_buffer *b = &vm->buffers[i];

		if (b->stage == stages[object->state] && b->cookie == object->cookie &&
		    b->size == object->size && b->offset == object->offset &&
		    b->pages == object->pages && b->users == object->users &&
		    b->by_rpc == object->by_rpc &&
		    (b->handle == 0 || b->handle == optee_handle(o, object)))
			return b;
	}
	return NULL;
}

static void compare_buffers(struct optee_vm *o, const struct spec_vm *vm)
{
	uint32_t objects = 0;

	for (uint32_t i = 0; i < vm->quota.buffers; i++) {
		const struct optee_object *object = &o->objects[i];
		const struct spec_buffer *b;

		if (object->state == OBJECT_FREE)
			continue;
		objects++;
		b = counterpart(o, vm, object);
		if (b == NULL)
			spec_differs(NULL, "VM %u: no buffer %#llx in state %u with %u users",
				     vm->host->index, (unsigned long long)object->cookie,
				     object->state, object->users);
		else if (b->doomed == 0 && !same_pages(o, vm, b, object))
			spec_differs(NULL, "VM %u: other pages in buffer %#llx", vm->host->index,
				     (unsigned long long)object->cookie);
	}
	expect(vm, "objects", objects, vm->tee->used.buffers);
}

static void compare_calls(const struct optee_vm *o, const struct spec_vm *vm)
{
	uint32_t suspended = 0, waiting = 0;

	expect(vm, "call limit", o->call_count, vm->call_limit);
	for (uint32_t i = 0; i < vm->call_limit; i++) {
		suspended += o->calls[i].state == CALL_SUSPENDED;
		waiting += vm->calls[i].exists && vm->calls[i].wait != SPEC_RUNS;
	}
	expect(vm, "suspended calls", suspended, waiting);
}

static uint32_t free_lists(const struct optee_vm *o)
{
	uint32_t n = 0;

	for (uint32_t i = o->free_list; i != 0; i = o->list_next[i - 1])
		n++;
	return n;
}

static uint32_t free_chunks(const struct optee_vm *o)
{
	uint32_t n = 0;

	for (uint32_t i = o->free_chunk; i != 0; i = o->chunks[i - 1].next)
		n++;
	return n;
}

/* No page for lists and no record of pages is lost: each is free or in use. */
static void compare_pools(const struct optee_vm *o, const struct spec_vm *vm)
{
	uint32_t lists = free_lists(o), chunks = free_chunks(o);

	for (uint32_t i = 0; i < o->call_count; i++)
		for (uint32_t n = o->calls[i].walk.first; n != 0; n = o->list_next[n - 1])
			lists++;
	for (uint32_t i = 0; i < vm->quota.buffers; i++)
		if (o->objects[i].state != OBJECT_FREE && o->objects[i].pages > OPTEE_INLINE_FRAMES)
			chunks += (o->objects[i].pinned + OPTEE_CHUNK_FRAMES - 1) /
				  OPTEE_CHUNK_FRAMES;
	expect(vm, "list pages", lists, o->lists.count);
	expect(vm, "records of pages", chunks, vm->chunks);
}

void spec_compare_first(struct tee_vm *tee)
{
	spec_vm_of(tee)->chunks = free_chunks(optee_vm_of(tee));
	spec_compare(tee);
}

void spec_compare(struct tee_vm *tee)
{
	struct optee_vm *o = optee_vm_of(tee);
	const struct spec_vm *vm = spec_vm_of(tee);

	if (vm == NULL)
		return spec_differs(NULL, "no such VM");
	compare_gauges(vm);
	compare_buffers(o, vm);
	compare_calls(o, vm);
	if (!vm->dead)
		compare_pools(o, vm);
	expect(vm, "dead", tee->dead, vm->dead);
	expect(vm, "faults of the TEE", tee->count.tee_faults, vm->tee_faults);
	for (uint32_t i = 0; i < TEE_REFUSALS; i++)
		if (tee->count.refusals[i] != vm->refusals[i])
			spec_differs(NULL, "VM %u: %llu refusals of kind %u, not %llu",
				     vm->host->index, (unsigned long long)tee->count.refusals[i], i,
				     (unsigned long long)vm->refusals[i]);
	if (memcmp(vm->pins, vm->host->pins, sizeof(vm->pins)) != 0)
		spec_differs(NULL, "VM %u: other pages are pinned", vm->host->index);
}
