/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMCs that EL3 serves itself, for both worlds; calls to the TEE do not come this way unless this
 * CPU has no TEE. An answer goes to x0 and nothing else changes (SMCCC 1.2 keeps x4-x17, we keep
 * all). What nobody knows is answered -1. Called by firmware/world.S.
 */
#include "abi/optee_dispatcher.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/barrier.h"
#include "firmware/console.h"
#include "firmware/el3.h"
#include "lib/assert.h"

typedef struct world *(*smc_handler)(struct cpu *cpu, struct world *caller);

struct smc_route {
	uint32_t function;
	smc_handler handler;
};

static struct world *answer(struct world *caller, int64_t value)
{
	caller->x[0] = (uint64_t)value;
	return caller;
}

static uint32_t arg32(const struct world *caller, unsigned n)
{
	return (uint32_t)caller->x[n];
}

static struct world *smccc_version(struct cpu *cpu, struct world *caller)
{
	(void)cpu;
	return answer(caller, SMCCC_VERSION_1_2);
}

/* No CPU that QEMU offers here needs a workaround of EL3, and "not supported" says so. */
static struct world *smccc_arch_features(struct cpu *cpu, struct world *caller)
{
	uint32_t asked = arg32(caller, 1);
	bool known = asked == SMCCC_VERSION || asked == SMCCC_ARCH_FEATURES;

	(void)cpu;
	return answer(caller, known ? SMCCC_SUCCESS : SMCCC_NOT_SUPPORTED);
}

static struct world *version(struct cpu *cpu, struct world *caller)
{
	(void)cpu;
	return answer(caller, PSCI_VERSION_1_1);
}

static struct world *features(struct cpu *cpu, struct world *caller)
{
	(void)cpu;
	return answer(caller, psci_features(arg32(caller, 1)));
}

static struct world *cpu_on(struct world *caller, uint64_t target, uint64_t entry, uint64_t context)
{
	int result = psci_cpu_on(&psci, target, entry, context);

	dsb(ish);
	sev();
	return answer(caller, result);
}

static struct world *cpu_on_64(struct cpu *cpu, struct world *caller)
{
	(void)cpu;
	return cpu_on(caller, caller->x[1], caller->x[2], caller->x[3]);
}

static struct world *cpu_on_32(struct cpu *cpu, struct world *caller)
{
	(void)cpu;
	return cpu_on(caller, arg32(caller, 1), arg32(caller, 2), arg32(caller, 3));
}

static struct world *affinity_info_64(struct cpu *cpu, struct world *caller)
{
	(void)cpu;
	return answer(caller, psci_affinity_info(&psci, caller->x[1], caller->x[2]));
}

static struct world *affinity_info_32(struct cpu *cpu, struct world *caller)
{
	(void)cpu;
	return answer(caller, psci_affinity_info(&psci, arg32(caller, 1), arg32(caller, 2)));
}

static struct world *migrate_info_type(struct cpu *cpu, struct world *caller)
{
	(void)cpu;
	return answer(caller, PSCI_TOS_NOT_PRESENT_OR_MP);
}

static struct world *cpu_suspend(struct cpu *cpu, struct world *caller)
{
	int result = psci_check_standby(arg32(caller, 1));

	(void)cpu;
	if (result == PSCI_SUCCESS)
		power_standby();
	return answer(caller, result);
}

/* The TEE hears of it first, where there is one; its done-code then ends the job. */
static struct world *cpu_off(struct cpu *cpu, struct world *caller)
{
	(void)caller;
	if (cpu->tee_vectors != 0)
		return tee_enter(cpu, OPTEE_VECTOR_CPU_OFF);
	return power_cpu_off(cpu);
}

static struct world *system_off(struct cpu *cpu, struct world *caller)
{
	(void)caller;
	if (cpu->tee_vectors != 0)
		return tee_enter(cpu, OPTEE_VECTOR_SYSTEM_OFF);
	power_system_off();
}

static struct world *system_reset(struct cpu *cpu, struct world *caller)
{
	(void)caller;
	if (cpu->tee_vectors != 0)
		return tee_enter(cpu, OPTEE_VECTOR_SYSTEM_RESET);
	power_system_reset();
}

static struct world *tee_entry_done(struct cpu *cpu, struct world *caller)
{
	if (caller->x[1] == 0)
		panic("the TEE did not start");
	power_tee_is_up(cpu, caller->x[1]);
	el1_save_kept(&cpu->s);
	return power_entered(cpu);
}

static struct world *tee_on_done(struct cpu *cpu, struct world *caller)
{
	el1_save_kept(&cpu->s);
	if (caller->x[1] != 0) {
		say("CPU %lu: the TEE refuses this CPU, it runs without",
		    (unsigned long)cpu->index);
		cpu->tee_vectors = 0;
	}
	return power_entered(cpu);
}

static struct world *tee_off_done(struct cpu *cpu, struct world *caller)
{
	(void)caller;
	return power_cpu_off(cpu);
}

static struct world *tee_system_off_done(struct cpu *cpu, struct world *caller)
{
	(void)cpu, (void)caller;
	power_system_off();
}

static struct world *tee_system_reset_done(struct cpu *cpu, struct world *caller)
{
	(void)cpu, (void)caller;
	power_system_reset();
}

static const struct smc_route nonsecure[] = {
	{SMCCC_VERSION, smccc_version},
	{SMCCC_ARCH_FEATURES, smccc_arch_features},
	{PSCI_VERSION, version},
	{PSCI_FEATURES, features},
	{PSCI_CPU_SUSPEND_32, cpu_suspend},
	{PSCI_CPU_SUSPEND_64, cpu_suspend},
	{PSCI_CPU_OFF, cpu_off},
	{PSCI_CPU_ON_32, cpu_on_32},
	{PSCI_CPU_ON_64, cpu_on_64},
	{PSCI_AFFINITY_INFO_32, affinity_info_32},
	{PSCI_AFFINITY_INFO_64, affinity_info_64},
	{PSCI_MIGRATE_INFO_TYPE, migrate_info_type},
	{PSCI_SYSTEM_OFF, system_off},
	{PSCI_SYSTEM_RESET, system_reset},
};

/* CALL_DONE and FIQ_DONE are served in world.S. */
static const struct smc_route secure[] = {
	{SMCCC_VERSION, smccc_version},
	{SMCCC_ARCH_FEATURES, smccc_arch_features},
	{OPTEE_ENTRY_DONE, tee_entry_done},
	{OPTEE_ON_DONE, tee_on_done},
	{OPTEE_OFF_DONE, tee_off_done},
	{OPTEE_SYSTEM_OFF_DONE, tee_system_off_done},
	{OPTEE_SYSTEM_RESET_DONE, tee_system_reset_done},
};

static struct world *route(struct cpu *cpu, struct world *caller, const struct smc_route *routes,
			   unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (routes[i].function == (uint32_t)caller->x[0])
			return routes[i].handler(cpu, caller);
	}
	return answer(caller, SMCCC_NOT_SUPPORTED);
}

struct world *smc_from_nonsecure(struct cpu *cpu)
{
	return route(cpu, &cpu->ns, nonsecure, sizeof(nonsecure) / sizeof(nonsecure[0]));
}

struct world *smc_from_secure(struct cpu *cpu)
{
	return route(cpu, &cpu->s, secure, sizeof(secure) / sizeof(secure[0]));
}
