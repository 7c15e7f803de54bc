/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An OP-TEE for tests: partitions for three VMs, two threads each, registered buffers, sessions,
 * requests to the normal world. It follows OP-TEE 4.5.0 where the mediator could tell the
 * difference, and is stricter: an address it is given that is not a pinned page of the caller's VM
 * or the mediator's own, a cookie used twice, a value of a guest in the wrong place, is a
 * violation. A test may put a program of its own behind INVOKE_COMMAND, and have it lie.
 */
#ifndef TESTS_UNIT_MODEL_TEE_H
#define TESTS_UNIT_MODEL_TEE_H

#include "abi/optee_msg.h"
#include "abi/optee_smc.h"
#include "tests/unit/fake_port.h"

#define MODEL_GUESTS  3u
#define MODEL_THREADS 2u
#ifndef MODEL_BUFFERS
#define MODEL_BUFFERS 1100u
#endif

/* func of INVOKE_COMMAND: what the model's trusted application does. */
enum model_func {
	MODEL_ADD,	 /* values inout: a += 1, b += a; memrefs out: first byte 0x5a */
	MODEL_TIME,	 /* GET_TIME, its answer into parameter 0 */
	MODEL_FS,	 /* SHM_ALLOC of a bytes, FS with a part of it, SHM_FREE */
	MODEL_LOAD,	 /* LOAD_TA with a NULL buffer: the size into parameter 0 */
	MODEL_INTERRUPT, /* parameter 0's a foreign interrupts on the way */
	MODEL_SHORT,	 /* memrefs: SHORT_BUFFER, needs 10000 bytes */
	MODEL_TEST,	 /* model.program */
};

struct model_buffer {
	uint64_t handle; /* 0: none */
	uint64_t size;
	uint32_t offset;
	uint32_t pages;
	uint64_t *page;
	bool guarded; /* from SHM_ALLOC */
};

struct model_guest;

struct model_thread {
	bool busy;
	bool interrupted;
	uint32_t step;
	uint64_t allocated; /* handle of the last SHM_ALLOC */
	struct optee_msg_header *arg;
	struct optee_msg_param *params;
	struct optee_msg_header *rpc;
	struct optee_msg_param *rpc_params;
	uint32_t number;
	struct model_guest *guest;
};

struct model_guest {
	uint16_t id; /* 0: none */
	struct tee_host_vm *vm;
	bool warm;
	bool lied;	   /* a fuzzer answered for it: it may be asked for what it never had */
	uint32_t sessions; /* opened so far: the last one's id */
	uint64_t open;	   /* bit per id */
	bool notifying;
	uint64_t values; /* notified and not yet asked for */
	uint32_t bottom_halves;
	struct model_thread threads[MODEL_THREADS];
	struct model_buffer buffers[MODEL_BUFFERS];
};

/* What a program wants next: a0 of the exit; OPTEE_SMC_OK ends the call. */
typedef uint32_t model_program(struct model_thread *t);

struct model_tee {
	struct model_guest guests[MODEL_GUESTS];
	struct tee_host_vm *next_vm; /* whose VM_CREATED comes next */
	model_program *program;
	bool window_known;
	uint32_t first_call_interrupts;
	uint32_t first_call_rpcs;
	/* Faults. */
	uint32_t fail_next;	  /* a0 of the next yielding call, if not 0 */
	uint32_t fail_resume;	  /* a0 of the next resumption, if not 0 */
	uint32_t fail_created;	  /* a0 of VM_CREATED */
	uint32_t fail_destroyed;  /* a0 of VM_DESTROYED */
	uint32_t fail_register;	  /* ret of REGISTER_SHM */
	uint32_t fail_unregister; /* ret of UNREGISTER_SHM */
	uint32_t wrong_thread;	  /* added to the thread of each exit */
	uint64_t wrong_cookie;	  /* of each RPC_CMD exit */
	uint32_t opens_after;	  /* interrupts in each OPEN_SESSION */
	bool strict_sessions;	  /* a session must be open to be used */
	uint64_t litter;	  /* left in the registers of each exit that defines none */
	uint32_t capabilities;	  /* of EXCHANGE_CAPABILITIES */
	uint32_t max_notify;	  /* likewise */
	uint32_t fail_enable;	  /* a0 of ENABLE_ASYNC_NOTIF */
	uint32_t endless_value;	  /* + 1: GET_ASYNC_NOTIF_VALUE has it for ever */
	uint32_t revision_minor;
	void (*before_return)(struct model_thread *t);
	/* What partitions still had when they were destroyed: OP-TEE would leak of it. */
	uint32_t left_sessions, left_threads;
	uint32_t yielding_calls;
	uint32_t fast_calls;
};

extern struct model_tee model;

void model_reset(void);
void model_release(void);
/* The TEE is itself again: no fault from now on. */
void model_end_faults(void);
/* The partition is gone, as after VM_DESTROYED. */
void model_forget(struct model_guest *g);
void model_smc(uint64_t *regs);

struct model_buffer *model_buffer(struct model_guest *g, uint64_t handle);
struct model_guest *model_guest_of(const struct tee_host_vm *vm);
struct model_guest *model_guest_by_id(uint16_t id); /* NULL: no partition has it */
uint32_t model_buffers(const struct model_guest *g);

/* Byte `at` of a buffer, as the TEE reaches it. */
uint8_t *model_byte(struct model_guest *g, uint64_t handle, uint64_t at);

/* For programs: write a request into the thread's area. */
void model_ask(struct model_thread *t, uint32_t cmd, uint32_t params);
void model_ask_value(struct model_thread *t, uint32_t i, uint64_t attr, uint64_t a, uint64_t b,
		     uint64_t c);
/* Takes the answer to SHM_ALLOC; false if it failed. */
bool model_take_allocation(struct model_thread *t, uint64_t size);
void model_drop(struct model_guest *g, struct model_buffer *b);

#endif
