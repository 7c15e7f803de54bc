/* SPDX-License-Identifier: BSD-2-Clause */
/* The audit of secure calls: see smc_audit.h. */
#include "tests/unit/smc_audit.h"
#include "lib/util.h"
#include "tests/unit/fake_port.h"
#include "tests/unit/model_tee.h"
#include <string.h>

#define COOKIES	     4096u
#define MESSAGE_MAX  (32u + 6u * 32u)
#define REQUEST_AREA (32u + 4u * 32u)

static uint64_t cookies[COOKIES];
static uint32_t cookie_count;
static uint64_t digest;

void audit_reset(void)
{
	cookie_count = 0;
	digest = 0;
}

uint64_t audit_digest(void)
{
	return digest;
}

static void digest_add(const uint64_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		digest = (digest ^ words[i]) * 0x100000001b3ull + (digest >> 47);
}

static bool is_cookie(uint64_t value)
{
	for (uint32_t i = 0; i < cookie_count; i++)
		if (cookies[i] == value)
			return true;
	return false;
}

void audit_cookie(uint64_t cookie)
{
	if (cookie != 0 && cookie_count < COOKIES && !is_cookie(cookie))
		cookies[cookie_count++] = cookie;
}

static void want(bool good, const char *what, uint64_t value)
{
	if (!good)
		fake_violation("secure call: %s: %#llx", what, (unsigned long long)value);
}

static bool shared_range(uint64_t pa, uint64_t size)
{
	return fake_is_shared(pa) && fake_is_shared(pa + size - 1);
}

/* A page that a list of this VM's may name. `own`: a list of the mediator's own pages. */
static bool page_allowed(const struct tee_host_vm *vm, uint64_t pa, bool own)
{
	uint32_t page;

	if (own)
		return shared_range(pa, PAGE_SIZE);
	return is_aligned(pa, PAGE_SIZE) && fake_owner(pa, &page) == vm && vm->pins[page] != 0;
}

static void list(struct tee_host_vm *vm, const struct optee_msg_param *p, bool own)
{
	uint64_t offset = p->tmem.address & PAGE_MASK, at = p->tmem.address & ~PAGE_MASK;
	uint64_t pages = (offset + p->tmem.size + PAGE_MASK) >> PAGE_SHIFT;
	const uint64_t *entry = NULL;

	for (uint64_t i = 0; i < pages; i++) {
		if (i % OPTEE_MSG_LIST_ENTRIES == 0) {
			at = i == 0 ? at : entry[OPTEE_MSG_LIST_ENTRIES];
			want(shared_range(at, PAGE_SIZE), "a list page", at);
			entry = fake_secure_view(vm, at);
			if (entry == NULL)
				return;
			digest_add(&at, 1);
		}
		want(page_allowed(vm, entry[i % OPTEE_MSG_LIST_ENTRIES], own), "a listed page",
		     entry[i % OPTEE_MSG_LIST_ENTRIES]);
	}
	want(!is_cookie(p->tmem.cookie) && p->tmem.cookie != 0, "the name of a list",
	     p->tmem.cookie);
}

static void reference(struct model_guest *g, const struct optee_msg_param *p)
{
	const struct model_buffer *b = model_buffer(g, p->rmem.cookie);
	uint32_t page;

	want(!is_cookie(p->rmem.cookie), "a guest's cookie", p->rmem.cookie);
	want(b != NULL, "the name of no buffer", p->rmem.cookie);
	if (b == NULL)
		return;
	want(p->rmem.size <= b->size && p->rmem.offset <= b->size - p->rmem.size,
	     "a reference beyond its buffer", p->rmem.offset);
	want(fake_owner(b->page[0], &page) == g->vm, "a reference to no buffer of the guest",
	     p->rmem.cookie);
}

static void param(struct model_guest *g, const struct optee_msg_header *m, uint32_t i)
{
	const struct optee_msg_param *p = (const struct optee_msg_param *)(m + 1) + i;
	bool meta = m->cmd == OPTEE_MSG_OPEN_SESSION && i < 2;

	switch (p->attr) {
	case OPTEE_MSG_ATTR_NONE:
		break;
	case OPTEE_MSG_ATTR_VALUE_INPUT | OPTEE_MSG_ATTR_META:
		want(meta, "a meta parameter", i);
		break;
	case OPTEE_MSG_ATTR_VALUE_INPUT:
	case OPTEE_MSG_ATTR_VALUE_OUTPUT:
	case OPTEE_MSG_ATTR_VALUE_INOUT:
		break;
	case OPTEE_MSG_ATTR_RMEM_INPUT:
	case OPTEE_MSG_ATTR_RMEM_OUTPUT:
	case OPTEE_MSG_ATTR_RMEM_INOUT:
		reference(g, p);
		break;
	case OPTEE_MSG_ATTR_TMEM_INPUT:
	case OPTEE_MSG_ATTR_TMEM_OUTPUT:
	case OPTEE_MSG_ATTR_TMEM_INOUT:
		want(p->tmem.address == 0 && p->tmem.cookie == 0, "an address",
		     p->tmem.address | p->tmem.cookie);
		break;
	case OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG:
		want(m->cmd == OPTEE_MSG_REGISTER_SHM && m->num_params == 1, "a list", m->cmd);
		list(g->vm, p, p->tmem.cookie == BIT(63));
		break;
	default:
		want(false, "an attribute", p->attr);
		break;
	}
}

static void message(struct model_guest *g, const struct optee_msg_header *m)
{
	want(m->num_params <= 6, "parameters", m->num_params);
	want(m->pad == 0, "padding", m->pad);
	if (m->num_params > 6)
		return;
	digest_add((const uint64_t *)(const void *)m, 4 + 4 * (size_t)m->num_params);
	for (uint32_t i = 0; i < m->num_params; i++)
		param(g, m, i);
}

/* The place of a message: the window, or what the mediator registered for itself. */
static void start(struct model_guest *g, const uint64_t *regs)
{
	uint64_t where = regs[1] << 32 | regs[2];

	if (regs[0] == OPTEE_SMC_CALL_WITH_REGD_ARG) {
		const struct model_buffer *b = model_buffer(g, where);

		want(b != NULL && !is_cookie(where), "the arena's name", where);
		if (b == NULL)
			return;
		want(range_inside(regs[3], MESSAGE_MAX + REQUEST_AREA, b->size), "an offset",
		     regs[3]);
		where = b->page[regs[3] >> PAGE_SHIFT] + (regs[3] & PAGE_MASK);
	} else {
		want(regs[0] == OPTEE_SMC_CALL_WITH_RPC_ARG, "a function", regs[0]);
		want(regs[3] == 1, "cache attributes", regs[3]);
	}
	want(shared_range(where, MESSAGE_MAX + REQUEST_AREA) && is_aligned(where, 8),
	     "the address of a message", where);
	if (fake_is_shared(where))
		message(g, fake_secure_view(g->vm, where));
}

/* An answer to SHM_ALLOC is all that can carry an address back into the TEE. */
static void resume(struct model_guest *g, const uint64_t *regs)
{
	const struct model_thread *t;

	want((regs[1] | regs[2]) == 0, "a payload", regs[1] | regs[2]);
	want(regs[3] < MODEL_THREADS, "a thread", regs[3]);
	if (regs[3] >= MODEL_THREADS)
		return;
	t = &g->threads[regs[3]];
	want(t->busy, "a thread that does not wait", regs[3]);
	if (!t->busy || t->interrupted || t->rpc->cmd != OPTEE_RPC_SHM_ALLOC ||
	    t->rpc->ret != TEEC_SUCCESS)
		return;
	want(t->rpc->num_params == 1 && t->rpc_params[0].attr == (OPTEE_MSG_ATTR_TMEM_OUTPUT |
								  OPTEE_MSG_ATTR_NONCONTIG),
	     "memory for the TEE", t->rpc_params[0].attr);
	if (t->rpc->num_params == 1)
		list(g->vm, &t->rpc_params[0], false);
}

static void yielding(const uint64_t *regs)
{
	struct model_guest *g = model_guest_of(fake.caller);

	want(g != NULL && regs[7] == g->id, "another VM's id", regs[7]);
	digest_add(regs, 7);
	if (g == NULL)
		return;
	if (regs[0] == OPTEE_SMC_RETURN_FROM_RPC)
		resume(g, regs);
	else
		start(g, regs);
}

/* Those of notifications, which carry nothing but a VM's id. */
static bool notify_call(const uint64_t *regs)
{
	if (regs[0] != OPTEE_SMC_ENABLE_ASYNC_NOTIF && regs[0] != OPTEE_SMC_GET_ASYNC_NOTIF_VALUE)
		return false;
	want(model_guest_by_id((uint16_t)regs[7]) != NULL, "no VM's id", regs[7]);
	for (unsigned int i = 1; i < 7; i++)
		want(regs[i] == 0, "an argument of none", regs[i]);
	return true;
}

/* The hypervisor's own questions, as client 0, but those above. */
static void fast(const uint64_t *regs)
{
	bool about_a_vm = regs[0] == OPTEE_SMC_VM_CREATED || regs[0] == OPTEE_SMC_VM_DESTROYED;

	want(regs[7] == OPTEE_CLIENT_HYPERVISOR, "a fast call's client", regs[7]);
	want(about_a_vm ? regs[1] != 0 && regs[1] < 0x10000 : regs[1] == 0, "an id", regs[1]);
	want((regs[2] | regs[3]) == 0, "a fast call's arguments", regs[2] | regs[3]);
}

void audit_smc(const uint64_t *regs)
{
	want((regs[4] | regs[5] | regs[6]) == 0, "x4 to x6", regs[4] | regs[5] | regs[6]);
	if (notify_call(regs))
		return;
	if ((regs[0] & BIT(31)) != 0)
		fast(regs);
	else
		yielding(regs);
}
