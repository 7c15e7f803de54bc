/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor's part: finds the TEE, creates the VM, routes its SMCs by the backend's claims,
 * destroys it and creates it again, as for a reboot. The memory that the library needs is given
 * here; the library has none.
 */
#include "machine.h"

#define BIT31 0x80000000u

static const struct tee_backend *const backend = &optee_backend;
static const struct tee_quota quota = {.shared_pages = 32, .buffers = 8, .sessions = 4, .calls = 2};

/* A real host allocates by instance_size and vm_size(). */
static _Alignas(64) uint8_t tee_memory[4096];
static _Alignas(64) uint8_t vm_memory[32768];
static struct tee *tee;

static bool matches(const struct tee_claim *claim, uint32_t function)
{
	uint32_t owner = function >> 24 & 0x3f, number = function & 0xffff;

	return ((function & BIT31) != 0 ? claim->fast : claim->yielding) &&
	       owner >= claim->owner_first && owner <= claim->owner_last &&
	       number >= claim->function_first && number <= claim->function_last;
}

static bool is_claimed(uint32_t function)
{
	const struct tee_claim *claim = backend->claims;

	if (claim == NULL)
		return true;
	while ((claim->fast || claim->yielding) && !matches(claim, function))
		claim++;
	return claim->fast || claim->yielding;
}

/* What a trap handler does with x0-x17 of an SMC or HVC with immediate 0. */
void guest_smc(uint64_t *regs)
{
	enum tee_verdict verdict = TEE_NOT_MINE;

	regs[0] &= ~0x10000ull; /* the hint of SMCCC 1.3 that no SVE state is live */
	if (machine.tee != NULL && is_claimed((uint32_t)regs[0]))
		do
			verdict = backend->call(machine.tee, &machine.vcpu, regs);
		while (verdict == TEE_AGAIN);
	if (verdict != TEE_DONE)
		regs[0] = UINT64_MAX;
}

static bool create(void)
{
	size_t size = backend->vm_size(tee, &quota);

	say("     the VM's state takes %u bytes\n", (unsigned)size);
	return size <= sizeof(vm_memory) &&
	       backend->vm_create(tee, &machine.vm, &quota, vm_memory, sizeof(vm_memory),
				  &machine.tee) == TEE_STATUS_OK;
}

/* The vCPU does not run any more. */
static bool destroy(void)
{
	struct tee_vm *vm = machine.tee;
	enum tee_status status;

	machine.tee = NULL;
	do
		status = backend->vm_destroy(vm);
	while (status == TEE_STATUS_AGAIN);
	return status == TEE_STATUS_OK;
}

static void report(const struct tee_counters *count)
{
	uint64_t refused = 0;

	for (uint32_t i = 0; i < TEE_REFUSALS; i++)
		refused += count->refusals[i];
	say("     %llu calls, %llu requests of the TEE, %llu refusals\n",
	    (unsigned long long)count->calls, (unsigned long long)count->rpcs,
	    (unsigned long long)refused);
	say("     since the start %u entries into the Secure world, %u events traced\n",
	    machine.secure_calls, machine.events);
}

static bool host_pages_are_free(void)
{
	for (uint32_t i = 0; i < MEMORY_PAGES; i++)
		if (machine.host_page_used[i])
			return false;
	return true;
}

/* One life of the VM. It is ended while the guest still has things open. */
static bool lives(void)
{
	bool good = expect("the VM is created", create());

	if (!good)
		return false;
	good &= guest_runs();
	guest_leaves_things_open();
	good &= expect("what the guest left open is pinned", pinned_pages() == 2);
	report(&machine.tee->count);
	good &= expect("the VM is destroyed", destroy());
	return good & expect("nothing is pinned, nothing of the host's is in use",
			     pinned_pages() == 0 && host_pages_are_free());
}

int machine_main(void)
{
	bool good;

	machine.vcpu.vm = &machine.vm;
	tee = (struct tee *)(void *)tee_memory;
	good = port_is_good();
	good &= expect("the TEE is found",
		       backend->instance_size <= sizeof(tee_memory) &&
			       backend->probe(tee_memory, &port) == TEE_STATUS_OK);
	good = good && lives() && lives();
	say(good ? "port-minimal: all good\n" : "port-minimal: FAILED\n");
	return good ? 0 : 1;
}
