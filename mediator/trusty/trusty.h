/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside of the Trusty backend. Trusty runs one standard call at a time for the whole machine, does
 * not look who restarts it, and its answers to fast calls change it for everybody. So what Trusty
 * does not keep apart is kept apart here:
 *
 * slot.c   who owns the standard call, until its final answer
 * gate.c   VMs that may be inside at once, since EL3 turns other client ids away
 * enter.c  into Trusty and out of it, again after interrupts
 * device.c QL-TIPC devices: which VM has which, and their buffers
 *
 * The TEE's lock guards struct trusty, a VM's lock its objects and its device.
 */
#ifndef MEDIATOR_TRUSTY_TRUSTY_H
#define MEDIATOR_TRUSTY_TRUSTY_H

#include "abi/trusty_ffa.h"
#include "abi/trusty_smc.h"
#include "lib/types.h"
#include "lib/util.h"
#include "mediator/backend.h"

#define TRUSTY_IDS	   64u
#define TRUSTY_VERSION_MAX 128u

/* Objects of one VM and pages of one object: a share's descriptor fits in one page. */
#define TRUSTY_OBJECTS	    8u
#define TRUSTY_OBJECT_PAGES 240u

/*
 * A VM that does not restart its call for this long loses it to the next VM that wants the slot;
 * it gets the result when it comes back. Ten turns of a scheduler with slices of 5 ms.
 */
#define TRUSTY_HOLD_NS 50000000ull

/* How long the slot, and the gate, are kept for a VM that was turned away. */
#define TRUSTY_SLOT_TURN_NS 4000000ull
#define TRUSTY_GATE_TURN_NS 1000000ull

/* vm_destroy tries so long to end the VM's call. Then it goes on without its VM. */
#define TRUSTY_LEAVE_NS 2000000000ull

/* Entries in a row on behalf of no vCPU, and secure interrupts in a row. */
#define TRUSTY_OWN_ENTRIES 64u
#define TRUSTY_FIQS_MAX	   1000u

struct trusty_vm;

/* Something that VMs take turns with: whose turn is next, for how long. */
struct trusty_turn {
	struct trusty_vm *next; /* NULL: anybody's */
	uint64_t until;
};

enum trusty_slot_state {
	SLOT_FREE,
	SLOT_BUSY, /* a CPU works on it, inside Trusty or about to be */
	SLOT_LEFT, /* to be restarted */
};

/* The machine's one standard call. */
struct trusty_slot {
	uint8_t state; /* enum trusty_slot_state; while BUSY the rest is that CPU's alone */
	bool begun;    /* Trusty has it: restart. Else `call` starts it */
	uint16_t client;
	uint32_t call[4];	 /* function and arguments */
	struct trusty_vm *owner; /* NULL: its VM is gone */
	uint64_t left_at;	 /* when its owner was told to restart */
	struct trusty_turn turn;
};

/* Who is inside Trusty. */
struct trusty_gate {
	uint32_t inside; /* CPUs */
	uint16_t client; /* of these */
	struct trusty_turn turn;
};

/* The object is its own lock for clang's analysis; port->lock_tee is what is taken. */
struct LOCKABLE trusty {
	struct tee tee;

	/* Fixed at probe. */
	uint32_t api;
	uint32_t doorbell; /* SGI by which Trusty asks for a NOP; 0: none */
	int32_t cpus;	   /* answer to GET_SMP_MAX_CPUS */
	uint32_t version_length;
	char version[TRUSTY_VERSION_MAX];
	bool handles; /* memory is shared by FF-A; else by address, all VMs as client 0 */

	uint64_t ids; /* in use; with vm_create and vm_destroy */
	uint16_t last_id;

	bool panicked;	  /* only set; read without the lock */
	uint32_t devices; /* in Trusty, of TRUSTY_QL_DEVICES */
	struct trusty_slot slot;
	struct trusty_gate gate;
	struct trusty_vm *last; /* the last VM that entered; NULL: it is gone */

	/* Our transmit and receive buffer, while there are VMs; and handles. */
	struct ffa_share *transmit;
	pa_t transmit_address;
};

enum trusty_object_state {
	OBJECT_FREE,
	OBJECT_PINNING,	   /* a call pins and shares it; for ever, if EL3 gave no answer */
	OBJECT_LIVE,	   /* shared; the guest may name it */
	OBJECT_RECLAIMING, /* a call takes it back */
};

/* Pages of a VM that Trusty may reach. The VM's lock; pages are those of the call in PINNING. */
struct trusty_object {
	uint8_t state;
	uint8_t attributes; /* FFA_ATTR_... */
	bool by_guest;	    /* shared by the guest's own FF-A call; else with a device */
	uint32_t generation;
	uint32_t users; /* devices */
	uint32_t pages;
	uint64_t handle; /* Trusty's, if `handles` */
	uint32_t frames[TRUSTY_OBJECT_PAGES];
};

enum trusty_device_state {
	DEVICE_NONE,
	DEVICE_CREATING, /* a call makes it */
	DEVICE_LIVE,
	DEVICE_CLOSING, /* a call shuts it down */
	DEVICE_UNSURE,	/* Trusty did not say whether it has it */
};

/* A VM's QL-TIPC device. The VM's lock. */
struct trusty_device {
	uint8_t state;
	uint32_t users; /* fast calls in Trusty */
	uint64_t id;	/* the guest's */
	uint64_t real;	/* Trusty's */
	uint64_t size;
	struct trusty_object *object;
};

enum trusty_buffers { BUFFERS_NONE, BUFFERS_CHANGING, BUFFERS_MAPPED };

struct trusty_vm {
	struct tee_vm vm;
	struct trusty *trusty;
	uint16_t client;	    /* x7 */
	uint32_t api;		    /* what this VM negotiated */
	struct tee_host_vcpu *vcpu; /* that called last */

	/* The TEE's lock: the VM's call ended while it was away. */
	bool kept;
	uint32_t kept_function;
	int32_t kept_result;

	struct trusty_device device;
	struct trusty_object objects[TRUSTY_OBJECTS];

	/* The guest's FF-A buffers: frames of transmit and receive. */
	uint8_t buffers; /* enum trusty_buffers */
	uint32_t buffer_frames[2];

	/* For one call at a time: a guest's descriptor, as read once, and page addresses. */
	bool scratch_used;
	uint8_t copy[PAGE_SIZE] ALIGNED(8);
	uint64_t pages[TRUSTY_OBJECT_PAGES];

	/* vm_destroy, in steps. */
	bool leaving; /* the TEE's lock; since: */
	uint64_t leaving_since;
	bool shut_down; /* our SHUTDOWN was made */
	bool lost;	/* Trusty did not let go of something */
	uint32_t destroy_at;
};

static inline struct trusty *trusty_of(struct tee *tee)
{
	return CONTAINER_OF(tee, struct trusty, tee);
}

static inline struct trusty_vm *trusty_vm_of(struct tee_vm *vm)
{
	return CONTAINER_OF(vm, struct trusty_vm, vm);
}

static inline void trusty_lock(struct trusty *t) TAKES(t) UNCHECKED_LOCKS
{
	const struct tee_port *port = t->tee.port;

	port->lock_tee(port->host);
}

static inline void trusty_unlock(struct trusty *t) RELEASES(t) UNCHECKED_LOCKS
{
	const struct tee_port *port = t->tee.port;

	port->unlock_tee(port->host);
}

static inline uint64_t trusty_pair(uint64_t low, uint64_t high)
{
	return (uint64_t)(uint32_t)high << 32 | (uint32_t)low;
}

static inline bool trusty_has_panicked(const struct trusty *t)
{
	return __atomic_load_n(&t->panicked, __ATOMIC_RELAXED);
}

/* call.c */
enum tee_verdict trusty_call(struct tee_vm *vm, struct tee_host_vcpu *vcpu, uint64_t *regs);
/* Count and trace a refusal; `answer` is given back. */
int32_t trusty_refuse(struct trusty_vm *v, struct tee_host_vcpu *vcpu, enum tee_refusal why,
		      int32_t answer);
void trusty_trace(struct trusty_vm *v, struct tee_host_vcpu *vcpu, enum tee_event_kind kind,
		  uint32_t command, int32_t result);
/* This VM saw it. */
void trusty_panicked(struct trusty_vm *v);

/* fast.c: false: nothing was done, the guest's instruction is to be repeated */
bool trusty_fast(struct trusty_vm *v, const uint32_t *call, int32_t *result);

/* gate.c */
/* May `v`, or for NULL the hypervisor, enter as `client`? If so it leaves by the next function. */
bool trusty_gate_enter(struct trusty *t, struct trusty_vm *v, uint16_t client);
void trusty_gate_leave(struct trusty *t);
/* May v take it now? A turn that was not taken in time is over. */
bool trusty_turn_is(struct trusty_turn *turn, const struct trusty_vm *v, uint64_t now);
/* v was turned away: the next turn is its own, if it is nobody's. */
void trusty_turn_ask(struct trusty_turn *turn, struct trusty_vm *v);
/* What they take turns with is free: the next turn begins. */
void trusty_turn_start(struct trusty_turn *turn, uint64_t now, uint64_t length);

/* enter.c */
/* One entry, past secure interrupts. x0 as Trusty means it. */
int32_t trusty_enter(struct trusty *t, const uint32_t *call, uint16_t client);
/*
 * Work on the slot, which is BUSY by this CPU, for its owner. by: whose time it is; vcpu is asked
 * about interrupts. True: the call is over, *result is final, the slot is still BUSY. False: the
 * slot is LEFT, *result says why.
 */
bool trusty_run(struct trusty_vm *by, struct tee_host_vcpu *vcpu, int32_t *result);
/* A NOP of the guest, until it is done or the guest has something else to do. */
int32_t trusty_nop(struct trusty_vm *v, struct tee_host_vcpu *vcpu);
/* A fast call. False: the gate is closed. */
bool trusty_fast_enter(struct trusty_vm *v, const uint32_t *call, int32_t *result);

/* slot.c: standard calls */
int32_t trusty_standard(struct trusty_vm *v, struct tee_host_vcpu *vcpu, const uint32_t *call);
int32_t trusty_restart(struct trusty_vm *v, struct tee_host_vcpu *vcpu);
/* For vm_destroy: end the VM's call, if it has one. AGAIN: not yet. */
enum tee_status trusty_slot_finish(struct trusty_vm *v);
/*
 * For vm_destroy: shut the VM's device down. OK: that ended. AGAIN, and *begun: it is the VM's call
 * now; else: not made.
 */
enum tee_status trusty_slot_shut_down(struct trusty_vm *v, bool *begun);
/* Nothing of the TEE points to this VM any more. False: another CPU works on its call. */
bool trusty_slot_forget(struct trusty_vm *v);

/* device.c */
/* Before the call enters: check it, and replace the guest's memory id by Trusty's. 0, or an answer.
 */
int32_t trusty_device_begin(struct trusty_vm *v, uint32_t *call);
/* The call that shuts down the VM's device, which nobody uses. */
void trusty_device_closing(struct trusty_vm *v, uint32_t *call);
/* After its end. v is NULL if the VM is gone. */
void trusty_device_end(struct trusty *t, struct trusty_vm *v, const uint32_t *call, int32_t result);
/* For a fast call: Trusty's id of the live device, until trusty_device_unuse. False: none. */
bool trusty_device_use(struct trusty_vm *v, uint64_t id, uint32_t size, uint64_t *real);
void trusty_device_unuse(struct trusty_vm *v);

/* object.c */
/* v->copy and v->pages. False: another call has them. */
bool trusty_scratch_take(struct trusty_vm *v);
void trusty_scratch_put(struct trusty_vm *v);
/* False: over the quota. */
bool trusty_charge(struct trusty_vm *v, uint32_t pages) NEEDS(&v->vm);
/* A PINNING object of v->pages[0..pages), pinned and charged. NULL: *why says. */
struct trusty_object *trusty_object_new(struct trusty_vm *v, uint32_t pages, uint8_t attributes,
					enum tee_refusal *why);
/* Unpin and refund. Trusty does not have it. */
void trusty_object_free(struct trusty_vm *v, struct trusty_object *object);
void trusty_object_becomes(struct trusty_vm *v, struct trusty_object *object,
			   enum trusty_object_state state);
/* By FF-A: then it is LIVE. False: *error; it is free, or stays PINNING. */
bool trusty_object_share(struct trusty_vm *v, struct trusty_object *object, int32_t *error);
/* Then it is free. False: EL3 does not let go of it; nothing has changed. */
bool trusty_object_reclaim(struct trusty_vm *v, struct trusty_object *object);

/* ffa.c: FF-A calls of guests */
void trusty_ffa(struct trusty_vm *v, uint32_t function, uint64_t *regs);
/* By the guest's handle: its own live object, or NULL. */
struct trusty_object *trusty_object_find(struct trusty_vm *v, uint64_t handle) NEEDS(&v->vm);
/* The ranges of v->copy from `at` on, into v->pages. How many pages; 0: not served. */
uint32_t trusty_ffa_pages(struct trusty_vm *v, uint32_t length, uint32_t at);
/* Give up the guest's buffers. 0, or FFA_INVALID_PARAMETERS: there are none. */
int32_t trusty_ffa_unmap(struct trusty_vm *v);

/* spm.c: FF-A calls of ours to EL3; 0, or an error of FF-A's */
bool trusty_spm_probe(const struct tee_port *port);
enum tee_status trusty_spm_start(struct trusty *t);
void trusty_spm_stop(struct trusty *t);
int32_t trusty_spm_share(struct trusty_vm *v, struct trusty_object *object);
int32_t trusty_spm_reclaim(struct trusty_vm *v, const struct trusty_object *object);

/* doorbell.c */
void trusty_doorbell_probe(struct trusty *t);
void trusty_irq(struct tee *tee, uint32_t intid);
void trusty_cpu_event(struct tee *tee, bool up);

/* vm.c */
size_t trusty_vm_size(const struct tee *tee, const struct tee_quota *quota);
enum tee_status trusty_vm_create(struct tee *tee, struct tee_host_vm *host,
				 const struct tee_quota *quota, void *memory, size_t size,
				 struct tee_vm **out);
enum tee_status trusty_vm_destroy(struct tee_vm *vm);

#endif
