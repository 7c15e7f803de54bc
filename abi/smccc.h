/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SMC Calling Convention (Arm DEN 0028, issue F): how a function id is built, who owns it, and
 * the few functions and answers that the convention itself defines. Values only, so that assembly
 * can include it.
 */
#ifndef ABI_SMCCC_H
#define ABI_SMCCC_H

/* Function id, DEN 0028 section 2.5. Bits 15:0 are the number, 16 the SVE hint, 23:17 zero. */
#define SMCCC_FAST_BIT	   31
#define SMCCC_64_BIT	   30
#define SMCCC_OWNER_SHIFT  24
#define SMCCC_OWNER_MASK   0x3f
#define SMCCC_SVE_HINT_BIT 16
#define SMCCC_MBZ_MASK	   0x00fe0000 /* bits 23:17 of a fast call; a caller that sets one errs */
#define SMCCC_NUMBER_MASK  0x0000ffff

/* Owners, DEN 0028 section 6.1. */
#define SMCCC_OWNER_ARCH	    0
#define SMCCC_OWNER_CPU		    1
#define SMCCC_OWNER_SIP		    2
#define SMCCC_OWNER_OEM		    3
#define SMCCC_OWNER_STANDARD	    4 /* PSCI, TRNG, SDEI, FF-A */
#define SMCCC_OWNER_STANDARD_HYP    5
#define SMCCC_OWNER_VENDOR_HYP	    6
#define SMCCC_OWNER_TRUSTED_APP	    48
#define SMCCC_OWNER_TRUSTED_APP_END 49
#define SMCCC_OWNER_TRUSTED_OS	    50
#define SMCCC_OWNER_TRUSTED_OS_END  63

/* Of owner 4: the numbers of FF-A (Arm DEN 0077), in both widths. */
#define SMCCC_FFA_FIRST 0x60
#define SMCCC_FFA_LAST	0xef

/* Functions of the Arm Architecture service, DEN 0028 section 7. */
#define SMCCC_VERSION		0x80000000
#define SMCCC_ARCH_FEATURES	0x80000001
#define SMCCC_ARCH_SOC_ID	0x80000002
#define SMCCC_ARCH_WORKAROUND_1 0x80008000
#define SMCCC_ARCH_WORKAROUND_2 0x80007fff
#define SMCCC_ARCH_WORKAROUND_3 0x80003fff

/* What SMCCC_VERSION answers: major in 30:16, minor in 15:0. */
#define SMCCC_VERSION_1_1 0x00010001
#define SMCCC_VERSION_1_2 0x00010002
#define SMCCC_VERSION_1_4 0x00010004

/* Answers in w0 (sign-extended in x0), DEN 0028 section 7.1. */
#define SMCCC_SUCCESS		0
#define SMCCC_NOT_SUPPORTED	(-1)
#define SMCCC_NOT_REQUIRED	(-2)
#define SMCCC_INVALID_PARAMETER (-3)

#ifndef __ASSEMBLY__
#include <stdbool.h>
#include <stdint.h>

static inline bool smccc_is_fast(uint32_t function)
{
	return (function >> SMCCC_FAST_BIT & 1) != 0;
}

static inline bool smccc_is_64(uint32_t function)
{
	return (function >> SMCCC_64_BIT & 1) != 0;
}

static inline uint32_t smccc_owner(uint32_t function)
{
	return function >> SMCCC_OWNER_SHIFT & SMCCC_OWNER_MASK;
}
#endif

#endif
