/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * List registers: between the struct of a loaded vCPU and the hardware. They are not read on every
 * trap. When something changed, all are emptied into the struct (fold) and filled again (fill), so
 * that there is one way in and one way out. More interrupts than registers: the highest pending one
 * is always in; active ones come before further pending ones; the hardware asks for more when no
 * pending one is left, and counts the ends of active ones that are not in.
 */
#include "hypervisor/pcpu.h"
#include "hypervisor/vgic_hw.h"
#include "hypervisor/vgic_state.h"

/* The best of one kind, highest priority (lowest number) first. */
struct choice {
	uint16_t intid[VGIC_LRS_MAX];
	uint8_t priority[VGIC_LRS_MAX];
	unsigned count;
	bool more; /* not all had room */
};

static void choose(struct choice *best, uint32_t intid, uint8_t priority)
{
	unsigned at = best->count;

	if (at == vgic_limits.lrs) {
		best->more = true;
		if (priority >= best->priority[--at])
			return;
	} else {
		best->count++;
	}
	for (; at > 0 && best->priority[at - 1] > priority; at--) {
		best->intid[at] = best->intid[at - 1];
		best->priority[at] = best->priority[at - 1];
	}
	best->intid[at] = (uint16_t)intid;
	best->priority[at] = priority;
}

static void choose_pending(struct vcpu *vcpu, struct choice *best)
{
	for (uint32_t w = 0; w < VGIC_WORDS; w++)
		for (uint64_t m = vcpu->vgic.pend[w]; m != 0; m &= m - 1) {
			uint32_t intid = w * 64 + (uint32_t)__builtin_ctzll(m);
			struct virq *v = vgic_irq(vcpu->vm, vcpu->index, intid);

			if (virq_deliverable(vcpu->vm, v))
				choose(best, intid, v->priority);
		}
}

static void choose_active(struct vcpu *vcpu, struct choice *best)
{
	for (uint32_t w = 0; w < VGIC_WORDS; w++)
		for (uint64_t m = vcpu->vgic.act[w]; m != 0; m &= m - 1) {
			uint32_t intid = w * 64 + (uint32_t)__builtin_ctzll(m);

			choose(best, intid, vgic_irq(vcpu->vm, vcpu->index, intid)->priority);
		}
}

/*
 * A register tied to the physical interrupt cannot be pending and active at once. Of an untied one
 * we want to hear when it ends, if something is then to be done: a level that is still high, a
 * successor for another vCPU, a physical interrupt to end.
 */
static uint64_t lr_value(const struct vcpu *vcpu, const struct virq *v, uint32_t intid)
{
	bool here = v->target == vcpu->index;
	bool pending = here && virq_deliverable(vcpu->vm, v);
	uint64_t lr = intid | LR_PRIORITY(v->priority);

	lr |= v->group1 ? LR_GROUP1 : 0;
	lr |= pending ? LR_PENDING : 0;
	lr |= v->active ? LR_ACTIVE : 0;
	if (v->hw && !(pending && v->active))
		return lr | LR_HW | LR_PINTID(intid);
	if (v->hw || (!v->edge && v->line) || (virq_pending(v) && !here))
		lr |= LR_EOI;
	return lr;
}

static void put_in(struct vcpu *vcpu, uint32_t intid)
{
	struct vgic_cpu *c = &vcpu->vgic;
	struct virq *v = vgic_irq(vcpu->vm, vcpu->index, intid);
	unsigned n = (unsigned)__builtin_ctz(~c->lr_used);
	uint64_t lr = lr_value(vcpu, v, intid);

	if ((lr & LR_PENDING) != 0) {
		v->lr_latch = v->latch;
		v->latch = false;
	}
	v->lr = (uint8_t)(n + 1);
	v->holder = (uint8_t)vcpu->index;
	c->pend[intid / 64] &= ~BIT(intid % 64);
	c->act[intid / 64] &= ~BIT(intid % 64);
	c->lr_intid[n] = (uint16_t)intid;
	c->lr_used |= 1u << n;
	vgic_hw_set_lr(n, lr);
}

static void set_hcr(struct vgic_cpu *c, uint64_t hcr)
{
	if (c->hcr == hcr)
		return;
	c->hcr = hcr;
	vgic_hw_set_hcr(hcr);
}

static void fill_registers(struct vcpu *vcpu)
{
	struct choice pending = {.count = 0}, active = {.count = 0};
	unsigned room = vgic_limits.lrs, p = 0, a = 0;

	choose_pending(vcpu, &pending);
	choose_active(vcpu, &active);
	if (pending.count > 0) {
		put_in(vcpu, pending.intid[p++]);
		room--;
	}
	for (; room > 0 && a < active.count; room--)
		put_in(vcpu, active.intid[a++]);
	for (; room > 0 && p < pending.count; room--)
		put_in(vcpu, pending.intid[p++]);
	set_hcr(&vcpu->vgic,
		VHCR_EN | (pending.more || p < pending.count ? VHCR_NPIE : 0) |
			(active.more || a < active.count ? VHCR_LRENPIE | VHCR_TDIR : 0));
}

/* The physical interrupt behind a timer's is active exactly while the guest has work with it. */
static void settle(struct vcpu *vcpu, uint32_t intid) NEEDS(vcpu->vm->vgic.lock)
{
	struct virq *v = &vcpu->vgic.irq[intid];
	bool want;

	if (v->line && !vtimer_level(vcpu, intid)) {
		v->line = false;
		vgic_changed(vcpu->vm, v, intid);
	}
	want = v->line || v->latch || v->active;
	if (want != v->physical)
		pirq_set_active(intid, want);
	v->physical = want;
}

void vgic_fill(struct vcpu *vcpu)
{
	settle(vcpu, PPI_GUEST_VTIMER);
	settle(vcpu, PPI_GUEST_PTIMER);
	fill_registers(vcpu);
	__atomic_store_n(&vcpu->vgic.dirty, false, __ATOMIC_RELAXED);
}

static void take_out(struct vcpu *vcpu, unsigned n) NEEDS(vcpu->vm->vgic.lock)
{
	uint32_t intid = vcpu->vgic.lr_intid[n];
	struct virq *v = vgic_irq(vcpu->vm, vcpu->index, intid);
	uint64_t lr = vgic_hw_lr(n);
	bool pending = (lr & LR_PENDING) != 0;

	if (pending && v->lr_latch)
		v->latch = true;
	if (v->hw && !pending)
		v->line = false;
	if ((lr & (LR_HW | LR_PENDING | LR_ACTIVE)) == LR_HW)
		v->physical = false; /* the guest's deactivation went through */
	v->active = ((lr & LR_ACTIVE) != 0 && !v->drop_active) || v->raise_active;
	v->lr = 0;
	v->lr_latch = false;
	v->drop_active = false;
	v->raise_active = false;
	vgic_hw_set_lr(n, 0);
	vgic_changed(vcpu->vm, v, intid);
}

/*
 * `count` active interrupts that were in no list register have ended. Which ones is not told; the
 * guest ends the highest priority first, unless it deactivates by ICC_DIR in an order of its own.
 */
static void end_uncounted(struct vcpu *vcpu, uint64_t count) NEEDS(vcpu->vm->vgic.lock)
{
	struct choice active = {.count = 0};

	choose_active(vcpu, &active);
	for (unsigned i = 0; i < active.count && i < count; i++) {
		struct virq *v = vgic_irq(vcpu->vm, vcpu->index, active.intid[i]);

		v->active = false;
		vgic_changed(vcpu->vm, v, active.intid[i]);
	}
}

void vgic_fold(struct vcpu *vcpu)
{
	struct vgic_cpu *c = &vcpu->vgic;

	if (!c->loaded || (c->lr_used == 0 && c->hcr == VHCR_EN))
		return;
	if ((c->hcr & VHCR_LRENPIE) != 0)
		end_uncounted(vcpu, VHCR_EOICOUNT(vgic_hw_hcr()));
	for (uint32_t used = c->lr_used; used != 0; used &= used - 1)
		take_out(vcpu, (unsigned)__builtin_ctz(used));
	c->lr_used = 0;
	set_hcr(c, VHCR_EN);
	__atomic_store_n(&c->dirty, true, __ATOMIC_RELAXED);
}

void vgic_flush_slow(struct vcpu *vcpu)
{
	vgic_lock(vcpu->vm);
	vgic_fold(vcpu);
	vgic_fill(vcpu);
	vgic_unlock(vcpu->vm, vcpu);
}

/* The cause goes with the fold; the guest does not run before the flush that `dirty` asks for. */
void vgic_maintenance(struct vcpu *vcpu)
{
	vgic_lock(vcpu->vm);
	vgic_fold(vcpu);
	vgic_hw_sync();
	vgic_unlock(vcpu->vm, vcpu);
}

/*
 * ICC_DIR only traps while active interrupts are in no list register: then its INTID, and not a
 * guess, says which of them ends. Without EOImode 1 it has no effect (IHI 0069, 12.2.5).
 */
void vgic_deactivate(struct vcpu *vcpu, uint32_t intid)
{
	struct virq *v;

	if (intid >= VGIC_LINES || (vgic_hw_vmcr() & VMCR_EOIM) == 0)
		return;
	vgic_lock(vcpu->vm);
	vgic_fold(vcpu);
	v = vgic_irq(vcpu->vm, vcpu->index, intid);
	v->active = false;
	vgic_changed(vcpu->vm, v, intid);
	vgic_touch(vcpu->vm, vcpu->index);
	vgic_unlock(vcpu->vm, vcpu);
}
