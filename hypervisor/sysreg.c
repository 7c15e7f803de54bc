/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See sysreg.h. An ID register's value is the CPU's, less the fields that are not in its mask: new
 * features are hidden until somebody has thought about their state. Encodings: DDI 0487, D18.
 */
#include "hypervisor/sysreg.h"
#include "arch/aarch64/sysreg.h"
#include "hypervisor/context.h"
#include "hypervisor/inject.h"
#include "hypervisor/pcpu.h"

/* op0 op1 CRn CRm op2 as ESR_EL2.ISS has them, direction and register taken out. */
#define ENCODE(op0, op1, crn, crm, op2)                                                            \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define ISS_ENCODING 0x3ffc1eull
#define ISS_READ     1ull
#define ISS_REG(esr) ((unsigned)((esr) >> 5 & 31))

#define ID_REG(crm, op2) ((crm)*8u + (op2)) /* S3_0_C0_C<crm>_<op2> */

/* What a guest may see of each ID register; those not named read as zero. */
static const uint64_t id_mask[64] = {
	[ID_REG(1, 0)] = ~0ull,		 /* ID_PFR0 */
	[ID_REG(1, 1)] = ~0xf0000000ull, /* ID_PFR1: no GIC registers in AArch32 */
	[ID_REG(1, 2)] = 0x00000fffull,	 /* ID_DFR0: debug, no trace, no PMU */
	[ID_REG(1, 4)] = ~0ull,		 /* ID_MMFR0..3 */
	[ID_REG(1, 5)] = ~0ull,
	[ID_REG(1, 6)] = ~0ull,
	[ID_REG(1, 7)] = ~0ull,
	[ID_REG(2, 0)] = ~0ull, /* ID_ISAR0..5 */
	[ID_REG(2, 1)] = ~0ull,
	[ID_REG(2, 2)] = ~0ull,
	[ID_REG(2, 3)] = ~0ull,
	[ID_REG(2, 4)] = ~0ull,
	[ID_REG(2, 5)] = ~0ull,
	[ID_REG(2, 6)] = ~0ull, /* ID_MMFR4, ID_ISAR6 */
	[ID_REG(2, 7)] = ~0ull,
	[ID_REG(3, 0)] = ~0ull, /* MVFR0..2 */
	[ID_REG(3, 1)] = ~0ull,
	[ID_REG(3, 2)] = ~0ull,
	[ID_REG(3, 4)] = 0x0000000full | 0xf0ull, /* ID_PFR2: CSV3, SSBS */
	/* ID_AA64PFR0: ELs (EL2, EL3: below), FP, AdvSIMD, GIC, DIT, CSV2, CSV3 */
	[ID_REG(4, 0)] = 0xff0f00000fff00ffull,
	[ID_REG(4, 1)] = 0x00000000000000ffull, /* ID_AA64PFR1: BT, SSBS */
	/* ID_AA64DFR0: debug version, breakpoints, watchpoints, context comparators, DoubleLock */
	[ID_REG(5, 0)] = 0x000000f0f0f0f00full,
	[ID_REG(6, 0)] = 0xf0fffffff0fffff0ull, /* ID_AA64ISAR0 without TME, TLB ranges */
	/* ID_AA64ISAR1 without LS64, XS */
	[ID_REG(6, 1)] = 0x00ffffffffffffffull,
	[ID_REG(6, 2)] = 0x000000000000fff0ull, /* ID_AA64ISAR2: RPRES, QARMA3 */
	/* ID_AA64MMFR0 without ECV, FGT and stage-2 granules */
	[ID_REG(7, 0)] = 0x0000f000ffffffffull,
	/* ID_AA64MMFR1: HAFDBS, HPDS, PAN, ETS, AFP */
	[ID_REG(7, 1)] = 0x0000f0f000f0f00full,
	/* ID_AA64MMFR2: UAO, LSM, VARange, CCIDX, ST, AT, IDS, TTL, BBM, E0PD */
	[ID_REG(7, 2)] = 0xf0ff00fff0ff0ff0ull,
};

/* clang-format off */
#define CASE_ROW(crm)                                                                              \
	CASE_ID(crm, 0) CASE_ID(crm, 1) CASE_ID(crm, 2) CASE_ID(crm, 3)                            \
	CASE_ID(crm, 4) CASE_ID(crm, 5) CASE_ID(crm, 6) CASE_ID(crm, 7)
/* clang-format on */
#define CASE_ID(crm, op2)                                                                          \
	case ID_REG(crm, op2):                                                                     \
		return read_sysreg(S3_0_C0_C##crm##_##op2);

static uint64_t id_hardware(unsigned id)
{
	switch (id) {
		CASE_ROW(1)
		CASE_ROW(2)
		CASE_ROW(3)
		CASE_ROW(4)
		CASE_ROW(5)
		CASE_ROW(6)
		CASE_ROW(7)
	default:
		return 0;
	}
}

static uint64_t id_value(unsigned crm, unsigned op2)
{
	unsigned id = ID_REG(crm, op2);
	uint64_t v = id_hardware(id) & id_mask[id];

	if (id == ID_REG(4, 0)) {
		v &= ~0xfff0ull;	  /* no EL2, no EL3 */
		v |= 0x10;		  /* EL1: AArch64 only */
		if (FIELD(v, 59, 56) > 1) /* CSV2_2 means SCXTNUM, which is not switched */
			v = (v & ~(0xfull << 56)) | 1ull << 56;
	}
	return v;
}

static bool read_id(struct vcpu *vcpu, uint64_t encoding, uint64_t *value)
{
	unsigned crm = (unsigned)(encoding >> 1 & 15), op2 = (unsigned)(encoding >> 17 & 7);

	(void)vcpu;
	if ((encoding & ~(uint64_t)ENCODE(0, 0, 0, 15, 7)) != ENCODE(3, 0, 0, 0, 0) || crm > 7)
		return false;
	*value = id_value(crm, op2);
	return true;
}

/* OS lock and its kin trap always; breakpoints and watchpoints until first used. */
static bool debug_access(struct vcpu *vcpu, uint64_t encoding, bool read, uint64_t *value)
{
	switch (encoding) {
	case ENCODE(2, 0, 1, 0, 4): /* OSLAR_EL1 */
		if (!read)
			vcpu->os_lock = *value & 1;
		return !read;
	case ENCODE(2, 0, 1, 1, 4): /* OSLSR_EL1: lock implemented, and its state */
		*value = 8u | (vcpu->os_lock ? 2u : 0u);
		return read;
	case ENCODE(2, 0, 1, 3, 4): /* OSDLR_EL1 */
	case ENCODE(2, 0, 1, 4, 4): /* DBGPRCR_EL1 */
	case ENCODE(2, 0, 1, 0, 0): /* MDRAR_EL1 */
		*value = 0;
		return true;
	default:
		return false;
	}
}

static bool is_debug(uint64_t encoding)
{
	return (encoding >> 20 & 3) == 2 && (encoding >> 14 & 7) == 0;
}

static bool emulate(struct vcpu *vcpu, uint64_t encoding, bool read, uint64_t *value)
{
	if (encoding == ENCODE(3, 0, 12, 11, 5)) { /* ICC_SGI1R_EL1 */
		if (!read)
			vgic_send_sgi(vcpu, *value);
		return !read;
	}
	if (encoding == ENCODE(3, 0, 12, 11, 1)) { /* ICC_DIR_EL1 */
		if (!read)
			vgic_deactivate(vcpu, (uint32_t)*value & GIC_INTID_MASK);
		return !read;
	}
	if (encoding == ENCODE(3, 0, 12, 11, 6) || encoding == ENCODE(3, 0, 12, 11, 7))
		return !read; /* ASGI1R, SGI0R: no other Security state, no group 0 to send */
	if (encoding == ENCODE(3, 0, 1, 0, 1)) { /* ACTLR_EL1 */
		*value = 0;
		return true;
	}
	if (is_debug(encoding))
		return debug_access(vcpu, encoding, read, value);
	return read && read_id(vcpu, encoding, value);
}

void sysreg_trap(struct vcpu *vcpu, uint64_t esr)
{
	uint64_t encoding = esr & ISS_ENCODING;
	bool read = esr & ISS_READ;
	unsigned reg = ISS_REG(esr);
	uint64_t value = reg == 31 ? 0 : vcpu->regs.x[reg];

	if (emulate(vcpu, encoding, read, &value)) {
		if (read && reg != 31)
			vcpu->regs.x[reg] = value;
		vcpu->regs.pc += 4;
	} else if (is_debug(encoding) && !vcpu->debug_used) {
		context_debug_enable(vcpu); /* and the instruction is run again */
	} else {
		inject_undefined(vcpu);
	}
}
