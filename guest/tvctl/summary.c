/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace -c: how often each VM made each call, how long they took, and how many failed. A call
 * counts when it ends; one whose beginning was not seen counts without its time.
 */
#include "abi/optee_msg.h"
#include "guest/tvctl/trace.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NS_PER_US 1000u
#define NAME_MAX  40u
#define LABEL_MAX 32u

struct row {
	uint16_t vm;
	uint8_t kind;
	uint32_t command;
	uint64_t count, timed, errors, total, longest; /* ns */
	char label[LABEL_MAX];			       /* the VM may be gone at the end */
};

static struct row *rows;
static uint32_t used, room;

static struct row *new_row(const struct trace_record *r)
{
	if (used == room) {
		struct row *more;

		room = room != 0 ? room * 2 : 64;
		more = realloc(rows, room * sizeof(*rows));
		if (more == NULL)
			die(STATUS_PROTOCOL, "no memory for the summary");
		rows = more;
	}
	rows[used] = (struct row){.vm = r->vm, .kind = r->event.kind, .command = r->event.command};
	(void)snprintf(rows[used].label, LABEL_MAX, "%s", vm_label(r->vm));
	return &rows[used++];
}

static struct row *row_of(const struct trace_record *r)
{
	for (uint32_t i = 0; i < used; i++)
		if (rows[i].vm == r->vm && rows[i].kind == r->event.kind &&
		    rows[i].command == r->event.command)
			return &rows[i];
	return new_row(r);
}

void summary_add(const struct told *t)
{
	const struct trace_event *e = &t->record.event;
	struct row *row;

	if (t->record.source != TRACE_TEE || e->kind == KIND_CALL || e->kind == KIND_REQUEST)
		return;
	row = row_of(&t->record);
	row->count++;
	row->errors += e->result != TEEC_SUCCESS || (e->kind == KIND_END && e->function != 0);
	if (!t->timed)
		return;
	row->timed++;
	row->total += t->took;
	row->longest = t->took > row->longest ? t->took : row->longest;
}

static const char *named(const char *prefix, const char *name, uint32_t number)
{
	static char text[NAME_MAX];

	if (name != NULL)
		(void)snprintf(text, sizeof(text), "%s%s", prefix, name);
	else
		(void)snprintf(text, sizeof(text), "%s0x%x", prefix, number);
	return text;
}

static const char *name_of(const struct row *row)
{
	switch (row->kind) {
	case KIND_END:
		return named("", name_command(row->command), row->command);
	case KIND_REPLY:
		return named("rpc ", name_rpc(row->command), row->command);
	case KIND_REFUSED:
		return named("refused: ", name_mediated(row->command), row->command);
	case KIND_NOTIFY:
		return named("notified ", NULL, row->command);
	default:
		return named("tee fault ", NULL, row->command);
	}
}

static int by_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	return (x->total < y->total) - (x->total > y->total);
}

static void show_json(const struct row *row)
{
	json_begin();
	json_number("vm", row->vm);
	json_text("vm_name", row->label);
	json_text("what", name_of(row));
	json_number("count", row->count);
	json_number("errors", row->errors);
	json_number("timed", row->timed);
	json_number("total_ns", row->total);
	json_number("longest_ns", row->longest);
	json_end();
}

static void show_row(const struct row *row)
{
	uint64_t average = row->timed != 0 ? row->total / row->timed : 0;

	printf("%-8s %-24s %9" PRIu64 " %7" PRIu64 " %12" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n",
	       row->label, name_of(row), row->count, row->errors, row->total / NS_PER_US,
	       average / NS_PER_US, row->longest / NS_PER_US);
}

void summary_show(uint64_t lost)
{
	if (used != 0)
		qsort(rows, used, sizeof(*rows), by_time);
	if (!options.json)
		puts("VM       WHAT                         COUNT  ERRORS     TOTAL us AVERAGE us "
		     "LONGEST us");
	for (uint32_t i = 0; i < used; i++) {
		if (options.json)
			show_json(&rows[i]);
		else
			show_row(&rows[i]);
	}
	if (lost != 0)
		trace_lost(lost);
}
