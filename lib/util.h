/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arithmetic that every room needs: bits, rounding, ranges that cannot wrap. No state.
 */
#ifndef LIB_UTIL_H
#define LIB_UTIL_H

#include "lib/contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BIT(n)		 (1ull << (n))
#define BITS(hi, lo)	 ((~0ull >> (63 - (hi))) & (~0ull << (lo)))
#define FIELD(v, hi, lo) (((v)&BITS(hi, lo)) >> (lo))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define CONTAINER_OF(ptr, type, member) ((type *)((uintptr_t)(ptr)-offsetof(type, member)))

static inline uint64_t align_down(uint64_t v, uint64_t to) REQUIRES(to != 0 && (to & (to - 1)) == 0)
	ENSURES(RESULT <= v && v - RESULT < to && (RESULT & (to - 1)) == 0)
{
	return v & ~(to - 1);
}

/* The caller knows that v + to does not wrap. `to` is a power of two. */
static inline uint64_t align_up(uint64_t v, uint64_t to)
	REQUIRES(to != 0 && (to & (to - 1)) == 0 && v <= UINT64_MAX - (to - 1))
		ENSURES(RESULT >= v && RESULT - v < to && (RESULT & (to - 1)) == 0)
{
	return (v + to - 1) & ~(to - 1);
}

static inline bool is_aligned(uint64_t v, uint64_t to)
{
	return (v & (to - 1)) == 0;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* [base, base + size) lies inside [0, limit), for any three numbers. An empty range never does. */
static inline bool range_inside(uint64_t base, uint64_t size, uint64_t limit)
	ENSURES(RESULT == (size != 0 && (__uint128_t)base + size <= limit))
{
	return size != 0 && base < limit && size <= limit - base;
}

/* The two ranges have a byte in common. Neither may wrap. */
static inline bool ranges_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
	REQUIRES(a + a_size >= a && b + b_size >= b)
		ENSURES(RESULT == (max_u64(a, b) < min_u64(a + a_size, b + b_size)))
{
	return a_size != 0 && b_size != 0 && a < b + b_size && b < a + a_size;
}

#endif
