/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the OP-TEE backend: its state for the machine, for a VM, for a shared buffer (object) and
 * for a call, and what its files call of each other. The files, in the order of a call:
 * fast.c or call.c, begin.c, message.c, object.c, walk.c, enter.c, rpc_out.c, rpc_reply.c; around
 * them probe.c, vm.c, farewell.c, memory.c, policy.c, notify.c, trace.c.
 *
 * All that decides anything is in the VM's private memory. What the TEE can write, a call's slot
 * in the arena, is written before it enters and read once, field by field, after it leaves.
 */
#ifndef MEDIATOR_OPTEE_OPTEE_H
#define MEDIATOR_OPTEE_OPTEE_H

#include "abi/optee_msg.h"
#include "abi/optee_smc.h"
#include "lib/contract.h"
#include "lib/types.h"
#include "lib/util.h"
#include "mediator/backend.h"

/*
 * A slot of the arena holds a message and behind it the TEE's request area: at most 32 + 6 * 32
 * and 32 + 4 * 32 bytes. OPEN_SESSION has two parameters more than the four that a trusted
 * application sees.
 */
#define OPTEE_SLOT_SIZE	    512u
#define OPTEE_PARAMS	    4u
#define OPTEE_META_PARAMS   2u
#define OPTEE_RPC_PARAMS    4u
#define OPTEE_RPC_AREA_SIZE 160u

/* Bits of threads_busy. OP-TEE builds have 2 to 32 threads. */
#define OPTEE_THREADS_MAX 64u

/* VM ids run from 1 to this - 1, each used again as late as possible. */
#define OPTEE_IDS 1024u

/* Of the TEE's static window, 2 MiB everywhere so far, we use at most so much. */
#define OPTEE_WINDOW_PAGES 512u

/* The handle of the arena. Handles of objects stay below: see optee_handle. */
#define OPTEE_ARENA_HANDLE BIT(63)

struct optee {
	struct tee tee;
	uint32_t os_uuid[4];
	uint32_t os_revision[3];
	uint32_t revision[2];
	uint32_t capabilities; /* as the TEE says them */
	uint32_t rpc_params;
	uint32_t threads;
	uint32_t max_notify;	   /* highest value of a notification, waits included */
	bool can_notify;	   /* the TEE does, and the host gave its interrupt */
	struct optee_vm *notified; /* VMs that enabled notifications; the TEE's lock */
	uint16_t last_id;
	uint64_t ids[OPTEE_IDS / 64]; /* set: a VM's, or of one the TEE did not let go of */
	/* The TEE's static shared memory, if the host let us have it: mapped in it for ever. */
	bool window_asked;
	uint8_t *window;
	pa_t window_address;
	uint32_t window_pages;
	uint64_t window_used[OPTEE_WINDOW_PAGES / 64];
};

/* Pages that the TEE may see, from its window or from the host. */
struct optee_pages {
	uint8_t *va;
	pa_t pa;
	uint32_t count;
	bool in_window;
};

#define OPTEE_CHUNK_FRAMES  15u
#define OPTEE_INLINE_FRAMES 4u

/* Frame numbers of an object's pages, in a chain. */
struct optee_chunk {
	uint32_t frames[OPTEE_CHUNK_FRAMES];
	uint32_t next; /* index + 1 */
};

enum optee_object_state {
	OBJECT_FREE,	      /* in the free list */
	OBJECT_REGISTERING,   /* a call pins its pages or has the TEE learn of it */
	OBJECT_LIVE,	      /* the TEE knows it; may be referred to */
	OBJECT_UNREGISTERING, /* a call asks the TEE to forget it */
	OBJECT_GONE,	      /* the TEE forgot it; cookie free; pinned until the last user ends */
};

/* All under the VM's lock, but pins of one that is REGISTERING or GONE: its call's alone. */
struct ALIGNED(64) optee_object {
	uint64_t cookie; /* the guest's name for it */
	uint64_t size;
	uint32_t generation;
	uint32_t next;	 /* index + 1, in its hash chain, the free list or the doomed list */
	uint32_t pages;	 /* charged */
	uint32_t pinned; /* <= pages */
	uint32_t users;	 /* calls that refer to it */
	uint16_t offset; /* of the first byte in the first page */
	uint8_t state;
	bool by_rpc; /* the TEE asked for it; else the guest registered it */
	/* Up to four pages: their frames. More: index + 1 of the first and the last chunk. */
	uint32_t frames[OPTEE_INLINE_FRAMES];
};

/* Where a message of the guest lies: in one page or across two. */
struct optee_span {
	uint64_t page[2]; /* IPAs, or physical addresses of pinned pages */
	uint32_t offset;
	bool pinned;
};

enum optee_call_state {
	CALL_FREE,
	CALL_RUNNING,	/* some vCPU works on it */
	CALL_SUSPENDED, /* the guest was told to resume it */
};

/* What the guest was asked to do when the call was suspended. */
enum optee_wait {
	WAIT_INTERRUPT, /* nothing; the TEE's thread was interrupted */
	WAIT_WORK,	/* nothing; our own long work was */
	WAIT_COMMAND,	/* what the TEE asked */
	WAIT_ALLOC,	/* give a buffer for requests */
	WAIT_FREE,	/* take it back; then `after` */
	WAIT_DISCARD,	/* free memory that we did not accept; then tell the TEE */
};

/*
 * What a call does next. The functions below that return it do one step each; run() in call.c
 * takes the steps, so nothing recurses.
 */
enum optee_next {
	NEXT_GUEST,   /* the guest's registers hold an answer; the call may be over */
	NEXT_ENTER,   /* the TEE starts on the slot */
	NEXT_RESUME,  /* the TEE's thread goes on; the request area holds the reply, if any */
	NEXT_WALK,    /* translate more of a page list */
	NEXT_DRAIN,   /* unpin what is doomed, then `after` */
	NEXT_REQUEST, /* the TEE asks something */
	NEXT_ASK,     /* pass that on to the guest */
	NEXT_DISCARD, /* tell the guest to free what it allocated */
	NEXT_FINISH,  /* the call ends with `result` */
};

enum optee_style { STYLE_ARG, STYLE_RPC_ARG, STYLE_REGD_ARG };

/* A page list being translated. */
struct optee_walk {
	uint64_t list;	/* IPA of the next list page */
	uint32_t left;	/* pages */
	uint32_t first; /* list pages of ours: index + 1 */
	uint32_t last;
};

/* A request of the TEE, as read once from its area. */
struct optee_request {
	struct optee_msg_header header ALIGNED(8);
	struct optee_msg_param params[OPTEE_RPC_PARAMS]; /* handles replaced by cookies */
};

struct optee_call {
	/* Fixed at vm_create. */
	uint8_t *slot;
	uint32_t index;
	uint64_t enter[4]; /* a0 to a3 that make the TEE run the slot */

	uint8_t state; /* enum optee_call_state; the VM's lock */
	uint8_t wait;  /* enum optee_wait */
	uint8_t after; /* enum optee_next */
	uint8_t style; /* enum optee_style */
	bool has_thread;
	bool settles;	     /* its end changes a buffer or the number of sessions */
	uint32_t generation; /* of the guest's handle; new at each suspension */
	uint32_t thread;     /* the TEE's, if has_thread: from the first exit to the TEE's answer */
	uint32_t result;     /* a0 for the guest at the end */

	/* While it runs: on whose behalf. */
	struct tee_host_vcpu *vcpu;
	uint64_t *regs;

	uint32_t refs[1 + OPTEE_PARAMS]; /* objects in use: index + 1 */
	uint32_t ref_count;
	uint32_t object;  /* being registered, unregistered or allocated: index + 1 */
	uint32_t doomed;  /* being unpinned: index + 1 */
	uint32_t outputs; /* bit per parameter that the TEE may answer in */
	struct optee_walk walk;

	struct optee_span arg; /* the guest's message */
	struct optee_span rpc; /* the guest's request area, if rpc_ready */
	bool rpc_ready;
	uint64_t rpc_cookie; /* of a buffer got by RPC_ALLOC, else 0 */

	/* The guest's message, as read once: header and params are adjacent, as in the ABI. */
	struct optee_msg_header header ALIGNED(8);
	struct optee_msg_param params[OPTEE_META_PARAMS + OPTEE_PARAMS];
	struct optee_request request;
};

_Static_assert(offsetof(struct optee_call, params) == offsetof(struct optee_call, header) + 32,
	       "the guest's message is read into both at once");

struct optee_vm {
	struct tee_vm vm;
	struct optee *optee;
	struct optee_call *calls;
	struct optee_object *objects;
	struct optee_chunk *chunks;
	uint32_t *buckets;
	uint32_t *list_next; /* per list page: index + 1 of the next */
	struct optee_pages arena;
	struct optee_pages lists;
	uint64_t threads_busy; /* TEE threads that wait with a suspended call */
	uint64_t calls_free;   /* bit per call */
	uint32_t call_count;
	uint32_t bucket_shift; /* 64 - log2(number of buckets) */
	uint32_t free_object;  /* index + 1, as the next three */
	uint32_t doomed;       /* GONE objects to unpin */
	uint32_t free_chunk;
	uint32_t free_list;
	uint32_t *sessions; /* the TEE's ids of those open */
	uint32_t session_count;
	uint64_t values; /* notified, not yet asked for; the VM's lock */
	bool notifies;	 /* in optee.notified; the TEE's lock, as the next */
	struct optee_vm *notified_next;
	uint32_t farewell_at; /* call that vm_destroy has come to, twice round */
	uint32_t interrupts;  /* of the TEE that vm_destroy has borne, see farewell.c */
	uint32_t destroy_at;  /* object that vm_destroy has come to */
	bool told;	      /* VM_DESTROYED was answered */
	bool kept;	      /* and refused */
};

static inline struct optee_vm *optee_vm_of(struct tee_vm *vm)
{
	return CONTAINER_OF(vm, struct optee_vm, vm);
}

static inline uint64_t optee_pair(uint64_t high, uint64_t low)
	ENSURES(RESULT >> 32 == (uint32_t)high && (uint32_t)RESULT == (uint32_t)low)
{
	return (uint64_t)(uint32_t)high << 32 | (uint32_t)low;
}

/* a0 of the TEE: it asks something, and the call goes on. */
static inline bool optee_is_rpc(uint32_t a0)
{
	return a0 == OPTEE_SMC_RPC_ALLOC || a0 == OPTEE_SMC_RPC_FREE ||
	       a0 == OPTEE_SMC_RPC_FOREIGN_INTR || a0 == OPTEE_SMC_RPC_CMD;
}

/* Bytes of a message with n parameters. */
static inline uint32_t optee_msg_size(uint32_t n)
{
	return (uint32_t)sizeof(struct optee_msg_header) +
	       n * (uint32_t)sizeof(struct optee_msg_param);
}

/* The TEE's request area in a call's slot: behind its message. */
static inline uint8_t *optee_rpc_area(const struct optee_call *c)
{
	return c->slot + optee_msg_size(c->header.num_params);
}

/* Name of an object towards the TEE: generation and index, never 0, never the arena's. */
static inline uint64_t optee_handle(const struct optee_vm *o, const struct optee_object *object)
{
	return (uint64_t)object->generation << 32 | (uint64_t)(object - o->objects + 1);
}

static inline uint32_t optee_object_index(const struct optee_vm *o,
					  const struct optee_object *object)
{
	return (uint32_t)(object - o->objects) + 1;
}

/* object.c: the registry */
static inline uint32_t *optee_bucket(struct optee_vm *o, uint64_t cookie)
{
	return &o->buckets[(cookie * 0x9e3779b97f4a7c15ull) >> o->bucket_shift];
}

/* By the guest's name; in any state but FREE and GONE. NULL: none. */
static inline struct optee_object *optee_object_find(struct optee_vm *o, uint64_t cookie)
	NEEDS(&o->vm)
{
	uint32_t i = *optee_bucket(o, cookie);

	while (i != 0 && o->objects[i - 1].cookie != cookie)
		i = o->objects[i - 1].next;
	return i != 0 ? &o->objects[i - 1] : NULL;
}

/* By the TEE's name; in any state but FREE. NULL: none. */
struct optee_object *optee_object_by_handle(struct optee_vm *o, uint64_t handle) NEEDS(&o->vm);

/* Does the guest name a shared buffer so, or one that it gave for requests (RPC_ALLOC)? */
bool optee_cookie_known(struct optee_vm *o, uint64_t cookie) NEEDS(&o->vm);

/*
 * A new object in state REGISTERING, charged, without pins. 0, or TEEC_ERROR_BAD_PARAMETERS
 * (cookie 0 or known, size 0 or wrapping), or TEEC_ERROR_OUT_OF_MEMORY (quota).
 */
uint32_t optee_object_new(struct optee_vm *o, uint64_t cookie, uint64_t buffer, uint64_t size,
			  struct optee_object **out) NEEDS(&o->vm);
/* The TEE does not know it, or no longer: GONE, and doomed when nobody uses it. */
void optee_object_gone(struct optee_vm *o, struct optee_object *object) NEEDS(&o->vm);
/* GONE and without users: to be unpinned by a call that drains. */
void optee_object_doom(struct optee_vm *o, struct optee_object *object) NEEDS(&o->vm);

static inline void optee_object_unref(struct optee_vm *o, uint32_t index) NEEDS(&o->vm)
{
	struct optee_object *object = &o->objects[index - 1];

	object->users--;
	if (UNLIKELY(object->users == 0 && object->state == OBJECT_GONE))
		optee_object_doom(o, object);
}

/* Back to the free list with its charge. It has no pins. */
void optee_object_free(struct optee_vm *o, struct optee_object *object) NEEDS(&o->vm);
/* Remember pages that were just pinned. */
void optee_object_record(struct optee_vm *o, struct optee_object *object, const uint64_t *pages,
			 uint32_t count) NEEDS(&o->vm);
/* Physical address of page `index` of a live object; index < pages. */
uint64_t optee_object_page(const struct optee_vm *o, const struct optee_object *object,
			   uint32_t index) NEEDS(&o->vm);
/* Drop pins, at most about TEE_PIN_BATCH. True: none left. */
bool optee_object_unpin(struct optee_vm *o, struct optee_object *object) NEEDS_NOT(&o->vm);

/* walk.c: page lists, and giving pages back, in bounded steps */
void optee_walk_begin(struct optee_call *c, uint64_t buffer, uint32_t pages);
/* Steps until the list is done, refused, or the CPU is wanted. */
enum optee_next optee_walk(struct optee_vm *o, struct optee_call *c);
/* Unpin what is doomed, likewise; then c->after. */
enum optee_next optee_drain(struct optee_vm *o, struct optee_call *c);
void optee_walk_end(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm);
/* Physical address that stands for the walked list in a message. */
uint64_t optee_walk_address(const struct optee_vm *o, const struct optee_call *c);

/* span.c: a message in the guest's memory. False: not the guest's to read or write. */
bool optee_span_read_pieces(struct optee_vm *o, const struct optee_span *span, uint32_t at,
			    void *to, uint32_t size) REQUIRES(span_holds(o, span, at, size))
	ENSURES(!span->pinned || RESULT);
bool optee_span_write_pieces(struct optee_vm *o, const struct optee_span *span, uint32_t at,
			     const void *from, uint32_t size)
	REQUIRES(span_holds(o, span, at, size)) ENSURES(!span->pinned || RESULT);

static inline bool optee_span_is_simple(const struct optee_span *span, uint32_t at, uint32_t size)
{
	return span->pinned && span->offset + at + size <= PAGE_SIZE;
}

static inline bool optee_span_read(struct optee_vm *o, const struct optee_span *span, uint32_t at,
				   void *to, uint32_t size) REQUIRES(span_holds(o, span, at, size))
	ENSURES(!span->pinned || RESULT)
{
	if (UNLIKELY(!optee_span_is_simple(span, at, size)))
		return optee_span_read_pieces(o, span, at, to, size);
	o->vm.port->read_pinned(o->vm.host, pa(span->page[0] + span->offset + at), to, size);
	return true;
}

static inline bool optee_span_write(struct optee_vm *o, const struct optee_span *span, uint32_t at,
				    const void *from, uint32_t size)
	REQUIRES(span_holds(o, span, at, size)) ENSURES(!span->pinned || RESULT)
{
	if (UNLIKELY(!optee_span_is_simple(span, at, size)))
		return optee_span_write_pieces(o, span, at, from, size);
	o->vm.port->write_pinned(o->vm.host, pa(span->page[0] + span->offset + at), from, size);
	return true;
}

/* message.c: the guest's messages */
/* Check header and params of `c`, refer to what they name, build the slot. 0 or a result. */
uint32_t optee_message_in(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm);
/* The slot's results into `c` and from there to the guest. False: the guest's page is gone. */
bool optee_message_out(struct optee_vm *o, struct optee_call *c);
/* A result of ours, origin COMMS, to the guest. */
bool optee_message_refuse(struct optee_vm *o, struct optee_call *c, uint32_t result);

/* policy.c */
/* May this VM open a session for a client that says it is `client`? 0, or a result. */
uint32_t optee_may_open(struct optee_vm *o, const struct optee_msg_param *client) NEEDS(&o->vm)
	ENSURES(RESULT != TEEC_SUCCESS ||
		(login_exists(client->value.c) && o->vm.used.sessions < o->vm.quota.sessions))
		ENSURES(o->vm.used.sessions == OLD(o->vm.used.sessions));

/* enter.c */
/* Enter the TEE, to start or to resume, until it leaves for more than an interrupt. */
enum optee_next optee_enter(struct optee_vm *o, struct optee_call *c, bool resume);

/* How often the TEE may leave a call that no guest waits for, before we leave it alone. */
struct optee_patience {
	uint32_t requests;
	uint32_t interrupts;
};

/* Enter the TEE for a call that no guest sees, refusing what it asks: a0 of its last answer. */
uint32_t optee_enter_own(struct optee_vm *o, struct optee_call *c, bool resume,
			 struct optee_patience *patience);
/* The TEE broke its contract: no more calls of this VM. */
enum optee_next optee_fault(struct optee_vm *o, struct optee_call *c, const char *what);

/* call.c */
enum tee_verdict optee_call(struct tee_vm *vm, struct tee_host_vcpu *vcpu, uint64_t *regs);
/* Leave to the guest, to come back by RETURN_FROM_RPC. payload: a1/a2. */
enum optee_next optee_suspend(struct optee_vm *o, struct optee_call *c, uint32_t code,
			      enum optee_wait wait, uint64_t payload);
/* Answer by register, counted. */
void optee_refuse(struct optee_vm *o, uint64_t *regs, uint32_t code, enum tee_refusal why);
/* The same, for a call with a record, which goes. */
enum optee_next optee_give_up(struct optee_vm *o, struct optee_call *c, uint32_t code,
			      enum tee_refusal why) NEEDS(&o->vm) RELEASES(&o->vm);
/* The message was answered: drop what the call holds; success says what becomes of the rest. */
enum optee_next optee_close_call(struct optee_vm *o, struct optee_call *c, bool success);
/* The TEE is done with the call: a0 OK. */
enum optee_next optee_complete(struct optee_vm *o, struct optee_call *c);
/* The TEE did not run the call, for this reason. */
enum optee_next optee_not_run(struct optee_vm *o, struct optee_call *c, uint32_t code);

/* begin.c: c->regs name the message; entered with the lock, returns without it */
enum optee_next optee_begin(struct optee_vm *o, struct optee_call *c) NEEDS(&o->vm)
	RELEASES(&o->vm);

/* rpc_out.c: what the TEE asks of the guest */
enum optee_next optee_rpc_request(struct optee_vm *o, struct optee_call *c);
enum optee_next optee_rpc_ask(struct optee_vm *o, struct optee_call *c);
enum optee_next optee_rpc_discard(struct optee_vm *o, struct optee_call *c);
/* The TEE's request fails with this result. */
enum optee_next optee_rpc_fail(struct optee_call *c, uint32_t result);

/* rpc_reply.c: what the guest answers */
enum optee_next optee_rpc_reply(struct optee_vm *o, struct optee_call *c);
/* The answer to RPC_ALLOC, in the registers. */
enum optee_next optee_rpc_buffer(struct optee_vm *o, struct optee_call *c);
/* The pages of an SHM_ALLOC reply are pinned and listed, or could not be. */
enum optee_next optee_rpc_allocated(struct optee_vm *o, struct optee_call *c, uint32_t result);

/* notify.c */
/* tee_backend.irq */
void optee_irq(struct tee *tee, uint32_t intid);
/* The guest wants notifications: a0. */
uint32_t optee_notify_enable(struct optee_vm *o) NEEDS_NOT(&o->vm);
/* It wants them no more, or is about to go. */
void optee_notify_disable(struct optee_vm *o) NEEDS_NOT(&o->vm);
/* GET_ASYNC_NOTIF_VALUE, from what was kept. */
void optee_notify_value(struct optee_vm *o, uint64_t *regs) NEEDS_NOT(&o->vm);

/* trace.c: events of a call, for a port that wants them */
void optee_trace_call_event(struct optee_vm *o, const struct optee_call *c);
void optee_trace_end_event(struct optee_vm *o, const struct optee_call *c, uint32_t code);
void optee_trace_request_event(struct optee_vm *o, const struct optee_call *c);
void optee_trace_reply_event(struct optee_vm *o, const struct optee_call *c, uint32_t result);

static inline bool optee_traced(const struct optee_vm *o)
{
	return o->vm.port->trace != NULL;
}

/* fast.c: false: no such function, or not for guests */
bool optee_fast_call(struct optee_vm *o, uint32_t function, uint64_t *regs)
	ENSURES(function != OPTEE_SMC_EXCHANGE_CAPABILITIES || regs[0] != OPTEE_SMC_OK ||
		capabilities_offered(regs[1]))
		ENSURES(!RESULT ||
			(function != OPTEE_SMC_VM_CREATED && function != OPTEE_SMC_VM_DESTROYED));

/* memory.c */
bool optee_pages_get(struct optee *t, uint32_t count, struct optee_pages *out);
void optee_pages_put(struct optee *t, struct optee_pages *pages);
size_t optee_vm_size(const struct tee *tee, const struct tee_quota *quota);
/* Divide the VM's memory, which is zeroed. */
void optee_vm_layout(struct optee_vm *o);
bool optee_vm_pages_get(struct optee_vm *o);
uint32_t optee_call_limit(const struct optee *t, const struct tee_quota *quota);
uint32_t optee_list_pages(const struct optee *t, const struct tee_quota *quota);
/* A fast call of the hypervisor without arguments; the answer in smc. */
void optee_ask(const struct tee_port *port, uint64_t *smc, uint32_t function);
/* Once there is a partition that has run: OP-TEE says no earlier where its window is. */
void optee_find_window(struct optee *t);

/* farewell.c */
/* A session of the guest is open now, or could not be opened; and closed. */
void optee_session_opened(struct optee_vm *o, uint32_t id, bool success) NEEDS(&o->vm);
void optee_session_closed(struct optee_vm *o, uint32_t id) NEEDS(&o->vm);
/* Before the TEE forgets a VM: end one of its calls or sessions. True: there is none. */
bool optee_farewell_step(struct optee_vm *o);

/* vm.c */
enum tee_status optee_vm_create(struct tee *tee, struct tee_host_vm *host,
				const struct tee_quota *quota, void *memory, size_t size,
				struct tee_vm **out);
enum tee_status optee_vm_destroy(struct tee_vm *vm);

#endif
