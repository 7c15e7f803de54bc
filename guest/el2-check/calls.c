/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMCCC and PSCI calls that turn nothing on or off: versions, features, errors, and that a call
 * changes no register but x0.
 */
#include "abi/psci.h"
#include "abi/smccc.h"
#include "guest/el2-check/check.h"
#include "lib/util.h"

#define ANSWER(n) ((uint64_t)(int64_t)(n))

static void check_smccc(void)
{
	uint64_t v = smc(SMCCC_VERSION, 0, 0, 0);

	checkf(v >= SMCCC_VERSION_1_2 && v < 0x00020000, "SMCCC 1.2 or later", v);
	check(smc(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0) == 0, "ARCH_FEATURES knows VERSION");
	check(smc(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 0, 0) == 0,
	      "ARCH_FEATURES knows itself");
	check(smc(SMCCC_ARCH_FEATURES, 0x8000abcd, 0, 0) == ANSWER(SMCCC_NOT_SUPPORTED),
	      "ARCH_FEATURES does not know what is not there");
}

static void check_unknown(void)
{
	static const uint32_t unknown[] = {
		0x8000abcd,		/* architecture */
		0x8100abcd,		/* CPU service */
		0x8200abcd,		/* SiP */
		0xc300abcd,		/* OEM, 64-bit */
		0x840000ff,		/* standard: after PSCI */
		0xc4000006,		/* the 64-bit form of a PSCI function that has none */
		0x8600abcd,		/* vendor hypervisor */
		0x04000000,		/* a yielding PSCI_VERSION */
		0x00000000, 0xb0000000, /* trusted applications */
	};

	for (unsigned i = 0; i < ARRAY_SIZE(unknown); i++) {
		uint64_t got = smc(unknown[i], 1, 2, 3);

		if ((uint32_t)got != 0xffffffff)
			say("     function 0x%x:\n", unknown[i]);
		checkf((uint32_t)got == 0xffffffff, "an unknown function answers -1", got);
	}
}

static void check_psci_features(void)
{
	static const uint32_t required[] = {
		PSCI_VERSION,	       PSCI_FEATURES,	      PSCI_CPU_ON_32,
		PSCI_CPU_ON_64,	       PSCI_CPU_OFF,	      PSCI_CPU_SUSPEND_64,
		PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64, PSCI_MIGRATE_INFO_TYPE,
		PSCI_SYSTEM_OFF,       PSCI_SYSTEM_RESET,     SMCCC_VERSION,
	};
	uint64_t v = smc(PSCI_VERSION, 0, 0, 0);

	checkf(v >= PSCI_VERSION_1_1 && v < 0x00020000, "PSCI 1.1 or later", v);
	for (unsigned i = 0; i < ARRAY_SIZE(required); i++) {
		uint64_t got = smc(PSCI_FEATURES, required[i], 0, 0);

		checkf((int32_t)got >= 0, "PSCI_FEATURES knows a function", got);
	}
	check(smc(PSCI_FEATURES, 0x840000ff, 0, 0) == ANSWER(PSCI_NOT_SUPPORTED),
	      "PSCI_FEATURES does not know what is not there");
	check(smc(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0) == PSCI_TOS_NOT_PRESENT_OR_MP,
	      "MIGRATE_INFO_TYPE: nothing to migrate");
}

static void check_psci_errors(void)
{
	uint64_t entry = (uintptr_t)cpu_start;

	check(smc(PSCI_CPU_ON_64, 0xff, entry, 0) == ANSWER(PSCI_INVALID_PARAMETERS),
	      "CPU_ON of a CPU that is not there");
	check(smc(PSCI_CPU_ON_64, 0x100000000, entry, 0) == ANSWER(PSCI_INVALID_PARAMETERS),
	      "CPU_ON of an affinity that is not there");
	check(smc(PSCI_CPU_ON_64, 0, entry, 0) == ANSWER(PSCI_ALREADY_ON),
	      "CPU_ON of the CPU that calls");
	check(smc(PSCI_AFFINITY_INFO_64, 0, 0, 0) == PSCI_AFFINITY_ON,
	      "AFFINITY_INFO of the CPU that calls");
	check(smc(PSCI_AFFINITY_INFO_64, 0xff, 0, 0) == ANSWER(PSCI_INVALID_PARAMETERS),
	      "AFFINITY_INFO of a CPU that is not there");
	check(smc(PSCI_AFFINITY_INFO_64, 0, 9, 0) == ANSWER(PSCI_INVALID_PARAMETERS),
	      "AFFINITY_INFO of a level that is not there");
	check(smc(PSCI_CPU_SUSPEND_64, 0xffffffff, entry, 0) == ANSWER(PSCI_INVALID_PARAMETERS),
	      "CPU_SUSPEND to a state that is not there");
}

/* Masked at EL2, so that what ends the standby is the pending interrupt, not its handler. */
static void check_standby(void)
{
	uint64_t start = ticks(), wanted = ticks_of_ms(20);
	uint64_t answer;

	irq_timer(wanted);
	answer = smc(PSCI_CPU_SUSPEND_64, 0, 0, 0);
	while (answer == 0 && ticks() - start < wanted)
		answer = smc(PSCI_CPU_SUSPEND_64, 0, 0, 0); /* a Secure interrupt may end it */
	check(answer == 0, "CPU_SUSPEND standby answers success");
	irq_open();
	check(irq_timer_count == 1, "the interrupt that ended the standby is still there");
}

static bool preserved(const struct regs *before, const struct regs *after, unsigned first)
{
	for (unsigned i = first; i < 31; i++) {
		if (before->x[i] == after->x[i])
			continue;
		say("     x%u was 0x%lx, is 0x%lx\n", i, (unsigned long)before->x[i],
		    (unsigned long)after->x[i]);
		return false;
	}
	return true;
}

static bool call_preserves(uint64_t function, unsigned first)
{
	struct regs before, after;

	for (unsigned i = 0; i < 31; i++)
		before.x[i] = 0x1111000000000000ull * (i % 15 + 1) + i;
	before.x[0] = function;
	before.x[7] = 0;
	after = before;
	smc_regs(&after);
	return preserved(&before, &after, first);
}

static void check_preserved(void)
{
	check(call_preserves(PSCI_VERSION, 1), "PSCI_VERSION changes only x0");
	check(call_preserves(SMCCC_VERSION, 1), "SMCCC_VERSION changes only x0");
	check(call_preserves(0x8200abcd, 4), "an unknown call keeps x4-x30");
	check(call_preserves(0xbf00ff01, 4), "a call to the TEE keeps x4-x30");
	check(call_preserves(0xb200abcd, 4), "a call that the TEE does not know keeps x4-x30");
}

void check_calls(void)
{
	check_smccc();
	check_unknown();
	check_psci_features();
	check_psci_errors();
	check_standby();
	check_preserved();
}
