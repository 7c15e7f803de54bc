/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two VMs for the fuzzers: the mediator on the fake host over the model TEE, with the executable
 * model beside it (tests/model). After each operation nobody may have broken a contract and the
 * model must agree; else the program aborts, which libFuzzer calls a crash. world_end checks what
 * must hold whatever went before: the other VM can be made to work, both can go, nothing stays.
 */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include "mediator/backend.h"
#include "tests/fuzz/bytes.h"
#include "tests/unit/fake_port.h"
#include "tests/unit/model_tee.h"

#define WORLD_VMS     2u
#define WORLD_WAITING 8u

/* Page numbers in a VM's memory, of FAKE_RAM_PAGES = 64. */
#define WORLD_ARGS  0u	/* 8 argument pages */
#define WORLD_AREAS 8u	/* 8 buffers for requests */
#define WORLD_LISTS 16u /* 8 list pages */
#define WORLD_ALLOC 24u /* 8 list pages for what the TEE asks for */
#define WORLD_DATA  32u

#define WORLD_IPA(page) (FAKE_RAM_IPA + (uint64_t)(page)*PAGE_SIZE)

/* A call that the guest was left with. */
struct world_call {
	bool open;
	uint64_t regs[18];
	uint64_t area; /* IPA of its request area */
};

struct world_vm {
	struct tee_host_vm *host;
	struct tee_vm *tee;
	void *memory;
	uint32_t inside; /* of its calls, so many are in the TEE */
	uint64_t lost;	 /* pages pinned for ever, since the TEE did not let go of it */
	struct world_call waiting[WORLD_WAITING];
};

extern struct world_vm world_vms[WORLD_VMS];
extern struct tee *world_tee;
/* An operation of the host's is under way: the guests stand still. */
extern bool world_host_works;
/* VMs that the TEE did not let go of: what they had is lost. */
extern uint32_t world_losses;

/* forms: bit 0 without the TEE's window, bit 1 without its interrupt. */
void world_begin(void (*secure)(uint64_t *regs), uint32_t forms, const struct tee_quota *quota);
void world_end(void);

/* One SMC. `area` is where the request area of this call is, if it is a new one. */
void world_smc(struct world_vm *vm, uint64_t regs[18], uint64_t area);
/* A new VM may fail; the old one always goes, though its pages may be lost. */
bool world_create(struct world_vm *vm);
void world_destroy(struct world_vm *vm);
/* The VM's memory at an address, with a page behind it. NULL: not there, or not aligned to 8. */
void *world_at(struct world_vm *vm, uint64_t ipa);

#endif
