/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM as the mediator sees it: whose it is, what it may use, what it has used. The part that all
 * backends share; a backend's own state follows it in the same memory, which the host gives at
 * vm_create and has back after vm_destroy. Nothing is allocated in between.
 */
#ifndef MEDIATOR_VM_H
#define MEDIATOR_VM_H

#include "lib/attributes.h"
#include "mediator/port.h"

struct tee;

/* What a VM may use at once. Set at vm_create. */
struct tee_quota {
	uint32_t shared_pages; /* pages pinned for the TEE, each listing counted */
	uint32_t buffers;      /* shared buffers, whoever of guest and TEE asked for them */
	uint32_t sessions;     /* sessions open with trusted applications */
	uint32_t calls;	       /* calls begun and not ended; the TEE's own limit holds too */
};

/*
 * 64 MiB, as much as Xen lets a guest share in all; buffers and sessions for a busy Linux with
 * room to spare. The memory of a VM (vm_size) grows with these: about 250 KiB.
 */
#define TEE_QUOTA_DEFAULT                                                                          \
	(struct tee_quota)                                                                         \
	{                                                                                          \
		.shared_pages = 17408, .buffers = 1024, .sessions = 256, .calls = 16               \
	}

/* Why something a guest asked for was not done. */
enum tee_refusal {
	TEE_REFUSED_FUNCTION, /* no such function, or not for guests */
	TEE_REFUSED_ADDRESS,  /* argument page or page list: not this VM's memory */
	TEE_REFUSED_MESSAGE,  /* malformed message or parameter */
	TEE_REFUSED_COOKIE,   /* names no live buffer, or one that exists already */
	TEE_REFUSED_QUOTA,    /* over a limit of struct tee_quota */
	TEE_REFUSED_POLICY,   /* this VM may not */
	TEE_REFUSED_RESUME,   /* resumes nothing */
	TEE_REFUSED_REPLY,    /* a wrong answer to what the TEE asked of the guest */
	TEE_REFUSED_DEAD,     /* the TEE failed this VM before */
	TEE_REFUSALS,
};

/*
 * Counters only grow, gauges return to 0 when the guest has undone what it did. Counted without
 * atomic operations: two vCPUs at the same instant may count as one. Gauges are exact.
 */
struct tee_counters {
	uint64_t fast_calls;	/* answered without the TEE */
	uint64_t calls;		/* yielding calls begun */
	uint64_t opens;		/* of these, sessions opened */
	uint64_t invokes;	/* commands invoked */
	uint64_t registrations; /* buffers registered */
	uint64_t rpcs;		/* requests of the TEE passed on to the guest */
	uint64_t secure_calls;	/* entries into the Secure world */
	uint64_t irq_resumed;	/* interrupts after which the TEE went straight on */
	uint64_t irq_returned;	/* interrupts for which the guest got its CPU back */
	uint64_t yields;	/* long work interrupted to give the CPU back */
	uint64_t notifications; /* interrupts of the TEE passed on, each for one value or more */
	uint64_t tee_faults;	/* answers of the TEE that break its contract */
	uint64_t refusals[TEE_REFUSALS];
};

/* Under the VM's lock. */
struct tee_gauges {
	uint32_t pages;	   /* pinned now, charged to quota.shared_pages */
	uint32_t buffers;  /* shared buffers now */
	uint32_t sessions; /* open now, or being opened */
	uint32_t calls;	   /* begun and not ended */
};

/* The object is its own lock for clang's analysis; port->lock is what is taken. */
struct LOCKABLE tee_vm {
	struct tee *tee;
	const struct tee_port *port; /* = tee->port, one load nearer */
	struct tee_host_vm *host;
	struct tee_quota quota;
	struct tee_gauges used;
	struct tee_counters count;
	uint16_t id; /* what the TEE knows the VM by */
	bool dead;   /* the TEE broke its contract: this VM calls it no more. Never reset */
};

static inline void tee_lock(struct tee_vm *vm) TAKES(vm) UNCHECKED_LOCKS
{
	vm->port->lock(vm->host);
}

static inline void tee_unlock(struct tee_vm *vm) RELEASES(vm) UNCHECKED_LOCKS
{
	vm->port->unlock(vm->host);
}

/* trace.c: something happened to this VM; locked or not. */
void tee_event(struct tee_vm *vm, enum tee_event_kind kind, uint32_t command);
/* The guest was refused something: counted and traced. */
void tee_refused(struct tee_vm *vm, enum tee_refusal why);

/* Relaxed and not atomic as a whole: see struct tee_counters. */
static inline void tee_count(uint64_t *counter)
{
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

#endif
