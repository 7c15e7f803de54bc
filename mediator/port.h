/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the mediator asks of its host: the hypervisor, virtual machine monitor or test that links
 * it. The host fills in one struct tee_port. The library calls nothing else, keeps no mutable
 * state of its own, and never sees inside struct tee_host_vm and struct tee_host_vcpu: they are
 * the host's handles for a VM and a vCPU and come back to it as they were given.
 *
 * So all that reaches a guest's memory, the Secure world or another VM passes through here.
 *
 * Lock order: the TEE's lock before a VM's; neither is held in a call of the port but where the
 * function says so.
 */
#ifndef MEDIATOR_PORT_H
#define MEDIATOR_PORT_H

#include "lib/address.h"
#include "lib/attributes.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tee_host_vm;
struct tee_host_vcpu;

/* The registers of a secure call: x0 to x7. */
#define TEE_SMC_REGS 8u

/* The most pages that one call of pin() or unpin() names: one page of an OP-TEE page list. */
#define TEE_PIN_BATCH 511u

/* For claim_irq and inject_irq: the interrupt that the machine's description, or the VM's, names.
 */
#define TEE_IRQ_OF_TREE 0u

/* What an event of the trace is about. */
enum tee_event_kind {
	TEE_EVENT_CALL,	   /* a yielding call begins */
	TEE_EVENT_END,	   /* it ended, with `result` and `origin` */
	TEE_EVENT_REQUEST, /* the TEE asks the guest for something in the middle of a call */
	TEE_EVENT_REPLY,   /* the guest answered, with `result` */
	TEE_EVENT_REFUSED, /* something of the guest was refused: `command` is enum tee_refusal */
	TEE_EVENT_NOTIFY,  /* the TEE notified the VM of value `command` */
	TEE_EVENT_FAULT,   /* the TEE broke its contract with this VM */
};

/* As many as a trusted application has, and as a request of the TEE. */
#define TEE_EVENT_PARAMS 4u

/*
 * One event. What a field does not apply to is 0. Values of parameters and contents of memory are
 * never in it: it is shown to people who may not see a VM's data.
 */
struct tee_event {
	uint8_t kind;	  /* enum tee_event_kind */
	uint8_t params;	  /* how many of types[] and sizes[] */
	uint16_t call;	  /* tells the VM's calls in flight apart */
	uint32_t command; /* of the TEE's protocol, as are the next three */
	uint32_t function;
	uint32_t session;
	uint32_t result;
	uint32_t origin;
	uint8_t types[TEE_EVENT_PARAMS];  /* low byte of the parameter's attribute */
	uint32_t sizes[TEE_EVENT_PARAMS]; /* bytes of a memory reference, capped */
	uint8_t uuid[16];		  /* of the TA, where a session is opened */
	uint32_t zero;
};

/* What the host says after it took the interrupts that stopped the TEE. */
enum tee_interrupted {
	TEE_RESUME, /* nothing for the guest: go straight back into the TEE */
	TEE_RETURN, /* the guest has an interrupt, its time is over, or its VM is being stopped */
};

/*
 * Called on the physical CPU that makes the mediator's call, from inside tee_backend's functions,
 * so with whatever the host holds there. "Locked": the mediator holds vm's lock, see lock().
 */
struct tee_port {
	void *host; /* given back to the functions that are not about one VM */

	/*
	 * SMC #0 with regs[0..7] in x0-x7; x0-x7 come back in regs. x8-x17 enter with values that
	 * belong to no VM. The backend has put the VM's identity where its TEE wants it. Not
	 * locked; the same VM may be in several secure calls at once, on different CPUs.
	 */
	void (*secure_call)(void *host, uint64_t regs[TEE_SMC_REGS]);

	/*
	 * Replace `count` (1..TEE_PIN_BATCH) page addresses, IPAs, by the physical addresses that
	 * they have, and keep each of these pages in place, the VM's own, and untouched by reuse
	 * until as many unpin() as pin() have named it. All or nothing: false when an address is
	 * not page-aligned, or not ordinary memory of this VM that it may write; then no pin is
	 * held and pages[] holds anything. A page may be named more than once. No physical address
	 * returned is 0 or above 2^44. Not locked.
	 */
	bool (*pin)(struct tee_host_vm *vm, uint64_t *pages, uint32_t count);

	/* End one pin of each of `count` frames (physical address >> 12). Cannot fail. Not locked.
	 */
	void (*unpin)(struct tee_host_vm *vm, const uint32_t *frames, uint32_t count);

	/*
	 * Copy out of or into the VM's memory at an IPA. The range lies in one 4 KiB page: the
	 * library never asks for more. false, nothing copied: not ordinary memory of this VM, or
	 * not writable for write(). Other vCPUs may change the memory meanwhile: each byte is read
	 * once. Not locked.
	 */
	bool (*read)(struct tee_host_vm *vm, ipa_t from, void *to, size_t size);
	bool (*write)(struct tee_host_vm *vm, ipa_t to, const void *from, size_t size);

	/*
	 * The same for a page that pin() returned and that is still pinned. Sizes and addresses
	 * are multiples of 8, `to` and `from` are 8-aligned, the range lies in one page. Locked or
	 * not.
	 */
	void (*read_pinned)(struct tee_host_vm *vm, pa_t from, void *to, size_t size);
	void (*write_pinned)(struct tee_host_vm *vm, pa_t to, const void *from, size_t size);

	/*
	 * `count` adjacent zeroed pages of the host's that the TEE accepts as non-secure memory,
	 * and their physical address. NULL: no memory. Only from vm_create and vm_destroy.
	 */
	void *(*pages_get)(void *host, uint32_t count, pa_t *address);
	void (*pages_put)(void *host, void *pages, uint32_t count);

	/*
	 * The TEE keeps a window of non-secure memory mapped for ever, at this physical address:
	 * make it accessible here (normal, cached), unless a VM has it or will. Returns where, or
	 * NULL: the backend then does without. Only from vm_create, once.
	 */
	void *(*window)(void *host, pa_t base, uint64_t size);

	/*
	 * A lock per VM. Held for short stretches that call nothing but read_pinned,
	 * write_pinned, inject_irq, trace and log.
	 */
	void (*lock)(struct tee_host_vm *vm);
	void (*unlock)(struct tee_host_vm *vm);

	/*
	 * One lock for the TEE as a whole: what its VMs share. As above, and a secure call that
	 * returns at once (a fast call) may be made under it.
	 */
	void (*lock_tee)(void *host);
	void (*unlock_tee)(void *host);

	/*
	 * The physical interrupt `intid` is the TEE's: enable it and hand it to tee_backend.irq. Of
	 * a private one (below 32), that of the calling CPU; the backend claims the others' in
	 * cpu_event. TEE_IRQ_OF_TREE: the one in the TEE's node of the machine's device tree.
	 * False: there is none, and the backend does without. From probe and cpu_event.
	 */
	bool (*claim_irq)(void *host, uint32_t intid);

	/*
	 * Make an interrupt of the VM pending, as by an edge, and wake its vCPU. Of a private one
	 * (below 32), that of `vcpu`. TEE_IRQ_OF_TREE, with no vcpu: the one that the host gives
	 * the VM's TEE node if tee_node.has_interrupt. Locked or not.
	 */
	void (*inject_irq)(struct tee_host_vm *vm, struct tee_host_vcpu *vcpu, uint32_t intid);

	/*
	 * An interrupt for the normal world stopped the TEE and is still pending. The host takes
	 * what physical interrupts there are, then answers. vcpu is NULL from vm_create and
	 * vm_destroy: RESUME is then the only answer. Not locked.
	 */
	enum tee_interrupted (*foreign_interrupt)(struct tee_host_vcpu *vcpu);

	/*
	 * Asked about every TEE_PIN_BATCH pages of long work: should this CPU do something else?
	 * True makes the call return to the guest with its work half done, or vm_destroy return
	 * TEE_STATUS_AGAIN. vcpu is NULL from vm_destroy. Not locked.
	 */
	bool (*should_yield)(struct tee_host_vcpu *vcpu);

	/* Nanoseconds since some moment; never goes back. Locked or not. */
	uint64_t (*time)(void *host);

	/*
	 * Something happened that a person may want to see. NULL: nobody looks. `event` is the
	 * callee's for the length of the call. vcpu may be NULL. Locked or not.
	 */
	void (*trace)(struct tee_host_vm *vm, struct tee_host_vcpu *vcpu,
		      const struct tee_event *event);

	/* A line, without end of line, for the host's log. The host limits the rate. */
	void (*log)(struct tee_host_vm *vm, const char *format, ...) PRINTF_LIKE(2, 3);
};

#endif
