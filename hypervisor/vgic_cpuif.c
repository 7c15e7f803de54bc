/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU's CPU interface: the guest uses the hardware's virtual one directly, so here it is only
 * moved into a CPU and out of it, and looked at to know whether an interrupt would end a WFI.
 */
#include "hypervisor/pcpu.h"
#include "hypervisor/vgic_hw.h"
#include "hypervisor/vgic_state.h"
#include <string.h>

#define PRIORITY_IDLE 0x100u

struct vgic_hw_limits vgic_limits;

void vgic_cpu_init(void)
{
	uint64_t vtr = vgic_hw_vtr();

	vgic_limits.lrs = (unsigned)min_u64(VTR_LRS(vtr), VGIC_LRS_MAX);
	vgic_limits.preemption_bits = (unsigned)VTR_PREBITS(vtr);
	vgic_limits.aprs = 1u << (vgic_limits.preemption_bits - 5);
	vgic_hw_set_hcr(0);
	for (unsigned i = 0; i < vgic_limits.lrs; i++)
		vgic_hw_set_lr(i, 0);
	vgic_hw_sync();
}

void vgic_cpu_reset(struct vcpu *vcpu)
{
	struct vgic_cpu *c = &vcpu->vgic;

	c->vmcr = VMCR_FIQEN; /* the hardware raises the binary points to their least values */
	memset(c->ap0r, 0, sizeof(c->ap0r));
	memset(c->ap1r, 0, sizeof(c->ap1r));
}

static void read_interface(struct vgic_cpu *c)
{
	c->vmcr = vgic_hw_vmcr();
	for (unsigned i = 0; i < vgic_limits.aprs; i++) {
		c->ap0r[i] = vgic_hw_apr(false, i);
		c->ap1r[i] = vgic_hw_apr(true, i);
	}
}

static void write_interface(struct vgic_cpu *c)
{
	vgic_hw_set_vmcr(c->vmcr);
	for (unsigned i = 0; i < vgic_limits.aprs; i++) {
		vgic_hw_set_apr(false, i, c->ap0r[i]);
		vgic_hw_set_apr(true, i, c->ap1r[i]);
	}
	c->hcr = VHCR_EN;
	vgic_hw_set_hcr(c->hcr);
}

void vgic_load(struct vcpu *vcpu)
{
	vgic_lock(vcpu->vm);
	write_interface(&vcpu->vgic);
	vcpu->vgic.loaded = true;
	vgic_fill(vcpu);
	vgic_unlock(vcpu->vm, vcpu);
}

static void release_physical(struct virq *v, uint32_t intid)
{
	if (v->physical)
		pirq_set_active(intid, false);
	v->physical = false;
}

void vgic_save(struct vcpu *vcpu)
{
	struct vgic_cpu *c = &vcpu->vgic;

	vgic_lock(vcpu->vm);
	vgic_fold(vcpu);
	read_interface(c);
	release_physical(&c->irq[PPI_GUEST_VTIMER], PPI_GUEST_VTIMER);
	release_physical(&c->irq[PPI_GUEST_PTIMER], PPI_GUEST_PTIMER);
	c->loaded = false;
	c->hcr = 0;
	vgic_hw_set_hcr(0);
	vgic_unlock(vcpu->vm, vcpu);
}

/* The priority of what the guest is handling, from the lowest active priority bit. */
static uint32_t running_priority(const struct vgic_cpu *c)
{
	for (uint32_t i = 0; i < vgic_limits.aprs; i++) {
		uint32_t bits = (uint32_t)(c->ap0r[i] | c->ap1r[i]);

		if (bits != 0)
			return (i * 32 + (uint32_t)__builtin_ctz(bits))
			       << (8 - vgic_limits.preemption_bits);
	}
	return PRIORITY_IDLE;
}

/* The part of a priority that decides about preemption (IHI 0069, 4.8.2). */
static uint32_t group_priority(uint64_t vmcr, const struct virq *v)
{
	bool own = v->group1 && (vmcr & VMCR_CBPR) == 0;
	uint32_t point = (uint32_t)(own ? VMCR_BPR1(vmcr) : VMCR_BPR0(vmcr) + 1);

	return v->priority & (0xffu << point);
}

/* A look at a vCPU. Its CPU interface is only read when there is something to compare with. */
struct look {
	struct vcpu *vcpu;
	bool sampled;
	uint32_t running;
};

static void sample(struct look *look)
{
	if (look->sampled)
		return;
	if (look->vcpu->vgic.loaded)
		read_interface(&look->vcpu->vgic);
	look->running = running_priority(&look->vcpu->vgic);
	look->sampled = true;
}

static bool signalled(struct look *look, const struct virq *v)
{
	uint64_t vmcr;

	if (!virq_deliverable(look->vcpu->vm, v))
		return false;
	sample(look);
	vmcr = look->vcpu->vgic.vmcr;
	return (vmcr & (v->group1 ? VMCR_ENG1 : VMCR_ENG0)) != 0 && v->priority < VMCR_PMR(vmcr) &&
	       group_priority(vmcr, v) < look->running;
}

/* A timer may have come or gone without the physical interrupt's having been taken yet. */
static bool timer_signalled(struct look *look, uint32_t intid)
{
	struct virq now = look->vcpu->vgic.irq[intid];

	if (!now.enabled || now.active)
		return false;
	now.line = vtimer_level(look->vcpu, intid);
	return signalled(look, &now);
}

static bool any_signalled(struct look *look)
{
	struct vcpu *vcpu = look->vcpu;

	for (uint32_t w = 0; w < VGIC_WORDS; w++)
		for (uint64_t m = vcpu->vgic.pend[w]; m != 0; m &= m - 1) {
			uint32_t intid = w * 64 + (uint32_t)__builtin_ctzll(m);
			struct virq *v = vgic_irq(vcpu->vm, vcpu->index, intid);

			if (!v->hw && signalled(look, v))
				return true;
		}
	return timer_signalled(look, PPI_GUEST_VTIMER) || timer_signalled(look, PPI_GUEST_PTIMER);
}

bool vgic_has_pending(struct vcpu *vcpu)
{
	struct look look = {.vcpu = vcpu};
	bool found;

	vgic_lock(vcpu->vm);
	vgic_fold(vcpu);
	found = any_signalled(&look);
	vgic_unlock(vcpu->vm, vcpu);
	return found;
}
