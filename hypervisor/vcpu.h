/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual CPU: what the guest has in its registers, and where it stands in its life. While it
 * runs, `regs` is live from trap to return and everything in `sys` is in the hardware instead;
 * context.c moves it. Scheduling fields belong to sched.c, interrupt fields to vgic.c.
 */
#ifndef HYPERVISOR_VCPU_H
#define HYPERVISOR_VCPU_H

#include "arch/spinlock.h"
#include "hypervisor/vgic.h"
#include "lib/list.h"
#include "lib/types.h"

#define VCPUS_MAX 8u /* per VM; the affinity of vCPU n is Aff0 = n */

/* vectors.S knows the offsets: first in struct vcpu. */
struct guest_regs {
	uint64_t x[31];
	uint64_t pc;
	uint64_t pstate;
};

/* What the guest has in the FP/SIMD registers. fpstate.S knows the layout. */
struct fp_state {
	uint64_t v[64];
	uint64_t fpcr, fpsr;
};

/* EL1 and EL0 registers of the guest, see context.c for the list. */
#define SYS_REGS 64
struct sys_state {
	uint64_t reg[SYS_REGS];
};

/* Breakpoint and watchpoint value and control registers. */
struct debug_state {
	uint64_t bvr[16], bcr[16], wvr[16], wcr[16];
};

/*
 * OFF -> READY by PSCI CPU_ON or VM start; READY <-> RUNNING by the scheduler; RUNNING -> WAITING
 * by WFI; WAITING -> READY by an interrupt; READY, RUNNING, WAITING -> PARKED while the VM is
 * paused, and from there to READY: a WFI may end without a reason; any -> OFF. Changed under the
 * scheduler's lock only.
 */
enum vcpu_state { VCPU_OFF, VCPU_READY, VCPU_RUNNING, VCPU_WAITING, VCPU_PARKED };

struct vcpu {
	struct guest_regs regs;
	struct vm *vm;
	uint32_t index;

	/* sched.c */
	struct list queue;
	enum vcpu_state state;
	uint32_t pcpu;	    /* where it runs or ran last */
	uint64_t slice_end; /* CNTPCT at which the next vCPU has its turn */
	uint64_t since;	    /* CNTPCT at which it began to run */
	uint64_t ran;	    /* ticks of CNTPCT on a CPU before that, its life long */
	bool kicked;	    /* atomic: its interrupts changed since it went to sleep */

	/* The first instruction after power on. */
	uint64_t entry, context;

	struct vgic_cpu vgic;
	uint64_t timer_wake; /* CNTPCT at which a sleeping vCPU's timer fires; ~0: never */
	bool debug_used;     /* breakpoints and watchpoints are switched too */
	bool os_lock;
	struct debug_state debug;
	struct sys_state sys;
	struct fp_state fp;
};

/* The vCPU that runs on this CPU, NULL in the idle loop. Kept in TPIDR_EL2's struct. */
struct vcpu *vcpu_current(void);

/*
 * Make the vCPU notice that its interrupts changed: wakes it if it waits, interrupts the CPU it
 * runs on if that is another one. Takes no lock: any may be held.
 */
void vcpu_kick(struct vcpu *vcpu);

/* Before returning to the guest. A change that comes after this look comes with a kick. */
static inline void vgic_flush(struct vcpu *vcpu)
{
	if (UNLIKELY(__atomic_load_n(&vcpu->vgic.dirty, __ATOMIC_RELAXED)))
		vgic_flush_slow(vcpu);
}

#endif
