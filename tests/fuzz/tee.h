/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TEE in the fuzzers' hands: the model TEE, whose trusted application does what the input says
 * (requests of every kind, results of every kind), and which can be told to lie: to answer what it
 * did not do. Other vCPUs run while a call is in the TEE.
 */
#ifndef TESTS_FUZZ_TEE_H
#define TESTS_FUZZ_TEE_H

#include "tests/fuzz/world.h"

/* The Secure world. */
void tee_smc(uint64_t *regs);
void tee_reset(void);

/* From its n-th call on, this VM's TEE lies for so many calls. */
void tee_lies(const struct world_vm *vm, uint32_t after, uint32_t count);

/* Called in the middle of a call: what the other vCPUs do. */
extern void (*tee_meanwhile)(void);

#endif
