/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that a guest begins: see guest.h. Most are what an honest guest does; then the input
 * replaces some field. Pages for messages, lists and data are few, so that they alias.
 */
#include "tests/fuzz/guest.h"
#include "lib/util.h"
#include "tests/fuzz/values.h"
#include <string.h>

#define TMEM_LIST (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)

struct message {
	struct optee_msg_header h;
	struct optee_msg_param p[6];
};

static uint64_t message_size(uint32_t params)
{
	return sizeof(struct optee_msg_header) + params * sizeof(struct optee_msg_param);
}

/* The message at this IPA, in any style. Which buffer a registered one is in, the input says. */
static void call(struct world_vm *vm, uint64_t at)
{
	static const uint32_t styles[] = {OPTEE_SMC_CALL_WITH_RPC_ARG, OPTEE_SMC_CALL_WITH_ARG,
					  OPTEE_SMC_CALL_WITH_REGD_ARG};
	uint64_t regs[18] = {styles[fuzz_pick(3)], at >> 32, (uint32_t)at, 1};
	struct message *m = world_at(vm, at);
	uint64_t cookie;
	uint32_t n;

	if (regs[0] == OPTEE_SMC_CALL_WITH_REGD_ARG) {
		cookie = fuzz_cookie();
		regs[1] = cookie >> 32;
		regs[2] = (uint32_t)cookie;
		regs[3] = at - WORLD_IPA(WORLD_ARGS); /* if that is the buffer's begin */
	}
	if (fuzz_once_in(32)) {
		n = 1 + fuzz_pick(3);
		regs[n] = fuzz_value();
	}
	world_smc(vm, regs, at + message_size(m != NULL ? m->h.num_params : 0));
}

/* A place for a message: most often a page's begin, and all of it there. */
static struct message *place(struct world_vm *vm, uint64_t *at)
{
	struct message *m;

	*at = WORLD_IPA(WORLD_ARGS + fuzz_pick(8));
	if (fuzz_once_in(8))
		*at += fuzz_uint(2) % PAGE_SIZE & ~7ull;
	m = world_at(vm, *at);
	memset(m, 0, sizeof(*m));
	return m;
}

/* The input spoils a field, now and then. */
static void spoil(struct message *m)
{
	uint32_t at, value;

	if (!fuzz_once_in(12))
		return;
	at = fuzz_pick(56) * 4;
	value = (uint32_t)fuzz_value();
	memcpy((uint8_t *)m + at, &value, sizeof(value));
}

static void param(struct optee_msg_param *p)
{
	static const uint64_t sizes[] = {0, 1, 64, 4096};

	p->attr = fuzz_attr();
	p->value.a = fuzz_once_in(8) ? fuzz_value() : fuzz_pick(8);
	p->value.b = fuzz_once_in(8) ? fuzz_value() : sizes[fuzz_pick(4)];
	p->value.c = fuzz_cookie();
	if (p->attr >= OPTEE_MSG_ATTR_TMEM_INPUT && !fuzz_once_in(4))
		p->tmem.address = 0;
}

void guest_calls(struct world_vm *vm)
{
	uint64_t at;
	struct message *m = place(vm, &at);

	m->h.cmd = OPTEE_MSG_INVOKE_COMMAND;
	m->h.func = MODEL_TEST - fuzz_pick(MODEL_TEST + 1);
	m->h.num_params = fuzz_pick(5);
	if (fuzz_once_in(8)) {
		m->h.cmd = fuzz_pick(9);
		m->h.num_params = 0;
		m->h.session = fuzz_u8();
	} else if (fuzz_once_in(32)) {
		m->h.num_params = fuzz_u8();
	}
	for (uint32_t i = 0; i < m->h.num_params && i < 6; i++)
		param(&m->p[i]);
	spoil(m);
	call(vm, at);
}

void guest_opens(struct world_vm *vm)
{
	static const uint64_t logins[] = {0, 1, 4, 0x80000000, 3, 7};
	uint64_t at;
	struct message *m = place(vm, &at);

	m->h.cmd = OPTEE_MSG_OPEN_SESSION;
	m->h.num_params = 2 + fuzz_pick(5);
	m->p[0].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	m->p[0].value.a = fuzz_once_in(4) ? 0xbad : fuzz_u8();
	m->p[1].attr = OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT;
	m->p[1].value.c = logins[fuzz_pick(ARRAY_SIZE(logins))];
	for (uint32_t i = 2; i < m->h.num_params && i < 6; i++)
		param(&m->p[i]);
	spoil(m);
	call(vm, at);
}

/* A chain of list pages, honest but for one entry, perhaps. */
static void fill_list(struct world_vm *vm, uint32_t page, uint64_t count)
{
	static const uint32_t firsts[] = {WORLD_DATA, WORLD_ARGS, WORLD_DATA + 9, WORLD_ARGS};
	uint32_t first = fuzz_once_in(8) ? fuzz_pick(FAKE_RAM_PAGES) : firsts[fuzz_pick(4)];
	uint32_t stride = fuzz_once_in(4) ? fuzz_pick(3) : 1;
	uint64_t *list = world_at(vm, WORLD_IPA(page));
	uint32_t n;

	for (uint32_t i = 0; i < count && i < 7 * OPTEE_MSG_LIST_ENTRIES; i++) {
		n = i % OPTEE_MSG_LIST_ENTRIES;
		list[n] = WORLD_IPA((first + i * stride) % FAKE_RAM_PAGES);
		if (n == OPTEE_MSG_LIST_ENTRIES - 1) {
			list[n + 1] = WORLD_IPA(++page);
			list += PAGE_SIZE / sizeof(*list);
		}
	}
	list = world_at(vm, WORLD_IPA(page));
	if (!fuzz_once_in(8))
		return;
	n = fuzz_once_in(2) ? OPTEE_MSG_LIST_ENTRIES : fuzz_pick(4);
	list[n] = fuzz_value();
}

static uint64_t some_size(void)
{
	static const uint64_t sizes[] = {4096, 1,     3 * 4096ull,   5 * 4096ull,
					 8192, 16000, 511 * 4096ull, 512 * 4096ull,
					 100,  70000, 600 * 4096ull, 1100 * 4096ull};

	return fuzz_once_in(16) ? fuzz_value() : sizes[fuzz_pick(ARRAY_SIZE(sizes))];
}

static uint64_t some_list(struct world_vm *vm, uint32_t page, uint64_t size)
{
	uint64_t offset = fuzz_once_in(4) ? fuzz_uint(2) % PAGE_SIZE : 0;

	fill_list(vm, page, min_u64(size, 2000ull * PAGE_SIZE) / PAGE_SIZE + 2);
	return WORLD_IPA(page) + offset;
}

void guest_registers(struct world_vm *vm)
{
	uint64_t at;
	struct message *m = place(vm, &at);

	m->h.cmd = OPTEE_MSG_REGISTER_SHM;
	m->h.num_params = 1;
	m->p[0].attr = TMEM_LIST;
	m->p[0].tmem.size = some_size();
	m->p[0].tmem.cookie = fuzz_cookie();
	/* the list may lie in the message's own page, or where a reply's list will */
	m->p[0].tmem.address = some_list(vm, fuzz_once_in(8) ? fuzz_pick(WORLD_DATA) : WORLD_LISTS,
					 m->p[0].tmem.size);
	spoil(m);
	call(vm, at);
}

void guest_unregisters(struct world_vm *vm)
{
	uint64_t at;
	struct message *m = place(vm, &at);

	m->h.cmd = OPTEE_MSG_UNREGISTER_SHM;
	m->h.num_params = 1;
	m->p[0].attr = OPTEE_MSG_ATTR_RMEM_INPUT + fuzz_pick(3);
	m->p[0].rmem.cookie = fuzz_cookie();
	spoil(m);
	call(vm, at);
}

static void reply_memory(struct world_vm *vm, struct message *rpc)
{
	uint64_t size = rpc->p[0].value.b;

	if (fuzz_once_in(8))
		size = some_size();
	rpc->p[0].attr = TMEM_LIST;
	rpc->p[0].tmem.address = some_list(vm, WORLD_ALLOC, size);
	rpc->p[0].tmem.size = size;
	rpc->p[0].tmem.cookie = 0x10 + fuzz_pick(4);
}

/* An honest answer, and then perhaps something else in it. */
static void reply(struct world_vm *vm, uint64_t area)
{
	struct message *rpc = world_at(vm, area);

	if (rpc == NULL)
		return;
	rpc->h.ret = TEEC_SUCCESS;
	if (rpc->h.cmd == OPTEE_RPC_SHM_ALLOC)
		reply_memory(vm, rpc);
	for (uint32_t i = 0; i < rpc->h.num_params && i < 4 && rpc->h.cmd != OPTEE_RPC_SHM_ALLOC;
	     i++)
		rpc->p[i].value.b = fuzz_once_in(4) ? fuzz_value() : fuzz_u8();
	if (fuzz_once_in(8))
		rpc->h.ret = (uint32_t)fuzz_value();
	if (fuzz_once_in(8))
		rpc->p[0].value.c = fuzz_once_in(2) ? fuzz_cookie() : fuzz_value();
	spoil(rpc);
}

/* A buffer for requests: returns where. */
static uint64_t give_area(uint64_t *regs)
{
	static const uint64_t offsets[] = {0, 8, 0xf80, 0xff8, 4};
	uint64_t offset = offsets[fuzz_pick(5)];
	uint64_t area = WORLD_IPA(WORLD_AREAS + fuzz_pick(8)) + offset;
	uint64_t cookie = fuzz_once_in(8) ? fuzz_cookie() : 0x20 + fuzz_pick(8);

	if (fuzz_once_in(16))
		area = fuzz_value();
	regs[1] = area >> 32;
	regs[2] = (uint32_t)area;
	regs[4] = cookie >> 32;
	regs[5] = (uint32_t)cookie;
	return area;
}

void guest_resumes(struct world_vm *vm)
{
	struct world_call *c = &vm->waiting[fuzz_pick(WORLD_WAITING)];
	uint64_t regs[18], area = 0;
	uint32_t n;

	for (uint32_t i = 0; i < WORLD_WAITING && !c->open; i++)
		c = &vm->waiting[i];
	if (!c->open && !fuzz_once_in(8))
		return guest_calls(vm);
	memcpy(regs, c->regs, sizeof(regs));
	if (c->open && regs[0] == OPTEE_SMC_RPC_CMD)
		reply(vm, c->area);
	if (c->open && regs[0] == OPTEE_SMC_RPC_ALLOC)
		area = give_area(regs);
	regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	if (fuzz_once_in(32))
		regs[3] += fuzz_value();
	if (fuzz_once_in(32)) {
		n = fuzz_pick(6);
		regs[n] = fuzz_value();
	}
	world_smc(vm, regs, area);
}

void guest_calls_raw(struct world_vm *vm)
{
	static const uint32_t functions[] = {
		OPTEE_SMC_ENABLE_ASYNC_NOTIF,	 OPTEE_SMC_GET_ASYNC_NOTIF_VALUE,
		OPTEE_SMC_CALL_WITH_ARG,	 OPTEE_SMC_CALL_WITH_RPC_ARG,
		OPTEE_SMC_CALL_WITH_REGD_ARG,	 OPTEE_SMC_RETURN_FROM_RPC,
		OPTEE_SMC_EXCHANGE_CAPABILITIES, OPTEE_SMC_DISABLE_SHM_CACHE,
		OPTEE_SMC_ENABLE_SHM_CACHE,	 OPTEE_SMC_CALLS_UID,
		OPTEE_SMC_GET_SHM_CONFIG,	 OPTEE_SMC_VM_CREATED,
		OPTEE_SMC_VM_DESTROYED,		 OPTEE_SMC_GET_THREAD_COUNT,
		OPTEE_SMC_GET_OS_REVISION,	 OPTEE_SMC_CALLS_COUNT,
		OPTEE_SMC_CALLS_REVISION,	 OPTEE_SMC_GET_OS_UUID,
	};
	uint32_t n = fuzz_pick(2 * ARRAY_SIZE(functions));
	uint64_t regs[18];

	for (uint32_t i = 0; i < 18; i++)
		regs[i] = i < 8 && n >= ARRAY_SIZE(functions) ? fuzz_value() : i;
	regs[0] = functions[n % ARRAY_SIZE(functions)];
	if (fuzz_once_in(8))
		regs[0] ^= BIT(fuzz_pick(32));
	world_smc(vm, regs, 0);
}
