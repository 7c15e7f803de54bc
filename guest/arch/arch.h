/* SPDX-License-Identifier: BSD-2-Clause */
/* The chapters of the arch guest. Each runs on CPU 0 with interrupts masked, and leaves them so. */
#ifndef GUEST_ARCH_ARCH_H
#define GUEST_ARCH_ARCH_H

void arch_id(void);
void arch_hidden(void);
void arch_cpu(void);
void arch_timer(void);
void arch_gic(void);
void arch_gic_smp(void);
void arch_smccc(void);
void arch_psci(void);
void arch_psci_smp(void);

#endif
