/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of the CPUs as PSCI (Arm DEN 0022) sees it, and the answers that follow from it.
 * Knows no hardware: firmware/power.c turns CPUs on and off, firmware/smc.c decodes calls.
 */
#ifndef FIRMWARE_PSCI_H
#define FIRMWARE_PSCI_H

#include "arch/spinlock.h"
#include "platform/qemu-virt/board.h"
#include <stdbool.h>

enum psci_state {
	PSCI_CPU_ABSENT,  /* zeroed memory: no such CPU */
	PSCI_CPU_IS_OFF,  /* it waits; entry and context mean nothing */
	PSCI_CPU_PENDING, /* asked to come up; entry and context are its own to read */
	PSCI_CPU_IS_ON,	  /* the normal world runs on it, or is about to within this call */
};

struct psci_cpu {
	uint32_t state; /* enum psci_state; written under the lock, read by its CPU without */
	uint64_t entry, context;
};

struct psci {
	struct spinlock lock;
	struct board_range ram; /* where an entry point can be */
	struct psci_cpu cpus[BOARD_CPUS_MAX];
};

/* The CPU exists and is in this state. At boot, before others can ask. */
void psci_add_cpu(struct psci *psci, uint64_t index, enum psci_state state);

/*
 * CPU_ON. On PSCI_SUCCESS the target is PENDING with its entry and context, and the caller wakes
 * it; else nothing has changed. Of two callers at once exactly one succeeds.
 */
int psci_cpu_on(struct psci *psci, uint64_t target, uint64_t entry, uint64_t context);

/* AFFINITY_INFO. Levels above 0 are not answered, as DEN 0022 allows since version 1.0. */
int psci_affinity_info(struct psci *psci, uint64_t target, uint64_t lowest_level);

/* PSCI_FEATURES of one function id, SMCCC_VERSION included. */
int psci_features(uint32_t function);

/* PSCI_SUCCESS for a power_state (original format) that is standby of one CPU, the only one. */
int psci_check_standby(uint32_t power_state);

/* Its CPU: has somebody asked it to come up? If so, where to and with what. */
bool psci_asked_on(const struct psci *psci, uint64_t index, uint64_t *entry, uint64_t *context);

/* Its CPU: PENDING has become ON, or ON has become OFF. */
void psci_now(struct psci *psci, uint64_t index, enum psci_state state);

#endif
