/* SPDX-License-Identifier: BSD-2-Clause */
/* Group E: resuming what is not ours, and a supplicant that answers the TEE's requests with lies.
 */
#include "guest/lib/board.h"
#include "guest/lib/random.h"
#include "guest/lib/test.h"
#include "guest/teebad/tee.h"
#include "lib/util.h"
#include <string.h>

#define LIST_ATTR (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)

static bool resume_refused(uint64_t handle)
{
	return tee_smc(OPTEE_SMC_RETURN_FROM_RPC, 0, 0, handle) == OPTEE_SMC_ERESUME;
}

static void handles(void)
{
	struct tee_call c = {.hold = true};
	unsigned bad = 0;
	uint64_t mine, seed = 3;

	for (uint64_t h = 0; h < 4096; h++)
		bad += !resume_refused(h);
	tee_search(&c, PAGE_MESSAGE);
	(void)tee_call(&c);
	mine = (uint32_t)c.regs[3];
	for (uint64_t h = mine - 200; h < mine + 200; h++)
		bad += (uint32_t)h != mine && !resume_refused((uint32_t)h);
	for (unsigned n = 0; n < 2000; n++) {
		uint64_t h = (uint32_t)random_next(&seed);

		bad += h != mine && !resume_refused(h);
	}
	bad += tee_go_on(&c) != OPTEE_SMC_OK;
	bad += !resume_refused(mine) || !resume_refused((uint32_t)c.regs[3]);
	check(bad == 0, "scenario 53: only a waiting call's own handle resumes (%u others did)",
	      bad);
}

/* All threads wait: one more is told so; each that ends makes room. */
static void all_threads(void)
{
	struct tee_call c[3] = {{.hold = true}, {.hold = true}, {.hold = true}};
	unsigned waiting = 0;
	uint32_t a0 = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(c); i++) {
		tee_search(&c[i], PAGE_MESSAGE + i);
		a0 = tee_call(&c[i]);
		waiting += a0 == OPTEE_SMC_RPC_CMD;
	}
	check(waiting == 2 && a0 == OPTEE_SMC_ETHREAD_LIMIT,
	      "scenario 55: with all threads waiting there is none for another call (%u wait)",
	      waiting);
	for (unsigned i = 0; i < waiting; i++) {
		c[i].request->h.ret = TEEC_ERROR_GENERIC;
		(void)tee_go_on(&c[i]);
	}
}

/* What the hostile supplicant answers to SHM_ALLOC. */
static struct {
	uint32_t ret, params;
	struct optee_msg_param p;
} answer;

static void lie_about_memory(struct tee_call *c, struct message *request)
{
	if (request->h.cmd != OPTEE_RPC_SHM_ALLOC) {
		tee_serve(c, request);
		return;
	}
	c->requests++;
	request->h.ret = answer.ret;
	request->h.num_params = answer.params;
	request->p[0] = answer.p;
}

static bool memory_refused(uint32_t ret, uint32_t params, struct optee_msg_param p)
{
	struct tee_call c = {.serve = lie_about_memory};

	answer.ret = ret;
	answer.params = params;
	answer.p = p;
	tee_search(&c, PAGE_MESSAGE);
	return tee_call(&c) == OPTEE_SMC_OK && c.message->h.ret != TEEC_SUCCESS &&
	       c.allocations == 0;
}

static void memory(void)
{
	const uint64_t list = tee_page(PAGE_LIST), out = OPTEE_MSG_ATTR_TMEM_OUTPUT;
	static const uint64_t foreign[] = {BOARD_GICD, 0x0e100000, 0x80000000, 0xb0000000,
					   0x100000000ull};
	unsigned bad = 0;

	tee_list(16);
	for (unsigned i = 0; i < ARRAY_SIZE(foreign); i++) {
		bad += !memory_refused(0, 1, tee_param(out, foreign[i], 16 * PAGE, 5));
		bad += !memory_refused(0, 1, tee_param(LIST_ATTR, foreign[i], 16 * PAGE, 5));
		((uint64_t *)list)[0] = foreign[i];
		bad += !memory_refused(0, 1, tee_param(LIST_ATTR, list, 16 * PAGE, 5));
	}
	tee_list(16);
	bad += !memory_refused(0, 1, tee_param(out, tee_page(PAGE_DATA), PAGE, 5));
	bad += !memory_refused(0, 0, tee_param(LIST_ATTR, list, 16 * PAGE, 5));
	bad += !memory_refused(0, 2, tee_param(LIST_ATTR, list, 16 * PAGE, 5));
	bad += !memory_refused(0, 127, tee_param(LIST_ATTR, list, 16 * PAGE, 5));
	bad += !memory_refused(TEEC_ERROR_GENERIC, 1, tee_param(LIST_ATTR, list, 16 * PAGE, 5));
	bad += !memory_refused(0, 1, tee_param(LIST_ATTR, list, 1, 5));
	bad += !memory_refused(0, 1, tee_param(LIST_ATTR, list, ~0ull, 5));
	bad += !memory_refused(0, 1, tee_param(LIST_ATTR, list + 1, 16 * PAGE, 5));
	bad += !memory_refused(0, 1, tee_param(LIST_ATTR, list, 16 * PAGE, 0));
	check(bad == 0, "scenario 58: wrong memory for the TEE is refused (%u is not)", bad);
}

/* Other requests: all of the answer is nonsense, the command too. */
static void lie_about_all(struct tee_call *c, struct message *request)
{
	bool allocation = request->h.cmd == OPTEE_RPC_SHM_ALLOC;

	tee_serve(c, request);
	if (allocation)
		return;
	for (unsigned i = 0; i < 4; i++)
		request->p[i] = tee_param(OPTEE_MSG_ATTR_TMEM_INOUT, 0x0e100000, ~0ull, ~0ull);
	request->h.cmd = OPTEE_RPC_GET_TIME;
	request->h.num_params = 0xffff;
	request->h.ret = TEE_ITEM_NOT_FOUND;
	for (unsigned i = 1; i < SMCCC_REGISTERS; i++)
		if (i != 3)
			c->regs[i] = ~0ull;
}

static void replies(void)
{
	struct tee_call c = {.serve = lie_about_all};

	tee_search(&c, PAGE_MESSAGE);
	check(tee_call(&c) == OPTEE_SMC_OK && c.message->h.ret != TEEC_SUCCESS && c.requests > 1,
	      "scenarios 57, 59, 60: of a reply's nonsense nothing is taken (%u requests)",
	      c.requests);
}

/* Old style: the TEE's requests go where the guest says. */
static bool buffer_refused(uint64_t address, uint64_t cookie)
{
	struct tee_call c = {.style = OPTEE_SMC_CALL_WITH_ARG};

	tee_search(&c, PAGE_MESSAGE);
	if (tee_smc(0x32000000, 0, 0, 0) != OPTEE_SMC_UNKNOWN_FUNCTION)
		return false;
	c.regs[0] = c.style;
	c.regs[1] = (uintptr_t)c.message >> 32;
	c.regs[2] = (uint32_t)(uintptr_t)c.message;
	while (tee_enter(&c) == OPTEE_SMC_RPC_FOREIGN_INTR)
		c.regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	for (unsigned n = 0; (uint32_t)c.regs[0] == OPTEE_SMC_RPC_ALLOC && n < 100; n++) {
		c.regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
		c.regs[1] = address >> 32;
		c.regs[2] = (uint32_t)address;
		c.regs[4] = cookie >> 32;
		c.regs[5] = (uint32_t)cookie;
		(void)tee_enter(&c);
		while ((uint32_t)c.regs[0] == OPTEE_SMC_RPC_FREE ||
		       (uint32_t)c.regs[0] == OPTEE_SMC_RPC_FOREIGN_INTR) {
			c.regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
			(void)tee_enter(&c);
		}
	}
	return (uint32_t)c.regs[0] == OPTEE_SMC_OK && c.message->h.ret != TEEC_SUCCESS;
}

static void request_buffers(void)
{
	struct tee_call c = {.style = OPTEE_SMC_CALL_WITH_ARG};
	unsigned bad = 0;

	bad += !buffer_refused(0, 5);
	bad += !buffer_refused(tee_page(PAGE_REQUEST) + 4, 5);
	bad += !buffer_refused(BOARD_GICD, 5);
	bad += !buffer_refused(0x0e100000, 5);
	bad += !buffer_refused(0x80000000, 5);
	bad += !buffer_refused(~0ull & ~7ull, 5);
	bad += !buffer_refused(tee_page(PAGE_REQUEST), 0);
	check(bad == 0, "scenario 56: wrong buffers for requests are refused (%u are not)", bad);
	tee_search(&c, PAGE_MESSAGE);
	check(tee_call(&c) == OPTEE_SMC_OK && c.message->h.ret == TEE_ITEM_NOT_FOUND,
	      "scenario 63: a guest of the old style is asked for a buffer and served");
}

void attack_requests(void)
{
	handles();
	all_threads();
	memory();
	replies();
	request_buffers();
}
