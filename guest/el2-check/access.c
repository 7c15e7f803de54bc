/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the ID registers promise, EL2 can use: EL3 traps nothing of it. Each register is read and
 * written back; if EL3 does not allow that, it is an exception here or a stop there.
 */
#include "guest/el2-check/check.h"
#include "lib/util.h"

#define TOUCH(name, reg)                                                                           \
	static void touch_##name(void)                                                             \
	{                                                                                          \
		uint64_t value = READ(reg);                                                        \
		WRITE(reg, value);                                                                 \
	}

TOUCH(pauth_key, "S3_0_C2_C1_0")
TOUCH(scxtnum_el2, "S3_4_C13_C0_7")
TOUCH(gcr_el1, "S3_0_C1_C0_6")
TOUCH(hfgrtr_el2, "S3_4_C1_C1_4")
TOUCH(cntpoff_el2, "S3_4_C14_C0_6")
TOUCH(hcrx_el2, "S3_4_C1_C2_2")
TOUCH(tpidr2_el0, "S3_3_C13_C0_5")
TOUCH(zcr_el2, "S3_4_C1_C2_0")
TOUCH(smcr_el2, "S3_4_C1_C2_6")
TOUCH(tcr2_el2, "S3_4_C2_C0_3")
TOUCH(sctlr2_el2, "S3_4_C1_C0_3")
TOUCH(pir_el2, "S3_4_C10_C2_3")
TOUCH(gcscr_el2, "S3_4_C2_C5_0")
TOUCH(fpmr, "S3_3_C4_C4_2")
TOUCH(trfcr_el2, "S3_4_C1_C2_1")
TOUCH(pmscr_el2, "S3_4_C9_C9_0")
TOUCH(pmcr_el0, "pmcr_el0")
TOUCH(mdscr_el1, "mdscr_el1")
TOUCH(dbgbvr0_el1, "dbgbvr0_el1")
TOUCH(ich_vmcr_el2, "S3_4_C12_C11_7")

/* Only read: it has no bits that may be written on all CPUs. */
static void touch_amcfgr_el0(void)
{
	(void)READ("S3_3_C13_C2_1");
}

enum id { PFR0, PFR1, PFR2, DFR0, ISAR1, ISAR2, MMFR0, MMFR1, MMFR3, ALWAYS, ID_COUNT };

static const struct promise {
	enum id id;
	uint8_t lsb, least;
	void (*touch)(void);
	const char *name;
} promises[] = {
	{ISAR1, 4, 1, touch_pauth_key, "EL2 reaches pointer authentication keys"},
	{ISAR1, 8, 1, touch_pauth_key, "EL2 reaches pointer authentication keys"},
	{ISAR2, 12, 1, touch_pauth_key, "EL2 reaches pointer authentication keys"},
	{PFR0, 56, 2, touch_scxtnum_el2, "EL2 reaches SCXTNUM_EL2"},
	{PFR1, 8, 2, touch_gcr_el1, "EL2 reaches memory tagging's GCR_EL1"},
	{MMFR0, 56, 1, touch_hfgrtr_el2, "EL2 reaches fine-grained traps"},
	{MMFR0, 60, 2, touch_cntpoff_el2, "EL2 reaches CNTPOFF_EL2"},
	{MMFR1, 40, 1, touch_hcrx_el2, "EL2 reaches HCRX_EL2"},
	{PFR1, 24, 1, touch_tpidr2_el0, "EL2 reaches TPIDR2_EL0"},
	{PFR0, 32, 1, touch_zcr_el2, "EL2 reaches ZCR_EL2"},
	{PFR1, 24, 1, touch_smcr_el2, "EL2 reaches SMCR_EL2"},
	{PFR0, 44, 1, touch_amcfgr_el0, "EL2 reaches activity monitors"},
	{MMFR3, 0, 1, touch_tcr2_el2, "EL2 reaches TCR2_EL2"},
	{MMFR3, 4, 1, touch_sctlr2_el2, "EL2 reaches SCTLR2_EL2"},
	{MMFR3, 8, 1, touch_pir_el2, "EL2 reaches PIR_EL2"},
	{PFR1, 44, 1, touch_gcscr_el2, "EL2 reaches GCSCR_EL2"},
	{PFR2, 32, 1, touch_fpmr, "EL2 reaches FPMR"},
	{DFR0, 40, 1, touch_trfcr_el2, "EL2 reaches TRFCR_EL2"},
	{DFR0, 32, 1, touch_pmscr_el2, "EL2 reaches PMSCR_EL2"},
	{DFR0, 8, 1, touch_pmcr_el0, "EL2 reaches the PMU"},
	{ALWAYS, 0, 1, touch_mdscr_el1, "EL2 reaches MDSCR_EL1"},
	{ALWAYS, 0, 1, touch_dbgbvr0_el1, "EL2 reaches breakpoints"},
	{ALWAYS, 0, 1, touch_ich_vmcr_el2, "EL2 reaches ICH_VMCR_EL2"},
};

static uint64_t id_value(enum id id)
{
	const uint64_t value[ID_COUNT] = {
		[PFR0] = READ("id_aa64pfr0_el1"),   [PFR1] = READ("id_aa64pfr1_el1"),
		[PFR2] = READ("S3_0_C0_C4_2"),	    [DFR0] = READ("id_aa64dfr0_el1"),
		[ISAR1] = READ("id_aa64isar1_el1"), [ISAR2] = READ("S3_0_C0_C6_2"),
		[MMFR0] = READ("id_aa64mmfr0_el1"), [MMFR1] = READ("id_aa64mmfr1_el1"),
		[MMFR3] = READ("S3_0_C0_C7_3"),	    [ALWAYS] = 1,
	};

	return value[id];
}

static void open_el2_traps(void)
{
	/* SVE and SME also have trap bits of EL2's own. */
	WRITE("cptr_el2", READ("cptr_el2") & ~(BIT(8) | BIT(12)));
}

void check_registers(void)
{
	open_el2_traps();
	for (unsigned i = 0; i < ARRAY_SIZE(promises); i++) {
		const struct promise *p = &promises[i];

		if ((id_value(p->id) >> p->lsb & 0xf) < p->least)
			continue;
		probe_faults = 0;
		probing = true;
		p->touch();
		probing = false;
		check(probe_faults == 0, p->name);
	}
}
