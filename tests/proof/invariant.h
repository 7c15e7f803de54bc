/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What holds of a VM's state whenever its lock is free, and what a message for the TEE may hold:
 * the words in which the contracts of mediator/optee/optee.h are written. Every proof that starts
 * from a state assumes the invariant and shows that it holds again; unwinding is bounded by the
 * sizes of world.h.
 */
#ifndef TESTS_PROOF_INVARIANT_H
#define TESTS_PROOF_INVARIANT_H

#include <stdbool.h>
#include <stdint.h>

struct optee_vm;
struct optee_call;
struct optee_object;
struct optee_span;

/* [at, at + size) of the span can be read and written; pages of a pinned one are pinned. */
bool span_holds(const struct optee_vm *o, const struct optee_span *span, uint32_t at,
		uint32_t size);

/* The pins of an object of up to four pages include this frame. */
bool page_pinned(const struct optee_vm *o, uint64_t frame);

/* Nothing but what a guest may know that the TEE can. */
bool capabilities_offered(uint64_t capabilities);

/* A login method of the TEE Client API, or the kernel's. */
bool login_exists(uint64_t login);

#endif
