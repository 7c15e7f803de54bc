/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access to system registers by name, and the names that assemblers of Debian 12 do not know.
 */
#ifndef ARCH_AARCH64_SYSREG_H
#define ARCH_AARCH64_SYSREG_H

#include <stdint.h>

#define SYSREG_STRING_(x) #x
#define SYSREG_STRING(x)  SYSREG_STRING_(x)

#define read_sysreg(name)                                                                          \
	({                                                                                         \
		uint64_t value_;                                                                   \
		__asm__ volatile("mrs %0, " SYSREG_STRING(name) : "=r"(value_)::"memory");         \
		value_;                                                                            \
	})

#define write_sysreg(name, value)                                                                  \
	do {                                                                                       \
		uint64_t written_ = (value);                                                       \
		__asm__ volatile("msr " SYSREG_STRING(name) ", %x0" ::"rZ"(written_) : "memory");  \
	} while (0)

/* GICv3 CPU interface (Arm IHI 0069, 12.2), physical and hypervisor control. */
#define ICC_IAR0_EL1	S3_0_C12_C8_0
#define ICC_HPPIR0_EL1	S3_0_C12_C8_2
#define ICC_DIR_EL1	S3_0_C12_C11_1
#define ICC_RPR_EL1	S3_0_C12_C11_3
#define ICC_SGI1R_EL1	S3_0_C12_C11_5
#define ICC_IAR1_EL1	S3_0_C12_C12_0
#define ICC_EOIR1_EL1	S3_0_C12_C12_1
#define ICC_HPPIR1_EL1	S3_0_C12_C12_2
#define ICC_BPR1_EL1	S3_0_C12_C12_3
#define ICC_CTLR_EL1	S3_0_C12_C12_4
#define ICC_SRE_EL1	S3_0_C12_C12_5
#define ICC_IGRPEN0_EL1 S3_0_C12_C12_6
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_SRE_EL2	S3_4_C12_C9_5
#define ICC_SRE_EL3	S3_6_C12_C12_5
#define ICC_CTLR_EL3	S3_6_C12_C12_4
#define ICC_IGRPEN1_EL3 S3_6_C12_C12_7
#define ICH_AP0R0_EL2	S3_4_C12_C8_0
#define ICH_AP1R0_EL2	S3_4_C12_C9_0
#define ICH_HCR_EL2	S3_4_C12_C11_0
#define ICH_VTR_EL2	S3_4_C12_C11_1
#define ICH_MISR_EL2	S3_4_C12_C11_2
#define ICH_EISR_EL2	S3_4_C12_C11_3
#define ICH_ELRSR_EL2	S3_4_C12_C11_5
#define ICH_VMCR_EL2	S3_4_C12_C11_7
#define ICH_AP0R1_EL2	S3_4_C12_C8_1
#define ICH_AP0R2_EL2	S3_4_C12_C8_2
#define ICH_AP0R3_EL2	S3_4_C12_C8_3
#define ICH_AP1R1_EL2	S3_4_C12_C9_1
#define ICH_AP1R2_EL2	S3_4_C12_C9_2
#define ICH_AP1R3_EL2	S3_4_C12_C9_3
#define ICH_LR0_EL2	S3_4_C12_C12_0
#define ICH_LR1_EL2	S3_4_C12_C12_1
#define ICH_LR2_EL2	S3_4_C12_C12_2
#define ICH_LR3_EL2	S3_4_C12_C12_3
#define ICH_LR4_EL2	S3_4_C12_C12_4
#define ICH_LR5_EL2	S3_4_C12_C12_5
#define ICH_LR6_EL2	S3_4_C12_C12_6
#define ICH_LR7_EL2	S3_4_C12_C12_7
#define ICH_LR8_EL2	S3_4_C12_C13_0
#define ICH_LR9_EL2	S3_4_C12_C13_1
#define ICH_LR10_EL2	S3_4_C12_C13_2
#define ICH_LR11_EL2	S3_4_C12_C13_3
#define ICH_LR12_EL2	S3_4_C12_C13_4
#define ICH_LR13_EL2	S3_4_C12_C13_5
#define ICH_LR14_EL2	S3_4_C12_C13_6
#define ICH_LR15_EL2	S3_4_C12_C13_7

#endif
