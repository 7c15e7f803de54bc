/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual CPU interface: ICH_* system registers. Numbered registers are encoded in the
 * instruction, hence the switches.
 */
#include "hypervisor/vgic_hw.h"
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"

#define LR_LIST(X)                                                                                 \
	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define APR_LIST(X)	   X(0, 0) X(0, 1) X(0, 2) X(0, 3) X(1, 0) X(1, 1) X(1, 2) X(1, 3)
#define APR_CASE(group, n) ((group)*4 + (n))

uint64_t vgic_hw_vtr(void)
{
	return read_sysreg(ICH_VTR_EL2);
}

uint64_t vgic_hw_hcr(void)
{
	return read_sysreg(ICH_HCR_EL2);
}

void vgic_hw_set_hcr(uint64_t value)
{
	write_sysreg(ICH_HCR_EL2, value);
}

uint64_t vgic_hw_vmcr(void)
{
	return read_sysreg(ICH_VMCR_EL2);
}

void vgic_hw_set_vmcr(uint64_t value)
{
	write_sysreg(ICH_VMCR_EL2, value);
}

#define LR_READ(i)                                                                                 \
	case i:                                                                                    \
		return read_sysreg(ICH_LR##i##_EL2);
#define LR_WRITE(i)                                                                                \
	case i:                                                                                    \
		write_sysreg(ICH_LR##i##_EL2, value);                                              \
		break;
#define APR_READ(g, i)                                                                             \
	case APR_CASE(g, i):                                                                       \
		return read_sysreg(ICH_AP##g##R##i##_EL2);
#define APR_WRITE(g, i)                                                                            \
	case APR_CASE(g, i):                                                                       \
		write_sysreg(ICH_AP##g##R##i##_EL2, value);                                        \
		break;

uint64_t vgic_hw_lr(unsigned n)
{
	switch (n) {
		LR_LIST(LR_READ)
	}
	return 0;
}

void vgic_hw_set_lr(unsigned n, uint64_t value)
{
	switch (n) {
		LR_LIST(LR_WRITE)
	}
}

uint64_t vgic_hw_apr(bool group1, unsigned n)
{
	switch (APR_CASE(group1, n)) {
		APR_LIST(APR_READ)
	}
	return 0;
}

void vgic_hw_set_apr(bool group1, unsigned n, uint64_t value)
{
	switch (APR_CASE(group1, n)) {
		APR_LIST(APR_WRITE)
	}
}

void vgic_hw_sync(void)
{
	isb();
}
