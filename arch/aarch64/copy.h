/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copying by register pairs. gcc 12 does not pair loads and stores by itself when it may use
 * general registers only, and copies of messages are a large part of what a TEE call costs.
 */
#ifndef ARCH_AARCH64_COPY_H
#define ARCH_AARCH64_COPY_H

#include <stddef.h>
#include <stdint.h>

#define COPY_BLOCK 32u

/* Copies 32 bytes, both sides 8-aligned, and moves the two pointers behind them. */
static inline void copy_block(unsigned char **to, const unsigned char **from)
{
	uint64_t a, b, c, d;

	__asm__ volatile("ldp %[a], %[b], [%[from]], #16\n"
			 "ldp %[c], %[d], [%[from]], #16\n"
			 "stp %[a], %[b], [%[to]], #16\n"
			 "stp %[c], %[d], [%[to]], #16"
			 : [to] "+r"(*to), [from] "+r"(*from), [a] "=&r"(a), [b] "=&r"(b),
			   [c] "=&r"(c), [d] "=&r"(d)
			 :
			 : "memory");
}

/* Copies n bytes, a multiple of 8, both sides 8-aligned. */
static inline void copy_words(void *to, const void *from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;
	uint64_t word;

	for (; n >= COPY_BLOCK; n -= COPY_BLOCK)
		copy_block(&t, &f);
	for (; n != 0; n -= 8)
		__asm__ volatile("ldr %[word], [%[from]], #8\n"
				 "str %[word], [%[to]], #8"
				 : [to] "+r"(t), [from] "+r"(f), [word] "=&r"(word)
				 :
				 : "memory");
}

#endif
