/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control channel: what the control VM and teevisor say to each other over the virtio-serial
 * port org.teevisor.control.0. Frames: a header, then `length` bytes of body. Little-endian, no
 * padding that is not named, text ends with NUL. docs/control.md is the manual.
 *
 * A request gets exactly one reply with its tag, in the order of the requests: of its own type with
 * CONTROL_REPLY, or CONTROL_ERROR. Bodies of replies may grow at their end.
 */
#ifndef ABI_CONTROL_H
#define ABI_CONTROL_H

#include <stdint.h>

#define CONTROL_VERSION 1u

#define CONTROL_BODY_MAX 4080u	  /* of a request or a reply */
#define CONTROL_SKIP_MAX 1048576u /* a longer body is taken for a stream out of step */

struct control_header {
	uint32_t length; /* of the body */
	uint16_t type;
	uint16_t version;
	uint32_t tag; /* anything; comes back with the reply */
};

/* Requests. */
#define CONTROL_HELLO 1u /* no body; answered whatever the header's version */
#define CONTROL_LIST  2u /* no body */
#define CONTROL_INFO  3u /* struct control_which */
/* struct control_which each; empty replies. The VM is on its way then, not there yet: ask LIST. */
#define CONTROL_START	4u  /* a VM that is off */
#define CONTROL_PAUSE	5u  /* a VM that runs */
#define CONTROL_RESUME	6u  /* a VM that is paused */
#define CONTROL_REBOOT	7u  /* off at once, and on again with a fresh TEE */
#define CONTROL_OFF	8u  /* off at once; START brings it back */
#define CONTROL_DESTROY 9u  /* off at once, and gone: memory, TEE, id */
#define CONTROL_TRACE	10u /* struct control_trace; the session's place in the trace moves on */

#define CONTROL_REPLY 0x8000u
#define CONTROL_ERROR 0xffffu

enum control_code {
	CONTROL_BAD_TYPE = 1, /* no such request */
	CONTROL_BAD_VERSION,  /* not CONTROL_VERSION */
	CONTROL_BAD_LENGTH,   /* not what this request has */
	CONTROL_TOO_LONG,     /* over CONTROL_BODY_MAX; the body was skipped */
	CONTROL_OUT_OF_STEP,  /* over CONTROL_SKIP_MAX: nothing is heard until the port is reopened
			       */
	CONTROL_NO_VM,
	CONTROL_BAD_STATE, /* the VM is not in a state in which that can be done */
	CONTROL_ITSELF,	   /* the control VM may not do that to itself */
	CONTROL_BAD_VALUE, /* a field of the body has a value that nobody knows */
};

struct control_error {
	uint32_t code;
	uint16_t type;	  /* of the request */
	uint16_t version; /* CONTROL_VERSION */
};

struct control_hello {
	uint32_t version; /* CONTROL_VERSION */
	uint32_t body_max;
	char name[16];
	char release[16];
};

struct control_which {
	uint32_t vm;
};

enum control_vm_state {
	CONTROL_VM_OFF,
	CONTROL_VM_STARTS,
	CONTROL_VM_RUNS,
	CONTROL_VM_PAUSED,
	CONTROL_VM_STOPS,
	CONTROL_VM_LOST, /* its TEE did not let go of it */
};
enum control_vm_mode { CONTROL_TEE_NONE, CONTROL_TEE_SHARED };

struct control_vm {
	uint32_t id;
	uint32_t state;
	uint32_t cpus, cpus_on;
	uint64_t memory;  /* bytes */
	uint32_t mode;	  /* the TEE that the VM is configured for */
	uint32_t has_tee; /* 1: it has it now */
	char name[32];
};

/* CONTROL_LIST: `count` records of `size` bytes each follow. */
struct control_list {
	uint32_t count;
	uint32_t size;
};

/* Where to go on: after the last record that was sent, from now, or from the oldest there is. */
enum control_from { CONTROL_FROM_LAST, CONTROL_FROM_NOW, CONTROL_FROM_OLDEST };

struct control_trace {
	uint32_t from; /* enum control_from; the first in a session goes on from now */
};

/* `count` records (struct trace_record) of `size` bytes each follow; fewer than fit: no more yet.
 */
struct control_records {
	uint64_t hz; /* ticks of the system counter in a second */
	uint64_t
		lost; /* records that came faster than they were asked for, in all of the session */
	uint32_t count;
	uint32_t size;
};

#define CONTROL_REFUSALS 9u

/* mediator/vm.h says what each counts. All 0 without a TEE. */
struct control_counters {
	uint64_t fast_calls, calls, opens, invokes, registrations, rpcs;
	uint64_t secure_calls, irq_resumed, irq_returned, yields, notifications, tee_faults;
	uint64_t refusals[CONTROL_REFUSALS]; /* by enum tee_refusal */
};

/* In use now, and the most there may be. */
struct control_usage {
	uint32_t pages, buffers, sessions, calls;
};

struct control_info {
	struct control_vm vm;
	struct control_counters count;
	struct control_usage used, quota;
};

_Static_assert(sizeof(struct control_header) == 12, "no hidden padding");
_Static_assert(sizeof(struct control_error) == 8, "no hidden padding");
_Static_assert(sizeof(struct control_hello) == 40, "no hidden padding");
_Static_assert(sizeof(struct control_vm) == 64, "no hidden padding");
_Static_assert(sizeof(struct control_records) == 24, "no hidden padding");
_Static_assert(sizeof(struct control_info) == 64 + 21 * 8 + 32, "no hidden padding");

#endif
