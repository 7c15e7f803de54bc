/* SPDX-License-Identifier: BSD-2-Clause */
/* The fuzzers' two VMs: see world.h. */
#include "tests/fuzz/world.h"
#include "mediator/optee/optee.h"
#include "tests/model/spec.h"
#include <stdlib.h>
#include <string.h>

struct world_vm world_vms[WORLD_VMS];
struct tee *world_tee;
bool world_host_works;
uint32_t world_losses;

static struct tee_quota world_quota;

static void say_regs(const char *what, const struct world_vm *vm, const uint64_t *regs)
{
	fuzz_say("vm%u %s %llx %llx %llx %llx %llx %llx\n", vm->host->index, what,
		 (unsigned long long)regs[0], (unsigned long long)regs[1],
		 (unsigned long long)regs[2], (unsigned long long)regs[3],
		 (unsigned long long)regs[4], (unsigned long long)regs[5]);
}

static void check(void)
{
	if (fake.violations != 0)
		fuzz_fail("a contract was broken, see above");
}

void *world_at(struct world_vm *vm, uint64_t ipa)
{
	uint64_t at = ipa - FAKE_RAM_IPA;

	if (at >= (uint64_t)(FAKE_RAM_PAGES - 1) * PAGE_SIZE || !is_aligned(at, 8))
		return NULL;
	return fake_ram(vm->host, ipa);
}

/* The TEE said that it keeps a VM. The model TEE, which only said so, is made to forget it. */
static void lose(struct world_vm *vm)
{
	struct model_guest *g = model_guest_of(vm->host);

	if (model.fail_destroyed == 0)
		fuzz_fail("the TEE let a VM go, and it does not go");
	if (g != NULL)
		model_forget(g);
	vm->lost = vm->host->pinned;
	world_losses++;
}

bool world_create(struct world_vm *vm)
{
	size_t size = optee_backend.vm_size(world_tee, &world_quota);
	enum tee_status status;

	memset(vm->memory, 0xa5, size);
	memset(vm->waiting, 0, sizeof(vm->waiting));
	model.next_vm = vm->host;
	world_host_works = true;
	spec_create_begin();
	status = optee_backend.vm_create(world_tee, vm->host, &world_quota, vm->memory, size,
					 &vm->tee);
	spec_create_end(vm->host, vm->tee, status);
	world_host_works = false;
	fuzz_say("vm%u created: %d\n", vm->host->index, status);
	check();
	if (status == TEE_STATUS_OK)
		return true;
	vm->tee = NULL;
	if (status == TEE_STATUS_FAULT && model_guest_of(vm->host) != NULL)
		lose(vm);
	return false;
}

void world_destroy(struct world_vm *vm)
{
	enum tee_status status;
	uint32_t steps = 0;

	world_host_works = true;
	do {
		spec_destroy_begin(vm->tee);
		status = optee_backend.vm_destroy(vm->tee);
		spec_destroy_end(vm->tee, status);
	} while (status == TEE_STATUS_AGAIN && ++steps < 1000);
	world_host_works = false;
	fuzz_say("vm%u destroyed: %d\n", vm->host->index, status);
	check();
	if (status == TEE_STATUS_FAULT)
		lose(vm);
	else if (status != TEE_STATUS_OK)
		fuzz_fail("a VM does not go");
	if (vm->host->pinned != vm->lost)
		fuzz_fail("a VM went, and its pages are pinned");
	vm->tee = NULL;
	memset(vm->waiting, 0, sizeof(vm->waiting));
}

static bool is_left(uint64_t x0)
{
	return x0 == OPTEE_SMC_RPC_ALLOC || x0 == OPTEE_SMC_RPC_FREE ||
	       x0 == OPTEE_SMC_RPC_FOREIGN_INTR || x0 == OPTEE_SMC_RPC_CMD;
}

/* Resumed calls wait no more; of one that waits again the area is the same. */
static uint64_t no_longer_waiting(struct world_vm *vm, const uint64_t *regs, uint64_t area)
{
	for (uint32_t i = 0; i < WORLD_WAITING; i++) {
		struct world_call *c = &vm->waiting[i];

		if (!c->open || (uint32_t)c->regs[3] != (uint32_t)regs[3])
			continue;
		c->open = false;
		return area != 0 ? area : c->area;
	}
	return area;
}

static void waits(struct world_vm *vm, const uint64_t *regs, uint64_t area)
{
	for (uint32_t i = 0; i < WORLD_WAITING; i++) {
		struct world_call *c = &vm->waiting[i];

		if (c->open)
			continue;
		c->open = true;
		c->area = area;
		memcpy(c->regs, regs, sizeof(c->regs));
		return;
	}
}

void world_smc(struct world_vm *vm, uint64_t regs[18], uint64_t area)
{
	struct tee_host_vcpu vcpu = {vm->inside};
	struct tee_host_vm *outer = fake.caller;
	bool yielding = ((uint32_t)regs[0] & BIT(31)) == 0;
	enum tee_verdict verdict;

	if ((uint32_t)regs[0] == OPTEE_SMC_RETURN_FROM_RPC)
		area = no_longer_waiting(vm, regs, area);
	fake.caller = vm->host;
	vm->inside++;
	say_regs("calls", vm, regs);
	spec_call_begin(vm->tee, regs);
	verdict = optee_backend.call(vm->tee, &vcpu, regs);
	spec_call_end(vm->tee, regs, verdict);
	say_regs("has", vm, regs);
	vm->inside--;
	fake.caller = outer;
	check();
	if (yielding && is_left(regs[0]))
		waits(vm, regs, area);
}

void world_begin(void (*secure)(uint64_t *regs), uint32_t forms, const struct tee_quota *quota)
{
	model_reset();
	fake_reset(secure);
	fake.no_window = (forms & 1) != 0;
	fake.no_irq = (forms & 2) != 0;
	spec_reset(MODEL_THREADS, !fake.no_irq);
	world_quota = *quota;
	world_host_works = false;
	world_losses = 0;
	world_tee = malloc(optee_backend.instance_size);
	if (optee_backend.probe(world_tee, &fake_port) != TEE_STATUS_OK)
		fuzz_fail("no TEE");
	for (uint32_t i = 0; i < WORLD_VMS; i++) {
		size_t size = optee_backend.vm_size(world_tee, quota);

		world_vms[i] = (struct world_vm){.host = &fake.vms[i],
						 .memory = aligned_alloc(64, align_up(size, 64))};
		if (!world_create(&world_vms[i]))
			fuzz_fail("no VM");
	}
}

/* Everybody behaves again. */
static void calm(void)
{
	memset(&fake.fail, 0, sizeof(fake.fail));
	fake.yield = false;
	fake.interrupts_returned = 0;
	model_end_faults();
	model.first_call_interrupts = 0;
	model.first_call_rpcs = 0;
	for (uint32_t i = 0; i < WORLD_VMS; i++) {
		fake.vms[i].on_read = NULL;
		memset(fake.vms[i].access, FAKE_RW, sizeof(fake.vms[i].access));
	}
}

/* A VM whose TEE failed it, or whose calls wait, starts anew. */
static bool is_usable(const struct world_vm *vm)
{
	return !vm->tee->dead && vm->tee->used.calls == 0 && !model_guest_of(vm->host)->lied;
}

static void expect_works(struct world_vm *vm)
{
	struct optee_msg_header *h = world_at(vm, WORLD_IPA(WORLD_ARGS));
	struct optee_msg_param *p = (void *)(h + 1);
	uint64_t regs[18] = {OPTEE_SMC_CALL_WITH_RPC_ARG, 0, WORLD_IPA(WORLD_ARGS)};

	*h = (struct optee_msg_header){
		.cmd = OPTEE_MSG_INVOKE_COMMAND, .func = MODEL_ADD, .num_params = 1};
	*p = (struct optee_msg_param){.attr = OPTEE_MSG_ATTR_VALUE_INOUT, .value.a = 41};
	world_smc(vm, regs, 0);
	if (regs[0] != OPTEE_SMC_OK || h->ret != TEEC_SUCCESS || p->value.a != 42)
		fuzz_fail("a VM does not work");
}

static void expect_nothing_left(void)
{
	const struct optee *t = (const void *)world_tee;

	if (world_tee->vms != 0)
		fuzz_fail("a VM too many");
	if (world_losses != 0)
		return;
	for (uint32_t i = 0; i < FAKE_HOST_PAGES; i++)
		if (fake.page_used[i])
			fuzz_fail("a page of the host's is not given back");
	for (uint32_t i = 0; i < ARRAY_SIZE(t->window_used); i++)
		if (t->window_used[i] != 0)
			fuzz_fail("a page of the window is not given back");
}

void world_end(void)
{
	calm();
	for (uint32_t i = 0; i < WORLD_VMS; i++) {
		struct world_vm *vm = &world_vms[i];

		if (vm->tee != NULL && !is_usable(vm))
			world_destroy(vm);
		if (vm->tee == NULL && !world_create(vm))
			fuzz_fail("no VM can be made any more");
		expect_works(vm);
	}
	for (uint32_t i = 0; i < WORLD_VMS; i++) {
		world_destroy(&world_vms[i]);
		free(world_vms[i].memory);
	}
	expect_nothing_left();
	check();
	free(world_tee);
	model_release();
	spec_release();
}
