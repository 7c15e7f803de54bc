/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two guests on a fake host over the model Trusty: one call at a time, or restarted until it ends
 * as Linux does; memory shared as the API version of the machine wants it.
 *
 * trusty_teardown checks, after every test, what must hold whatever the guests did: the other guest
 * works, no gauge is off its baseline, destroying all leaves nothing pinned, no device, no share
 * and no page of the host's out, EL3 never had to say BUSY, and nobody broke a contract.
 */
#ifndef TESTS_UNIT_TRUSTY_GUEST_H
#define TESTS_UNIT_TRUSTY_GUEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/util.h"
#include "mediator/backend.h"
#include "tests/unit/model_trusty.h"

/* Where things are in a guest's memory: page numbers from FAKE_RAM_IPA. */
#define TG_TRANSMIT 0u
#define TG_RECEIVE  1u
#define TG_BUFFER   16u /* of the device that tguest_device makes */

#define TG_IPA(page) (FAKE_RAM_IPA + (uint64_t)(page)*PAGE_SIZE)

/* A memory id below API 5: normal cached memory, inner shareable. */
#define TG_ID(ipa) ((ipa) | 0xffull << TRUSTY_ID_MAIR_SHIFT | 3ull << TRUSTY_ID_SHARE_SHIFT)

#define TG_GUESTS 2u

struct tguest {
	struct tee_host_vm *host;
	struct tee_host_vcpu vcpu;
	struct tee_vm *vm;
	void *memory;
	uint64_t regs[18];
	uint64_t id;	 /* of the device made last */
	uint64_t handle; /* of the share made last */
	bool mapped;
	uint32_t restarts; /* of the last tguest_std */
};

extern struct tguest tguests[TG_GUESTS];
extern struct tee *trusty_tee;
/* Set by a test that leaves devices and shares for the teardown to destroy. */
extern bool tguest_leaves_state;
extern struct tee_quota tguest_quota;

/* API 5 with EL3's sharing of memory; API 4 by address; API 3. */
int trusty_setup(void **state);
int trusty_setup_address(void **state);
int trusty_setup_old(void **state);
int trusty_teardown(void **state);

/* Over this port. */
enum tee_status tguest_create(struct tguest *g);
enum tee_status tguest_destroy(struct tguest *g);

/* One call, with these arguments; x0. */
int32_t tguest_smc(struct tguest *g, uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3);
/* A standard call to its end. */
int32_t tguest_std(struct tguest *g, uint32_t function, uint64_t id, uint32_t a3);
int32_t tguest_restart(struct tguest *g);

/* FF-A: 0, or the error. */
int32_t tguest_ffa(struct tguest *g, uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3);
int32_t tguest_map(struct tguest *g);
/* In the transmit buffer: a descriptor for `pages` pages from page `first` on. Its length. */
uint32_t tguest_descriptor(struct tguest *g, uint32_t first, uint32_t pages);
int32_t tguest_share(struct tguest *g, uint32_t first, uint32_t pages);
int32_t tguest_reclaim(struct tguest *g, uint64_t handle);

/* A device with a buffer of `pages` pages at TG_BUFFER; g->id. */
int32_t tguest_device(struct tguest *g, uint32_t pages);
int32_t tguest_shutdown(struct tguest *g);
/* What belongs to a shut down device: nothing by address, else the share. */
void tguest_forget(struct tguest *g);
struct mt_header *tguest_header(struct tguest *g);
int32_t tguest_command(struct tguest *g, uint16_t opcode);

/* The last event of the trace. */
const struct tee_event *tguest_event(void);

void tguest_expect_baseline(const struct tguest *g);
void tguest_expect_works(struct tguest *g);

#define TRUSTY_TEST(name) cmocka_unit_test_setup_teardown(name, trusty_setup, trusty_teardown)
#define TRUSTY_TEST_ADDRESS(name)                                                                  \
	{                                                                                          \
#name " by address", name, trusty_setup_address, trusty_teardown, NULL             \
	}
#define TRUSTY_TEST_OLD(name)                                                                      \
	{                                                                                          \
#name " API 3", name, trusty_setup_old, trusty_teardown, NULL                      \
	}

#endif
