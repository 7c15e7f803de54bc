/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks at every secure call of the mediator before the model TEE sees it, register by register,
 * and at the message it names. What may be in there: functions of a short list, the id of the VM
 * that called, addresses in the TEE's window or in pages that the mediator has for the TEE, page
 * lists that lie there and name pinned pages of that VM, handles that the TEE was told of. What
 * may not: an address or a cookie of a guest, a page of another VM. A breach is a violation of the
 * fake host (fake.violations), which every test's teardown expects to be 0.
 *
 * It knows the TEE's ABI and the model's buffers, and nothing of how the mediator works.
 */
#ifndef TESTS_UNIT_SMC_AUDIT_H
#define TESTS_UNIT_SMC_AUDIT_H

#include <stdint.h>

void audit_reset(void);
/* Some guest named a buffer so: the TEE must never be told this name. */
void audit_cookie(uint64_t cookie);
/* For fake.audit. The caller is fake.caller. */
void audit_smc(const uint64_t *regs);
/* A digest of all calls for guests so far: what the TEE could see of them. */
uint64_t audit_digest(void);

#endif
