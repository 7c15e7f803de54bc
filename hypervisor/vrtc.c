/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM's PL031 (Arm DDI 0224): a counter of seconds and an alarm. It starts from the board's clock
 * as read at boot, goes on with the system counter, and each VM may set its own; a VM's reset sets
 * it back. The alarm is raised by vrtc_poll(), which the scheduler calls in time, and at the latest
 * when the guest looks. Left out: the clock cannot be stopped, as the real one's RTCCR says.
 */
#include "arch/clock.h"
#include "hypervisor/devices.h"
#include "hypervisor/sched.h"
#include "hypervisor/vgic.h"
#include "hypervisor/vm.h"
#include "lib/util.h"

/* DDI 0224, table 3-1. */
enum {
	DR = 0x000,
	MR = 0x004,
	LR = 0x008,
	CR = 0x00c,
	IMSC = 0x010,
	RIS = 0x014,
	MIS = 0x018,
	ICR = 0x01c,
	ID = 0xfe0,
};

/* PeriphID0-3: part 0x031, designer 0x41 (Arm), revision 1; PCellID0-3. */
static const uint8_t id[8] = {0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

/* What the board's clock showed when the system counter was 0. Set once, before any VM runs. */
static uint32_t epoch;

void vrtc_init(uint32_t seconds)
{
	epoch = seconds == 0 ? 0 : seconds - (uint32_t)(clock_ticks() / clock_hz());
}

static uint32_t now(const struct vrtc *r)
{
	return epoch + r->offset + (uint32_t)(clock_ticks() / clock_hz());
}

static void set_alarm(struct vrtc *r, uint64_t at)
{
	__atomic_store_n(&r->alarm, at, __ATOMIC_RELAXED);
}

/* The next time that the counter, which wraps at 32 bits, shows `match`. Now counts. */
static void arm(struct vrtc *r)
{
	uint64_t seconds = clock_ticks() / clock_hz() + (uint32_t)(r->match - now(r));

	set_alarm(r, seconds * clock_hz());
}

/* Take note of an alarm whose time has come, and tell the interrupt controller. */
static void update(struct vm *vm)
{
	struct vrtc *r = &vm->rtc;

	if (r->alarm != VRTC_NEVER && clock_ticks() >= r->alarm) {
		r->ris = 1;
		set_alarm(r, VRTC_NEVER);
	}
	vgic_set_line(vm, 0, VDEV_RTC_INTID, (r->ris & r->imsc) != 0);
}

static uint32_t load(const struct vrtc *r, uint32_t reg)
{
	if (reg >= ID)
		return id[(reg - ID) / 4];
	switch (reg) {
	case DR:
		return now(r);
	case MR:
		return r->match;
	case LR:
		return r->load;
	case CR:
		return 1;
	case IMSC:
		return r->imsc;
	case RIS:
		return r->ris;
	case MIS:
		return r->ris & r->imsc;
	default:
		return 0;
	}
}

static void store(struct vrtc *r, uint32_t reg, uint32_t value)
{
	switch (reg) {
	case MR:
		r->match = value;
		arm(r);
		break;
	case LR:
		r->load = value;
		r->offset += value - now(r);
		if (r->alarm != VRTC_NEVER)
			arm(r);
		break;
	case IMSC:
		r->imsc = value & 1;
		break;
	case ICR:
		r->ris &= ~value;
		break;
	default:
		break; /* read-only or reserved; CR: it runs */
	}
}

void vrtc_access(struct vcpu *vcpu, struct mmio *mmio)
{
	struct vm *vm = vcpu->vm;
	uint32_t reg = (uint32_t)(mmio->ipa - VDEV_RTC_BASE);

	spin_lock(&vm->rtc.lock);
	if (mmio->write)
		store(&vm->rtc, reg, (uint32_t)mmio->value);
	if (mmio->write && (reg == MR || reg == LR))
		sched_look_again(); /* sets the CPU's timer */
	update(vm);
	if (!mmio->write)
		mmio->value = load(&vm->rtc, reg);
	spin_unlock(&vm->rtc.lock);
}

static uint64_t vrtc_next(const struct vm *vm)
{
	return __atomic_load_n(&vm->rtc.alarm, __ATOMIC_RELAXED);
}

static void poll(struct vm *vm)
{
	spin_lock(&vm->rtc.lock);
	update(vm);
	spin_unlock(&vm->rtc.lock);
}

uint64_t vrtc_poll(void)
{
	uint64_t next = VRTC_NEVER;

	for (struct vm *vm = vm_next(0); vm != NULL; vm = vm_next(vm->id + 1)) {
		if (vrtc_next(vm) == VRTC_NEVER)
			continue;
		if (vrtc_next(vm) <= clock_ticks())
			poll(vm);
		next = min_u64(next, vrtc_next(vm));
	}
	return next;
}

void vrtc_reset(struct vm *vm)
{
	struct vrtc *r = &vm->rtc;

	spin_lock(&r->lock);
	r->offset = r->match = r->load = r->imsc = r->ris = 0;
	set_alarm(r, VRTC_NEVER);
	update(vm);
	spin_unlock(&r->lock);
}
