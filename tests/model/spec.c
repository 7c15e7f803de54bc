/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model's feeding: see spec.h. What passes through the port is collected until the mediator
 * enters the TEE or answers the guest; then the rules say what it must have been, and whatever is
 * left unexplained is a difference.
 */
#include "tests/model/spec.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct spec_vm vms[FAKE_VMS];
static struct spec_frame frames[SPEC_DEPTH];
static uint32_t depth;
static uint32_t tee_threads;
static bool tee_notifies;
static bool aside;	      /* in a fast call, which belongs to no call of a guest */
static uint64_t aside_client; /* for whom it asks */

void spec_differs(const struct spec_frame *f, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fake_violation("model: %s (call %#llx)", text,
		       f != NULL ? (unsigned long long)f->original[0] : 0);
}

struct spec_vm *spec_vm_of(const struct tee_vm *vm)
{
	for (uint32_t i = 0; i < FAKE_VMS; i++)
		if (vm != NULL && vms[i].tee == vm)
			return &vms[i];
	return NULL;
}

/* What is collected */

static struct spec_frame *top(void)
{
	return depth != 0 ? &frames[depth - 1] : NULL;
}

static void collect(enum spec_kind kind, struct tee_host_vm *host, uint64_t ipa, const void *data,
		    size_t size, bool ok)
{
	struct spec_frame *f = top();

	if (f == NULL || f->vm == NULL || f->vm->host != host)
		return spec_differs(f, "a VM's memory touched outside its calls");
	if (f->event_count == f->event_room) {
		f->event_room = f->event_room * 2 + 16;
		f->events = realloc(f->events, f->event_room * sizeof(*f->events));
	}
	if (f->data_size + size > f->data_room) {
		f->data_room = (f->data_size + (uint32_t)size) * 2 + 4096;
		f->data = realloc(f->data, f->data_room);
	}
	if (ok)
		memcpy(f->data + f->data_size, data, size);
	f->events[f->event_count++] = (struct spec_event){
		.kind = kind, .ok = ok, .ipa = ipa, .size = (uint32_t)size, .data = f->data_size};
	f->data_size += (uint32_t)size;
}

static void saw_read(struct tee_host_vm *vm, uint64_t ipa, const void *data, size_t size, bool ok)
{
	collect(SPEC_READ, vm, ipa, data, size, ok);
}

static void saw_write(struct tee_host_vm *vm, uint64_t ipa, const void *data, size_t size, bool ok)
{
	collect(SPEC_WRITE, vm, ipa, data, size, ok);
}

/* The pages asked for are kept whether it was done or not: first a word that says so. */
static void saw_pin(struct tee_host_vm *vm, const uint64_t *ipas, uint32_t count, bool ok)
{
	collect(SPEC_PIN, vm, ok, ipas, count * sizeof(*ipas), true);
}

static void saw_unpin(struct tee_host_vm *vm, const uint32_t *page_frames, uint32_t count)
{
	collect(SPEC_UNPIN, vm, 0, page_frames, count * sizeof(*page_frames), true);
}

static void saw_interrupt(enum tee_interrupted answer)
{
	if (top() != NULL)
		top()->returned = answer == TEE_RETURN;
}

static void saw_yield(bool answer)
{
	if (top() != NULL)
		top()->yielded |= answer;
}

/* What the rules ask */

struct spec_event *spec_event_next(struct spec_frame *f, enum spec_kind kind)
{
	for (uint32_t i = 0; i < f->event_count; i++)
		if (!f->events[i].used && f->events[i].kind == kind)
			return &f->events[i];
	return NULL;
}

static uint64_t place_ipa(const struct spec_place *place, uint32_t at)
{
	uint32_t o = place->offset + at;

	return place->page[o >> PAGE_SHIFT] + (o & PAGE_MASK);
}

bool spec_read(struct spec_frame *f, const struct spec_place *place, uint32_t at, void *to,
	       uint32_t size)
{
	uint8_t *p = to;
	uint32_t n;

	for (; size > 0; size -= n, at += n, p += n) {
		struct spec_event *e = spec_event_next(f, SPEC_READ);
		uint64_t ipa = place_ipa(place, at);

		if (e == NULL || e->ipa + e->taken != ipa) {
			spec_differs(f, "byte %#llx not read, but %#llx", (unsigned long long)ipa,
				     e != NULL ? (unsigned long long)(e->ipa + e->taken) : 0);
			return false;
		}
		e->used = !e->ok;
		if (!e->ok)
			return false;
		n = (uint32_t)min_u64(size, e->size - e->taken);
		memcpy(p, f->data + e->data + e->taken, n);
		e->taken += n;
		e->used = e->taken == e->size;
	}
	return true;
}

void spec_read_end(struct spec_frame *f, const struct spec_place *place, uint32_t at, uint32_t end)
{
	struct spec_event *e = spec_event_next(f, SPEC_READ);

	while (at < end && e != NULL && e->ipa + e->taken == place_ipa(place, at)) {
		at += e->size - e->taken;
		e->used = true;
		e = spec_event_next(f, SPEC_READ);
	}
}

bool spec_write(struct spec_frame *f, const struct spec_place *place, const void *data,
		uint32_t size)
{
	uint32_t at = 0;

	while (at < size) {
		struct spec_event *e = spec_event_next(f, SPEC_WRITE);

		if (e == NULL || e->ipa != place_ipa(place, at) || e->size > size - at) {
			spec_differs(f, "no answer of %u bytes written at %#llx", size - at,
				     (unsigned long long)place_ipa(place, at));
			return false;
		}
		e->used = true;
		if (!e->ok)
			return false;
		if (memcmp(f->data + e->data, (const uint8_t *)data + at, e->size) != 0)
			spec_differs(f, "other bytes written at %#llx", (unsigned long long)e->ipa);
		at += e->size;
	}
	return true;
}

bool spec_pin(struct spec_frame *f, struct spec_buffer *b, const uint64_t *pages, uint32_t count)
{
	struct spec_event *e = spec_event_next(f, SPEC_PIN);

	if (e == NULL || e->size != count * sizeof(*pages) ||
	    memcmp(f->data + e->data, pages, e->size) != 0) {
		spec_differs(f, "the %u pages listed were not what was pinned", count);
		return false;
	}
	e->used = true;
	if (e->ipa == 0)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		b->page[b->held] = (uint32_t)((pages[i] - FAKE_RAM_IPA) >> PAGE_SHIFT);
		f->vm->pins[b->page[b->held++]]++;
	}
	return true;
}

/* The page of frame i of this event. */
static uint32_t page_of(const struct spec_frame *f, const struct spec_event *e, uint32_t i)
{
	uint32_t frame, page = FAKE_RAM_PAGES;

	memcpy(&frame, f->data + e->data + i * sizeof(frame), sizeof(frame));
	(void)fake_owner((uint64_t)frame << PAGE_SHIFT, &page);
	return page;
}

void spec_unpin(struct spec_frame *f, struct spec_buffer *b)
{
	struct spec_event *e;

	while (b->held != 0 && (e = spec_event_next(f, SPEC_UNPIN)) != NULL) {
		for (uint32_t i = 0; i < e->size / sizeof(uint32_t); i++) {
			uint32_t page = page_of(f, e, i);

			if (b->held == 0 || page != b->page[b->given_back])
				return spec_differs(f, "page %u unpinned, which is in use", page);
			f->vm->pins[page]--;
			b->given_back++;
			b->held--;
		}
		e->used = true;
	}
}

/* A VM that leaves gives all back, in any order. */
static bool release(struct spec_vm *vm, uint32_t page)
{
	for (uint32_t i = 0; i < vm->quota.buffers; i++) {
		struct spec_buffer *b = &vm->buffers[i];

		for (uint32_t n = b->given_back; n < b->given_back + b->held; n++) {
			if (b->page[n] != page)
				continue;
			b->page[n] = b->page[b->given_back++];
			b->held--;
			vm->pins[page]--;
			return true;
		}
	}
	return false;
}

static void release_all(struct spec_frame *f)
{
	struct spec_event *e;

	for (; (e = spec_event_next(f, SPEC_UNPIN)) != NULL; e->used = true)
		for (uint32_t i = 0; i < e->size / sizeof(uint32_t); i++)
			if (!release(f->vm, page_of(f, e, i)))
				spec_differs(f, "vm_destroy unpins what was not pinned");
}

/* The way of a call */

static void push(struct spec_vm *vm, bool host)
{
	struct spec_frame *f = &frames[depth];

	if (depth == SPEC_DEPTH) {
		fprintf(stderr, "model: calls nested too deep\n");
		abort();
	}
	depth++;
	*f = (struct spec_frame){.vm = vm,
				 .host = host,
				 .events = f->events,
				 .event_room = f->event_room,
				 .data = f->data,
				 .data_room = f->data_room};
}

/* The mediator's turn is over: what must it have done? */
static void explain(struct spec_frame *f)
{
	if (f->in_tee)
		spec_tee_left(f);
	else
		spec_guest_calls(f);
	for (uint32_t i = 0; i < f->event_count; i++) {
		static const char *const did[] = {"read", "write", "pin", "unpin"};
		const struct spec_event *e = &f->events[i];

		if (!e->used)
			spec_differs(f, "a %s of %u bytes at %#llx too many", did[e->kind], e->size,
				     (unsigned long long)e->ipa);
	}
	f->event_count = 0;
	f->data_size = 0;
	f->yielded = false;
	f->returned = false;
}

static void saw_enter(const uint64_t *regs)
{
	struct spec_frame *f = top();

	aside = (regs[0] & BIT(31)) != 0;
	aside_client = regs[7];
	if (f == NULL || f->host || aside)
		return;
	explain(f);
	if (f->next == SPEC_ANSWERS)
		spec_differs(f, "the TEE entered, though the guest is owed %#llx",
			     (unsigned long long)f->regs[0]);
	else
		spec_check_entry(f, regs);
	f->in_tee = true;
}

static void copy_message(struct spec_message *to, const void *from, uint32_t params)
{
	memset(to, 0, sizeof(*to));
	memcpy(to, from, spec_message_size(params));
}

/* A notification of a value that there is not. */
static void check_notified(const uint64_t *regs)
{
	for (uint32_t i = 0; i < FAKE_VMS; i++)
		if (vms[i].tee != NULL && vms[i].tee->id == aside_client &&
		    (regs[2] & OPTEE_NOTIF_VALID) != 0 && regs[1] > 63)
			vms[i].tee_faults++;
}

static void saw_leave(const uint64_t *regs)
{
	struct spec_frame *f = top();

	if (aside) {
		aside = false; /* a call that it came in the middle of is still in the TEE */
		if (aside_client != OPTEE_CLIENT_HYPERVISOR)
			check_notified(regs);
		return;
	}
	if (f == NULL || f->host || f->call == NULL || f->call->slot == NULL)
		return;
	memcpy(f->tee, regs, sizeof(f->tee));
	copy_message(&f->answer, f->call->slot, f->call->message.h.num_params);
	copy_message(&f->request, (const uint8_t *)f->call->slot + f->call->slot_rpc, 4);
}

static const struct fake_watch watch = {
	.read = saw_read,
	.write = saw_write,
	.pin = saw_pin,
	.unpin = saw_unpin,
	.enter = saw_enter,
	.leave = saw_leave,
	.interrupted = saw_interrupt,
	.asked_to_yield = saw_yield,
};

void spec_call_begin(struct tee_vm *vm, const uint64_t *regs)
{
	struct spec_frame *f;

	if (fake.watch != &watch)
		return;
	push(spec_vm_of(vm), false);
	f = top();
	f->caller = regs;
	memcpy(f->regs, regs, sizeof(f->regs));
	memcpy(f->original, regs, sizeof(f->original));
}

/* A handle resumes one call, and was not the last one of this. */
static void learn_handle(struct spec_frame *f, uint64_t handle)
{
	if (handle >> 32 != 0 || f->call->handle == (uint32_t)handle)
		spec_differs(f, "handle %#llx", (unsigned long long)handle);
	for (uint32_t i = 0; i < f->vm->call_limit; i++) {
		const struct spec_call *c = &f->vm->calls[i];

		if (c != f->call && c->exists && c->wait != SPEC_RUNS &&
		    c->handle == (uint32_t)handle)
			spec_differs(f, "two calls with handle %#x", c->handle);
	}
	f->call->handle = (uint32_t)handle;
}

static void check_answer(struct spec_frame *f, const uint64_t *regs)
{
	bool fast = (f->original[0] & BIT(31)) != 0;

	if (f->suspends) {
		learn_handle(f, regs[3]);
		f->regs[3] = regs[3];
	}
	/* What a fast call answers is not the model's, but that it is known. */
	if (fast && (uint32_t)regs[0] == OPTEE_SMC_UNKNOWN_FUNCTION)
		spec_refused(f->vm, TEE_REFUSED_FUNCTION);
	for (uint32_t i = fast ? 4 : 0; i < 18; i++)
		if (regs[i] != f->regs[i])
			spec_differs(f, "x%u is %#llx, not %#llx", i, (unsigned long long)regs[i],
				     (unsigned long long)f->regs[i]);
}

void spec_call_end(struct tee_vm *vm, const uint64_t *regs, enum tee_verdict verdict)
{
	struct spec_frame *f = top();

	if (f == NULL || f->caller != regs)
		return;
	explain(f);
	if (verdict != TEE_DONE)
		spec_differs(f, "verdict %d", verdict);
	if (f->next != SPEC_ANSWERS)
		spec_differs(f, "the guest has x0 = %#llx, and the TEE was not entered",
			     (unsigned long long)regs[0]);
	else
		check_answer(f, regs);
	depth--;
	spec_compare(vm);
}

/* VMs come and go */

static void forget(struct spec_vm *vm)
{
	for (uint32_t i = 0; i < vm->quota.buffers; i++)
		free(vm->buffers[i].page);
	memset(vm->buffers, 0, vm->quota.buffers * sizeof(vm->buffers[0]));
	memset(vm, 0, offsetof(struct spec_vm, buffers));
}

void spec_create_begin(void)
{
	push(NULL, true);
}

void spec_create_end(struct tee_host_vm *host, struct tee_vm *tee, enum tee_status status)
{
	struct spec_vm *vm = &vms[host->index];

	depth--;
	if (status != TEE_STATUS_OK)
		return;
	forget(vm);
	vm->tee = tee;
	vm->host = host;
	vm->quota = tee->quota;
	vm->tee_threads = tee_threads;
	vm->notifies = tee_notifies;
	vm->call_limit = (uint32_t)min_u64(vm->quota.calls, tee_threads);
	if (vm->call_limit == 0)
		vm->call_limit = 1;
	memcpy(vm->pins, host->pins, sizeof(vm->pins)); /* of a VM before it, for ever */
	spec_compare_first(tee);
}

void spec_destroy_begin(struct tee_vm *tee)
{
	struct spec_vm *vm = spec_vm_of(tee);

	push(vm, true);
	vm->leaving = true;
}

void spec_destroy_end(struct tee_vm *tee, enum tee_status status)
{
	struct spec_vm *vm = spec_vm_of(tee);
	struct spec_frame *f = top();

	release_all(f);
	if (spec_event_next(f, SPEC_READ) != NULL || spec_event_next(f, SPEC_WRITE) != NULL ||
	    spec_event_next(f, SPEC_PIN) != NULL)
		spec_differs(f, "vm_destroy touches the guest");
	if (memcmp(vm->pins, vm->host->pins, sizeof(vm->pins)) != 0)
		spec_differs(f, "vm_destroy: other pins");
	depth--;
	if (status == TEE_STATUS_AGAIN)
		return;
	for (uint32_t i = 0; status == TEE_STATUS_OK && i < vm->quota.buffers; i++)
		if (vm->buffers[i].held != 0)
			spec_differs(NULL, "%u pages of buffer %#llx are still pinned",
				     vm->buffers[i].held,
				     (unsigned long long)vm->buffers[i].cookie);
	forget(vm);
}

void spec_threads(uint32_t threads)
{
	tee_threads = threads;
}

void spec_reset(uint32_t threads, bool notifies)
{
	depth = 0;
	tee_threads = threads;
	tee_notifies = notifies;
	aside = false;
	fake.watch = &watch;
}

void spec_release(void)
{
	for (uint32_t i = 0; i < FAKE_VMS; i++)
		forget(&vms[i]);
	for (uint32_t i = 0; i < SPEC_DEPTH; i++) {
		free(frames[i].events);
		free(frames[i].data);
		frames[i] = (struct spec_frame){0};
	}
}
