/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A physical CPU as the hypervisor knows it. TPIDR_EL2 points to its struct. EL2 runs with all
 * interrupts masked; it takes them by asking the GIC (irq.c), so nothing here is ever interrupted.
 */
#ifndef HYPERVISOR_PCPU_H
#define HYPERVISOR_PCPU_H

#include "arch/aarch64/sysreg.h"
#include "drivers/gicv3.h"
#include "hypervisor/offsets.h"
#include "hypervisor/vcpu.h"
#include "hypervisor/vm.h"

struct pcpu {
	struct vcpu *current; /* in the hardware; NULL: idle. First, for vectors.S */
	void *stack;	      /* top of the stack. Second, for head.S */
	uint32_t index;
	uint64_t mpidr;
	struct gicv3 gic;
	struct trace_ring *trace; /* NULL: no memory for it */
	bool online;
	bool resched;	     /* atomic: look at the run queue before the next entry to a guest */
	struct list ready;   /* sched.c's lock */
	struct list waiting; /* likewise: WFI, by the CPU that will see their timers */
	uint64_t work_next;  /* CNTPCT before which vCPUs come first, vm_work() after them */
	uint64_t work_until; /* the end of vm_work()'s turn */
	struct vcpu *last_of_vm[VMS_MAX]; /* whose stage-1 translations this CPU may hold */
	uint64_t interrupts;
};

extern struct pcpu pcpus[PCPUS_MAX];
extern uint32_t pcpu_count;

static inline struct pcpu *this_pcpu(void)
{
	return (struct pcpu *)read_sysreg(tpidr_el2);
}

/* Interrupts of the hypervisor itself. */
#define SGI_KICK	 0u
#define PPI_MAINTENANCE	 25u
#define PPI_HYP_TIMER	 26u
#define PPI_GUEST_VTIMER 27u
#define PPI_GUEST_PTIMER 30u

/* irq.c: take what physical interrupts there are. */
void irq_take(void);
void irq_cpu_init(struct pcpu *p);
void irq_init(pa_t gicd, pa_t gicr, uint64_t gicr_size, uint32_t uart_intid);
/*
 * Enable the interrupt, for this CPU, and hand it to tee_interrupt() (tee.c) when it comes, ended.
 * Not one of the hypervisor's own.
 */
void irq_claim_for_tee(uint32_t intid);
/* Physical active state of a guest timer's interrupt, on this CPU. */
void pirq_set_active(uint32_t intid, bool active);

/* vtimer.c */
bool vtimer_level(struct vcpu *vcpu, uint32_t intid);
uint64_t vtimer_next(const struct vcpu *vcpu);

/* context.c: a vCPU's registers between hardware and its struct, on this CPU. */
void context_cpu_init(void);
void context_reset(struct vcpu *vcpu, uint64_t entry, uint64_t x0);
void context_save(struct vcpu *vcpu);
void context_load(struct vcpu *vcpu);
void context_debug_enable(struct vcpu *vcpu);

/* vectors.S */
NORETURN void enter_guest(struct vcpu *vcpu);
void smc_call(uint64_t regs[8]);
void fp_save(struct fp_state *fp);
void fp_load(const struct fp_state *fp);

/* An SMC of the hypervisor itself: x0 of the answer. */
static inline uint64_t smc4(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t regs[8] = {function, a, b, c};

	smc_call(regs);
	return regs[0];
}

#endif
