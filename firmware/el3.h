/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of EL3 that C files ask of each other. The path of a call: firmware/world.S, then
 * firmware/smc.c, then firmware/power.c; of boot: firmware/reset.S, then firmware/boot.c.
 * "Returns a world": the one that firmware/world.S is to run next, its EL1 registers loaded.
 */
#ifndef FIRMWARE_EL3_H
#define FIRMWARE_EL3_H

#include "firmware/cpu.h"
#include "firmware/psci.h"
#include "lib/attributes.h"
#include <stdbool.h>

/* control.c: registers that say what the lower levels may do. Each CPU, once. */
void control_init(void);
uint64_t control_scr_nonsecure(void); /* SCR_EL3 for either world */
uint64_t control_scr_secure(void);
void control_init_el2(void); /* EL2's registers that must not hold garbage when it starts */

/* gic.c: the interrupt controller. The distributor once, by the first CPU, in two steps: set up,
 * then released, which lets the other CPUs out of reset.S. Then each CPU when it comes or goes. */
void gic_init(void);
void gic_release_cpus(void);
bool gic_has_cpu(uint64_t index);
void gic_cpu_up(uint64_t index, bool secure_interrupts);
void gic_cpu_down(uint64_t index);

/* tables.c: EL3's page tables. Built by the first CPU with the MMU off, then used by all. */
void tables_init(void);
void tables_use(void);
void tables_open(uint64_t base, uint64_t size, unsigned attr); /* until tables_close() */
void tables_close(uint64_t base, uint64_t size);

/* boot.c. `cpu` is the calling CPU's, zeroed. Return a world. */
struct world *boot_first(struct cpu *cpu, uint64_t index);
struct world *boot_other(struct cpu *cpu, uint64_t index);
extern struct psci psci;

/* power.c */
struct world *power_cpu_off(struct cpu *cpu);  /* waits for the next CPU_ON; returns a world */
struct world *power_cpu_wait(struct cpu *cpu); /* the same for a CPU that has not been on yet */
struct world *power_entered(struct cpu *cpu);  /* the TEE is ready on this CPU: the normal world */
void power_tee_is_up(struct cpu *cpu, uint64_t vectors);  /* the first CPU, from its boot */
void power_first_entry(uint64_t entry, uint64_t context); /* what power_entered() starts there */
void power_standby(void);
NORETURN void power_system_off(void);
NORETURN void power_system_reset(void);

/* tee.c: into the TEE at an entry of its vector table, or fresh at an address. Return a world. */
struct world *tee_start(struct cpu *cpu, uint64_t entry, uint64_t device_tree);
struct world *tee_enter(struct cpu *cpu, unsigned vector);

/* smc.c, trap.c: called by world.S with the registers saved. */
struct world *smc_from_nonsecure(struct cpu *cpu);
struct world *smc_from_secure(struct cpu *cpu);
struct world *trap_from_nonsecure(struct cpu *cpu);
void trap_from_secure(struct cpu *cpu);
void trap_from_el3(uint64_t sp, uint64_t lr);

#endif
