/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invariant, written to be read and independent of how the mediator keeps it: every loop here
 * is over all objects, calls or chunks that there are.
 */
#include "tests/proof/invariant.h"
#include "tests/proof/world.h"

/* Objects in a list, as a set of bits. False: it is no list, or shares an object with `seen`. */
static bool list_of(const struct optee_vm *o, uint32_t head, uint32_t *seen)
{
	for (uint32_t n = 0; n < PROOF_BUFFERS && head != 0; n++) {
		if (head > PROOF_BUFFERS || (*seen & BIT(head)) != 0)
			return false;
		*seen |= (uint32_t)BIT(head);
		head = o->objects[head - 1].next;
	}
	return head == 0;
}

static bool named(const struct optee_object *object)
{
	return object->state == OBJECT_REGISTERING || object->state == OBJECT_LIVE ||
	       object->state == OBJECT_UNREGISTERING;
}

/* The objects of these bits are those that are named and belong in this bucket. */
static bool bucket_holds(const struct optee_vm *o, uint32_t bucket)
{
	uint32_t seen = 0, belong = 0;

	if (!list_of(o, o->buckets[bucket], &seen))
		return false;
	for (uint32_t i = 0; i < PROOF_BUFFERS; i++) {
		const struct optee_object *object = &o->objects[i];

		if (named(object) && optee_bucket((void *)o, object->cookie) == &o->buckets[bucket])
			belong |= (uint32_t)BIT(i + 1);
	}
	return seen == belong;
}

static bool is_drained(const struct optee_vm *o, uint32_t index)
{
	for (uint32_t i = 0; i < PROOF_CALLS; i++)
		if (o->calls[i].state != CALL_FREE && o->calls[i].doomed == index)
			return true;
	return false;
}

/* Free and doomed list hold what their states say; a GONE object without users is in one place. */
static bool lists_hold(const struct optee_vm *o)
{
	uint32_t free = 0, doomed = 0, is_free = 0, is_doomed = 0;

	if (!list_of(o, o->free_object, &free) || !list_of(o, o->doomed, &doomed))
		return false;
	for (uint32_t i = 0; i < PROOF_BUFFERS; i++) {
		const struct optee_object *object = &o->objects[i];

		if (object->state == OBJECT_FREE)
			is_free |= (uint32_t)BIT(i + 1);
		if (object->state == OBJECT_GONE && object->users == 0 && !is_drained(o, i + 1))
			is_doomed |= (uint32_t)BIT(i + 1);
	}
	return free == is_free && doomed == is_doomed;
}

static uint32_t references(const struct optee_vm *o, uint32_t index)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < PROOF_CALLS; i++)
		for (uint32_t k = 0; k < 1 + OPTEE_PARAMS; k++)
			if (o->calls[i].state != CALL_FREE && k < o->calls[i].ref_count &&
			    o->calls[i].refs[k] == index)
				n++;
	return n;
}

static uint32_t owners(const struct optee_vm *o, uint32_t index)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < PROOF_CALLS; i++)
		n += o->calls[i].state != CALL_FREE && o->calls[i].object == index;
	return n;
}

static bool object_holds(const struct optee_vm *o, uint32_t i)
{
	const struct optee_object *object = &o->objects[i];
	uint64_t end = object->offset + object->size;

	if (object->state > OBJECT_GONE || object->generation > 0x7fffffffu)
		return false;
	if (object->state == OBJECT_FREE)
		return owners(o, i + 1) == 0 && references(o, i + 1) == 0;
	if (object->offset > PAGE_MASK || object->size == 0 ||
	    object->size > UINT64_MAX - 2 * PAGE_SIZE ||
	    object->pages != (end + PAGE_MASK) >> PAGE_SHIFT || object->pinned > object->pages)
		return false;
	if (named(object) && object->cookie == 0)
		return false;
	if (object->users != references(o, i + 1))
		return false;
	switch (object->state) {
	case OBJECT_LIVE:
		return object->pinned == object->pages && owners(o, i + 1) == 0;
	case OBJECT_UNREGISTERING:
		return object->pinned == object->pages && owners(o, i + 1) == 1;
	case OBJECT_REGISTERING:
		return owners(o, i + 1) == 1 && object->users == 0;
	default:
		return owners(o, i + 1) == 0;
	}
}

static bool gauges_hold(const struct optee_vm *o)
{
	uint64_t pages = 0, buffers = 0, calls = 0;

	for (uint32_t i = 0; i < PROOF_BUFFERS; i++) {
		if (o->objects[i].state == OBJECT_FREE)
			continue;
		pages += o->objects[i].pages;
		buffers++;
	}
	for (uint32_t i = 0; i < PROOF_CALLS; i++)
		calls += o->calls[i].state != CALL_FREE;
	return o->vm.used.pages == pages && pages <= o->vm.quota.shared_pages &&
	       o->vm.used.buffers == buffers && o->vm.used.calls == calls &&
	       o->vm.used.sessions <= o->vm.quota.sessions;
}

static bool cookies_differ(const struct optee_vm *o)
{
	for (uint32_t i = 0; i < PROOF_BUFFERS; i++)
		for (uint32_t k = 0; k < i; k++)
			if (named(&o->objects[i]) && named(&o->objects[k]) &&
			    o->objects[i].cookie == o->objects[k].cookie)
				return false;
	return true;
}

static bool call_holds(const struct optee_vm *o, uint32_t i)
{
	const struct optee_call *c = &o->calls[i];

	if (((o->calls_free & BIT(i)) != 0) != (c->state == CALL_FREE))
		return false;
	if (c->state == CALL_FREE)
		return c->doomed == 0;
	if (c->state > CALL_SUSPENDED || c->ref_count > 1 + OPTEE_PARAMS ||
	    c->object > PROOF_BUFFERS || c->doomed > PROOF_BUFFERS)
		return false;
	for (uint32_t k = 0; k < c->ref_count && k < 1 + OPTEE_PARAMS; k++)
		if (c->refs[k] == 0 || c->refs[k] > PROOF_BUFFERS)
			return false;
	if (c->doomed == 0)
		return true;
	for (uint32_t k = 0; k < i; k++)
		if (o->calls[k].doomed == c->doomed)
			return false;
	return o->objects[c->doomed - 1].state == OBJECT_GONE &&
	       o->objects[c->doomed - 1].users == 0;
}

bool vm_holds(const struct optee_vm *o)
{
	for (uint32_t i = 0; i < PROOF_CALLS; i++)
		if (!call_holds(o, i))
			return false;
	for (uint32_t i = 0; i < PROOF_BUFFERS; i++)
		if (!object_holds(o, i))
			return false;
	return (o->calls_free >> PROOF_CALLS) == 0 && gauges_hold(o) && cookies_differ(o) &&
	       lists_hold(o) && bucket_holds(o, 0) && bucket_holds(o, 1);
}

bool page_pinned(const struct optee_vm *o, uint64_t frame)
{
	for (uint32_t i = 0; i < PROOF_BUFFERS; i++) {
		const struct optee_object *object = &o->objects[i];

		if (object->state == OBJECT_FREE || object->pages > OPTEE_INLINE_FRAMES)
			continue;
		for (uint32_t k = 0; k < OPTEE_INLINE_FRAMES; k++)
			if (k < object->pinned && object->frames[k] == frame)
				return true;
	}
	return false;
}

static bool param_clean(const struct optee_vm *o, const struct optee_msg_param *p)
{
	const struct optee_object *object;

	switch (p->attr) {
	case OPTEE_MSG_ATTR_NONE:
	case OPTEE_MSG_ATTR_VALUE_INPUT:
	case OPTEE_MSG_ATTR_VALUE_OUTPUT:
	case OPTEE_MSG_ATTR_VALUE_INOUT:
	case OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT:
		return true;
	case OPTEE_MSG_ATTR_TMEM_INPUT:
	case OPTEE_MSG_ATTR_TMEM_OUTPUT:
	case OPTEE_MSG_ATTR_TMEM_INOUT:
		return p->tmem.address == 0 && p->tmem.cookie == 0;
	case OPTEE_MSG_ATTR_RMEM_INPUT:
	case OPTEE_MSG_ATTR_RMEM_OUTPUT:
	case OPTEE_MSG_ATTR_RMEM_INOUT:
		break;
	default:
		return false;
	}
	for (uint32_t i = 0; i < PROOF_BUFFERS; i++) {
		object = &o->objects[i];
		if (p->rmem.cookie == ((uint64_t)object->generation << 32 | (i + 1)))
			return (object->state == OBJECT_LIVE ||
				object->state == OBJECT_UNREGISTERING) &&
			       !object->by_rpc &&
			       (__uint128_t)p->rmem.offset + p->rmem.size <= object->size;
	}
	return false;
}

bool slot_clean(const struct optee_vm *o, const struct optee_call *c)
{
	const struct optee_msg_header *header = (const void *)c->slot;
	const struct optee_msg_param *params = (const void *)(c->slot + sizeof(*header));

	if (header->num_params > OPTEE_META_PARAMS + OPTEE_PARAMS ||
	    header->num_params != c->header.num_params || header->cmd > OPTEE_MSG_UNREGISTER_SHM)
		return false;
	for (uint32_t i = 0; i < OPTEE_META_PARAMS + OPTEE_PARAMS; i++)
		if (i < header->num_params && !param_clean(o, &params[i]))
			return false;
	return true;
}

bool span_holds(const struct optee_vm *o, const struct optee_span *span, uint32_t at, uint32_t size)
{
	uint64_t first = (uint64_t)span->offset + at, end = first + size;

	if (size == 0 || end > 2 * PAGE_SIZE || !is_aligned(span->page[0], PAGE_SIZE) ||
	    !is_aligned(span->page[1], PAGE_SIZE))
		return false;
	if (!span->pinned)
		return true;
	return is_aligned(span->offset, 8) && is_aligned(at, 8) && is_aligned(size, 8) &&
	       (first >= PAGE_SIZE || page_pinned(o, span->page[0] >> PAGE_SHIFT)) &&
	       (end <= PAGE_SIZE || page_pinned(o, span->page[1] >> PAGE_SHIFT));
}

bool login_exists(uint64_t login)
{
	return login <= 6 ? login != 3 : login == 0x80000000u;
}

bool capabilities_offered(uint64_t capabilities)
{
	const uint64_t offered = OPTEE_SEC_CAP_DYNAMIC_SHM | OPTEE_SEC_CAP_MEMREF_NULL |
				 OPTEE_SEC_CAP_ASYNC_NOTIF | OPTEE_SEC_CAP_RPC_ARG;

	return (capabilities & ~offered) == 0;
}
