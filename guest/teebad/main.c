/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that speaks OP-TEE's protocol to the real OP-TEE, and attacks by it: the hostile
 * scenarios (docs/scenarios.md) that need a real TEE behind the mediator. After each group the TEE
 * must work for this guest as before. Arguments: rounds=N times all of it (default 1); die=1 makes
 * it reset its VM in the middle of calls, over and over, instead. Needs a VM with a TEE, for some
 * checks two CPUs.
 */
#include "guest/lib/main.h"
#include "guest/lib/board.h"
#include "guest/lib/test.h"
#include "guest/teebad/tee.h"

static void group(void (*attack)(void), const char *name)
{
	attack();
	check(tee_works(), "after group %s a buffer, a session and requests work", name);
}

void guest_main(void)
{
	if (tee_smc(OPTEE_SMC_CALLS_UID, 0, 0, 0) != OPTEE_UID_0) {
		check(tee_smc(OPTEE_SMC_EXCHANGE_CAPABILITIES, 0, 0, 0) ==
			      OPTEE_SMC_UNKNOWN_FUNCTION,
		      "scenario 12: a VM without a TEE has none of its functions");
		finish();
	}
	if (board_number("die", 0) != 0)
		attack_by_dying();
	check(tee_works(), "a buffer, a session and requests work");
	for (uint64_t n = board_number("rounds", 1); n > 0; n--) {
		group(attack_functions, "A");
		group(attack_messages, "B and C");
		group(attack_buffers, "D");
		group(attack_requests, "E");
		group(attack_state, "H and I");
	}
	finish();
}
