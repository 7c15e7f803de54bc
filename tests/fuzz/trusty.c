/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz target "trusty": two guests, a Trusty and the EL3 below it take the steps that the input
 * says: standard and fast calls, memory shared by descriptors or by address, restarts, answers of
 * Trusty that are errors, failures of the host, time that passes, VMs that go at any point.
 *
 * The model Trusty panics and complains when the mediator lets through what it should not. There is
 * no executable model of what the mediator keeps; its gauges are compared with the host's pins.
 */
#include "lib/util.h"
#include "mediator/backend.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/values.h"
#include "tests/unit/model_trusty.h"
#include <stdlib.h>
#include <string.h>

#define VMS	  3u /* the last comes at the end, and sees whether all is well */
#define STEPS_MAX 300u
#define DOORBELL  13u
#define MS	  1000000ull

/* Pages of a VM: FF-A's buffers, then memory to share. */
#define TRANSMIT 0u
#define RECEIVE	 1u
#define SHARED	 8u

#define IPA(page) (FAKE_RAM_IPA + (uint64_t)(page)*PAGE_SIZE)
#define ID(ipa)	  ((ipa) | 0xffull << TRUSTY_ID_MAIR_SHIFT | 3ull << TRUSTY_ID_SHARE_SHIFT)

struct tvm {
	struct tee_host_vm *host;
	struct tee_vm *vm;
	void *memory;
	uint64_t id;	 /* of the device made last */
	uint64_t handle; /* of the share made last */
	bool lost;	 /* Trusty did not let go of it: its memory is nobody's any more */
	uint32_t inside;
	bool waits; /* its last standard call is to be restarted */
};

static struct tvm vms[VMS];
static struct tee *tee;
static struct tee_quota quota;
static uint32_t steps;
static uint32_t losses; /* reasons for Trusty not to let go of a VM */
static bool host_works;
static uint32_t ringing; /* CPUs that answer the doorbell */

static void check(void)
{
	if (fake.violations != 0)
		fuzz_fail("a contract was broken, see above");
	if (trusty_model.busy != 0)
		fuzz_fail("EL3 had to turn a VM away");
	for (uint32_t i = 0; i < VMS; i++)
		if (vms[i].vm != NULL && vms[i].inside == 0 &&
		    vms[i].host->pinned != vms[i].vm->used.pages)
			fuzz_fail("pages are pinned that are not charged, or the reverse");
}

static bool create(struct tvm *v)
{
	size_t size = trusty_backend.vm_size(tee, &quota);
	enum tee_status status;

	memset(v->memory, 0xa5, size);
	host_works = true;
	status = trusty_backend.vm_create(tee, v->host, &quota, v->memory, size, &v->vm);
	host_works = false;
	fuzz_say("vm%u created: %d\n", v->host->index, status);
	v->waits = false;
	if (status == TEE_STATUS_OK)
		trusty_model.vm[v->vm->id] = v->host;
	else
		v->vm = NULL;
	check();
	return v->vm != NULL;
}

/* Trusty may not let go: then the pages stay, and are counted as lost. */
static void destroy(struct tvm *v)
{
	uint16_t id = v->vm->id;
	enum tee_status status;
	uint32_t n = 0;

	host_works = true;
	do {
		status = trusty_backend.vm_destroy(v->vm);
		fake.now += 10 * MS;
	} while (status == TEE_STATUS_AGAIN && ++n < 10000);
	host_works = false;
	fuzz_say("vm%u destroyed: %d\n", v->host->index, status);
	if (status == TEE_STATUS_OK) {
		trusty_model.vm[id] = NULL;
	} else if (status == TEE_STATUS_FAULT && losses > 0) {
		v->lost = true;
	} else {
		fuzz_fail("a VM does not go");
	}
	v->vm = NULL;
	if (v->host->pinned != 0 && !v->lost)
		fuzz_fail("a VM went, and its pages are pinned");
	check();
}

static int32_t smc(struct tvm *v, uint64_t *regs)
{
	struct tee_host_vcpu vcpu = {v->inside};
	bool standard = (regs[0] & BIT(31)) == 0;
	enum tee_verdict verdict;

	fuzz_say("vm%u calls %llx %llx %llx %llx\n", v->host->index, (unsigned long long)regs[0],
		 (unsigned long long)regs[1], (unsigned long long)regs[2],
		 (unsigned long long)regs[3]);
	v->inside++;
	verdict = trusty_backend.call(v->vm, &vcpu, regs);
	v->inside--;
	fuzz_say("vm%u has %llx %llx %llx %llx\n", v->host->index, (unsigned long long)regs[0],
		 (unsigned long long)regs[1], (unsigned long long)regs[2],
		 (unsigned long long)regs[3]);
	if (verdict != TEE_DONE && verdict != TEE_NOT_MINE)
		fuzz_fail("another verdict");
	if (standard)
		v->waits = (int32_t)regs[0] == TRUSTY_ERR_INTERRUPTED ||
			   (int32_t)regs[0] == TRUSTY_ERR_CPU_IDLE;
	check();
	return (int32_t)regs[0];
}

static int32_t call(struct tvm *v, uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	uint64_t regs[18] = {function, a1, a2, a3};

	return smc(v, regs);
}

/* What a guest does */

static void write_descriptor(struct tvm *v, uint32_t first, uint32_t pages)
{
	struct ffa_share *s = fake_ram(v->host, IPA(TRANSMIT));
	struct ffa_composite *c = (void *)(s + 1);
	struct ffa_range *r = (void *)(c + 1);

	memset(s, 0, 256);
	s->sender = v->vm->id;
	s->attributes = FFA_ATTR_CACHED;
	s->borrowers = 1;
	s->borrower = FFA_ID_TRUSTY;
	s->permissions = FFA_PERM_RW;
	s->composite = sizeof(*s);
	c->pages = pages;
	c->ranges = 1;
	r->address = IPA(first);
	r->pages = pages;
}

static void share(struct tvm *v, uint32_t first, uint32_t pages)
{
	uint32_t length =
		sizeof(struct ffa_share) + sizeof(struct ffa_composite) + sizeof(struct ffa_range);
	uint64_t regs[18] = {FFA_MEM_SHARE_32, length, length};

	write_descriptor(v, first, pages);
	if (fuzz_once_in(8)) { /* more ranges, which the descriptor then names as they come */
		uint8_t *at = (uint8_t *)fake_ram(v->host, IPA(TRANSMIT)) + fuzz_u8();
		uint64_t value = fuzz_value();

		memcpy(at, &value, sizeof(value));
		regs[1] = regs[2] = length + fuzz_pick(4) * 16;
	}
	(void)smc(v, regs);
	if (regs[0] == FFA_SUCCESS)
		v->handle = regs[3] << 32 | (uint32_t)regs[2];
}

static void ffa(struct tvm *v)
{
	uint32_t first = SHARED + fuzz_pick(FAKE_RAM_PAGES - SHARED);
	uint64_t handle;

	switch (fuzz_pick(8)) {
	case 0:
	case 1:
	case 2:
		return share(v, first, 1 + fuzz_pick(8));
	case 3:
		handle = fuzz_once_in(4) ? fuzz_value() : v->handle;
		(void)call(v, FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32,
			   fuzz_once_in(8) ? 1 : 0);
		return;
	case 4:
		(void)call(v, FFA_RXTX_UNMAP, 0, 0, 0);
		return;
	case 5:
		(void)call(v, FFA_RXTX_MAP_64, IPA(first), IPA(first + 1), 1);
		return;
	case 6:
		first = 0x60 + fuzz_pick(0x20);
		(void)call(v, 0x84000000u | first, fuzz_value(), 0, 0);
		return;
	default:
		(void)call(v, FFA_RXTX_MAP_64, IPA(TRANSMIT), IPA(RECEIVE), 1);
		return;
	}
}

static uint64_t some_id(struct tvm *v)
{
	switch (fuzz_pick(8)) {
	case 0:
		return ID(IPA(SHARED + fuzz_pick(4)));
	case 1:
		return v->handle;
	case 2:
		return fuzz_value();
	case 3:
		return IPA(SHARED);
	default:
		return v->id;
	}
}

static void standard(struct tvm *v)
{
	static const uint32_t functions[] = {
		TRUSTY_SC_QL_CREATE,	TRUSTY_SC_QL_HANDLE_CMD, TRUSTY_SC_QL_SHUTDOWN,
		TRUSTY_SC_RESTART_LAST, TRUSTY_SC_LOCKED_NOP,	 TRUSTY_SC_NOP,
		TRUSTY_SC_RESTART_FIQ,	TRUSTY_SC_VDEV_KICK_VQ,	 TRUSTY_SC_SET_ROT_PARAMS,
		TRUSTY_SC_QL_CREATE,	TRUSTY_SC_QL_HANDLE_CMD,
	};
	uint32_t function = functions[fuzz_pick(ARRAY_SIZE(functions))];
	uint64_t id = some_id(v), size = PAGE_SIZE * (1 + fuzz_pick(3));

	if (v->waits && !fuzz_once_in(4))
		function = TRUSTY_SC_RESTART_LAST;
	if (function == TRUSTY_SC_QL_CREATE) {
		id = trusty_model.api >= TRUSTY_API_MEM_OBJ ? v->handle
							    : ID(IPA(SHARED + fuzz_pick(4)));
		v->id = id = fuzz_once_in(8) ? fuzz_value() : id;
	} else if (function == TRUSTY_SC_QL_HANDLE_CMD) {
		size = TRUSTY_QL_HEADER;
	}
	if (fuzz_once_in(16))
		size = fuzz_value();
	if (function == TRUSTY_SC_RESTART_LAST && !fuzz_once_in(8))
		id = size = 0;
	(void)call(v, function, (uint32_t)id, id >> 32, (uint32_t)size);
}

static void fast(struct tvm *v)
{
	static const uint32_t functions[] = {
		TRUSTY_FC_API_VERSION,	   TRUSTY_FC_QL_HANDLE_CMD,    TRUSTY_FC_GET_NEXT_IRQ,
		TRUSTY_FC_GET_VERSION_STR, TRUSTY_FC_GET_SMP_MAX_CPUS, TRUSTY_FC_UID,
		TRUSTY_FC_REQUEST_FIQ,	   TRUSTY_FC_CPU_SUSPEND,      TRUSTY_FC64_SET_FIQ_HANDLER,
	};
	uint32_t function = functions[fuzz_pick(ARRAY_SIZE(functions))];
	uint64_t id = some_id(v);

	if (function == TRUSTY_FC_API_VERSION)
		id = fuzz_pick(8);
	(void)call(v, function, (uint32_t)id, id >> 32, TRUSTY_QL_HEADER);
}

static void raw(struct tvm *v)
{
	static const uint32_t owners[] = {0x3c000000, 0x32000000, 0xbc000000, 0xb2000000,
					  0xbf00ff00, 0x84000060, 0xc4000060, 0x72000000};
	uint64_t regs[18];
	uint32_t owner = owners[fuzz_pick(ARRAY_SIZE(owners))];

	for (uint32_t i = 0; i < 18; i++)
		regs[i] = i < 4 ? fuzz_value() : i;
	regs[0] = owner | (regs[0] & 0x3f);
	(void)smc(v, regs);
}

/* A command, or anything, in memory that may be a device's buffer. */
static void write_memory(struct tvm *v)
{
	static const uint16_t opcodes[] = {MT_CONNECT, MT_HAS_EVENT, MT_CONNECT, MT_REPLY};
	uint32_t page = fuzz_once_in(4) ? fuzz_pick(SHARED) : SHARED + fuzz_pick(4);
	uint8_t *at = fake_ram(v->host, IPA(page));
	uint64_t value;

	*(struct mt_header *)(void *)at =
		(struct mt_header){.opcode = opcodes[fuzz_pick(ARRAY_SIZE(opcodes))]};
	if (!fuzz_once_in(4))
		return;
	at += fuzz_pick(32) * 8;
	value = fuzz_value();
	memcpy(at, &value, sizeof(value));
}

/* What the others do */

static void scribble(struct tee_host_vm *host, uint64_t ipa, size_t size)
{
	uint8_t *page = fake_ram(host, ipa & ~PAGE_MASK);
	uint32_t at = fuzz_u8();

	(void)size;
	page[at] = fuzz_u8();
}

/* Trusty is interrupted, idle, or fails, without having done what it was asked. */
static void script(void)
{
	static const int32_t answers[] = {TRUSTY_ERR_INTERRUPTED,     TRUSTY_ERR_CPU_IDLE,
					  TRUSTY_ERR_FIQ_INTERRUPTED, TRUSTY_ERR_INTERNAL,
					  TRUSTY_ERR_NOT_ALLOWED,     TRUSTY_ERR_NOT_SUPPORTED};
	uint32_t n = 1 + fuzz_pick(3);
	uint32_t answer = fuzz_pick(ARRAY_SIZE(answers));

	if (fuzz_once_in(3)) {
		model_trusty_script(&trusty_model.nop, n, TRUSTY_ERR_NOP_INTERRUPTED);
	} else {
		model_trusty_script(&trusty_model.standard, n, answers[answer]);
		losses += answer > 2; /* what SHUTDOWN may get */
	}
	fake.interrupts_returned = fuzz_pick(3);
	fuzz_say("script: %u times number %u\n", n, answer);
}

static void plan_failure(void)
{
	uint32_t n = fuzz_pick(4);
	uint32_t what = fuzz_pick(12);

	fuzz_say("failure %u: %u\n", what, n);
	switch (what) {
	case 0:
		fake.fail.pin = n;
		break;
	case 1:
		fake.fail.read = n;
		break;
	case 2:
		fake.fail.write = n;
		break;
	case 3:
		fake.fail.pages_get = n;
		break;
	case 4:
		trusty_model.fail_share = n == 0 ? 0 : FFA_NO_MEMORY;
		break;
	case 5:
		trusty_model.fail_reclaim = n == 0 ? 0 : FFA_DENIED;
		losses += n != 0;
		break;
	case 6:
		trusty_model.fail_create = n == 0 ? 0 : TRUSTY_ERR_INTERNAL;
		break;
	case 7:
		trusty_model.fail_shutdown = n == 0 ? 0 : TRUSTY_ERR_INTERNAL;
		losses += n != 0;
		break;
	case 8:
		trusty_model.el3_busy = (int32_t)n; /* which the gate should prevent */
		losses += n != 0;
		break;
	case 9:
		fake.yield = n != 0;
		break;
	default:
		fake.now += (uint64_t)n * n * 8 * MS;
		break;
	}
}

static void kill(struct tvm *v)
{
	if (ringing != 0) /* see meanwhile(): one CPU cannot wait for another */
		return;
	for (uint32_t i = 0; i < VMS; i++)
		if (vms[i].inside != 0)
			return;
	if (v->vm != NULL)
		destroy(v);
	if (!v->lost)
		(void)create(v);
}

static void ring(void)
{
	ringing++;
	trusty_backend.irq(tee, DOORBELL);
	ringing--;
}

static void meanwhile(void);

static void step(void)
{
	uint32_t n = fuzz_u8();
	struct tvm *v = &vms[n >> 7];

	if (++steps > STEPS_MAX)
		return;
	n %= 32;
	if (n >= 24 || v->vm == NULL) {
		switch (n) {
		case 31:
			return write_memory(v);
		case 30:
			return script();
		case 29:
		case 28:
			return plan_failure();
		case 27:
			v->host->on_read = v->host->on_read == NULL ? scribble : NULL;
			return;
		case 26:
			trusty_model.inside = meanwhile;
			return;
		case 25:
			return ring();
		default:
			return kill(v);
		}
	}
	if (n < 10)
		standard(v);
	else if (n < 19)
		ffa(v);
	else if (n < 22)
		fast(v);
	else
		raw(v);
}

/* Another vCPU calls while one is inside. */
static void meanwhile(void)
{
	if (!host_works && vms[0].inside + vms[1].inside < 3)
		step();
}

/* The end */

static void calm(void)
{
	memset(&fake.fail, 0, sizeof(fake.fail));
	fake.yield = false;
	fake.interrupts_returned = 0;
	fake.now += 100 * MS;
	trusty_model.standard.at = trusty_model.standard.length;
	trusty_model.nop.at = trusty_model.nop.length;
	trusty_model.fail_create = trusty_model.fail_shutdown = 0;
	trusty_model.fail_share = trusty_model.fail_reclaim = 0;
	trusty_model.el3_busy = 0;
	trusty_model.inside = NULL;
	for (uint32_t i = 0; i < VMS; i++)
		fake.vms[i].on_read = NULL;
}

/* As Linux does: restarted when it was interrupted, tried again when others were before. */
static int32_t to_its_end(struct tvm *v, uint32_t function)
{
	int32_t r = call(v, function, 0, 0, 0);

	for (uint32_t n = 0; n < 100; n++) {
		fake.now += 20 * MS;
		if (r == TRUSTY_ERR_INTERRUPTED || r == TRUSTY_ERR_CPU_IDLE)
			r = call(v, TRUSTY_SC_RESTART_LAST, 0, 0, 0);
		else if (r == TRUSTY_ERR_BUSY)
			r = call(v, function, 0, 0, 0);
		else
			return r;
	}
	fuzz_fail("a call does not end");
}

/* A new VM can call, whatever state the other one is in. */
static void expect_works(struct tvm *v)
{
	(void)call(v, TRUSTY_FC_API_VERSION, 5, 0, 0);
	if (to_its_end(v, TRUSTY_SC_LOCKED_NOP) != 0)
		fuzz_fail("a VM does not work");
}

static void finish(void)
{
	calm();
	if (!create(&vms[VMS - 1]))
		fuzz_fail("no VM can be made any more");
	expect_works(&vms[VMS - 1]);
	for (uint32_t i = 0; i < VMS; i++) {
		if (vms[i].vm != NULL)
			destroy(&vms[i]);
		free(vms[i].memory);
	}
	if (tee->vms != 0)
		fuzz_fail("a VM too many");
	if (losses == 0 && (model_trusty_devices() != 0 || model_trusty_shares() != 0))
		fuzz_fail("Trusty still has a device or memory");
	for (uint32_t i = 0; losses == 0 && i < FAKE_HOST_PAGES; i++)
		if (fake.page_used[i])
			fuzz_fail("a page of the host's is not given back");
	free(tee);
}

static void secure(uint64_t *regs)
{
	fuzz_say("  trusty %llx %llx %llx %llx for %llx\n", (unsigned long long)regs[0],
		 (unsigned long long)regs[1], (unsigned long long)regs[2],
		 (unsigned long long)regs[3], (unsigned long long)regs[7]);
	model_trusty_smc(regs);
	fuzz_say("  trusty says %llx %llx\n", (unsigned long long)regs[0],
		 (unsigned long long)regs[2]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void begin(struct tvm *v)
{
	if (!create(v))
		fuzz_fail("no VM");
	(void)call(v, TRUSTY_FC_API_VERSION, 5, 0, 0);
	if (trusty_model.ffa)
		(void)call(v, FFA_RXTX_MAP_64, IPA(TRANSMIT), IPA(RECEIVE), 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t pages[] = {512, 6, 40, 12};
	uint32_t n;

	fuzz_input = (struct fuzz_bytes){data, data + size};
	n = fuzz_u8();
	model_trusty_reset(5 - n % 3, n % 3 == 0);
	fake_reset(secure);
	fake.now = 1000 * MS;
	quota = (struct tee_quota){.shared_pages = pages[n >> 6],
				   .buffers = 2 + (n >> 2 & 7),
				   .sessions = 4,
				   .calls = 4};
	steps = losses = 0;
	tee = malloc(trusty_backend.instance_size);
	if (trusty_backend.probe(tee, &fake_port) != TEE_STATUS_OK)
		fuzz_fail("no TEE");
	for (uint32_t i = 0; i < VMS; i++) {
		size_t room = align_up(trusty_backend.vm_size(tee, &quota), 64);

		vms[i] = (struct tvm){.host = &fake.vms[i], .memory = aligned_alloc(64, room)};
		if (i < VMS - 1)
			begin(&vms[i]);
	}
	while (!fuzz_over() && steps <= STEPS_MAX)
		step();
	fuzz_input.at = fuzz_input.end;
	finish();
	return 0;
}
