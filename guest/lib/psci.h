/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls to the firmware or hypervisor, and the CPUs that they start. */
#ifndef GUEST_LIB_PSCI_H
#define GUEST_LIB_PSCI_H

#include "lib/attributes.h"
#include <stdbool.h>
#include <stdint.h>

#define SMCCC_REGISTERS 18

/* x0-x17 in and out. The last two execute SMC #1 and HVC #0xffff. */
void smccc_hvc(uint64_t regs[SMCCC_REGISTERS]);
void smccc_smc(uint64_t regs[SMCCC_REGISTERS]);
void smccc_smc_bad_immediate(uint64_t regs[SMCCC_REGISTERS]);
void smccc_hvc_bad_immediate(uint64_t regs[SMCCC_REGISTERS]);

/* By the conduit that the device tree names. Returns w0 sign-extended. */
int64_t psci_call(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
NORETURN void psci_off(void);
/* AFFINITY_INFO at level 0 of a CPU's index. */
int64_t psci_state(unsigned cpu);

/*
 * Run fn(arg) on CPU `cpu`, which is off, and then switch it off. Returns PSCI's answer. `arg` must
 * live until smp_wait_off().
 */
int64_t smp_start(unsigned cpu, void (*fn)(void *arg), void *arg);
/* Only say what the CPU runs when somebody starts it at secondary_entry. */
void smp_prepare(unsigned cpu, void (*fn)(void *arg), void *arg);
/*
 * Wait until the CPU's function has returned and PSCI says that it is off. False after two seconds.
 * (QEMU's own PSCI still says "off" right after CPU_ON, so its word alone is not enough.)
 */
bool smp_wait_off(unsigned cpu);
/* Where smp_start() sends a CPU; x0 is its index. */
extern char secondary_entry[];

#endif
