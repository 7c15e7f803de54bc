/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printing, counting, and the order of the suites, which run twice: the second time after
 * SYSTEM_RESET. See check.h.
 */
#include "abi/psci.h"
#include "guest/el2-check/check.h"
#include "lib/print.h"
#include <stdarg.h>

#define UART ((volatile uint32_t *)0x09000000)

/* What the first pass leaves for the second, in RAM that is no part of this image. */
#define LEFT	   ((volatile struct left_behind *)0x50000000)
#define LEFT_MAGIC 0x6c65667462656869ull

struct left_behind {
	uint64_t magic, passed, failed;
};

static unsigned passed, failed;

void first_main(uint64_t device_tree);
void take_fault(void);

volatile bool probing;
volatile uint64_t probe_faults;

static void put_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			UART[0] = '\r';
		UART[0] = (unsigned char)*text;
	}
}

void say(const char *format, ...)
{
	char line[200];
	va_list args;

	va_start(args, format);
	print_format_v(line, sizeof(line), format, args);
	va_end(args);
	put_text(line);
}

void check(bool ok, const char *name)
{
	if (ok)
		passed++;
	else
		failed++;
	say("%s %s\n", ok ? "ok  " : "FAIL", name);
}

void checkf(bool ok, const char *name, uint64_t got)
{
	check(ok, name);
	if (!ok)
		say("     got 0x%lx\n", (unsigned long)got);
}

uint64_t smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	struct regs r = {{function, a, b, c}};

	smc_regs(&r);
	return r.x[0];
}

uint64_t ticks(void)
{
	__asm__ volatile("isb" ::: "memory");
	return READ("cntpct_el0");
}

uint64_t ticks_of_ms(uint64_t ms)
{
	return READ("cntfrq_el0") * ms / 1000;
}

void power_off(void)
{
	smc(PSCI_SYSTEM_OFF, 0, 0, 0);
	say("FAIL SYSTEM_OFF returned\n");
	for (;;)
		__asm__ volatile("wfi");
}

void take_fault(void)
{
	uint64_t elr = READ("elr_el2");

	if (probing) {
		probe_faults++;
		WRITE("elr_el2", elr + 4);
		return;
	}
	failed++;
	say("FAIL exception at EL2: esr 0x%lx elr 0x%lx far 0x%lx\n",
	    (unsigned long)READ("esr_el2"), (unsigned long)elr, (unsigned long)READ("far_el2"));
	say("%u passed, %u failed\n", passed, failed);
	power_off();
}

static void check_entry(uint64_t device_tree)
{
	uint32_t magic = *(volatile uint32_t *)device_tree;

	checkf(READ("CurrentEL") == 2 << 2, "entered at EL2", READ("CurrentEL"));
	checkf(magic == 0xedfe0dd0, "x0 leads to a device tree", magic);
	check(READ("cntfrq_el0") != 0, "the counter's frequency is set");
}

/* RAM keeps its content over the reset of the machine; nothing else does. */
static void reset(void)
{
	LEFT->passed = passed;
	LEFT->failed = failed;
	LEFT->magic = LEFT_MAGIC;
	say("     SYSTEM_RESET\n");
	smc(PSCI_SYSTEM_RESET, 0, 0, 0);
	check(false, "SYSTEM_RESET");
}

void first_main(uint64_t device_tree)
{
	bool second_pass = LEFT->magic == LEFT_MAGIC;

	LEFT->magic = 0;
	if (second_pass) {
		passed = (unsigned)LEFT->passed;
		failed = (unsigned)LEFT->failed;
	}
	check_entry(device_tree);
	irq_init();
	check_calls();
	check_registers();
	check_tee();
	check_cpus();
	if (!second_pass)
		reset();
	say("%u passed, %u failed\n", passed, failed);
	power_off();
}
