/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace over the control channel. The session has a place in it: each request gets the records
 * from there on, as many as a reply holds. Nothing is kept for a reader that is slow: it is told
 * how many it lost. One request is in work at a time (control.h), which guards the reader.
 */
#include "arch/clock.h"
#include "hypervisor/control_requests.h"
#include "hypervisor/trace.h"

#define RECORDS_MAX                                                                                \
	((CONTROL_BODY_MAX - sizeof(struct control_records)) / sizeof(struct trace_record))

static struct {
	bool begun;
	struct trace_reader place;
} reader;

void control_new_session(void)
{
	reader.begun = false;
}

static void begin(bool all)
{
	trace_reader_begin(&reader.place, all);
	reader.begun = true;
}

uint32_t control_trace(const void *body, void *reply, uint32_t *length)
{
	const struct control_trace *request = body;
	struct control_records *head = reply;
	struct trace_record *out = (struct trace_record *)(head + 1);

	if (request->from > CONTROL_FROM_OLDEST)
		return CONTROL_BAD_VALUE;
	if (!reader.begun || request->from != CONTROL_FROM_LAST)
		begin(request->from == CONTROL_FROM_OLDEST);
	while (head->count < RECORDS_MAX && trace_read(&reader.place, &out[head->count]))
		head->count++;
	head->hz = clock_hz();
	head->lost = reader.place.lost;
	head->size = sizeof(*out);
	*length = (uint32_t)(sizeof(*head) + head->count * sizeof(*out));
	return 0;
}
