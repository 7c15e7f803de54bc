/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPUs and the machine on and off. A CPU that comes up first enters the TEE, if the TEE can serve
 * it, then the normal world; one that goes down tells the TEE, then waits here. A CPU that is off
 * waits in WFE on its PSCI state.
 */
#include "abi/optee_dispatcher.h"
#include "abi/psci.h"
#include "arch/aarch64/sysreg.h"
#include "arch/barrier.h"
#include "drivers/pl061.h"
#include "firmware/console.h"
#include "firmware/el3.h"
#include "lib/util.h"
#include <string.h>

#define SPSR_EL2H_MASKED 0x3c9
#define SCTLR_EL1_RESET	 0x30d00800ull
#define SCR_IRQ_FIQ	 6ull

/* Written by the first CPU before any other can be turned on. */
static uint64_t tee_vectors;

static bool tee_serves(const struct cpu *cpu)
{
	return tee_vectors != 0 && cpu->index < OPTEE_CPUS_MAX;
}

/* The normal world from its beginning, at EL2. */
static struct world *start_nonsecure(struct cpu *cpu, uint64_t entry, uint64_t context)
{
	uint64_t actlr = read_sysreg(actlr_el1);

	memset(&cpu->ns, 0, sizeof(cpu->ns));
	cpu->ns.scr = control_scr_nonsecure();
	cpu->ns.elr = entry;
	cpu->ns.spsr = SPSR_EL2H_MASKED;
	cpu->ns.x[0] = context;
	cpu->ns.el1[EL1_SCTLR] = SCTLR_EL1_RESET;
	cpu->ns.el1[EL1_ACTLR] = actlr;
	el1_load_all(&cpu->ns);
	write_sysreg(scr_el3, cpu->ns.scr);
	isb();
	control_init_el2();
	isb();
	return &cpu->ns;
}

struct world *power_entered(struct cpu *cpu)
{
	struct psci_cpu *own = &psci.cpus[cpu->index];
	struct world *world = start_nonsecure(cpu, own->entry, own->context);

	psci_now(&psci, cpu->index, PSCI_CPU_IS_ON);
	return world;
}

void power_first_entry(uint64_t entry, uint64_t context)
{
	psci.cpus[0].entry = entry;
	psci.cpus[0].context = context;
}

void power_tee_is_up(struct cpu *cpu, uint64_t vectors)
{
	tee_vectors = vectors;
	cpu->tee_vectors = vectors;
}

struct world *power_cpu_wait(struct cpu *cpu)
{
	uint64_t entry, context;

	while (!psci_asked_on(&psci, cpu->index, &entry, &context))
		wfe();
	gic_cpu_up(cpu->index, tee_serves(cpu));
	if (!tee_serves(cpu))
		return power_entered(cpu);
	cpu->tee_vectors = tee_vectors;
	return tee_start(cpu, tee_vectors + OPTEE_VECTOR_CPU_ON, 0);
}

struct world *power_cpu_off(struct cpu *cpu)
{
	gic_cpu_down(cpu->index);
	cpu->tee_vectors = 0;
	psci_now(&psci, cpu->index, PSCI_CPU_IS_OFF);
	return power_cpu_wait(cpu);
}

/* The routing bits make each interrupt that is pending for a lower level end the WFI. */
void power_standby(void)
{
	uint64_t scr = read_sysreg(scr_el3);

	write_sysreg(scr_el3, scr | SCR_IRQ_FIQ);
	isb();
	dsb(sy);
	wfi();
	write_sysreg(scr_el3, scr);
	isb();
}

void power_system_off(void)
{
	pl061_pulse(board.power_gpio.base, board.power_off_line);
	for (;;)
		wfi();
}

void power_system_reset(void)
{
	pl061_pulse(board.power_gpio.base, board.reset_line);
	for (;;)
		wfi();
}
