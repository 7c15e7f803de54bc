/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both EL1 timers (Arm ARM D11): condition, masking, the level that the GIC sees, delivery at the
 * right INTID, waking from WFI.
 */
#include "guest/arch/arch.h"
#include "guest/lib/clock.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/test.h"
#include "guest/lib/trap.h"
#include "lib/util.h"

#define CTL_ENABLE  1u
#define CTL_IMASK   2u
#define CTL_ISTATUS 4u

struct timer {
	const char *name;
	unsigned intid;
	uint64_t (*count)(void);
	uint64_t (*control)(void);
	void (*set_control)(uint64_t v);
	uint64_t (*compare)(void);
	void (*set_compare)(uint64_t v);
	uint64_t (*value)(void);
	void (*set_value)(uint64_t v);
};

#define TIMER_REG_R(fn, reg)                                                                       \
	static uint64_t fn(void)                                                                   \
	{                                                                                          \
		isb();                                                                             \
		return read_sysreg(reg);                                                           \
	}
#define TIMER_REG_W(fn, reg)                                                                       \
	static void fn(uint64_t v)                                                                 \
	{                                                                                          \
		write_sysreg(reg, v);                                                              \
		isb();                                                                             \
	}

TIMER_REG_R(v_count, CNTVCT_EL0)
TIMER_REG_R(v_control, CNTV_CTL_EL0)
TIMER_REG_W(v_set_control, CNTV_CTL_EL0)
TIMER_REG_R(v_compare, CNTV_CVAL_EL0)
TIMER_REG_W(v_set_compare, CNTV_CVAL_EL0)
TIMER_REG_R(v_value, CNTV_TVAL_EL0)
TIMER_REG_W(v_set_value, CNTV_TVAL_EL0)
TIMER_REG_R(p_count, CNTPCT_EL0)
TIMER_REG_R(p_control, CNTP_CTL_EL0)
TIMER_REG_W(p_set_control, CNTP_CTL_EL0)
TIMER_REG_R(p_compare, CNTP_CVAL_EL0)
TIMER_REG_W(p_set_compare, CNTP_CVAL_EL0)
TIMER_REG_R(p_value, CNTP_TVAL_EL0)
TIMER_REG_W(p_set_value, CNTP_TVAL_EL0)

static const struct timer timers[] = {
	{"virtual timer", INTID_VTIMER, v_count, v_control, v_set_control, v_compare, v_set_compare,
	 v_value, v_set_value},
	{"physical timer", INTID_PTIMER, p_count, p_control, p_set_control, p_compare,
	 p_set_compare, p_value, p_set_value},
};

static const struct timer *current;
static volatile unsigned taken, wrong;

static void on_interrupt(void)
{
	unsigned intid = gic_acknowledge();

	taken++;
	wrong += intid != current->intid;
	current->set_control(CTL_ENABLE | CTL_IMASK);
	gic_end(intid);
}

/* Wait at most 20 ms until the GIC's pending bit is `expected`; returns it. */
static bool pending(const struct timer *t, bool expected)
{
	uint64_t end = clock_now() + clock_ms(20);

	while (gic_get(GIC_SET_PENDING, t->intid) != expected && clock_now() < end)
		;
	return gic_get(GIC_SET_PENDING, t->intid);
}

static void registers(const struct timer *t)
{
	uint64_t now;

	t->set_control(0);
	t->set_compare(0x123456789abcdef0);
	check(t->compare() == 0x123456789abcdef0, "%s: CVAL keeps 64 bits", t->name);
	now = t->count();
	t->set_value(0x10000);
	check(t->compare() - now - 0x10000 < clock_ms(50), "%s: TVAL writes CVAL relative to now",
	      t->name);
	t->set_compare(t->count() + clock_ms(1000));
	check(t->value() - clock_ms(900) <= clock_ms(100), "%s: TVAL reads what is left", t->name);
	t->set_control(CTL_ENABLE | CTL_IMASK);
	check(t->control() == (CTL_ENABLE | CTL_IMASK), "%s: not met in the future", t->name);
	t->set_control(0);
}

static void condition(const struct timer *t)
{
	t->set_compare(t->count());
	t->set_control(CTL_ENABLE | CTL_IMASK);
	check((t->control() & CTL_ISTATUS) != 0, "%s: met now", t->name);
	check(!pending(t, false) && !gic_signalled(false), "%s: masked, no level", t->name);
	t->set_control(CTL_ENABLE);
	check(pending(t, true), "%s: the GIC sees the level while disabled there", t->name);
	check(!gic_signalled(false), "%s: not signalled while disabled", t->name);
	gic_set(GIC_CLEAR_PENDING, t->intid);
	check(pending(t, true), "%s: ICPENDR does not clear a level that stays", t->name);
	t->set_compare(t->count() + clock_ms(10000));
	check(!pending(t, false), "%s: the level falls with the condition", t->name);
	t->set_compare(0);
	t->set_control(0);
	check(!pending(t, false), "%s: no level when switched off", t->name);
}

static void acknowledge(const struct timer *t)
{
	unsigned first, again;

	gic_set(GIC_ENABLE, t->intid);
	t->set_compare(t->count());
	t->set_control(CTL_ENABLE);
	check(gic_signalled(true), "%s: signalled", t->name);
	first = gic_acknowledge();
	check(first == t->intid, "%s: INTID %u acknowledged (%u)", t->name, t->intid, first);
	check(gic_get(GIC_SET_ACTIVE, t->intid), "%s: active", t->name);
	check(!gic_signalled(false), "%s: not signalled again while active", t->name);
	gic_end(first);
	check(gic_signalled(true), "%s: again after EOI, the level stayed", t->name);
	again = gic_acknowledge();
	t->set_control(CTL_ENABLE | CTL_IMASK);
	gic_end(again);
	check(again == t->intid && !gic_signalled(false) && !pending(t, false),
	      "%s: quiet after EOI, the level fell while active", t->name);
	check(gic_acknowledge() == GIC_SPURIOUS, "%s: nothing left", t->name);
}

static void delivery(const struct timer *t)
{
	uint64_t due;

	taken = wrong = 0;
	current = t;
	trap_irq = on_interrupt;
	due = t->count() + clock_ms(2);
	t->set_compare(due);
	t->set_control(CTL_ENABLE);
	irq_unmask();
	while (taken == 0 && t->count() < due + clock_ms(500))
		;
	irq_mask();
	check(taken == 1 && wrong == 0 && t->count() >= due, "%s: taken once, not early", t->name);
	for (unsigned n = 0; n < 50; n++) {
		t->set_compare(t->count() + clock_ms(1) / 5);
		t->set_control(CTL_ENABLE);
		irq_unmask();
		wfi();
		while (taken < n + 2 && t->count() < t->compare() + clock_ms(500))
			;
		irq_mask();
	}
	check(taken == 51 && wrong == 0, "%s: 50 more by WFI (%u)", t->name, taken);
}

static void wake(const struct timer *t)
{
	uint64_t due = t->count() + clock_ms(5);

	t->set_compare(due);
	t->set_control(CTL_ENABLE);
	while (t->count() < due)
		wfi();
	check(t->count() - due < clock_ms(500) && gic_signalled(true),
	      "%s: WFI with PSTATE.I set ends when it is due", t->name);
	t->set_control(0);
	gic_set(GIC_DISABLE, t->intid);
}

static void counters(void)
{
	uint64_t last = v_count(), backwards = 0, offset = p_count() - v_count();

	for (unsigned n = 0; n < 100000; n++) {
		uint64_t now = v_count();

		backwards += now < last;
		last = now;
	}
	check(backwards == 0, "the virtual counter never goes back");
	check(p_count() - v_count() - offset + clock_ms(10) < clock_ms(20),
	      "both counters run at the same speed");
}

void arch_timer(void)
{
	gic_init_cpu();
	counters();
	for (unsigned n = 0; n < ARRAY_SIZE(timers); n++) {
		registers(&timers[n]);
		condition(&timers[n]);
		acknowledge(&timers[n]);
		delivery(&timers[n]);
		wake(&timers[n]);
	}
}
