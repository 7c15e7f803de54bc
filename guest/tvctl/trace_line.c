/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record as a line for people, in the manner of strace: a call at its beginning and at its end,
 * with the TEE's requests indented between them.
 */
#include "abi/optee_msg.h"
#include "guest/tvctl/trace.h"
#include <inttypes.h>
#include <stdio.h>

#define NS_PER_US 1000u
#define UUID_TEXT 37u

static void put_name(const char *name, const char *what, uint32_t number)
{
	if (name != NULL)
		(void)fputs(name, stdout);
	else
		printf("%s 0x%x", what, number);
}

static void put_duration(const struct told *t)
{
	if (t->timed)
		printf("  <%" PRIu64 ".%03u us>", t->took / NS_PER_US,
		       (unsigned)(t->took % NS_PER_US));
}

static void put_ta(const struct told *t)
{
	const char *name = name_ta(t->uuid);
	char text[UUID_TEXT];

	format_uuid(t->uuid, text);
	if (name == NULL)
		(void)fputs(text, stdout);
	else if (t->record.event.command == OPTEE_MSG_OPEN_SESSION)
		printf("%s %s", text, name);
	else
		(void)fputs(name, stdout);
}

/* As many as there are up to the last that is not NONE. */
static uint32_t params_of(const struct trace_event *e)
{
	uint32_t count = e->params < TRACE_PARAMS ? e->params : TRACE_PARAMS;

	while (count > 0 && e->types[count - 1] == OPTEE_MSG_ATTR_NONE)
		count--;
	return count;
}

static void put_params(const struct trace_event *e, const char *before)
{
	for (uint32_t i = 0; i < params_of(e); i++) {
		(void)fputs(i != 0 ? ", " : before, stdout);
		put_name(name_param(e->types[i]), "param", e->types[i]);
		if (e->types[i] > OPTEE_MSG_ATTR_VALUE_INOUT)
			printf("[%u]", e->sizes[i]);
	}
}

static bool has_session(uint32_t command)
{
	return command == OPTEE_MSG_INVOKE_COMMAND || command == OPTEE_MSG_CLOSE_SESSION ||
	       command == OPTEE_MSG_CANCEL;
}

static void put_call(const struct told *t)
{
	const struct trace_event *e = &t->record.event;
	const char *before = "";

	put_name(name_command(e->command), "command", e->command);
	putchar('(');
	if (t->has_uuid) {
		put_ta(t);
		before = ", ";
	}
	if (has_session(e->command)) {
		printf("%ssession %u", before, e->session);
		before = ", ";
	}
	if (e->command == OPTEE_MSG_INVOKE_COMMAND)
		printf(", function %u", e->function);
	put_params(e, before);
	putchar(')');
}

static void put_result(uint32_t result, uint32_t origin)
{
	(void)fputs(" = ", stdout);
	put_name(name_result(result), "result", result);
	if (result == TEEC_SUCCESS || origin == 0)
		return;
	(void)fputs(" from ", stdout);
	put_name(name_origin(origin), "origin", origin);
}

static void put_end(const struct told *t)
{
	const struct trace_event *e = &t->record.event;

	put_name(name_command(e->command), "command", e->command);
	if (e->function != 0) {
		printf(" = not done, SMC returned 0x%x", e->function);
	} else {
		put_result(e->result, e->origin);
		if (e->command == OPTEE_MSG_OPEN_SESSION && e->result == TEEC_SUCCESS)
			printf(", session %u", e->session);
	}
	put_duration(t);
}

static void put_rpc(const struct told *t)
{
	const struct trace_event *e = &t->record.event;

	(void)fputs("  rpc ", stdout);
	put_name(name_rpc(e->command), "command", e->command);
	if (e->kind == KIND_REQUEST) {
		putchar('(');
		put_params(e, "");
		putchar(')');
		return;
	}
	put_result(e->result, 0);
	put_duration(t);
}

static void put_tee(const struct told *t)
{
	const struct trace_event *e = &t->record.event;

	switch (e->kind) {
	case KIND_CALL:
		put_call(t);
		break;
	case KIND_END:
		put_end(t);
		break;
	case KIND_REQUEST:
	case KIND_REPLY:
		put_rpc(t);
		break;
	case KIND_REFUSED:
		(void)fputs("REFUSED: ", stdout);
		put_name(name_mediated(e->command), "reason", e->command);
		break;
	case KIND_NOTIFY:
		printf("notified of value %u", e->command);
		break;
	case KIND_FAULT:
		printf("TEE FAULT: it broke its contract with this VM");
		break;
	default:
		printf("event %u", e->kind);
		break;
	}
}

/* time, VM, vCPU, and the call that tells calls of one VM apart */
static void put_where(const struct told *t)
{
	const struct trace_record *r = &t->record;

	printf("%5" PRIu64 ".%06u %-8s ", t->at / 1000000000u,
	       (unsigned)(t->at / NS_PER_US % 1000000u), vm_label(r->vm));
	if (r->vcpu == TRACE_NO_VCPU)
		printf("%-3s ", "-");
	else
		printf("%-3u ", r->vcpu);
	if (r->source == TRACE_TEE && r->event.kind <= KIND_REPLY)
		printf("#%-2u ", r->event.call);
	else
		printf("    ");
}

void trace_line(const struct told *told)
{
	const struct trace_event *e = &told->record.event;

	put_where(told);
	if (told->record.source == TRACE_TEE) {
		put_tee(told);
	} else {
		(void)fputs("VM ", stdout);
		put_name(told->record.source == TRACE_HYPERVISOR ? name_vm_event(e->kind) : NULL,
			 "event", e->kind);
	}
	putchar('\n');
}

void trace_lost(uint64_t lost)
{
	if (!options.json) {
		printf("... %" PRIu64 " records lost ...\n", lost);
		return;
	}
	json_begin();
	json_text("event", "lost");
	json_number("records", lost);
	json_end();
}
