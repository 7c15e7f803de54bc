/* SPDX-License-Identifier: BSD-2-Clause */
/* PSCI (Arm DEN 0022) by one CPU: what is there, and the answer to each kind of wrong argument. */
#include "abi/psci.h"
#include "abi/smccc.h"
#include "guest/arch/arch.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/psci.h"
#include "guest/lib/test.h"
#include "lib/util.h"

#define NO_CPU 0x0f0000ull /* Aff2 15 */

static void features(void)
{
	static const uint32_t present[] = {
		PSCI_VERSION,	       PSCI_CPU_SUSPEND_32,   PSCI_CPU_SUSPEND_64,
		PSCI_CPU_OFF,	       PSCI_CPU_ON_32,	      PSCI_CPU_ON_64,
		PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64, PSCI_MIGRATE_INFO_TYPE,
		PSCI_SYSTEM_OFF,       PSCI_SYSTEM_RESET,     PSCI_FEATURES,
	};

	check(psci_call(PSCI_VERSION, 0, 0, 0) >= PSCI_VERSION_1_1, "PSCI 1.1 or later");
	for (unsigned n = 0; n < ARRAY_SIZE(present); n++)
		check(psci_call(PSCI_FEATURES, present[n], 0, 0) >= 0, "PSCI_FEATURES has %#x",
		      present[n]);
	check(psci_call(PSCI_FEATURES, 0x84001111, 0, 0) == PSCI_NOT_SUPPORTED,
	      "PSCI_FEATURES of an unknown function");
	check(psci_call(PSCI_FEATURES, 0xc4000008, 0, 0) == PSCI_NOT_SUPPORTED,
	      "PSCI_FEATURES of a 64-bit SYSTEM_OFF, which does not exist");
	check(psci_call(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0) == PSCI_TOS_NOT_PRESENT_OR_MP,
	      "MIGRATE_INFO_TYPE: nothing to migrate");
	if (board.under_hypervisor)
		check(psci_call(PSCI_FEATURES, SMCCC_VERSION, 0, 0) == 0,
		      "PSCI_FEATURES announces SMCCC_VERSION");
}

static void affinity(void)
{
	check(psci_call(PSCI_AFFINITY_INFO_64, 0, 0, 0) == PSCI_AFFINITY_ON, "CPU 0 is on");
	check(psci_call(PSCI_AFFINITY_INFO_32, 0, 0, 0) == PSCI_AFFINITY_ON, "CPU 0 by 32 bits");
	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		check(psci_state(cpu) == PSCI_AFFINITY_OFF, "CPU %u is off", cpu);
	check(psci_state(board.cpus) == PSCI_INVALID_PARAMETERS, "one CPU more is invalid");
	check(psci_call(PSCI_AFFINITY_INFO_64, NO_CPU, 0, 0) == PSCI_INVALID_PARAMETERS,
	      "a CPU in another cluster is invalid");
	if (!board.under_hypervisor) {
		skip("AFFINITY_INFO above level 0, and reserved bits, on a bare board");
		return;
	}
	for (unsigned level = 1; level <= 3; level++) {
		int64_t answer = psci_call(PSCI_AFFINITY_INFO_64, 0, level, 0);

		check(answer == PSCI_AFFINITY_ON || answer == PSCI_INVALID_PARAMETERS,
		      "level %u: on, or no such level (%lld)", level, (long long)answer);
	}
	check(psci_call(PSCI_AFFINITY_INFO_64, 0, 4, 0) == PSCI_INVALID_PARAMETERS,
	      "level 4 is invalid");
	check(psci_call(PSCI_AFFINITY_INFO_64, 0, ~0ull, 0) == PSCI_INVALID_PARAMETERS,
	      "level 2^64 - 1 is invalid");
	check(psci_call(PSCI_AFFINITY_INFO_64, BIT(31), 0, 0) == PSCI_INVALID_PARAMETERS,
	      "a reserved bit in the affinity is invalid");
}

static void cpu_on_errors(void)
{
	uint64_t entry = (uintptr_t)secondary_entry;

	check(psci_call(PSCI_CPU_ON_64, 0, entry, 0) == PSCI_ALREADY_ON, "CPU_ON of oneself");
	check(psci_call(PSCI_CPU_ON_64, NO_CPU, entry, 0) == PSCI_INVALID_PARAMETERS,
	      "CPU_ON of a CPU that is not there");
	check(psci_call(PSCI_CPU_ON_64, board.cpus, entry, 0) == PSCI_INVALID_PARAMETERS,
	      "CPU_ON of one CPU more");
	if (!board.under_hypervisor || board.cpus < 2) {
		skip("CPU_ON at wrong addresses on a bare board");
		return;
	}
	check(psci_call(PSCI_CPU_ON_64, BIT(31) | 1, entry, 0) == PSCI_INVALID_PARAMETERS,
	      "CPU_ON with a reserved bit");
	check(psci_call(PSCI_CPU_ON_64, 1, 0x0b000000, 0) == PSCI_INVALID_ADDRESS,
	      "CPU_ON into a hole");
	check(psci_call(PSCI_CPU_ON_64, 1, ~0ull << 2, 0) == PSCI_INVALID_ADDRESS,
	      "CPU_ON above all addresses");
	check(psci_call(PSCI_CPU_ON_64, 1, entry + 1, 0) == PSCI_INVALID_ADDRESS,
	      "CPU_ON at an odd address");
	check(psci_state(1) == PSCI_AFFINITY_OFF, "CPU 1 is still off");
}

static void suspend(void)
{
	uint64_t before;

	gic_set(GIC_ENABLE, INTID_VTIMER);
	before = clock_now();
	write_sysreg(CNTV_CVAL_EL0, before + clock_ms(3));
	write_sysreg(CNTV_CTL_EL0, 1);
	while (clock_now() < before + clock_ms(3))
		if (psci_call(PSCI_CPU_SUSPEND_64, 0, 0, 0) != PSCI_SUCCESS)
			break;
	check(clock_now() >= before + clock_ms(3) && clock_now() < before + clock_ms(500),
	      "standby ends when a masked interrupt is pending");
	check(psci_call(PSCI_CPU_SUSPEND_64, 0, 0, 0) == PSCI_SUCCESS,
	      "standby with an interrupt pending returns at once");
	write_sysreg(CNTV_CTL_EL0, 0);
	gic_set(GIC_DISABLE, INTID_VTIMER);
	check(psci_call(PSCI_CPU_SUSPEND_64, 0xfffe0000, 0, 0) == PSCI_INVALID_PARAMETERS,
	      "an invalid power state is refused");
}

void arch_psci(void)
{
	features();
	affinity();
	cpu_on_errors();
	suspend();
}
