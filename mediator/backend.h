/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A backend knows one kind of TEE. A host knows this header, vm.h and port.h, and no TEE: it asks
 * each backend whether its TEE is there (probe), routes to it by the claims, brings VMs and takes
 * them away, and hands it their calls. A resumed call is an ordinary call of the guest, in every
 * TEE, so there is no operation for it.
 *
 * The host calls probe, vm_create and vm_destroy of one struct tee one at a time. call runs on any
 * number of CPUs at once, between vm_create and vm_destroy of its VM; irq and cpu_event on any
 * number of CPUs at once, after probe, also during all the others. No lock of port.h is held.
 */
#ifndef MEDIATOR_BACKEND_H
#define MEDIATOR_BACKEND_H

#include "mediator/port.h"
#include "mediator/vm.h"

/*
 * Of backend.h, vm.h and port.h. Rises with every change that a host must follow; docs/porting.md
 * says what changed. A host asserts the one that it was written for.
 */
#define TEE_API_VERSION 1u

/* How an operation ended. */
enum tee_status {
	TEE_STATUS_OK,
	TEE_STATUS_ABSENT,    /* no such TEE here, or it cannot serve VMs */
	TEE_STATUS_FULL,      /* the TEE serves no further VM; after a vm_destroy it may */
	TEE_STATUS_NO_MEMORY, /* the memory given is too small, or the host had no pages */
	TEE_STATUS_AGAIN,     /* not finished: call again */
	TEE_STATUS_FAULT,     /* the TEE answered what it must not */
};

/* What the router does with the guest after a call. */
enum tee_verdict {
	TEE_DONE,      /* registers hold the answer; step over the instruction */
	TEE_NOT_MINE,  /* registers unchanged; ask the next, in the end answer "unknown" */
	TEE_AGAIN,     /* registers unchanged; repeat the instruction once others have run */
	TEE_UNDEFINED, /* inject an undefined instruction exception */
};

/* The SMCCC calls that belong to a backend, SMC32 and SMC64 alike. Bit 16 is already cleared. */
struct tee_claim {
	bool fast;
	bool yielding;
	uint8_t owner_first, owner_last;
	uint16_t function_first, function_last;
};

/* The device tree node by which a guest finds the TEE. The host says how it is called. */
struct tee_node {
	const char *parent;	/* "/", or "/firmware": made if it is not there */
	const char *name;	/* "optee" */
	const char *compatible; /* "linaro,optee-tz" */
	bool has_method;	/* property "method" = "smc" or "hvc" */
	bool has_interrupt; /* property "interrupts": an edge-triggered SPI of the host's choice */
};

/* One TEE of the machine. A backend's own state follows in the same memory: instance_size. */
struct tee {
	const struct tee_backend *backend;
	const struct tee_port *port;
	uint32_t vms; /* alive */
};

struct tee_backend {
	const char *name;

	/* Ends with an entry whose fast and yielding are both false. NULL: every SMC (raw). */
	const struct tee_claim *claims;

	/* Bytes of memory, 8-aligned, that the host gives to probe for a struct tee. */
	size_t instance_size;

	/*
	 * Look for the TEE and remember what never changes. `memory` becomes a struct tee, and
	 * must outlive its VMs. OK or ABSENT; after ABSENT `memory` is the host's again.
	 */
	enum tee_status (*probe)(void *memory, const struct tee_port *port);

	/* Bytes of memory, 64-aligned, that a VM of this quota needs. After a good probe. */
	size_t (*vm_size)(const struct tee *tee, const struct tee_quota *quota);

	/*
	 * A VM arrives: tell the TEE and prepare what its calls need. May take long, with
	 * interrupts of the TEE given to port->foreign_interrupt(NULL). `memory` of `size` bytes
	 * becomes a struct tee_vm, *out. FULL, NO_MEMORY or FAULT: *out unchanged, `memory` is the
	 * host's again, nothing is left behind in the TEE unless FAULT.
	 */
	enum tee_status (*vm_create)(struct tee *tee, struct tee_host_vm *host,
				     const struct tee_quota *quota, void *memory, size_t size,
				     struct tee_vm **out);

	/*
	 * A VM leaves, in whatever state its calls are. All its vCPUs have stopped, and none is
	 * inside call. What it has open in the TEE is ended, as far as the TEE lets it, with
	 * interrupts of the TEE given to port->foreign_interrupt(NULL). AGAIN: call once more, in a
	 * while. OK: nothing is pinned, the memory is the host's again. FAULT: the TEE did not let
	 * go; all is as after OK, except that pages stay pinned for ever, since the TEE may still
	 * write to them.
	 */
	enum tee_status (*vm_destroy)(struct tee_vm *vm);

	/*
	 * One SMC or HVC of a vCPU that the claims match. regs: the guest's x0-x17, read and
	 * answered in place; only what the answer defines is changed. vcpu is given to the port.
	 */
	enum tee_verdict (*call)(struct tee_vm *vm, struct tee_host_vcpu *vcpu, uint64_t *regs);

	/*
	 * A physical interrupt that the backend claimed came on this CPU; the host has ended it
	 * (EOI and deactivation). May enter the TEE, and make interrupts of VMs pending. NULL: none
	 * is ever claimed.
	 */
	void (*irq)(struct tee *tee, uint32_t intid);

	/*
	 * This physical CPU, which did not run at probe, takes part from now on, or is about to
	 * stop. NULL: of no interest.
	 */
	void (*cpu_event)(struct tee *tee, bool up);

	/* What the VM's device tree must say. NULL: nothing. */
	const struct tee_node *(*describe)(const struct tee_vm *vm);
};

/* OP-TEE built with CFG_NS_VIRTUALIZATION, by its SMC ABI. */
extern const struct tee_backend optee_backend;

/* Trusty, by its SMC ABI, with or without EL3's sharing of memory by FF-A. */
extern const struct tee_backend trusty_backend;

#endif
