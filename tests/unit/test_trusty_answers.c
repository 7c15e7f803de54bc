/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers and counters of the Trusty backend, all of them: what a guest is answered, what enters
 * Trusty and EL3, and what is counted for what.
 */
#include "tests/unit/trusty_guest.h"
#include <string.h>

#define KEPT 0xdead000000000000ull /* and the register's number: the guest's own value */

/* What entered, in order. */
#define CALLS 64u
static uint64_t entered[CALLS][TEE_SMC_REGS];
static uint32_t entered_count;

static void note_entry(const uint64_t *regs)
{
	assert_true(entered_count < CALLS);
	memcpy(entered[entered_count++], regs, sizeof(entered[0]));
}

static void expect_entered(uint32_t n, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3,
			   uint64_t x7)
{
	const uint64_t due[TEE_SMC_REGS] = {x0, x1, x2, x3, 0, 0, 0, x7};

	assert_true(n < entered_count);
	assert_memory_equal(entered[n], due, sizeof(due));
}

static void begin(void)
{
	fake.audit = note_entry;
	entered_count = 0;
}

static void call(struct tguest *g, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	for (uint32_t i = 0; i < 18; i++)
		g->regs[i] = KEPT + i;
	g->regs[0] = x0;
	g->regs[1] = x1;
	g->regs[2] = x2;
	g->regs[3] = x3;
	g->regs[4] = 0; /* FF-A wants it so */
	assert_int_equal(trusty_backend.call(g->vm, &g->vcpu, g->regs), TEE_DONE);
}

/* An answer of FF-A defines eight registers. */
static void expect_ffa(struct tguest *g, uint64_t x0, uint64_t x2, uint64_t x3)
{
	const uint64_t due[8] = {x0, 0, x2, x3};

	assert_memory_equal(g->regs, due, sizeof(due));
	for (uint32_t i = 8; i < 18; i++)
		assert_true(g->regs[i] == KEPT + i);
}

static void expect_ffa_error(struct tguest *g, int32_t code)
{
	expect_ffa(g, FFA_ERROR, (uint32_t)code, 0);
}

static void answers_of_ff_a_define_eight_registers(void **state)
{
	struct tguest *g = &tguests[0];
	uint32_t length;

	(void)state;
	call(g, FFA_FEATURES, FFA_MEM_SHARE_64, 7, 7);
	expect_ffa(g, FFA_SUCCESS, 0, 0);
	call(g, FFA_FEATURES, 0x84000070, 7, 7);
	expect_ffa_error(g, FFA_NOT_SUPPORTED);
	call(g, FFA_ID_GET, 7, 7, 7);
	expect_ffa(g, FFA_SUCCESS, g->vm->id, 0);
	call(g, FFA_RXTX_MAP_64, TG_IPA(TG_TRANSMIT), TG_IPA(TG_TRANSMIT), 1);
	expect_ffa_error(g, FFA_INVALID_PARAMETERS);
	call(g, FFA_RXTX_MAP_64, TG_IPA(TG_TRANSMIT), TG_IPA(TG_RECEIVE), 1);
	expect_ffa(g, FFA_SUCCESS, 0, 0);
	length = tguest_descriptor(g, TG_BUFFER, 3);
	call(g, FFA_MEM_SHARE_32, length, length, 0);
	expect_ffa(g, FFA_SUCCESS, 1, 1); /* record 1, generation 1 */
	call(g, FFA_MEM_RECLAIM, 1, 1, 1);
	expect_ffa_error(g, FFA_INVALID_PARAMETERS);
	call(g, FFA_MEM_RECLAIM, 1, 1, 0);
	expect_ffa(g, FFA_SUCCESS, 0, 0);
	call(g, FFA_RXTX_UNMAP, 0, 7, 7);
	expect_ffa(g, FFA_SUCCESS, 0, 0);
	call(g, 0x84000070, 7, 7, 7);
	expect_ffa_error(g, FFA_NOT_SUPPORTED);
}

static void expect_only_x0(struct tguest *g, uint64_t function, uint64_t x1, uint64_t x2,
			   uint64_t x0)
{
	call(g, function, x1, x2, 77);
	assert_true(g->regs[0] == x0);
	assert_true(g->regs[1] == x1 && g->regs[2] == x2 && g->regs[3] == 77);
	for (uint32_t i = 5; i < 18; i++)
		assert_true(g->regs[i] == KEPT + i);
}

static void answers_of_trusty_define_x0(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	expect_only_x0(g, TRUSTY_FC_API_VERSION, 4, 7, 4);
	expect_only_x0(g, TRUSTY_FC_API_VERSION, 9, 7, 5);
	expect_only_x0(g, TRUSTY_FC_GET_VERSION_STR, UINT32_MAX, 7, 12);
	expect_only_x0(g, TRUSTY_FC_GET_VERSION_STR, 0, 7, 'm');
	expect_only_x0(g, TRUSTY_FC_GET_VERSION_STR, 11, 7, 'y');
	expect_only_x0(g, TRUSTY_FC_GET_VERSION_STR, 12, 7, (uint32_t)TRUSTY_ERR_INVALID);
	expect_only_x0(g, TRUSTY_FC_GET_NEXT_IRQ, 0, TRUSTY_IRQ_DOORBELL, 13);
	expect_only_x0(g, TRUSTY_FC_GET_NEXT_IRQ, 13, TRUSTY_IRQ_DOORBELL, 13);
	expect_only_x0(g, TRUSTY_FC_GET_NEXT_IRQ, 14, TRUSTY_IRQ_DOORBELL,
		       (uint32_t)TRUSTY_ERR_END_OF_INPUT);
	expect_only_x0(g, TRUSTY_FC_GET_NEXT_IRQ, 0, TRUSTY_IRQ_NORMAL,
		       (uint32_t)TRUSTY_ERR_END_OF_INPUT);
	expect_only_x0(g, TRUSTY_FC_GET_SMP_MAX_CPUS, 7, 7, 8);
	expect_only_x0(g, TRUSTY_SC_NOP, 0, 7, (uint32_t)TRUSTY_ERR_NOP_DONE);
	expect_only_x0(g, TRUSTY_SC_LOCKED_NOP, 7, 7, 0);
	expect_only_x0(g, TRUSTY_FC64_GET_FIQ_REGS, 7, 7, (uint64_t)TRUSTY_ERR_NOT_SUPPORTED);
	call(g, TRUSTY_FC_UID, 7, 7, 7);
	assert_true(g->regs[0] == TRUSTY_UID_0 && g->regs[1] == TRUSTY_UID_1);
	assert_true(g->regs[2] == TRUSTY_UID_2 && g->regs[3] == TRUSTY_UID_3);
	assert_true(g->regs[5] == KEPT + 5);
}

static void a_probe_asks_this_and_nothing_else(void **state)
{
	uint64_t memory[256];
	uint32_t n = 0;

	(void)state;
	begin();
	trusty_model.negotiated = false;
	assert_true(trusty_backend.instance_size <= sizeof(memory));
	memset(memory, 0xa5, sizeof(memory));
	assert_int_equal(trusty_backend.probe(memory, &fake_port), TEE_STATUS_OK);
	expect_entered(n++, TRUSTY_FC_UID, 0, 0, 0, 0);
	expect_entered(n++, FFA_VERSION, FFA_VERSION_1_0, 0, 0, 0);
	expect_entered(n++, FFA_FEATURES, FFA_MEM_SHARE_32, 0, 0, 0);
	expect_entered(n++, TRUSTY_FC_API_VERSION, 5, 0, 0, 0);
	expect_entered(n++, TRUSTY_FC_GET_VERSION_STR, UINT32_MAX, 0, 0, 0);
	for (uint32_t i = 0; i < 12; i++)
		expect_entered(n++, TRUSTY_FC_GET_VERSION_STR, i, 0, 0, 0);
	expect_entered(n++, TRUSTY_FC_GET_SMP_MAX_CPUS, 0, 0, 0, 0);
	expect_entered(n++, TRUSTY_FC_GET_NEXT_IRQ, 0, TRUSTY_IRQ_DOORBELL, 0, 0);
	assert_int_equal(entered_count, n);
	assert_int_equal(((struct tee *)(void *)memory)->vms, 0);
}

static void buffers_for_el3_are_mapped_for_the_first_vm(void **state)
{
	struct tguest *a = &tguests[0], *b = &tguests[1];
	uint64_t transmit = trusty_model.transmit;

	(void)state;
	assert_int_equal(tguest_destroy(a), TEE_STATUS_OK);
	begin();
	assert_int_equal(tguest_destroy(b), TEE_STATUS_OK);
	expect_entered(0, FFA_RXTX_UNMAP, 0, 0, 0, 0);
	assert_int_equal(entered_count, 1);
	assert_int_equal(tguest_create(a), TEE_STATUS_OK);
	expect_entered(1, FFA_RXTX_MAP_64, transmit, transmit + PAGE_SIZE, 1, 0);
	assert_int_equal(tguest_create(b), TEE_STATUS_OK);
	assert_int_equal(entered_count, 2);
}

static void a_device_s_calls_enter_with_trusty_s_id(void **state)
{
	struct tguest *g = &tguests[0];
	const uint16_t client = g->vm->id;
	uint64_t low, high;

	(void)state;
	begin();
	assert_int_equal(tguest_device(g, 2), 0);
	low = (uint32_t)trusty_model.shares[0].handle;
	high = trusty_model.shares[0].handle >> 32;
	expect_entered(0, FFA_MEM_SHARE_32, 96, 96, 0, 0); /* a range for each page */
	expect_entered(1, TRUSTY_SC_QL_CREATE, low, high, 2 * PAGE_SIZE, client);
	assert_int_equal(tguest_command(g, MT_CONNECT), 0);
	expect_entered(2, TRUSTY_SC_QL_HANDLE_CMD, low, high, 16, client);
	tguest_header(g)->opcode = MT_HAS_EVENT;
	call(g, TRUSTY_FC_QL_HANDLE_CMD, (uint32_t)g->id, g->id >> 32, 16);
	assert_int_equal(g->regs[0], 0);
	expect_entered(3, TRUSTY_FC_QL_HANDLE_CMD, low, high, 16, client);
	assert_int_equal(tguest_std(g, TRUSTY_SC_QL_SHUTDOWN, g->id, 77), 0);
	expect_entered(4, TRUSTY_SC_QL_SHUTDOWN, low, high, 0, client);
	tguest_forget(g);
	expect_entered(5, FFA_MEM_RECLAIM, low, high, 0, 0);
	assert_int_equal(entered_count, 6);
}

static void other_calls_enter_with_what_is_defined(void **state)
{
	struct tguest *g = &tguests[0];
	const uint16_t client = g->vm->id;

	(void)state;
	begin();
	call(g, TRUSTY_SC_NOP, 0, 7, 7);
	expect_entered(0, TRUSTY_SC_NOP, 0, 0, 0, client);
	call(g, TRUSTY_SC_LOCKED_NOP, 7, 7, 7);
	expect_entered(1, TRUSTY_SC_LOCKED_NOP, 0, 0, 0, client);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_FIQ_INTERRUPTED);
	model_trusty_script(&trusty_model.standard, 1, TRUSTY_ERR_INTERRUPTED);
	assert_int_equal(tguest_std(g, TRUSTY_SC_LOCKED_NOP, 0, 0), 0);
	expect_entered(2, TRUSTY_SC_LOCKED_NOP, 0, 0, 0, client);
	expect_entered(3, TRUSTY_SC_RESTART_FIQ, 0, 0, 0, client);
	expect_entered(4, TRUSTY_SC_RESTART_LAST, 0, 0, 0, client);
	trusty_backend.irq(trusty_tee, 13);
	expect_entered(5, TRUSTY_SC_NOP, 0, 0, 0, 0);
	assert_int_equal(entered_count, 6);
}

/* Counters */

static struct tee_counters want;

static void expect_counted(const struct tguest *g)
{
	assert_memory_equal(&g->vm->count, &want, sizeof(want));
}

struct refusal {
	uint64_t x0, x1, x2, x3;
	enum tee_refusal why;
	uint32_t calls;
};

static void expect_refusals(struct tguest *g, const struct refusal *r, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		want = g->vm->count;
		call(g, r[i].x0, r[i].x1, r[i].x2, r[i].x3);
		want.calls += r[i].calls;
		want.refusals[r[i].why]++;
		expect_counted(g);
	}
}

static void each_refusal_is_counted_once_for_its_reason(void **state)
{
	static const struct refusal cases[] = {
		{0xbc0000ffu, 0, 0, 0, TEE_REFUSED_FUNCTION, 0},
		{TRUSTY_FC_CPU_SUSPEND, 0, 0, 0, TEE_REFUSED_POLICY, 0},
		{TRUSTY_FC64_GET_FIQ_REGS, 0, 0, 0, TEE_REFUSED_FUNCTION, 0},
		{0x32000000u, 0, 0, 0, TEE_REFUSED_FUNCTION, 0},
		{TRUSTY_SC_NOP, TRUSTY_SC_VDEV_KICK_VQ, 0, 0, TEE_REFUSED_FUNCTION, 0},
		{TRUSTY_SC_RESTART_FIQ, 0, 0, 0, TEE_REFUSED_RESUME, 0},
		{TRUSTY_SC_RESTART_LAST, 0, 0, 0, TEE_REFUSED_RESUME, 0},
		{TRUSTY_SC_SET_ROT_PARAMS, 0, 0, 0, TEE_REFUSED_POLICY, 0},
		{TRUSTY_FC_QL_HANDLE_CMD, 1, 1, 16, TEE_REFUSED_COOKIE, 0},
		{TRUSTY_SC_QL_CREATE, 1, 1, 0, TEE_REFUSED_MESSAGE, 1},
		{TRUSTY_SC_QL_CREATE, 1, 1, 4096, TEE_REFUSED_COOKIE, 1},
		{TRUSTY_SC_QL_SHUTDOWN, 1, 1, 0, TEE_REFUSED_COOKIE, 1},
		{TRUSTY_SC_QL_HANDLE_CMD, 1, 1, 16, TEE_REFUSED_COOKIE, 1},
		{0x84000070u, 0, 0, 0, TEE_REFUSED_FUNCTION, 0},
		{FFA_FEATURES, 0x84000070u, 0, 0, TEE_REFUSED_FUNCTION, 0},
		{FFA_RXTX_UNMAP, 0, 0, 0, TEE_REFUSED_MESSAGE, 0},
		{FFA_RXTX_MAP_64, TG_IPA(0), TG_IPA(0), 1, TEE_REFUSED_MESSAGE, 0},
		{FFA_RXTX_MAP_64, TG_IPA(0), TG_IPA(1), 2, TEE_REFUSED_MESSAGE, 0},
		{FFA_RXTX_MAP_64, TG_IPA(0), FAKE_MMIO_IPA, 1, TEE_REFUSED_ADDRESS, 0},
		{FFA_MEM_SHARE_32, 63, 63, 0, TEE_REFUSED_MESSAGE, 0},
		{FFA_MEM_SHARE_32, 4097, 4097, 0, TEE_REFUSED_MESSAGE, 0},
		{FFA_MEM_SHARE_32, 80, 80, 0, TEE_REFUSED_MESSAGE, 0}, /* without buffers */
		{FFA_MEM_RECLAIM, 1, 1, 0, TEE_REFUSED_COOKIE, 0},
	};

	(void)state;
	expect_refusals(&tguests[0], cases, ARRAY_SIZE(cases));
	tguest_expect_baseline(&tguests[0]);
}

static void refusals_of_what_exists_are_counted_too(void **state)
{
	struct tguest *g = &tguests[0];
	uint32_t length;

	(void)state;
	assert_int_equal(tguest_device(g, 1), 0);
	{
		const struct refusal cases[] = {
			{FFA_RXTX_MAP_64, TG_IPA(0), TG_IPA(1), 1, TEE_REFUSED_QUOTA, 0},
			{FFA_RXTX_UNMAP, 0x70000, 0, 0, TEE_REFUSED_MESSAGE, 0},
			{FFA_MEM_RECLAIM, (uint32_t)g->handle, g->handle >> 32, 0,
			 TEE_REFUSED_COOKIE, 0}, /* a device uses it */
			{TRUSTY_SC_QL_CREATE, (uint32_t)g->id, g->id >> 32, 4096, TEE_REFUSED_QUOTA,
			 1}, /* a second device */
			{TRUSTY_SC_QL_HANDLE_CMD, (uint32_t)g->id, g->id >> 32, 4097,
			 TEE_REFUSED_COOKIE, 1},
			{TRUSTY_SC_QL_HANDLE_CMD, (uint32_t)g->id, g->id >> 32, 15,
			 TEE_REFUSED_COOKIE, 1},
		};

		expect_refusals(g, cases, ARRAY_SIZE(cases));
	}
	length = tguest_descriptor(g, TG_BUFFER, 240);
	{
		const struct refusal cases[] = {
			{FFA_MEM_SHARE_32, length - 8, length - 8, 0, TEE_REFUSED_MESSAGE, 0},
			{FFA_MEM_SHARE_32, length, length, 1, TEE_REFUSED_MESSAGE, 0},
			{FFA_MEM_SHARE_32, length, length, 0, TEE_REFUSED_ADDRESS, 0},
		};

		g->host->access[TG_BUFFER + 239] = FAKE_RO;
		expect_refusals(g, cases, ARRAY_SIZE(cases));
		g->host->access[TG_BUFFER + 239] = FAKE_RW;
	}
	assert_int_equal(tguest_shutdown(g), 0);
	tguest_forget(g);
}

static void what_a_device_does_is_counted(void **state)
{
	struct tguest *g = &tguests[0];

	(void)state;
	want = g->vm->count;
	assert_int_equal(tguest_device(g, 1), 0);
	want.registrations++;
	want.calls++;
	want.secure_calls += 2; /* the share, and the call */
	expect_counted(g);
	assert_int_equal(tguest_command(g, MT_CONNECT), 0);
	want.invokes++;
	want.calls++;
	want.secure_calls++;
	expect_counted(g);
	(void)tguest_smc(g, TRUSTY_FC_GET_SMP_MAX_CPUS, 0, 0, 0);
	want.fast_calls++;
	expect_counted(g);
	call(g, TRUSTY_FC_UID, 0, 0, 0);
	want.fast_calls++;
	expect_counted(g);
	model_trusty_script(&trusty_model.standard, 3, TRUSTY_ERR_INTERRUPTED);
	fake.interrupts_returned = 1;
	assert_int_equal(tguest_shutdown(g), 0);
	want.calls++;
	want.secure_calls += 4;
	want.irq_returned++;
	want.irq_resumed += 2;
	expect_counted(g);
	tguest_forget(g);
	want.secure_calls++;
	expect_counted(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRUSTY_TEST(answers_of_ff_a_define_eight_registers),
		TRUSTY_TEST(answers_of_trusty_define_x0),
		TRUSTY_TEST(a_probe_asks_this_and_nothing_else),
		TRUSTY_TEST(buffers_for_el3_are_mapped_for_the_first_vm),
		TRUSTY_TEST(a_device_s_calls_enter_with_trusty_s_id),
		TRUSTY_TEST(other_calls_enter_with_what_is_defined),
		TRUSTY_TEST(each_refusal_is_counted_once_for_its_reason),
		TRUSTY_TEST(refusals_of_what_exists_are_counted_too),
		TRUSTY_TEST(what_a_device_does_is_counted),
	};

	return cmocka_run_group_tests_name("trusty_answers", tests, NULL, NULL);
}
