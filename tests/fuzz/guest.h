/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest may do, one step each, as the input says. */
#ifndef TESTS_FUZZ_GUEST_H
#define TESTS_FUZZ_GUEST_H

#include "tests/fuzz/world.h"

/* A call with a message of any kind, in any of the three styles. */
void guest_calls(struct world_vm *vm);
void guest_opens(struct world_vm *vm);
void guest_registers(struct world_vm *vm);
void guest_unregisters(struct world_vm *vm);
/* It goes on with a call that waits, and replies well or badly. */
void guest_resumes(struct world_vm *vm);
/* Any registers. */
void guest_calls_raw(struct world_vm *vm);

#endif
