/* SPDX-License-Identifier: BSD-2-Clause */
/* The TEE in the fuzzers' hands: see tee.h. */
#include "tests/fuzz/tee.h"
#include "lib/util.h"
#include "tests/fuzz/values.h"
#include <string.h>

/* Of each VM's TEE. */
struct plan {
	uint32_t after, lies;
	bool allocates[MODEL_THREADS]; /* the application asked for memory, honestly */
};

static struct plan plans[WORLD_VMS];
static uint32_t interrupts;

void (*tee_meanwhile)(void);

void tee_lies(const struct world_vm *vm, uint32_t after, uint32_t count)
{
	plans[vm->host->index].after = after;
	plans[vm->host->index].lies = count;
}

/* A handle that the TEE knows, most often. */
static uint64_t some_handle(struct model_guest *g)
{
	uint32_t n = fuzz_pick(8);

	for (uint32_t i = 0; i < MODEL_BUFFERS && n < 7; i++)
		if (g->buffers[i].handle != 0 && n-- == 0)
			return g->buffers[i].handle;
	return fuzz_value();
}

/* The TEE forgets what it says it lets go of: else it would rightly complain later. */
static void forget(struct model_guest *g, uint64_t handle, bool guarded)
{
	struct model_buffer *b = model_buffer(g, handle);

	if (b != NULL && b->guarded == guarded)
		model_drop(g, b);
}

static void any_request(struct model_guest *g, struct optee_msg_header *rpc)
{
	struct optee_msg_param *p = (void *)(rpc + 1);

	*rpc = (struct optee_msg_header){.cmd = fuzz_pick(24)};
	rpc->num_params = fuzz_pick(5);
	if (fuzz_once_in(16))
		rpc->cmd = (uint32_t)fuzz_value();
	if (fuzz_once_in(16))
		rpc->num_params = (uint32_t)fuzz_value();
	for (uint32_t i = 0; i < rpc->num_params && i < 4; i++) {
		p[i].attr = fuzz_attr();
		p[i].value.a = fuzz_value();
		p[i].value.b = fuzz_once_in(2) ? some_handle(g) : fuzz_value();
		p[i].value.c = some_handle(g);
	}
	if (rpc->cmd == OPTEE_RPC_SHM_FREE)
		forget(g, p[0].value.b, true);
}

static uint32_t ask_memory(struct model_thread *t)
{
	static const uint64_t sizes[] = {8, 1, 4096, 9000, 520 * 4096ull, 0};
	uint64_t size = sizes[fuzz_pick(ARRAY_SIZE(sizes))];
	uint64_t align = fuzz_once_in(4) ? fuzz_value() : 8;

	model_ask(t, OPTEE_RPC_SHM_ALLOC, 1);
	model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 0, size, align);
	plans[t->guest->vm->index].allocates[t->number] = true;
	return OPTEE_SMC_RPC_CMD;
}

static uint32_t free_memory(struct model_thread *t)
{
	uint64_t handle = t->allocated;

	forget(t->guest, handle, true);
	model_ask(t, OPTEE_RPC_SHM_FREE, 1);
	model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 0, handle, 0);
	return OPTEE_SMC_RPC_CMD;
}

static uint32_t use_memory(struct model_thread *t)
{
	uint64_t offset = fuzz_pick(3), size = fuzz_pick(9);

	model_ask(t, OPTEE_RPC_FS, 2);
	model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INOUT, 7, 8, 9);
	model_ask_value(t, 1, OPTEE_MSG_ATTR_RMEM_INOUT, offset, size, some_handle(t->guest));
	return OPTEE_SMC_RPC_CMD;
}

/* Into a buffer of the guest's, which may hold a message or a list just being used. */
static void write_memory(struct model_thread *t)
{
	uint64_t handle = some_handle(t->guest);
	struct model_buffer *b = model_buffer(t->guest, handle);
	uint8_t *byte;

	if (b == NULL || b->handle == BIT(63)) /* the arena: the model TEE's own messages */
		return;
	byte = model_byte(t->guest, handle, fuzz_uint(2) % b->size);
	if (byte != NULL)
		*byte = fuzz_u8();
}

/* Results, and whatever else the application can write in its message. */
static uint32_t finish(struct model_thread *t)
{
	t->arg->ret = fuzz_once_in(4) ? (uint32_t)fuzz_value() : TEEC_SUCCESS;
	if (!fuzz_once_in(4))
		return OPTEE_SMC_OK;
	t->arg->session = (uint32_t)fuzz_value();
	t->arg->cmd = fuzz_u8();
	t->arg->num_params = fuzz_u8();
	for (uint32_t i = 0; i < 4; i++) {
		t->params[i].attr = fuzz_attr();
		t->params[i].value.b = fuzz_value();
	}
	return OPTEE_SMC_OK;
}

static uint32_t application(struct model_thread *t)
{
	bool *allocates = &plans[t->guest->vm->index].allocates[t->number];

	if (t->step != 0 && *allocates)
		(void)model_take_allocation(t, 0);
	*allocates = false;
	switch (fuzz_pick(10)) {
	case 1:
		return ask_memory(t);
	case 2:
		return use_memory(t);
	case 3:
		return free_memory(t);
	case 4:
		return OPTEE_SMC_RPC_FOREIGN_INTR;
	case 5:
	case 6:
		any_request(t->guest, t->rpc);
		return OPTEE_SMC_RPC_CMD;
	case 7:
		write_memory(t);
		return OPTEE_SMC_RPC_FOREIGN_INTR;
	default:
		return finish(t);
	}
}

static struct model_guest *guest_of(const uint64_t *regs)
{
	for (uint32_t i = 0; i < MODEL_GUESTS; i++)
		if (model.guests[i].id == (uint16_t)regs[7] && regs[7] != 0)
			return &model.guests[i];
	return NULL;
}

/* The message that this call, or the thread it resumes, is about. NULL: the TEE knows of none. */
static struct optee_msg_header *message_of(struct model_guest *g, const uint64_t *regs)
{
	uint64_t where = regs[1] << 32 | (uint32_t)regs[2];

	if (regs[0] == OPTEE_SMC_CALL_WITH_RPC_ARG)
		return fake_is_shared(where) ? fake_secure_view(g->vm, where) : NULL;
	if (regs[0] == OPTEE_SMC_CALL_WITH_REGD_ARG)
		return (void *)model_byte(g, where, regs[3]);
	if (regs[3] >= MODEL_THREADS || !g->threads[regs[3]].busy)
		return NULL;
	return g->threads[regs[3]].arg;
}

/* A lie is no claim to have done what would let pages go that the model TEE holds. */
static void lie_about(struct model_guest *g, struct optee_msg_header *m)
{
	const struct optee_msg_param *p = (void *)(m + 1);
	struct optee_msg_header *rpc = (void *)(p + min_u64(m->num_params, 6));

	m->ret = fuzz_once_in(3) ? (uint32_t)fuzz_value() : TEEC_SUCCESS;
	m->session = (uint32_t)fuzz_value();
	if (m->cmd == OPTEE_MSG_UNREGISTER_SHM && m->ret == TEEC_SUCCESS)
		forget(g, p->rmem.cookie, false);
	if (fuzz_once_in(2))
		any_request(g, rpc);
}

static void lie(struct model_guest *g, uint64_t *regs)
{
	static const uint32_t codes[] = {
		OPTEE_SMC_OK,	     OPTEE_SMC_RPC_CMD,		 OPTEE_SMC_RPC_FOREIGN_INTR,
		OPTEE_SMC_ENOMEM,    OPTEE_SMC_ETHREAD_LIMIT,	 OPTEE_SMC_EBADADDR,
		OPTEE_SMC_EBADCMD,   OPTEE_SMC_RPC_ALLOC,	 OPTEE_SMC_RPC_FREE,
		OPTEE_SMC_ENOTAVAIL, OPTEE_SMC_ERESUME,		 OPTEE_SMC_EBUSY,
		0xffff0001u,	     OPTEE_SMC_UNKNOWN_FUNCTION,
	};
	struct optee_msg_header *m = message_of(g, regs);
	uint32_t code = codes[fuzz_pick(ARRAY_SIZE(codes))];

	g->lied = true;
	if (regs[0] == OPTEE_SMC_RETURN_FROM_RPC && regs[3] < MODEL_THREADS)
		g->threads[regs[3]].busy = false;
	memset(plans[g->vm->index].allocates, 0, sizeof(plans[0].allocates));
	/* An arena that the TEE says it has must be there: see tests/model. */
	if (world_host_works && code == OPTEE_SMC_OK)
		code = OPTEE_SMC_ENOMEM;
	if (m != NULL && !world_host_works)
		lie_about(g, m);
	regs[0] = fuzz_once_in(16) ? fuzz_value() : code;
	if (world_host_works && (uint32_t)regs[0] == OPTEE_SMC_OK)
		regs[0] = OPTEE_SMC_ENOMEM;
	regs[1] = fuzz_once_in(16) ? fuzz_value() : 0;
	regs[2] = fuzz_once_in(16) ? fuzz_value() : 0;
	regs[3] = fuzz_once_in(4) ? fuzz_value() : (uint32_t)regs[3] % MODEL_THREADS;
}

static bool lies_now(struct model_guest *g, const uint64_t *regs)
{
	struct plan *plan = &plans[g->vm->index];

	/* It is believed to be on a thread that it never had. */
	if (regs[0] == OPTEE_SMC_RETURN_FROM_RPC && g->lied &&
	    (regs[3] >= MODEL_THREADS || !g->threads[regs[3]].busy))
		return true;
	if (plan->lies == 0 || fuzz_over())
		return false;
	if (plan->after != 0) {
		plan->after--;
		return false;
	}
	plan->lies--;
	return true;
}

void tee_smc(uint64_t *regs)
{
	struct model_guest *g = (regs[0] & BIT(31)) == 0 ? guest_of(regs) : NULL;

	const struct optee_msg_header *m;
	bool stops;

	if (g == NULL)
		return model_smc(regs);
	m = message_of(g, regs);
	stops = m != NULL && m->cmd == OPTEE_MSG_STOP_ASYNC_NOTIF;
	fuzz_say("  tee%u %llx thread %llx\n", g->vm->index, (unsigned long long)regs[0],
		 (unsigned long long)regs[3]);
	model.program = application;
	if (lies_now(g, regs))
		lie(g, regs);
	else
		model_smc(regs);
	fuzz_say("  tee%u %s %llx on %llx\n", g->vm->index, g->lied ? "(a liar) says" : "says",
		 (unsigned long long)regs[0], (unsigned long long)regs[3]);
	/* No machine has interrupts without end. */
	if ((uint32_t)regs[0] != OPTEE_SMC_RPC_FOREIGN_INTR)
		interrupts = 0;
	else if (++interrupts % 16 == 0)
		fake.interrupts_returned = 1;
	/* Between the TEE's last notification and ours that there are no more is nobody's fault. */
	if (tee_meanwhile != NULL && !world_host_works && !stops)
		tee_meanwhile();
}

void tee_reset(void)
{
	memset(plans, 0, sizeof(plans));
	interrupts = 0;
}
