/* SPDX-License-Identifier: BSD-2-Clause */
/* trace: asks for records again and again, and hands each to those who show it. */
#include "guest/tvctl/trace.h"
#include <stdio.h>
#include <string.h>

#define LOOK_MS 50u

static bool one_vm;
static uint32_t the_vm;
static uint64_t lost;

/* A VM that was created or has gone since the list was read. */
static bool list_is_old(const struct trace_record *r)
{
	return r->source == TRACE_HYPERVISOR && r->event.kind == TRACE_VM_STARTED &&
	       vm_by_id(r->vm) == NULL;
}

static void show(const struct trace_record *record, uint64_t hz)
{
	struct told told;

	calls_tell(record, hz, &told);
	if (one_vm && record->vm != the_vm)
		return;
	if (options.summary)
		summary_add(&told);
	else if (options.json)
		trace_json(&told);
	else
		trace_line(&told);
}

static void show_lost(uint64_t all)
{
	if (all > lost) {
		calls_forget();
		if (!options.summary)
			trace_lost(all - lost);
	}
	lost = all;
}

/* How many records there were; all that fitted: there may be more. */
static uint32_t ask(uint32_t from, bool *more)
{
	struct trace_record records[(CONTROL_BODY_MAX - sizeof(struct control_records)) /
				    sizeof(struct trace_record)];
	struct control_trace which = {.from = from};
	struct control_records head;
	const uint8_t *at;
	bool old = false;

	memcpy(&head, channel_get(CONTROL_TRACE, &which, sizeof(which), sizeof(head)),
	       sizeof(head));
	at = channel_records(sizeof(head), head.count, head.size, sizeof(records[0]));
	if (head.hz == 0)
		die(STATUS_PROTOCOL, "a trace without the counter's frequency");
	*more = head.size != 0 &&
		head.count == (CONTROL_BODY_MAX - sizeof(head)) / (uint64_t)head.size;
	for (uint32_t i = 0; i < head.count; i++) {
		memcpy(&records[i], at + (size_t)i * head.size, sizeof(records[i]));
		old = old || list_is_old(&records[i]);
	}
	if (old)
		vms_read(); /* takes the place of the reply */
	show_lost(head.lost);
	for (uint32_t i = 0; i < head.count; i++)
		show(&records[i], head.hz);
	(void)fflush(stdout);
	return head.count;
}

enum status do_trace(const char *none)
{
	bool old = options.all || !options.follow, more;

	(void)none;
	vms_read();
	one_vm = options.vm != NULL;
	if (one_vm)
		the_vm = vm_named(options.vm)->id;
	stop_on_signals();
	(void)ask(old ? CONTROL_FROM_OLDEST : CONTROL_FROM_NOW, &more);
	while (!stopped() && (more || options.follow)) {
		if (!more)
			pause_ms(LOOK_MS);
		(void)ask(CONTROL_FROM_LAST, &more);
	}
	if (options.summary)
		summary_show(lost);
	return STATUS_DONE;
}
