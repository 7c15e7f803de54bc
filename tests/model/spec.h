/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An executable model of what the OP-TEE mediator owes a VM: who owns which pages, which cookies
 * are live, which calls are open and how each is resumed, how many sessions are charged, which
 * refusal is due. It is fed with what the guest calls, what the mediator reads, what the port and
 * the TEE answer, in arrays searched from end to end, and takes nothing from the mediator's own
 * structures. Two names the mediator may choose freely, so they are learnt when first shown: a
 * buffer's handle towards the TEE, and a call's handle towards the guest.
 *
 * What follows from the model is compared with what the mediator does (each entry into the TEE,
 * each answer to the guest, each byte written) and, by compare.c, with what it keeps. A difference
 * is a violation of the fake host's. Left out: fast calls' answers, and the counters that no
 * decision depends on.
 */
#ifndef TESTS_MODEL_SPEC_H
#define TESTS_MODEL_SPEC_H

#include "abi/optee_msg.h"
#include "abi/optee_smc.h"
#include "lib/util.h"
#include "mediator/backend.h"
#include "tests/unit/fake_port.h"

#ifndef SPEC_BUFFERS
#define SPEC_BUFFERS 1100u
#endif
#define SPEC_SESSIONS 256u /* the largest quota of a test */
#define SPEC_CALLS    64u
#define SPEC_PARAMS   6u
#define SPEC_DEPTH    4u /* a guest calls on one vCPU while another's call is in the TEE */

enum spec_stage {
	SPEC_NONE,
	SPEC_COMING,  /* being pinned and told to the TEE */
	SPEC_LIVE,    /* may be referred to */
	SPEC_LEAVING, /* the TEE is asked to forget it */
	SPEC_GONE, /* forgotten: its cookie is free, its pages wait for the calls that use them */
};

struct spec_buffer {
	enum spec_stage stage;
	uint64_t cookie;
	uint64_t handle; /* as the TEE was told; 0: not yet */
	uint64_t size;
	uint32_t offset;
	uint32_t pages; /* charged */
	uint32_t held;	/* pinned, of these */
	uint32_t users; /* calls that refer to it */
	bool by_rpc;
	uint64_t doomed; /* when it was gone and unused: the last is given back first; 0: not yet */
	bool taken;	 /* a call gives it back */
	uint32_t *page;	 /* those pinned, as numbers from FAKE_RAM_IPA */
	uint32_t given_back;
};

struct spec_message {
	struct optee_msg_header h;
	struct optee_msg_param p[SPEC_PARAMS];
};

/* Bytes of the guest's, in one page or across two. */
struct spec_place {
	uint64_t page[2]; /* IPAs */
	uint32_t offset;
};

enum spec_wait {
	SPEC_RUNS, /* does not wait: some vCPU works on it */
	SPEC_INTERRUPTED,
	SPEC_WALKS,
	SPEC_DRAINS,
	SPEC_ASKED,	 /* the TEE's request */
	SPEC_ALLOCATES,	 /* a buffer for requests */
	SPEC_FREES,	 /* that buffer, at the end */
	SPEC_GIVES_BACK, /* a buffer or memory that was not taken */
};

enum spec_after { SPEC_THEN_END, SPEC_THEN_ASK, SPEC_THEN_GIVE_BACK };

struct spec_call {
	bool exists;
	enum spec_wait wait;
	enum spec_after after; /* the draining */
	uint32_t handle;       /* resumes it, if it waits */
	int thread;	       /* the TEE's; -1: none yet */
	uint32_t result;       /* x0 at the end */
	bool begun;	       /* the message was accepted */
	bool with_area;	       /* it brought a request area */

	struct spec_place arg;
	struct spec_message message;
	struct spec_buffer *refs[5];
	uint32_t ref_count;
	struct spec_buffer *drains; /* being given back */
	struct spec_buffer *about;  /* registered, unregistered or allocated by this call */
	uint64_t list;		    /* of `about`: next list page, */
	uint32_t left;		    /* and entries to come */

	struct spec_place area; /* the guest's request area */
	bool area_ready;
	uint64_t area_cookie; /* it was allocated for us; else 0 */
	struct spec_message request;
	struct spec_message reply; /* due to the TEE, if reply_due */
	bool reply_due;
	struct spec_buffer *brings; /* the reply tells the TEE of it */
	const void *slot;	    /* where the TEE finds its message */
	uint32_t slot_rpc;	    /* and, so far behind, its request area */
};

struct spec_vm {
	struct tee_vm *tee; /* NULL: no such VM */
	struct tee_host_vm *host;
	struct tee_quota quota;
	uint32_t call_limit;
	bool dead;
	bool leaving;		     /* vm_destroy has begun */
	uint32_t sessions;	     /* open, or being opened */
	uint32_t ids[SPEC_SESSIONS]; /* of those open */
	uint32_t id_count;
	bool thread_taken[64]; /* by a call that is suspended */
	uint32_t tee_threads;
	bool notifies;
	uint64_t refusals[TEE_REFUSALS];
	uint64_t tee_faults;
	uint64_t dooms;
	uint32_t chunks; /* the mediator's records of pages, all free at first */
	struct spec_call calls[SPEC_CALLS];
	struct spec_buffer buffers[SPEC_BUFFERS];
	uint32_t pins[FAKE_RAM_PAGES];
};

/* Something the port did since the guest or the TEE last had the CPU. */
enum spec_kind { SPEC_READ, SPEC_WRITE, SPEC_PIN, SPEC_UNPIN };

struct spec_event {
	enum spec_kind kind;
	bool ok;
	bool used;    /* explained */
	uint64_t ipa; /* of a copy */
	uint32_t size;
	uint32_t taken; /* bytes explained */
	uint32_t data;	/* where in the frame's data */
};

/* What the mediator does next, by the model. */
enum spec_next { SPEC_ANSWERS, SPEC_ENTERS, SPEC_RESUMES };

/* A guest's SMC on its way, or with vm->leaving, or without vm, the host's own doing. */
struct spec_frame {
	struct spec_vm *vm;
	const void *caller; /* tells the frame again at its end */
	struct spec_call *call;
	bool host;
	bool in_tee;
	uint64_t regs[18]; /* the guest's; then what it is owed */
	uint64_t original[18];
	bool suspends; /* x3 holds a new handle */
	enum spec_next next;
	bool yielded;
	bool returned; /* an interrupt of the TEE is for the guest */
	uint64_t tee[8];
	struct spec_message answer;  /* the slot, when the TEE left */
	struct spec_message request; /* the request area, likewise */
	struct spec_event *events;
	uint32_t event_count, event_room;
	uint8_t *data;
	uint32_t data_size, data_room;
};

/*
 * Begin to follow the fake host; VMs are told of afterwards. threads: the TEE's. notifies: it is
 * known how it notifies, so guests may send what belongs to that; values are not followed.
 */
void spec_reset(uint32_t threads, bool notifies);
/* VMs that come from now on have a TEE of so many threads. */
void spec_threads(uint32_t threads);
void spec_release(void);

/*
 * Around each operation of the backend; `host` is the VM it is about. While somebody else watches
 * the port, calls are not followed; they must leave the VM as it was.
 */
void spec_create_begin(void);
void spec_create_end(struct tee_host_vm *host, struct tee_vm *vm, enum tee_status status);
void spec_destroy_begin(struct tee_vm *vm);
void spec_destroy_end(struct tee_vm *vm, enum tee_status status);
void spec_call_begin(struct tee_vm *vm, const uint64_t *regs);
void spec_call_end(struct tee_vm *vm, const uint64_t *regs, enum tee_verdict verdict);

/* The model's own VM; NULL: none. */
struct spec_vm *spec_vm_of(const struct tee_vm *vm);

/* compare.c: the mediator's state against the model's */
void spec_compare(struct tee_vm *vm);
/* A new VM's, which has used nothing. */
void spec_compare_first(struct tee_vm *vm);

/* spec.c, for the rules */
void spec_differs(const struct spec_frame *f, const char *format, ...) PRINTF_LIKE(2, 3);
struct spec_event *spec_event_next(struct spec_frame *f, enum spec_kind kind);
/* What the mediator read there; false: the port failed it. In ascending order, each byte once. */
bool spec_read(struct spec_frame *f, const struct spec_place *place, uint32_t at, void *to,
	       uint32_t size);
/* It may have read on from `at`, up to `end`. */
void spec_read_end(struct spec_frame *f, const struct spec_place *place, uint32_t at, uint32_t end);
/* It must write these bytes; false: the port failed it. */
bool spec_write(struct spec_frame *f, const struct spec_place *place, const void *data,
		uint32_t size);
/* It must pin these pages; false: the port failed it. */
bool spec_pin(struct spec_frame *f, struct spec_buffer *b, const uint64_t *pages, uint32_t count);
/* It may have given back pages of this buffer, in order. */
void spec_unpin(struct spec_frame *f, struct spec_buffer *b);

/* guest_rules.c */
void spec_guest_calls(struct spec_frame *f);
/* Results of the message into the guest's, the call over for the TEE. */
void spec_close(struct spec_frame *f, bool success);
void spec_refuse_message(struct spec_frame *f, uint32_t result);
void spec_end(struct spec_frame *f);
/* The TEE broke its contract: the VM's use of it ends, and the call with it. */
void spec_fault(struct spec_frame *f);
void spec_drain(struct spec_frame *f, enum spec_after after);
void spec_walk(struct spec_frame *f);
void spec_suspend(struct spec_frame *f, uint32_t code, enum spec_wait wait, uint64_t payload);
void spec_refused(struct spec_vm *vm, enum tee_refusal why);
struct spec_buffer *spec_by_cookie(struct spec_vm *vm, uint64_t cookie);
/* It names a buffer already, or nothing. */
bool spec_cookie_taken(struct spec_vm *vm, uint64_t cookie);
void spec_gone(struct spec_vm *vm, struct spec_buffer *b);
uint32_t spec_buffer_new(struct spec_frame *f, uint64_t cookie, uint64_t address, uint64_t size);
uint32_t spec_message_size(uint32_t params);

/* tee_rules.c */
void spec_tee_left(struct spec_frame *f);
void spec_guest_replies(struct spec_frame *f);
void spec_guest_allocated(struct spec_frame *f);
void spec_allocation_walked(struct spec_frame *f, bool good);
void spec_ask(struct spec_frame *f);
void spec_give_back(struct spec_frame *f);
struct spec_buffer *spec_by_handle(struct spec_vm *vm, uint64_t handle);
/* Takes what may be answered in a parameter of this kind. True: something may. */
bool spec_take_answer(struct optee_msg_param *p, const struct optee_msg_param *answer);
/* The command is a trusted application's: its parameters are for that. */
bool spec_is_run(const struct spec_message *m);

/* entry_rules.c */
void spec_check_entry(struct spec_frame *f, const uint64_t *regs);

#endif
