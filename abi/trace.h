/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record of teevisor's trace, as it lies in the hypervisor's memory and goes over the control
 * channel: little-endian, no padding that is not named. What the numbers of a TEE's protocol mean
 * is in that protocol's header (abi/optee_msg.h). Nothing in it is a value or the contents of a
 * buffer of a VM.
 */
#ifndef ABI_TRACE_H
#define ABI_TRACE_H

#include <stdint.h>

#define TRACE_PARAMS  4u
#define TRACE_NO_VCPU 0xffffu

/* What wrote a record, and so what `kind` and the rest mean. */
enum trace_source {
	TRACE_HYPERVISOR, /* kind: enum trace_vm_event; no other field */
	TRACE_TEE, /* kind: enum tee_event_kind of mediator/port.h, of the VM's kind of TEE */
};

enum trace_vm_event {
	TRACE_VM_STARTED,
	TRACE_VM_STOPPED, /* all its vCPUs have left, its TEE is gone */
	TRACE_VM_PAUSED,
	TRACE_VM_RESUMED,
	TRACE_VM_NO_TEE, /* started without the TEE that it should have */
	TRACE_VM_KEPT,	 /* its TEE did not let go of it: its memory and id are lost */
	TRACE_VM_DESTROYED,
};

/* As enum tee_event_kind's struct tee_event, field by field. */
struct trace_event {
	uint8_t kind;	/* of `source` */
	uint8_t params; /* how many of types[] and sizes[] */
	uint16_t call;	/* tells the VM's calls in flight apart */
	uint32_t command;
	uint32_t function;
	uint32_t session;
	uint32_t result;
	uint32_t origin;
	uint8_t types[TRACE_PARAMS];
	uint32_t sizes[TRACE_PARAMS];
	uint8_t uuid[16];
	uint32_t zero;
};

struct trace_record {
	uint64_t time; /* ticks of the system counter */
	uint16_t vm;
	uint16_t vcpu;	 /* TRACE_NO_VCPU: not known */
	uint16_t cpu;	 /* physical */
	uint16_t source; /* enum trace_source */
	struct trace_event event;
};

_Static_assert(sizeof(struct trace_event) == 64 && sizeof(struct trace_record) == 80,
	       "a record has no hidden padding");

#endif
