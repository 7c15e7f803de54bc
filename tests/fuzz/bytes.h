/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fuzzer's input as a stream of small choices. When it is used up every choice is 0, so 0 always
 * stands for the plain and for the end. And the fuzzers' voice.
 */
#ifndef TESTS_FUZZ_BYTES_H
#define TESTS_FUZZ_BYTES_H

#include "lib/attributes.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz_bytes {
	const uint8_t *at, *end;
};

extern struct fuzz_bytes fuzz_input;

/* Something must not be: say so and abort, which libFuzzer calls a crash. */
void fuzz_fail(const char *what) NORETURN;
/* With FUZZ_TRACE in the environment: what happens, a line each. */
void fuzz_say(const char *format, ...) PRINTF_LIKE(1, 2);

static inline bool fuzz_over(void)
{
	return fuzz_input.at == fuzz_input.end;
}

static inline uint8_t fuzz_u8(void)
{
	return fuzz_over() ? 0 : *fuzz_input.at++;
}

static inline uint64_t fuzz_uint(uint32_t bytes)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < bytes; i++)
		v = v << 8 | fuzz_u8();
	return v;
}

/* 0 to n - 1; n <= 256. */
static inline uint32_t fuzz_pick(uint32_t n)
{
	return fuzz_u8() % n;
}

/* Rarely true: once in n. */
static inline bool fuzz_once_in(uint32_t n)
{
	return fuzz_pick(n) == n - 1;
}

#endif
