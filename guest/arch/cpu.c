/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * State that must be the CPU's own across everything a hypervisor does in between: FP/SIMD and
 * debug registers while waiting and calling, and cache maintenance that guests do at boot.
 */
#include "guest/lib/cpu.h"
#include "abi/psci.h"
#include "guest/arch/arch.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "guest/lib/fp.h"
#include "guest/lib/gic.h"
#include "guest/lib/limits.h"
#include "guest/lib/psci.h"
#include "guest/lib/test.h"
#include "guest/lib/trap.h"
#include "lib/util.h"

#define FP_ROUNDS 200u

/* Sleep for a moment with interrupts masked: the virtual timer ends it. */
static void nap(void)
{
	write_sysreg(CNTV_CVAL_EL0, clock_now() + clock_ms(1) / 2);
	write_sysreg(CNTV_CTL_EL0, 1);
	isb();
	wfi();
	write_sysreg(CNTV_CTL_EL0, 0);
}

static unsigned fp_bad[CPUS_MAX];

static void fp_rounds(void *arg)
{
	unsigned *bad = arg;
	uint64_t value = 0x0123456789abcdefull * (cpu_index() + 1);

	gic_set(GIC_ENABLE, INTID_VTIMER);
	for (unsigned n = 0; n < FP_ROUNDS; n++, value += 0x1111111111ull) {
		fp_fill(value);
		if (n % 4 == 0)
			nap();
		else if (n % 4 == 1)
			(void)psci_call(PSCI_VERSION, 0, 0, 0);
		else
			clock_wait(clock_ms(1) / 4);
		*bad += !fp_holds(value);
	}
	gic_set(GIC_DISABLE, INTID_VTIMER);
}

static void floating_point(void)
{
	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		(void)smp_start(cpu, fp_rounds, &fp_bad[cpu]);
	fp_rounds(&fp_bad[0]);
	for (unsigned cpu = 0; cpu < board.cpus; cpu++) {
		bool off = cpu == 0 || smp_wait_off(cpu);

		check(off && fp_bad[cpu] == 0,
		      "CPU %u: FP/SIMD registers kept across WFI, calls and time", cpu);
	}
}

static void debug_registers(void)
{
	uint64_t address = 0x0000123456789abcull & ~3ull;

	write_sysreg(OSLAR_EL1, 0);
	isb();
	write_sysreg(DBGBVR0_EL1, address);
	write_sysreg(DBGWVR0_EL1, address);
	write_sysreg(DBGBCR0_EL1, 0x1e4); /* linked to nothing, disabled */
	isb();
	nap();
	check(read_sysreg(DBGBVR0_EL1) == address, "DBGBVR0 is kept");
	check(FIELD(read_sysreg(DBGWVR0_EL1), 48, 3) == FIELD(address, 48, 3), "DBGWVR0 is kept");
	check((read_sysreg(DBGBCR0_EL1) & 0x1e1) == 0x1e0, "DBGBCR0 is kept");
	write_sysreg(MDSCR_EL1, BIT(15)); /* MDE */
	isb();
	nap();
	check((read_sysreg(MDSCR_EL1) & BIT(15)) != 0, "MDSCR_EL1 is kept");
	write_sysreg(MDSCR_EL1, 0);
	write_sysreg(OSLAR_EL1, 1);
	isb();
	check((read_sysreg(OSLSR_EL1) & 2) != 0, "the OS lock locks");
	write_sysreg(OSLAR_EL1, 0);
	isb();
	check((read_sysreg(OSLSR_EL1) & 2) == 0, "the OS lock unlocks");
}

static void registers_kept(void)
{
	write_sysreg(TPIDRRO_EL0, 0x1122334455667788);
	write_sysreg(CONTEXTIDR_EL1, 0x12345678);
	write_sysreg(CSSELR_EL1, 1);
	nap();
	check(read_sysreg(TPIDRRO_EL0) == 0x1122334455667788 &&
		      read_sysreg(CONTEXTIDR_EL1) == 0x12345678 && read_sysreg(CSSELR_EL1) == 1,
	      "thread, context and cache selection registers are kept");
	write_sysreg(CSSELR_EL1, 0);
}

static void maintenance(void)
{
	struct trap_record r = TRAP_OF({
		__asm__ volatile("dc isw, xzr\n\tdc csw, xzr\n\tdc cisw, xzr\n\tic iallu" ::
					 : "memory");
		__asm__ volatile("tlbi vmalle1\n\ttlbi vmalle1is\n\tdsb sy\n\tisb" ::: "memory");
		(void)read_sysreg(CCSIDR_EL1);
		(void)read_sysreg(ACTLR_EL1);
		(void)read_sysreg(AIDR_EL1);
	});

	check(r.count == 0, "cache and TLB maintenance of a boot loader (ESR %#llx)",
	      (unsigned long long)r.esr);
}

static void undefined(void)
{
	struct trap_record r = TRAP_OF(__asm__ volatile(".inst 0" ::: "memory"));

	check(trap_undefined(&r), "a word of zeroes is UNDEFINED");
	r = TRAP_OF((void)read32(0x0b000010));
	check(r.count == 1 && trap_class(&r) == EC_DATA_ABORT && trap_status(&r) == FSC_EXTERNAL &&
		      r.far == 0x0b000010,
	      "a read where nothing is: external abort (ESR %#llx FAR %#llx)",
	      (unsigned long long)r.esr, (unsigned long long)r.far);
}

void arch_cpu(void)
{
	gic_set(GIC_ENABLE, INTID_VTIMER);
	debug_registers();
	registers_kept();
	floating_point();
	maintenance();
	undefined();
}
