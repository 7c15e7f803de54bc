/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual GIC against a fake CPU interface: what a guest sees in the registers, and which
 * interrupts reach it in which order.
 */
#include "tests/unit/vgic_guest.h"

static void identification_is_a_gicv3_of_288_interrupts(void **state)
{
	(void)state;
	assert_int_equal(READ(GICD(0x4)) & 0x1f, 8);
	assert_int_equal(READ(GICD(0xffe8)), 0x3b);
	assert_int_equal(READ(GICD(0x8)), 0x43b);
	assert_int_equal(READ(GICR(1, 0xffe8)), 0x3b);
	assert_int_equal(READ64(GICR(0, 0x8)), 0);
	assert_int_equal(READ64(GICR(1, 0x8)), 1ull << 32 | 1 << 8);
	assert_int_equal(READ64(GICR(2, 0x8)), 2ull << 32 | 2 << 8 | 0x10);
	assert_int_equal(READ(GICR(2, 0x8)), 2 << 8 | 0x10);
	assert_int_equal(READ(GICR(2, 0xc)), 2);
}

static void reset_values(void **state)
{
	(void)state;
	assert_int_equal(READ(GICD(0)), 0x50);
	assert_int_equal(READ(SGIB(1, 0xc00)), 0xaaaaaaaa);
	assert_int_equal(READ(SGIB(1, 0xc04)), 0);
	assert_int_equal(READ(GICR(1, 0x14)), 6);
	for (uint32_t at = 0x80; at < 0x800; at += 4) {
		assert_int_equal(READ(GICD(at)), 0);
		assert_int_equal(READ(SGIB(2, at)), 0);
	}
	assert_int_equal(READ64(GICD(0x6000 + 8 * SPI)), 0);
}

static void what_does_not_exist_reads_as_zero_and_ignores_writes(void **state)
{
	(void)state;
	WRITE(GICD(0x100), ~0u); /* private ones live in the redistributor */
	assert_int_equal(READ(GICD(0x100)), 0);
	WRITE(GICD(0x100 + 36), ~0u); /* INTID 288 and up */
	assert_int_equal(READ(GICD(0x100 + 36)), 0);
	WRITE(GICD(0x820), ~0u); /* ITARGETSR, IGRPMODR, NSACR, SGIR, SETSPI */
	assert_int_equal(READ(GICD(0x820)), 0);
	WRITE(GICD(0xd04), ~0u);
	assert_int_equal(READ(GICD(0xd04)), 0);
	WRITE(GICD(0xf00), ~0u);
	WRITE(GICD(0x40), SPI);
	assert_false(pending(SPI));
	assert_int_equal(READ8(GICD(0x820)), 0);
	assert_int_equal(READ8(GICD(0x4)), 0); /* byte of a word register */
	assert_int_equal(READ64(GICD(0x100)), 0);
	assert_int_equal(access_of(GICD(0x402), 4, false, ~0ull), 0); /* not aligned */
	assert_int_equal(READ(GICR(CPUS, 0x8)), 0);		      /* no such vCPU */
	assert_int_equal(READ(GICR(0, 0x70)), 0);		      /* LPIs */
	WRITE(GICR(0, 0), ~0u);
	assert_int_equal(READ(GICR(0, 0)), 0);
	for (uint64_t at = 0; at < 0x10000; at += 4) { /* nothing traps over any offset */
		(void)READ(GICD(at));
		READ64(GICD(at));
		(void)READ8(GICR(0, at));
		(void)READ(SGIB(0, at));
		WRITE(SGIB(1, at), ~0u);
		WRITE(GICD(at), ~0u);
	}
	leave();
}

static void registers_keep_what_is_written(void **state)
{
	(void)state;
	WRITE(GICD(0), ~0u);
	assert_int_equal(READ(GICD(0)), 0x53);
	WRITE(GICR(1, 0x14), 0);
	assert_int_equal(READ(GICR(1, 0x14)), 0);
	WRITE(GICD(0x404 + SPI), 0x12345678);
	assert_int_equal(READ(GICD(0x404 + SPI)), 0x10305078);
	WRITE8(GICD(0x405 + SPI), 0xa0);
	assert_int_equal(READ8(GICD(0x405 + SPI)), 0xa0);
	assert_int_equal(READ(GICD(0x404 + SPI)), 0x1030a078);
	WRITE(SGIB(0, 0xc00), 0);
	assert_int_equal(READ(SGIB(0, 0xc00)), 0xaaaaaaaa);
	WRITE(SGIB(0, 0xc04), ~0u); /* all but the two timers */
	assert_int_equal(READ(SGIB(0, 0xc04)), 0xaaaaaaaa & ~(3u << 22) & ~(3u << 28));
	WRITE64(GICD(0x6000 + 8 * SPI), ~0ull);
	assert_true(READ64(GICD(0x6000 + 8 * SPI)) == 0xff00ffffffull);
	WRITE(GICD(0x6000 + 8 * SPI), 2);
	assert_true(READ64(GICD(0x6000 + 8 * SPI)) == 0xff00000002ull);
	WRITE(GICD(0x6004 + 8 * SPI), 0);
	assert_int_equal(READ(GICD(0x6004 + 8 * SPI)), 0);
	assert_true(READ64(GICD(0x6000 + 8 * SPI)) == 2);
	set(ENABLE, SPI);
	set(ENABLE, SPI + 1);
	set(DISABLE, SPI);
	assert_false(bit(ENABLE, SPI));
	assert_true(bit(ENABLE, SPI + 1));
	assert_true(bit(DISABLE, SPI + 1));
}

static void edge_is_pending_once_until_acknowledged(void **state)
{
	(void)state;
	enable(SPI, 0x80, true);
	vgic_set_line(&vm, 0, SPI, true);
	vgic_set_line(&vm, 0, SPI, false);
	assert_true(pending(SPI));
	assert_int_equal(ack(), SPI);
	assert_false(pending(SPI));
	assert_true(active(SPI));
	vgic_set_line(&vm, 0, SPI, true); /* again, while active */
	assert_true(pending(SPI));
	assert_true(active(SPI));
	assert_int_equal(ack(), FAKE_SPURIOUS);
	eoi(SPI);
	assert_int_equal(ack(), SPI);
	eoi(SPI);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	assert_false(pending(SPI) || active(SPI));
}

static void an_injected_interrupt_is_an_edge_even_on_a_level_line(void **state)
{
	(void)state;
	enable(SPI, 0x80, false);
	vgic_inject(&vm, 0, SPI);
	assert_true(pending(SPI));
	assert_int_equal(ack(), SPI);
	assert_false(pending(SPI));
	vgic_inject(&vm, 0, SPI); /* while active: once more after the end, and once only */
	vgic_inject(&vm, 0, SPI);
	eoi(SPI);
	assert_int_equal(ack(), SPI);
	eoi(SPI);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	vgic_inject(&vm, 0, VGIC_LINES);
	vgic_inject(&vm, 99, 5);
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

static void level_is_pending_as_long_as_its_line_is_high(void **state)
{
	(void)state;
	enable(SPI, 0x80, false);
	vgic_set_line(&vm, 0, SPI, true);
	set(UNPEND, SPI); /* has no effect on a line */
	assert_true(pending(SPI));
	assert_int_equal(ack(), SPI);
	assert_true(pending(SPI) && active(SPI));
	eoi(SPI);
	assert_int_equal(ack(), SPI);
	vgic_set_line(&vm, 0, SPI, false);
	assert_false(pending(SPI));
	eoi(SPI);
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

/* No register access in between: the guest that does not lower the line is interrupted again. */
static void level_left_high_comes_again_by_maintenance(void **state)
{
	(void)state;
	enable(SPI, 0x80, false);
	vgic_set_line(&vm, 0, SPI, true);
	leave();
	assert_int_equal(fake_ack(true), SPI);
	fake_eoi(true, SPI);
	assert_false(fake_signalled(true));
	assert_true(fake_maintenance());
	leave();
	assert_true(fake_signalled(true));
}

static void line_that_falls_takes_the_interrupt_back(void **state)
{
	(void)state;
	enable(SPI, 0x80, false);
	vgic_set_line(&vm, 0, SPI, true);
	leave();
	assert_true(fake_signalled(true));
	vgic_set_line(&vm, 0, SPI, false);
	leave();
	assert_false(fake_signalled(true));
	assert_false(pending(SPI));
}

static void software_pends_and_unpends(void **state)
{
	(void)state;
	for (int on_edge = 0; on_edge < 2; on_edge++) {
		enable(SPI, 0x80, on_edge != 0);
		set(PEND, SPI);
		leave();
		assert_true(pending(SPI)); /* read back from the list register */
		assert_true(bit(UNPEND, SPI));
		leave();
		set(UNPEND, SPI);
		assert_false(pending(SPI));
		assert_int_equal(ack(), FAKE_SPURIOUS);
		set(PEND, SPI);
		assert_int_equal(ack(), SPI);
		assert_false(pending(SPI)); /* the latch went with the acknowledge */
		eoi(SPI);
		assert_int_equal(ack(), FAKE_SPURIOUS);
	}
}

static void active_bit_holds_an_interrupt_back(void **state)
{
	(void)state;
	enable(SPI, 0x80, true);
	set(ACTIVATE, SPI);
	set(PEND, SPI);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	assert_true(active(SPI));
	set(DEACTIVATE, SPI);
	assert_false(active(SPI));
	assert_int_equal(ack(), SPI);
	set(DEACTIVATE, SPI);
	assert_false(active(SPI));
	eoi(SPI);
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

static void disabled_interrupt_stays_pending(void **state)
{
	(void)state;
	enable(SPI, 0x80, true);
	set(PEND, SPI);
	leave();
	set(DISABLE, SPI);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	assert_true(pending(SPI));
	set(ENABLE, SPI);
	WRITE(GICD(0), 1); /* group 1 off in the distributor */
	assert_int_equal(ack(), FAKE_SPURIOUS);
	assert_true(pending(SPI));
	WRITE(GICD(0), 3);
	assert_int_equal(ack(), SPI);
}

static void group_0_arrives_as_group_0(void **state)
{
	(void)state;
	enable(SPI, 0x80, true);
	WRITE(bank(0x80, SPI), 0);
	set(PEND, SPI);
	leave();
	assert_false(fake_signalled(true));
	assert_int_equal(fake_ack(false), SPI);
}

static void sgi_reaches_whom_it_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CPUS; i++) {
		enter(i);
		enable(5, 0x80, true);
	}
	enter(0);
	memset(fake_kicks, 0, sizeof(fake_kicks));
	vgic_send_sgi(&vcpus[0], 5ull << 24 | 0xff02); /* those that do not exist: ignored */
	assert_int_equal(fake_kicks[1], 1);
	assert_int_equal(fake_kicks[0] + fake_kicks[2], 0);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	enter(1);
	assert_int_equal(ack(), 5);
	eoi(5);
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

static void sgi_to_self_and_to_all_but_self(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CPUS; i++) {
		enter(i);
		enable(15, 0x80, true);
	}
	enter(1);
	memset(fake_kicks, 0, sizeof(fake_kicks));
	vgic_send_sgi(&vcpus[1], 15ull << 24 | 2);
	vgic_send_sgi(&vcpus[1], 15ull << 24 | 2); /* pending is one bit */
	assert_int_equal(fake_kicks[1], 0);	   /* it is here already */
	assert_int_equal(ack(), 15);
	eoi(15);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	vgic_send_sgi(&vcpus[1], 15ull << 24 | 1ull << 40 | 2);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	enter(0);
	assert_int_equal(ack(), 15);
	enter(2);
	assert_int_equal(ack(), 15);
}

static void sgi_to_another_cluster_reaches_nobody(void **state)
{
	static const uint64_t elsewhere[] = {1ull << 16, 1ull << 32, 1ull << 48, 1ull << 44};

	(void)state;
	enable(3, 0x80, true);
	for (unsigned i = 0; i < ARRAY_SIZE(elsewhere); i++)
		vgic_send_sgi(&vcpus[1], 3ull << 24 | elsewhere[i] | 1);
	enter(0);
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

static void more_interrupts_than_registers_arrive_by_priority(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 12; i++) {
		enable(SPI + i, (uint8_t)(0xe0 - i * 0x10), true);
		set(PEND, SPI + i);
	}
	leave();
	for (uint32_t i = 12; i-- > 0;) {
		uint32_t intid = fake_ack(true); /* only the hardware asks for more */

		assert_int_equal(intid, SPI + i);
		eoi(intid);
	}
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

static void nested_deeper_than_registers_end_in_order(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		enable(SPI + i, (uint8_t)(0xe0 - i * 0x10), true);
	for (uint32_t i = 0; i < 8; i++) {
		set(PEND, SPI + i);
		assert_int_equal(ack(), SPI + i);
	}
	for (uint32_t i = 0; i < 8; i++)
		assert_true(active(SPI + i));
	for (uint32_t i = 8; i-- > 0;) {
		eoi(SPI + i);
		assert_false(active(SPI + i));
		assert_true(i == 0 || active(SPI + i - 1));
	}
	assert_int_equal(fake_cpus[0].apr[1][0], 0);
	set(PEND, SPI);
	assert_int_equal(ack(), SPI);
}

static void higher_priority_preempts_when_all_registers_are_active(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		enable(SPI + i, (uint8_t)(0xc0 - i * 0x10), true);
		set(PEND, SPI + i);
		assert_int_equal(ack(), SPI + i);
	}
	enable(SPI + 9, 0x10, true);
	set(PEND, SPI + 9);
	assert_int_equal(ack(), SPI + 9);
	eoi(SPI + 9);
	for (uint32_t i = 4; i-- > 0;)
		eoi(SPI + i);
	for (uint32_t i = 0; i < 10; i++)
		assert_false(active(SPI + i));
}

static void spi_follows_its_router(void **state)
{
	(void)state;
	enable(SPI, 0x80, false);
	vgic_set_line(&vm, 0, SPI, true);
	leave();
	memset(fake_kicks, 0, sizeof(fake_kicks));
	WRITE64(GICD(0x6000 + 8 * SPI), 2);
	assert_int_equal(fake_kicks[2], 1);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	enter(2);
	assert_int_equal(ack(), SPI);
	WRITE64(GICD(0x6000 + 8 * SPI), 1); /* while active here */
	leave();
	enter(1);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	enter(2);
	memset(fake_kicks, 0, sizeof(fake_kicks));
	fake_eoi(true, SPI);
	leave();
	assert_int_equal(fake_kicks[1], 1);
	enter(1);
	assert_int_equal(ack(), SPI);
	WRITE64(GICD(0x6000 + 8 * SPI), 77); /* nobody */
	eoi(SPI);
	for (unsigned i = 0; i < CPUS; i++) {
		enter(i);
		assert_int_equal(ack(), FAKE_SPURIOUS);
	}
	assert_true(pending(SPI));
}

static void edge_while_active_elsewhere_waits_for_its_end(void **state)
{
	(void)state;
	enable(SPI, 0x80, true);
	set(PEND, SPI);
	assert_int_equal(ack(), SPI);
	WRITE64(GICD(0x6000 + 8 * SPI), 1);
	vgic_set_line(&vm, 0, SPI, true);
	leave();
	enter(1);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	enter(0);
	memset(fake_kicks, 0, sizeof(fake_kicks));
	fake_eoi(true, SPI);
	leave();
	assert_int_equal(fake_kicks[1], 1);
	enter(1);
	assert_int_equal(ack(), SPI);
}

/* vCPU 1 changes what is in the list registers of vCPU 0, which does not leave the guest yet. */
static void change_from_another_vcpu_takes_effect_at_the_next_exit(void **state)
{
	(void)state;
	enable(SPI, 0x80, true);
	enable(SPI + 1, 0x90, true);
	set(PEND, SPI);
	set(PEND, SPI + 1);
	leave();
	assert_int_equal(fake_ack(true), SPI);
	enter(1);
	memset(fake_kicks, 0, sizeof(fake_kicks));
	set(UNPEND, SPI + 1);
	set(DEACTIVATE, SPI);
	set(PEND, SPI);
	assert_true(fake_kicks[0] > 0);
	assert_false(pending(SPI + 1));
	enter(0);
	assert_false(active(SPI));
	assert_true(pending(SPI));
	assert_false(pending(SPI + 1));
	fake_eoi(true, SPI); /* has no register any more: drops the priority only */
	assert_int_equal(ack(), SPI);
	eoi(SPI);
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

static void reading_anothers_state_makes_it_report(void **state)
{
	(void)state;
	enable(SPI, 0x80, true);
	set(PEND, SPI);
	leave();
	assert_int_equal(fake_ack(true), SPI);
	enter(1);
	memset(fake_kicks, 0, sizeof(fake_kicks));
	(void)active(SPI);
	assert_int_equal(fake_kicks[0], 1);
	enter(0);
	enter(1);
	assert_true(active(SPI));
	assert_false(pending(SPI));
}

static void activating_anothers_pending_interrupt_holds_it_back(void **state)
{
	(void)state;
	enable(SPI, 0x80, true);
	set(PEND, SPI);
	leave();
	enter(1);
	set(ACTIVATE, SPI);
	enter(0);
	assert_false(fake_signalled(true));
	assert_true(active(SPI) && pending(SPI));
}

/* The physical timer interrupt is taken by EL2 on this CPU. */
static void fire(uint32_t intid)
{
	assert_false(fake_cpus[fake_here].physical[intid]);
	fake_cpus[fake_here].physical[intid] = true;
	vgic_hw_fired(&vcpus[fake_here], intid);
	leave();
}

static void timer_cycle_needs_no_help_after_injection(void **state)
{
	(void)state;
	enable(TIMER, 0x80, false);
	for (int i = 0; i < 3; i++) {
		fake_timer[0][TIMER] = true;
		fire(TIMER);
		assert_true(pending(TIMER));
		leave();
		assert_true(fake_cpus[0].physical[TIMER]);
		assert_int_equal(fake_ack(true), TIMER);
		fake_timer[0][TIMER] = false;
		fake_eoi(true, TIMER);
		assert_false(fake_cpus[0].physical[TIMER]);
		assert_false(fake_maintenance());
	}
	assert_int_equal(fake_cpus[0].set_active_calls, 0);
	assert_false(pending(TIMER) || active(TIMER));
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

static void timer_that_fires_again_at_once_is_not_lost(void **state)
{
	(void)state;
	enable(TIMER, 0x80, false);
	fake_timer[0][TIMER] = true;
	fire(TIMER);
	assert_int_equal(fake_ack(true), TIMER);
	fake_eoi(true, TIMER); /* still due */
	fire(TIMER);
	assert_true(fake_cpus[0].physical[TIMER]);
	assert_int_equal(fake_ack(true), TIMER);
}

static void timer_stopped_before_the_acknowledge_is_taken_back(void **state)
{
	(void)state;
	enable(TIMER, 0x80, false);
	fake_timer[0][TIMER] = true;
	fire(TIMER);
	fake_timer[0][TIMER] = false;
	assert_false(pending(TIMER));
	assert_int_equal(ack(), FAKE_SPURIOUS);
	assert_false(fake_cpus[0].physical[TIMER]);
	fake_cpus[0].physical[TIMER] = true; /* taken after it was stopped */
	vgic_hw_fired(&vcpus[0], TIMER);
	assert_false(fake_cpus[0].physical[TIMER]);
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

static void timer_cleared_by_registers_can_fire_again(void **state)
{
	(void)state;
	enable(TIMER, 0x80, false);
	fake_timer[0][TIMER] = true;
	fire(TIMER);
	set(UNPEND, TIMER);
	leave();
	assert_false(fake_cpus[0].physical[TIMER]);
	fire(TIMER);
	assert_int_equal(ack(), TIMER);
	set(DEACTIVATE, TIMER);
	leave();
	assert_false(fake_cpus[0].physical[TIMER]);
	assert_false(active(TIMER));
	fake_timer[0][TIMER] = false;
	set(PEND, TIMER); /* by software: like a real one from here */
	leave();
	assert_true(fake_cpus[0].physical[TIMER]);
	fake_eoi(true, TIMER); /* of the one that was deactivated */
	assert_int_equal(ack(), TIMER);
	fake_eoi(true, TIMER);
	assert_false(fake_cpus[0].physical[TIMER]);
}

static void timer_pended_while_active_comes_after_it(void **state)
{
	(void)state;
	enable(TIMER, 0x80, false);
	fake_timer[0][TIMER] = true;
	fire(TIMER);
	assert_int_equal(ack(), TIMER);
	fake_timer[0][TIMER] = false;
	set(PEND, TIMER);
	leave();
	eoi(TIMER);
	assert_int_equal(ack(), TIMER);
	eoi(TIMER);
	assert_false(fake_cpus[0].physical[TIMER]);
	assert_int_equal(ack(), FAKE_SPURIOUS);
}

static void timer_state_moves_with_its_vcpu(void **state)
{
	(void)state;
	enable(TIMER, 0x80, false);
	fake_timer[0][TIMER] = true;
	fire(TIMER);
	assert_int_equal(fake_ack(true), TIMER);
	vgic_save(&vcpus[0]);
	assert_false(fake_cpus[0].physical[TIMER]);
	assert_int_equal(fake_cpus[0].lr[0], 0);
	fake_here = 3;
	vgic_load(&vcpus[0]);
	assert_true(fake_cpus[3].physical[TIMER]);
	assert_int_equal(fake_cpus[3].apr[1][0], BIT(0x80 >> 3));
	fake_eoi(true, TIMER);
	assert_false(fake_cpus[3].physical[TIMER]);
	assert_int_equal(fake_cpus[3].set_active_calls, 1);
	vgic_save(&vcpus[0]);
	assert_int_equal(fake_cpus[3].set_active_calls, 1);
	vgic_load(&vcpus[0]);
	assert_false(vcpus[0].vgic.irq[TIMER].active);
	fake_here = 0;
}

static void wfi_ends_by_what_would_interrupt(void **state)
{
	struct vcpu *me = &vcpus[0];

	(void)state;
	enable(SPI, 0x80, true);
	assert_false(vgic_has_pending(me));
	set(PEND, SPI);
	leave();
	assert_true(vgic_has_pending(me)); /* from the list register */
	vgic_hw_set_vmcr((VMCR & 0xffffff) | 0x80ull << 24);
	assert_false(vgic_has_pending(me)); /* masked by priority */
	vgic_hw_set_vmcr((VMCR & 0xffffff) | 0x88ull << 24);
	assert_true(vgic_has_pending(me));
	vgic_hw_set_vmcr(VMCR & ~VMCR_ENG1);
	assert_false(vgic_has_pending(me));
	vgic_hw_set_vmcr(VMCR);
	WRITE(GICD(0), 1);
	assert_false(vgic_has_pending(me));
	WRITE(GICD(0), 3);
	set(DISABLE, SPI);
	assert_false(vgic_has_pending(me));
	set(ENABLE, SPI);
	assert_int_equal(ack(), SPI);
	assert_false(vgic_has_pending(me)); /* active */
	enable(SPI + 1, 0x80, true);
	set(PEND, SPI + 1);
	assert_false(vgic_has_pending(me)); /* does not preempt */
	eoi(SPI);
	assert_true(vgic_has_pending(me));
	leave();
	assert_int_equal(ack(), SPI + 1);
}

static void wfi_of_a_vcpu_that_is_not_loaded(void **state)
{
	(void)state;
	enable(SPI, 0x80, true);
	enable(TIMER, 0x80, false);
	vgic_save(&vcpus[0]);
	fake_here = 3;
	memset(fake_kicks, 0, sizeof(fake_kicks));
	assert_false(vgic_has_pending(&vcpus[0]));
	vgic_set_line(&vm, 0, SPI, true);
	assert_int_equal(fake_kicks[0], 1);
	assert_true(vgic_has_pending(&vcpus[0]));
	vcpus[0].vgic.vmcr = 0;
	assert_false(vgic_has_pending(&vcpus[0]));
	vcpus[0].vgic.vmcr = VMCR;
	fake_here = 0;
	vgic_load(&vcpus[0]);
	assert_int_equal(ack(), SPI);
	eoi(SPI);
	vgic_save(&vcpus[0]);
	fake_timer[0][TIMER] = true;
	assert_true(vgic_has_pending(&vcpus[0]));
	fake_timer[0][TIMER] = false;
	assert_false(vgic_has_pending(&vcpus[0]));
	vgic_load(&vcpus[0]);
}

static void nothing_is_touched_when_nothing_changed(void **state)
{
	(void)state;
	enable(SPI, 0x80, false);
	vgic_set_line(&vm, 0, SPI, true);
	leave();
	fake_lr_accesses = 0;
	vgic_flush(&vcpus[0]);
	(void)READ(GICD(0x4));
	(void)READ(bank(ENABLE, SPI));
	vgic_set_line(&vm, 0, SPI, true);
	vgic_flush(&vcpus[0]);
	assert_int_equal(fake_lr_accesses, 0);
}

static void lines_that_do_not_exist_are_ignored(void **state)
{
	(void)state;
	vgic_set_line(&vm, 0, VGIC_LINES, true);
	vgic_set_line(&vm, CPUS, 20, true);
	vgic_set_line(&vm, 0, TIMER, true);
	assert_int_equal(READ(SGIB(0, PEND)), 0);
}

static void reset_forgets_everything(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		enable(SPI + i, 0x80, true);
		set(PEND, SPI + i);
	}
	assert_int_equal(ack(), SPI);
	for (unsigned i = 0; i < CPUS; i++) {
		fake_here = i;
		vgic_save(&vcpus[i]);
	}
	vgic_reset(&vm);
	assert_false(vgic_has_pending(&vcpus[0]));
	enter(0);
	reset_values(state);
	vgic_hw_set_vmcr(VMCR);
	WRITE(GICD(0), 3);
	assert_int_equal(ack(), FAKE_SPURIOUS);
	assert_int_equal(fake_cpus[0].apr[1][0], 0);
}

#define FRESH(t)   cmocka_unit_test_setup(t, fresh)
#define RUNNING(t) cmocka_unit_test_setup(t, running)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		FRESH(identification_is_a_gicv3_of_288_interrupts),
		FRESH(reset_values),
		FRESH(what_does_not_exist_reads_as_zero_and_ignores_writes),
		FRESH(registers_keep_what_is_written),
		RUNNING(edge_is_pending_once_until_acknowledged),
		RUNNING(an_injected_interrupt_is_an_edge_even_on_a_level_line),
		RUNNING(level_is_pending_as_long_as_its_line_is_high),
		RUNNING(level_left_high_comes_again_by_maintenance),
		RUNNING(line_that_falls_takes_the_interrupt_back),
		RUNNING(software_pends_and_unpends),
		RUNNING(active_bit_holds_an_interrupt_back),
		RUNNING(disabled_interrupt_stays_pending),
		RUNNING(group_0_arrives_as_group_0),
		RUNNING(sgi_reaches_whom_it_names),
		RUNNING(sgi_to_self_and_to_all_but_self),
		RUNNING(sgi_to_another_cluster_reaches_nobody),
		RUNNING(more_interrupts_than_registers_arrive_by_priority),
		RUNNING(nested_deeper_than_registers_end_in_order),
		RUNNING(higher_priority_preempts_when_all_registers_are_active),
		RUNNING(spi_follows_its_router),
		RUNNING(edge_while_active_elsewhere_waits_for_its_end),
		RUNNING(change_from_another_vcpu_takes_effect_at_the_next_exit),
		RUNNING(reading_anothers_state_makes_it_report),
		RUNNING(activating_anothers_pending_interrupt_holds_it_back),
		RUNNING(timer_cycle_needs_no_help_after_injection),
		RUNNING(timer_that_fires_again_at_once_is_not_lost),
		RUNNING(timer_stopped_before_the_acknowledge_is_taken_back),
		RUNNING(timer_cleared_by_registers_can_fire_again),
		RUNNING(timer_pended_while_active_comes_after_it),
		RUNNING(timer_state_moves_with_its_vcpu),
		RUNNING(wfi_ends_by_what_would_interrupt),
		RUNNING(wfi_of_a_vcpu_that_is_not_loaded),
		RUNNING(nothing_is_touched_when_nothing_changed),
		RUNNING(lines_that_do_not_exist_are_ignored),
		RUNNING(reset_forgets_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
