/* SPDX-License-Identifier: BSD-2-Clause */
/* The model TEE: see model_tee.h. */
#include "tests/unit/model_tee.h"
#include "lib/util.h"
#include <stdlib.h>
#include <string.h>

struct model_tee model;

struct model_guest *model_guest_of(const struct tee_host_vm *vm)
{
	for (unsigned int i = 0; i < MODEL_GUESTS; i++)
		if (model.guests[i].id != 0 && model.guests[i].vm == vm)
			return &model.guests[i];
	return NULL;
}

struct model_guest *model_guest_by_id(uint16_t id)
{
	for (unsigned int i = 0; i < MODEL_GUESTS; i++)
		if (id != 0 && model.guests[i].id == id)
			return &model.guests[i];
	return NULL;
}

struct model_buffer *model_buffer(struct model_guest *g, uint64_t handle)
{
	for (uint32_t i = 0; i < MODEL_BUFFERS; i++)
		if (handle != 0 && g->buffers[i].handle == handle)
			return &g->buffers[i];
	return NULL;
}

uint32_t model_buffers(const struct model_guest *g)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < MODEL_BUFFERS; i++)
		n += g->buffers[i].handle != 0;
	return n;
}

static void use_pages(const struct model_buffer *b, int by)
{
	uint32_t page;

	for (uint32_t i = 0; i < b->pages; i++) {
		struct tee_host_vm *vm = fake_owner(b->page[i], &page);

		if (vm != NULL)
			vm->tee_uses[page] += (uint32_t)by;
	}
}

void model_drop(struct model_guest *g, struct model_buffer *b)
{
	(void)g;
	use_pages(b, -1);
	free(b->page);
	memset(b, 0, sizeof(*b));
}

uint8_t *model_byte(struct model_guest *g, uint64_t handle, uint64_t at)
{
	struct model_buffer *b = model_buffer(g, handle);
	uint64_t where;

	if (b == NULL || at >= b->size) {
		if (!g->lied)
			fake_violation("the TEE knows no byte %llu of buffer %#llx",
				       (unsigned long long)at, (unsigned long long)handle);
		return NULL;
	}
	where = b->offset + at;
	return fake_secure_view(g->vm, b->page[where >> PAGE_SHIFT] + (where & PAGE_MASK));
}

/* A list must lie in the mediator's own pages, and name pinned pages of the VM (or the arena). */
static bool read_list(struct model_guest *g, uint64_t list, struct model_buffer *b)
{
	const uint64_t *entry = NULL;

	b->page = calloc(b->pages, sizeof(uint64_t));
	for (uint32_t i = 0; i < b->pages; i++) {
		if (i % OPTEE_MSG_LIST_ENTRIES == 0) {
			uint64_t at = i == 0 ? list : entry[OPTEE_MSG_LIST_ENTRIES];

			if (!fake_is_shared(at))
				fake_violation("page list in a page that is not the mediator's");
			entry = fake_secure_view(g->vm, at);
		}
		b->page[i] = entry[i % OPTEE_MSG_LIST_ENTRIES];
		if (fake_secure_view(g->vm, b->page[i]) == NULL)
			return false;
	}
	return true;
}

static struct model_buffer *buffer_new(struct model_guest *g, const struct optee_msg_param *p,
				       bool guarded)
{
	struct model_buffer *b = NULL;

	if (p->tmem.cookie == 0 || model_buffer(g, p->tmem.cookie) != NULL)
		fake_violation("cookie %#llx twice or 0", (unsigned long long)p->tmem.cookie);
	for (uint32_t i = 0; i < MODEL_BUFFERS && b == NULL; i++)
		if (g->buffers[i].handle == 0)
			b = &g->buffers[i];
	if (b == NULL)
		return NULL;
	b->size = p->tmem.size;
	b->offset = (uint32_t)(p->tmem.address & PAGE_MASK);
	b->pages = (uint32_t)((b->offset + b->size + PAGE_MASK) >> PAGE_SHIFT);
	b->guarded = guarded;
	if (!read_list(g, p->tmem.address & ~PAGE_MASK, b)) {
		free(b->page);
		memset(b, 0, sizeof(*b));
		return NULL;
	}
	b->handle = p->tmem.cookie;
	use_pages(b, 1);
	return b;
}

void model_ask(struct model_thread *t, uint32_t cmd, uint32_t params)
{
	memset(t->rpc, 0, sizeof(*t->rpc) + params * sizeof(*t->rpc_params));
	t->rpc->cmd = cmd;
	t->rpc->num_params = params;
	t->rpc->ret = TEEC_ERROR_GENERIC;
}

void model_ask_value(struct model_thread *t, uint32_t i, uint64_t attr, uint64_t a, uint64_t b,
		     uint64_t c)
{
	t->rpc_params[i].attr = attr;
	t->rpc_params[i].value.a = a;
	t->rpc_params[i].value.b = b;
	t->rpc_params[i].value.c = c;
}

bool model_take_allocation(struct model_thread *t, uint64_t size)
{
	const struct optee_msg_param *p = t->rpc_params;

	if (t->rpc->ret != TEEC_SUCCESS || t->rpc->num_params != 1)
		return false;
	if (p->attr != (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG) ||
	    p->tmem.size < size) {
		fake_violation("SHM_ALLOC: an answer that OP-TEE would map blindly");
		return false;
	}
	if (buffer_new(t->guest, p, true) == NULL)
		return false;
	t->allocated = p->tmem.cookie;
	return true;
}

static bool is_memref(uint64_t attr)
{
	return attr >= OPTEE_MSG_ATTR_RMEM_INPUT && attr <= OPTEE_MSG_ATTR_TMEM_INOUT;
}

static uint32_t func_add(struct model_thread *t)
{
	for (uint32_t i = 0; i < t->arg->num_params; i++) {
		struct optee_msg_param *p = &t->params[i];

		if (p->attr == OPTEE_MSG_ATTR_VALUE_INOUT ||
		    p->attr == OPTEE_MSG_ATTR_VALUE_OUTPUT) {
			p->value.a += 1;
			p->value.b += p->value.a;
		} else if (is_memref(p->attr) && p->rmem.cookie != 0 && p->rmem.size != 0) {
			uint8_t *first = model_byte(t->guest, p->rmem.cookie, p->rmem.offset);
			uint8_t *last = model_byte(t->guest, p->rmem.cookie,
						   p->rmem.offset + p->rmem.size - 1);

			if (first != NULL && last != NULL && p->attr != OPTEE_MSG_ATTR_RMEM_INPUT)
				*first = 0x5a;
		}
	}
	t->arg->ret = TEEC_SUCCESS;
	t->arg->ret_origin = 4;
	return OPTEE_SMC_OK;
}

static uint32_t func_time(struct model_thread *t)
{
	if (t->step == 0) {
		model_ask(t, OPTEE_RPC_GET_TIME, 1);
		model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_OUTPUT, 0, 0, 0);
		return OPTEE_SMC_RPC_CMD;
	}
	t->params[0].value.a = t->rpc_params[0].value.a;
	t->params[0].value.b = t->rpc_params[0].value.b;
	t->arg->ret = t->rpc->ret;
	return OPTEE_SMC_OK;
}

static uint32_t func_load(struct model_thread *t)
{
	if (t->step == 0) {
		model_ask(t, OPTEE_RPC_LOAD_TA, 2);
		model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 1, 2, 3);
		t->rpc_params[1].attr = OPTEE_MSG_ATTR_TMEM_OUTPUT;
		return OPTEE_SMC_RPC_CMD;
	}
	t->params[0].value.a = t->rpc_params[1].tmem.size;
	t->arg->ret = t->rpc->ret;
	return OPTEE_SMC_OK;
}

static uint32_t fs_ask(struct model_thread *t)
{
	uint64_t size = t->params[0].value.a;

	if (!model_take_allocation(t, size)) {
		t->arg->ret = TEEC_ERROR_OUT_OF_MEMORY;
		return OPTEE_SMC_OK;
	}
	*model_byte(t->guest, t->allocated, 0) = 0x11;
	model_ask(t, OPTEE_RPC_FS, 2);
	model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INOUT, 7, 8, 9);
	t->rpc_params[1].attr = OPTEE_MSG_ATTR_RMEM_INOUT;
	t->rpc_params[1].rmem.size = size;
	t->rpc_params[1].rmem.cookie = t->allocated;
	return OPTEE_SMC_RPC_CMD;
}

static uint32_t func_fs(struct model_thread *t)
{
	switch (t->step) {
	case 0:
		model_ask(t, OPTEE_RPC_SHM_ALLOC, 1);
		model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 0, t->params[0].value.a, 8);
		return OPTEE_SMC_RPC_CMD;
	case 1:
		return fs_ask(t);
	case 2:
		t->arg->ret = t->rpc->ret;
		t->params[0].value.a = t->rpc_params[1].rmem.size;
		t->params[0].value.b = t->rpc_params[0].value.b;
		model_drop(t->guest, model_buffer(t->guest, t->allocated));
		model_ask(t, OPTEE_RPC_SHM_FREE, 1);
		model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 0, t->allocated, 0);
		return OPTEE_SMC_RPC_CMD;
	default:
		return OPTEE_SMC_OK;
	}
}

static uint32_t func_interrupt(struct model_thread *t)
{
	if (t->step < t->params[0].value.a)
		return OPTEE_SMC_RPC_FOREIGN_INTR;
	t->params[0].value.a = 0x600d;
	t->arg->ret = TEEC_SUCCESS;
	return OPTEE_SMC_OK;
}

static uint32_t func_short(struct model_thread *t)
{
	for (uint32_t i = 0; i < t->arg->num_params; i++)
		if (is_memref(t->params[i].attr))
			t->params[i].rmem.size = 10000;
	t->arg->ret = 0xffff0010u; /* SHORT_BUFFER */
	return OPTEE_SMC_OK;
}

static uint32_t invoke(struct model_thread *t)
{
	static model_program *const funcs[] = {
		[MODEL_ADD] = func_add,	    [MODEL_TIME] = func_time,
		[MODEL_FS] = func_fs,	    [MODEL_LOAD] = func_load,
		[MODEL_SHORT] = func_short, [MODEL_INTERRUPT] = func_interrupt,
	};

	if (t->arg->num_params > 4)
		fake_violation("INVOKE with %u parameters", t->arg->num_params);
	for (uint32_t i = 0; i < t->arg->num_params && i < 4; i++)
		if (is_memref(t->params[i].attr) &&
		    t->params[i].attr >= OPTEE_MSG_ATTR_TMEM_INPUT &&
		    t->params[i].tmem.address != 0)
			fake_violation("an address in INVOKE");
	if (t->arg->func == MODEL_TEST && model.program != NULL)
		return model.program(t);
	if (t->arg->func >= MODEL_TEST)
		return func_add(t);
	return funcs[t->arg->func](t);
}

static void open_session(struct model_thread *t)
{
	if (t->arg->num_params < 2 || t->params[0].attr != 0x101 || t->params[1].attr != 0x101)
		fake_violation("OPEN without its meta parameters");
	t->arg->ret = t->params[0].value.a == 0xbad ? 0xffff0008u : TEEC_SUCCESS;
	t->arg->ret_origin = 3;
	t->arg->session = 0;
	if (t->arg->ret != TEEC_SUCCESS)
		return;
	t->arg->session = ++t->guest->sessions;
	t->guest->open |= BIT(t->arg->session % 64);
}

static bool session_open(const struct model_thread *t)
{
	uint32_t id = t->arg->session;

	return !model.strict_sessions || (id < 64 && (t->guest->open & BIT(id)) != 0);
}

static void close_session(struct model_thread *t)
{
	t->arg->ret = 0xffff0008u;
	if (t->arg->session == 0xdead || !session_open(t))
		return;
	t->guest->open &= ~BIT(t->arg->session % 64);
	t->arg->ret = TEEC_SUCCESS;
}

static void register_shm(struct model_thread *t)
{
	t->arg->ret = TEEC_ERROR_OUT_OF_MEMORY;
	if (t->arg->num_params != 1 ||
	    t->params[0].attr != (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG))
		fake_violation("malformed REGISTER_SHM");
	else if (model.fail_register != 0)
		t->arg->ret = model.fail_register;
	else if (buffer_new(t->guest, &t->params[0], false) != NULL)
		t->arg->ret = TEEC_SUCCESS;
}

static void unregister_shm(struct model_thread *t)
{
	struct model_buffer *b = model_buffer(t->guest, t->params[0].rmem.cookie);

	if (t->arg->num_params != 1 || t->params[0].attr != OPTEE_MSG_ATTR_RMEM_INPUT ||
	    t->params[0].rmem.offset != 0 || t->params[0].rmem.size != 0)
		fake_violation("malformed UNREGISTER_SHM");
	t->arg->ret = TEEC_ERROR_BAD_PARAMETERS;
	if (model.fail_unregister != 0) {
		t->arg->ret = model.fail_unregister;
	} else if (b == NULL || b->guarded) {
		if (!t->guest->lied)
			fake_violation("UNREGISTER of %#llx",
				       (unsigned long long)t->params[0].rmem.cookie);
	} else {
		model_drop(t->guest, b);
		t->arg->ret = TEEC_SUCCESS;
	}
}

/* The thread's message from where it stands. */
static uint32_t command(struct model_thread *t)
{
	switch (t->arg->cmd) {
	case OPTEE_MSG_OPEN_SESSION:
		if (t->step < model.opens_after)
			return OPTEE_SMC_RPC_FOREIGN_INTR;
		open_session(t);
		break;
	case OPTEE_MSG_INVOKE_COMMAND:
		if (session_open(t))
			return invoke(t);
		t->arg->ret = TEEC_ERROR_BAD_PARAMETERS;
		t->arg->ret_origin = 3;
		break;
	case OPTEE_MSG_CLOSE_SESSION:
		close_session(t);
		break;
	case OPTEE_MSG_CANCEL:
		t->arg->ret = TEEC_ERROR_BAD_PARAMETERS;
		break;
	case OPTEE_MSG_REGISTER_SHM:
		register_shm(t);
		break;
	case OPTEE_MSG_UNREGISTER_SHM:
		unregister_shm(t);
		break;
	case OPTEE_MSG_DO_BOTTOM_HALF:
	case OPTEE_MSG_STOP_ASYNC_NOTIF:
		t->arg->ret = t->guest->notifying ? TEEC_SUCCESS : TEEC_ERROR_GENERIC;
		t->guest->bottom_halves += t->arg->cmd == OPTEE_MSG_DO_BOTTOM_HALF;
		t->guest->notifying &= t->arg->cmd != OPTEE_MSG_STOP_ASYNC_NOTIF;
		break;
	default:
		fake_violation("command %u reached the TEE", t->arg->cmd);
		return OPTEE_SMC_EBADCMD;
	}
	return OPTEE_SMC_OK;
}

/* The slow start of a partition, as VM_CREATED's first yielding call meets it. */
static bool cold(struct model_thread *t, uint32_t *exit)
{
	if (t->guest->warm)
		return false;
	if (t->step < model.first_call_interrupts) {
		*exit = OPTEE_SMC_RPC_FOREIGN_INTR;
	} else if (t->step < model.first_call_interrupts + model.first_call_rpcs) {
		uint32_t n = t->step - model.first_call_interrupts;

		model_ask(t, n % 2 == 0 ? OPTEE_RPC_NOTIFICATION : OPTEE_RPC_SHM_ALLOC, 1);
		model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 0, 4096, 8);
		*exit = n % 3 == 2 ? OPTEE_SMC_RPC_ALLOC : OPTEE_SMC_RPC_CMD;
	} else {
		t->guest->warm = true;
		model.window_known = true;
		t->step = 0;
		return false;
	}
	return true;
}

static void advance(struct model_thread *t, uint64_t *regs)
{
	uint32_t exit;

	if (!cold(t, &exit))
		exit = command(t);
	t->step++;
	t->interrupted = exit == OPTEE_SMC_RPC_FOREIGN_INTR;
	if (exit < OPTEE_SMC_RPC_ALLOC || exit == OPTEE_SMC_UNKNOWN_FUNCTION)
		t->busy = false;
	if (!t->busy && model.before_return != NULL)
		model.before_return(t);
	for (uint32_t i = 1; i < TEE_SMC_REGS; i++)
		regs[i] = model.litter;
	regs[0] = exit;
	regs[3] = t->number + model.wrong_thread;
	if (exit == OPTEE_SMC_RPC_CMD) {
		regs[1] = model.wrong_cookie >> 32;
		regs[2] = (uint32_t)model.wrong_cookie;
	}
}

static struct model_thread *thread_new(struct model_guest *g)
{
	for (uint32_t i = 0; i < MODEL_THREADS; i++) {
		struct model_thread *t = &g->threads[i];

		if (t->busy)
			continue;
		*t = (struct model_thread){.busy = true, .number = i, .guest = g};
		return t;
	}
	return NULL;
}

static uint8_t *argument(struct model_guest *g, const uint64_t *regs)
{
	uint64_t where = (uint64_t)(uint32_t)regs[1] << 32 | (uint32_t)regs[2];

	if (regs[0] == OPTEE_SMC_CALL_WITH_REGD_ARG)
		return model_byte(g, where, regs[3]);
	if (!fake_is_shared(where))
		fake_violation("argument at %#llx, not the mediator's own",
			       (unsigned long long)where);
	return fake_secure_view(g->vm, where);
}

static void start(struct model_guest *g, uint64_t *regs)
{
	uint8_t *arg = argument(g, regs);
	struct model_thread *t;

	if (model.fail_next != 0) {
		regs[0] = model.fail_next;
		model.fail_next = 0;
		return;
	}
	t = thread_new(g);
	if (arg == NULL || t == NULL) {
		regs[0] = t == NULL ? OPTEE_SMC_ETHREAD_LIMIT : OPTEE_SMC_EBADADDR;
		return;
	}
	t->arg = (void *)arg;
	t->params = (void *)(t->arg + 1);
	t->rpc = (void *)(t->params + t->arg->num_params);
	t->rpc_params = (void *)(t->rpc + 1);
	advance(t, regs);
}

static void resume(struct model_guest *g, uint64_t *regs)
{
	uint32_t n = (uint32_t)regs[3];

	if (model.fail_resume != 0) {
		regs[0] = model.fail_resume;
		model.fail_resume = 0;
		return;
	}
	if (regs[1] != 0 || regs[2] != 0 || regs[4] != 0 || regs[5] != 0)
		fake_violation("a guest's registers in RETURN_FROM_RPC");
	if (n >= MODEL_THREADS || !g->threads[n].busy) {
		if (!g->lied)
			fake_violation("resumption of thread %u", n);
		regs[0] = OPTEE_SMC_ERESUME;
		return;
	}
	advance(&g->threads[n], regs);
}

void model_forget(struct model_guest *g)
{
	for (uint32_t i = 0; i < MODEL_BUFFERS; i++)
		if (g->buffers[i].handle != 0)
			model_drop(g, &g->buffers[i]);
	memset(g, 0, sizeof(*g));
}

static uint32_t vm_created(uint16_t id)
{
	if (model.fail_created != 0)
		return model.fail_created;
	if (id == 0 || model_guest_by_id(id) != NULL)
		fake_violation("VM_CREATED with id %u", id);
	for (unsigned int i = 0; i < MODEL_GUESTS; i++) {
		if (model.guests[i].id != 0)
			continue;
		model.guests[i].id = id;
		model.guests[i].vm = model.next_vm;
		return OPTEE_SMC_OK;
	}
	return OPTEE_SMC_ENOTAVAIL;
}

static void count_what_is_left(const struct model_guest *g)
{
	model.left_sessions += (uint32_t)__builtin_popcountll(g->open);
	for (uint32_t i = 0; i < MODEL_THREADS; i++)
		model.left_threads += g->threads[i].busy;
}

static uint32_t vm_destroyed(uint16_t id)
{
	struct model_guest *g = model_guest_by_id(id);

	if (model.fail_destroyed != 0)
		return model.fail_destroyed;
	if (g == NULL) {
		fake_violation("VM_DESTROYED with id %u", id);
		return OPTEE_SMC_OK;
	}
	count_what_is_left(g);
	model_forget(g);
	return OPTEE_SMC_OK;
}

static void four(uint64_t *regs, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	regs[0] = a;
	regs[1] = b;
	regs[2] = c;
	regs[3] = d;
}

static void enable_notify(uint64_t *regs)
{
	struct model_guest *g = model_guest_by_id((uint16_t)regs[7]);

	if (g == NULL || (g->notifying && !g->lied)) { /* the real one panics, or counts twice */
		fake_violation("ENABLE_ASYNC_NOTIF for client %llu", (unsigned long long)regs[7]);
		return;
	}
	g->notifying = model.fail_enable == 0;
	regs[0] = model.fail_enable;
}

static void notify_value(uint64_t *regs)
{
	struct model_guest *g = model_guest_by_id((uint16_t)regs[7]);

	four(regs, OPTEE_SMC_OK, 0, 0, 0);
	if (g == NULL || !g->notifying) {
		fake_violation("GET_ASYNC_NOTIF_VALUE for client %llu",
			       (unsigned long long)regs[7]);
	} else if (model.endless_value != 0) {
		regs[1] = model.endless_value - 1;
		regs[2] = OPTEE_NOTIF_VALID | OPTEE_NOTIF_PENDING;
	} else if (g->values != 0) {
		regs[1] = (uint64_t)__builtin_ctzll(g->values);
		g->values &= g->values - 1;
		regs[2] = OPTEE_NOTIF_VALID | (g->values != 0 ? OPTEE_NOTIF_PENDING : 0);
	}
}

static bool notify_call(uint64_t *regs)
{
	if (regs[0] == OPTEE_SMC_ENABLE_ASYNC_NOTIF)
		enable_notify(regs);
	else if (regs[0] == OPTEE_SMC_GET_ASYNC_NOTIF_VALUE)
		notify_value(regs);
	else
		return false;
	return true;
}

static void fast(uint64_t *regs)
{
	model.fast_calls++;
	if (notify_call(regs))
		return;
	if (regs[7] != 0)
		fake_violation("fast call %#llx for a guest", (unsigned long long)regs[0]);
	switch (regs[0]) {
	case OPTEE_SMC_CALLS_UID:
		four(regs, OPTEE_UID_0, OPTEE_UID_1, OPTEE_UID_2, OPTEE_UID_3);
		break;
	case OPTEE_SMC_CALLS_REVISION:
		four(regs, 2, 0, 0, 0);
		break;
	case OPTEE_SMC_GET_OS_UUID:
		four(regs, 0x486178e0, 0xe7f811e3, 0xbc5e0002, 0xa5d5c51b);
		break;
	case OPTEE_SMC_GET_OS_REVISION:
		four(regs, 4, model.revision_minor, 0x1234567, 0);
		break;
	case OPTEE_SMC_EXCHANGE_CAPABILITIES:
		four(regs, OPTEE_SMC_OK, model.capabilities, model.max_notify, 4);
		break;
	case OPTEE_SMC_GET_THREAD_COUNT:
		four(regs, OPTEE_SMC_OK, MODEL_THREADS, 0, 0);
		break;
	case OPTEE_SMC_GET_SHM_CONFIG:
		/* OP-TEE knows it once a partition has run. */
		four(regs, OPTEE_SMC_OK, model.window_known ? FAKE_WINDOW_PA : 0,
		     model.window_known ? FAKE_WINDOW_SIZE : 0, 1);
		break;
	case OPTEE_SMC_VM_CREATED:
		regs[0] = vm_created((uint16_t)regs[1]);
		break;
	case OPTEE_SMC_VM_DESTROYED:
		regs[0] = vm_destroyed((uint16_t)regs[1]);
		break;
	default:
		fake_violation("fast call %#llx", (unsigned long long)regs[0]);
		regs[0] = OPTEE_SMC_UNKNOWN_FUNCTION;
		break;
	}
}

void model_smc(uint64_t *regs)
{
	struct model_guest *g;

	if ((regs[0] & BIT(31)) != 0) {
		fast(regs);
		return;
	}
	model.yielding_calls++;
	g = model_guest_by_id((uint16_t)regs[7]);
	if (g == NULL) {
		fake_violation("yielding call for id %llu", (unsigned long long)regs[7]);
		regs[0] = OPTEE_SMC_ENOTAVAIL;
	} else if (regs[0] == OPTEE_SMC_RETURN_FROM_RPC) {
		resume(g, regs);
	} else {
		start(g, regs);
	}
}

void model_reset(void)
{
	memset(&model, 0, sizeof(model));
	model.capabilities = 0x7d; /* as Debian's 4.5.0 for QEMU, virtualized */
	model.max_notify = 255;
	model.revision_minor = 5;
}

void model_end_faults(void)
{
	model.program = NULL;
	model.before_return = NULL;
	model.fail_next = model.fail_resume = model.fail_created = model.fail_destroyed = 0;
	model.fail_register = model.fail_unregister = 0;
	model.wrong_thread = 0;
	model.wrong_cookie = 0;
	model.opens_after = 0;
	model.strict_sessions = false;
	model.litter = 0;
}

void model_release(void)
{
	for (unsigned int i = 0; i < MODEL_GUESTS; i++)
		model_forget(&model.guests[i]);
}
