/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests of the TEE, each kind of each field: which commands and parameters pass to the guest,
 * what the guest sees, and what of its reply the TEE gets.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

#define COOKIE	  0xffff888800001000ull
#define LIST_ATTR (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)

/* What the TEE asks, and the area as it found it when it was resumed. */
static struct message ask;
static struct message got;

static void copy(struct message *to, const struct optee_msg_header *header,
		 const struct optee_msg_param *params, uint32_t n)
{
	to->h = *header;
	memcpy(to->p, params, n * sizeof(*params));
}

static uint32_t asks(struct model_thread *t)
{
	uint32_t n = ask.h.num_params <= 4 ? ask.h.num_params : 4;

	if (t->step == 0) {
		*t->rpc = ask.h;
		memcpy(t->rpc_params, ask.p, n * sizeof(ask.p[0]));
		return OPTEE_SMC_RPC_CMD;
	}
	copy(&got, t->rpc, t->rpc_params, n);
	t->arg->ret = TEEC_SUCCESS;
	return OPTEE_SMC_OK;
}

/* And what the guest saw and replied. */
static struct message seen;
static struct message reply;

static void replies(struct guest *g, struct message *rpc)
{
	g->commands++;
	copy(&seen, &rpc->h, rpc->p, rpc->h.num_params);
	copy(rpc, &reply.h, reply.p, 4);
}

static void asked(uint32_t cmd, uint32_t params)
{
	memset(&ask, 0xc3, sizeof(ask));
	ask.h.cmd = cmd;
	ask.h.num_params = params;
	memset(&reply, 0, sizeof(reply));
}

/* The TEE asks; what it gets. */
static uint32_t request(struct guest *g)
{
	g->commands = 0;
	g->on_command = replies;
	model.program = asks;
	memset(&got, 0, sizeof(got));
	assert_int_equal(guest_invoke(g, MODEL_TEST, 0), TEEC_SUCCESS);
	return got.h.ret;
}

static uint64_t handle_of_last_buffer(const struct guest *g)
{
	const struct model_guest *t = model_guest_of(g->host);
	uint64_t handle = 0;

	for (uint32_t i = 0; i < MODEL_BUFFERS; i++)
		if (t->buffers[i].handle != 0 && t->buffers[i].handle != BIT(63))
			handle = t->buffers[i].handle;
	return handle;
}

static void only_commands_of_the_list_pass(void **state)
{
	static const uint32_t passing[] = {0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 21};
	struct guest *g = &guests[0];
	uint32_t next = 0;

	(void)state;
	for (uint32_t cmd = 0; cmd < 200; cmd++) {
		bool passes = next < ARRAY_SIZE(passing) && passing[next] == cmd;

		if (cmd == OPTEE_RPC_SHM_ALLOC || cmd == OPTEE_RPC_SHM_FREE)
			continue;
		asked(cmd, 0);
		reply.h.ret = 0x1234;
		assert_int_equal(request(g), passes ? 0x1234 : TEEC_ERROR_NOT_SUPPORTED);
		assert_int_equal(got.h.ret_origin, passes ? 0 : TEEC_ORIGIN_COMMS);
		assert_int_equal(g->commands, passes);
		next += passes;
	}
	assert_int_equal(next, ARRAY_SIZE(passing));
	asked(UINT32_MAX, 0);
	assert_int_equal(request(g), TEEC_ERROR_NOT_SUPPORTED);
	asked(OPTEE_RPC_FS, 5);
	assert_int_equal(request(g), TEEC_ERROR_BAD_PARAMETERS);
	asked(OPTEE_RPC_BENCH_REG, 5);
	assert_int_equal(request(g), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(g->commands, 0);
}

/* Bits of the types that pass: none, values, parts of buffers, NULL. */
static bool type_passes(uint64_t attr)
{
	return attr < 0xc && attr != 4 && attr != 8;
}

static void only_types_of_the_list_pass(void **state)
{
	struct guest *g = &guests[0];
	uint64_t handle;

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	handle = handle_of_last_buffer(g);
	for (uint64_t attr = 0; attr < 0x500; attr++) {
		asked(OPTEE_RPC_FS, 2);
		ask.p[0] = rmem(attr, 0, 16, handle);
		ask.p[1] = rmem(OPTEE_MSG_ATTR_VALUE_INPUT, 1, 2, 3);
		assert_int_equal(request(g),
				 type_passes(attr) ? TEEC_SUCCESS : TEEC_ERROR_BAD_PARAMETERS);
		assert_int_equal(g->commands, type_passes(attr));
		if (!type_passes(attr))
			continue;
		assert_int_equal(seen.p[0].attr, attr);
		assert_int_equal(seen.p[0].value.b, attr == 0 ? 0 : 16);
		if (attr >= OPTEE_MSG_ATTR_TMEM_INPUT)
			assert_true(seen.p[0].tmem.cookie == 0);
		else if (attr >= OPTEE_MSG_ATTR_RMEM_INPUT)
			assert_true(seen.p[0].rmem.cookie == COOKIE);
		assert_memory_equal(&seen.p[1], &ask.p[1], sizeof(ask.p[1]));
	}
	asked(OPTEE_RPC_FS, 1);
	ask.p[0] = rmem(BIT(40) | OPTEE_MSG_ATTR_VALUE_INPUT, 0, 0, 0);
	assert_int_equal(request(g), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

static void an_address_in_a_request_does_not_pass(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	for (uint64_t attr = OPTEE_MSG_ATTR_TMEM_INPUT; attr <= OPTEE_MSG_ATTR_TMEM_INOUT; attr++) {
		asked(OPTEE_RPC_LOAD_TA, 1);
		ask.p[0] = rmem(attr, 1, 16, 0);
		assert_int_equal(request(g), TEEC_ERROR_BAD_PARAMETERS);
		ask.p[0] = rmem(attr, BIT(63), 16, 0);
		assert_int_equal(request(g), TEEC_ERROR_BAD_PARAMETERS);
		ask.p[0] = rmem(attr, 0, UINT64_MAX, 0);
		assert_int_equal(request(g), TEEC_SUCCESS);
	}
}

static void a_part_of_a_buffer_lies_in_it(void **state)
{
	static const struct {
		uint64_t offset, size;
		bool passes;
	} parts[] = {
		{0, 8000, true},	   {1, 8000, false},	   {0, 8001, false},
		{8000, 0, true},	   {8001, 0, false},	   {7999, 1, true},
		{UINT64_MAX, 1, false},	   {1, UINT64_MAX, false}, {UINT64_MAX, UINT64_MAX, false},
		{8000, UINT64_MAX, false},
	};
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 16, 8000), TEEC_SUCCESS);
	for (uint32_t i = 0; i < ARRAY_SIZE(parts); i++) {
		asked(OPTEE_RPC_FS, 1);
		ask.p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, parts[i].offset, parts[i].size,
				handle_of_last_buffer(g));
		assert_int_equal(request(g),
				 parts[i].passes ? TEEC_SUCCESS : TEEC_ERROR_BAD_PARAMETERS);
	}
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

static uint32_t ask_about(struct guest *g, uint64_t handle)
{
	asked(OPTEE_RPC_FS, 1);
	ask.p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1, handle);
	return request(g);
}

static void a_handle_names_a_buffer_that_exists(void **state)
{
	struct guest *g = &guests[0];
	uint64_t handle;

	(void)state;
	for (uint64_t i = 1; i <= 64; i++)
		assert_int_equal(guest_register(g, i, 0, 4096), TEEC_SUCCESS);
	handle = handle_of_last_buffer(g); /* of the last record there is: index 64 */
	assert_int_equal((uint32_t)handle, 64);
	assert_int_equal(ask_about(g, handle), TEEC_SUCCESS);
	assert_int_equal(ask_about(g, handle + 1), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(ask_about(g, handle - 64), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(ask_about(g, handle + BIT(32)), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(ask_about(g, handle - BIT(32)), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(ask_about(g, handle | BIT(63)), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(guest_unregister(g, 64), TEEC_SUCCESS);
	assert_int_equal(ask_about(g, handle), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(guest_register(g, 64, 0, 4096), TEEC_SUCCESS); /* the same record */
	assert_int_equal(ask_about(g, handle), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(ask_about(g, handle_of_last_buffer(g)), TEEC_SUCCESS);
	for (uint64_t i = 1; i <= 64; i++)
		assert_int_equal(guest_unregister(g, i), TEEC_SUCCESS);
}

/* The TEE asks about a buffer at the moment when it is asked to forget it. */
static struct guest asking;

static void go_on_meanwhile(struct model_thread *t)
{
	if (t->arg->cmd != OPTEE_MSG_UNREGISTER_SHM)
		return;
	model.before_return = NULL;
	assert_int_equal(guest_go_on(&asking), OPTEE_SMC_OK);
}

static uint32_t asks_later(struct model_thread *t)
{
	uint32_t exit;

	if (t->step == 0)
		return OPTEE_SMC_RPC_FOREIGN_INTR;
	t->step--;
	exit = asks(t);
	t->step++;
	return exit;
}

/* A command that refers to the buffer, and asks about it once it is resumed. */
static void begin_asking(struct guest *g)
{
	struct message *m = message_at(g, IPA(2));

	memset(m, 0, 128);
	m->h.cmd = OPTEE_MSG_INVOKE_COMMAND;
	m->h.func = MODEL_TEST;
	m->h.num_params = 1;
	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INOUT, 0, 1, COOKIE);
	asked(OPTEE_RPC_FS, 1);
	ask.p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 1, handle_of_last_buffer(g));
	model.program = asks_later;
	fake.interrupts_returned = 1;
	g->on_command = replies;
	g->hold = true;
	assert_int_equal(guest_call_at(g, IPA(2)), OPTEE_SMC_RPC_FOREIGN_INTR);
	asking = *g;
	asking.commands = 0;
	g->hold = false;
}

static void a_buffer_on_its_way_out_can_still_be_named(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	begin_asking(g);
	model.before_return = go_on_meanwhile;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_int_equal(asking.commands, 1);
	assert_true(seen.p[0].rmem.cookie == COOKIE);
	assert_int_equal(got.h.ret, TEEC_SUCCESS);
	expect_baseline(g);
}

static void a_buffer_that_is_gone_cannot_be_named(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	begin_asking(g);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_int_equal(g->host->pinned, 1); /* by the command */
	assert_int_equal(guest_go_on(&asking), OPTEE_SMC_OK);
	assert_int_equal(asking.commands, 0);
	assert_int_equal(got.h.ret, TEEC_ERROR_BAD_PARAMETERS);
	expect_baseline(g);
}

/* Its name can be guessed: the record's next generation. */
static void a_buffer_still_being_pinned_cannot_be_named(void **state)
{
	struct guest *g = &guests[0];
	uint64_t handle;

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	handle = handle_of_last_buffer(g) + BIT(32);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	fake.yield = true;
	g->hold = true;
	(void)guest_register(g, COOKIE, 0, 1000 * 4096);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_FOREIGN_INTR);
	asking = *g;
	g->hold = false;
	fake.yield = false;
	assert_int_equal(ask_about(g, handle), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(guest_go_on(&asking), OPTEE_SMC_OK);
	assert_int_equal(ask_about(g, handle), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

/* Of a reply the TEE gets the result, values it asked for, and sizes. */
static void a_reply_changes_what_was_asked_for_and_no_more(void **state)
{
	struct guest *g = &guests[0];
	uint64_t handle;

	(void)state;
	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	handle = handle_of_last_buffer(g);
	for (uint64_t attr = 0; attr < 0xc; attr++) {
		const bool out = (attr & 2) != 0;

		if (!type_passes(attr))
			continue;
		asked(OPTEE_RPC_FS, 4);
		for (uint32_t i = 0; i < 4; i++) {
			ask.p[i] = rmem(attr, 0, 100 + i, handle);
			reply.p[i] = rmem(0x77, 11, 200, 13);
		}
		reply.p[3].rmem.size = 5;
		reply.h.ret = 0x77777777;
		reply.h.ret_origin = 9;
		reply.h.num_params = 2;
		assert_int_equal(request(g), 0x77777777);
		assert_int_equal(got.h.ret_origin, 9);
		assert_int_equal(got.h.num_params, 4);
		for (uint32_t i = 0; i < 4; i++) {
			const bool registered = attr >= OPTEE_MSG_ATTR_RMEM_INPUT && attr < 8;
			const bool value = out && attr < 4;
			const uint64_t size = i == 3 ? 5 : registered ? 100 + i : 200;

			assert_int_equal(got.p[i].attr, attr);
			assert_int_equal(got.p[i].value.a, value ? 11 : 0);
			assert_int_equal(got.p[i].value.b, out ? size : 100 + i);
			assert_true(got.p[i].value.c == (value ? 13 : handle));
		}
	}
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
}

/* SHM_ALLOC and SHM_FREE */

static uint64_t allocated; /* the handle, or 0 */

static uint32_t allocates(struct model_thread *t)
{
	if (t->step == 0)
		return asks(t);
	if (t->step == 1) {
		copy(&got, t->rpc, t->rpc_params, 1);
		allocated = t->rpc->ret == TEEC_SUCCESS ? t->rpc_params[0].tmem.cookie : 0;
		if (allocated != 0) {
			model_ask(t, OPTEE_RPC_SHM_FREE, 1);
			model_ask_value(t, 0, OPTEE_MSG_ATTR_VALUE_INPUT, 0, allocated, 0);
			return OPTEE_SMC_RPC_CMD;
		}
	}
	t->arg->ret = TEEC_SUCCESS;
	return OPTEE_SMC_OK;
}

static void gives_memory(struct guest *g, struct message *rpc)
{
	const struct model_guest *t = model_guest_of(g->host);

	g->commands++;
	if (rpc->h.cmd == OPTEE_RPC_SHM_FREE) {
		copy(&seen, &rpc->h, rpc->p, 1);
		rpc->h.ret = TEEC_SUCCESS;
		return;
	}
	fill_list(g, IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, 4);
	copy(rpc, &reply.h, reply.p, 1);
	memset(t->threads[0].rpc, 0xee, 64); /* the TEE's area means nothing meanwhile */
}

/* The TEE asks for 100 bytes so aligned, the guest gives memory at this offset. */
static bool allocate_by(struct guest *g, model_program *program, uint64_t align, uint64_t offset,
			uint64_t size)
{
	asked(OPTEE_RPC_SHM_ALLOC, 1);
	ask.p[0] = rmem(OPTEE_MSG_ATTR_VALUE_INPUT, 0, 100, align);
	reply.h.num_params = 1;
	reply.p[0] = rmem(LIST_ATTR, IPA(PAGE_ALLOC_LIST) + offset, size, 0xa110c);
	g->on_command = gives_memory;
	g->commands = 0;
	model.program = program;
	assert_int_equal(guest_invoke(g, MODEL_TEST, 0), TEEC_SUCCESS);
	assert_true(g->commands % 2 == 0 && g->commands != 0); /* used or not, it is to be freed */
	assert_int_equal(seen.h.cmd, OPTEE_RPC_SHM_FREE);
	assert_int_equal(seen.h.num_params, 1);
	assert_int_equal(seen.p[0].attr, OPTEE_MSG_ATTR_VALUE_INPUT);
	assert_int_equal(seen.p[0].value.b, 0xa110c);
	assert_int_equal(seen.p[0].value.c, 0);
	expect_baseline(g);
	return allocated != 0;
}

static bool allocate(struct guest *g, uint64_t align, uint64_t offset, uint64_t size)
{
	return allocate_by(g, allocates, align, offset, size);
}

static void memory_for_the_tee_is_aligned_and_large_as_asked(void **state)
{
	static const struct {
		uint64_t align, offset, size;
		bool good;
	} cases[] = {
		{0, 4, 100, true},     {1, 1, 100, true},     {8, 4, 100, false}, {8, 8, 100, true},
		{4096, 8, 100, false}, {4096, 0, 100, true},  {8, 0, 99, false},  {8, 0, 101, true},
		{3, 3, 100, true},     {8, 4088, 9000, true},
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(allocate(&guests[0], cases[i].align, cases[i].offset, cases[i].size) ==
			    cases[i].good);
		assert_int_equal(got.h.ret_origin, TEEC_ORIGIN_COMMS);
		if (!cases[i].good) {
			assert_int_equal(got.h.ret, TEEC_ERROR_BAD_PARAMETERS);
			continue;
		}
		assert_int_equal(got.h.num_params, 1);
		assert_int_equal(got.p[0].attr, LIST_ATTR);
		assert_int_equal(got.p[0].tmem.size, cases[i].size);
		assert_int_equal(got.p[0].tmem.address & PAGE_MASK, cases[i].offset);
	}
}

/* As often as the TEE likes, in one call: a list of pages is free again before the next. */
static uint32_t times;

static uint32_t allocates_often(struct model_thread *t)
{
	if (t->step == 2 && times != 0) {
		t->step = 0;
		times--;
	}
	if (t->step != 0)
		return allocates(t);
	return asks(t);
}

static void one_call_may_ask_for_memory_a_thousand_times(void **state)
{
	(void)state;
	times = 1000;
	assert_true(allocate_by(&guests[0], allocates_often, 8, 0, 100));
	assert_int_equal(times, 0);
}

static void requests_for_memory_have_one_value(void **state)
{
	static const uint32_t cmds[] = {OPTEE_RPC_SHM_ALLOC, OPTEE_RPC_SHM_FREE};
	struct guest *g = &guests[0];

	(void)state;
	assert_true(allocate(g, 8, 0, 4096));
	for (uint32_t i = 0; i < ARRAY_SIZE(cmds); i++)
		for (uint32_t n = 0; n <= 5; n++)
			for (uint64_t attr = 0; attr < 4; attr++) {
				if (n == 1 && attr == OPTEE_MSG_ATTR_VALUE_INPUT)
					continue;
				asked(cmds[i], n);
				ask.p[0] = rmem(attr, 0, allocated + BIT(32), 0);
				ask.p[1] = ask.p[0];
				assert_int_equal(request(g), TEEC_ERROR_BAD_PARAMETERS);
				assert_int_equal(g->commands, 0);
			}
}

/* What the TEE frees it was told of; a name that it guesses, or knew before, frees nothing. */
static void only_memory_that_the_tee_has_can_be_freed(void **state)
{
	struct guest *g = &guests[0];
	uint64_t next;

	(void)state;
	assert_true(allocate(g, 8, 0, 4096));
	next = allocated + BIT(32); /* the same record, one generation on */
	fake.yield = true;
	g->hold = true;
	g->alloc_cookie = 0xa110c;
	asked(OPTEE_RPC_SHM_ALLOC, 1);
	ask.p[0] = rmem(OPTEE_MSG_ATTR_VALUE_INPUT, 0, 1024 * 4096, 8);
	model.program = allocates;
	(void)guest_invoke(g, MODEL_TEST, 0);
	g->on_command = NULL;
	guest_serve(g); /* with 1024 pages: the walk stops after 511 */
	assert_int_equal(smc(g), OPTEE_SMC_RPC_FOREIGN_INTR);
	asking = *g;
	g->hold = false;
	for (uint64_t handle = next - BIT(32); handle <= next + BIT(32); handle += BIT(32)) {
		struct message *m = message_at(g, IPA(2));

		memset(m, 0, 64);
		m->h.cmd = OPTEE_MSG_INVOKE_COMMAND;
		m->h.func = MODEL_TEST;
		asked(OPTEE_RPC_SHM_FREE, 1);
		ask.p[0] = rmem(OPTEE_MSG_ATTR_VALUE_INPUT, 0, handle, 0);
		model.program = asks;
		g->on_command = replies;
		assert_int_equal(guest_call_at(g, IPA(2)), OPTEE_SMC_OK);
		assert_int_equal(got.h.ret, TEEC_ERROR_BAD_PARAMETERS);
	}
	fake.yield = false;
	model.program = allocates;
	asking.on_command = gives_memory;
	assert_int_equal(guest_go_on(&asking), OPTEE_SMC_OK);
	assert_true(allocated == next);
	expect_baseline(g);
}

/* In the middle of a registration the TEE asks for memory: OP-TEE never does, and gets none. */
static uint32_t refused_with;
static uint64_t registration[TEE_SMC_REGS];

/* Another vCPU registers a buffer meanwhile: it must get list pages of its own. */
static void register_another(void)
{
	struct message *m = message_at(&guests[0], IPA(2));
	uint64_t saved[18];

	fake.secure = model_smc;
	memcpy(saved, guests[0].regs, sizeof(saved));
	memset(m, 0, 64);
	m->h.cmd = OPTEE_MSG_REGISTER_SHM;
	m->h.num_params = 1;
	fill_list(&guests[0], IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, 700);
	m->p[0] = rmem(LIST_ATTR, IPA(PAGE_ALLOC_LIST), 700 * 4096, COOKIE + 1);
	assert_int_equal(guest_call_at(&guests[0], IPA(2)), OPTEE_SMC_OK);
	assert_int_equal(m->h.ret, TEEC_SUCCESS);
	memcpy(guests[0].regs, saved, sizeof(saved));
}

static void asks_while_registering(uint64_t *regs)
{
	struct message *m = NULL;
	struct message *area;

	if (regs[0] == OPTEE_SMC_CALL_WITH_RPC_ARG)
		m = fake_secure_view(guests[0].host, regs[1] << 32 | regs[2]);
	if (m != NULL && m->h.cmd == OPTEE_MSG_REGISTER_SHM) {
		memcpy(registration, regs, sizeof(registration));
		area = (struct message *)(void *)&m->p[1];
		area->h = (struct optee_msg_header){.cmd = OPTEE_RPC_SHM_ALLOC, .num_params = 1};
		area->p[0] = rmem(OPTEE_MSG_ATTR_VALUE_INPUT, 0, 100, 8);
		regs[0] = OPTEE_SMC_RPC_CMD;
		regs[1] = regs[2] = 0;
		regs[3] = 1;
	} else if (regs[0] == OPTEE_SMC_RETURN_FROM_RPC && regs[3] == 1) {
		m = fake_secure_view(guests[0].host, registration[1] << 32 | registration[2]);
		refused_with = ((struct message *)(void *)&m->p[1])->h.ret;
		register_another();
		memcpy(regs, registration, sizeof(registration));
		model_smc(regs);
	} else {
		model_smc(regs);
	}
}

static void no_memory_is_given_while_a_buffer_is_registered(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	fake.secure = asks_while_registering;
	fake.audit = NULL; /* the model does not know that thread */
	g->on_command = replies;
	assert_int_equal(guest_register(g, COOKIE, 0, 600 * 4096), TEEC_SUCCESS);
	assert_int_equal(refused_with, TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(g->commands, 0);
	for (uint32_t i = 0; i < 600; i++)
		assert_true(model_byte(model_guest_of(g->host), handle_of_last_buffer(g),
				       i * PAGE_SIZE) ==
			    fake_ram(g->host, IPA(PAGE_DATA + i % 512)));
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_int_equal(guest_unregister(g, COOKIE + 1), TEEC_SUCCESS);
	expect_baseline(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST(only_commands_of_the_list_pass),
		MEDIATOR_TEST(only_types_of_the_list_pass),
		MEDIATOR_TEST(an_address_in_a_request_does_not_pass),
		MEDIATOR_TEST(a_part_of_a_buffer_lies_in_it),
		MEDIATOR_TEST(a_handle_names_a_buffer_that_exists),
		MEDIATOR_TEST(a_buffer_on_its_way_out_can_still_be_named),
		MEDIATOR_TEST(a_buffer_that_is_gone_cannot_be_named),
		MEDIATOR_TEST(a_buffer_still_being_pinned_cannot_be_named),
		MEDIATOR_TEST(a_reply_changes_what_was_asked_for_and_no_more),
		MEDIATOR_TEST(memory_for_the_tee_is_aligned_and_large_as_asked),
		MEDIATOR_TEST(one_call_may_ask_for_memory_a_thousand_times),
		MEDIATOR_TEST(requests_for_memory_have_one_value),
		MEDIATOR_TEST(only_memory_that_the_tee_has_can_be_freed),
		MEDIATOR_TEST(no_memory_is_given_while_a_buffer_is_registered),
	};

	return cmocka_run_group_tests_name("optee_requests", tests, NULL, NULL);
}
