/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Secure world: a model of an OP-TEE built for VMs, with one partition, one thread, and one
 * trusted application, which fills buffers and asks the time. It believes what it is told, as the
 * real one does: that an address is the VM's own is the mediator's to see to.
 */
#include "machine.h"
#include "optee.h"

#define BUFFERS	     8u
#define BUFFER_PAGES 16u
#define THREAD	     0u /* below the number that GET_THREAD_COUNT tells */

struct buffer {
	uint64_t cookie; /* 0: none */
	uint64_t offset; /* of its first byte in its first page */
	uint64_t pages[BUFFER_PAGES];
};

static struct {
	uint32_t client; /* the VM; 0: none */
	struct buffer buffers[BUFFERS];
	struct message *call; /* of the thread; NULL: it is idle */
	bool left;	      /* the call left for the normal world, and is back */
} tee;

void *memory_at(uint64_t address, uint64_t size)
{
	uint64_t at = address - MEMORY_PA;

	if (address < MEMORY_PA || at >= sizeof(machine.memory) ||
	    size > sizeof(machine.memory) - at)
		return NULL;
	return &machine.memory[0][0] + at;
}

static struct buffer *buffer_of(uint64_t cookie)
{
	for (uint32_t i = 0; i < BUFFERS; i++)
		if (tee.buffers[i].cookie == cookie)
			return &tee.buffers[i];
	return NULL;
}

static uint8_t *byte_of(const struct buffer *b, uint64_t at)
{
	at += b->offset;
	return memory_at(b->pages[at / PAGE] + at % PAGE, 1);
}

/* A buffer by its page list; the page addresses fit in one list page here. */
static uint32_t register_buffer(const struct param *p)
{
	const uint64_t *list = memory_at(p->a / PAGE * PAGE, PAGE);
	uint64_t pages = (p->a % PAGE + p->b + PAGE - 1) / PAGE;
	struct buffer *b = buffer_of(0);

	if (list == NULL || b == NULL || pages > BUFFER_PAGES)
		return RESULT_BAD_PARAMETERS;
	b->cookie = p->c;
	b->offset = p->a % PAGE;
	for (uint64_t i = 0; i < pages; i++)
		b->pages[i] = list[i];
	return RESULT_SUCCESS;
}

static uint32_t unregister_buffer(const struct param *p)
{
	struct buffer *b = buffer_of(p->c);

	if (p->c == 0 || b == NULL)
		return RESULT_BAD_PARAMETERS;
	b->cookie = 0;
	return RESULT_SUCCESS;
}

static void leave(uint64_t *regs, uint32_t why)
{
	tee.left = true;
	regs[0] = why;
	regs[1] = 0;
	regs[2] = 0;
	regs[3] = THREAD;
}

/* An interrupt comes before the first byte; the host must have taken it before we go on. */
static bool fill(const struct param *p, uint64_t *regs)
{
	const struct buffer *b = buffer_of(p->c);

	if (!tee.left) {
		machine.interrupt = true;
		leave(regs, SMC_FOREIGN_INTR);
		return false;
	}
	for (uint64_t i = 0; b != NULL && i < p->b; i++)
		*byte_of(b, p->a + i) = 0x5a;
	return true;
}

/* The answer stands where the question was. */
static bool ask_time(struct message *m, uint64_t *regs)
{
	struct message *request = request_of(m);

	if (!tee.left) {
		request->cmd = RPC_GET_TIME;
		request->params = 1;
		request->param[0] = (struct param){VALUE_OUTPUT, 0, 0, 0};
		leave(regs, SMC_RPC_CMD);
		return false;
	}
	m->param[0].a = request->param[0].a;
	return true;
}

/* False: the call left for the normal world. */
static bool run(struct message *m, uint64_t *regs)
{
	m->ret = RESULT_SUCCESS;
	switch (m->cmd) {
	case OPEN_SESSION:
		m->session = 1;
		return true;
	case REGISTER_SHM:
		m->ret = register_buffer(&m->param[0]);
		return true;
	case UNREGISTER_SHM:
		m->ret = unregister_buffer(&m->param[0]);
		return true;
	case INVOKE_COMMAND:
		return m->func == TA_FILL ? fill(&m->param[0], regs) : ask_time(m, regs);
	default:
		return true;
	}
}

static void go_on(uint64_t *regs)
{
	if (!run(tee.call, regs))
		return;
	tee.call = NULL;
	regs[0] = SMC_OK;
}

static void begin(uint64_t *regs, struct message *m)
{
	tee.call = m;
	tee.left = false;
	if (m == NULL)
		regs[0] = SMC_EBADADDR;
	else
		go_on(regs);
}

static void yielding_call(uint64_t *regs)
{
	uint64_t name = regs[1] << 32 | (uint32_t)regs[2];
	const struct buffer *b = buffer_of(name);

	if (tee.client == 0 || regs[7] != tee.client)
		regs[0] = SMC_ENOTAVAIL;
	else if (regs[0] == CALL_WITH_RPC_ARG)
		begin(regs, memory_at(name, sizeof(struct message)));
	else if (regs[0] == CALL_WITH_REGD_ARG)
		begin(regs, b != NULL ? (void *)byte_of(b, regs[3]) : NULL);
	else if (tee.call == NULL || regs[3] != THREAD)
		regs[0] = SMC_ERESUME;
	else
		go_on(regs);
}

/* VM_CREATED, with a client, and VM_DESTROYED, with none. */
static void partition(uint64_t *regs, uint32_t client)
{
	regs[0] = (tee.client == 0) != (client == 0) ? SMC_OK : SMC_ENOTAVAIL;
	if (regs[0] != SMC_OK)
		return;
	tee.client = client;
	tee.call = NULL;
	for (uint32_t i = 0; i < BUFFERS; i++)
		tee.buffers[i].cookie = 0;
}

static void answer(uint64_t *regs, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	regs[0] = a;
	regs[1] = b;
	regs[2] = c;
	regs[3] = d;
}

void secure_world(uint64_t *regs)
{
	switch (regs[0]) {
	case CALLS_UID:
		answer(regs, 0x384fb3e0, 0xe7f811e3, 0xaf630002, 0xa5d5c51b);
		break;
	case GET_OS_REVISION:
		answer(regs, 4, 5, 0, 0);
		break;
	case EXCHANGE_CAPABILITIES:
		answer(regs, SMC_OK, CAP_DYNAMIC_SHM | CAP_VIRTUALIZATION | CAP_RPC_ARG, 0, PARAMS);
		break;
	case GET_THREAD_COUNT:
		answer(regs, SMC_OK, 1, 0, 0);
		break;
	case VM_CREATED:
		partition(regs, (uint32_t)regs[1]);
		break;
	case VM_DESTROYED:
		partition(regs, 0);
		break;
	case CALL_WITH_RPC_ARG:
	case CALL_WITH_REGD_ARG:
	case RETURN_FROM_RPC:
		yielding_call(regs);
		break;
	default:
		regs[0] = SMC_UNKNOWN;
		break;
	}
}
