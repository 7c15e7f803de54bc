/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Group A of the hostile scenarios, every function there is: what test_optee_dispatch.c shows with
 * examples, here to the end of the ranges. What the router refuses before a backend sees it
 * (immediates, bits 23 to 17, other owners) is also asked on QEMU, by guest/teebad and guest/arch.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

static const uint32_t fast_known[] = {
	OPTEE_SMC_CALLS_COUNT,		 OPTEE_SMC_CALLS_UID,	      OPTEE_SMC_CALLS_REVISION,
	OPTEE_SMC_GET_OS_UUID,		 OPTEE_SMC_GET_OS_REVISION,   OPTEE_SMC_GET_SHM_CONFIG,
	OPTEE_SMC_EXCHANGE_CAPABILITIES, OPTEE_SMC_DISABLE_SHM_CACHE, OPTEE_SMC_ENABLE_SHM_CACHE,
	OPTEE_SMC_GET_THREAD_COUNT,
};

static const uint32_t yielding_known[] = {
	OPTEE_SMC_RETURN_FROM_RPC,
	OPTEE_SMC_CALL_WITH_ARG,
	OPTEE_SMC_CALL_WITH_RPC_ARG,
	OPTEE_SMC_CALL_WITH_REGD_ARG,
};

static bool known(uint32_t function)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(fast_known); i++)
		if (fast_known[i] == function)
			return true;
	for (uint32_t i = 0; i < ARRAY_SIZE(yielding_known); i++)
		if (yielding_known[i] == function)
			return true;
	return false;
}

/* -1 in the width of the call, no entry into EL3, no register changed but x0. */
static void expect_unknown(struct guest *g, uint32_t function, uint64_t a1)
{
	uint32_t smcs = fake.smcs;
	bool wide = (function & BIT(30)) != 0;

	(void)smc4(g, function, a1, 0x1111, 0x2222);
	if (g->regs[0] != (wide ? UINT64_MAX : UINT32_MAX))
		fail_msg("function %#x: %#llx", function, (unsigned long long)g->regs[0]);
	assert_int_equal(g->regs[1], a1);
	assert_int_equal(g->regs[2] | g->regs[3] << 16, 0x22221111);
	assert_int_equal(fake.smcs, smcs);
}

static void every_function_that_does_not_exist_is_unknown(void **state)
{
	static const uint32_t owners[] = {0xb2000000, 0xbf000000, 0xbe000000, 0xb0000000,
					  0x32000000, 0x3f000000, 0x3e000000};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(owners); i++)
		for (uint32_t f = 0; f < 0x10000; f++)
			if (!known(owners[i] | f))
				expect_unknown(&guests[0], owners[i] | f, 0);
}

static void every_function_has_no_64_bit_form(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(fast_known); i++)
		expect_unknown(&guests[0], fast_known[i] | 0x40000000u, 0);
	for (uint32_t i = 0; i < ARRAY_SIZE(yielding_known); i++)
		expect_unknown(&guests[0], yielding_known[i] | 0x40000000u, 0);
}

static void a_stray_bit_makes_another_function(void **state)
{
	(void)state;
	for (uint32_t bit = 8; bit < 24; bit++) {
		for (uint32_t i = 0; i < ARRAY_SIZE(fast_known); i++)
			if (!known(fast_known[i] ^ 1u << bit))
				expect_unknown(&guests[0], fast_known[i] ^ 1u << bit, 0);
		for (uint32_t i = 0; i < ARRAY_SIZE(yielding_known); i++)
			expect_unknown(&guests[0], yielding_known[i] ^ 1u << bit, IPA(0) >> 32);
	}
}

/* Returns to EL3; a TEE image; a core at an address; the level 2 cache. First VM or later one. */
static void what_is_the_firmwares_is_no_vms(void **state)
{
	(void)state;
	for (uint32_t vm = 0; vm < GUESTS; vm++) {
		for (uint32_t f = 0; f <= 0x20; f++) {
			expect_unknown(&guests[vm], 0xbe000000u + f, 0);
			expect_unknown(&guests[vm], 0x3e000000u + f, 0);
		}
		for (uint32_t op = 0; op < 4; op++) {
			expect_unknown(&guests[vm], 0xbf000002, op);
			expect_unknown(&guests[vm], 0xb2000008, op);
			expect_unknown(&guests[vm], 0xb200000c, op);
		}
	}
}

static void vms_are_made_and_ended_by_no_vm(void **state)
{
	(void)state;
	for (uint32_t vm = 0; vm < GUESTS; vm++) {
		const uint64_t ids[] = {guests[vm].tee->id, guests[1 - vm].tee->id,
					guests[vm].tee->id | 0x10000ull, 0, 0xffff};

		for (uint32_t i = 0; i < ARRAY_SIZE(ids); i++) {
			expect_unknown(&guests[vm], OPTEE_SMC_VM_CREATED, ids[i]);
			expect_unknown(&guests[vm], OPTEE_SMC_VM_DESTROYED, ids[i]);
		}
	}
	expect_works(&guests[0]);
}

/* The router hands on what is claimed and no more. */
static void no_function_of_another_owner_is_claimed(void **state)
{
	static const uint32_t others[] = {0x82003d06, 0x8200ff01, 0x83000000, 0x84000060,
					  0x8400006f, 0xc4000020, 0xc4000061, 0x80000000};
	const struct tee_claim *c;

	(void)state;
	for (c = optee_backend.claims; c->fast || c->yielding; c++)
		assert_true(c->owner_first >= 50 && c->owner_last <= 63);
	for (uint32_t i = 0; i < ARRAY_SIZE(others); i++)
		expect_unknown(&guests[0], others[i], 0);
}

static void upper_halves_change_no_answer(void **state)
{
	struct guest *g = &guests[0];
	uint64_t plain[18];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(fast_known); i++) {
		(void)smc4(g, fast_known[i], 0, 0, 0);
		memcpy(plain, g->regs, sizeof(plain));
		memset(g->regs, 0, sizeof(g->regs));
		for (uint32_t n = 0; n < 18; n++)
			g->regs[n] |= 0xdeadbeef00000000ull;
		g->regs[0] |= fast_known[i];
		(void)smc(g);
		for (uint32_t n = 0; n < 18; n++)
			assert_int_equal((uint32_t)g->regs[n], (uint32_t)plain[n]);
	}
}

/* What enters the TEE carries the VM's own id: the audit compares (smc_audit.c). */
static void a_forged_client_id_is_overwritten(void **state)
{
	struct guest *g = &guests[0];
	const uint64_t forged[] = {0,
				   guests[1].tee->id,
				   0x10000ull | guests[1].tee->id,
				   0x10000ull | g->tee->id,
				   0xffff,
				   0xffffffff,
				   0xffffffff00000000ull | guests[1].tee->id};
	uint32_t smcs = fake.smcs;

	(void)state;
	g->hold = true;
	for (uint32_t i = 0; i < ARRAY_SIZE(forged); i++) {
		struct message *m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);

		m->h.func = MODEL_TIME;
		m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
		memset(g->regs, 0xff, sizeof(g->regs));
		g->regs[0] = OPTEE_SMC_CALL_WITH_RPC_ARG;
		g->regs[1] = 0;
		g->regs[2] = IPA(PAGE_ARG);
		g->regs[6] = forged[ARRAY_SIZE(forged) - 1 - i];
		g->regs[7] = forged[i];
		assert_int_equal(smc(g), OPTEE_SMC_RPC_CMD);
		assert_true(g->regs[7] == forged[i]);
		message_at(g, IPA(PAGE_ARG) + 64)->h.ret = 0;
		g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		assert_int_equal(smc(g), OPTEE_SMC_OK);
	}
	assert_int_equal(fake.smcs, smcs + 2 * ARRAY_SIZE(forged));
}

static void a_million_fast_calls_enter_nothing_and_log_nothing(void **state)
{
	struct guest *g = &guests[0];
	uint32_t smcs = fake.smcs, logs = fake.logs;

	(void)state;
	for (uint32_t i = 0; i < 500000; i++) {
		(void)smc4(g, OPTEE_SMC_GET_OS_REVISION, 0, 0, 0);
		(void)smc4(g, OPTEE_SMC_EXCHANGE_CAPABILITIES, i & 3, 0, 0);
	}
	assert_int_equal(fake.smcs, smcs);
	assert_int_equal(fake.logs, logs);
}

static void unknown_abilities_of_a_guest_are_refused(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t bit = 0; bit < 32; bit++)
		assert_int_equal(smc4(g, OPTEE_SMC_EXCHANGE_CAPABILITIES, 1u << bit, 0, 0),
				 bit == 0 ? OPTEE_SMC_OK : OPTEE_SMC_ENOTAVAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(every_function_that_does_not_exist_is_unknown, 1),
		SCENARIO(every_function_has_no_64_bit_form, 2),
		SCENARIO(a_stray_bit_makes_another_function, 3),
		SCENARIO(what_is_the_firmwares_is_no_vms, 5, 6, 7),
		SCENARIO(vms_are_made_and_ended_by_no_vm, 8),
		SCENARIO(no_function_of_another_owner_is_claimed, 9),
		SCENARIO(upper_halves_change_no_answer, 10),
		SCENARIO(a_forged_client_id_is_overwritten, 10, 11),
		SCENARIO(a_million_fast_calls_enter_nothing_and_log_nothing, 14, 88),
		SCENARIO(unknown_abilities_of_a_guest_are_refused, 15),
	};

	return cmocka_run_group_tests_name("optee_scenarios_a", tests, NULL, NULL);
}
