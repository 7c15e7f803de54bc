/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests of the model Trusty: see trusty_guest.h. */
#include "tests/unit/trusty_guest.h"
#include <stdlib.h>
#include <string.h>

struct tguest tguests[TG_GUESTS];
struct tee *trusty_tee;
bool tguest_leaves_state;
struct tee_quota tguest_quota;

/* Who watches the port knows the calls of OP-TEE's guests, if there are some in this machine. */
static const struct fake_watch *unwatched(void)
{
	const struct fake_watch *watch = fake.watch;

	fake.watch = NULL;
	return watch;
}

enum tee_status tguest_create(struct tguest *g)
{
	size_t size = trusty_backend.vm_size(trusty_tee, &tguest_quota);
	enum tee_status status;

	free(g->memory);
	g->memory = aligned_alloc(64, size);
	memset(g->memory, 0xa5, size);
	g->mapped = false;
	status = trusty_backend.vm_create(trusty_tee, g->host, &tguest_quota, g->memory, size,
					  &g->vm);
	if (status != TEE_STATUS_OK) {
		g->vm = NULL;
		return status;
	}
	trusty_model.vm[g->vm->id] = g->host;
	(void)tguest_smc(g, TRUSTY_FC_API_VERSION, 5, 0, 0);
	return status;
}

enum tee_status tguest_destroy(struct tguest *g)
{
	const struct fake_watch *watch = unwatched();
	uint16_t id = g->vm->id;
	enum tee_status status;

	do {
		status = trusty_backend.vm_destroy(g->vm);
		fake.now += 10000000;
	} while (status == TEE_STATUS_AGAIN);
	fake.watch = watch;
	if (status == TEE_STATUS_OK)
		trusty_model.vm[id] = NULL;
	g->vm = NULL;
	return status;
}

static int setup(uint32_t api, bool ffa)
{
	model_trusty_reset(api, ffa);
	fake_reset(model_trusty_smc);
	fake.now = 1000000000;
	tguest_leaves_state = false;
	tguest_quota =
		(struct tee_quota){.shared_pages = 512, .buffers = 16, .sessions = 4, .calls = 4};
	trusty_tee = malloc(trusty_backend.instance_size);
	assert_int_equal(trusty_backend.probe(trusty_tee, &fake_port), TEE_STATUS_OK);
	for (uint32_t i = 0; i < TG_GUESTS; i++) {
		tguests[i] = (struct tguest){.host = &fake.vms[i], .vcpu = {i}};
		assert_int_equal(tguest_create(&tguests[i]), TEE_STATUS_OK);
	}
	return 0;
}

int trusty_setup(void **state)
{
	(void)state;
	return setup(5, true);
}

int trusty_setup_address(void **state)
{
	(void)state;
	return setup(4, false);
}

int trusty_setup_old(void **state)
{
	(void)state;
	return setup(3, false);
}

void tguest_expect_baseline(const struct tguest *g)
{
	const struct tee_gauges *used = &g->vm->used;
	uint32_t buffers = g->mapped ? 2 : 0;

	assert_int_equal(used->pages, buffers);
	assert_int_equal(used->buffers, 0);
	assert_int_equal(used->sessions, 0);
	assert_int_equal(used->calls, 0);
	assert_int_equal(g->host->pinned, buffers);
}

void tguest_expect_works(struct tguest *g)
{
	assert_int_equal(tguest_device(g, 1), 0);
	assert_int_equal(tguest_command(g, MT_CONNECT), 0);
	assert_int_equal(tguest_header(g)->opcode, MT_CONNECT | MT_REPLY);
	assert_int_equal(tguest_shutdown(g), 0);
	tguest_forget(g);
}

static void destroy_all(void)
{
	for (uint32_t i = 0; i < TG_GUESTS; i++) {
		struct tguest *g = &tguests[i];

		if (g->vm == NULL)
			continue;
		if (!tguest_leaves_state)
			tguest_expect_baseline(g);
		assert_int_equal(tguest_destroy(g), TEE_STATUS_OK);
		assert_int_equal(g->host->pinned, 0);
	}
}

int trusty_teardown(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < FAKE_VMS; i++)
		fake.vms[i].on_read = NULL;
	memset(&fake.fail, 0, sizeof(fake.fail));
	fake.yield = false;
	fake.interrupts_returned = 0;
	fake.now += 4000000; /* turns pass */
	if (tguests[1].vm != NULL && !trusty_model.panicked)
		tguest_expect_works(&tguests[1]);
	destroy_all();
	assert_int_equal(trusty_tee->vms, 0);
	assert_int_equal(model_trusty_devices(), 0);
	assert_int_equal(model_trusty_shares(), 0);
	for (uint32_t i = 0; i < FAKE_HOST_PAGES; i++)
		assert_false(fake.page_used[i]);
	assert_int_equal(trusty_model.busy, 0);
	assert_int_equal(fake.violations, 0);
	for (uint32_t i = 0; i < TG_GUESTS; i++) {
		free(tguests[i].memory);
		tguests[i].memory = NULL;
	}
	free(trusty_tee);
	fake_release();
	return 0;
}

static void smc(struct tguest *g)
{
	const struct fake_watch *watch = unwatched();
	enum tee_verdict verdict = trusty_backend.call(g->vm, &g->vcpu, g->regs);

	fake.watch = watch;
	assert_int_equal(verdict, TEE_DONE);
}

int32_t tguest_smc(struct tguest *g, uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
	memset(g->regs, 0, sizeof(g->regs));
	g->regs[0] = function;
	g->regs[1] = a1;
	g->regs[2] = a2;
	g->regs[3] = a3;
	smc(g);
	if ((function & BIT(30)) == 0)
		assert_int_equal(g->regs[0] >> 32, 0);
	return (int32_t)g->regs[0];
}

int32_t tguest_restart(struct tguest *g)
{
	return tguest_smc(g, TRUSTY_SC_RESTART_LAST, 0, 0, 0);
}

int32_t tguest_std(struct tguest *g, uint32_t function, uint64_t id, uint32_t a3)
{
	int32_t r = tguest_smc(g, function, (uint32_t)id, (uint32_t)(id >> 32), a3);

	for (g->restarts = 0; r == TRUSTY_ERR_INTERRUPTED || r == TRUSTY_ERR_CPU_IDLE;
	     g->restarts++)
		r = tguest_restart(g);
	return r;
}

int32_t tguest_ffa(struct tguest *g, uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	memset(g->regs, 0x5a, sizeof(g->regs));
	if (function == FFA_MEM_SHARE_32 || function == FFA_MEM_SHARE_64)
		g->regs[4] = 0;
	g->regs[0] = function;
	g->regs[1] = a1;
	g->regs[2] = a2;
	g->regs[3] = a3;
	smc(g);
	if (g->regs[0] == FFA_SUCCESS)
		return 0;
	assert_int_equal(g->regs[0], FFA_ERROR);
	return (int32_t)g->regs[2];
}

int32_t tguest_map(struct tguest *g)
{
	int32_t code = tguest_ffa(g, FFA_RXTX_MAP_64, TG_IPA(TG_TRANSMIT), TG_IPA(TG_RECEIVE), 1);

	g->mapped = g->mapped || code == 0;
	return code;
}

uint32_t tguest_descriptor(struct tguest *g, uint32_t first, uint32_t pages)
{
	struct ffa_share *s = fake_ram(g->host, TG_IPA(TG_TRANSMIT));
	struct ffa_composite *c = (void *)(s + 1);
	struct ffa_range *r = (void *)(c + 1);

	memset(s, 0, PAGE_SIZE);
	s->sender = g->vm->id;
	s->attributes = FFA_ATTR_CACHED;
	s->borrowers = 1;
	s->borrower = FFA_ID_TRUSTY;
	s->permissions = FFA_PERM_RW;
	s->composite = sizeof(*s);
	c->pages = pages;
	c->ranges = 1;
	r->address = TG_IPA(first);
	r->pages = pages;
	return sizeof(*s) + sizeof(*c) + sizeof(*r);
}

int32_t tguest_share(struct tguest *g, uint32_t first, uint32_t pages)
{
	uint32_t length;
	int32_t code;

	if (!g->mapped)
		assert_int_equal(tguest_map(g), 0);
	length = tguest_descriptor(g, first, pages);
	code = tguest_ffa(g, FFA_MEM_SHARE_32, length, length, 0);
	g->handle = g->regs[3] << 32 | g->regs[2];
	return code;
}

int32_t tguest_reclaim(struct tguest *g, uint64_t handle)
{
	return tguest_ffa(g, FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32, 0);
}

int32_t tguest_device(struct tguest *g, uint32_t pages)
{
	g->id = TG_ID(TG_IPA(TG_BUFFER));
	if (trusty_model.api >= TRUSTY_API_MEM_OBJ) {
		assert_int_equal(tguest_share(g, TG_BUFFER, pages), 0);
		g->id = g->handle;
	}
	return tguest_std(g, TRUSTY_SC_QL_CREATE, g->id, pages * PAGE_SIZE);
}

int32_t tguest_shutdown(struct tguest *g)
{
	return tguest_std(g, TRUSTY_SC_QL_SHUTDOWN, g->id, 0);
}

void tguest_forget(struct tguest *g)
{
	if (trusty_model.api >= TRUSTY_API_MEM_OBJ)
		assert_int_equal(tguest_reclaim(g, g->handle), 0);
}

struct mt_header *tguest_header(struct tguest *g)
{
	return fake_ram(g->host, TG_IPA(TG_BUFFER));
}

int32_t tguest_command(struct tguest *g, uint16_t opcode)
{
	*tguest_header(g) = (struct mt_header){.opcode = opcode};
	return tguest_std(g, TRUSTY_SC_QL_HANDLE_CMD, g->id, sizeof(struct mt_header));
}

const struct tee_event *tguest_event(void)
{
	assert_int_not_equal(fake.logged, 0);
	return &fake.log[(fake.logged - 1) % FAKE_EVENTS];
}
