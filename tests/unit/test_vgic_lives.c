/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random lives of three vCPUs on the virtual GIC, which see each other's changes late. After every
 * step the struct is consistent, and what the hardware signals is what vgic_has_pending() says. In
 * the end every interrupt can be ended, and nothing is left, physically either. Left out: writes to
 * ISACTIVER and ICACTIVER, and priorities that change, as the guest then could not end in order.
 */
#include "tests/unit/vgic_guest.h"

#define LIVES	   40
#define LIFE_STEPS 4000
#define LIFE_SPIS  12u

static uint32_t stack[CPUS][64], depth[CPUS];
static uint32_t seed, taken;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

static void check_one(const struct virq *v, uint32_t owner, uint32_t intid)
{
	bool want = v->lr == 0 && v->enabled && !v->active && (v->latch || (!v->edge && v->line));

	for (uint32_t i = 0; i < CPUS; i++) {
		const struct vgic_cpu *c = &vcpus[i].vgic;

		if (intid < 32 && i != owner)
			continue;
		assert_int_equal(c->pend[intid / 64] >> intid % 64 & 1, want && v->target == i);
		assert_int_equal(c->act[intid / 64] >> intid % 64 & 1,
				 v->lr == 0 && v->active && v->holder == i);
	}
	if (v->lr != 0)
		assert_int_equal(vcpus[v->holder].vgic.lr_intid[v->lr - 1], intid);
	else
		assert_false(v->lr_latch || v->drop_active || v->raise_active);
}

static void check_all(void)
{
	for (uint32_t i = 0; i < CPUS; i++)
		for (uint32_t n = 0; n < 32; n++)
			check_one(&vcpus[i].vgic.irq[n], i, n);
	for (uint32_t n = 32; n < SPI + LIFE_SPIS; n++)
		check_one(&vm.vgic.spi[n - 32], 0, n);
}

/* What the CPU does by itself: a due timer whose interrupt is not active fires. */
static void exit_and_enter(uint32_t n)
{
	static const uint32_t timers[] = {PPI_GUEST_VTIMER, PPI_GUEST_PTIMER};

	enter(n);
	for (unsigned i = 0; i < ARRAY_SIZE(timers); i++) {
		if (!fake_timer[n][timers[i]] || fake_cpus[n].physical[timers[i]])
			continue;
		fake_cpus[n].physical[timers[i]] = true;
		vgic_hw_fired(&vcpus[n], timers[i]);
		leave();
	}
}

static void guest_takes_one(uint32_t n)
{
	uint32_t intid = depth[n] < ARRAY_SIZE(stack[n]) ? fake_ack(true) : FAKE_SPURIOUS;

	if (intid == FAKE_SPURIOUS)
		return;
	stack[n][depth[n]++] = intid;
	taken++;
}

static void guest_ends_one(uint32_t n)
{
	if (depth[n] > 0)
		fake_eoi(true, stack[n][--depth[n]]);
}

static uint32_t any_intid(void)
{
	static const uint32_t some[] = {1, 7, 20, PPI_GUEST_VTIMER, PPI_GUEST_PTIMER};
	uint32_t few = (uint32_t)ARRAY_SIZE(some), n = dice(few + LIFE_SPIS);

	return n < few ? some[n] : SPI + n - few;
}

static void hypervisor_step(uint32_t n)
{
	uint32_t intid = any_intid();

	switch (dice(10)) {
	case 0:
	case 1:
		vgic_set_line(&vm, dice(CPUS), intid, dice(2) != 0);
		break;
	case 2:
		vgic_send_sgi(&vcpus[n], (dice(2) ? 1ull : 7ull) << 24 | dice(8));
		break;
	case 3:
		set(dice(3) ? ENABLE : DISABLE, intid);
		break;
	case 4:
		set(dice(2) ? PEND : UNPEND, intid);
		break;
	case 5:
		WRITE64(GICD(0x6000 + 8 * (SPI + dice(LIFE_SPIS))), dice(CPUS + 1));
		break;
	case 6:
		fake_timer[n][dice(2) ? PPI_GUEST_VTIMER : PPI_GUEST_PTIMER] = dice(2) != 0;
		break;
	case 7:
		(void)pending(intid);
		(void)active(intid);
		break;
	case 8:
		WRITE(GICD(0), dice(8) ? 3 : 1);
		break;
	default:
		vgic_save(&vcpus[n]);
	}
}

static void live_a_step(void)
{
	uint32_t n = dice(CPUS);
	bool due;

	fake_here = n;
	if (!vcpus[n].vgic.loaded || dice(2))
		exit_and_enter(n);
	if (dice(2)) { /* in the guest, which may not have heard of the others' changes */
		if (dice(3))
			guest_takes_one(n);
		else
			guest_ends_one(n);
		return;
	}
	hypervisor_step(n);
	check_all();
	exit_and_enter(n);
	check_all();
	due = vgic_has_pending(&vcpus[n]);
	leave();
	assert_int_equal(due, fake_signalled(true));
}

static void end_all(uint32_t n)
{
	exit_and_enter(n);
	do {
		while (depth[n] > 0) {
			guest_ends_one(n);
			exit_and_enter(n);
		}
		guest_takes_one(n);
		exit_and_enter(n);
	} while (depth[n] > 0);
}

static void come_to_rest(void)
{
	memset(fake_timer, 0, sizeof(fake_timer));
	for (uint32_t i = 0; i < LIFE_SPIS; i++)
		vgic_set_line(&vm, 0, SPI + i, false);
	exit_and_enter(0);
	WRITE(GICD(0), 3);
	for (uint32_t i = 0; i < LIFE_SPIS; i++) {
		set(ENABLE, SPI + i);
		WRITE64(GICD(0x6000 + 8 * (SPI + i)), 0);
	}
	for (uint32_t i = 0; i < CPUS; i++) {
		exit_and_enter(i);
		vgic_set_line(&vm, i, 20, false);
		WRITE(bank(ENABLE, 0), ~0u);
		leave();
	}
	for (uint32_t i = 0; i < 2 * CPUS; i++)
		end_all(i % CPUS);
}

static void check_rest(void)
{
	for (uint32_t i = 0; i < CPUS; i++) {
		const struct vgic_cpu *c = &vcpus[i].vgic;

		fake_here = i;
		vgic_save(&vcpus[i]);
		assert_int_equal(c->ap1r[0], 0);
		for (uint32_t w = 0; w < VGIC_WORDS; w++)
			assert_true(c->pend[w] == 0 && c->act[w] == 0);
		for (uint32_t n = 0; n < 32; n++)
			assert_false(c->irq[n].latch || c->irq[n].active ||
				     fake_cpus[i].physical[n]);
	}
	check_all();
}

static void be_born(void **state)
{
	running(state);
	memset(depth, 0, sizeof(depth));
	for (uint32_t i = 0; i < CPUS; i++) {
		enter(i);
		enable(1, 0x40, true);
		enable(7, 0x48, true);
		enable(20, 0x90, false);
		enable(PPI_GUEST_VTIMER, 0x50, false);
		enable(PPI_GUEST_PTIMER, 0x98, false);
		leave();
	}
	for (uint32_t i = 0; i < LIFE_SPIS; i++)
		enable(SPI + i, (uint8_t)(0xe0 - i * 0x10), (i & 1) != 0);
	leave();
}

static void random_lives_end_with_nothing_left(void **state)
{
	for (uint32_t life = 0; life < LIVES; life++) {
		be_born(state);
		seed = life;
		taken = 0;
		for (uint32_t i = 0; i < LIFE_STEPS; i++)
			live_a_step();
		come_to_rest();
		check_rest();
		assert_true(taken > LIFE_STEPS / 20); /* it was not asleep all the time */
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_lives_end_with_nothing_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
