/* SPDX-License-Identifier: BSD-2-Clause */
/* Group D: registrations that are wrong, lists that lead elsewhere, and how much a guest may have.
 */
#include "guest/lib/board.h"
#include "guest/lib/test.h"
#include "guest/teebad/tee.h"
#include "lib/util.h"

#define COOKIE	  0xffff000056780000ull
#define LIST_ATTR (OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG)
#define ROUNDS	  2000u

static uint64_t *list_words(void)
{
	return (uint64_t *)tee_page(PAGE_LIST);
}

static uint64_t register_with(uint32_t params, struct optee_msg_param p)
{
	struct tee_call c = {0};
	struct message *m = tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_REGISTER_SHM, params);

	m->p[0] = p;
	return tee_call(&c) != OPTEE_SMC_OK ? BIT(32) : m->h.ret;
}

static void malformed(void)
{
	const uint64_t list = tee_page(PAGE_LIST);
	unsigned bad = 0;

	tee_list(4);
	bad += tee_register(COOKIE, list, 2 * PAGE) != TEEC_SUCCESS;
	bad += register_with(0, tee_param(LIST_ATTR, list, PAGE, 5)) == TEEC_SUCCESS;
	bad += register_with(2, tee_param(LIST_ATTR, list, PAGE, 5)) == TEEC_SUCCESS;
	bad += register_with(1, tee_param(OPTEE_MSG_ATTR_VALUE_INPUT, 0, 0, COOKIE)) == 0;
	bad += register_with(1, tee_param(OPTEE_MSG_ATTR_TMEM_OUTPUT, list, PAGE, 5)) == 0;
	bad += register_with(1, tee_param(OPTEE_MSG_ATTR_TMEM_INPUT | OPTEE_MSG_ATTR_NONCONTIG,
					  list, PAGE, 5)) == 0;
	check(bad == 0, "scenario 39: malformed registrations are refused (%u are not)", bad);
	bad += tee_register(0, list, PAGE) == TEEC_SUCCESS;
	bad += tee_register(COOKIE, list, PAGE) == TEEC_SUCCESS;
	check(bad == 0, "scenario 40: a cookie is not 0 and not taken");
	bad += tee_register(5, list, 0) == TEEC_SUCCESS;
	bad += tee_register(5, list, ~0ull) == TEEC_SUCCESS;
	bad += tee_register(5, list + 4095, ~0ull - 4094) == TEEC_SUCCESS;
	bad += tee_register(5, list, 1ull << 40) == TEEC_SUCCESS;
	check(bad == 0, "scenario 41: impossible sizes are refused");
	bad += tee_unregister(5) == TEEC_SUCCESS || tee_unregister(0) == TEEC_SUCCESS;
	bad += tee_unregister(COOKIE) != TEEC_SUCCESS;
	bad += tee_unregister(COOKIE) == TEEC_SUCCESS;
	check(bad == 0, "scenario 49: a buffer is unregistered once");
	bad += tee_register(COOKIE, list + 4095, 1) != TEEC_SUCCESS;
	bad += tee_unregister(COOKIE) != TEEC_SUCCESS;
	list_words()[1] = 0xdead; /* the second page, which 4095 + 2 bytes need */
	bad += tee_register(COOKIE, list + 4095, 2) == TEEC_SUCCESS;
	check(bad == 0, "scenario 42: offset and size say how many pages");
}

static void list_lengths(void)
{
	static const unsigned pages[] = {510, 511, 512, 1022, 1023};
	const uint64_t nowhere[] = {0, BOARD_PL011, ~0ull, tee_page(PAGE_LIST) + 8, 0x0e100000};
	unsigned bad = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(pages); i++) {
		tee_list(pages[i]);
		bad += tee_register(COOKIE, tee_page(PAGE_LIST), pages[i] * PAGE) != TEEC_SUCCESS;
		bad += tee_unregister(COOKIE) != TEEC_SUCCESS;
	}
	tee_list(511);
	list_words()[511] = 0xdeadbeefdeadbeefull;
	bad += tee_register(COOKIE, tee_page(PAGE_LIST), 511 * PAGE) != TEEC_SUCCESS;
	bad += tee_unregister(COOKIE) != TEEC_SUCCESS;
	for (unsigned i = 0; i < ARRAY_SIZE(nowhere); i++) {
		list_words()[511] = nowhere[i];
		bad += tee_register(COOKIE, tee_page(PAGE_LIST), 512 * PAGE) == TEEC_SUCCESS;
	}
	list_words()[511] = tee_page(PAGE_LIST); /* a loop: the same pages again */
	bad += tee_register(COOKIE, tee_page(PAGE_LIST), 1022 * PAGE) != TEEC_SUCCESS;
	bad += tee_unregister(COOKIE) != TEEC_SUCCESS;
	check(bad == 0, "scenarios 43, 46: lists of every length, into nowhere, in a loop (%u)",
	      bad);
}

static void foreign_entries(void)
{
	const uint64_t foreign[] = {0,
				    tee_page(PAGE_DATA) + 8,
				    BOARD_GICD,
				    BOARD_PL011,
				    0x0e100000,
				    BOARD_RAM + board.ram_size,
				    0x80000000,
				    0xb0000000,
				    0x100000000ull,
				    ~0ull & ~0xfffull};
	unsigned bad = 0;

	for (unsigned n = 0; n < ROUNDS; n++) {
		tee_list(10);
		list_words()[n % 10] = foreign[n % ARRAY_SIZE(foreign)];
		bad += tee_register(COOKIE, tee_page(PAGE_LIST), 10 * PAGE) !=
		       TEEC_ERROR_BAD_PARAMETERS;
	}
	check(bad == 0, "scenario 44: a list with a foreign page is refused (%u of %u are not)",
	      bad, ROUNDS);
	tee_list(4096);
	check(tee_register(COOKIE, tee_page(PAGE_LIST), 4096 * PAGE) == TEEC_SUCCESS &&
		      tee_unregister(COOKIE) == TEEC_SUCCESS,
	      "scenarios 45, 48: after that, 16 MiB can be registered");
}

/* All that the mediator allows is more than OP-TEE maps: it refuses, each time. */
static void more_than_the_tee_has(void)
{
	uint64_t result = 0;
	unsigned refused = 0;

	tee_list(16384);
	for (unsigned n = 0; n < 10; n++) {
		result = tee_register(COOKIE, tee_page(PAGE_LIST), 16384 * PAGE);
		refused += result != TEEC_SUCCESS && tee_unregister(COOKIE) != TEEC_SUCCESS;
	}
	check(refused == 10, "scenario 50: 64 MiB are more than the TEE takes, ten times (%#llx)",
	      (unsigned long long)result);
}

/* As many as the quota or the TEE allows; one more than that is refused; one back, and it goes. */
static void all_there_is(void)
{
	uint64_t n = 0, result;

	tee_list(1);
	do
		result = tee_register(COOKIE + n, tee_page(PAGE_LIST), PAGE);
	while (result == TEEC_SUCCESS && ++n < 4096);
	check(n > 16 && result == TEEC_ERROR_OUT_OF_MEMORY,
	      "scenario 52: %llu buffers, and no more (%#llx)", (unsigned long long)n,
	      (unsigned long long)result);
	check(tee_unregister(COOKIE + 3) == TEEC_SUCCESS &&
		      tee_register(COOKIE + 3, tee_page(PAGE_LIST), PAGE) == TEEC_SUCCESS,
	      "scenario 52: one back, and one fits again");
	for (result = 0; n > 0; n--)
		result += tee_unregister(COOKIE + n - 1) != TEEC_SUCCESS;
	check(result == 0, "all are unregistered");
}

void attack_buffers(void)
{
	malformed();
	list_lengths();
	foreign_entries();
	more_than_the_tee_has();
	all_there_is();
}
