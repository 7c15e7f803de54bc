/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A feature is either there by its ID register and works, or its registers are UNDEFINED. A feature
 * that is hidden but reachable would keep one VM's state for the next.
 */
#include "guest/arch/arch.h"
#include "guest/lib/cpu.h"
#include "guest/lib/test.h"
#include "guest/lib/trap.h"
#include "lib/util.h"

#define READER(name, reg)                                                                          \
	static void name(void)                                                                     \
	{                                                                                          \
		(void)read_sysreg(reg);                                                            \
	}

/* Registers that the assembler does not know without the feature, by their encoding. */
READER(read_zcr, S3_0_C1_C2_0)
READER(read_smcr, S3_0_C1_C2_6)
READER(read_pmcr, PMCR_EL0)
READER(read_pmccntr, PMCCNTR_EL0)
READER(read_pmcntenset, PMCNTENSET_EL0)
READER(read_pmuserenr, PMUSERENR_EL0)
READER(read_pmintenset, PMINTENSET_EL1)
READER(read_pmscr, S3_0_C9_C9_0)
READER(read_trblimitr, S3_0_C9_C11_0)
READER(read_gcr, S3_0_C1_C0_6)
READER(read_apiakey, S3_0_C2_C1_0)
READER(read_erridr, S3_0_C5_C3_0)
READER(read_lorc, S3_0_C10_C4_3)
READER(read_amcr, S3_3_C13_C2_0)
READER(read_rndr, S3_3_C2_C4_0)
READER(read_trfcr, S3_0_C1_C2_1)
READER(read_hcr, S3_4_C1_C1_0)
READER(read_vttbr, S3_4_C2_C1_0)
READER(read_ich_hcr, S3_4_C12_C11_0)
READER(read_scr, S3_6_C1_C1_0)
READER(read_cnthp, S3_4_C14_C2_1)
READER(read_unallocated, S3_0_C15_C15_7)

static void vector_length(void)
{
	__asm__ volatile(".inst 0x04bf5020" ::: "x0"); /* rdvl x0, #1 */
}

/* The feature's field is `absent` (or `absent_too`): then `touch` is UNDEFINED. */
static const struct hidden {
	const char *name;
	enum { PFR0, PFR1, DFR0, ISAR0, ISAR1, MMFR1, NEVER } in;
	uint8_t high, low, absent, absent_too;
	void (*touch)(void);
} hidden[] = {
	{"SVE: ZCR_EL1", PFR0, 35, 32, 0, 0, read_zcr},
	{"SVE: RDVL", PFR0, 35, 32, 0, 0, vector_length},
	{"SME: SMCR_EL1", PFR1, 27, 24, 0, 0, read_smcr},
	{"PMU: PMCR_EL0", DFR0, 11, 8, 0, 15, read_pmcr},
	{"PMU: PMCCNTR_EL0", DFR0, 11, 8, 0, 15, read_pmccntr},
	{"PMU: PMCNTENSET_EL0", DFR0, 11, 8, 0, 15, read_pmcntenset},
	{"PMU: PMUSERENR_EL0", DFR0, 11, 8, 0, 15, read_pmuserenr},
	{"PMU: PMINTENSET_EL1", DFR0, 11, 8, 0, 15, read_pmintenset},
	{"SPE: PMSCR_EL1", DFR0, 35, 32, 0, 0, read_pmscr},
	{"TRBE: TRBLIMITR_EL1", DFR0, 47, 44, 0, 0, read_trblimitr},
	{"trace filter: TRFCR_EL1", DFR0, 43, 40, 0, 0, read_trfcr},
	{"MTE: GCR_EL1", PFR1, 11, 8, 0, 1, read_gcr},
	{"RAS: ERRIDR_EL1", PFR0, 31, 28, 0, 0, read_erridr},
	{"LORegions: LORC_EL1", MMFR1, 19, 16, 0, 0, read_lorc},
	{"AMU: AMCR_EL0", PFR0, 47, 44, 0, 0, read_amcr},
	{"RNDR", ISAR0, 63, 60, 0, 0, read_rndr},
	{"EL2: HCR_EL2", NEVER, 0, 0, 0, 0, read_hcr},
	{"EL2: VTTBR_EL2", NEVER, 0, 0, 0, 0, read_vttbr},
	{"EL2: ICH_HCR_EL2", NEVER, 0, 0, 0, 0, read_ich_hcr},
	{"EL2: CNTHP_CTL_EL2", NEVER, 0, 0, 0, 0, read_cnthp},
	{"EL3: SCR_EL3", NEVER, 0, 0, 0, 0, read_scr},
	{"an unallocated register", NEVER, 0, 0, 0, 0, read_unallocated},
};

static uint64_t id_register(const struct hidden *h)
{
	switch (h->in) {
	case PFR0:
		return read_sysreg(ID_AA64PFR0_EL1);
	case PFR1:
		return read_sysreg(ID_AA64PFR1_EL1);
	case DFR0:
		return read_sysreg(ID_AA64DFR0_EL1);
	case ISAR0:
		return read_sysreg(ID_AA64ISAR0_EL1);
	case ISAR1:
		return read_sysreg(ID_AA64ISAR1_EL1);
	case MMFR1:
		return read_sysreg(ID_AA64MMFR1_EL1);
	default:
		return 0;
	}
}

static void pointer_authentication(void)
{
	uint64_t isar1 = read_sysreg(ID_AA64ISAR1_EL1);
	struct trap_record r = TRAP_OF(read_apiakey());

	if (FIELD(isar1, 11, 4) == 0 && FIELD(isar1, 31, 24) == 0)
		check(trap_undefined(&r), "pointer authentication is hidden and UNDEFINED");
	else
		check(r.count == 0, "pointer authentication is there and its keys are readable");
}

void arch_hidden(void)
{
	for (unsigned n = 0; n < ARRAY_SIZE(hidden); n++) {
		const struct hidden *h = &hidden[n];
		uint64_t field = FIELD(id_register(h), h->high, h->low);
		struct trap_record r;

		if (h->in != NEVER && field != h->absent && field != h->absent_too) {
			skip("%s: the CPU says it has it", h->name);
			continue;
		}
		r = TRAP_OF(h->touch());
		check(trap_undefined(&r), "%s is UNDEFINED (%u exceptions, ESR %#llx)", h->name,
		      r.count, (unsigned long long)r.esr);
	}
	pointer_authentication();
}
