/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only long use would reach, and what needs the TEE to be on chosen threads: generations at
 * their end, set here from inside; threads that calls hold, whoever ends meanwhile; the vCPU that
 * the host is told of.
 */
#include "mediator/optee/optee.h"
#include "tests/unit/second_tee.h"
#include <string.h>

#define COOKIE 0xffff888800001000ull

static struct optee_vm *inside(const struct guest *g)
{
	return optee_vm_of(g->tee);
}

static uint32_t resume(struct guest *g, uint64_t handle)
{
	return smc4(g, OPTEE_SMC_RETURN_FROM_RPC, 0, 0, handle);
}

/* The handle by which a call of record 0 is left. */
static uint64_t leave(struct guest *g)
{
	uint64_t handle;

	g->hold = true;
	(void)guest_invoke(g, MODEL_TIME, 0);
	assert_int_equal(g->regs[0], OPTEE_SMC_RPC_CMD);
	handle = g->regs[3];
	guest_rpc(g)->h.ret = 0;
	assert_int_equal(resume(g, handle), OPTEE_SMC_OK);
	g->hold = false;
	return handle;
}

static void a_calls_handles_begin_again_after_2_to_the_26(void **state)
{
	static const uint32_t generations[] = {0, 1, 0x1ffffff, 0x2000000, 0x3fffffe};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(generations); i++) {
		inside(g)->calls[0].generation = generations[i];
		assert_int_equal(leave(g), (generations[i] + 1) << 6);
	}
	assert_int_equal(leave(g), 0);
	assert_int_equal(leave(g), 1 << 6);
}

static uint64_t handle_of_new_buffer(struct guest *g)
{
	struct model_guest *t = model_guest_of(g->host);
	uint64_t handle = 0;

	assert_int_equal(guest_register(g, COOKIE, 0, 4096), TEEC_SUCCESS);
	for (uint32_t i = 0; i < MODEL_BUFFERS; i++)
		if (t->buffers[i].handle != 0 && t->buffers[i].handle != BIT(63))
			handle = t->buffers[i].handle;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	return handle;
}

/* Below 2^31, so that no handle is the arena's. */
static void a_buffers_handles_begin_again_after_2_to_the_31(void **state)
{
	static const uint32_t generations[] = {0, 1, 0x3fffffff, 0x40000000, 0x7ffffffe};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(generations); i++) {
		inside(g)->objects[0].generation = generations[i];
		assert_true(handle_of_new_buffer(g) == ((generations[i] + 1ull) << 32 | 1));
	}
	assert_true(handle_of_new_buffer(g) == 1);
	assert_true(handle_of_new_buffer(g) == (1ull << 32 | 1));
}

static size_t lines(size_t bytes)
{
	return (bytes + 63) / 64 * 64;
}

/* The least of a power of two, but two at least. */
static size_t buckets(uint32_t buffers)
{
	size_t n = 2;

	while (n < buffers)
		n *= 2;
	return n;
}

/*
 * No more than the quota needs, each part from a cache line on: the VM, calls, objects, chunks of
 * 15 frames for objects of five pages and more, hash buckets, links of list pages, sessions.
 */
static void a_vm_takes_the_memory_that_its_quota_needs(void **state)
{
	static const struct tee_quota quotas[] = {
		{17408, 1024, 256, 16}, {17408, 64, 4, 1}, {0, 0, 0, 0},     {1, 1, 1, 1},
		{4, 2, 1, 2},		{5, 3, 1, 2},	   {14, 4, 1, 2},    {15, 5, 1, 2},
		{510, 16, 1, 2},	{511, 17, 1, 2},   {1022, 32, 1, 3}, {10000, 33, 1, 9},
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(quotas); i++) {
		const struct tee_quota *q = &quotas[i];
		const uint32_t calls = q->calls == 0 ? 1 : q->calls < 2 ? q->calls : 2;
		const uint32_t large =
			q->shared_pages / 5 < q->buffers ? q->shared_pages / 5 : q->buffers;

		assert_int_equal(optee_backend.vm_size(machine_tee, q),
				 lines(sizeof(struct optee_vm)) +
					 lines(calls * sizeof(struct optee_call)) +
					 q->buffers * 64 + (q->shared_pages / 15 + large) * 64 +
					 lines(buckets(q->buffers) * 4) +
					 lines((q->shared_pages / 511 + calls) * 4) +
					 lines(q->sessions * 4));
	}
}

/* Sizes that would wrap; the quota is never asked. */
static void a_size_near_the_end_of_numbers_is_malformed(void **state)
{
	static const struct {
		uint64_t size;
		enum tee_refusal why;
	} cases[] = {
		{UINT64_MAX, TEE_REFUSED_MESSAGE},
		{UINT64_MAX - 8191, TEE_REFUSED_MESSAGE},
		{UINT64_MAX - 8192, TEE_REFUSED_QUOTA},
		{UINT64_MAX - 8193, TEE_REFUSED_QUOTA},
	};
	struct guest *g = &guests[0];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t before = g->tee->count.refusals[cases[i].why];

		assert_int_not_equal(guest_register(g, COOKIE, 4095, cases[i].size), TEEC_SUCCESS);
		assert_int_equal(g->tee->count.refusals[cases[i].why], before + 1);
		expect_baseline(g);
	}
}

/* The TEE leaves every call by an interrupt for the guest, on the threads of this list. */
static uint32_t threads[8];
static uint32_t exits;
static void (*meanwhile)(void); /* once, between the end of a call and our hearing of it */

static void on_threads(uint64_t *regs)
{
	if (regs[0] == OPTEE_SMC_RETURN_FROM_RPC && exits >= ARRAY_SIZE(threads)) {
		void (*other)(void) = meanwhile;

		meanwhile = NULL;
		if (other != NULL)
			other();
		regs[0] = OPTEE_SMC_OK;
		return;
	}
	regs[0] = OPTEE_SMC_RPC_FOREIGN_INTR;
	regs[3] = threads[exits++];
	fake.interrupts_returned = 1;
}

static void threads_begin(void)
{
	second_begin(false);
	fake.audit = NULL;
	assert_int_equal(guest_create(&guests[0]), TEE_STATUS_OK);
	second_yielding(on_threads);
	exits = 0;
	leaves_state = true;
}

/* A call without parameters in page n, left by an interrupt or ended by a fault; its handle. */
static uint64_t begin_call(uint32_t n, uint32_t answer)
{
	struct guest *g = &guests[0];

	message_at(g, IPA(n))->h = (struct optee_msg_header){.cmd = OPTEE_MSG_CANCEL};
	assert_int_equal(smc4(g, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(n), 1), answer);
	return g->regs[3];
}

static void a_call_that_comes_back_on_another_thread_is_a_fault(void **state)
{
	uint64_t handle;

	(void)state;
	threads_begin();
	threads[0] = 0;
	threads[1] = 0;
	threads[2] = 1;
	handle = begin_call(0, OPTEE_SMC_RPC_FOREIGN_INTR);
	assert_int_equal(resume(&guests[0], handle), OPTEE_SMC_RPC_FOREIGN_INTR);
	assert_false(guests[0].tee->dead);
	assert_int_equal(resume(&guests[0], guests[0].regs[3]), OPTEE_SMC_ENOTAVAIL);
	assert_true(guests[0].tee->dead);
	second_end();
}

static void a_thread_of_two_calls_is_a_fault(void **state)
{
	(void)state;
	threads_begin();
	threads[0] = threads[1] = 1;
	(void)begin_call(0, OPTEE_SMC_RPC_FOREIGN_INTR);
	(void)begin_call(1, OPTEE_SMC_ENOTAVAIL);
	assert_true(guests[0].tee->dead);
	second_end();
}

/* Another vCPU calls, in page 1, and is left on thread 0. */
static void call_on_thread_0(void)
{
	struct guest other = guests[0];

	exits = 0;
	threads[0] = 0;
	message_at(&other, IPA(1))->h = (struct optee_msg_header){.cmd = OPTEE_MSG_CANCEL};
	assert_int_equal(smc4(&other, OPTEE_SMC_CALL_WITH_RPC_ARG, 0, IPA(1), 1),
			 OPTEE_SMC_RPC_FOREIGN_INTR);
	exits = ARRAY_SIZE(threads);
}

/* The TEE gives it to another CPU's call before this CPU hears that its call is over. */
static void a_thread_that_is_free_again_is_no_fault(void **state)
{
	uint64_t handle;

	(void)state;
	threads_begin();
	threads[0] = 0;
	handle = begin_call(0, OPTEE_SMC_RPC_FOREIGN_INTR);
	exits = ARRAY_SIZE(threads);
	meanwhile = call_on_thread_0;
	assert_int_equal(resume(&guests[0], handle), OPTEE_SMC_OK);
	assert_false(guests[0].tee->dead);
	assert_int_equal(inside(&guests[0])->threads_busy, 1);
	second_end();
}

/* Two calls at once in the TEE, and both come out on thread 0, the second one later. */
static enum tee_interrupted interrupt_of_two(struct tee_host_vcpu *vcpu)
{
	void (*other)(void) = meanwhile;

	meanwhile = NULL;
	if (other != NULL)
		other();
	fake.interrupts_returned = 1;
	return fake_port.foreign_interrupt(vcpu);
}

static void a_thread_of_two_calls_at_once_is_a_fault(void **state)
{
	struct tee_port two = fake_port;

	(void)state;
	two.foreign_interrupt = interrupt_of_two;
	second_port(&two);
	threads_begin();
	threads[0] = 0;
	meanwhile = call_on_thread_0;
	(void)begin_call(0, OPTEE_SMC_ENOTAVAIL);
	assert_true(guests[0].tee->dead);
	second_end();
}

/* The TEE ends at once what is refused: a record that had a thread before has none now. */
static void refuse_at_once(uint64_t *regs)
{
	regs[0] = OPTEE_SMC_EBADCMD;
}

static void a_call_without_a_thread_frees_no_others(void **state)
{
	uint64_t first, second;

	(void)state;
	threads_begin();
	threads[0] = 0;
	threads[1] = 1;
	first = begin_call(0, OPTEE_SMC_RPC_FOREIGN_INTR);
	second = begin_call(1, OPTEE_SMC_RPC_FOREIGN_INTR);
	exits = ARRAY_SIZE(threads);
	assert_int_equal(resume(&guests[0], first), OPTEE_SMC_OK); /* record 0 had thread 0 */
	assert_int_equal(resume(&guests[0], second), OPTEE_SMC_OK);
	exits = 0;
	threads[0] = 1;
	first = begin_call(0, OPTEE_SMC_RPC_FOREIGN_INTR); /* record 0, thread 1 */
	threads[1] = 0;
	second = begin_call(1, OPTEE_SMC_RPC_FOREIGN_INTR); /* record 1, thread 0 */
	exits = ARRAY_SIZE(threads);
	assert_int_equal(resume(&guests[0], first), OPTEE_SMC_OK); /* both free but thread 0 */
	second_yielding(refuse_at_once);
	(void)begin_call(0, OPTEE_SMC_EBADCMD); /* record 0 again, and no thread */
	inside(&guests[0])->calls[0].thread = 0;
	(void)begin_call(0, OPTEE_SMC_EBADCMD);
	second_yielding(on_threads);
	exits = 0;
	threads[0] = 0; /* record 1 has it still */
	(void)begin_call(0, OPTEE_SMC_ENOTAVAIL);
	assert_true(guests[0].tee->dead);
	(void)second;
	second_end();
}

/* After a fault the threads that the TEE is on stay taken: nobody resumes them. */
static void an_unknown_thread_is_a_fault(void **state)
{
	static const uint32_t unknown[] = {MODEL_THREADS, 63, 64, 65, UINT32_MAX};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		threads_begin();
		threads[0] = unknown[i];
		(void)begin_call(0, OPTEE_SMC_ENOTAVAIL);
		assert_int_equal(inside(&guests[0])->threads_busy, 0);
		second_end();
		for (uint32_t g = 0; g < GUESTS; g++) {
			guest_end(&guests[g]);
			guest_begin(&guests[g], &fake.vms[g]);
		}
	}
}

/* The host is told which vCPU an interrupt or long work is of: the one that calls now. */
static const struct tee_host_vcpu *interrupted, *working;

static enum tee_interrupted note_interrupt(struct tee_host_vcpu *vcpu)
{
	interrupted = vcpu;
	return fake_port.foreign_interrupt(vcpu);
}

static bool note_work(struct tee_host_vcpu *vcpu)
{
	working = vcpu;
	return fake_port.should_yield(vcpu);
}

static void the_host_is_told_the_vcpu_that_calls(void **state)
{
	struct tee_port noting = fake_port;
	struct guest *g = &guests[0], other;

	(void)state;
	noting.foreign_interrupt = note_interrupt;
	noting.should_yield = note_work;
	second_port(&noting);
	second_begin(false);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	fake.interrupts_returned = 1;
	g->hold = true;
	(void)guest_invoke(g, MODEL_INTERRUPT, 2);
	assert_ptr_equal(interrupted, &g->vcpu);
	other = *g; /* another vCPU goes on with it */
	other.hold = false;
	assert_int_equal(guest_go_on(&other), OPTEE_SMC_OK);
	assert_ptr_equal(interrupted, &other.vcpu);
	fake.yield = true;
	(void)guest_register(g, COOKIE, 0, 1500 * 4096);
	assert_ptr_equal(working, &g->vcpu);
	other = *g;
	other.hold = false;
	assert_int_equal(guest_go_on(&other), OPTEE_SMC_OK);
	assert_ptr_equal(working, &other.vcpu);
	g->hold = false;
	assert_int_equal(guest_unregister(g, COOKIE), TEEC_SUCCESS);
	assert_ptr_equal(working, &g->vcpu);
	second_end();
	assert_null(working);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST(a_calls_handles_begin_again_after_2_to_the_26),
		MEDIATOR_TEST(a_buffers_handles_begin_again_after_2_to_the_31),
		MEDIATOR_TEST(a_vm_takes_the_memory_that_its_quota_needs),
		MEDIATOR_TEST(a_size_near_the_end_of_numbers_is_malformed),
		MEDIATOR_TEST_NO_WINDOW(a_call_that_comes_back_on_another_thread_is_a_fault),
		MEDIATOR_TEST_NO_WINDOW(a_thread_of_two_calls_is_a_fault),
		MEDIATOR_TEST_NO_WINDOW(a_thread_that_is_free_again_is_no_fault),
		MEDIATOR_TEST_NO_WINDOW(a_thread_of_two_calls_at_once_is_a_fault),
		MEDIATOR_TEST_NO_WINDOW(a_call_without_a_thread_frees_no_others),
		MEDIATOR_TEST_NO_WINDOW(an_unknown_thread_is_a_fault),
		MEDIATOR_TEST_NO_WINDOW(the_host_is_told_the_vcpu_that_calls),
	};

	return cmocka_run_group_tests_name("optee_limits", tests, NULL, NULL);
}
