/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupts of a VM: what is pending, for whom, and who must be told. An interrupt that is in
 * no list register has a bit in its vCPU's `pend` or `act` bitmap exactly if that vCPU may have to
 * put it into one, so nobody ever walks all interrupts. Sources: devices' lines, SGIs, the timers.
 */
#include "hypervisor/pcpu.h"
#include "hypervisor/vgic_state.h"
#include <string.h>

void vgic_lock(struct vm *vm)
{
	spin_lock(&vm->vgic.lock);
}

void vgic_unlock(struct vm *vm, const struct vcpu *self)
{
	uint32_t kick = vm->vgic.kick;

	vm->vgic.kick = 0;
	spin_unlock(&vm->vgic.lock);
	if (self != NULL)
		kick &= ~(1u << self->index);
	for (; kick != 0; kick &= kick - 1)
		vcpu_kick(vm->vcpu[__builtin_ctz(kick)]);
}

void vgic_touch(struct vm *vm, uint32_t cpu)
{
	__atomic_store_n(&vm->vcpu[cpu]->vgic.dirty, true, __ATOMIC_RELAXED);
	vm->vgic.kick |= 1u << cpu;
}

/* The bit follows `on`. true: it has just been set. */
static bool follow(uint64_t *words, uint32_t intid, bool on)
{
	uint64_t bit = BIT(intid % 64), old = words[intid / 64];

	words[intid / 64] = on ? old | bit : old & ~bit;
	return on && (old & bit) == 0;
}

void vgic_changed(struct vm *vm, struct virq *v, uint32_t intid)
{
	if (v->lr != 0) {
		vgic_touch(vm, v->holder);
		return;
	}
	if (follow(vm->vcpu[v->holder]->vgic.act, intid, v->active))
		vgic_touch(vm, v->holder);
	if (v->target == VGIC_NOWHERE)
		return;
	if (follow(vm->vcpu[v->target]->vgic.pend, intid,
		   v->enabled && !v->active && virq_pending(v)))
		vgic_touch(vm, v->target);
}

void vgic_route(struct vm *vm, uint32_t intid, uint64_t affinity)
{
	struct virq *v = &vm->vgic.spi[intid - VGIC_PRIVATE];

	if (v->target != VGIC_NOWHERE)
		follow(vm->vcpu[v->target]->vgic.pend, intid, false);
	v->target = affinity < vm->config.cpus ? (uint8_t)affinity : VGIC_NOWHERE;
	vm->vgic.router[intid - VGIC_PRIVATE] = affinity;
	vgic_changed(vm, v, intid);
}

static void cpu_reset(struct vcpu *vcpu)
{
	struct vgic_cpu *c = &vcpu->vgic;

	memset(c, 0, sizeof(*c));
	for (unsigned i = 0; i < VGIC_PRIVATE; i++) {
		c->irq[i].edge = i < 16;
		c->irq[i].target = (uint8_t)vcpu->index;
		c->irq[i].holder = (uint8_t)vcpu->index;
		c->irq[i].hw = i == PPI_GUEST_VTIMER || i == PPI_GUEST_PTIMER;
	}
	c->asleep = true;
	vgic_cpu_reset(vcpu);
}

void vgic_reset(struct vm *vm)
{
	struct vgic *g = &vm->vgic;

	vgic_lock(vm);
	g->ctlr = VGICD_FIXED;
	g->kick = 0;
	memset(g->spi, 0, sizeof(g->spi));
	memset(g->router, 0, sizeof(g->router));
	for (uint32_t i = 0; i < vm->config.cpus; i++)
		cpu_reset(vm->vcpu[i]);
	vgic_unlock(vm, NULL);
}

void vgic_set_line(struct vm *vm, uint32_t cpu, uint32_t intid, bool level)
{
	struct virq *v;

	if (intid >= VGIC_LINES || cpu >= vm->config.cpus)
		return;
	vgic_lock(vm);
	v = vgic_irq(vm, cpu, intid);
	if (!v->hw && v->line != level) {
		v->line = level;
		v->latch |= v->edge && level;
		vgic_changed(vm, v, intid);
	}
	vgic_unlock(vm, NULL);
}

void vgic_inject(struct vm *vm, uint32_t cpu, uint32_t intid)
{
	struct virq *v;

	if (intid >= VGIC_LINES || cpu >= vm->config.cpus)
		return;
	vgic_lock(vm);
	v = vgic_irq(vm, cpu, intid);
	if (!v->hw && !v->latch) {
		v->latch = true;
		vgic_changed(vm, v, intid);
	}
	vgic_unlock(vm, NULL);
}

/* The vCPUs that a write to ICC_SGI1R_EL1 names (IHI 0069, 12.2.14). vCPU n has affinity 0.0.0.n.
 */
static uint32_t sgi_targets(const struct vcpu *vcpu, uint64_t sgi1r)
{
	uint32_t all = (1u << vcpu->vm->config.cpus) - 1;

	if ((sgi1r & BIT(40)) != 0)
		return all & ~(1u << vcpu->index);
	if ((sgi1r & (BITS(55, 44) | BITS(39, 32) | BITS(23, 16))) != 0)
		return 0;
	return (uint32_t)FIELD(sgi1r, 15, 0) & all;
}

void vgic_send_sgi(struct vcpu *vcpu, uint64_t sgi1r)
{
	uint32_t intid = (uint32_t)FIELD(sgi1r, 27, 24);
	uint32_t to = sgi_targets(vcpu, sgi1r);

	vgic_lock(vcpu->vm);
	for (; to != 0; to &= to - 1) {
		struct virq *v = vgic_irq(vcpu->vm, (uint32_t)__builtin_ctz(to), intid);

		if (!v->latch) {
			v->latch = true;
			vgic_changed(vcpu->vm, v, intid);
		}
	}
	vgic_unlock(vcpu->vm, vcpu);
}

/*
 * That it fired means that it was inactive, so the list register in which it was is done with and
 * is emptied first; what follows is a new interrupt.
 */
void vgic_hw_fired(struct vcpu *vcpu, uint32_t intid)
{
	struct virq *v = &vcpu->vgic.irq[intid];

	vgic_lock(vcpu->vm);
	vgic_fold(vcpu);
	v->physical = vcpu->vgic.loaded && vtimer_level(vcpu, intid);
	v->line = v->physical;
	if (!v->physical)
		pirq_set_active(intid, false);
	vgic_changed(vcpu->vm, v, intid);
	vgic_unlock(vcpu->vm, vcpu);
}
