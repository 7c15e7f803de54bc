/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups B and C: where a message lies, what it says, and another CPU that changes it all the time.
 * The guest owns RAM from BOARD_RAM on; all else is somebody's: devices, the hypervisor, the TEE,
 * the other VM.
 */
#include "guest/lib/board.h"
#include "guest/lib/random.h"
#include "guest/lib/test.h"
#include "guest/teebad/tee.h"
#include "lib/util.h"
#include <string.h>

#define COOKIE	 0xffff000012340000ull
#define HAMMERED 3000u
#define META	 (OPTEE_MSG_ATTR_META | OPTEE_MSG_ATTR_VALUE_INPUT)

static uint32_t call_at(uint32_t function, uint64_t address)
{
	return tee_smc(function, address >> 32, (uint32_t)address, 1);
}

static bool address_refused(uint64_t address)
{
	return call_at(OPTEE_SMC_CALL_WITH_ARG, address) == OPTEE_SMC_EBADADDR &&
	       call_at(OPTEE_SMC_CALL_WITH_RPC_ARG, address) == OPTEE_SMC_EBADADDR;
}

static void addresses(void)
{
	static const uint64_t odd[] = {1, 8, 0xff8, 0xfff};
	const uint64_t foreign[] = {BOARD_GICD, BOARD_PL011, BOARD_VIRTIO,
				    0x0e100000, 0x0e1ff000,  0x100000000ull,
				    0x80000000, 0xbffff000,  0x4000000000ull};
	const uint64_t nowhere[] = {
		0,	    BOARD_RAM + board.ram_size, BOARD_RAM - PAGE,
		1ull << 47, 0xfffffffffffff000ull,	0xffffffff00000000ull + BOARD_RAM};
	unsigned bad = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(odd); i++)
		bad += !address_refused(tee_page(PAGE_MESSAGE) + odd[i]);
	check(bad == 0, "scenario 16: an unaligned message is refused");
	for (unsigned i = 0; i < ARRAY_SIZE(nowhere); i++)
		bad += !address_refused(nowhere[i]);
	check(bad == 0, "scenario 17: a message where nothing is, is refused (%u are not)", bad);
	for (unsigned i = 0; i < ARRAY_SIZE(foreign); i++)
		bad += !address_refused(foreign[i]);
	check(bad == 0, "scenario 18: a message in foreign memory is refused (%u are not)", bad);
}

static uint64_t send(struct tee_call *c)
{
	uint32_t a0 = tee_call(c);

	return a0 != OPTEE_SMC_OK ? BIT(32) | a0 : c->message->h.ret;
}

static uint64_t with_count(uint32_t count)
{
	struct tee_call c = {0};

	tee_message(&c, PAGE_MESSAGE, OPTEE_MSG_INVOKE_COMMAND, 0)->h.num_params = count;
	return send(&c);
}

static void counts(void)
{
	static const uint32_t wild[] = {123, 127, 128, 0x08000000, 0x80000000, 0xffffffff};
	unsigned bad = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(wild); i++)
		bad += with_count(wild[i]) != (BIT(32) | OPTEE_SMC_EBADADDR);
	check(bad == 0, "scenarios 20, 21: parameters that do not fit are refused (%u)", bad);
	bad = 0;
	for (uint32_t n = 5; n < 123; n++)
		bad += with_count(n) != TEEC_ERROR_BAD_PARAMETERS;
	check(bad == 0, "scenario 38: more than four parameters are refused (%u)", bad);
}

static void commands(void)
{
	static const uint32_t wild[] = {8, 9, 10, 11, 0x7fffffff, 0xffffffff};
	struct tee_call c = {0};
	unsigned bad = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(wild); i++) {
		tee_message(&c, PAGE_MESSAGE, wild[i], 0);
		bad += tee_call(&c) != OPTEE_SMC_EBADCMD;
	}
	check(bad == 0, "scenario 23: commands that do not exist are refused (%u)", bad);
}

static void registered(void)
{
	static const uint32_t offsets[] = {
		1, 4, 2 * PAGE, 2 * PAGE - 8, 2 * PAGE - 184, 0x7ffffff8, 0xfffffff8};
	const uint32_t f = OPTEE_SMC_CALL_WITH_REGD_ARG;
	unsigned bad = 0;

	tee_list(2);
	bad += tee_register(COOKIE, tee_page(PAGE_LIST), 2 * PAGE) != TEEC_SUCCESS;
	memset((void *)tee_page(PAGE_DATA), 0, 2 * PAGE);
	for (unsigned i = 0; i < ARRAY_SIZE(offsets); i++)
		bad += tee_smc(f, COOKIE >> 32, (uint32_t)COOKIE, offsets[i]) != OPTEE_SMC_EBADADDR;
	bad += tee_smc(f, 0, 0, 0) != OPTEE_SMC_EBADADDR;
	bad += tee_smc(f, 0, 1, 0) != OPTEE_SMC_EBADADDR;
	bad += tee_smc(f, 1u << 31, 0, 0) != OPTEE_SMC_EBADADDR;
	bad += tee_unregister(COOKIE) != TEEC_SUCCESS;
	bad += tee_smc(f, COOKIE >> 32, (uint32_t)COOKIE, 0) != OPTEE_SMC_EBADADDR;
	check(bad == 0, "scenario 27: a message outside a live buffer is refused (%u)", bad);
}

static void parameters(uint32_t session)
{
	const uint64_t in = OPTEE_MSG_ATTR_TMEM_INPUT, rm = OPTEE_MSG_ATTR_RMEM_INOUT;
	const struct optee_msg_param bad_param[] = {
		tee_param(in, tee_page(PAGE_DATA), PAGE, 0),
		tee_param(in + 1, 0x0e100000, PAGE, 0),
		tee_param(in | OPTEE_MSG_ATTR_NONCONTIG, tee_page(PAGE_LIST), PAGE, 1),
		tee_param(rm, 0, 1, 0),
		tee_param(rm, 0, 1, 0x5555),
		tee_param(rm, 0, 1, BIT(63)),
		tee_param(rm, 0, 1, 1ull << 32 | 1),
		tee_param(rm, 0, 2 * PAGE + 1, COOKIE),
		tee_param(rm, 2 * PAGE, 1, COOKIE),
		tee_param(rm, ~0ull, 2, COOKIE),
		tee_param(4, 0, 0, 0),
		tee_param(8, 0, 0, 0),
		tee_param(0xc, 0, 0, 0),
		tee_param(1 | 1u << 16, 0, 0, 0),
		tee_param(1 | 1ull << 40, 0, 0, 0),
		tee_param(META, 0, 0, 0),
	};
	unsigned bad = 0;

	tee_list(2);
	bad += tee_register(COOKIE, tee_page(PAGE_LIST), 2 * PAGE) != TEEC_SUCCESS;
	for (unsigned i = 0; i < ARRAY_SIZE(bad_param); i++)
		bad += tee_ask_devices(session, bad_param[i]) != TEEC_ERROR_BAD_PARAMETERS;
	(void)tee_ask_devices(session, tee_param(in + 1, 0, PAGE, COOKIE)); /* NULL */
	bad += tee_unregister(COOKIE) != TEEC_SUCCESS;
	check(bad == 0, "scenarios 28 to 34: wrong parameters are refused (%u are not)", bad);
}

/* This VM's Linux neighbour has sessions of its own, with the ids that OP-TEE gives first. */
static void sessions(uint32_t mine)
{
	unsigned bad = 0;

	for (uint32_t id = 0; id < 64; id++) {
		if (id == mine)
			continue;
		bad += tee_ask_devices(id, tee_param(OPTEE_MSG_ATTR_NONE, 0, 0, 0)) == TEEC_SUCCESS;
		bad += tee_close(id) == TEEC_SUCCESS;
	}
	check(bad == 0, "scenario 37: no session but this VM's own is there (%u are)", bad);
}

static bool login_refused(uint64_t method)
{
	struct tee_call c = {0};
	struct message *m;

	tee_search(&c, PAGE_MESSAGE);
	m = c.message;
	m->p[1].value.c = method;
	return send(&c) == TEEC_ERROR_ACCESS_DENIED;
}

/* Another CPU writes any value into any word of the message that is being sent. */
static bool stop;

static void hammer(void *arg)
{
	volatile uint32_t *word = arg;
	uint64_t seed = 7;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		word[random_below(&seed, 24)] =
			(uint32_t)(random_below(&seed, 2) ? random_below(&seed, 12)
							  : random_next(&seed));
		word[7] = (uint32_t)random_below(&seed, 8);
	}
}

static void hammered(void)
{
	unsigned outcomes[4] = {0};
	struct tee_call c = {0};

	if (board.cpus < 2) {
		skip("scenario 22: a message that another CPU changes");
		return;
	}
	tee_message(&c, PAGE_MESSAGE, 0, 0);
	__atomic_store_n(&stop, false, __ATOMIC_RELEASE);
	(void)smp_start(1, hammer, c.message);
	for (unsigned n = 0; n < HAMMERED; n++) {
		uint32_t a0 = tee_call(&c);

		outcomes[a0 == OPTEE_SMC_OK	    ? 0
			 : a0 == OPTEE_SMC_EBADADDR ? 1
			 : a0 == OPTEE_SMC_EBADCMD  ? 2
						    : 3]++;
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	check(smp_wait_off(1) && outcomes[0] != 0 && outcomes[3] == 0,
	      "scenario 22: %u messages changed meanwhile: %u answered, %u bad address, "
	      "%u bad command, %u other",
	      HAMMERED, outcomes[0], outcomes[1], outcomes[2], outcomes[3]);
}

void attack_messages(void)
{
	uint32_t session = tee_open_devices();

	addresses();
	counts();
	commands();
	registered();
	check(session != 0, "a session with the list of devices");
	parameters(session);
	sessions(session);
	check(login_refused(3) && login_refused(7) && login_refused(1ull << 32),
	      "scenario 36: a login method that does not exist is refused");
	hammered();
	check(tee_close(session) == TEEC_SUCCESS, "and closed");
}
