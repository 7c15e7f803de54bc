/* SPDX-License-Identifier: BSD-2-Clause */
/* The witness: see witness.h. */
#include "tests/unit/witness.h"
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE 0x7717e55000000010ull
#define PAGES  6u

static struct guest witness;
static struct tee_gauges used;
static struct tee_counters count;
static uint64_t pinned, memory;
static uint64_t waiting[18];

static uint64_t digest_of_memory(const struct guest *g)
{
	const uint64_t *word = (const uint64_t *)(const void *)g->host->ram;
	uint64_t d = 0;

	for (size_t i = 0; i < (size_t)FAKE_RAM_PAGES * PAGE_SIZE / sizeof(*word); i++)
		d = (d ^ word[i]) * 0x9e3779b97f4a7c15ull;
	return d;
}

static void session(uint32_t cmd, uint32_t params, uint32_t id)
{
	struct message *m = message(&witness, cmd, params);

	m->h.session = id;
	m->p[0].attr = m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	assert_int_equal(guest_call(&witness), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	assert_int_equal(m->h.session, 1);
}

void witness_begin(struct tee_host_vm *host)
{
	guest_begin(&witness, host);
	for (uint32_t i = 0; i < FAKE_RAM_PAGES; i++)
		memset(fake_ram(host, IPA(i)), (int)(i & 0xff), 64);
	assert_int_equal(guest_register(&witness, COOKIE, 100, (PAGES - 1) * PAGE_SIZE),
			 TEEC_SUCCESS);
	session(OPTEE_MSG_OPEN_SESSION, 2, 0);
	witness.hold = true;
	assert_int_equal(guest_invoke(&witness, MODEL_TIME, 0) | witness.regs[0],
			 OPTEE_SMC_RPC_CMD);
	memcpy(waiting, witness.regs, sizeof(waiting));
	used = witness.tee->used;
	count = witness.tee->count;
	pinned = host->pinned;
	memory = digest_of_memory(&witness);
}

/* Before anything of the witness runs again. */
static void nothing_changed(void)
{
	assert_memory_equal(&witness.tee->used, &used, sizeof(used));
	assert_memory_equal(&witness.tee->count, &count, sizeof(count));
	assert_int_equal(witness.host->pinned, pinned);
	assert_true(digest_of_memory(&witness) == memory);
	assert_false(witness.tee->dead);
}

static void the_call_goes_on(void)
{
	struct message *m = message_at(&witness, IPA(PAGE_ARG));
	struct message *rpc = message_at(&witness, IPA(PAGE_ARG) + 64);

	rpc->h.ret = TEEC_SUCCESS;
	rpc->p[0].value.a = 31415;
	memcpy(witness.regs, waiting, sizeof(waiting));
	witness.regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	assert_int_equal(smc(&witness), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	assert_int_equal(m->p[0].value.a, 31415);
}

void witness_end(void)
{
	struct message *m;
	bool leaves = leaves_state;

	nothing_changed();
	the_call_goes_on();
	witness.hold = false;
	m = message(&witness, OPTEE_MSG_INVOKE_COMMAND, 1);
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, (PAGES - 1) * PAGE_SIZE, COOKIE);
	assert_int_equal(guest_call(&witness), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	assert_int_equal(*(uint8_t *)fake_ram(witness.host, IPA(PAGE_DATA) + 100), 0x5a);
	assert_int_equal(guest_unregister(&witness, COOKIE), TEEC_SUCCESS);
	session(OPTEE_MSG_CLOSE_SESSION, 0, 1);
	leaves_state = false;
	guest_end(&witness);
	leaves_state = leaves;
}
