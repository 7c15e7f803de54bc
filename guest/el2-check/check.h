/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * el2-check: stands in teevisor's place at EL2 and holds the firmware below, ours or another with
 * the same contract, to what teevisor relies on. Prints a line per check and a count at the end,
 * then turns the machine off. Runs with the MMU off, on QEMU virt.
 */
#ifndef GUEST_EL2_CHECK_CHECK_H
#define GUEST_EL2_CHECK_CHECK_H

#include "lib/attributes.h"
#include <stdbool.h>
#include <stdint.h>

#define CPUS_MAX 16

struct regs {
	uint64_t x[31];
};

#define READ(name)                                                                                 \
	({                                                                                         \
		uint64_t read_;                                                                    \
		__asm__ volatile("mrs %0, " name : "=r"(read_)::"memory");                         \
		read_;                                                                             \
	})
#define WRITE(name, value)                                                                         \
	do {                                                                                       \
		uint64_t write_ = (value);                                                         \
		__asm__ volatile("msr " name ", %0\n\tisb" ::"r"(write_) : "memory");              \
	} while (0)

/* start.S */
void smc_regs(struct regs *regs);		   /* SMC with x0-x30 from *regs, results to it */
void spin_regs(struct regs *regs, uint64_t ticks); /* x2-x30 from *regs, loop, x2-x30 to it */
void vectors_fill(uint64_t seed);		   /* all 128 bits of each V register */
bool vectors_intact(uint64_t seed);
void cpu_start(void); /* entry point for CPU_ON: x0 to second_main() */

/* main.c */
void say(const char *format, ...) PRINTF_LIKE(1, 2);
void check(bool ok, const char *name);
void checkf(bool ok, const char *name, uint64_t got); /* says what it got on failure */
uint64_t smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
uint64_t ticks(void);
uint64_t ticks_of_ms(uint64_t ms);
NORETURN void power_off(void);

/* The suites. */
void check_calls(void);	    /* calls.c: SMCCC and PSCI answers, registers preserved */
void check_registers(void); /* access.c: what the ID registers promise can be used at EL2 */
void check_cpus(void);	    /* cpus.c: the other CPUs on and off */
void check_tee(void);	    /* tee.c: the TEE behind the dispatcher */
NORETURN void second_main(uint64_t context);

/* irq.c: the EL2 timer (INTID 26) and SPI 219 on CPU 0. */
void irq_init(void);
void irq_timer(uint64_t in_ticks); /* once; 0: stop */
void irq_timer_again(uint64_t every_ticks);
void irq_open(void); /* take what is pending now */
extern volatile uint64_t irq_timer_count, irq_tee_count;

/* access.c: while true, an undefined instruction is counted and skipped. */
extern volatile bool probing;
extern volatile uint64_t probe_faults;

#endif
