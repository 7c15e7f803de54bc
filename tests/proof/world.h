/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world that a proof calls the mediator in: one VM with any content that its invariants
 * allow, and a port whose answers are any that its contract allows and whose arguments are checked
 * against that contract. Sizes are bounds of the proofs; docs/proofs.md lists them.
 */
#ifndef TESTS_PROOF_WORLD_H
#define TESTS_PROOF_WORLD_H

#include "mediator/optee/optee.h"

#ifndef PROOF_BUFFERS
#define PROOF_BUFFERS 2u
#endif
#ifndef PROOF_CALLS
#define PROOF_CALLS 2u
#endif
#ifndef PROOF_CHUNKS
#define PROOF_CHUNKS 2u
#endif
#ifndef PROOF_LISTS
#define PROOF_LISTS 2u
#endif

/* What a slot holds: a message of at most six parameters and a request area of four. */
#define PROOF_SLOT_WORDS (OPTEE_SLOT_SIZE / sizeof(uint64_t))

struct world {
	struct optee_vm *o;
	struct optee_call *c; /* the call that the proof is about; RUNNING */
	bool locked, tee_locked;
	uint32_t reads, writes, pins, unpins;
	uint64_t bytes;		   /* read and written */
	uint64_t pinned, unpinned; /* pages, over all calls */
};

extern struct world world;
extern struct optee_object world_objects[PROOF_BUFFERS];
extern struct optee_call world_calls[PROOF_CALLS];
extern struct optee_chunk world_chunks[PROOF_CHUNKS];
extern uint32_t world_list_next[PROOF_LISTS];
extern uint64_t world_lists[PROOF_LISTS][PAGE_SIZE / sizeof(uint64_t)];
extern uint64_t world_slots[PROOF_CALLS][PROOF_SLOT_WORDS];

/* Everything of any content, then assumed to be as the invariants say. */
void world_init(void);

/* This can happen: CBMC must find a way to here on which `condition` holds, or the proof is empty.
 */
#define REACHED(condition, what) __CPROVER_assert(!(condition), "reached: " what)

#define CLAIM(condition, what) __CPROVER_assert(condition, what)
#define GIVEN(condition)       __CPROVER_assume(condition)

#endif
