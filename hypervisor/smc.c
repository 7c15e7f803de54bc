/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router: a guest's call goes by its owning entity (SMCCC, Arm DEN 0028) to whoever answers
 * for that owner, by one table. It knows no TEE: trusted-OS calls, and those with a number of FF-A,
 * go to the backend of the VM. What no one owns is "not supported", without leaving EL2. Called by
 * trap.c; leads to psci.c and, through tee.c, to the mediator.
 */
#include "hypervisor/smc.h"
#include "abi/smccc.h"
#include "hypervisor/inject.h"
#include "hypervisor/tee.h"
#include "hypervisor/vm.h"

#define NOT_SUPPORTED (~0ull)

/* Vendor hypervisor service, DEN 0028 6.2: who is asked. The UID is teevisor's own. */
#define VENDOR_HYP_UID	    0x8600ff01u
#define VENDOR_HYP_REVISION 0x8600ff03u

typedef void smc_handler(struct vcpu *vcpu, uint32_t function);

static void arch_call(struct vcpu *vcpu, uint32_t function)
{
	uint64_t *x = vcpu->regs.x;
	uint32_t asked = (uint32_t)x[1];

	if (function == SMCCC_VERSION)
		x[0] = SMCCC_VERSION_1_2;
	else if (function == SMCCC_ARCH_FEATURES &&
		 (asked == SMCCC_VERSION || asked == SMCCC_ARCH_FEATURES))
		x[0] = SMCCC_SUCCESS;
	else
		x[0] = NOT_SUPPORTED;
	vcpu->regs.pc += 4;
}

static void vendor_hyp_call(struct vcpu *vcpu, uint32_t function)
{
	uint64_t *x = vcpu->regs.x;

	if (function == VENDOR_HYP_UID) { /* 8e2f5c1a-64d0-4b7e-9a35-7465e76973f7 */
		x[0] = 0x1a5c2f8e;
		x[1] = 0x7e4bd064;
		x[2] = 0x6574359a;
		x[3] = 0xf77369e7;
	} else if (function == VENDOR_HYP_REVISION) {
		x[0] = 0;
		x[1] = 1;
	} else {
		x[0] = NOT_SUPPORTED;
	}
	vcpu->regs.pc += 4;
}

static void unknown_call(struct vcpu *vcpu, uint32_t function)
{
	(void)function;
	vcpu->regs.x[0] = NOT_SUPPORTED;
	vcpu->regs.pc += 4;
}

static void tee_call(struct vcpu *vcpu, uint32_t function)
{
	switch (tee_from_guest(vcpu, function)) {
	case TEE_DONE:
		vcpu->regs.pc += 4;
		break;
	case TEE_AGAIN:
		break; /* the instruction is run again when the vCPU has its turn */
	case TEE_UNDEFINED:
		inject_undefined(vcpu);
		break;
	case TEE_NOT_MINE:
		unknown_call(vcpu, function);
		break;
	}
}

/* PSCI's numbers are below those of FF-A, which are a TEE's if it claims them. */
static void standard_call(struct vcpu *vcpu, uint32_t function)
{
	uint32_t number = function & SMCCC_NUMBER_MASK;

	if (number >= SMCCC_FFA_FIRST && number <= SMCCC_FFA_LAST)
		tee_call(vcpu, function);
	else
		psci_call(vcpu, function);
}

static smc_handler *const owners[SMCCC_OWNER_MASK + 1] = {
	[SMCCC_OWNER_ARCH] = arch_call,
	[SMCCC_OWNER_STANDARD] = standard_call,
	[SMCCC_OWNER_VENDOR_HYP] = vendor_hyp_call,
	[SMCCC_OWNER_TRUSTED_APP... SMCCC_OWNER_TRUSTED_OS_END] = tee_call,
};

void smc_from_guest(struct vcpu *vcpu)
{
	uint32_t function = (uint32_t)vcpu->regs.x[0] & ~(1u << SMCCC_SVE_HINT_BIT);
	smc_handler *handler = owners[smccc_owner(function)];

	if (handler == NULL || (smccc_is_fast(function) && (function & SMCCC_MBZ_MASK) != 0))
		handler = unknown_call;
	handler(vcpu, function);
}
