/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which vCPU runs on which CPU. Each CPU has a queue of vCPUs that are ready and takes turns among
 * them, a slice each; a vCPU that sleeps (WFI) gives its turn away; a CPU with nothing to do takes
 * a vCPU that waits for its turn elsewhere. So nobody starves, and no CPU idles beside work.
 *
 * VMs that come and go (vm_work()) are served like one more vCPU: half a slice after each slice
 * where vCPUs want the CPU, and all the time where none does.
 *
 * One lock guards queues and vCPU states. A vCPU's registers are saved before it is put where
 * another CPU could take it. Called on the CPU concerned with interrupts masked, as all of EL2.
 */
#include "hypervisor/sched.h"
#include "arch/barrier.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/vserial.h"
#include "lib/assert.h"

#define SLICES_PER_SECOND 200u /* 5 ms */

static struct LOCKABLE {
	struct spinlock lock;
	uint64_t slice; /* in ticks of CNTPCT */
} sched;

void sched_init(void)
{
	sched.slice = read_sysreg(cntfrq_el0) / SLICES_PER_SECOND;
	for (uint32_t i = 0; i < PCPUS_MAX; i++) {
		list_init(&pcpus[i].ready);
		list_init(&pcpus[i].waiting);
	}
}

void sched_lock(void) UNCHECKED_LOCKS
{
	spin_lock(&sched.lock);
}

void sched_unlock(void) UNCHECKED_LOCKS
{
	spin_unlock(&sched.lock);
}

static void poke(struct pcpu *p)
{
	__atomic_store_n(&p->resched, true, __ATOMIC_RELEASE);
	if (p != this_pcpu())
		gicv3_sgi1r(SGI_KICK, p->mpidr);
}

/* A CPU that does nothing, the preferred one first; else the preferred one. */
static struct pcpu *place(uint32_t preferred)
{
	struct pcpu *p = &pcpus[preferred];

	for (uint32_t i = 0; i < pcpu_count; i++) {
		struct pcpu *other = &pcpus[(preferred + i) % pcpu_count];

		if (other->online && other->current == NULL && list_empty(&other->ready))
			return other;
	}
	return p;
}

/* The lock is held; the vCPU is in no queue. */
static void make_ready(struct vcpu *vcpu)
{
	struct pcpu *p = place(vcpu->pcpu);

	vcpu->state = VCPU_READY;
	vcpu->pcpu = p->index;
	list_add_tail(&p->ready, &vcpu->queue);
	poke(p);
}

/*
 * Takes no lock, so that interrupt code may call it under its own. The flag is seen by the CPU that
 * has the vCPU among its sleepers, or has it running, when it answers the poke. A vCPU on its way
 * to another CPU finds its interrupts when it is loaded there.
 */
void vcpu_kick(struct vcpu *vcpu)
{
	__atomic_store_n(&vcpu->kicked, true, __ATOMIC_SEQ_CST);
	if (vcpu != vcpu_current())
		poke(&pcpus[__atomic_load_n(&vcpu->pcpu, __ATOMIC_SEQ_CST) % PCPUS_MAX]);
}

/* The lock is held; the vCPU is off. */
static void turn_on(struct vcpu *vcpu, uint64_t entry, uint64_t x0)
{
	context_reset(vcpu, entry, x0);
	vgic_cpu_reset(vcpu);
	vcpu->vm->running++;
	if (vcpu->vm->state == VM_PAUSED)
		vcpu->state = VCPU_PARKED;
	else
		make_ready(vcpu);
}

enum sched_on sched_power_on(struct vcpu *vcpu, uint64_t entry, uint64_t x0)
{
	enum sched_on answer = SCHED_ON_OK;

	spin_lock(&sched.lock);
	if (vcpu->state != VCPU_OFF)
		answer = SCHED_ON_ALREADY;
	else if (vcpu->vm->state != VM_RUNNING && vcpu->vm->state != VM_PAUSED)
		answer = SCHED_ON_DENIED;
	else
		turn_on(vcpu, entry, x0);
	spin_unlock(&sched.lock);
	return answer;
}

void sched_begin_vm(struct vm *vm, uint64_t entry, uint64_t x0)
{
	turn_on(vm->vcpu[0], entry, x0);
}

/* The lock is held; the vCPU is in no queue. */
static void turn_off(struct vcpu *vcpu)
{
	vcpu->state = VCPU_OFF;
	if (--vcpu->vm->running == 0) {
		vm_all_off(vcpu->vm);
		sched_look_for_work();
	}
}

/* The lock is held. The vCPU is in this CPU's registers and stops being so. */
static void unload(struct pcpu *p, struct vcpu *vcpu, enum vcpu_state state)
{
	context_save(vcpu);
	p->current = NULL;
	vcpu->state = state;
	vcpu->ran += read_sysreg(cntpct_el0) - vcpu->since;
	vcpu->timer_wake = state == VCPU_WAITING ? vtimer_next(vcpu) : ~0ull;
	if (state == VCPU_READY)
		list_add_tail(&p->ready, &vcpu->queue);
	else if (state == VCPU_WAITING)
		list_add_tail(&p->waiting, &vcpu->queue);
	else if (state == VCPU_OFF)
		turn_off(vcpu);
}

static void load(struct pcpu *p, struct vcpu *vcpu)
{
	list_del(&vcpu->queue);
	vcpu->state = VCPU_RUNNING;
	vcpu->pcpu = p->index;
	vcpu->since = read_sysreg(cntpct_el0);
	vcpu->slice_end = vcpu->since + sched.slice;
	p->current = vcpu;
	context_load(vcpu);
}

/* Sleepers whose timers have fired, or that were kicked, become ready. Returns when the next one
 * will. */
static uint64_t wake_sleepers(struct pcpu *p)
{
	uint64_t now = read_sysreg(cntpct_el0), next = ~0ull;
	struct list *item, *following;

	list_for_each_safe (item, following, &p->waiting) {
		struct vcpu *vcpu = LIST_ITEM(item, struct vcpu, queue);

		if (vcpu->timer_wake <= now || __atomic_load_n(&vcpu->kicked, __ATOMIC_SEQ_CST)) {
			list_del(&vcpu->queue);
			make_ready(vcpu);
		} else {
			next = min_u64(next, vcpu->timer_wake);
		}
	}
	return next;
}

static struct vcpu *pick(struct pcpu *p)
{
	for (uint32_t i = 0; i < pcpu_count; i++) {
		struct list *ready = &pcpus[(p->index + i) % pcpu_count].ready;

		if (!list_empty(ready))
			return LIST_ITEM(ready->next, struct vcpu, queue);
	}
	return NULL;
}

static void arm_timer(struct pcpu *p, uint64_t next)
{
	if (p->current != NULL && !list_empty(&p->ready))
		next = min_u64(next, p->current->slice_end);
	if (p->current != NULL && vm_work_wanted())
		next = min_u64(next, p->work_next);
	write_sysreg(cnthp_cval_el2, next);
	write_sysreg(cnthp_ctl_el2, next == ~0ull ? 0 : 1);
	isb();
}

/* The current vCPU's turn is over: its VM does not run, or others wait and it has had its slice. */
static void end_turn(struct pcpu *p)
{
	struct vcpu *vcpu = p->current;

	if (vcpu == NULL)
		return;
	if (vcpu->vm->state != VM_RUNNING)
		unload(p, vcpu, vcpu->vm->state == VM_PAUSED ? VCPU_PARKED : VCPU_OFF);
	else if (!list_empty(&p->ready) && read_sysreg(cntpct_el0) >= vcpu->slice_end)
		unload(p, vcpu, VCPU_READY);
}

/* Set the CPU to a vCPU if there is one. False: there is nothing to run. */
static bool choose(struct pcpu *p)
{
	uint64_t alarm = min_u64(vrtc_poll(), vserial_poll()), next;
	struct vcpu *vcpu;

	spin_lock(&sched.lock);
	__atomic_store_n(&p->resched, false, __ATOMIC_RELAXED);
	next = min_u64(alarm, wake_sleepers(p));
	end_turn(p);
	vcpu = p->current == NULL ? pick(p) : NULL;
	if (vcpu != NULL)
		load(p, vcpu);
	arm_timer(p, next);
	spin_unlock(&sched.lock);
	return p->current != NULL;
}

/* A turn of vm_work(), unless vCPUs want this CPU and it has just had one. */
static void work(struct pcpu *p)
{
	bool idle = p->current == NULL && list_empty(&p->ready);

	if (!vm_work_wanted() || (!idle && read_sysreg(cntpct_el0) < p->work_next))
		return;
	p->work_until = read_sysreg(cntpct_el0) + sched.slice / 2;
	vm_work(p->work_until);
	p->work_next = read_sysreg(cntpct_el0) + sched.slice;
	if (vm_work_wanted() && !idle)
		sched_look_for_work();
}

struct vcpu *sched_run(void)
{
	struct pcpu *p = this_pcpu();

	for (;;) {
		irq_take();
		work(p);
		if (choose(p)) {
			irq_take(); /* what loading the vCPU's timers has raised */
			/* The end of the slice may have been among it, and is told only once. */
			if (!__atomic_load_n(&p->resched, __ATOMIC_ACQUIRE)) {
				vgic_flush(p->current);
				return p->current;
			}
		} else if (!__atomic_load_n(&p->resched, __ATOMIC_ACQUIRE) && !vm_work_wanted()) {
			wfi();
		}
	}
}

void sched_sleep(struct vcpu *vcpu)
{
	struct pcpu *p = this_pcpu();

	irq_take();
	spin_lock(&sched.lock);
	__atomic_store_n(&vcpu->kicked, false, __ATOMIC_SEQ_CST);
	if (vcpu->vm->state == VM_RUNNING && !vgic_has_pending(vcpu))
		unload(p, vcpu, VCPU_WAITING);
	spin_unlock(&sched.lock);
	__atomic_store_n(&p->resched, true, __ATOMIC_RELAXED);
}

void sched_power_off(struct vcpu *vcpu)
{
	struct pcpu *p = this_pcpu();

	spin_lock(&sched.lock);
	unload(p, vcpu, VCPU_OFF);
	__atomic_store_n(&p->resched, true, __ATOMIC_RELAXED);
	spin_unlock(&sched.lock);
}

void sched_park_vcpus(struct vm *vm)
{
	for (uint32_t i = 0; i < vm->config.cpus; i++) {
		struct vcpu *vcpu = vm->vcpu[i];

		if (vcpu->state == VCPU_RUNNING) {
			poke(&pcpus[vcpu->pcpu]);
		} else if (vcpu->state != VCPU_OFF) {
			list_del(&vcpu->queue);
			vcpu->state = VCPU_PARKED;
		}
	}
}

void sched_unpark_vcpus(struct vm *vm)
{
	for (uint32_t i = 0; i < vm->config.cpus; i++)
		if (vm->vcpu[i]->state == VCPU_PARKED)
			make_ready(vm->vcpu[i]);
}

void sched_stop_vcpus(struct vm *vm)
{
	for (uint32_t i = 0; i < vm->config.cpus; i++) {
		struct vcpu *vcpu = vm->vcpu[i];

		if (vcpu->state == VCPU_RUNNING) {
			poke(&pcpus[vcpu->pcpu]);
		} else if (vcpu->state != VCPU_OFF) {
			list_del(&vcpu->queue);
			turn_off(vcpu);
		}
	}
}

void sched_look_again(void)
{
	__atomic_store_n(&this_pcpu()->resched, true, __ATOMIC_RELAXED);
}

void sched_look_for_work(void)
{
	poke(place(this_pcpu()->index));
}

bool sched_work_is_over(uint64_t until)
{
	irq_take();
	return read_sysreg(cntpct_el0) >= until ||
	       __atomic_load_n(&this_pcpu()->resched, __ATOMIC_RELAXED);
}

uint64_t sched_ran(const struct vcpu *vcpu)
{
	uint64_t ran;

	sched_lock();
	ran = vcpu->ran;
	if (vcpu->state == VCPU_RUNNING)
		ran += read_sysreg(cntpct_el0) - vcpu->since;
	sched_unlock();
	return ran;
}

bool sched_wants_cpu(struct vcpu *vcpu)
{
	return __atomic_load_n(&this_pcpu()->resched, __ATOMIC_RELAXED) ||
	       vcpu->vm->state != VM_RUNNING;
}

bool sched_is_on(struct vcpu *vcpu)
{
	return __atomic_load_n(&vcpu->state, __ATOMIC_RELAXED) != VCPU_OFF;
}
