/* SPDX-License-Identifier: BSD-2-Clause */
/* Proofs of what answers a guest without its memory: policy.c, fast.c. */
#include "contracts.h"
#include "tests/proof/world.h"

void proof_policy(void)
{
	struct optee_msg_param client;
	uint32_t result;

	world_init();
	result = check_optee_may_open(world.o, &client);
	REACHED(result == TEEC_SUCCESS, "a session that may be opened");
	REACHED(result == TEEC_ERROR_OUT_OF_MEMORY, "one too many");
	REACHED(result == TEEC_ERROR_ACCESS_DENIED, "a login that does not exist");
}

/* Answered, or registers as they were: never a value of the TEE's that guests are not offered. */
void proof_fast(void)
{
	uint64_t regs[18], before[18];
	uint32_t function, k;
	bool known;

	world_init();
	for (uint32_t i = 0; i < 18; i++)
		before[i] = regs[i];
	GIVEN(k < 18);
	known = check_optee_fast_call(world.o, function, regs);
	CLAIM(known || regs[k] == before[k], "unknown: registers unchanged");
	CLAIM(k < 4 || regs[k] == before[k], "x4 to x17 unchanged");
	REACHED(known && function == OPTEE_SMC_EXCHANGE_CAPABILITIES && regs[0] == OPTEE_SMC_OK,
		"capabilities");
	REACHED(known && function == OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, "a notification");
	REACHED(!known && function == OPTEE_SMC_VM_CREATED, "VM_CREATED is not for guests");
}
