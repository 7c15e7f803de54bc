/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A board for host tests of VMs that come and go: physical CPUs that the test moves by hand, 64 MiB
 * of memory, time that passes as it is looked at, and a TEE that does what the test says. The
 * hypervisor's files about VMs, memory and scheduling are the real ones.
 */
#ifndef TESTS_UNIT_LIFECYCLE_WORLD_H
#define TESTS_UNIT_LIFECYCLE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above */
#include <cmocka.h>

#include "hypervisor/console.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/vm.h"

#define WORLD_CPUS   2u
#define WORLD_HZ     1000000u
#define WORLD_MEMORY MIB(64)

/* A VM of the fake TEE. */
struct fake_tee_vm {
	struct tee_vm vm;
	void *arena;
	unsigned again; /* vm_destroy says AGAIN so many times more */
};

struct world {
	uint64_t ticks;
	char log[4096]; /* what console_log() said last, line after line */
	unsigned cpu;	/* that executes */
	bool off;	/* the board was powered off */
	struct vcpu *loaded[WORLD_CPUS];
	bool pending;	  /* vgic_has_pending() */
	unsigned looks;	  /* at interrupts, so far */
	unsigned call_at; /* the look at which `call` is made */
	void (*call)(void);
	uint64_t cleaned, most_cleaned; /* bytes since interrupts were taken last; the maximum */

	/* The TEE. */
	enum tee_status create, destroy; /* what vm_create and vm_destroy come to */
	unsigned again;			 /* vm_destroy: so many AGAIN before that */
	unsigned partitions;
	unsigned created;
	bool leaves_pins; /* destroy says OK although pages are pinned */
};

extern struct world world;

/* cmocka's setup: a board with its memory free and no VM. */
int world_reset(void **state);

/* A description of a VM with images in place. */
struct vm_config world_config(const char *name);

/* The CPU passes by the scheduler. What it runs then; NULL: it has nothing to do. */
struct vcpu *world_turn(unsigned cpu);

/* All CPUs take turns until nothing more happens. */
void world_settle(void);

/* A VM that runs, with its vCPUs on. */
struct vm *world_vm(const char *name);

bool world_logged(const char *text);

/* What console_set_commands() was given. */
extern const struct console_command *world_commands;

#endif
