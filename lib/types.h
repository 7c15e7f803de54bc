/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of different kinds have different types, so that mixing them stops at the compiler.
 * The generated code is that of a plain 64-bit integer.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An address as a guest sees it: the input of its stage 2. */
typedef struct {
	uint64_t ipa;
} ipa_t;

/* An address as the bus sees it. */
typedef struct {
	uint64_t pa;
} pa_t;

#define PAGE_SHIFT 12u
#define PAGE_SIZE  4096u
#define PAGE_MASK  0xfffull

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

static inline ipa_t ipa(uint64_t a)
{
	return (ipa_t){a};
}

static inline pa_t pa(uint64_t a)
{
	return (pa_t){a};
}

#endif
