/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the TEE says at probe, and what a host learns from the backend's table: each answer that
 * makes it count as absent, alone, and the nearest one that does not.
 */
#include "tests/unit/mediator_guest.h"
#include <string.h>

/* One register of the answer to one function is other than the model's. */
static struct {
	uint64_t function;
	uint32_t reg;
	uint64_t value;
} lie;

static void lying_smc(uint64_t *regs)
{
	uint64_t function = regs[0];

	model_smc(regs);
	if (function == lie.function)
		regs[lie.reg] = lie.value;
}

static uint64_t memory[1024];

static enum tee_status probe(void)
{
	assert_true(optee_backend.instance_size <= sizeof(memory));
	memset(memory, 0xa5, sizeof(memory));
	return optee_backend.probe(memory, &fake_port);
}

static enum tee_status probe_with(uint32_t function, uint32_t reg, uint64_t value)
{
	enum tee_status status;

	lie.function = function;
	lie.reg = reg;
	lie.value = value;
	fake.secure = lying_smc;
	status = probe();
	fake.secure = model_smc;
	return status;
}

static void every_word_of_the_uid_counts(void **state)
{
	static const uint32_t words[] = {OPTEE_UID_0, OPTEE_UID_1, OPTEE_UID_2, OPTEE_UID_3};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(words); i++) {
		assert_int_equal(probe_with(OPTEE_SMC_CALLS_UID, i, words[i] ^ 1),
				 TEE_STATUS_ABSENT);
		/* of an SMC32's answer the lower halves are defined */
		assert_int_equal(probe_with(OPTEE_SMC_CALLS_UID, i, words[i] | BIT(40)),
				 TEE_STATUS_OK);
	}
}

static void the_oldest_version_served_is_4_5(void **state)
{
	(void)state;
	model.revision_minor = 4;
	assert_int_equal(probe(), TEE_STATUS_ABSENT);
	assert_int_equal(probe_with(OPTEE_SMC_GET_OS_REVISION, 0, 5), TEE_STATUS_OK);
	model.revision_minor = 6;
	assert_int_equal(probe(), TEE_STATUS_OK);
	assert_int_equal(probe_with(OPTEE_SMC_GET_OS_REVISION, 0, 3), TEE_STATUS_ABSENT);
	model.revision_minor = 5;
	assert_int_equal(probe(), TEE_STATUS_OK);
}

static void capabilities_must_be_told_and_complete(void **state)
{
	static const uint32_t needed[] = {OPTEE_SEC_CAP_VIRTUALIZATION, OPTEE_SEC_CAP_DYNAMIC_SHM,
					  OPTEE_SEC_CAP_RPC_ARG};
	const uint32_t f = OPTEE_SMC_EXCHANGE_CAPABILITIES;
	uint32_t all = 0;

	(void)state;
	assert_int_equal(probe_with(f, 0, OPTEE_SMC_ENOTAVAIL), TEE_STATUS_ABSENT);
	assert_int_equal(probe_with(f, 0, 1), TEE_STATUS_ABSENT);
	for (uint32_t i = 0; i < ARRAY_SIZE(needed); i++) {
		assert_int_equal(probe_with(f, 1, 0x7du & ~needed[i]), TEE_STATUS_ABSENT);
		all |= needed[i];
	}
	assert_int_equal(probe_with(f, 1, all), TEE_STATUS_OK);
}

/* The slots hold requests of four parameters. Bits 0 to 7 of the register are the number. */
static void a_request_area_too_large_for_our_slots_is_refused(void **state)
{
	const uint32_t f = OPTEE_SMC_EXCHANGE_CAPABILITIES;

	(void)state;
	assert_int_equal(probe_with(f, 3, 5), TEE_STATUS_ABSENT);
	assert_int_equal(probe_with(f, 3, 0x85), TEE_STATUS_ABSENT);
	assert_int_equal(probe_with(f, 3, 0x104), TEE_STATUS_OK);
	assert_int_equal(probe_with(f, 3, 4), TEE_STATUS_OK);
	assert_int_equal(probe_with(f, 3, 3), TEE_STATUS_OK);
}

static void the_number_of_threads_is_1_to_64(void **state)
{
	const uint32_t f = OPTEE_SMC_GET_THREAD_COUNT;

	(void)state;
	assert_int_equal(probe_with(f, 0, OPTEE_SMC_ENOTAVAIL), TEE_STATUS_ABSENT);
	assert_int_equal(probe_with(f, 1, 0), TEE_STATUS_ABSENT);
	assert_int_equal(probe_with(f, 1, 1), TEE_STATUS_OK);
	assert_int_equal(probe_with(f, 1, 64), TEE_STATUS_OK);
	assert_int_equal(probe_with(f, 1, 65), TEE_STATUS_ABSENT);
	assert_int_equal(probe_with(f, 1, UINT32_MAX), TEE_STATUS_ABSENT);
}

static void a_probed_tee_is_ready_for_vms(void **state)
{
	const struct tee *tee = (const struct tee *)(const void *)memory;

	(void)state;
	assert_int_equal(probe(), TEE_STATUS_OK);
	assert_ptr_equal(tee->backend, &optee_backend);
	assert_ptr_equal(tee->port, &fake_port);
	assert_int_equal(tee->vms, 0);
}

static void the_claims_are_the_owners_of_trusted_oses(void **state)
{
	const struct tee_claim *claim = optee_backend.claims;

	(void)state;
	assert_string_equal(optee_backend.name, "optee");
	assert_true(claim->fast && claim->yielding);
	assert_int_equal(claim->owner_first, 50);
	assert_int_equal(claim->owner_last, 63);
	assert_int_equal(claim->function_first, 0);
	assert_int_equal(claim->function_last, 0xffff);
	assert_false(claim[1].fast || claim[1].yielding);
}

static void vms_are_counted(void **state)
{
	(void)state;
	assert_int_equal(machine_tee->vms, GUESTS + 1);
	assert_int_equal(guest_destroy(&guests[0]), TEE_STATUS_OK);
	assert_int_equal(machine_tee->vms, GUESTS);
	model.fail_created = OPTEE_SMC_ENOTAVAIL;
	assert_int_equal(guest_create(&guests[0]), TEE_STATUS_FULL);
	assert_int_equal(machine_tee->vms, GUESTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEDIATOR_TEST(every_word_of_the_uid_counts),
		MEDIATOR_TEST(the_oldest_version_served_is_4_5),
		MEDIATOR_TEST(capabilities_must_be_told_and_complete),
		MEDIATOR_TEST(a_request_area_too_large_for_our_slots_is_refused),
		MEDIATOR_TEST(the_number_of_threads_is_1_to_64),
		MEDIATOR_TEST(a_probed_tee_is_ready_for_vms),
		MEDIATOR_TEST(the_claims_are_the_owners_of_trusted_oses),
		MEDIATOR_TEST(vms_are_counted),
	};

	return cmocka_run_group_tests_name("optee_probe", tests, NULL, NULL);
}
