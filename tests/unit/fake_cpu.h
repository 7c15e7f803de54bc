/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers of CPUs that a test plays, in the place of arch/aarch64/sysreg.h: included
 * before anything else (lifecycle.mk), it takes that header's guard. And the one thing of the
 * interrupt controller that the scheduler needs.
 */
#ifndef ARCH_AARCH64_SYSREG_H
#define ARCH_AARCH64_SYSREG_H

#include <stdint.h>

uint64_t fake_read_sysreg(const char *name);
void fake_write_sysreg(const char *name, uint64_t value);

#define read_sysreg(name)	  fake_read_sysreg(#name)
#define write_sysreg(name, value) fake_write_sysreg(#name, value)

/* drivers/gicv3.h has it on AArch64 only. */
void gicv3_sgi1r(unsigned intid, uint64_t mpidr);

#endif
