/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few numbers of the GICv3 (Arm IHI 0069) that assembly needs too.
 */
#ifndef DRIVERS_GICV3_DEFS_H
#define DRIVERS_GICV3_DEFS_H

#define GIC_G1S_PEND 1020 /* ICC_HPPIR0 at EL3: a Secure group 1 interrupt waits */
#define GIC_SPURIOUS 1023

#ifdef __ASSEMBLY__
#define ICC_HPPIR0_EL1 S3_0_C12_C8_2
#endif

#endif
