/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FF-A calls of guests on Trusty: what is offered, what a share must look like, and that nobody
 * reaches another VM's memory or handle by it. EL3's service itself would let anybody reclaim
 * anything.
 */
#include "tests/unit/trusty_guest.h"
#include <string.h>

static struct ffa_share *descriptor(struct tguest *g)
{
	return fake_ram(g->host, TG_IPA(TG_TRANSMIT));
}

static struct ffa_composite *composite(struct tguest *g)
{
	return (void *)(descriptor(g) + 1);
}

static struct ffa_range *ranges(struct tguest *g)
{
	return (void *)(composite(g) + 1);
}

static int32_t send(struct tguest *g, uint32_t length)
{
	return tguest_ffa(g, FFA_MEM_SHARE_32, length, length, 0);
}

/* Refused as malformed or not the VM's, without EL3, with nothing new pinned. */
static void expect_bad(struct tguest *g, uint32_t length)
{
	const uint64_t *refusals = g->vm->count.refusals;
	uint64_t refused = refusals[TEE_REFUSED_MESSAGE] + refusals[TEE_REFUSED_ADDRESS];
	uint32_t before = fake.smcs;

	assert_int_equal(send(g, length), FFA_INVALID_PARAMETERS);
	assert_int_equal(fake.smcs, before);
	assert_int_equal(refusals[TEE_REFUSED_MESSAGE] + refusals[TEE_REFUSED_ADDRESS],
			 refused + 1);
	for (unsigned i = 3; i < 8; i++)
		assert_int_equal(g->regs[i], 0);
	tguest_expect_baseline(g);
}

static void a_guest_finds_version_features_and_its_id(void **state)
{
	static const uint32_t offered[] = {FFA_VERSION,	     FFA_FEATURES,     FFA_RXTX_MAP_64,
					   FFA_RXTX_MAP_32,  FFA_RXTX_UNMAP,   FFA_ID_GET,
					   FFA_MEM_SHARE_32, FFA_MEM_SHARE_64, FFA_MEM_RECLAIM};
	uint32_t smcs = fake.smcs;

	(void)state;
	for (unsigned n = 0; n < TG_GUESTS; n++) {
		struct tguest *g = &tguests[n];

		assert_int_equal(tguest_smc(g, FFA_VERSION, FFA_VERSION_1_0, 0, 0),
				 FFA_VERSION_1_0);
		assert_int_equal(tguest_smc(g, FFA_VERSION, 0x10002, 0, 0), FFA_VERSION_1_0);
		assert_int_equal(tguest_smc(g, FFA_VERSION, 0x80010000u, 0, 0), FFA_NOT_SUPPORTED);
		assert_int_equal(tguest_ffa(g, FFA_ID_GET, 0, 0, 0), 0);
		assert_int_equal(g->regs[2], g->vm->id);
		for (unsigned i = 0; i < ARRAY_SIZE(offered); i++)
			assert_int_equal(tguest_ffa(g, FFA_FEATURES, offered[i], 0, 0), 0);
		assert_int_equal(tguest_ffa(g, FFA_FEATURES, 0x84000072u, 0, 0), FFA_NOT_SUPPORTED);
	}
	assert_int_equal(fake.smcs, smcs);
	assert_int_not_equal(tguests[0].vm->id, tguests[1].vm->id);
}

static void other_functions_are_not_supported(void **state)
{
	uint32_t smcs = fake.smcs;

	(void)state;
	for (uint32_t f = 0x60; f < 0x80; f++) {
		if ((f >= 0x63 && f <= 0x67 && f != 0x65) || f == 0x69 || f == 0x73 || f == 0x77)
			continue;
		assert_int_equal(tguest_ffa(&tguests[0], 0x84000000u | f, 0, 0, 0),
				 FFA_NOT_SUPPORTED);
		assert_int_equal(tguest_ffa(&tguests[0], 0xc4000000u | f, 0, 0, 0),
				 FFA_NOT_SUPPORTED);
	}
	assert_int_equal(tguests[0].vm->count.refusals[TEE_REFUSED_FUNCTION], 2 * 25);
	assert_int_equal(fake.smcs, smcs);
}

static void without_el3_s_service_there_is_no_ff_a(void **state)
{
	struct tguest *g = &tguests[0];
	uint32_t smcs = fake.smcs;

	(void)state;
	for (uint32_t f = 0x60; f < 0x80; f++) {
		assert_int_equal(tguest_smc(g, 0x84000000u | f, 0, 0, 0), -1);
		(void)tguest_smc(g, 0xc4000000u | f, 0, 0, 0);
		assert_true(g->regs[0] == UINT64_MAX);
	}
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_FUNCTION], 64);
	assert_int_equal((int32_t)tguest_event()->result, FFA_NOT_SUPPORTED);
	assert_int_equal(fake.smcs, smcs);
}

static void buffers_are_the_vm_s_own_pages_and_mapped_once(void **state)
{
	struct tguest *g = &tguests[0];
	uint64_t bad[] = {0, TG_IPA(2) + 8, FAKE_MMIO_IPA, TG_IPA(FAKE_RAM_PAGES),
			  fake_pa(g->host, TG_IPA(2))};
	uint32_t refused;

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(tguest_ffa(g, FFA_RXTX_MAP_64, bad[i], TG_IPA(3), 1),
				 FFA_INVALID_PARAMETERS);
		assert_int_equal(tguest_ffa(g, FFA_RXTX_MAP_64, TG_IPA(3), bad[i], 1),
				 FFA_INVALID_PARAMETERS);
	}
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_ADDRESS], 2 * ARRAY_SIZE(bad));
	assert_int_equal(tguest_ffa(g, FFA_RXTX_MAP_64, TG_IPA(3), TG_IPA(3), 1),
			 FFA_INVALID_PARAMETERS);
	assert_int_equal(tguest_ffa(g, FFA_RXTX_MAP_64, TG_IPA(2), TG_IPA(3), 2),
			 FFA_INVALID_PARAMETERS);
	assert_int_equal(tguest_ffa(g, FFA_RXTX_UNMAP, 0, 0, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(g->vm->count.refusals[TEE_REFUSED_MESSAGE], 3);
	tguest_expect_baseline(g);
	assert_int_equal(tguest_map(g), 0);
	assert_int_equal(tguest_map(g), FFA_DENIED);
	tguest_expect_baseline(g);
	assert_int_equal(tguest_ffa(g, FFA_RXTX_UNMAP, 0x70000, 0, 0), FFA_INVALID_PARAMETERS);
	refused = fake.events[TEE_EVENT_REFUSED];
	assert_int_equal(tguest_ffa(g, FFA_RXTX_UNMAP, (uint64_t)g->vm->id << 16, 0, 0), 0);
	assert_int_equal(fake.events[TEE_EVENT_REFUSED], refused);
	g->mapped = false;
	tguest_expect_baseline(g);
	g->vm->quota.shared_pages = 1;
	assert_int_equal(tguest_map(g), FFA_NO_MEMORY);
	tguest_expect_baseline(g);
}

static void a_buffer_in_32_bits_is_mapped_below_4_gib(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_ffa(g, FFA_RXTX_MAP_32, BIT(32) | TG_IPA(0), TG_IPA(1), 1), 0);
	assert_int_equal(g->host->pins[0], 1);
	assert_int_equal(tguest_ffa(g, FFA_RXTX_UNMAP, 0, 0, 0), 0);
}

static void a_share_is_reclaimed_by_its_own_vm_only(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];
	uint64_t real;

	(void)state;
	assert_int_equal(tguest_share(a, 32, 3), 0);
	assert_int_equal(a->host->pinned, 2 + 3);
	assert_int_equal(a->vm->used.pages, 2 + 3);
	real = trusty_model.shares[0].handle;
	assert_true(a->handle != real);
	assert_int_equal(tguest_reclaim(b, a->handle), FFA_INVALID_PARAMETERS);
	assert_int_equal(tguest_reclaim(b, real), FFA_INVALID_PARAMETERS);
	assert_int_equal(tguest_reclaim(a, real), FFA_INVALID_PARAMETERS);
	assert_int_equal(tguest_reclaim(a, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(tguest_reclaim(a, a->handle + 1), FFA_INVALID_PARAMETERS);
	assert_int_equal(tguest_ffa(a, FFA_MEM_RECLAIM, (uint32_t)a->handle, a->handle >> 32, 1),
			 FFA_INVALID_PARAMETERS);
	assert_int_equal(model_trusty_shares(), 1);
	assert_int_equal(a->vm->count.refusals[TEE_REFUSED_COOKIE], 4);
	assert_int_equal(tguest_reclaim(a, a->handle), 0);
	assert_int_equal(tguest_reclaim(a, a->handle), FFA_INVALID_PARAMETERS);
	tguest_expect_baseline(a);
}

static void an_old_handle_names_no_new_share(void **state)
{
	struct tguest *g = &tguests[0];
	uint64_t old;

	(void)state;
	assert_int_equal(tguest_share(g, 32, 1), 0);
	old = g->handle;
	assert_int_equal(tguest_reclaim(g, old), 0);
	assert_int_equal(tguest_share(g, 32, 1), 0);
	assert_true(g->handle != old);
	assert_int_equal(tguest_reclaim(g, old), FFA_INVALID_PARAMETERS);
	assert_int_equal(tguest_reclaim(g, g->handle), 0);
}

static void a_device_is_made_of_the_vm_s_own_share_only(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];
	uint32_t entries;

	(void)state;
	assert_int_equal(tguest_share(a, TG_BUFFER, 2), 0);
	entries = trusty_model.entries;
	assert_int_equal(tguest_std(b, TRUSTY_SC_QL_CREATE, a->handle, PAGE_SIZE),
			 TRUSTY_ERR_INVALID);
	assert_int_equal(
		tguest_std(a, TRUSTY_SC_QL_CREATE, trusty_model.shares[0].handle, PAGE_SIZE),
		TRUSTY_ERR_INVALID);
	assert_int_equal(tguest_std(a, TRUSTY_SC_QL_CREATE, a->handle, 3 * PAGE_SIZE),
			 TRUSTY_ERR_INVALID);
	assert_int_equal(tguest_std(a, TRUSTY_SC_QL_CREATE, TG_ID(TG_IPA(TG_BUFFER)), PAGE_SIZE),
			 TRUSTY_ERR_INVALID);
	assert_int_equal(trusty_model.entries, entries);
	assert_int_equal(tguest_reclaim(a, a->handle), 0);
}

static void a_share_that_a_device_uses_is_not_reclaimed(void **state)
{
	struct tguest *g = &tguests[0];
	uint32_t before;

	(void)state;
	assert_int_equal(tguest_device(g, 2), 0);
	before = trusty_model.ffa_calls;
	assert_int_equal(tguest_reclaim(g, g->handle), FFA_DENIED);
	assert_int_equal(trusty_model.ffa_calls, before);
	assert_int_equal(tguest_command(g, MT_CONNECT), 0);
	assert_int_equal(tguest_shutdown(g), 0);
	assert_int_equal(tguest_reclaim(g, g->handle), 0);
}

static void a_share_el3_does_not_let_go_of_stays_pinned(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_share(g, 32, 1), 0);
	trusty_model.fail_reclaim = FFA_DENIED;
	assert_int_equal(tguest_reclaim(g, g->handle), FFA_DENIED);
	assert_int_equal(g->host->pinned, 3);
	trusty_model.fail_reclaim = 0;
	assert_int_equal(tguest_reclaim(g, g->handle), 0);
}

/* Each field of a good descriptor, wrong. */
static void descriptors_with_a_wrong_field_never_reach_el3(void **state)
{
	struct tguest *g = &tguests[0];
	uint32_t length, i;

	(void)state;
	assert_int_equal(tguest_map(g), 0);
	for (i = 0; i < sizeof(struct ffa_share) + sizeof(struct ffa_composite); i++) {
		length = tguest_descriptor(g, 32, 2);
		((uint8_t *)descriptor(g))[i] ^= 0x80;
		expect_bad(g, length);
	}
	for (uint32_t value = 0; value < 256; value++) {
		length = tguest_descriptor(g, 32, 2);
		descriptor(g)->permissions = (uint8_t)value;
		if (value != FFA_PERM_RW && value != (FFA_PERM_RW | FFA_PERM_NX))
			expect_bad(g, length);
		length = tguest_descriptor(g, 32, 2);
		descriptor(g)->attributes = (uint8_t)value;
		if (value != FFA_ATTR_CACHED && value != FFA_ATTR_NON_CACHED)
			expect_bad(g, length);
	}
}

static void lists_that_do_not_add_up_never_reach_el3(void **state)
{
	static const uint32_t composites[] = {0, 47, 49, 65, 4080, 4081, 0x7fffffff, UINT32_MAX};
	static const uint32_t counts[] = {0, 1, 3, 241, 0x80000000u, UINT32_MAX};
	struct tguest *g = &tguests[0];
	uint32_t length;

	(void)state;
	assert_int_equal(tguest_map(g), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(composites); i++) {
		length = tguest_descriptor(g, 32, 2);
		descriptor(g)->composite = composites[i];
		expect_bad(g, length);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(counts); i++) {
		length = tguest_descriptor(g, 32, 2);
		composite(g)->pages = counts[i];
		expect_bad(g, length);
		length = tguest_descriptor(g, 32, 2);
		ranges(g)->pages = counts[i];
		expect_bad(g, length);
		if (counts[i] == 1 || counts[i] == 3)
			continue;
		length = tguest_descriptor(g, 32, 2); /* it adds up, and is too long or empty */
		composite(g)->pages = counts[i];
		ranges(g)->pages = counts[i];
		expect_bad(g, length);
		length = tguest_descriptor(g, 32, 2);
		composite(g)->ranges = counts[i];
		expect_bad(g, length);
	}
	length = tguest_descriptor(g, 32, 2);
	ranges(g)->reserved = 1;
	expect_bad(g, length);
}

static void lengths_that_are_not_one_fragment_never_reach_el3(void **state)
{
	static const uint32_t lengths[] = {0, 1, 63, 64, 79, 81, 4096, 4097, UINT32_MAX};
	struct tguest *g = &tguests[0];
	uint32_t length;

	(void)state;
	assert_int_equal(send(g, 80), FFA_INVALID_PARAMETERS); /* no buffer */
	assert_int_equal(tguest_map(g), 0);
	length = tguest_descriptor(g, 32, 2);
	for (unsigned i = 0; i < ARRAY_SIZE(lengths); i++)
		expect_bad(g, lengths[i]);
	assert_int_equal(tguest_ffa(g, FFA_MEM_SHARE_32, length, length - 16, 0),
			 FFA_INVALID_PARAMETERS);
	assert_int_equal(tguest_ffa(g, FFA_MEM_SHARE_32, length, length, TG_IPA(0)),
			 FFA_INVALID_PARAMETERS);
	g->regs[4] = 1; /* pages of a buffer elsewhere */
	g->regs[0] = FFA_MEM_SHARE_32;
	g->regs[1] = length;
	g->regs[2] = length;
	g->regs[3] = 0;
	assert_int_equal(trusty_backend.call(g->vm, &g->vcpu, g->regs), TEE_DONE);
	assert_int_equal(g->regs[0], FFA_ERROR);
	tguest_expect_baseline(g);
	descriptor(g)->attributes = FFA_ATTR_NON_CACHED;
	descriptor(g)->permissions = FFA_PERM_RW | FFA_PERM_NX;
	assert_int_equal(tguest_ffa(g, FFA_MEM_SHARE_64, length, length, 0), 0);
	assert_int_equal(tguest_reclaim(g, g->regs[3] << 32 | g->regs[2]), 0);
}

static void addresses_that_are_not_the_vm_s_memory_are_not_shared(void **state)
{
	struct tguest *g = &tguests[0];
	uint64_t bad[] = {0,
			  TG_IPA(32) + 1,
			  FAKE_MMIO_IPA,
			  TG_IPA(FAKE_RAM_PAGES),
			  TG_IPA(FAKE_RAM_PAGES - 1),
			  fake_pa(tguests[1].host, TG_IPA(0)),
			  UINT64_MAX - PAGE_MASK,
			  UINT64_MAX - 2 * PAGE_SIZE + 1};

	(void)state;
	assert_int_equal(tguest_map(g), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		uint32_t length = tguest_descriptor(g, 32, 2);

		ranges(g)->address = bad[i];
		expect_bad(g, length);
	}
}

/* 240 ranges of a page: the longest list, the buffer nearly full. */
static void the_longest_list_is_shared_page_by_page(void **state)
{
	struct tguest *g = &tguests[0];
	struct mt_share *share = &trusty_model.shares[0];

	(void)state;
	assert_int_equal(tguest_map(g), 0);
	(void)tguest_descriptor(g, 32, 240);
	composite(g)->ranges = 240;
	for (uint32_t i = 0; i < 240; i++)
		ranges(g)[i] = (struct ffa_range){TG_IPA(1000 + 3 * i), 1, 0};
	assert_int_equal(send(g, 64 + 240 * 16), 0);
	assert_int_equal(share->count, 240);
	for (uint32_t i = 0; i < 240; i++)
		assert_true(share->pages[i] == fake_pa(g->host, TG_IPA(1000 + 3 * i)));
	assert_int_equal(tguest_reclaim(g, g->regs[3] << 32 | g->regs[2]), 0);
}

static uint32_t copies;

/* The guest's other vCPU, once the mediator has read the descriptor. */
static void rewrite(struct tee_host_vm *vm, uint64_t ipa, size_t size)
{
	struct tguest *g = &tguests[vm->index];

	(void)ipa;
	(void)size;
	copies++;
	ranges(g)->address = fake_pa(tguests[1].host, TG_IPA(0));
	ranges(g)->pages = 200;
	descriptor(g)->sender = tguests[1].vm->id;
}

static void a_descriptor_is_read_once(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_map(g), 0);
	copies = 0;
	g->host->on_read = rewrite;
	assert_int_equal(tguest_share(g, 32, 2), 0);
	assert_int_equal(copies, 1);
	assert_int_equal(trusty_model.shares[0].sender, g->vm->id);
	assert_int_equal(trusty_model.shares[0].count, 2);
	assert_int_equal(tguest_reclaim(g, g->handle), 0);
}

static void a_vm_shares_no_more_than_its_quota(void **state)
{
	struct tguest *g = &tguests[0];
	uint64_t handles[8], first;

	(void)state;
	g->vm->quota.shared_pages = 10;
	assert_int_equal(tguest_share(g, 32, 9), FFA_NO_MEMORY);
	assert_int_equal(tguest_share(g, 32, 8), 0);
	first = g->handle;
	assert_int_equal(tguest_share(g, 48, 1), FFA_NO_MEMORY);
	assert_int_equal(tguest_reclaim(g, first), 0);
	g->vm->quota.shared_pages = 512;
	for (unsigned i = 0; i < 8; i++) {		     /* fewer than its quota of buffers */
		assert_int_equal(tguest_share(g, 32, 1), 0); /* one page, many times */
		handles[i] = g->handle;
	}
	assert_int_equal(tguest_share(g, 33, 1), FFA_NO_MEMORY);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(tguest_reclaim(g, handles[i]), 0);
}

static void el3_s_refusal_reaches_the_guest_and_unpins(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	trusty_model.fail_share = FFA_NO_MEMORY;
	assert_int_equal(tguest_share(g, 32, 4), FFA_NO_MEMORY);
	tguest_expect_baseline(g);
	trusty_model.fail_share = 0;
	fake.fail.pin = 1;
	assert_int_equal(tguest_share(g, 32, 4), FFA_INVALID_PARAMETERS);
	tguest_expect_baseline(g);
}

/* EL3 may have taken the pages: they are not given back. */
static void an_answer_of_el3_that_is_none_keeps_the_pages_pinned(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	trusty_model.odd_share = 0x8400007au;
	assert_int_equal(tguest_share(g, 32, 4), FFA_ABORTED);
	trusty_model.odd_share = 0;
	assert_int_equal(g->host->pinned, 2 + 4);
	tguest_expect_works(&tguests[1]);
	assert_int_equal(tguest_destroy(g), TEE_STATUS_FAULT);
	assert_int_equal(g->host->pinned, 4);
}

static int32_t answer;

static void share_beside(struct tee_host_vm *vm, uint64_t ipa, size_t size)
{
	struct tguest other = tguests[vm->index]; /* another vCPU, with registers of its own */

	(void)ipa;
	(void)size;
	vm->on_read = NULL;
	vm->locked = false;
	answer = tguest_ffa(&other, FFA_MEM_SHARE_32, 80, 80, 0);
	vm->locked = true;
}

static void two_shares_of_a_vm_at_once_do_not_mix(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_map(g), 0);
	g->host->on_read = share_beside;
	assert_int_equal(tguest_share(g, 32, 2), 0);
	assert_int_equal(answer, FFA_BUSY);
	assert_int_equal(tguest_reclaim(g, g->handle), 0);
}

/* Another vCPU, while this one is in the port or in EL3. */
static void beside(uint32_t function)
{
	struct tguest *g = &tguests[0];
	struct tguest other = *g;

	switch (function) {
	case FFA_MEM_RECLAIM:
		answer = tguest_reclaim(&other, g->handle);
		break;
	case FFA_MEM_SHARE_32:
		answer = tguest_ffa(&other, FFA_MEM_SHARE_32, 80, 80, 0);
		break;
	default:
		answer = tguest_ffa(&other, function, 0, 0, 0);
		break;
	}
}

static void reclaim_beside(void)
{
	beside(FFA_MEM_RECLAIM);
}

static void share_in_pin(struct tee_host_vm *vm, const uint64_t *ipas, uint32_t count, bool ok)
{
	(void)vm;
	(void)ipas;
	(void)count;
	(void)ok;
	beside(FFA_MEM_SHARE_32);
}

static void unmap_in_unpin(struct tee_host_vm *vm, const uint32_t *frames, uint32_t count)
{
	(void)vm;
	(void)frames;
	(void)count;
	beside(FFA_RXTX_UNMAP);
}

static void a_share_is_reclaimed_once_though_two_ask(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	assert_int_equal(tguest_share(g, 32, 2), 0);
	trusty_model.inside = reclaim_beside;
	assert_int_equal(tguest_reclaim(g, g->handle), 0);
	assert_int_equal(answer, FFA_INVALID_PARAMETERS);
}

/* One call with the port watched, as tguest_ffa would not do. */
static void watched(struct tguest *g, const struct fake_watch *watch, uint32_t function)
{
	uint64_t regs[18] = {function, TG_IPA(TG_TRANSMIT), TG_IPA(TG_RECEIVE), 1};

	if (function == FFA_RXTX_UNMAP)
		regs[1] = 0;
	fake.watch = watch;
	assert_int_equal(trusty_backend.call(g->vm, &g->vcpu, regs), TEE_DONE);
	fake.watch = NULL;
	assert_int_equal(regs[0], FFA_SUCCESS);
}

static void buffers_that_are_being_changed_are_neither_used_nor_unmapped(void **state)
{
	static const struct fake_watch pins = {.pin = share_in_pin};
	static const struct fake_watch unpins = {.unpin = unmap_in_unpin};
	struct tguest *g = &tguests[0];

	(void)state;
	(void)tguest_descriptor(g, 32, 1);
	watched(g, &pins, FFA_RXTX_MAP_64);
	assert_int_equal(answer, FFA_INVALID_PARAMETERS);
	watched(g, &unpins, FFA_RXTX_UNMAP);
	assert_int_equal(answer, FFA_INVALID_PARAMETERS);
	tguest_expect_baseline(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRUSTY_TEST(a_guest_finds_version_features_and_its_id),
		TRUSTY_TEST(other_functions_are_not_supported),
		TRUSTY_TEST_ADDRESS(without_el3_s_service_there_is_no_ff_a),
		TRUSTY_TEST(buffers_are_the_vm_s_own_pages_and_mapped_once),
		TRUSTY_TEST(a_buffer_in_32_bits_is_mapped_below_4_gib),
		TRUSTY_TEST(a_share_is_reclaimed_by_its_own_vm_only),
		TRUSTY_TEST(an_old_handle_names_no_new_share),
		TRUSTY_TEST(a_device_is_made_of_the_vm_s_own_share_only),
		TRUSTY_TEST(a_share_that_a_device_uses_is_not_reclaimed),
		TRUSTY_TEST(a_share_el3_does_not_let_go_of_stays_pinned),
		TRUSTY_TEST(descriptors_with_a_wrong_field_never_reach_el3),
		TRUSTY_TEST(lists_that_do_not_add_up_never_reach_el3),
		TRUSTY_TEST(lengths_that_are_not_one_fragment_never_reach_el3),
		TRUSTY_TEST(addresses_that_are_not_the_vm_s_memory_are_not_shared),
		TRUSTY_TEST(the_longest_list_is_shared_page_by_page),
		TRUSTY_TEST(a_descriptor_is_read_once),
		TRUSTY_TEST(a_vm_shares_no_more_than_its_quota),
		TRUSTY_TEST(el3_s_refusal_reaches_the_guest_and_unpins),
		TRUSTY_TEST(an_answer_of_el3_that_is_none_keeps_the_pages_pinned),
		TRUSTY_TEST(two_shares_of_a_vm_at_once_do_not_mix),
		TRUSTY_TEST(a_share_is_reclaimed_once_though_two_ask),
		TRUSTY_TEST(buffers_that_are_being_changed_are_neither_used_nor_unmapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
