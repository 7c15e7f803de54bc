/* SPDX-License-Identifier: BSD-2-Clause */
/* A record as a JSON object. Numbers always, names where there are some; docs/tvctl.md lists the
 * keys. */
#include "abi/optee_msg.h"
#include "guest/tvctl/trace.h"

#define UUID_TEXT 37u

static void put_params(const struct trace_event *e)
{
	json_list("params");
	for (uint32_t i = 0; i < e->params && i < TRACE_PARAMS; i++) {
		json_object(NULL);
		json_number("type", e->types[i]);
		json_text("kind", name_param(e->types[i]));
		json_number("size", e->sizes[i]);
		json_close('}');
	}
	json_close(']');
}

static void put_ta(const struct told *t)
{
	char text[UUID_TEXT];

	if (!t->has_uuid)
		return;
	format_uuid(t->uuid, text);
	json_text("uuid", text);
	json_text("ta", name_ta(t->uuid));
}

static void put_result(const struct told *t)
{
	json_number("result", t->record.event.result);
	json_text("result_name", name_result(t->record.event.result));
	if (t->timed)
		json_number("took_ns", t->took);
}

static void put_call(const struct told *t, const char *event)
{
	const struct trace_event *e = &t->record.event;
	bool rpc = e->kind == KIND_REQUEST || e->kind == KIND_REPLY;

	json_text("event", event);
	json_number("call", e->call);
	json_number("command", e->command);
	json_text("command_name", rpc ? name_rpc(e->command) : name_command(e->command));
	json_number("session", e->session);
	if (e->kind == KIND_CALL)
		json_number("function", e->function);
	if (e->kind == KIND_END) {
		json_number("smc", e->function);
		json_number("origin", e->origin);
	}
	put_ta(t);
	if (e->kind == KIND_CALL || e->kind == KIND_REQUEST)
		put_params(e);
	else
		put_result(t);
}

static void put_tee(const struct told *t)
{
	static const char *const names[] = {
		[KIND_CALL] = "call",	    [KIND_END] = "end",		[KIND_REQUEST] = "rpc",
		[KIND_REPLY] = "rpc_end",   [KIND_REFUSED] = "refused", [KIND_NOTIFY] = "notify",
		[KIND_FAULT] = "tee_fault",
	};
	const struct trace_event *e = &t->record.event;
	const char *event = e->kind < COUNT_OF(names) ? names[e->kind] : "unknown";

	if (e->kind <= KIND_REPLY) {
		put_call(t, event);
		return;
	}
	json_text("event", event);
	json_number("command", e->command);
	if (e->kind == KIND_REFUSED)
		json_text("reason", name_mediated(e->command));
}

void trace_json(const struct told *told)
{
	const struct trace_record *r = &told->record;

	json_begin();
	json_number("time_ns", told->at);
	json_number("ticks", r->time);
	json_number("vm", r->vm);
	json_text("vm_name", vm_label(r->vm));
	if (r->vcpu != TRACE_NO_VCPU)
		json_number("vcpu", r->vcpu);
	json_number("cpu", r->cpu);
	if (r->source == TRACE_TEE) {
		put_tee(told);
	} else {
		json_text("event", "vm");
		json_number("kind", r->event.kind);
		json_text("what",
			  r->source == TRACE_HYPERVISOR ? name_vm_event(r->event.kind) : NULL);
	}
	json_end();
}
