/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registry: one per VM for every shared buffer, whoever asked for it. A guest names a buffer
 * by its cookie, the TEE by our handle; each maps to the other here and nowhere else. So neither
 * sees the other's names, and a cookie of one VM means nothing in another.
 *
 * A buffer is charged to the VM in optee_object_new and refunded in optee_object_free, the only
 * two places. Its pages stay pinned until the TEE has let go and no call uses it.
 */
#include "mediator/optee/optee.h"

struct optee_object *optee_object_by_handle(struct optee_vm *o, uint64_t handle)
{
	uint32_t i = (uint32_t)handle;
	struct optee_object *object;

	if (i == 0 || i > o->vm.quota.buffers)
		return NULL;
	object = &o->objects[i - 1];
	if (object->state == OBJECT_FREE || object->generation != handle >> 32)
		return NULL;
	return object;
}

bool optee_cookie_known(struct optee_vm *o, uint64_t cookie)
{
	for (uint32_t i = 0; i < o->call_count; i++)
		if (o->calls[i].state != CALL_FREE && o->calls[i].rpc_cookie == cookie)
			return true;
	return optee_object_find(o, cookie) != NULL;
}

uint32_t optee_object_new(struct optee_vm *o, uint64_t cookie, uint64_t buffer, uint64_t size,
			  struct optee_object **out)
{
	uint32_t offset = (uint32_t)(buffer & PAGE_MASK);
	struct optee_object *object;
	uint64_t pages;
	uint32_t *head;

	if (cookie == 0 || optee_cookie_known(o, cookie)) {
		tee_refused(&o->vm, TEE_REFUSED_COOKIE);
		return TEEC_ERROR_BAD_PARAMETERS;
	}
	if (size == 0 || size > UINT64_MAX - 2ull * PAGE_SIZE) {
		tee_refused(&o->vm, TEE_REFUSED_MESSAGE);
		return TEEC_ERROR_BAD_PARAMETERS;
	}
	pages = (offset + size + PAGE_MASK) >> PAGE_SHIFT;
	if (o->free_object == 0 || pages > o->vm.quota.shared_pages - o->vm.used.pages) {
		tee_refused(&o->vm, TEE_REFUSED_QUOTA);
		return TEEC_ERROR_OUT_OF_MEMORY;
	}
	object = &o->objects[o->free_object - 1];
	o->free_object = object->next;
	o->vm.used.buffers++;
	o->vm.used.pages += (uint32_t)pages;

	head = optee_bucket(o, cookie);
	object->next = *head;
	*head = optee_object_index(o, object);
	object->cookie = cookie;
	object->size = size;
	object->pages = (uint32_t)pages;
	object->pinned = 0;
	object->users = 0;
	object->offset = (uint16_t)offset;
	object->by_rpc = false;
	object->state = OBJECT_REGISTERING;
	/* Below 2^31, so that no handle is OPTEE_ARENA_HANDLE. */
	object->generation = (object->generation + 1) & 0x7fffffffu;
	*out = object;
	return TEEC_SUCCESS;
}

void optee_object_doom(struct optee_vm *o, struct optee_object *object)
{
	object->next = o->doomed;
	o->doomed = optee_object_index(o, object);
}

void optee_object_gone(struct optee_vm *o, struct optee_object *object)
{
	uint32_t self = optee_object_index(o, object);
	uint32_t *link = optee_bucket(o, object->cookie);

	while (*link != self)
		link = &o->objects[*link - 1].next;
	*link = object->next;
	object->state = OBJECT_GONE;
	if (object->users == 0)
		optee_object_doom(o, object);
}

void optee_object_free(struct optee_vm *o, struct optee_object *object)
{
	o->vm.used.pages -= object->pages;
	o->vm.used.buffers--;
	object->state = OBJECT_FREE;
	object->next = o->free_object;
	o->free_object = optee_object_index(o, object);
}

static struct optee_chunk *chunk_add(struct optee_vm *o, struct optee_object *object) NEEDS(&o->vm)
{
	uint32_t i = o->free_chunk; /* memory.c divides so many that there is one */
	struct optee_chunk *chunk = &o->chunks[i - 1];

	o->free_chunk = chunk->next;
	chunk->next = 0;
	if (object->pinned == 0)
		object->frames[0] = i;
	else
		o->chunks[object->frames[1] - 1].next = i;
	object->frames[1] = i;
	return chunk;
}

/* Two at a time, which is one load and one store: it is most of our work on a page. */
static void frames_of(uint32_t *to, const uint64_t *pages, uint32_t n)
{
	for (; n >= 2; n -= 2, to += 2, pages += 2) {
		uint64_t first = pages[0], second = pages[1];

		to[0] = (uint32_t)(first >> PAGE_SHIFT);
		to[1] = (uint32_t)(second >> PAGE_SHIFT);
	}
	if (n != 0)
		to[0] = (uint32_t)(pages[0] >> PAGE_SHIFT);
}

/*
 * Part of a chunk at a time. An object of more than OPTEE_INLINE_FRAMES pages has chunks, all but
 * the last full.
 */
static uint32_t record_some(struct optee_vm *o, struct optee_object *object, const uint64_t *pages,
			    uint32_t count) NEEDS(&o->vm)
{
	uint32_t at = object->pinned % OPTEE_CHUNK_FRAMES;
	uint32_t n = (uint32_t)min_u64(count, OPTEE_CHUNK_FRAMES - at);
	uint32_t *to;

	if (at == 0)
		to = chunk_add(o, object)->frames;
	else
		to = o->chunks[object->frames[1] - 1].frames + at;
	frames_of(to, pages, n);
	object->pinned += n;
	return n;
}

void optee_object_record(struct optee_vm *o, struct optee_object *object, const uint64_t *pages,
			 uint32_t count)
{
	uint32_t n;

	if (object->pages <= OPTEE_INLINE_FRAMES) {
		for (uint32_t i = 0; i < count; i++)
			object->frames[object->pinned++] = (uint32_t)(pages[i] >> PAGE_SHIFT);
		return;
	}
	for (; count > 0; count -= n, pages += n)
		n = record_some(o, object, pages, count);
}

uint64_t optee_object_page(const struct optee_vm *o, const struct optee_object *object,
			   uint32_t index)
{
	const struct optee_chunk *chunk;

	if (object->pages <= OPTEE_INLINE_FRAMES)
		return (uint64_t)object->frames[index] << PAGE_SHIFT;
	chunk = &o->chunks[object->frames[0] - 1];
	for (; index >= OPTEE_CHUNK_FRAMES; index -= OPTEE_CHUNK_FRAMES)
		chunk = &o->chunks[chunk->next - 1];
	return (uint64_t)chunk->frames[index] << PAGE_SHIFT;
}

static void unpin_chunk(struct optee_vm *o, struct optee_object *object) NEEDS_NOT(&o->vm)
{
	uint32_t i = object->frames[0];
	struct optee_chunk *chunk = &o->chunks[i - 1];
	uint32_t n = (uint32_t)min_u64(object->pinned, OPTEE_CHUNK_FRAMES);

	o->vm.port->unpin(o->vm.host, chunk->frames, n);
	object->pinned -= n;
	object->frames[0] = chunk->next;
	tee_lock(&o->vm);
	chunk->next = o->free_chunk;
	o->free_chunk = i;
	tee_unlock(&o->vm);
}

bool optee_object_unpin(struct optee_vm *o, struct optee_object *object)
{
	if (object->pages <= OPTEE_INLINE_FRAMES) {
		if (object->pinned != 0)
			o->vm.port->unpin(o->vm.host, object->frames, object->pinned);
		object->pinned = 0;
		return true;
	}
	for (uint32_t done = 0; object->pinned != 0 && done < TEE_PIN_BATCH;
	     done += OPTEE_CHUNK_FRAMES)
		unpin_chunk(o, object);
	return object->pinned == 0;
}
