/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FF-A calls of guests: what a guest of API version 5 needs to share memory with Trusty, and no
 * more. A guest has its own buffers, its own id, and handles of ours; EL3 sees none of these. The
 * descriptor is copied once out of the pinned transmit buffer, and the copy decides. One borrower,
 * Trusty; one fragment; readable and writable.
 *
 * Where EL3 shares no memory there is no FF-A for guests either.
 */
#include "lib/memory.h"
#include "mediator/trusty/trusty.h"

static void answer(uint64_t *regs, uint32_t function, uint64_t w2, uint64_t w3)
{
	regs[0] = function;
	regs[1] = 0;
	regs[2] = w2;
	regs[3] = w3;
	for (uint32_t i = 4; i < TEE_SMC_REGS; i++)
		regs[i] = 0;
}

static void answer_code(uint64_t *regs, int32_t code)
{
	if (code == 0)
		answer(regs, FFA_SUCCESS, 0, 0);
	else
		answer(regs, FFA_ERROR, (uint32_t)code, 0);
}

static int32_t refuse(struct trusty_vm *v, enum tee_refusal why, int32_t code)
{
	return trusty_refuse(v, NULL, why, code);
}

static int32_t features(struct trusty_vm *v, uint32_t function)
{
	switch (function) {
	case FFA_VERSION:
	case FFA_FEATURES:
	case FFA_RXTX_MAP_32:
	case FFA_RXTX_MAP_64:
	case FFA_RXTX_UNMAP:
	case FFA_ID_GET:
	case FFA_MEM_SHARE_32:
	case FFA_MEM_SHARE_64:
	case FFA_MEM_RECLAIM:
		return 0;
	default:
		return refuse(v, TEE_REFUSED_FUNCTION, FFA_NOT_SUPPORTED);
	}
}

static void buffers_set(struct trusty_vm *v, enum trusty_buffers to) NEEDS(&v->vm)
{
	v->buffers = (uint8_t)to;
	if (to == BUFFERS_NONE)
		v->vm.used.pages -= 2;
}

/* FFA_DENIED: there are some already. */
static int32_t buffers_begin(struct trusty_vm *v)
{
	int32_t code = 0;

	tee_lock(&v->vm);
	if (v->buffers != BUFFERS_NONE)
		code = FFA_DENIED;
	else if (!trusty_charge(v, 2))
		code = FFA_NO_MEMORY;
	else
		buffers_set(v, BUFFERS_CHANGING);
	tee_unlock(&v->vm);
	return code;
}

static int32_t rxtx_map(struct trusty_vm *v, uint64_t transmit, uint64_t receive, uint64_t count)
{
	const struct tee_port *port = v->vm.port;
	uint64_t pages[2] = {transmit, receive};
	bool pinned;
	int32_t code;

	if (transmit == receive || count != 1)
		return refuse(v, TEE_REFUSED_MESSAGE, FFA_INVALID_PARAMETERS);
	code = buffers_begin(v);
	if (code != 0)
		return refuse(v, TEE_REFUSED_QUOTA, code);
	pinned = port->pin(v->vm.host, pages, 2);
	tee_lock(&v->vm);
	if (pinned) {
		v->buffer_frames[0] = (uint32_t)(pages[0] >> PAGE_SHIFT);
		v->buffer_frames[1] = (uint32_t)(pages[1] >> PAGE_SHIFT);
	}
	buffers_set(v, pinned ? BUFFERS_MAPPED : BUFFERS_NONE);
	tee_unlock(&v->vm);
	return pinned ? 0 : refuse(v, TEE_REFUSED_ADDRESS, FFA_INVALID_PARAMETERS);
}

int32_t trusty_ffa_unmap(struct trusty_vm *v)
{
	const struct tee_port *port = v->vm.port;
	uint32_t frames[2];
	bool mapped;

	tee_lock(&v->vm);
	mapped = v->buffers == BUFFERS_MAPPED;
	if (mapped)
		buffers_set(v, BUFFERS_CHANGING);
	frames[0] = v->buffer_frames[0];
	frames[1] = v->buffer_frames[1];
	tee_unlock(&v->vm);
	if (!mapped)
		return FFA_INVALID_PARAMETERS;
	port->unpin(v->vm.host, frames, 2);
	tee_lock(&v->vm);
	buffers_set(v, BUFFERS_NONE);
	tee_unlock(&v->vm);
	return 0;
}

static int32_t rxtx_unmap(struct trusty_vm *v, uint64_t id)
{
	int32_t code = FFA_INVALID_PARAMETERS;

	if (id == 0 || id == (uint64_t)v->client << 16)
		code = trusty_ffa_unmap(v);
	return code == 0 ? 0 : refuse(v, TEE_REFUSED_MESSAGE, code);
}

/* The guest's descriptor, once. */
static bool copy_descriptor(struct trusty_vm *v, uint32_t length)
{
	const struct tee_port *port = v->vm.port;
	bool mapped;

	tee_lock(&v->vm);
	mapped = v->buffers == BUFFERS_MAPPED;
	if (mapped)
		port->read_pinned(v->vm.host, pa((uint64_t)v->buffer_frames[0] << PAGE_SHIFT),
				  v->copy, align_up(length, 8));
	tee_unlock(&v->vm);
	return mapped;
}

static bool share_is_served(const struct trusty_vm *v, const struct ffa_share *s)
{
	return s->sender == v->client && s->reserved0 == 0 && s->flags == 0 && s->handle == 0 &&
	       s->tag == 0 && s->reserved1 == 0 && s->borrowers == 1 &&
	       s->borrower == FFA_ID_TRUSTY && (s->permissions & ~FFA_PERM_NX) == FFA_PERM_RW &&
	       s->borrower_flags == 0 && s->reserved2 == 0 &&
	       (s->attributes == FFA_ATTR_CACHED || s->attributes == FFA_ATTR_NON_CACHED);
}

/* The pages of one range, behind those already in v->pages. False: too many, or none. */
static bool range_add(struct trusty_vm *v, const struct ffa_range *r, uint32_t *count,
		      uint32_t total)
{
	if (r->pages == 0 || r->pages > total - *count || r->reserved != 0)
		return false;
	for (uint32_t i = 0; i < r->pages; i++)
		v->pages[(*count)++] = r->address + (uint64_t)i * PAGE_SIZE;
	return true;
}

/* Addresses are checked by pinning. 0: not a list that is served. */
uint32_t trusty_ffa_pages(struct trusty_vm *v, uint32_t length, uint32_t at)
{
	struct ffa_composite c;
	struct ffa_range r;
	uint32_t count = 0;

	if (at < sizeof(struct ffa_share) || at > length - sizeof(c))
		return 0;
	memcpy(&c, v->copy + at, sizeof(c));
	at += (uint32_t)sizeof(c);
	if (c.pages > TRUSTY_OBJECT_PAGES || c.reserved != 0 ||
	    length - at != (uint64_t)c.ranges * sizeof(r))
		return 0;
	for (uint32_t i = 0; i < c.ranges; i++, at += (uint32_t)sizeof(r)) {
		memcpy(&r, v->copy + at, sizeof(r));
		if (!range_add(v, &r, &count, c.pages))
			return 0;
	}
	return count == c.pages ? count : 0;
}

static uint64_t handle_of(const struct trusty_vm *v, const struct trusty_object *object)
{
	return (uint64_t)object->generation << 32 | (uint64_t)(object - v->objects + 1);
}

struct trusty_object *trusty_object_find(struct trusty_vm *v, uint64_t handle)
{
	uint32_t i = (uint32_t)handle;
	struct trusty_object *object;

	if (i == 0 || i > TRUSTY_OBJECTS)
		return NULL;
	object = &v->objects[i - 1];
	return object->state == OBJECT_LIVE && object->by_guest && handle_of(v, object) == handle
		       ? object
		       : NULL;
}

/* The scratch is ours. */
static int32_t share(struct trusty_vm *v, uint32_t length, uint64_t *handle)
{
	struct trusty_object *object;
	struct ffa_share s;
	enum tee_refusal why;
	uint32_t pages = 0;
	int32_t code;

	if (!copy_descriptor(v, length))
		return refuse(v, TEE_REFUSED_MESSAGE, FFA_INVALID_PARAMETERS);
	memcpy(&s, v->copy, sizeof(s));
	if (share_is_served(v, &s))
		pages = trusty_ffa_pages(v, length, s.composite);
	if (pages == 0)
		return refuse(v, TEE_REFUSED_MESSAGE, FFA_INVALID_PARAMETERS);
	object = trusty_object_new(v, pages, s.attributes, &why);
	if (object == NULL)
		return refuse(v, why,
			      why == TEE_REFUSED_QUOTA ? FFA_NO_MEMORY : FFA_INVALID_PARAMETERS);
	object->by_guest = true;
	*handle = handle_of(v, object);
	(void)trusty_object_share(v, object, &code);
	return code;
}

static void mem_share(struct trusty_vm *v, uint64_t *regs)
{
	uint32_t length = (uint32_t)regs[1];
	uint64_t handle = 0;
	int32_t code;

	if (length < sizeof(struct ffa_share) + sizeof(struct ffa_composite) ||
	    length > PAGE_SIZE || (uint32_t)regs[2] != length || regs[3] != 0 || regs[4] != 0) {
		answer_code(regs, refuse(v, TEE_REFUSED_MESSAGE, FFA_INVALID_PARAMETERS));
		return;
	}
	if (!trusty_scratch_take(v)) {
		answer_code(regs, FFA_BUSY);
		return;
	}
	code = share(v, length, &handle);
	trusty_scratch_put(v);
	if (code == 0)
		answer(regs, FFA_SUCCESS, (uint32_t)handle, handle >> 32);
	else
		answer_code(regs, code);
}

static int32_t mem_reclaim(struct trusty_vm *v, uint64_t handle, uint32_t flags)
{
	struct trusty_object *object;
	bool used = false;

	tee_lock(&v->vm);
	object = flags == 0 ? trusty_object_find(v, handle) : NULL;
	if (object != NULL) {
		used = object->users != 0;
		object->state = used ? OBJECT_LIVE : OBJECT_RECLAIMING;
	}
	tee_unlock(&v->vm);
	if (object == NULL)
		return refuse(v, TEE_REFUSED_COOKIE, FFA_INVALID_PARAMETERS);
	if (used)
		return refuse(v, TEE_REFUSED_COOKIE, FFA_DENIED);
	if (trusty_object_reclaim(v, object))
		return 0;
	trusty_object_becomes(v, object, OBJECT_LIVE);
	return FFA_DENIED;
}

/* Bit 31 of a version is 0. We have one version; a guest that knows no 1.x goes without. */
static uint32_t version(uint32_t asked)
{
	return (asked & BIT(31)) == 0 ? FFA_VERSION_1_0 : (uint32_t)FFA_NOT_SUPPORTED;
}

static void offered(struct trusty_vm *v, uint32_t function, uint64_t *regs)
{
	switch (function) {
	case FFA_VERSION:
		regs[0] = version((uint32_t)regs[1]);
		break;
	case FFA_FEATURES:
		answer_code(regs, features(v, (uint32_t)regs[1]));
		break;
	case FFA_ID_GET:
		answer(regs, FFA_SUCCESS, v->client, 0);
		break;
	case FFA_RXTX_MAP_32:
		answer_code(regs,
			    rxtx_map(v, (uint32_t)regs[1], (uint32_t)regs[2], (uint32_t)regs[3]));
		break;
	case FFA_RXTX_MAP_64:
		answer_code(regs, rxtx_map(v, regs[1], regs[2], (uint32_t)regs[3]));
		break;
	case FFA_RXTX_UNMAP:
		answer_code(regs, rxtx_unmap(v, (uint32_t)regs[1]));
		break;
	case FFA_MEM_SHARE_32:
	case FFA_MEM_SHARE_64:
		mem_share(v, regs);
		break;
	case FFA_MEM_RECLAIM:
		answer_code(regs, mem_reclaim(v, trusty_pair(regs[1], regs[2]), (uint32_t)regs[3]));
		break;
	default:
		answer_code(regs, refuse(v, TEE_REFUSED_FUNCTION, FFA_NOT_SUPPORTED));
		break;
	}
}

void trusty_ffa(struct trusty_vm *v, uint32_t function, uint64_t *regs)
{
	if (v->trusty->handles) {
		offered(v, function, regs);
		return;
	}
	(void)refuse(v, TEE_REFUSED_FUNCTION, FFA_NOT_SUPPORTED);
	regs[0] = (function & BIT(30)) != 0 ? UINT64_MAX : UINT32_MAX;
}
