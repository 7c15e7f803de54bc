/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host for the mediator, for tests: VMs whose memory is an array, a physical address space that
 * looks like nothing a guest could guess, and every function of the port, each able to fail on
 * purpose. It checks what the port's contract says of the caller (locks, sizes, balanced pins) and
 * counts each breach in `violations`, which a test's teardown expects to be 0.
 */
#ifndef TESTS_UNIT_FAKE_PORT_H
#define TESTS_UNIT_FAKE_PORT_H

#include "lib/types.h"
#include "mediator/port.h"

#define FAKE_VMS       3u
#define FAKE_RAM_IPA   0x40000000ull
#define FAKE_MMIO_IPA  0x09000000ull
#define FAKE_WINDOW_PA 0x42000000ull
#define FAKE_HOST_PA   0x8c0000000ull

/* The fuzzers build with less, since they start anew thousands of times a second. */
#ifndef FAKE_RAM_PAGES
#define FAKE_RAM_PAGES	 2048u
#define FAKE_WINDOW_SIZE 0x200000ull
#define FAKE_HOST_PAGES	 256u
#endif
#define FAKE_EVENTS 64u

enum fake_access { FAKE_RW, FAKE_RO, FAKE_NONE };

struct tee_host_vm {
	unsigned int index;
	uint8_t *ram;
	uint32_t pins[FAKE_RAM_PAGES];
	uint32_t tee_uses[FAKE_RAM_PAGES]; /* of buffers the model TEE holds */
	uint8_t access[FAKE_RAM_PAGES];
	uint64_t pinned;
	bool locked;
	/* Interrupts made pending: how often, and the last one. */
	uint32_t injected;
	uint32_t injected_intid;
	const struct tee_host_vcpu *injected_vcpu;
	/* Called after each copy out of the VM's memory: another vCPU at work. */
	void (*on_read)(struct tee_host_vm *vm, uint64_t ipa, size_t size);
	uint64_t reads;
};

struct tee_host_vcpu {
	unsigned int index;
};

/* Failures to come: 0 never, n the n-th call from now on. */
struct fake_failures {
	uint32_t pin, read, write, pages_get;
};

/* Told what passes through the port, after it was done or refused. Any may be NULL. */
struct fake_watch {
	void (*read)(struct tee_host_vm *vm, uint64_t ipa, const void *data, size_t size, bool ok);
	void (*write)(struct tee_host_vm *vm, uint64_t ipa, const void *data, size_t size, bool ok);
	void (*pin)(struct tee_host_vm *vm, const uint64_t *ipas, uint32_t count, bool ok);
	void (*unpin)(struct tee_host_vm *vm, const uint32_t *frames, uint32_t count);
	void (*enter)(const uint64_t *regs);
	void (*leave)(const uint64_t *regs);
	void (*unlocked)(struct tee_host_vm *vm);
	void (*interrupted)(enum tee_interrupted answer);
	void (*asked_to_yield)(bool answer);
};

struct fake_host {
	struct tee_host_vm vms[FAKE_VMS];
	struct fake_failures fail;
	bool no_window;
	bool no_irq; /* claim_irq finds none */
	uint32_t claims;
	uint32_t claimed; /* the last interrupt claimed */
	bool tee_locked;
	uint64_t now; /* ns */
	uint32_t events[TEE_EVENT_FAULT + 1];
	struct tee_event log[FAKE_EVENTS]; /* the latest; the n-th at n % FAKE_EVENTS */
	uint32_t logged;
	uint8_t *window;
	uint8_t *pages;
	bool page_used[FAKE_HOST_PAGES];
	uint32_t violations;
	uint32_t interrupts_returned; /* as many foreign_interrupt() answer RETURN, first */
	uint32_t interrupts;
	bool yield;
	uint32_t yields_asked;
	uint32_t smcs;
	uint32_t logs; /* lines */
	/* On whose behalf the mediator works: set by who calls it, for `audit`. */
	struct tee_host_vm *caller;
	/* Looks at each secure call before it is made. */
	void (*audit)(const uint64_t *regs);
	const struct fake_watch *watch; /* NULL: nobody */
	/* The Secure world. */
	void (*secure)(uint64_t *regs);
};

extern struct fake_host fake;
extern const struct tee_port fake_port;

/* A new host. Without a release before, its memory is where the last one's was: that is faster. */
void fake_reset(void (*secure)(uint64_t *regs));
void fake_release(void);

/* Count a breach and print it. */
void fake_violation(const char *format, ...) PRINTF_LIKE(1, 2);

/* The guest's own view of its memory. */
void *fake_ram(struct tee_host_vm *vm, uint64_t ipa);

/* The physical page of an IPA in RAM. */
uint64_t fake_pa(const struct tee_host_vm *vm, uint64_t ipa);

/* The VM and page that a physical address belongs to; NULL: none. */
struct tee_host_vm *fake_owner(uint64_t pa, uint32_t *page);

/*
 * A physical address as the Secure world reaches it on behalf of `vm`: the window, host pages
 * given to the mediator, or a pinned page of that VM. Anything else is a violation and NULL.
 */
void *fake_secure_view(struct tee_host_vm *vm, uint64_t pa);
bool fake_is_shared(uint64_t pa); /* window, or host pages in use */

#endif
