/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second struct tee over the same model, for tests of what is settled at probe and vm_create: the
 * guests of the machine make room, the TEE may give other answers than the model's, and VMs are
 * made anew. The witness stays on the first. For tests set up without a window, since both would
 * think that it is theirs.
 */
#ifndef TESTS_UNIT_SECOND_TEE_H
#define TESTS_UNIT_SECOND_TEE_H

#include "tests/unit/mediator_guest.h"

/* The TEE's answer to this fast call has this value in this register. */
void second_lie(uint32_t function, uint32_t reg, uint64_t value);
/* Yielding calls of guests[0] go here instead of to the model; NULL: to the model. */
void second_yielding(void (*call)(uint64_t *regs));

/* The port of the second tee, if not fake_port. Before second_begin. */
void second_port(const struct tee_port *port);

/* Destroys guests[0] and [1] and probes anew, with the window there or not. */
void second_begin(bool window);
/* Destroys them again, back to the first tee. */
void second_end(void);

/* How often the TEE was asked this. */
uint32_t second_asked(uint32_t function);

/* A VM for guests[0] or [1], with machine_quota, and the pages of the window that it was given. */
#define WINDOW_PAGES (FAKE_WINDOW_SIZE / PAGE_SIZE)
void second_create(struct guest *g, bool given[WINDOW_PAGES]);

#endif
