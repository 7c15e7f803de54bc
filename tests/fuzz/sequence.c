/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz target "sequence": the input is a program of steps that two VMs, their TEE and their host
 * take in turn. A step is a guest's call, a resumption, a write to memory, something that will
 * fail, a TEE that will lie, or a VM's end and new begin. While a call is in the TEE, further steps
 * may be taken: other vCPUs. What is checked: world.h.
 */
#include "lib/util.h"
#include "tests/fuzz/guest.h"
#include "tests/fuzz/tee.h"
#include "tests/fuzz/values.h"
#include <string.h>

#define STEPS_MAX  300u
#define NESTED_MAX 2u

static uint32_t steps, nested;

static void write_memory(struct world_vm *vm)
{
	uint32_t page = fuzz_pick(WORLD_DATA);
	uint64_t at = WORLD_IPA(page) + fuzz_pick(64) * 8;
	uint64_t value = fuzz_value();

	memcpy(world_at(vm, at), &value, sizeof(value));
}

/* Another vCPU writes where the mediator has just read: once in the page read, or all over it. */
static void scribble(struct tee_host_vm *host, uint64_t ipa, size_t size)
{
	uint8_t *page = fake_ram(host, ipa & ~PAGE_MASK);
	uint64_t at = fuzz_uint(2) % 512;

	(void)size;
	if (fuzz_once_in(4))
		memset(page, fuzz_u8(), 512);
	else
		page[at] = fuzz_u8();
}

static void change_access(struct world_vm *vm)
{
	uint32_t page = fuzz_pick(FAKE_RAM_PAGES);

	vm->host->access[page] = (uint8_t)fuzz_pick(3);
}

static void plan_failure(void)
{
	uint32_t n = fuzz_pick(4);

	switch (fuzz_pick(4)) {
	case 0:
		fake.fail.pin = n;
		break;
	case 1:
		fake.fail.read = n;
		break;
	case 2:
		fake.fail.write = n;
		break;
	default:
		fake.fail.pages_get = n;
		break;
	}
}

static void plan_tee(struct world_vm *vm)
{
	uint32_t after;

	switch (fuzz_pick(8)) {
	case 0:
		model.fail_register = fuzz_once_in(2) ? TEEC_ERROR_OUT_OF_MEMORY : 0;
		break;
	case 1:
		model.fail_unregister = fuzz_once_in(2) ? TEEC_ERROR_BUSY : 0;
		break;
	case 2:
		model.first_call_interrupts = fuzz_pick(4);
		model.first_call_rpcs = fuzz_pick(4);
		break;
	case 3:
	case 4:
		after = fuzz_pick(6);
		tee_lies(vm, after, 1 + fuzz_pick(3));
		break;
	default:
		fake.interrupts_returned = fuzz_pick(4);
		break;
	}
}

/* In whatever state its calls are; a new one may fail, as often as the input likes. */
static void kill(struct world_vm *vm)
{
	if (vm->inside != 0)
		return;
	model.fail_destroyed = world_losses < 2 && fuzz_once_in(8) ? OPTEE_SMC_EBUSY : 0;
	model.fail_created = fuzz_once_in(8) ? (uint32_t)fuzz_value() : 0;
	if (vm->tee != NULL)
		world_destroy(vm);
	(void)world_create(vm);
	model.fail_destroyed = 0;
	model.fail_created = 0;
	if (vm->tee == NULL)
		(void)world_create(vm);
}

/* The TEE has values for VMs that want them, and its interrupt comes. */
static void notify(void)
{
	if (fake.no_irq)
		return;
	for (uint32_t i = 0; i < MODEL_GUESTS; i++)
		model.guests[i].values = fuzz_u8();
	model.endless_value = fuzz_once_in(4) ? 1 + fuzz_u8() : 0;
	optee_backend.irq(world_tee, 34);
	model.endless_value = 0;
}

static void guest_step(struct world_vm *vm, uint32_t what)
{
	if (vm->tee == NULL)
		return;
	switch (what) {
	case 0:
	case 1:
		return guest_calls(vm);
	case 2:
	case 3:
		return guest_registers(vm);
	case 4:
		return guest_unregisters(vm);
	case 5:
		return guest_opens(vm);
	case 6:
		return guest_calls_raw(vm);
	default:
		return guest_resumes(vm);
	}
}

static void step(void)
{
	uint32_t n = fuzz_u8();
	struct world_vm *vm = &world_vms[n >> 7];

	if (++steps > STEPS_MAX)
		return;
	switch (n % 32) {
	case 31:
		return write_memory(vm);
	case 30:
		return change_access(vm);
	case 29:
		return plan_failure();
	case 28:
	case 27:
		return plan_tee(vm);
	case 26:
		fake.yield = !fake.yield;
		return;
	case 25:
		vm->host->on_read = vm->host->on_read == NULL ? scribble : NULL;
		return;
	case 24:
		return kill(vm);
	case 23:
		return notify();
	default:
		return guest_step(vm, n % 12);
	}
}

static void meanwhile(void)
{
	if (nested == NESTED_MAX || fuzz_over() || !fuzz_once_in(8))
		return;
	nested++;
	step();
	nested--;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t calls[] = {4, 1, 2, 16};
	static const uint32_t buffers[] = {8, 2, 3, 4, 5, 6, 12, 32};
	static const uint32_t pages[] = {1300, 1300, 600, 8};
	struct tee_quota quota;
	uint32_t n;

	fuzz_input = (struct fuzz_bytes){data, data + size};
	n = fuzz_u8();
	quota = (struct tee_quota){.shared_pages = pages[n & 3],
				   .buffers = buffers[n >> 2 & 7],
				   .sessions = 2,
				   .calls = calls[n >> 6]};
	steps = 0;
	nested = 0;
	tee_reset();
	tee_meanwhile = NULL;
	world_begin(tee_smc, fuzz_u8(), &quota);
	tee_meanwhile = meanwhile;
	while (!fuzz_over() && steps <= STEPS_MAX)
		step();
	tee_meanwhile = NULL;
	fuzz_input.at = fuzz_input.end;
	world_end();
	return 0;
}
