/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests for the mediator's tests: see mediator_guest.h. */
#include "tests/unit/mediator_guest.h"
#include "tests/model/spec.h"
#include "tests/unit/smc_audit.h"
#include "tests/unit/witness.h"
#include <stdlib.h>
#include <string.h>

struct guest guests[GUESTS];
struct tee *machine_tee;
bool leaves_state;
struct tee_quota machine_quota;

enum tee_status guest_create(struct guest *g)
{
	size_t size = optee_backend.vm_size(machine_tee, &machine_quota);
	enum tee_status status;

	free(g->memory);
	g->memory = aligned_alloc(64, size);
	memset(g->memory, 0xa5, size);
	model.next_vm = g->host;
	fake.caller = g->host;
	spec_create_begin();
	status = optee_backend.vm_create(machine_tee, g->host, &machine_quota, g->memory, size,
					 &g->tee);
	spec_create_end(g->host, g->tee, status);
	if (status != TEE_STATUS_OK)
		g->tee = NULL;
	return status;
}

enum tee_status guest_destroy_step(struct guest *g)
{
	enum tee_status status;

	fake.caller = g->host;
	spec_destroy_begin(g->tee);
	status = optee_backend.vm_destroy(g->tee);
	spec_destroy_end(g->tee, status);
	if (status != TEE_STATUS_AGAIN)
		g->tee = NULL;
	return status;
}

enum tee_status guest_destroy(struct guest *g)
{
	enum tee_status status;

	do
		status = guest_destroy_step(g);
	while (status == TEE_STATUS_AGAIN);
	return status;
}

void guest_begin(struct guest *g, struct tee_host_vm *host)
{
	*g = (struct guest){.host = host,
			    .vcpu = {host->index},
			    .style = OPTEE_SMC_CALL_WITH_RPC_ARG,
			    .alloc_cookie = 0xa110c};
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
}

void guest_end(struct guest *g)
{
	if (g->tee != NULL) {
		assert_true(g->host->pinned <= g->tee->used.pages);
		if (!leaves_state)
			expect_baseline(g);
		assert_int_equal(guest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(g->host->pinned, 0);
	}
	free(g->memory);
	g->memory = NULL;
}

static int setup(bool no_window, bool no_irq)
{
	model_reset();
	fake_reset(model_smc);
	fake.no_window = no_window;
	fake.audit = audit_smc;
	audit_reset();
	spec_reset(MODEL_THREADS, !no_irq);
	fake.no_irq = no_irq;
	leaves_state = false;
	machine_quota = (struct tee_quota){
		.shared_pages = 17408, .buffers = 64, .sessions = 4, .calls = 16};
	machine_tee = malloc(optee_backend.instance_size);
	assert_int_equal(optee_backend.probe(machine_tee, &fake_port), TEE_STATUS_OK);
	for (uint32_t i = 0; i < GUESTS; i++)
		guest_begin(&guests[i], &fake.vms[i]);
	witness_begin(&fake.vms[GUESTS]);
	return 0;
}

int machine_setup(void **state)
{
	(void)state;
	return setup(false, true);
}

int machine_setup_no_window(void **state)
{
	(void)state;
	return setup(true, true);
}

int machine_setup_notify(void **state)
{
	(void)state;
	return setup(false, false);
}

void expect_baseline(const struct guest *g)
{
	const struct tee_gauges *used = &g->tee->used;

	assert_int_equal(used->pages, 0);
	assert_int_equal(used->buffers, 0);
	assert_int_equal(used->sessions, 0);
	assert_int_equal(used->calls, 0);
	assert_int_equal(g->host->pinned, 0);
}

void expect_works(struct guest *g)
{
	g->on_command = NULL;
	g->hold = false;
	g->style = OPTEE_SMC_CALL_WITH_RPC_ARG;
	assert_int_equal(guest_invoke(g, MODEL_ADD, 41), TEEC_SUCCESS);
	assert_int_equal(message_at(g, IPA(PAGE_ARG))->p[0].value.a, 42);
}

int machine_teardown(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < FAKE_VMS; i++)
		fake.vms[i].on_read = NULL;
	memset(&fake.fail, 0, sizeof(fake.fail));
	fake.yield = false;
	fake.interrupts_returned = 0;
	model_end_faults();
	witness_end();
	if (guests[1].tee != NULL && !guests[1].tee->dead)
		expect_works(&guests[1]);
	for (uint32_t i = 0; i < GUESTS; i++)
		guest_end(&guests[i]);
	assert_int_equal(machine_tee->vms, 0);
	for (uint32_t i = 0; i < FAKE_HOST_PAGES; i++)
		assert_false(fake.page_used[i]);
	assert_int_equal(fake.violations, 0);
	free(machine_tee);
	model_release();
	spec_release();
	fake_release();
	return 0;
}

struct message *message_at(struct guest *g, uint64_t ipa)
{
	return fake_ram(g->host, ipa);
}

struct message *message(struct guest *g, uint32_t cmd, uint32_t params)
{
	struct message *m = message_at(g, IPA(PAGE_ARG));

	memset(m, 0, sizeof(struct optee_msg_header) + params * sizeof(m->p[0]));
	m->h.cmd = cmd;
	m->h.num_params = params;
	return m;
}

uint32_t smc(struct guest *g)
{
	struct tee_host_vm *outer =
		fake.caller; /* a call may be made while another is in the TEE */
	enum tee_verdict verdict;

	fake.caller = g->host;
	spec_call_begin(g->tee, g->regs);
	verdict = optee_backend.call(g->tee, &g->vcpu, g->regs);
	spec_call_end(g->tee, g->regs, verdict);
	assert_int_equal(verdict, TEE_DONE);
	fake.caller = outer;
	return (uint32_t)g->regs[0];
}

uint32_t smc4(struct guest *g, uint32_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
	memset(g->regs, 0, sizeof(g->regs));
	g->regs[0] = a0;
	g->regs[1] = a1;
	g->regs[2] = a2;
	g->regs[3] = a3;
	return smc(g);
}

struct message *guest_rpc(struct guest *g)
{
	return message_at(g, g->rpc_ipa);
}

void fill_list(struct guest *g, uint64_t list, uint32_t first_page, uint32_t pages)
{
	for (uint32_t i = 0; i < pages; i++) {
		uint64_t *entry = fake_ram(g->host, list);

		entry[i % 511] = IPA(first_page + i % 512);
		if (i % 511 == 510) {
			list += PAGE_SIZE;
			entry[511] = list;
		}
	}
}

static void serve_alloc(struct guest *g, struct message *rpc)
{
	uint64_t size = rpc->p[0].value.b;

	fill_list(g, IPA(PAGE_ALLOC_LIST), PAGE_ALLOC, (uint32_t)((size + PAGE_MASK) / PAGE_SIZE));
	rpc->p[0].attr = OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG;
	rpc->p[0].tmem.address = IPA(PAGE_ALLOC_LIST);
	rpc->p[0].tmem.size = size;
	rpc->p[0].tmem.cookie = g->alloc_cookie;
	audit_cookie(g->alloc_cookie);
	rpc->h.ret = TEEC_SUCCESS;
	g->allocs++;
}

static void serve_command(struct guest *g, struct message *rpc)
{
	g->commands++;
	rpc->h.ret = TEEC_SUCCESS;
	switch (rpc->h.cmd) {
	case OPTEE_RPC_GET_TIME:
		rpc->p[0].value.a = 111;
		rpc->p[0].value.b = 222;
		break;
	case OPTEE_RPC_FS:
		rpc->p[0].value.b = 88;
		rpc->p[1].rmem.size = 5;
		break;
	case OPTEE_RPC_LOAD_TA:
		rpc->p[1].tmem.size = 4321;
		break;
	case OPTEE_RPC_SHM_ALLOC:
		serve_alloc(g, rpc);
		break;
	case OPTEE_RPC_SHM_FREE:
		g->frees++;
		g->freed_cookie = rpc->p[0].value.b;
		break;
	default:
		rpc->h.ret = TEEC_ERROR_NOT_SUPPORTED;
		break;
	}
}

void guest_serve(struct guest *g)
{
	uint64_t thread = g->regs[3];

	switch ((uint32_t)g->regs[0]) {
	case OPTEE_SMC_RPC_ALLOC:
		assert_int_equal(g->regs[1], 160);
		g->rpc_ipa = IPA(PAGE_RPC);
		g->regs[1] = g->rpc_ipa >> 32;
		g->regs[2] = (uint32_t)g->rpc_ipa;
		g->regs[4] = 0xbu;
		g->regs[5] = 0xfeedu;
		break;
	case OPTEE_SMC_RPC_FREE:
		g->buffers_freed++;
		g->freed_buffer = g->regs[1] << 32 | g->regs[2];
		break;
	case OPTEE_SMC_RPC_CMD:
		if (g->on_command != NULL)
			g->on_command(g, guest_rpc(g));
		else
			serve_command(g, guest_rpc(g));
		break;
	default:
		g->interrupts++;
		break;
	}
	g->regs[0] = OPTEE_SMC_RETURN_FROM_RPC;
	g->regs[3] = thread;
}

static bool is_rpc(uint32_t a0)
{
	return a0 >= OPTEE_SMC_RPC_ALLOC && a0 != OPTEE_SMC_UNKNOWN_FUNCTION;
}

uint32_t guest_go_on(struct guest *g)
{
	while (is_rpc((uint32_t)g->regs[0])) {
		guest_serve(g);
		(void)smc(g);
	}
	return (uint32_t)g->regs[0];
}

uint32_t guest_call_at(struct guest *g, uint64_t ipa)
{
	g->rpc_ipa = ipa + sizeof(struct optee_msg_header) +
		     message_at(g, ipa)->h.num_params * sizeof(struct optee_msg_param);
	if (g->style == OPTEE_SMC_CALL_WITH_REGD_ARG)
		(void)smc4(g, g->style, COOKIE_ARGS >> 32, (uint32_t)COOKIE_ARGS,
			   ipa - IPA(PAGE_ARG));
	else
		(void)smc4(g, g->style, ipa >> 32, (uint32_t)ipa, 1);
	if (g->hold)
		return (uint32_t)g->regs[0];
	return guest_go_on(g);
}

uint32_t guest_call(struct guest *g)
{
	return guest_call_at(g, IPA(PAGE_ARG));
}

static uint64_t outcome(struct guest *g, uint32_t a0)
{
	return a0 != OPTEE_SMC_OK ? a0 | BIT(63) : message_at(g, IPA(PAGE_ARG))->h.ret;
}

static struct message *register_message(struct guest *g, uint64_t cookie, uint64_t list,
					uint64_t size)
{
	struct message *m = message(g, OPTEE_MSG_REGISTER_SHM, 1);

	m->p[0].attr = OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG;
	m->p[0].tmem.address = list;
	m->p[0].tmem.size = size;
	m->p[0].tmem.cookie = cookie;
	audit_cookie(cookie);
	return m;
}

uint64_t guest_register(struct guest *g, uint64_t cookie, uint32_t offset, uint64_t size)
{
	uint64_t pages = (offset + size + PAGE_MASK) / PAGE_SIZE;

	if (pages <= 17408)
		fill_list(g, IPA(PAGE_LIST), PAGE_DATA, (uint32_t)pages);
	register_message(g, cookie, IPA(PAGE_LIST) + offset, size);
	return outcome(g, guest_call(g));
}

uint64_t guest_unregister(struct guest *g, uint64_t cookie)
{
	struct message *m = message(g, OPTEE_MSG_UNREGISTER_SHM, 1);

	m->p[0] = rmem(OPTEE_MSG_ATTR_RMEM_INPUT, 0, 0, cookie);
	return outcome(g, guest_call(g));
}

void guest_register_args(struct guest *g)
{
	uint64_t *list = fake_ram(g->host, IPA(PAGE_LIST));

	list[0] = IPA(PAGE_ARG);
	list[1] = IPA(PAGE_ARG + 1);
	register_message(g, COOKIE_ARGS, IPA(PAGE_LIST), 2 * PAGE_SIZE);
	assert_int_equal(outcome(g, guest_call(g)), TEEC_SUCCESS);
}

uint32_t guest_invoke(struct guest *g, uint32_t func, uint64_t a)
{
	struct message *m = message(g, OPTEE_MSG_INVOKE_COMMAND, 1);

	m->h.func = func;
	m->p[0].attr = OPTEE_MSG_ATTR_VALUE_INOUT;
	m->p[0].value.a = a;
	return (uint32_t)outcome(g, guest_call(g));
}

struct optee_msg_param rmem(uint64_t attr, uint64_t offset, uint64_t size, uint64_t cookie)
{
	struct optee_msg_param p = {.attr = attr};

	p.rmem.offset = offset;
	p.rmem.size = size;
	p.rmem.cookie = cookie;
	return p;
}
