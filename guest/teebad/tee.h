/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of OP-TEE in a guest without an operating system: messages, page lists, calls by SMC in
 * all three styles, and the answers to what the TEE asks meanwhile, ordinary or hostile. Each CPU
 * has pages of its own for it. The groups of attacks, one file each, follow at the end.
 */
#ifndef GUEST_TEEBAD_TEE_H
#define GUEST_TEEBAD_TEE_H

#include "abi/optee_msg.h"
#include "abi/optee_smc.h"
#include "guest/lib/psci.h"
#include <stdbool.h>
#include <stdint.h>

#define PAGE 4096ull

/* A CPU's pages. */
#define PAGE_MESSAGE  0u
#define PAGE_BESIDE   1u /* a second call's message */
#define PAGE_REQUEST  2u /* answer to RPC_ALLOC */
#define PAGE_MEMORY   8u /* answers to SHM_ALLOC, LIST and data */
#define PAGE_DATA     32u
#define PAGE_LIST     64u /* as many as needed */
#define PAGES_PER_CPU 256u

#define TEE_ITEM_NOT_FOUND 0xffff0008u
#define TEE_SHORT_BUFFER   0xffff0010u

struct message {
	struct optee_msg_header h;
	struct optee_msg_param p[OPTEE_MSG_MAX_PARAMS];
};

struct tee_call;
typedef void tee_server(struct tee_call *c, struct message *request);

struct tee_call {
	uint64_t regs[SMCCC_REGISTERS];
	uint32_t style; /* function id */
	struct message *message;
	struct message *request; /* where the TEE's requests come */
	tee_server *serve;	 /* NULL: a supplicant that has nothing */
	unsigned requests, allocations, frees;
	bool hold; /* tee_call() returns at the first request */
};

/* The IPA of this CPU's page n. Memory is mapped as it is. */
uint64_t tee_page(unsigned n);

/* A message of this CPU at page n, zeroed but for command and number of parameters. */
struct message *tee_message(struct tee_call *c, unsigned n, uint32_t cmd, uint32_t params);
struct optee_msg_param tee_param(uint64_t attr, uint64_t a, uint64_t b, uint64_t c);
/* Make the call, answer what the TEE asks, until it ends: a0. */
uint32_t tee_call(struct tee_call *c);
/* After `hold`: answer and go on to the end. */
uint32_t tee_go_on(struct tee_call *c);
/* The SMC as the registers are. */
uint32_t tee_enter(struct tee_call *c);
/* One SMC with these, the rest zero. */
uint32_t tee_smc(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);
/* The ordinary answer to a request. */
void tee_serve(struct tee_call *c, struct message *request);

/* A list of `pages` pages from page PAGE_DATA on, the first 32 over and over. */
void tee_list(uint64_t pages);
/* Results of the message; 1 << 32 | a0 if that is not 0. */
uint64_t tee_register(uint64_t cookie, uint64_t list, uint64_t size);
uint64_t tee_unregister(uint64_t cookie);
/* A session with the TEE's own list of devices; 0: none. */
uint32_t tee_open_devices(void);
/* Its command, with a buffer; the result. */
uint64_t tee_ask_devices(uint32_t session, struct optee_msg_param buffer);
uint64_t tee_close(uint32_t session);
/* OPEN_SESSION of an application that exists nowhere: the TEE searches, which makes requests. */
void tee_search(struct tee_call *c, unsigned n);
/* All works as for a guest that never did anything wrong. */
bool tee_works(void);

/* The groups of the scenarios. */
void attack_functions(void); /* A */
void attack_messages(void);  /* B and C */
void attack_buffers(void);   /* D */
void attack_requests(void);  /* E */
void attack_state(void);     /* I, and calls that CPUs leave to each other */
/* Never comes back: resets the VM in the middle of a call (F). */
void attack_by_dying(void);

#endif
