/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of different kinds have different types, so that mixing them stops at the compiler.
 * The generated code is that of a plain 64-bit integer. Part of the mediator's public headers: no
 * other name of ours reaches a foreign host from here.
 */
#ifndef LIB_ADDRESS_H
#define LIB_ADDRESS_H

#include <stdint.h>

/* An address as a guest sees it: the input of its stage 2. */
typedef struct {
	uint64_t ipa;
} ipa_t;

/* An address as the bus sees it. */
typedef struct {
	uint64_t pa;
} pa_t;

static inline ipa_t ipa(uint64_t a)
{
	return (ipa_t){a};
}

static inline pa_t pa(uint64_t a)
{
	return (pa_t){a};
}

#endif
