/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * top: each second what every VM does, from the differences of its counters. They begin anew when
 * a VM does: then the new ones are the difference.
 */
#include "guest/tvctl/tvctl.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROUND_MS  1000u
#define NS_PER_MS 1000000u
#define SEEN_MAX  64u
#define CLEAR	  "\033[H\033[J"

struct seen {
	bool used;
	uint32_t id;
	uint64_t calls, rpcs, refusals;
};

static struct seen before[SEEN_MAX], now[SEEN_MAX];

static struct seen *seen_of(struct seen *table, uint32_t id)
{
	for (uint32_t i = 0; i < SEEN_MAX; i++)
		if (table[i].used && table[i].id == id)
			return &table[i];
	return NULL;
}

static uint64_t rate(uint64_t was, uint64_t is, uint64_t ms)
{
	uint64_t more = is >= was ? is - was : is;

	return ms != 0 ? more * 1000u / ms : 0;
}

static uint64_t refusals_of(const struct control_counters *count)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < CONTROL_REFUSALS; i++)
		sum += count->refusals[i];
	return sum;
}

/* False: the VM has gone since it was listed. */
static bool ask(uint32_t id, struct control_info *info)
{
	struct control_which which = {.vm = id};
	uint32_t code = channel_ask(CONTROL_INFO, &which, sizeof(which));

	if (code == CONTROL_NO_VM)
		return false;
	memcpy(info, channel_get(CONTROL_INFO, &which, sizeof(which), sizeof(*info)),
	       sizeof(*info));
	return true;
}

static void show(const struct control_info *info, const struct seen *is, uint64_t ms)
{
	const struct seen *was = seen_of(before, is->id);
	bool known = was != NULL;

	printf("%-3u %-12s %-8s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %7u %8u %8u\n", is->id,
	       vm_label(is->id), vm_state(info->vm.state),
	       known ? rate(was->calls, is->calls, ms) : 0,
	       known ? rate(was->rpcs, is->rpcs, ms) : 0,
	       known ? rate(was->refusals, is->refusals, ms) : 0, info->used.pages,
	       info->used.buffers, info->used.sessions);
}

static void one_round(uint64_t ms)
{
	struct control_info info;

	vms_read();
	printf("%s%s\n", isatty(STDOUT_FILENO) != 0 ? CLEAR : "",
	       "ID  NAME         STATE      CALLS/S    RPCS/S REFUSED/S   PAGES  BUFFERS SESSIONS");
	memset(now, 0, sizeof(now));
	for (uint32_t i = 0; i < vms_count && i < SEEN_MAX; i++) {
		if (!ask(vms[i].id, &info))
			continue;
		now[i] = (struct seen){.used = true,
				       .id = vms[i].id,
				       .calls = info.count.calls,
				       .rpcs = info.count.rpcs,
				       .refusals = refusals_of(&info.count)};
		show(&info, &now[i], ms);
	}
	memcpy(before, now, sizeof(before));
	(void)fflush(stdout);
}

enum status do_top(const char *none)
{
	uint64_t last = clock_ns();

	(void)none;
	stop_on_signals();
	for (uint32_t i = 0; !stopped() && (options.rounds == 0 || i < options.rounds); i++) {
		uint64_t time;

		if (i != 0)
			pause_ms(ROUND_MS);
		if (stopped())
			break;
		time = clock_ns();
		one_round((time - last) / NS_PER_MS);
		last = time;
	}
	return STATUS_DONE;
}
