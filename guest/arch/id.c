/* SPDX-License-Identifier: BSD-2-Clause */
/* Who the CPU says it is, and that all CPUs of the VM say the same (Arm ARM D19.2). */
#include "guest/arch/arch.h"
#include "guest/lib/board.h"
#include "guest/lib/cpu.h"
#include "guest/lib/limits.h"
#include "guest/lib/psci.h"
#include "guest/lib/test.h"
#include "lib/util.h"
#include <string.h>

#define MPIDR_AFFINITY 0xff00ffffffull
#define MPIDR_RES1     BIT(31)

static struct identity {
	uint64_t mpidr;
	uint64_t same[12]; /* equal on all CPUs */
} identities[CPUS_MAX];

static void collect(void *arg)
{
	struct identity *id = arg;

	id->mpidr = read_sysreg(MPIDR_EL1);
	id->same[0] = read_sysreg(MIDR_EL1);
	id->same[1] = read_sysreg(ID_AA64PFR0_EL1);
	id->same[2] = read_sysreg(ID_AA64PFR1_EL1);
	id->same[3] = read_sysreg(ID_AA64DFR0_EL1);
	id->same[4] = read_sysreg(ID_AA64ISAR0_EL1);
	id->same[5] = read_sysreg(ID_AA64ISAR1_EL1);
	id->same[6] = read_sysreg(ID_AA64MMFR0_EL1);
	id->same[7] = read_sysreg(ID_AA64MMFR1_EL1);
	id->same[8] = read_sysreg(CNTFRQ_EL0);
	id->same[9] = read_sysreg(CTR_EL0);
	id->same[10] = read_sysreg(CLIDR_EL1);
	id->same[11] = read_sysreg(DCZID_EL0);
}

static void check_others(void)
{
	for (unsigned cpu = 1; cpu < board.cpus; cpu++) {
		(void)smp_start(cpu, collect, &identities[cpu]);
		check(smp_wait_off(cpu), "CPU %u ran and is off", cpu);
		check((identities[cpu].mpidr & MPIDR_AFFINITY) == cpu,
		      "CPU %u: its affinity is its number", cpu);
		check(memcmp(identities[cpu].same, identities[0].same,
			     sizeof(identities[0].same)) == 0,
		      "CPU %u: identical to CPU 0", cpu);
	}
}

void arch_id(void)
{
	uint64_t pfr0 = read_sysreg(ID_AA64PFR0_EL1);

	collect(&identities[0]);
	check(FIELD(read_sysreg(CurrentEL), 3, 2) == 1, "entered at EL1");
	check((identities[0].mpidr & MPIDR_AFFINITY) == 0, "CPU 0: its affinity is its number");
	check((identities[0].mpidr & MPIDR_RES1) != 0, "MPIDR bit 31 is one");
	check(FIELD(read_sysreg(MIDR_EL1), 19, 16) == 15, "MIDR points at the ID registers");
	check(FIELD(pfr0, 7, 4) != 0 && FIELD(pfr0, 3, 0) != 0, "EL1 and EL0 run AArch64");
	check(FIELD(pfr0, 11, 8) == 0, "EL2 is not there for a guest");
	check(FIELD(pfr0, 27, 24) != 0, "the GIC has system registers");
	check(read_sysreg(CNTFRQ_EL0) >= 1000000, "CNTFRQ is set");
	check(FIELD(read_sysreg(ID_AA64MMFR0_EL1), 31, 28) != 15, "4 KiB pages");
	check(read_sysreg(S3_0_C0_C7_7) == 0 && read_sysreg(S3_0_C0_C4_7) == 0,
	      "unallocated ID registers read as zero");
	check_others();
}
