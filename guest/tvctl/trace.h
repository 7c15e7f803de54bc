/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record of the trace together with what earlier records say of it, and who shows it. Times are
 * nanoseconds.
 */
#ifndef TVCTL_TRACE_H
#define TVCTL_TRACE_H

#include "guest/tvctl/tvctl.h"

/* mediator/port.h, enum tee_event_kind: what `kind` is of a record of TRACE_TEE. */
enum tee_kind {
	KIND_CALL,
	KIND_END,
	KIND_REQUEST,
	KIND_REPLY,
	KIND_REFUSED,
	KIND_NOTIFY,
	KIND_FAULT,
};

struct told {
	struct trace_record record;
	uint64_t at;   /* since the first record */
	bool timed;    /* an END or a REPLY whose beginning was seen: */
	uint64_t took; /* since then */
	bool has_uuid; /* of the TA that the call is for: */
	uint8_t uuid[16];
};

/* calls.c */
void calls_tell(const struct trace_record *record, uint64_t hz, struct told *out);
void calls_forget(void);

/* trace_line.c, trace_json.c: one line for a record. */
void trace_line(const struct told *told);
void trace_json(const struct told *told);
void trace_lost(uint64_t lost);

/* summary.c */
void summary_add(const struct told *told);
void summary_show(uint64_t lost);

#endif
