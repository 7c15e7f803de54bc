/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nondeterministic VM and port of the proofs. CBMC gives any value to what is havocked, and to
 * what a function without a body (nondet_*) returns.
 */
#include "tests/proof/world.h"
#include "tests/proof/invariant.h"

struct world world;
struct optee_object world_objects[PROOF_BUFFERS];
struct optee_call world_calls[PROOF_CALLS];
struct optee_chunk world_chunks[PROOF_CHUNKS];
uint32_t world_list_next[PROOF_LISTS];
uint64_t world_lists[PROOF_LISTS][PAGE_SIZE / sizeof(uint64_t)];
uint64_t world_slots[PROOF_CALLS][PROOF_SLOT_WORDS];

static struct optee tee;
static struct optee_vm vm;
static uint32_t buckets[2];
static uint64_t regs[18];

bool nondet_bool(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);

static void lock(struct tee_host_vm *host)
{
	CLAIM(host == vm.vm.host, "port: the VM's host handle");
	CLAIM(!world.locked, "port: lock is not taken twice");
	world.locked = true;
}

static void unlock(struct tee_host_vm *host)
{
	CLAIM(host == vm.vm.host, "port: the VM's host handle");
	CLAIM(world.locked, "port: unlock of what is locked");
	world.locked = false;
}

static bool in_one_page(uint64_t address, size_t size)
{
	return size != 0 && size <= PAGE_SIZE && (address & PAGE_MASK) <= PAGE_SIZE - size;
}

static bool read(struct tee_host_vm *host, ipa_t from, void *to, size_t size)
{
	CLAIM(host == vm.vm.host && !world.locked, "port: read, not locked");
	CLAIM(in_one_page(from.ipa, size), "port: read lies in one page");
	CLAIM(__CPROVER_w_ok(to, size), "port: read has room for what it reads");
	world.reads++;
	world.bytes += size;
	if (nondet_bool())
		return false;
	__CPROVER_havoc_slice(to, size);
	return true;
}

static bool write(struct tee_host_vm *host, ipa_t to, const void *from, size_t size)
{
	CLAIM(host == vm.vm.host && !world.locked, "port: write, not locked");
	CLAIM(in_one_page(to.ipa, size), "port: write lies in one page");
	CLAIM(__CPROVER_r_ok(from, size), "port: write has what it writes");
	world.writes++;
	world.bytes += size;
	return nondet_bool();
}

static void pinned_checks(pa_t at, const void *p, size_t size)
{
	CLAIM(in_one_page(at.pa, size), "port: pinned range lies in one page");
	CLAIM(((at.pa | size) & 7) == 0, "port: pinned range is 8-aligned");
	CLAIM(((uintptr_t)p & 7) == 0, "port: buffer is 8-aligned");
	CLAIM(page_pinned(world.o, at.pa >> PAGE_SHIFT), "port: the page is pinned");
}

static void read_pinned(struct tee_host_vm *host, pa_t from, void *to, size_t size)
{
	CLAIM(host == vm.vm.host, "port: the VM's host handle");
	pinned_checks(from, to, size);
	CLAIM(__CPROVER_w_ok(to, size), "port: read_pinned has room for what it reads");
	world.reads++;
	world.bytes += size;
	__CPROVER_havoc_slice(to, size);
}

static void write_pinned(struct tee_host_vm *host, pa_t to, const void *from, size_t size)
{
	CLAIM(host == vm.vm.host, "port: the VM's host handle");
	pinned_checks(to, from, size);
	CLAIM(__CPROVER_r_ok(from, size), "port: write_pinned has what it writes");
	world.writes++;
	world.bytes += size;
}

static bool pin(struct tee_host_vm *host, uint64_t *pages, uint32_t count)
{
	CLAIM(host == vm.vm.host && !world.locked, "port: pin, not locked");
	CLAIM(count >= 1 && count <= TEE_PIN_BATCH, "port: pin of 1 to TEE_PIN_BATCH pages");
	CLAIM(__CPROVER_rw_ok(pages, count * sizeof(*pages)), "port: pin is given its pages");
	world.pins++;
	__CPROVER_havoc_slice(pages, count * sizeof(*pages));
	if (nondet_bool())
		return false;
	world.pinned += count;
	return true;
}

static void unpin(struct tee_host_vm *host, const uint32_t *frames, uint32_t count)
{
	CLAIM(host == vm.vm.host && !world.locked, "port: unpin, not locked");
	CLAIM(count >= 1 && count <= TEE_PIN_BATCH, "port: unpin of 1 to TEE_PIN_BATCH pages");
	CLAIM(__CPROVER_r_ok(frames, count * sizeof(*frames)), "port: unpin is given its frames");
	world.unpins++;
	world.unpinned += count;
}

static void secure_call(void *host, uint64_t smc[TEE_SMC_REGS])
{
	(void)host;
	CLAIM(!world.locked, "port: secure_call, not locked");
	CLAIM(smc[7] == vm.vm.id, "port: the TEE is told the VM's id");
	for (uint32_t i = 0; i < TEE_SMC_REGS; i++)
		smc[i] = nondet_u64();
}

static enum tee_interrupted foreign_interrupt(struct tee_host_vcpu *vcpu)
{
	(void)vcpu;
	CLAIM(!world.locked, "port: foreign_interrupt, not locked");
	return nondet_bool() ? TEE_RESUME : TEE_RETURN;
}

static bool should_yield(struct tee_host_vcpu *vcpu)
{
	(void)vcpu;
	CLAIM(!world.locked, "port: should_yield, not locked");
	return nondet_bool();
}

static void log_line(struct tee_host_vm *host, const char *format, ...)
{
	(void)host;
	(void)format;
}

static void lock_tee(void *host)
{
	(void)host;
	CLAIM(!world.locked && !world.tee_locked, "port: the TEE's lock before a VM's, and once");
	world.tee_locked = true;
}

static void unlock_tee(void *host)
{
	(void)host;
	CLAIM(world.tee_locked, "port: unlock_tee of what is locked");
	world.tee_locked = false;
}

static void inject_irq(struct tee_host_vm *host, struct tee_host_vcpu *vcpu, uint32_t intid)
{
	(void)vcpu;
	CLAIM(host == vm.vm.host && intid == TEE_IRQ_OF_TREE, "port: the VM's own interrupt");
}

static void trace(struct tee_host_vm *host, struct tee_host_vcpu *vcpu,
		  const struct tee_event *event)
{
	(void)vcpu;
	CLAIM(host == vm.vm.host, "port: the VM's host handle");
	CLAIM(event->params <= TEE_EVENT_PARAMS, "port: an event has at most its parameters");
}

static const struct tee_port port = {
	.secure_call = secure_call,
	.pin = pin,
	.unpin = unpin,
	.read = read,
	.write = write,
	.read_pinned = read_pinned,
	.write_pinned = write_pinned,
	.lock = lock,
	.unlock = unlock,
	.foreign_interrupt = foreign_interrupt,
	.should_yield = should_yield,
	.lock_tee = lock_tee,
	.unlock_tee = unlock_tee,
	.inject_irq = inject_irq,
	.trace = trace,
	.log = log_line,
};

static void vm_init(void)
{
	vm.vm.tee = &tee.tee;
	vm.vm.port = &port;
	tee.tee.port = &port;
	vm.optee = &tee;
	vm.calls = world_calls;
	vm.objects = world_objects;
	vm.chunks = world_chunks;
	vm.buckets = buckets;
	vm.list_next = world_list_next;
	vm.call_count = PROOF_CALLS;
	vm.bucket_shift = 63;
	vm.vm.quota.buffers = PROOF_BUFFERS;
	vm.arena.va = (uint8_t *)world_slots;
	vm.lists.va = (uint8_t *)world_lists;
	vm.lists.count = PROOF_LISTS;
}

static void call_init(struct optee_call *c, uint32_t i)
{
	c->index = i;
	c->slot = (uint8_t *)world_slots[i];
	c->regs = regs;
}

void world_init(void)
{
	__CPROVER_havoc_object(&tee);
	__CPROVER_havoc_object(&vm);
	__CPROVER_havoc_object(world_objects);
	__CPROVER_havoc_object(world_calls);
	__CPROVER_havoc_object(world_chunks);
	__CPROVER_havoc_object(world_list_next);
	__CPROVER_havoc_object(world_slots);
	__CPROVER_havoc_object(world_lists);
	__CPROVER_havoc_object(buckets);
	__CPROVER_havoc_object(regs);
	vm_init();
	for (uint32_t i = 0; i < PROOF_CALLS; i++)
		call_init(&world_calls[i], i);
	world = (struct world){.o = &vm, .c = &world_calls[0]};
}
