/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a record of the trace does not say itself: when its call or request began, and which TA a
 * session is with. Tables of fixed size: the oldest entry makes room. After records were lost
 * nothing is known of the calls, so that no wrong duration is shown.
 */
#include "abi/optee_msg.h"
#include "guest/tvctl/trace.h"
#include <string.h>

#define CALLS	 512u
#define SESSIONS 2048u
#define NS_PER_S 1000000000ull

struct call {
	bool used, asks;
	uint16_t vm, index;
	uint64_t began, asked; /* ticks */
	bool has_uuid;
	uint8_t uuid[16];
};

struct session {
	bool used;
	uint16_t vm;
	uint32_t id;
	uint8_t uuid[16];
};

static struct call calls[CALLS];
static struct session sessions[SESSIONS];
static uint32_t next_call, next_session;
static uint64_t first_time;
static bool has_first;

static uint64_t to_ns(uint64_t ticks, uint64_t hz)
{
	return ticks / hz * NS_PER_S + (uint64_t)((unsigned __int128)(ticks % hz) * NS_PER_S / hz);
}

static struct call *find_call(const struct trace_record *r)
{
	for (uint32_t i = 0; i < CALLS; i++)
		if (calls[i].used && calls[i].vm == r->vm && calls[i].index == r->event.call)
			return &calls[i];
	return NULL;
}

static struct session *find_session(uint16_t vm, uint32_t id)
{
	for (uint32_t i = 0; i < SESSIONS; i++)
		if (sessions[i].used && sessions[i].vm == vm && sessions[i].id == id)
			return &sessions[i];
	return NULL;
}

static struct call *new_call(void)
{
	for (uint32_t i = 0; i < CALLS; i++)
		if (!calls[i].used)
			return &calls[i];
	return &calls[next_call++ % CALLS];
}

static struct session *new_session(void)
{
	for (uint32_t i = 0; i < SESSIONS; i++)
		if (!sessions[i].used)
			return &sessions[i];
	return &sessions[next_session++ % SESSIONS];
}

static void begin_call(const struct trace_record *r)
{
	struct call *c = find_call(r);
	const struct session *s = find_session(r->vm, r->event.session);
	uint32_t command = r->event.command;

	if (c == NULL)
		c = new_call();
	*c = (struct call){.used = true, .vm = r->vm, .index = r->event.call, .began = r->time};
	if (command == OPTEE_MSG_OPEN_SESSION)
		memcpy(c->uuid, r->event.uuid, sizeof(c->uuid));
	else if (s != NULL)
		memcpy(c->uuid, s->uuid, sizeof(c->uuid));
	c->has_uuid =
		command == OPTEE_MSG_OPEN_SESSION || (s != NULL && command <= OPTEE_MSG_CANCEL);
}

static void end_call(const struct trace_record *r, struct call *c)
{
	struct session *s = find_session(r->vm, r->event.session);
	bool good = r->event.function == 0 && r->event.result == TEEC_SUCCESS;

	if (r->event.command == OPTEE_MSG_OPEN_SESSION && good) {
		if (s == NULL)
			s = new_session();
		*s = (struct session){.used = true, .vm = r->vm, .id = r->event.session};
		memcpy(s->uuid, c->uuid, sizeof(s->uuid));
	} else if (r->event.command == OPTEE_MSG_CLOSE_SESSION && good && s != NULL) {
		s->used = false;
	}
	c->used = false;
}

static void forget_vm(uint16_t vm)
{
	for (uint32_t i = 0; i < CALLS; i++)
		calls[i].used = calls[i].used && calls[i].vm != vm;
	for (uint32_t i = 0; i < SESSIONS; i++)
		sessions[i].used = sessions[i].used && sessions[i].vm != vm;
}

void calls_forget(void)
{
	memset(calls, 0, sizeof(calls));
}

/* The counters of two CPUs may differ by a little: never a negative time. */
static uint64_t ns_between(uint64_t from, uint64_t to, uint64_t hz)
{
	return to > from ? to_ns(to - from, hz) : 0;
}

static void tell_of_call(const struct call *c, uint64_t hz, struct told *out)
{
	uint8_t kind = out->record.event.kind;

	out->has_uuid = c->has_uuid;
	memcpy(out->uuid, c->uuid, sizeof(out->uuid));
	out->timed = kind == KIND_END || (kind == KIND_REPLY && c->asks);
	if (out->timed)
		out->took =
			ns_between(kind == KIND_END ? c->began : c->asked, out->record.time, hz);
}

static void follow_tee(const struct trace_record *r, uint64_t hz, struct told *out)
{
	struct call *c;

	if (r->event.kind > KIND_REPLY)
		return; /* about no call in particular */
	if (r->event.kind == KIND_CALL)
		begin_call(r);
	c = find_call(r);
	if (c == NULL)
		return;
	tell_of_call(c, hz, out);
	if (r->event.kind == KIND_REQUEST)
		c->asked = r->time;
	c->asks = r->event.kind == KIND_REQUEST;
	if (r->event.kind == KIND_END)
		end_call(r, c);
}

void calls_tell(const struct trace_record *record, uint64_t hz, struct told *out)
{
	if (!has_first)
		first_time = record->time;
	has_first = true;
	*out = (struct told){.record = *record, .at = ns_between(first_time, record->time, hz)};
	if (record->source == TRACE_TEE)
		follow_tee(record, hz, out);
	else if (record->source == TRACE_HYPERVISOR && record->event.kind == TRACE_VM_STOPPED)
		forget_vm(record->vm);
}
