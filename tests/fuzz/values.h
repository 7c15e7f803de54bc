/* SPDX-License-Identifier: BSD-2-Clause */
/* Values that a guest or a TEE may try: those that mean something, their neighbours, and any. */
#ifndef TESTS_FUZZ_VALUES_H
#define TESTS_FUZZ_VALUES_H

#include <stdint.h>

uint64_t fuzz_value(void);
/* Type of a parameter, most often a valid one. */
uint64_t fuzz_attr(void);
/* A guest's name for a buffer: few, so that they meet. */
uint64_t fuzz_cookie(void);

#endif
