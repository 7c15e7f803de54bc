/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See fake_vgic_hw.h. Also stands in for what the virtual GIC asks of the rest of the hypervisor:
 * kicks, timers' levels, physical active states.
 */
#include "tests/unit/fake_vgic_hw.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/vgic_hw.h"
#include <assert.h>
#include <string.h>

struct fake_cpu fake_cpus[FAKE_CPUS];
unsigned fake_here, fake_lrs = 4, fake_lr_accesses;
unsigned fake_kicks[VCPUS_MAX];
bool fake_timer[VCPUS_MAX][32];

static struct fake_cpu *here(void)
{
	return &fake_cpus[fake_here];
}

void fake_reset(void)
{
	memset(fake_cpus, 0, sizeof(fake_cpus));
	memset(fake_kicks, 0, sizeof(fake_kicks));
	memset(fake_timer, 0, sizeof(fake_timer));
	fake_here = 0;
	fake_lrs = 4;
	fake_lr_accesses = 0;
}

uint64_t vgic_hw_vtr(void)
{
	return 4ull << 29 | 4ull << 26 | (fake_lrs - 1);
}

uint64_t vgic_hw_hcr(void)
{
	return here()->hcr;
}

void vgic_hw_set_hcr(uint64_t value)
{
	here()->hcr = value;
}

uint64_t vgic_hw_vmcr(void)
{
	return here()->vmcr;
}

void vgic_hw_set_vmcr(uint64_t value)
{
	uint64_t bpr0 = max_u64(VMCR_BPR0(value), 2), bpr1 = max_u64(VMCR_BPR1(value), 3);

	here()->vmcr = (value & ~BITS(23, 18)) | bpr0 << 21 | bpr1 << 18;
}

uint64_t vgic_hw_lr(unsigned n)
{
	assert(n < fake_lrs);
	fake_lr_accesses++;
	return here()->lr[n];
}

void vgic_hw_set_lr(unsigned n, uint64_t value)
{
	assert(n < fake_lrs);
	assert((value & LR_HW) == 0 || (value & LR_EOI) == 0 || FIELD(value, 44, 32) < 1020);
	assert((value & (LR_HW | LR_PENDING | LR_ACTIVE)) != (LR_HW | LR_PENDING | LR_ACTIVE));
	for (unsigned i = 0; value != 0 && i < fake_lrs; i++)
		assert(i == n || here()->lr[i] == 0 ||
		       (uint32_t)here()->lr[i] != (uint32_t)value); /* UNPREDICTABLE if twice */
	fake_lr_accesses++;
	here()->lr[n] = value;
}

uint64_t vgic_hw_apr(bool group1, unsigned n)
{
	assert(n == 0);
	return here()->apr[group1][n];
}

void vgic_hw_set_apr(bool group1, unsigned n, uint64_t value)
{
	assert(n == 0);
	here()->apr[group1][n] = value;
}

void vgic_hw_sync(void) {}

static int running_level(void)
{
	uint32_t bits = (uint32_t)(here()->apr[0][0] | here()->apr[1][0]);

	return bits == 0 ? 32 : __builtin_ctz(bits);
}

static int priority_of(uint64_t lr)
{
	return (int)FIELD(lr, 55, 48);
}

/* The list register that ICC_HPPIR would show for the group, -1: none. */
static int highest(bool group1)
{
	int best = -1;

	if ((here()->hcr & VHCR_EN) == 0)
		return -1;
	for (unsigned i = 0; i < fake_lrs; i++) {
		uint64_t lr = here()->lr[i];
		bool enabled = (here()->vmcr & ((lr & LR_GROUP1) ? VMCR_ENG1 : VMCR_ENG0)) != 0;

		if ((lr & (LR_PENDING | LR_ACTIVE)) != LR_PENDING || !enabled)
			continue;
		if (best < 0 || priority_of(lr) < priority_of(here()->lr[best]))
			best = (int)i;
	}
	if (best < 0 || ((here()->lr[best] & LR_GROUP1) != 0) != group1)
		return -1;
	if (priority_of(here()->lr[best]) >= (int)VMCR_PMR(here()->vmcr))
		return -1;
	return priority_of(here()->lr[best]) >> 3 < running_level() ? best : -1;
}

bool fake_signalled(bool group1)
{
	return highest(group1) >= 0;
}

uint32_t fake_ack(bool group1)
{
	int n = highest(group1);

	if (n < 0)
		return FAKE_SPURIOUS;
	here()->lr[n] = (here()->lr[n] & ~LR_PENDING) | LR_ACTIVE;
	here()->apr[group1][0] |= BIT(priority_of(here()->lr[n]) >> 3);
	return (uint32_t)here()->lr[n];
}

void fake_eoi(bool group1, uint32_t intid)
{
	here()->apr[group1][0] &= here()->apr[group1][0] - 1;
	for (unsigned i = 0; i < fake_lrs; i++) {
		uint64_t lr = here()->lr[i];

		if ((lr & LR_ACTIVE) == 0 || (uint32_t)lr != intid)
			continue;
		here()->lr[i] &= ~LR_ACTIVE;
		if ((lr & LR_HW) != 0)
			here()->physical[FIELD(lr, 44, 32)] = false;
		return;
	}
	here()->hcr += BIT(27);
}

bool fake_maintenance(void)
{
	bool pending = false, ended = false;

	for (unsigned i = 0; i < fake_lrs; i++) {
		uint64_t lr = here()->lr[i];

		pending |= (lr & (LR_PENDING | LR_ACTIVE)) == LR_PENDING;
		ended |= (lr & (LR_PENDING | LR_ACTIVE | LR_HW | LR_EOI)) == LR_EOI;
	}
	return ended || (!pending && (here()->hcr & VHCR_NPIE) != 0) ||
	       ((here()->hcr & VHCR_LRENPIE) != 0 && VHCR_EOICOUNT(here()->hcr) != 0);
}

void vcpu_kick(struct vcpu *vcpu)
{
	fake_kicks[vcpu->index]++;
}

void pirq_set_active(uint32_t intid, bool active)
{
	here()->physical[intid] = active;
	here()->set_active_calls++;
}

bool vtimer_level(struct vcpu *vcpu, uint32_t intid)
{
	return fake_timer[vcpu->index][intid];
}
