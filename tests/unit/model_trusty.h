/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Trusty for tests, with the EL3 below it: what tests believe of Trusty. It is as careless as the
 * real one. RESTART_LAST continues whoever's call it is. One API version for all. Two QL-TIPC
 * devices in all. RECLAIM does not look who asks. Interrupt routing and CPU power are anybody's.
 * EL3 answers BUSY to a second client id. A malformed call is a panic, for ever.
 *
 * Each of these that the mediator lets happen is a violation (fake_port.h), as is an address that
 * is not a pinned page of the client's VM. Interruptions come when a test has scripted them.
 */
#ifndef TESTS_UNIT_MODEL_TRUSTY_H
#define TESTS_UNIT_MODEL_TRUSTY_H

#include "abi/trusty_ffa.h"
#include "abi/trusty_smc.h"
#include "tests/unit/fake_port.h"

#define MT_SHARES  16u
#define MT_PAGES   256u
#define MT_SCRIPT  32u
#define MT_CLIENTS 64u

/* Commands in a QL-TIPC buffer. */
#define MT_CONNECT   1u
#define MT_DEATH     0x66u /* a bug of Trusty's: it panics */
#define MT_HAS_EVENT 0x100u
#define MT_REPLY     0x8000u

struct mt_header {
	uint16_t opcode;
	uint16_t flags;
	uint32_t status;
	uint32_t handle;
	uint32_t length;
};

struct mt_share {
	uint64_t handle; /* 0: none */
	uint16_t sender;
	bool mapped;
	uint8_t attributes;
	uint32_t count;
	uint64_t pages[MT_PAGES];
};

struct mt_device {
	bool used;
	uint16_t client;
	uint64_t id;
	uint32_t size;
	struct mt_share *share; /* NULL: by address */
};

/* Answers in place of the end, in order; then the end. */
struct mt_script {
	int32_t answer[MT_SCRIPT];
	uint32_t length, at;
};

struct model_trusty {
	/* What it is. */
	uint32_t api_max;
	bool ffa;
	int32_t doorbell;			  /* answer to GET_NEXT_IRQ; at first 13 */
	uint32_t version;			  /* length of its string; at first 12 */
	int32_t lie_api;			  /* answer to API_VERSION; 0: the truth */
	const struct tee_host_vm *vm[MT_CLIENTS]; /* of a client id; [0] is not looked at */

	/* What it does instead of the right thing. */
	struct mt_script standard, nop;
	uint32_t standard_repeats;	    /* of the last answer of `standard` */
	int32_t fail_create, fail_shutdown; /* the answer, without doing it */
	int32_t el3_busy;		    /* so many entries are answered BUSY */
	int32_t fail_share, fail_reclaim;   /* FF-A error */
	uint32_t odd_share;		    /* x0 of MEM_SHARE, nothing is shared */
	int32_t fail_map, fail_unmap;
	bool fiq_forever;     /* a standard call or NOP gets no further */
	bool forget_call;     /* the call in flight is gone: its restart is unexpected */
	void (*inside)(void); /* called once, while a CPU is inside */

	/* What it holds. */
	uint32_t api;
	bool negotiated;
	bool panicked;
	bool fiq; /* the next call must be RESTART_FIQ */
	bool active;
	uint32_t call[4];
	uint16_t client;  /* of the call in flight */
	uint32_t current; /* EL3's client id that is inside */
	struct mt_device devices[TRUSTY_QL_DEVICES];
	struct mt_share shares[MT_SHARES];
	uint64_t transmit, receive; /* EL3's buffers; 0: none */

	/* What it saw. */
	uint32_t entries, starts, restarts, nops, fast, ffa_calls, commands;
	uint16_t entered; /* client id of the last entry */
	uint32_t busy;	  /* answers BUSY of EL3 that nobody scripted */
};

extern struct model_trusty trusty_model;

void model_trusty_reset(uint32_t api_max, bool ffa);
void model_trusty_smc(uint64_t *regs);
/* After the n answers the call ends. */
void model_trusty_script(struct mt_script *script, uint32_t n, int32_t answer);
uint32_t model_trusty_devices(void);
uint32_t model_trusty_shares(void);

#endif
