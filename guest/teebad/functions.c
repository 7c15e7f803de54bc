/* SPDX-License-Identifier: BSD-2-Clause */
/* Group A: function numbers, conduits, registers, and a storm of calls that change nothing. */
#include "guest/lib/test.h"
#include "guest/lib/trap.h"
#include "guest/teebad/tee.h"
#include "lib/util.h"
#include <string.h>

#define STORM 100000u
#define BIT16 BIT(16)

static const uint32_t fast_functions[] = {
	OPTEE_SMC_CALLS_COUNT,		 OPTEE_SMC_CALLS_UID,	      OPTEE_SMC_CALLS_REVISION,
	OPTEE_SMC_GET_OS_UUID,		 OPTEE_SMC_GET_OS_REVISION,   OPTEE_SMC_GET_SHM_CONFIG,
	OPTEE_SMC_EXCHANGE_CAPABILITIES, OPTEE_SMC_DISABLE_SHM_CACHE, OPTEE_SMC_ENABLE_SHM_CACHE,
	OPTEE_SMC_GET_THREAD_COUNT,
};

/* x0 is -1, and nothing else of x0-x17 has changed. */
static bool unknown(uint64_t function, uint64_t a1)
{
	uint64_t in[SMCCC_REGISTERS], out[SMCCC_REGISTERS];

	for (unsigned n = 0; n < SMCCC_REGISTERS; n++)
		in[n] = 0x0303030303030303ull * n;
	in[0] = function;
	in[1] = a1;
	memcpy(out, in, sizeof(in));
	smccc_smc(out);
	return (int32_t)out[0] == -1 && memcmp(in + 1, out + 1, 17 * sizeof(in[0])) == 0;
}

static bool offered(uint32_t function)
{
	for (unsigned i = 0; i < ARRAY_SIZE(fast_functions); i++)
		if (fast_functions[i] == function)
			return true;
	/* Notifications, if the VM has them. */
	return function == 0xb2000010 || function == 0xb2000011;
}

static void unknown_functions(void)
{
	unsigned bad = 0, wide = 0, stray = 0, returns = 0;

	for (uint32_t f = 0; f < 0x400; f++) {
		bad += !offered(0xb2000000 | f) && !unknown(0xb2000000 | f, 0);
		bad += !offered(0xbf00fc00 | f) && !unknown(0xbf00fc00 | f, 0);
		returns += !unknown(0xbe000000 | f, 0) || !unknown(0x3e000000 | f, 0);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(fast_functions); i++) {
		wide += !unknown(fast_functions[i] | BIT(30), 0);
		for (unsigned bit = 17; bit < 24; bit++)
			stray += !unknown(fast_functions[i] | BIT(bit), 0);
	}
	for (uint64_t f = OPTEE_SMC_RETURN_FROM_RPC; f <= OPTEE_SMC_CALL_WITH_REGD_ARG; f++)
		wide += !unknown(f | BIT(30), 0);
	check(bad == 0, "scenario 1: functions that do not exist are unknown (%u are not)", bad);
	check(wide == 0, "scenario 2: no function has a 64-bit form (%u have)", wide);
	check(stray == 0, "scenario 3: bits 17 to 23 make another function (%u do not)", stray);
	check(tee_smc(OPTEE_SMC_CALLS_UID | BIT16, 0, 0, 0) == OPTEE_UID_0,
	      "scenario 3: the SVE hint, bit 16, changes nothing");
	check(returns == 0, "scenario 5: owner 62 is nobody's (%u answers)", returns);
}

static void dangerous_functions(void)
{
	unsigned bad = 0;

	check(unknown(0xbf000002, 0x100000), "scenario 6: no image is loaded");
	for (uint64_t op = 0; op < 4; op++)
		bad += !unknown(0xb2000008, op) || !unknown(0xb200000c, op);
	check(bad == 0, "scenario 7: no core is started, no cache controller set");
	for (uint64_t id = 0; id < 8; id++)
		bad += !unknown(OPTEE_SMC_VM_CREATED, id) || !unknown(OPTEE_SMC_VM_DESTROYED, id);
	check(bad == 0, "scenario 8: no VM is created or destroyed");
	check(unknown(0x82003d06, 1) && unknown(0x83000001, 1) && unknown(0xc4000020, 1) &&
		      unknown(0x84000063, 0x10000) && unknown(0xc4000061, 0),
	      "scenario 9: watchdog, OEM, SDEI, FF-A are not there");
}

static void immediates(void)
{
	uint64_t regs[SMCCC_REGISTERS] = {OPTEE_SMC_CALLS_UID};
	struct trap_record r = TRAP_OF(smccc_smc_bad_immediate(regs));
	struct trap_record h = TRAP_OF(smccc_hvc_bad_immediate(regs));

	check(trap_undefined(&r) && trap_undefined(&h) && regs[0] == OPTEE_SMC_CALLS_UID,
	      "scenario 4: a call with an immediate is UNDEFINED, not dispatched");
}

static void forged_registers(void)
{
	static const uint64_t forged[] = {0, 1, 2, 3, 0x10001, 0x10002, 0xffff, ~0ull};
	uint64_t regs[SMCCC_REGISTERS];
	struct tee_call c = {0};
	unsigned bad = 0;

	for (unsigned n = 0; n < SMCCC_REGISTERS; n++)
		regs[n] = 0xdeadbeef00000000ull;
	regs[0] |= OPTEE_SMC_CALLS_UID;
	smccc_smc(regs);
	check((uint32_t)regs[0] == OPTEE_UID_0 && (uint32_t)regs[3] == OPTEE_UID_3,
	      "scenario 10: upper halves of registers mean nothing");
	for (unsigned i = 0; i < ARRAY_SIZE(forged); i++) {
		struct message *m = tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_CANCEL, 0);

		memset(c.regs, 0xff, sizeof(c.regs));
		c.regs[0] = OPTEE_SMC_CALL_WITH_RPC_ARG;
		c.regs[1] = (uintptr_t)m >> 32;
		c.regs[2] = (uintptr_t)m;
		c.regs[6] = forged[ARRAY_SIZE(forged) - 1 - i];
		c.regs[7] = forged[i];
		(void)tee_enter(&c);
		bad += tee_go_on(&c) != OPTEE_SMC_OK || m->h.ret == TEEC_SUCCESS;
	}
	check(bad == 0, "scenario 11: forged client ids call for this VM (%u did not)", bad);
}

static void storm(void)
{
	unsigned bad = 0;

	for (unsigned n = 0; n < STORM; n++)
		bad += tee_smc(n % 2 ? OPTEE_SMC_GET_OS_REVISION : OPTEE_SMC_EXCHANGE_CAPABILITIES,
			       0, 0, 0) > 15;
	check(bad == 0, "scenario 14: %u fast calls are answered", STORM);
	for (unsigned bit = 1; bit < 32; bit++)
		bad += tee_smc(OPTEE_SMC_EXCHANGE_CAPABILITIES, BIT(bit), 0, 0) !=
		       OPTEE_SMC_ENOTAVAIL;
	check(bad == 0, "scenario 15: unknown abilities of a guest are refused");
}

void attack_functions(void)
{
	unknown_functions();
	dangerous_functions();
	immediates();
	forged_registers();
	storm();
}
