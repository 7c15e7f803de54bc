/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM beside the guests of each test, that no test touches: it has a buffer registered, a session
 * open and a call waiting in a request of the TEE. At the end of the test nothing of it may have
 * changed (memory, pins, gauges, counters), its call goes on, and it can undo all it did.
 */
#ifndef TESTS_UNIT_WITNESS_H
#define TESTS_UNIT_WITNESS_H

#include "tests/unit/fake_port.h"

void witness_begin(struct tee_host_vm *host);
void witness_end(void);

#endif
