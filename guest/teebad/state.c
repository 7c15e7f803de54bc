/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a CPU keeps across calls into the TEE (group I), calls that one CPU begins and another ends,
 * and interrupts without end while the TEE works.
 */
#include "abi/psci.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "guest/lib/cpu.h"
#include "guest/lib/fp.h"
#include "guest/lib/gic.h"
#include "guest/lib/limits.h"
#include "guest/lib/test.h"
#include "guest/lib/trap.h"
#include "guest/teebad/tee.h"
#include "lib/util.h"
#include <string.h>

#define ROUNDS 100u
#define STORM  10000u

/* Registers that a call does not define. */
static void registers(void)
{
	struct tee_call c = {0};
	unsigned bad = 0;

	for (unsigned n = 0; n < ROUNDS; n++) {
		struct message *m = tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_CANCEL, 0);
		uint64_t before[SMCCC_REGISTERS];

		for (unsigned i = 0; i < SMCCC_REGISTERS; i++)
			c.regs[i] = 0x0123456789ull * (i + 1);
		c.regs[0] = OPTEE_SMC_CALL_WITH_RPC_ARG;
		c.regs[1] = (uintptr_t)m >> 32;
		c.regs[2] = (uint32_t)(uintptr_t)m;
		memcpy(before, c.regs, sizeof(before));
		(void)tee_enter(&c);
		bad += memcmp(before + 4, c.regs + 4, 14 * sizeof(before[0])) != 0;
		(void)tee_go_on(&c);
	}
	check(bad == 0, "scenario 92: x4 to x17 are kept across calls (%u times not)", bad);
}

/* Of a message, only what the TEE answers changes; what follows it stays as it was. */
static void message_bytes(void)
{
	struct tee_call c = {0};
	struct message *m = tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_INVOKE_COMMAND, 2);
	unsigned bad = 0;

	memset(&m->p[2], 0xa5, PAGE - 96);
	m->h.session = 0x7777;
	m->p[0] = tee_param(OPTEE_MSG_ATTR_VALUE_INPUT, 11, 22, 33);
	(void)tee_call(&c);
	for (unsigned i = 96; i < PAGE; i++)
		bad += ((uint8_t *)m)[i] != 0xa5;
	check(bad == 0 && m->p[0].value.a == 11 && m->p[0].value.c == 33 && m->h.pad == 0,
	      "scenario 92: an answer holds no byte that is not the message's (%u do)", bad);
}

static unsigned fp_bad[CPUS_MAX];

static void calls_with_live_registers(void *arg)
{
	unsigned *bad = arg;
	uint64_t value = 0x123456789abcull * (cpu_index() + 1);

	for (unsigned n = 0; n < ROUNDS; n++, value += 0x100000001ull) {
		struct tee_call c = {0};

		tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_CANCEL, 0);
		fp_fill(value);
		(void)tee_call(&c);
		*bad += !fp_holds(value);
	}
}

static void floating_point(void)
{
	bool off = true;

	for (unsigned cpu = 1; cpu < board.cpus; cpu++)
		(void)smp_start(cpu, calls_with_live_registers, &fp_bad[cpu]);
	calls_with_live_registers(&fp_bad[0]);
	for (unsigned cpu = 1; cpu < board.cpus; cpu++) {
		while (!smp_wait_off(cpu))
			;
		off = off && fp_bad[cpu] == 0;
	}
	check(off && fp_bad[0] == 0, "scenario 93: FP/SIMD registers are kept across TEE calls");
}

static struct tee_call handed_over;

/* CPU 1 begins a call and switches itself off while the TEE waits for an answer. */
static void begin_and_leave(void *arg)
{
	(void)arg;
	handed_over = (struct tee_call){.hold = true};
	tee_search(&handed_over, PAGE_MESSAGE);
	(void)tee_call(&handed_over);
}

static void resume_elsewhere(void *arg)
{
	(void)arg;
	(void)tee_go_on(&handed_over);
}

static bool handed_over_well(void)
{
	return handed_over.message->h.ret == TEE_ITEM_NOT_FOUND &&
	       (uint32_t)handed_over.regs[0] == OPTEE_SMC_OK;
}

static void calls_between_cpus(void)
{
	bool off;

	if (board.cpus < 2) {
		skip("scenarios 54, 77: a call that another CPU ends");
		return;
	}
	(void)smp_start(1, begin_and_leave, (void *)0);
	off = smp_wait_off(1);
	resume_elsewhere((void *)0);
	check(off && handed_over_well(),
	      "scenario 77: a CPU that is off left a call: CPU 0 ends it");
	begin_and_leave((void *)0);
	(void)smp_start(1, resume_elsewhere, (void *)0);
	check(smp_wait_off(1) && handed_over_well(),
	      "scenario 54: a call that waits is ended by a CPU that was off before");
}

/* A timer that fires again as soon as it was served, and a guest that serves it. */
static volatile unsigned fired;

static void on_timer(void)
{
	unsigned intid = gic_acknowledge();

	fired++;
	write_sysreg(CNTV_CVAL_EL0, clock_now() + clock_ms(1) / 100);
	isb();
	if (intid != GIC_SPURIOUS)
		gic_end(intid);
}

static void interrupts_without_end(void)
{
	unsigned good = 0;

	trap_irq = on_timer;
	gic_set(GIC_ENABLE, INTID_VTIMER);
	write_sysreg(CNTV_CVAL_EL0, clock_now());
	write_sysreg(CNTV_CTL_EL0, 1);
	irq_unmask();
	for (unsigned n = 0; n < 10; n++)
		good += tee_works();
	irq_mask();
	write_sysreg(CNTV_CTL_EL0, 0);
	check(good == 10 && fired > 100,
	      "scenario 67: the TEE works while a timer fires all the time (%u times)", fired);
	/* Pending for ever and masked: the TEE is interrupted, the guest has nothing to do. */
	write_sysreg(CNTV_CVAL_EL0, 0);
	write_sysreg(CNTV_CTL_EL0, 1);
	isb();
	for (good = 0; good < 10 && tee_works(); good++)
		;
	write_sysreg(CNTV_CTL_EL0, 0);
	gic_set(GIC_DISABLE, INTID_VTIMER);
	check(good == 10, "scenario 68: the TEE works while an interrupt pends and is masked");
}

/* Asked for by a guest that never looks: its interrupt stays masked from here on. */
static void notifications(void)
{
	bool offered = tee_smc(OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, 0, 0, 0) == OPTEE_SMC_OK;
	unsigned bad = 0;

	if (!offered) {
		skip("scenarios 84, 87: notifications, which this board does not have");
		return;
	}
	for (unsigned n = 0; n < ROUNDS; n++)
		bad += tee_smc(OPTEE_SMC_ENABLE_ASYNC_NOTIF, 0, 0, 0) != OPTEE_SMC_OK;
	for (unsigned n = 0; n < STORM; n++)
		bad += tee_smc(OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, 0, 0, 0) != OPTEE_SMC_OK;
	check(bad == 0, "scenarios 84, 87: notifications enabled again and again, values asked "
			"for without end, the interrupt left masked");
}

void attack_state(void)
{
	registers();
	message_bytes();
	floating_point();
	calls_between_cpus();
	interrupts_without_end();
	notifications();
}
