/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which backend a VM speaks to, from its arrival to its end, and which TEE an interrupt is for. The
 * mediator's door to the machine is tee_port.c. Creation and destruction are serialised by
 * tees.lock; calls and interrupts take no lock here.
 */
#include "hypervisor/tee.h"
#include "abi/smccc.h"
#include "hypervisor/console.h"
#include "hypervisor/pages.h"
#include "hypervisor/tee_port.h"
#include "lib/print.h"
#include "lib/util.h"

/*
 * The kinds of TEE that this hypervisor knows. A board has one of them, or none: the first that is
 * found. All ask for the same UID first, so that looking for one does nothing to another.
 */
static const struct tee_backend *const backends[] = {&optee_backend, &trusty_backend};

/* Owning entities of which a backend claims every function, one bit each. */
struct owners {
	uint64_t fast, yielding;
};

/* All but the lock is set by tee_init and then only read. */
static struct LOCKABLE {
	struct spinlock lock;
	struct tee *tee; /* NULL: the board has none that we know */
	struct owners owners;
} tees;

static uint64_t owner_bits(const struct tee_claim *claim)
{
	return BITS(claim->owner_last, claim->owner_first);
}

static struct owners claimed(const struct tee_backend *backend)
{
	struct owners o = {0, 0};

	for (const struct tee_claim *c = backend->claims; c->fast || c->yielding; c++) {
		if (c->function_first != 0 || c->function_last != SMCCC_NUMBER_MASK)
			continue;
		o.fast |= c->fast ? owner_bits(c) : 0;
		o.yielding |= c->yielding ? owner_bits(c) : 0;
	}
	return o;
}

static struct tee *probe(const struct tee_backend *backend)
{
	size_t size = backend->instance_size;
	void *memory = pages_get(size, PAGE_SIZE);

	if (memory == NULL || backend->probe(memory, &tee_port) == TEE_STATUS_OK)
		return memory;
	pages_put(memory, size);
	return NULL;
}

void tee_init(uint32_t intid)
{
	tee_port_set_intid(intid);
	for (unsigned i = 0; i < ARRAY_SIZE(backends) && tees.tee == NULL; i++)
		tees.tee = probe(backends[i]);
	if (tees.tee == NULL)
		return;
	tees.owners = claimed(tees.tee->backend);
	console_log("TEE: %s", tees.tee->backend->name);
}

void tee_cpu_up(void)
{
	if (tees.tee != NULL && tees.tee->backend->cpu_event != NULL)
		tees.tee->backend->cpu_event(tees.tee, true);
}

void tee_interrupt(uint32_t intid)
{
	if (tees.tee != NULL)
		tees.tee->backend->irq(tees.tee, intid);
}

static const char *reason(enum tee_status status)
{
	switch (status) {
	case TEE_STATUS_ABSENT:
		return "the board has no TEE that can serve VMs";
	case TEE_STATUS_FULL:
		return "the TEE serves no further VM";
	case TEE_STATUS_NO_MEMORY:
		return "not enough memory";
	default:
		return "the TEE did not answer as it should";
	}
}

/* On the VM's console, where its user looks, and in the hypervisor's log. */
static void refuse(struct vm *vm, enum tee_status status)
{
	char text[128];

	print_format(text, sizeof(text), "teevisor: no TEE for this VM: %s\r\n", reason(status));
	for (const char *c = text; *c != '\0'; c++)
		console_guest_putc(vm, *c);
	console_log("%s: runs without a TEE: %s", vm->config.name, reason(status));
}

/* vm->tee changes under tee_lock, for those that look at it from elsewhere (tee_usage). */
static void publish(struct vm *vm, struct tee_vm *tee)
{
	spin_lock(&vm->tee_lock);
	vm->tee = tee;
	spin_unlock(&vm->tee_lock);
}

static enum tee_status create(struct vm *vm)
{
	struct tee_vm *made = NULL;
	struct tee *tee = tees.tee;
	const struct tee_backend *backend;
	enum tee_status status;

	if (tee == NULL)
		return TEE_STATUS_ABSENT;
	backend = tee->backend;
	vm->tee_memory_size = backend->vm_size(tee, &vm->config.quota);
	vm->tee_memory = pages_get(vm->tee_memory_size, PAGE_SIZE);
	if (vm->tee_memory == NULL)
		return TEE_STATUS_NO_MEMORY;
	spin_lock(&tees.lock);
	status = backend->vm_create(tee, tee_port_vm(vm), &vm->config.quota, vm->tee_memory,
				    vm->tee_memory_size, &made);
	spin_unlock(&tees.lock);
	if (status == TEE_STATUS_OK)
		publish(vm, made);
	else
		pages_put(vm->tee_memory, vm->tee_memory_size);
	return status;
}

void tee_attach(struct vm *vm)
{
	enum tee_status status;

	publish(vm, NULL);
	vm->tee_node = NULL;
	if (vm->config.tee == VM_TEE_NONE)
		return;
	status = create(vm);
	if (status != TEE_STATUS_OK) {
		refuse(vm, status);
		return;
	}
	vm->tee_owners_fast = tees.owners.fast;
	vm->tee_owners_yielding = tees.owners.yielding;
	if (tees.tee->backend->describe != NULL)
		vm->tee_node = tees.tee->backend->describe(vm->tee);
}

enum tee_status tee_detach(struct vm *vm)
{
	enum tee_status status;

	if (vm->tee == NULL)
		return TEE_STATUS_OK;
	spin_lock(&tees.lock);
	status = vm->tee->tee->backend->vm_destroy(vm->tee);
	spin_unlock(&tees.lock);
	if (status == TEE_STATUS_AGAIN)
		return status;
	publish(vm, NULL);
	pages_put(vm->tee_memory, vm->tee_memory_size);
	return status;
}

bool tee_usage(struct vm *vm, struct tee_counters *count, struct tee_gauges *used)
{
	bool has_tee;

	spin_lock(&vm->tee_lock);
	has_tee = vm->tee != NULL;
	if (has_tee && count != NULL)
		*count = vm->tee->count;
	if (has_tee && used != NULL)
		*used = vm->tee->used;
	spin_unlock(&vm->tee_lock);
	return has_tee;
}

/* Of an owner whose functions are divided: none that a guest calls often. */
static bool is_claimed(const struct tee_backend *backend, uint32_t function)
{
	uint32_t owner = smccc_owner(function), number = function & SMCCC_NUMBER_MASK;
	bool fast = smccc_is_fast(function);

	for (const struct tee_claim *c = backend->claims; c->fast || c->yielding; c++)
		if ((fast ? c->fast : c->yielding) && owner >= c->owner_first &&
		    owner <= c->owner_last && number >= c->function_first &&
		    number <= c->function_last)
			return true;
	return false;
}

enum tee_verdict tee_from_guest(struct vcpu *vcpu, uint32_t function)
{
	struct vm *vm = vcpu->vm;
	uint64_t owners = smccc_is_fast(function) ? vm->tee_owners_fast : vm->tee_owners_yielding;
	const struct tee_backend *backend;

	if (vm->tee == NULL)
		return TEE_NOT_MINE;
	backend = vm->tee->tee->backend;
	if ((owners >> smccc_owner(function) & 1) == 0 && !is_claimed(backend, function))
		return TEE_NOT_MINE;
	vcpu->regs.x[0] &= ~BIT(SMCCC_SVE_HINT_BIT); /* which the router understood */
	return backend->call(vm->tee, tee_port_vcpu(vcpu), vcpu->regs.x);
}
