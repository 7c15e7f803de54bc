/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world around the devices for host tests: two VMs, a UART that remembers what it sent, a clock
 * that stands still until told, interrupt lines that are only looked at.
 */
#ifndef TESTS_UNIT_DEVICES_WORLD_H
#define TESTS_UNIT_DEVICES_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above */
#include <cmocka.h>

#include "hypervisor/console.h"
#include "hypervisor/vm.h"

#define WORLD_HZ 1000u

struct world {
	char sent[65536]; /* NUL-terminated */
	size_t sent_length;
	const char *typed; /* what is yet to be received */
	uint64_t ticks;
	bool line[64]; /* levels given to vgic_set_line() */
	unsigned line_calls;
	bool rescheduled; /* sched_look_again() */
	bool gic_accessed;
	uint64_t cleaned; /* bytes given to the cache functions */
};

extern struct world world;
extern struct vm world_vm[2];
extern struct vcpu world_vcpu;

/* A cmocka setup function: all as at boot, the focus on VM 0. */
int world_reset(void **state);

/* Forget what was sent. */
void world_clear(void);

/* Receive these characters. */
void world_type(const char *text);

/* The VM prints. */
void world_print(uint32_t vm, const char *text);

/* What was sent since is exactly this. */
void expect_sent(const char *text);

/* One access through device_access(); what a load returned. Fails the test if nothing is there. */
uint64_t world_load(uint64_t address, uint8_t size);
void world_store(uint64_t address, uint8_t size, uint64_t value);

#endif
