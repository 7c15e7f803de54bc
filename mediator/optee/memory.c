/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a VM's state and the pages that the TEE sees come from. A VM's private memory is one block
 * of the host's, divided here once. Pages for the TEE come from its static window, which is mapped
 * in it for ever and else unused (guests have no way to name it), or from the host.
 *
 * The sizes are worst cases, so that nothing runs out before a quota does: list pages for as many
 * pages as the VM may share, and chunks of frame numbers.
 */
#include "lib/memory.h"
#include "mediator/optee/optee.h"

uint32_t optee_call_limit(const struct optee *t, const struct tee_quota *quota)
{
	uint32_t limit = quota->calls < t->threads ? quota->calls : t->threads;

	return limit != 0 ? limit : 1;
}

/*
 * Lists of all calls at once, each with n pages in ceil(n / 511) list pages, and the sum of n
 * within the quota.
 */
uint32_t optee_list_pages(const struct optee *t, const struct tee_quota *quota)
{
	return quota->shared_pages / OPTEE_MSG_LIST_ENTRIES + optee_call_limit(t, quota);
}

/* As above: every object may leave part of a chunk empty; small ones have none. */
static uint32_t chunk_count(const struct tee_quota *quota)
{
	uint32_t objects = quota->shared_pages / (OPTEE_INLINE_FRAMES + 1);

	return quota->shared_pages / OPTEE_CHUNK_FRAMES +
	       (objects < quota->buffers ? objects : quota->buffers);
}

static uint32_t bucket_bits(const struct tee_quota *quota)
{
	uint32_t bits = 1;

	while (bits < 31 && (1u << bits) < quota->buffers)
		bits++;
	return bits;
}

/* Offsets in the block; each array starts aligned to a cache line. */
struct layout {
	size_t calls, objects, chunks, buckets, lists, sessions, end;
};

static size_t next_array(size_t *at, size_t size)
{
	size_t here = *at;

	*at = align_up(here + size, 64);
	return here;
}

static struct layout layout_of(const struct optee *t, const struct tee_quota *quota)
{
	size_t at = align_up(sizeof(struct optee_vm), 64);
	struct layout l;

	l.calls = next_array(&at, optee_call_limit(t, quota) * sizeof(struct optee_call));
	l.objects = next_array(&at, (size_t)quota->buffers * sizeof(struct optee_object));
	l.chunks = next_array(&at, (size_t)chunk_count(quota) * sizeof(struct optee_chunk));
	l.buckets = next_array(&at, sizeof(uint32_t) << bucket_bits(quota));
	l.lists = next_array(&at, optee_list_pages(t, quota) * sizeof(uint32_t));
	l.sessions = next_array(&at, (size_t)quota->sessions * sizeof(uint32_t));
	l.end = at;
	return l;
}

static const struct optee *optee_of(const struct tee *tee)
{
	return (const struct optee *)(const void *)tee;
}

size_t optee_vm_size(const struct tee *tee, const struct tee_quota *quota)
{
	return layout_of(optee_of(tee), quota).end;
}

/* Where the TEE finds the slot of call i: by address in its window, else by the arena's handle. */
static void slot_init(struct optee_vm *o, struct optee_call *c, uint32_t i)
{
	uint32_t offset = i * OPTEE_SLOT_SIZE;
	uint64_t where = o->arena.pa.pa + offset;

	c->index = i;
	c->slot = o->arena.va + offset;
	c->enter[0] = OPTEE_SMC_CALL_WITH_RPC_ARG;
	c->enter[3] = 1; /* cached */
	if (!o->arena.in_window) {
		where = OPTEE_ARENA_HANDLE;
		c->enter[0] = OPTEE_SMC_CALL_WITH_REGD_ARG;
		c->enter[3] = offset;
	}
	c->enter[1] = where >> 32;
	c->enter[2] = (uint32_t)where;
}

static void free_lists_init(struct optee_vm *o)
{
	uint32_t objects = o->vm.quota.buffers;
	uint32_t chunks = chunk_count(&o->vm.quota);

	for (uint32_t i = 0; i < objects; i++)
		o->objects[i].next = i + 1 < objects ? i + 2 : 0;
	for (uint32_t i = 0; i < chunks; i++)
		o->chunks[i].next = i + 1 < chunks ? i + 2 : 0;
	o->free_object = objects != 0;
	o->free_chunk = chunks != 0;
}

void optee_vm_layout(struct optee_vm *o)
{
	struct layout l = layout_of(o->optee, &o->vm.quota);
	uint8_t *base = (uint8_t *)o;

	o->calls = (void *)(base + l.calls);
	o->objects = (void *)(base + l.objects);
	o->chunks = (void *)(base + l.chunks);
	o->buckets = (void *)(base + l.buckets);
	o->list_next = (void *)(base + l.lists);
	o->sessions = (void *)(base + l.sessions);
	o->bucket_shift = 64 - bucket_bits(&o->vm.quota);
	o->call_count = optee_call_limit(o->optee, &o->vm.quota);
	o->calls_free = BITS(o->call_count - 1, 0);
	free_lists_init(o);
}

void optee_ask(const struct tee_port *port, uint64_t *smc, uint32_t function)
{
	smc[0] = function;
	for (uint32_t i = 1; i < TEE_SMC_REGS; i++)
		smc[i] = 0;
	smc[7] = OPTEE_CLIENT_HYPERVISOR;
	port->secure_call(port->host, smc);
}

void optee_find_window(struct optee *t)
{
	const struct tee_port *port = t->tee.port;
	uint64_t smc[TEE_SMC_REGS];
	uint64_t size;

	if (t->window_asked || (t->capabilities & OPTEE_SEC_CAP_RESERVED_SHM) == 0)
		return;
	t->window_asked = true;
	optee_ask(port, smc, OPTEE_SMC_GET_SHM_CONFIG);
	size = min_u64(smc[2], (uint64_t)OPTEE_WINDOW_PAGES * PAGE_SIZE);
	if ((uint32_t)smc[0] != OPTEE_SMC_OK || !is_aligned(smc[1] | smc[2], PAGE_SIZE) ||
	    size == 0)
		return;
	t->window_address = pa(smc[1]);
	t->window = port->window(port->host, t->window_address, size);
	t->window_pages = t->window != NULL ? (uint32_t)(size >> PAGE_SHIFT) : 0;
}

static bool window_is_free(const struct optee *t, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		if ((t->window_used[i / 64] & BIT(i % 64)) != 0)
			return false;
	return true;
}

static void window_flip(struct optee *t, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		t->window_used[i / 64] ^= BIT(i % 64);
}

static bool window_get(struct optee *t, uint32_t count, struct optee_pages *out)
{
	for (uint32_t i = 0; i + count <= t->window_pages; i++) {
		if (!window_is_free(t, i, count))
			continue;
		window_flip(t, i, count);
		out->va = t->window + (size_t)i * PAGE_SIZE;
		out->pa = pa(t->window_address.pa + (uint64_t)i * PAGE_SIZE);
		out->count = count;
		out->in_window = true;
		memset(out->va, 0, (size_t)count * PAGE_SIZE);
		return true;
	}
	return false;
}

bool optee_pages_get(struct optee *t, uint32_t count, struct optee_pages *out)
{
	const struct tee_port *port = t->tee.port;

	if (window_get(t, count, out))
		return true;
	out->va = port->pages_get(port->host, count, &out->pa);
	out->count = count;
	out->in_window = false;
	return out->va != NULL;
}

void optee_pages_put(struct optee *t, struct optee_pages *pages)
{
	const struct tee_port *port = t->tee.port;

	if (pages->in_window)
		window_flip(t, (uint32_t)((pages->pa.pa - t->window_address.pa) >> PAGE_SHIFT),
			    pages->count);
	else if (pages->va != NULL)
		port->pages_put(port->host, pages->va, pages->count);
	pages->va = NULL;
	pages->in_window = false;
}

/*
 * The arena and the pool of list pages: all that the TEE sees of a VM's state. On failure what was
 * got is in o->arena and o->lists.
 */
bool optee_vm_pages_get(struct optee_vm *o)
{
	uint32_t slots = (uint32_t)align_up((uint64_t)o->call_count * OPTEE_SLOT_SIZE, PAGE_SIZE);

	if (!optee_pages_get(o->optee, slots >> PAGE_SHIFT, &o->arena) ||
	    !optee_pages_get(o->optee, optee_list_pages(o->optee, &o->vm.quota), &o->lists))
		return false;
	for (uint32_t i = 0; i < o->call_count; i++)
		slot_init(o, &o->calls[i], i);
	for (uint32_t i = 0; i < o->lists.count; i++)
		o->list_next[i] = i + 1 < o->lists.count ? i + 2 : 0;
	o->free_list = 1;
	return true;
}
