/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of <string.h> that a room may use which is built with a compiler and nothing else:
 * a freestanding compiler brings no <string.h>, yet makes calls of these itself, so whoever links
 * has them. arch/aarch64/string.c has the first two, for the images.
 */
#ifndef LIB_MEMORY_H
#define LIB_MEMORY_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#endif
