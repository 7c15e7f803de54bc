/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registers of EL3 that say what lower levels may do. EL2 may use all that the ID registers
 * promise: what EL3 does not open would trap here. The Secure world gets nothing of it: TCR2,
 * SCTLR2, permission indirection and guarded control stacks act only where SCR_EL3 opens them, so
 * none of their EL1 state has to be switched. Bits by Arm ARM, D19.2 (SCR_EL3, MDCR_EL3, CPTR_EL3).
 */
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"
#include "firmware/el3.h"
#include "lib/util.h"

#define ID_AA64PFR2_EL1	 S3_0_C0_C4_2
#define ID_AA64SMFR0_EL1 S3_0_C0_C4_5
#define ID_AA64ISAR2_EL1 S3_0_C0_C6_2
#define ID_AA64MMFR3_EL1 S3_0_C0_C7_3
#define ZCR_EL3		 S3_6_C1_C2_0
#define SMCR_EL3	 S3_6_C1_C2_6
#define HCRX_EL2	 S3_4_C1_C2_2

#define SCR_RES1 (3ull << 4)
#define SCR_NS	 BIT(0)
#define SCR_FIQ	 BIT(2)
#define SCR_HCE	 BIT(8)
#define SCR_SIF	 BIT(9)
#define SCR_RW	 BIT(10)
#define SCR_ST	 BIT(11)

#define CPTR_EZ	 BIT(8)
#define CPTR_ESM BIT(12)

#define MDCR_SPD32_OFF (2ull << 14)
#define MDCR_SDD       BIT(16)
#define MDCR_SCCD      BIT(23)

enum id { PFR0, PFR1, PFR2, SMFR0, DFR0, ISAR1, ISAR2, MMFR0, MMFR1, MMFR3, ID_COUNT };

struct ids {
	uint64_t value[ID_COUNT];
};

/* If the 4-bit field of an ID register at `lsb` is at least `least`, then these bits. */
struct opening {
	enum id id;
	uint8_t lsb, least;
	uint64_t bits;
};

static const struct opening scr_openings[] = {
	{ISAR1, 4, 1, BIT(16) | BIT(17)},  /* pointer authentication, QARMA5: APK, API */
	{ISAR1, 8, 1, BIT(16) | BIT(17)},  /* the same, other algorithms */
	{ISAR2, 12, 1, BIT(16) | BIT(17)}, /* the same, QARMA3 */
	{PFR0, 56, 2, BIT(25)},		   /* SCXTNUM: EnSCXT */
	{PFR1, 32, 2, BIT(25)},		   /* the same, by CSV2_frac */
	{PFR1, 8, 2, BIT(26)},		   /* memory tagging: ATA */
	{MMFR0, 56, 1, BIT(27)},	   /* fine-grained traps: FGTEn */
	{MMFR0, 56, 2, BIT(59)},	   /* FGTEn2 */
	{MMFR0, 60, 2, BIT(28)},	   /* CNTPOFF: ECVEn */
	{PFR0, 44, 2, BIT(35)},		   /* activity monitors' offsets: AMVOFFEN */
	{ISAR1, 60, 2, BIT(36)},	   /* ST64BV0: EnAS0 */
	{ISAR1, 60, 3, BIT(37)},	   /* ACCDATA: ADEn */
	{MMFR1, 40, 1, BIT(38)},	   /* HCRX: HXEn */
	{PFR1, 44, 1, BIT(39)},		   /* guarded control stacks: GCSEn */
	{PFR1, 24, 1, BIT(41)},		   /* SME's TPIDR2: EnTP2 */
	{MMFR3, 0, 1, BIT(43)},		   /* TCR2En */
	{MMFR3, 4, 1, BIT(44)},		   /* SCTLR2En */
	{MMFR3, 8, 1, BIT(45)},		   /* permission indirection: PIEn */
	{MMFR3, 16, 1, BIT(45)},	   /* permission overlays: PIEn too */
	{PFR2, 32, 1, BIT(50)},		   /* FPMR: EnFPM */
};

static const struct opening cptr_openings[] = {
	{PFR0, 32, 1, CPTR_EZ},
	{PFR1, 24, 1, CPTR_ESM},
};

static const struct opening mdcr_openings[] = {
	{DFR0, 32, 1, 3ull << 12}, /* statistical profiling of the normal world: NSPB */
	{DFR0, 32, 3, BIT(36)},	   /* EnPMSN */
	{DFR0, 44, 1, 3ull << 24}, /* trace buffers of the normal world: NSTB */
	{DFR0, 52, 1, 1ull << 32}, /* branch records, not in the Secure world: SBRBE */
};

static struct ids read_ids(void)
{
	return (struct ids){{
		[PFR0] = read_sysreg(id_aa64pfr0_el1),
		[PFR1] = read_sysreg(id_aa64pfr1_el1),
		[PFR2] = read_sysreg(ID_AA64PFR2_EL1),
		[SMFR0] = read_sysreg(ID_AA64SMFR0_EL1),
		[DFR0] = read_sysreg(id_aa64dfr0_el1),
		[ISAR1] = read_sysreg(id_aa64isar1_el1),
		[ISAR2] = read_sysreg(ID_AA64ISAR2_EL1),
		[MMFR0] = read_sysreg(id_aa64mmfr0_el1),
		[MMFR1] = read_sysreg(id_aa64mmfr1_el1),
		[MMFR3] = read_sysreg(ID_AA64MMFR3_EL1),
	}};
}

static uint64_t open_bits(const struct ids *ids, const struct opening *openings, unsigned count)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct opening *o = &openings[i];

		if ((ids->value[o->id] >> o->lsb & 0xf) >= o->least)
			bits |= o->bits;
	}
	return bits;
}

uint64_t control_scr_nonsecure(void)
{
	struct ids ids = read_ids();

	return SCR_RES1 | SCR_NS | SCR_FIQ | SCR_HCE | SCR_SIF | SCR_RW |
	       open_bits(&ids, scr_openings, ARRAY_SIZE(scr_openings));
}

/* ST: the Secure physical timer belongs to Secure EL1. */
uint64_t control_scr_secure(void)
{
	return SCR_RES1 | SCR_SIF | SCR_RW | SCR_ST;
}

/* As long vectors as there are, EL2 chooses below that. */
static void open_vectors(const struct ids *ids, uint64_t cptr)
{
	uint64_t fa64 = (ids->value[SMFR0] & BIT(63)) != 0 ? BIT(31) : 0;
	uint64_t zt0 = FIELD(ids->value[PFR1], 27, 24) >= 2 ? BIT(30) : 0;

	if ((cptr & CPTR_EZ) != 0)
		write_sysreg(ZCR_EL3, 0xf);
	if ((cptr & CPTR_ESM) != 0)
		write_sysreg(SMCR_EL3, 0xf | fa64 | zt0);
}

void control_init(void)
{
	struct ids ids = read_ids();
	uint64_t cptr = open_bits(&ids, cptr_openings, ARRAY_SIZE(cptr_openings));

	write_sysreg(scr_el3, control_scr_secure());
	write_sysreg(cptr_el3, cptr);
	write_sysreg(mdcr_el3, MDCR_SDD | MDCR_SPD32_OFF | MDCR_SCCD |
				       open_bits(&ids, mdcr_openings, ARRAY_SIZE(mdcr_openings)));
	isb();
	open_vectors(&ids, cptr);
	if (read_sysreg(cntfrq_el0) == 0)
		write_sysreg(cntfrq_el0, board.counter_hz);
	isb();
}

/* EL2 as the arm64 boot protocol wants to find it; the rest it sets itself. Call with NS set. */
void control_init_el2(void)
{
	struct ids ids = read_ids();

	write_sysreg(sctlr_el2, 0x30c50830ull);
	write_sysreg(hcr_el2, BIT(31)); /* EL1 is AArch64 */
	write_sysreg(cptr_el2, 0x33ffull & ~(open_bits(&ids, cptr_openings, 2)));
	write_sysreg(cnthctl_el2, 3);
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	write_sysreg(vmpidr_el2, read_sysreg(mpidr_el1));
	write_sysreg(vttbr_el2, 0);
	write_sysreg(mdcr_el2, FIELD(read_sysreg(pmcr_el0), 15, 11));
	if (FIELD(ids.value[MMFR1], 43, 40) != 0)
		write_sysreg(HCRX_EL2, 0);
}
