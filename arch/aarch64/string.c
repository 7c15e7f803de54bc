/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The three memory functions on hot paths, word by word in general registers. picolibc's are byte
 * loops in Debian's build, and its fast ones use SIMD registers, which hold a guest's data while
 * EL2 runs. Everything else of <string.h> comes from picolibc. Unaligned words are fine: these run
 * with the MMU on, on Normal memory, or on aligned data before that.
 */
#include "arch/aarch64/copy.h"
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias)) word_t;

static inline int words_ok(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & 7) == 0;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (words_ok(to, from)) {
		size_t words = n & ~(size_t)7;

		copy_words(t, f, words);
		t += words;
		f += words;
		n -= words;
	}
	while (n-- > 0)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int value, size_t n)
{
	unsigned char *t = to;
	uint64_t word = 0x0101010101010101ull * (unsigned char)value;

	for (; n > 0 && ((uintptr_t)t & 7) != 0; n--)
		*t++ = (unsigned char)value;
	for (; n >= 32; n -= 32, t += 32) {
		word_t *tw = (word_t *)(void *)t;

		tw[0] = word;
		tw[1] = word;
		tw[2] = word;
		tw[3] = word;
	}
	for (; n >= 8; n -= 8, t += 8)
		*(word_t *)(void *)t = word;
	while (n-- > 0)
		*t++ = (unsigned char)value;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if ((uintptr_t)t <= (uintptr_t)f || (uintptr_t)f + n <= (uintptr_t)t) {
		while (n-- > 0)
			*t++ = *f++;
		return to;
	}
	while (n-- > 0)
		t[n] = f[n];
	return to;
}
