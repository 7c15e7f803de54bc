/* SPDX-License-Identifier: BSD-2-Clause */
/* The client: see tee.h. */
#include "guest/teebad/tee.h"
#include "guest/lib/board.h"
#include "guest/lib/cpu.h"
#include "lib/util.h"
#include <string.h>

/* "device.pta", 7011a688-ddde-4053-a5a9-7b3c4ddf13b8, as octets. */
#define DEVICES_A 0x5340dedd88a61170ull
#define DEVICES_B 0xb813df4d3c7ba9a5ull

#define META (OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT)
#define LIST (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)

uint64_t tee_page(unsigned n)
{
	return BOARD_RAM + board.ram_size / 2 + PAGE * (PAGES_PER_CPU * cpu_index() + n);
}

struct message *tee_message(struct tee_call *c, unsigned n, uint32_t cmd, uint32_t params)
{
	struct message *m = (struct message *)tee_page(n);

	memset(m, 0, PAGE);
	m->h.cmd = cmd;
	m->h.num_params = params;
	if (c->style == 0)
		c->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	c->message = m;
	c->request = (struct message *)&m->p[params];
	return m;
}

struct optee_msg_param tee_param(uint64_t attr, uint64_t a, uint64_t b, uint64_t c)
{
	struct optee_msg_param p = {.attr = attr};

	p.value.a = a;
	p.value.b = b;
	p.value.c = c;
	return p;
}

uint32_t tee_enter(struct tee_call *c)
{
	smccc_smc(c->regs);
	return (uint32_t)c->regs[0];
}

uint32_t tee_smc(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
	struct tee_call c = {.regs = {a0, a1, a2, a3}};

	return tee_enter(&c);
}

/* Memory for the TEE: always the same pages, since a call has one such buffer at a time. */
static void serve_alloc(struct tee_call *c, struct message *request)
{
	uint64_t size = request->p[0].value.b;
	uint64_t *list = (uint64_t *)tee_page(PAGE_MEMORY);

	for (unsigned i = 0; i < 16; i++)
		list[i] = tee_page(PAGE_MEMORY + 1 + i);
	request->p[0] =
		tee_param(LIST, tee_page(PAGE_MEMORY), size, 0xa110c0000ull + ++c->allocations);
	request->h.ret = size <= 16 * PAGE ? TEEC_SUCCESS : TEEC_ERROR_OUT_OF_MEMORY;
}

void tee_serve(struct tee_call *c, struct message *request)
{
	c->requests++;
	switch (request->h.cmd) {
	case OPTEE_RPC_SHM_ALLOC:
		serve_alloc(c, request);
		break;
	case OPTEE_RPC_SHM_FREE:
		c->frees++;
		request->h.ret = TEEC_SUCCESS;
		break;
	default:
		request->h.ret = TEE_ITEM_NOT_FOUND;
		break;
	}
}

static void answer(struct tee_call *c)
{
	switch ((uint32_t)c->regs[0]) {
	case OPTEE_SMC_RPC_ALLOC:
		c->request = (struct message *)tee_page(PAGE_REQUEST);
		c->regs[1] = tee_page(PAGE_REQUEST) >> 32;
		c->regs[2] = (uint32_t)tee_page(PAGE_REQUEST);
		c->regs[4] = 0;
		c->regs[5] = 0xbeef0000 + cpu_index();
		break;
	case OPTEE_SMC_RPC_CMD:
		(c->serve != NULL ? c->serve : tee_serve)(c, c->request);
		break;
	default: /* an interrupt, or a buffer that is ours again */
		break;
	}
	c->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
}

static bool asks(const struct tee_call *c)
{
	uint32_t a0 = (uint32_t)c->regs[0];

	return a0 >= OPTEE_SMC_RPC_ALLOC && a0 != OPTEE_SMC_UNKNOWN_FUNCTION;
}

uint32_t tee_go_on(struct tee_call *c)
{
	while (asks(c)) {
		answer(c);
		(void)tee_enter(c);
	}
	return (uint32_t)c->regs[0];
}

uint32_t tee_call(struct tee_call *c)
{
	uint64_t where = (uintptr_t)c->message;

	memset(c->regs, 0, sizeof(c->regs));
	c->regs[0] = c->style;
	c->regs[1] = where >> 32;
	c->regs[2] = (uint32_t)where;
	c->regs[3] = 1;
	(void)tee_enter(c);
	while (c->hold && asks(c) && (uint32_t)c->regs[0] != OPTEE_SMC_RPC_CMD) {
		answer(c);
		(void)tee_enter(c);
	}
	return c->hold ? (uint32_t)c->regs[0] : tee_go_on(c);
}

static uint64_t outcome(struct tee_call *c)
{
	uint32_t a0 = tee_call(c);

	return a0 != OPTEE_SMC_OK ? BIT(32) | a0 : c->message->h.ret;
}

void tee_list(uint64_t pages)
{
	uint64_t *entry = (uint64_t *)tee_page(PAGE_LIST);

	for (uint64_t i = 0; i < pages; i++) {
		entry[i % 511] = tee_page(PAGE_DATA + (unsigned)(i % 32));
		if (i % 511 != 510)
			continue;
		entry[511] = (uintptr_t)entry + PAGE;
		entry += PAGE / sizeof(*entry);
	}
}

uint64_t tee_register(uint64_t cookie, uint64_t list, uint64_t size)
{
	struct tee_call c = {0};

	tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_REGISTER_SHM, 1)->p[0] =
		tee_param(LIST, list, size, cookie);
	return outcome(&c);
}

uint64_t tee_unregister(uint64_t cookie)
{
	struct tee_call c = {0};

	tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_UNREGISTER_SHM, 1)->p[0] =
		tee_param(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 0, cookie);
	return outcome(&c);
}

uint32_t tee_open_devices(void)
{
	struct tee_call c = {0};
	struct message *m = tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_OPEN_SESSION, 2);

	m->p[0] = tee_param(META, DEVICES_A, DEVICES_B, 0);
	m->p[1] = tee_param(META, 0, 0, TEEC_LOGIN_PUBLIC);
	return outcome(&c) == TEEC_SUCCESS ? m->h.session : 0;
}

uint64_t tee_ask_devices(uint32_t session, struct optee_msg_param buffer)
{
	struct tee_call c = {0};
	struct message *m = tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_INVOKE_COMMAND, 1);

	m->h.session = session;
	m->p[0] = buffer;
	return outcome(&c);
}

uint64_t tee_close(uint32_t session)
{
	struct tee_call c = {0};

	tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_CLOSE_SESSION, 0)->h.session = session;
	return outcome(&c);
}

void tee_search(struct tee_call *c, unsigned n)
{
	struct message *m = tee_message(c, n, OPTEE_MSG_OPEN_SESSION, 2);

	m->p[0] = tee_param(META, 0x1122334455667788, 0x99aabbccddeeff00, 0);
	m->p[1] = tee_param(META, 0, 0, TEEC_LOGIN_PUBLIC);
}

/* A buffer of two pages, a session, its command into the buffer, an application searched for. */
bool tee_works(void)
{
	struct tee_call c = {0};
	uint32_t session = tee_open_devices();
	uint64_t asked = 1, closed;
	bool good;

	tee_list(2);
	good = session != 0 && tee_register(0x60d, tee_page(PAGE_LIST), 2 * PAGE) == TEEC_SUCCESS;
	if (good)
		asked = tee_ask_devices(session,
					tee_param(OPTEE_MSG_ATTR_RMEM_OUTPUT, 0, 2 * PAGE, 0x60d));
	good = good && (asked == TEEC_SUCCESS || asked == TEE_SHORT_BUFFER);
	good = tee_unregister(0x60d) == TEEC_SUCCESS && good;
	closed = tee_close(session);
	tee_search(&c, PAGE_MESSAGE);
	return good && closed == TEEC_SUCCESS && outcome(&c) == TEE_ITEM_NOT_FOUND &&
	       c.requests != 0 && c.allocations == c.frees;
}
