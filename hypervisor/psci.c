/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PSCI 1.1 for guests (Arm DEN 0022). A vCPU going on or off never does that to a physical CPU. The
 * affinity of vCPU n is Aff0 = n. A vCPU is on from the moment that its CPU_ON is accepted, so
 * nothing is ever pending. CPU_SUSPEND knows standby only, which is WFI.
 */
#include "abi/psci.h"
#include "abi/smccc.h"
#include "hypervisor/console.h"
#include "hypervisor/sched.h"
#include "hypervisor/smc.h"
#include "hypervisor/vm.h"

#define ANSWER(code) ((uint64_t)(int64_t)(code))

static uint64_t target_mask(uint32_t function)
{
	return smccc_is_64(function) ? PSCI_TARGET_MASK_64 : PSCI_TARGET_MASK_32;
}

static uint64_t argument(uint32_t function, uint64_t value)
{
	return smccc_is_64(function) ? value : (uint32_t)value;
}

static uint64_t cpu_on(struct vcpu *vcpu, uint32_t function)
{
	uint64_t target = argument(function, vcpu->regs.x[1]);
	uint64_t entry = argument(function, vcpu->regs.x[2]);
	uint64_t context = argument(function, vcpu->regs.x[3]);

	if ((target & ~target_mask(function)) != 0 || target >= vcpu->vm->config.cpus)
		return ANSWER(PSCI_INVALID_PARAMETERS);
	if ((entry & 3) != 0 || vm_memory(vcpu->vm, ipa(entry), 4) == NULL)
		return ANSWER(PSCI_INVALID_ADDRESS);
	switch (sched_power_on(vcpu->vm->vcpu[target], entry, context)) {
	case SCHED_ON_OK:
		return PSCI_SUCCESS;
	case SCHED_ON_ALREADY:
		return ANSWER(PSCI_ALREADY_ON);
	case SCHED_ON_DENIED:
		break;
	}
	return ANSWER(PSCI_DENIED);
}

static uint64_t affinity_of(struct vcpu *vcpu)
{
	return sched_is_on(vcpu) ? PSCI_AFFINITY_ON : PSCI_AFFINITY_OFF;
}

/* Level 0 asks for one vCPU; above it all vCPUs are in the one group that has affinity 0. */
static uint64_t affinity_info(struct vcpu *vcpu, uint32_t function)
{
	struct vm *vm = vcpu->vm;
	uint64_t target = argument(function, vcpu->regs.x[1]);
	uint64_t level = argument(function, vcpu->regs.x[2]);

	if ((target & ~target_mask(function)) != 0 || level > 3)
		return ANSWER(PSCI_INVALID_PARAMETERS);
	if (level == 0)
		return target < vm->config.cpus ? affinity_of(vm->vcpu[target])
						: ANSWER(PSCI_INVALID_PARAMETERS);
	if (target > 0xff)
		return ANSWER(PSCI_INVALID_PARAMETERS);
	for (uint32_t i = 0; i < vm->config.cpus; i++)
		if (sched_is_on(vm->vcpu[i]))
			return PSCI_AFFINITY_ON;
	return PSCI_AFFINITY_OFF;
}

/* Offered: standby of this vCPU alone, in the original format of power_state. */
static void cpu_suspend(struct vcpu *vcpu, uint32_t function)
{
	uint32_t state = (uint32_t)argument(function, vcpu->regs.x[1]);

	vcpu->regs.pc += 4;
	if ((state & PSCI_POWER_STATE_RESERVED_MASK) != 0 ||
	    (state >> PSCI_POWER_STATE_TYPE_BIT & 1) != 0 ||
	    (state >> PSCI_POWER_STATE_LEVEL_SHIFT & PSCI_POWER_STATE_LEVEL_MASK) != 0) {
		vcpu->regs.x[0] = ANSWER(PSCI_INVALID_PARAMETERS);
		return;
	}
	vcpu->regs.x[0] = PSCI_SUCCESS;
	sched_sleep(vcpu);
}

static uint64_t features(uint32_t asked)
{
	switch (asked) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON_64:
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO_64:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case SMCCC_VERSION:
		return PSCI_SUCCESS;
	default:
		return ANSWER(PSCI_NOT_SUPPORTED);
	}
}

static void system_end(struct vcpu *vcpu, bool reboot)
{
	console_log_vm(vcpu->vm, reboot ? "reset by its guest" : "powered off by its guest");
	vm_end_by_guest(vcpu->vm, reboot ? VM_AFTER_START : VM_AFTER_STOP);
}

void psci_call(struct vcpu *vcpu, uint32_t function)
{
	uint64_t *x = vcpu->regs.x;

	switch (function) {
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
		cpu_suspend(vcpu, function);
		return;
	case PSCI_CPU_OFF:
		sched_power_off(vcpu);
		return;
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		system_end(vcpu, function == PSCI_SYSTEM_RESET);
		return;
	case PSCI_VERSION:
		x[0] = PSCI_VERSION_1_1;
		break;
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON_64:
		x[0] = cpu_on(vcpu, function);
		break;
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO_64:
		x[0] = affinity_info(vcpu, function);
		break;
	case PSCI_MIGRATE_INFO_TYPE:
		x[0] = PSCI_TOS_NOT_PRESENT_OR_MP;
		break;
	case PSCI_FEATURES:
		x[0] = features((uint32_t)x[1]);
		break;
	default:
		x[0] = ANSWER(PSCI_NOT_SUPPORTED);
		break;
	}
	vcpu->regs.pc += 4;
}
