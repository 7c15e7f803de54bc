/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The integer and address types, and the sizes of pages and memories.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include "lib/address.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT 12u
#define PAGE_SIZE  4096u
#define PAGE_MASK  0xfffull

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

#endif
