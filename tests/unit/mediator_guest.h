/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two guests on a fake host over the model TEE, as the mediator's tests use them: put a message
 * into memory, make the call, serve what the TEE asks. Beside them lives a third, the witness, that
 * no test touches (witness.h), every secure call is looked at (smc_audit.h), and after every SMC
 * the mediator's state is compared with a model of it (tests/model).
 *
 * machine_teardown checks, after every test, what must hold whatever the guest did: the witness
 * noticed nothing, the other guest works, no gauge is off its baseline, destroying all leaves
 * nothing pinned and no page of the host's out, and nobody broke a contract (fake.violations).
 */
#ifndef TESTS_UNIT_MEDIATOR_GUEST_H
#define TESTS_UNIT_MEDIATOR_GUEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/optee_msg.h"
#include "abi/optee_smc.h"
#include "lib/util.h"
#include "mediator/backend.h"
#include "tests/unit/fake_port.h"
#include "tests/unit/model_tee.h"

/* Where things are in a guest's memory: page numbers from FAKE_RAM_IPA. */
#define PAGE_ARG	0u  /* argument pages */
#define PAGE_RPC	8u  /* buffers for requests */
#define PAGE_LIST	32u /* page lists; as many pages as needed */
#define PAGE_ALLOC_LIST 96u
#define PAGE_DATA	256u
#define PAGE_ALLOC	1024u

#define IPA(page) (FAKE_RAM_IPA + (uint64_t)(page)*PAGE_SIZE)

#define GUESTS 2u

#define COOKIE_ARGS 0xffff000012340000ull

struct message {
	struct optee_msg_header h;
	struct optee_msg_param p[OPTEE_MSG_MAX_PARAMS];
};

struct guest {
	struct tee_host_vm *host;
	struct tee_host_vcpu vcpu;
	struct tee_vm *tee;
	void *memory;
	uint32_t style; /* function id that guest_call uses; default CALL_WITH_RPC_ARG */
	uint64_t regs[18];
	/* Called instead of the ordinary supplicant, if set. rpc: the request in guest memory. */
	void (*on_command)(struct guest *g, struct message *rpc);
	bool hold; /* guest_call returns at the first request */
	uint32_t commands, allocs, frees, buffers_freed, interrupts;
	uint64_t freed_cookie, freed_buffer;
	uint64_t rpc_ipa;      /* of the request area of the last call */
	uint64_t alloc_cookie; /* that the next SHM_ALLOC is answered with */
};

extern struct guest guests[GUESTS];
extern struct tee *machine_tee;
/* The test leaves buffers, sessions or calls behind on purpose. */
extern bool leaves_state;
/* Quota of the VMs that machine_setup makes. */
extern struct tee_quota machine_quota;

/* On a board that does not say by which interrupt its TEE notifies; machine_setup_notify: it does.
 */
int machine_setup(void **state);
int machine_setup_notify(void **state);
int machine_setup_no_window(void **state);
int machine_teardown(void **state);

/* A guest as new on this host VM, and its end with what must hold there. */
void guest_begin(struct guest *g, struct tee_host_vm *host);
void guest_end(struct guest *g);

enum tee_status guest_create(struct guest *g);
enum tee_status guest_destroy(struct guest *g);
/* One call of vm_destroy. */
enum tee_status guest_destroy_step(struct guest *g);

struct message *message_at(struct guest *g, uint64_t ipa);

/* The message at the first argument page, zeroed, with command and parameter count. */
struct message *message(struct guest *g, uint32_t cmd, uint32_t params);

/* One SMC with guest_regs as they are; x0 back. */
uint32_t smc(struct guest *g);
uint32_t smc4(struct guest *g, uint32_t a0, uint64_t a1, uint64_t a2, uint64_t a3);

/* Makes the call on the message at `ipa` in g->style, serving requests; final x0. */
uint32_t guest_call_at(struct guest *g, uint64_t ipa);
uint32_t guest_call(struct guest *g);
/* After g->hold: go on. */
uint32_t guest_go_on(struct guest *g);
/* Answer one request in g->regs, so that the next smc() resumes. */
void guest_serve(struct guest *g);
/* The request that the guest was left with. */
struct message *guest_rpc(struct guest *g);

void fill_list(struct guest *g, uint64_t list, uint32_t first_page, uint32_t pages);
/* Registers `pages` pages from PAGE_DATA; ret of the message, or x0 | 1 << 63. */
uint64_t guest_register(struct guest *g, uint64_t cookie, uint32_t offset, uint64_t size);
uint64_t guest_unregister(struct guest *g, uint64_t cookie);
/* Register the argument buffer of 2 pages at PAGE_ARG as COOKIE_ARGS. */
void guest_register_args(struct guest *g);
/* INVOKE of func with one inout value a; ret. */
uint32_t guest_invoke(struct guest *g, uint32_t func, uint64_t a);
struct optee_msg_param rmem(uint64_t attr, uint64_t offset, uint64_t size, uint64_t cookie);

void expect_baseline(const struct guest *g);
void expect_works(struct guest *g);

/* clang-format off */
#define MEDIATOR_TEST(name) {#name, name, machine_setup, machine_teardown, NULL}
#define MEDIATOR_TEST_NO_WINDOW(name) \
	{#name " without window", name, machine_setup_no_window, machine_teardown, NULL}

#define MEDIATOR_TEST_NOTIFY(name) \
	{#name, name, machine_setup_notify, machine_teardown, NULL}

/*
 * A test that shows these of the hostile scenarios, by number, or a part of them. docs/scenarios.md
 * says what they are; tools/scenarios holds that table and these tags against each other.
 */
#define SCENARIO(name, ...) \
	{#name " (scenario " #__VA_ARGS__ ")", name, machine_setup, machine_teardown, NULL}
#define SCENARIO_NO_WINDOW(name, ...) \
	{#name " without window (scenario " #__VA_ARGS__ ")", name, machine_setup_no_window, \
	 machine_teardown, NULL}
#define SCENARIO_NOTIFY(name, ...) \
	{#name " (scenario " #__VA_ARGS__ ")", name, machine_setup_notify, machine_teardown, NULL}
/* clang-format on */

#endif
