/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Group F: the VM resets itself with buffers, a session and calls open, in one of several states
 * chosen by the clock; its CPU 1 may be inside the TEE at that moment. Prints a line per life.
 */
#include "abi/psci.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "guest/lib/console.h"
#include "guest/teebad/tee.h"

static struct tee_call waiting[2];

static void leave_request_open(void)
{
	waiting[0].hold = true;
	tee_search(&waiting[0], PAGE_MESSAGE);
	(void)tee_call(&waiting[0]);
}

/* The TEE asks for a buffer, and gets none. */
static void leave_allocation_open(void)
{
	struct tee_call *c = &waiting[0];

	c->style = OPTEE_SMC_CALL_WITH_ARG;
	tee_search(c, PAGE_MESSAGE);
	c->regs[0] = c->style;
	c->regs[1] = (uintptr_t)c->message >> 32;
	c->regs[2] = (uint32_t)(uintptr_t)c->message;
	(void)tee_enter(c);
}

/* 64 MiB are registered in steps; whoever is stopped in between has some of it pinned. */
static void register_for_ever(void *arg)
{
	(void)arg;
	for (;;) {
		tee_list(16384);
		(void)tee_register(7, tee_page(PAGE_LIST), 16384 * PAGE);
		(void)tee_unregister(7);
	}
}

static void work_for_ever(void *arg)
{
	(void)arg;
	for (;;)
		(void)tee_works();
}

void attack_by_dying(void)
{
	uint64_t way = clock_now() / 64 % 6;
	bool works = tee_works();

	print("life: the TEE %s; dying in way %llu\n", works ? "works" : "FAILS",
	      (unsigned long long)way);
	tee_list(64);
	(void)tee_register(1, tee_page(PAGE_LIST), 64 * PAGE);
	(void)tee_open_devices();
	if (way == 1 || way == 2)
		leave_request_open();
	else if (way == 3)
		leave_allocation_open();
	if (way >= 4 && board.cpus > 1)
		(void)smp_start(1, way == 4 ? register_for_ever : work_for_ever, (void *)0);
	clock_wait(clock_ms(1 + way));
	(void)psci_call(PSCI_SYSTEM_RESET, 0, 0, 0);
	for (;;)
		;
}
