/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The distributor and the redistributors as a guest's loads and stores see them (Arm IHI 0069,
 * 12.8 to 12.11). Registers with a field per interrupt lie at the same offsets in both, for SPIs
 * in the one and private interrupts in the other: one table of fields serves all. What is in no
 * table reads as zero and ignores writes, as does an access of a size that the register does not
 * have. Before state is looked at or changed, the guest's own list registers are emptied.
 */
#include "hypervisor/pcpu.h"
#include "hypervisor/vgic_state.h"

#define GICD_SIZE   0x10000u
#define GICR_SGI    0x10000u /* offset of the second frame */
#define GICD_ROUTER 0x6000u

#define GIC_IIDR   0x43bu /* Arm */
#define GICD_TYPER ((VGIC_LINES / 32 - 1) | 9u << 19 /* 10 bits of INTID */ | 1u << 25 /* No1N */)

#define WAKER_ASLEEP  0x6u /* ProcessorSleep, ChildrenAsleep */
#define WAKER_SLEEP   0x2u
#define PRIORITY_MASK 0xf8u /* 32 levels, the least that list registers have */
#define AFFINITY_MASK 0xff00ffffffull

/* One interrupt that an access touches. */
struct subject {
	struct vcpu *vcpu; /* who accesses */
	uint32_t cpu;	   /* whose, for private ones */
	uint32_t intid;
	struct virq *v;
};

static uint32_t get_group(const struct subject *s)
{
	return s->v->group1;
}

static bool put_group(const struct subject *s, uint32_t value)
{
	s->v->group1 = value != 0;
	return true;
}

static uint32_t get_enabled(const struct subject *s)
{
	return s->v->enabled;
}

static bool set_enabled(const struct subject *s, uint32_t value)
{
	s->v->enabled |= value != 0;
	return value != 0;
}

static bool clear_enabled(const struct subject *s, uint32_t value)
{
	s->v->enabled &= value == 0;
	return value != 0;
}

/* What a vCPU that runs has in its registers is known as of its last exit: ask for a new one. */
static void ask_holder(const struct subject *s) NEEDS(s->vcpu->vm->vgic.lock)
{
	if (s->v->lr != 0)
		vgic_touch(s->vcpu->vm, s->v->holder);
}

static uint32_t get_pending(const struct subject *s) NEEDS(s->vcpu->vm->vgic.lock)
{
	struct vcpu *owner = s->vcpu->vm->vcpu[s->cpu];

	ask_holder(s);
	if (s->v->hw && (owner == s->vcpu || !owner->vgic.loaded))
		return s->v->latch || s->v->lr_latch || vtimer_level(owner, s->intid);
	return virq_pending(s->v);
}

static bool set_pending(const struct subject *s, uint32_t value)
{
	s->v->latch |= value != 0;
	return value != 0;
}

/*
 * A timer that is still due fires again, as its physical interrupt is ended with this. What a list
 * register of another vCPU still shows as pending is not taken over when that is emptied.
 */
static bool clear_pending(const struct subject *s, uint32_t value)
{
	if (value == 0)
		return false;
	s->v->latch = false;
	s->v->lr_latch = false;
	s->v->line &= !s->v->hw;
	return true;
}

static uint32_t get_active(const struct subject *s) NEEDS(s->vcpu->vm->vgic.lock)
{
	ask_holder(s);
	return s->v->active;
}

static bool set_active(const struct subject *s, uint32_t value)
{
	if (value == 0 || s->v->active)
		return false;
	s->v->active = true;
	s->v->raise_active = s->v->lr != 0;
	s->v->drop_active = false;
	if (s->v->lr == 0 && s->v->target != VGIC_NOWHERE)
		s->v->holder = s->v->target;
	return true;
}

static bool clear_active(const struct subject *s, uint32_t value)
{
	if (value == 0)
		return false;
	s->v->active = false;
	s->v->drop_active = s->v->lr != 0;
	s->v->raise_active = false;
	return true;
}

static uint32_t get_priority(const struct subject *s)
{
	return s->v->priority;
}

static bool put_priority(const struct subject *s, uint32_t value)
{
	s->v->priority = value & PRIORITY_MASK;
	return true;
}

static uint32_t get_config(const struct subject *s)
{
	return s->v->edge ? 2 : 0;
}

/* SGIs are edges, the timers levels, whatever is written. */
static bool put_config(const struct subject *s, uint32_t value)
{
	if (s->intid < 16 || s->v->hw)
		return false;
	s->v->edge = (value & 2) != 0;
	return true;
}

struct field {
	uint16_t base;
	uint8_t bits; /* per interrupt; the bank has room for 1024 */
	bool state;   /* a read needs what is in list registers */
	uint32_t (*get)(const struct subject *s);
	bool (*put)(const struct subject *s, uint32_t value); /* true: changed */
};

static const struct field fields[] = {
	{0x080, 1, false, get_group, put_group},       /* IGROUPR */
	{0x100, 1, false, get_enabled, set_enabled},   /* ISENABLER */
	{0x180, 1, false, get_enabled, clear_enabled}, /* ICENABLER */
	{0x200, 1, true, get_pending, set_pending},    /* ISPENDR */
	{0x280, 1, true, get_pending, clear_pending},  /* ICPENDR */
	{0x300, 1, true, get_active, set_active},      /* ISACTIVER */
	{0x380, 1, true, get_active, clear_active},    /* ICACTIVER */
	{0x400, 8, false, get_priority, put_priority}, /* IPRIORITYR */
	{0xc00, 2, false, get_config, put_config},     /* ICFGR */
};

static const struct field *field_at(uint32_t offset)
{
	for (unsigned i = 0; i < ARRAY_SIZE(fields); i++)
		if (offset >= fields[i].base && offset - fields[i].base < fields[i].bits * 128u)
			return &fields[i];
	return NULL;
}

static void field_one(struct vcpu *vcpu, const struct field *f, struct subject *s,
		      struct mmio *mmio, unsigned shift) NEEDS(vcpu->vm->vgic.lock)
{
	uint32_t mask = (1u << f->bits) - 1;

	s->v = vgic_irq(vcpu->vm, s->cpu, s->intid);
	if (!mmio->write) {
		mmio->value |= (uint64_t)f->get(s) << shift;
	} else if (f->put(s, (uint32_t)(mmio->value >> shift) & mask)) {
		vgic_changed(vcpu->vm, s->v, s->intid);
		if (s->v->hw) /* enabled or not: settle whether its physical interrupt stays active
			       */
			vgic_touch(vcpu->vm, s->cpu);
	}
}

/* INTIDs [first, end) exist in this frame. */
static void field_access(struct vcpu *vcpu, const struct field *f, uint32_t offset, uint32_t cpu,
			 uint32_t first, uint32_t end, struct mmio *mmio) NEEDS(vcpu->vm->vgic.lock)
{
	struct subject s = {.vcpu = vcpu, .cpu = cpu};
	uint32_t lowest = (offset - f->base) * 8u / f->bits;

	if (mmio->size != 4 && !(mmio->size == 1 && f->bits == 8))
		return;
	if (mmio->write || f->state)
		vgic_fold(vcpu);
	for (unsigned shift = 0; shift < mmio->size * 8u; shift += f->bits) {
		s.intid = lowest + shift / f->bits;
		if (s.intid >= first && s.intid < end)
			field_one(vcpu, f, &s, mmio, shift);
	}
}

/* A 64-bit register, or one half of it: the register after the access. */
static uint64_t wide_access(uint64_t old, uint32_t offset, struct mmio *mmio)
{
	unsigned shift = mmio->size == 4 ? offset % 8 * 8 : 0;
	uint64_t mask = (mmio->size == 4 ? 0xffffffffull : ~0ull) << shift;

	if (mmio->size < 4)
		return old;
	if (!mmio->write)
		mmio->value = (old & mask) >> shift;
	return mmio->write ? (old & ~mask) | (mmio->value << shift & mask) : old;
}

static void router_access(struct vcpu *vcpu, uint32_t offset, struct mmio *mmio)
	NEEDS(vcpu->vm->vgic.lock)
{
	uint32_t intid = (offset - GICD_ROUTER) / 8;
	uint64_t old, now;

	if (intid < VGIC_PRIVATE || intid >= VGIC_LINES)
		return;
	old = vcpu->vm->vgic.router[intid - VGIC_PRIVATE];
	now = wide_access(old, offset, mmio) & AFFINITY_MASK;
	if (now == old)
		return;
	vgic_fold(vcpu);
	vgic_route(vcpu->vm, intid, now);
}

static void control_access(struct vcpu *vcpu, struct mmio *mmio) NEEDS(vcpu->vm->vgic.lock)
{
	struct vgic *g = &vcpu->vm->vgic;
	uint32_t now = VGICD_FIXED | ((uint32_t)mmio->value & VGICD_ENABLE_ALL);

	if (!mmio->write)
		mmio->value = g->ctlr;
	if (!mmio->write || now == g->ctlr)
		return;
	g->ctlr = now;
	for (uint32_t i = 0; i < vcpu->vm->config.cpus; i++)
		vgic_touch(vcpu->vm, i);
}

struct constant {
	uint16_t offset;
	uint32_t value;
};

/* The identification registers are a GIC-500's, architecture revision 3 in PIDR2. */
#define ID_REGISTERS                                                                               \
	{0xffd0, 0x44}, {0xffe4, 0xb4}, {0xffe8, 0x3b}, {0xfff0, 0x0d}, {0xfff4, 0xf0},            \
		{0xfff8, 0x05},                                                                    \
	{                                                                                          \
		0xfffc, 0xb1                                                                       \
	}

static const struct constant dist_constants[] = {
	{0x0004, GICD_TYPER}, {0x0008, GIC_IIDR}, {0xffe0, 0x92}, ID_REGISTERS};
static const struct constant redist_constants[] = {
	{0x0004, GIC_IIDR}, {0xffe0, 0x93}, ID_REGISTERS};

static void constant_access(const struct constant *c, unsigned count, uint32_t offset,
			    struct mmio *mmio)
{
	for (unsigned i = 0; i < count; i++)
		if (c[i].offset == offset && mmio->size == 4 && !mmio->write)
			mmio->value = c[i].value;
}

/* What is stored, or zero for what is loaded. false: not aligned, so zero remains. */
static bool access_begin(struct mmio *mmio)
{
	if (!mmio->write)
		mmio->value = 0;
	return is_aligned(mmio->ipa, mmio->size);
}

static void dist_locked(struct vcpu *vcpu, uint32_t offset, struct mmio *mmio)
	NEEDS(vcpu->vm->vgic.lock)
{
	const struct field *f = field_at(offset);

	if (f != NULL)
		field_access(vcpu, f, offset, 0, VGIC_PRIVATE, VGIC_LINES, mmio);
	else if (offset == 0 && mmio->size == 4)
		control_access(vcpu, mmio);
	else if (offset >= GICD_ROUTER && offset < GICD_ROUTER + 8 * VGIC_LINES)
		router_access(vcpu, offset, mmio);
	else
		constant_access(dist_constants, ARRAY_SIZE(dist_constants), offset, mmio);
}

void vgic_dist_access(struct vcpu *vcpu, struct mmio *mmio)
{
	uint64_t offset = mmio->ipa - VDEV_GICD_BASE;

	if (!access_begin(mmio) || offset >= GICD_SIZE)
		return;
	vgic_lock(vcpu->vm);
	dist_locked(vcpu, (uint32_t)offset, mmio);
	vgic_unlock(vcpu->vm, vcpu);
}

static void waker_access(struct vgic_cpu *c, struct mmio *mmio)
{
	if (mmio->write)
		c->asleep = (mmio->value & WAKER_SLEEP) != 0;
	else
		mmio->value = c->asleep ? WAKER_ASLEEP : 0;
}

static uint64_t redist_typer(const struct vm *vm, uint32_t cpu)
{
	return (uint64_t)cpu << 32 | (uint64_t)cpu << 8 | (cpu + 1 == vm->config.cpus ? 0x10 : 0);
}

static void redist_locked(struct vcpu *vcpu, uint32_t cpu, uint32_t offset, struct mmio *mmio)
	NEEDS(vcpu->vm->vgic.lock)
{
	const struct field *f = offset >= GICR_SGI ? field_at(offset - GICR_SGI) : NULL;

	if (f != NULL)
		field_access(vcpu, f, offset - GICR_SGI, cpu, 0, VGIC_PRIVATE, mmio);
	else if (offset == 0x8 || offset == 0xc)
		(void)wide_access(redist_typer(vcpu->vm, cpu), offset, mmio);
	else if (offset == 0x14 && mmio->size == 4)
		waker_access(&vcpu->vm->vcpu[cpu]->vgic, mmio);
	else if (offset < GICR_SGI)
		constant_access(redist_constants, ARRAY_SIZE(redist_constants), offset, mmio);
}

void vgic_redist_access(struct vcpu *vcpu, struct mmio *mmio)
{
	uint64_t offset = mmio->ipa - VDEV_GICR_BASE;
	uint64_t cpu = offset / VDEV_GICR_STRIDE;

	if (!access_begin(mmio) || cpu >= vcpu->vm->config.cpus)
		return;
	vgic_lock(vcpu->vm);
	redist_locked(vcpu, (uint32_t)cpu, (uint32_t)(offset % VDEV_GICR_STRIDE), mmio);
	vgic_unlock(vcpu->vm, vcpu);
}
