/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firmware/psci.h. A CPU moves OFF -> PENDING by another's CPU_ON, PENDING -> ON and ON -> OFF by
 * itself; each move is one store under the lock, so no third CPU sees a state between.
 */
#include "firmware/psci.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "lib/util.h"

void psci_add_cpu(struct psci *psci, uint64_t index, enum psci_state state)
{
	psci->cpus[index].state = state;
}

static struct psci_cpu *find(struct psci *psci, uint64_t target)
{
	if (target >= BOARD_CPUS_MAX || psci->cpus[target].state == PSCI_CPU_ABSENT)
		return NULL;
	return &psci->cpus[target];
}

static bool entry_ok(const struct psci *psci, uint64_t entry)
{
	return is_aligned(entry, 4) && entry >= psci->ram.base &&
	       entry - psci->ram.base < psci->ram.size;
}

static int turn_on(struct psci_cpu *cpu, uint64_t entry, uint64_t context)
{
	if (cpu->state == PSCI_CPU_IS_ON)
		return PSCI_ALREADY_ON;
	if (cpu->state == PSCI_CPU_PENDING)
		return PSCI_ON_PENDING;
	cpu->entry = entry;
	cpu->context = context;
	__atomic_store_n(&cpu->state, PSCI_CPU_PENDING, __ATOMIC_RELEASE);
	return PSCI_SUCCESS;
}

int psci_cpu_on(struct psci *psci, uint64_t target, uint64_t entry, uint64_t context)
{
	struct psci_cpu *cpu = find(psci, target);
	int answer;

	if (cpu == NULL)
		return PSCI_INVALID_PARAMETERS;
	if (!entry_ok(psci, entry))
		return PSCI_INVALID_ADDRESS;
	spin_lock(&psci->lock);
	answer = turn_on(cpu, entry, context);
	spin_unlock(&psci->lock);
	return answer;
}

int psci_affinity_info(struct psci *psci, uint64_t target, uint64_t lowest_level)
{
	const struct psci_cpu *cpu = find(psci, target);

	if (cpu == NULL || lowest_level != 0)
		return PSCI_INVALID_PARAMETERS;
	switch (__atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE)) {
	case PSCI_CPU_IS_ON:
		return PSCI_AFFINITY_ON;
	case PSCI_CPU_PENDING:
		return PSCI_AFFINITY_ON_PENDING;
	default:
		return PSCI_AFFINITY_OFF;
	}
}

int psci_features(uint32_t function)
{
	static const uint32_t served[] = {
		SMCCC_VERSION,		PSCI_VERSION,
		PSCI_CPU_SUSPEND_32, /* 0: original power_state, platform-coordinated */
		PSCI_CPU_SUSPEND_64,	PSCI_CPU_OFF,
		PSCI_CPU_ON_32,		PSCI_CPU_ON_64,
		PSCI_AFFINITY_INFO_32,	PSCI_AFFINITY_INFO_64,
		PSCI_MIGRATE_INFO_TYPE, PSCI_SYSTEM_OFF,
		PSCI_SYSTEM_RESET,	PSCI_FEATURES,
	};

	for (unsigned i = 0; i < ARRAY_SIZE(served); i++) {
		if (served[i] == function)
			return PSCI_SUCCESS;
	}
	return PSCI_NOT_SUPPORTED;
}

int psci_check_standby(uint32_t power_state)
{
	return power_state == 0 ? PSCI_SUCCESS : PSCI_INVALID_PARAMETERS;
}

bool psci_asked_on(const struct psci *psci, uint64_t index, uint64_t *entry, uint64_t *context)
{
	const struct psci_cpu *cpu = &psci->cpus[index];

	if (__atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE) != PSCI_CPU_PENDING)
		return false;
	*entry = cpu->entry;
	*context = cpu->context;
	return true;
}

void psci_now(struct psci *psci, uint64_t index, enum psci_state state)
{
	spin_lock(&psci->lock);
	__atomic_store_n(&psci->cpus[index].state, state, __ATOMIC_RELEASE);
	spin_unlock(&psci->lock);
}
