/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TEE as EL2 meets it through the dispatcher: fast and yielding calls, partitions, foreign
 * interrupts during a call, Secure interrupts outside of one, and that nothing of EL1's or EL2's
 * registers is lost on the way. Without a TEE: each of its calls answers -1.
 */
#include "abi/optee_msg.h"
#include "abi/optee_smc.h"
#include "guest/el2-check/check.h"
#include "lib/util.h"
#include <string.h>

#define VM	    1
#define SHM_PAGES   32
#define CALLS_TIMED 1000

/* UUID d96a5b40-c3e5-21e3-8794-1002a5d5c61b, OP-TEE's "invoke tests"; its command for self tests.
 */
#define PTA_LOW	       0xe321e5c3405b6ad9ull
#define PTA_HIGH       0x1bc6d5a502109487ull
#define PTA_SELF_TESTS 2

struct message {
	struct optee_msg_header header;
	struct optee_msg_param params[4];
};

static uint8_t shm[SHM_PAGES][4096] ALIGNED(4096);
static unsigned shm_used;
static struct message *message;
static uint64_t foreign;

static uint32_t tee_call(uint32_t function, uint64_t a, uint64_t client, struct regs *out)
{
	struct regs r = {{function, a}};

	r.x[7] = client;
	smc_regs(&r);
	if (out != NULL)
		*out = r;
	return (uint32_t)r.x[0];
}

/* Answer one request of the TEE in *r, in place: the registers of RETURN_FROM_RPC. */
static bool serve(struct regs *r)
{
	uint64_t thread = r->x[3], page = (uintptr_t)shm[shm_used % SHM_PAGES];
	struct regs answer = {{OPTEE_SMC_RETURN_FROM_RPC, 0, 0, thread}};

	switch ((uint32_t)r->x[0]) {
	case OPTEE_SMC_RPC_ALLOC:
		shm_used++;
		answer.x[2] = page;
		answer.x[5] = page;
		break;
	case OPTEE_SMC_RPC_FREE:
		break;
	case OPTEE_SMC_RPC_FOREIGN_INTR:
		foreign++;
		irq_open();
		break;
	default:
		return false;
	}
	answer.x[7] = VM;
	*r = answer;
	return true;
}

static uint32_t yielding_call(void)
{
	struct regs r = {{OPTEE_SMC_CALL_WITH_ARG, 0, (uintptr_t)message}};

	r.x[7] = VM;
	do {
		smc_regs(&r);
	} while ((uint32_t)r.x[0] != OPTEE_SMC_OK && serve(&r));
	return (uint32_t)r.x[0] == OPTEE_SMC_OK ? message->header.ret : (uint32_t)r.x[0];
}

static uint32_t open_session(uint32_t *session)
{
	uint32_t result;

	memset(message, 0, sizeof(*message));
	message->header.cmd = OPTEE_MSG_OPEN_SESSION;
	message->header.num_params = 2;
	message->params[0].attr = OPTEE_MSG_ATTR_VALUE_INPUT | OPTEE_MSG_ATTR_META;
	message->params[0].value.a = PTA_LOW;
	message->params[0].value.b = PTA_HIGH;
	message->params[1].attr = OPTEE_MSG_ATTR_VALUE_INPUT | OPTEE_MSG_ATTR_META;
	result = yielding_call();
	*session = message->header.session;
	return result;
}

static uint32_t in_session(uint32_t cmd, uint32_t session, uint32_t func)
{
	memset(message, 0, sizeof(*message));
	message->header.cmd = cmd;
	message->header.session = session;
	message->header.func = func;
	return yielding_call();
}

static void check_fast_calls(void)
{
	struct regs r;
	uint64_t start;

	tee_call(OPTEE_SMC_CALLS_UID, 0, 0, &r);
	check(r.x[0] == OPTEE_UID_0 && r.x[1] == OPTEE_UID_1 && r.x[2] == OPTEE_UID_2 &&
		      r.x[3] == OPTEE_UID_3,
	      "CALLS_UID answers in x0-x3");
	checkf(tee_call(0xb200abcd, 0, 0, NULL) == OPTEE_SMC_UNKNOWN_FUNCTION,
	       "the TEE does not know a call", 0);
	start = ticks();
	for (unsigned i = 0; i < CALLS_TIMED; i++)
		tee_call(OPTEE_SMC_CALLS_UID, 0, 0, NULL);
	say("     %u fast calls: %lu ticks\n", CALLS_TIMED, (unsigned long)(ticks() - start));
}

static void check_partitions(void)
{
	struct regs r;

	checkf(tee_call(OPTEE_SMC_EXCHANGE_CAPABILITIES, 0, VM, &r) == OPTEE_SMC_ENOTAVAIL,
	       "a client that was not announced is refused", r.x[0]);
	check(tee_call(OPTEE_SMC_VM_CREATED, VM, 0, NULL) == 0, "VM_CREATED");
	check(tee_call(OPTEE_SMC_VM_CREATED, VM + 1, 0, NULL) == 0, "VM_CREATED of a second");
	check(tee_call(OPTEE_SMC_VM_DESTROYED, VM + 1, 0, NULL) == 0, "VM_DESTROYED");
	checkf(tee_call(OPTEE_SMC_EXCHANGE_CAPABILITIES, 0, VM, &r) == 0, "EXCHANGE_CAPABILITIES",
	       r.x[0]);
	check((r.x[1] & OPTEE_SEC_CAP_DYNAMIC_SHM) != 0,
	      "the TEE found the RAM in the device tree (dynamic shared memory)");
}

static void check_session(void)
{
	uint32_t session, result;

	vectors_fill(0x123456789abcdef0);
	result = open_session(&session);
	checkf(result == 0, "OPEN_SESSION", result);
	irq_timer_count = 0;
	irq_timer_again(ticks_of_ms(1) / 16);
	result = in_session(OPTEE_MSG_INVOKE_COMMAND, session, PTA_SELF_TESTS);
	irq_timer(0);
	checkf(result == 0, "the TEE's self tests, interrupted again and again", result);
	checkf(foreign > 0 && irq_timer_count > 0, "interrupts came to EL2 during the call",
	       foreign);
	result = in_session(OPTEE_MSG_CLOSE_SESSION, session, 0);
	checkf(result == 0, "CLOSE_SESSION", result);
	check(vectors_intact(0x123456789abcdef0), "the V registers are as they were");
}

#define EL1_REGISTERS(do)                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                   \
	do                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  \
	("sp_el0", 0x44551100) do("sp_el1", 0x44552200) do("elr_el1", 0x44553300) do(                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       \
		"spsr_el1", 0x3c4) do("sctlr_el1",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          \
				      0x30d00838) do("tcr_el1", 0x3519) do("ttbr0_el1", 0x44554000) do("ttbr1_el1", 0x44555000) do("mair_el1", 0x44ff0400) do("vbar_el1", 0x44556000) do("cpacr_el1", 3ull                                                                                                                                                                                                                                                                                                                                                                  \
																									      << 20) do("contextidr_el1", 0x77) do("tpidr_el0", 0x1234567812345678) do("tpidrro_el0", 0x2345678923456789) do("tpidr_el1", 0x3456789a3456789a) do("esr_el1", 0x56000000) do("far_el1",                                                                                                                                                                       \
																																															   0x44557123) do("par_el1",                                                                                                                                                        \
																																																	  0x80b) do("csselr_el1",                                                                                                                                           \
																																																		    2) do("cntkctl_el1", 0x3) do("mdscr_el1", 1ull << 12) do("cntv_cval_el0", 0x7777777777777777) do("cntv_ctl_el0",                                        \
																																																														     3) do("vttbr_el2", 0x0005000044558000) do("tpidr_el2", \
																																																																			       0x99)

static void write_el1(void)
{
#define WRITE_ONE(name, value) WRITE(name, value);
	EL1_REGISTERS(WRITE_ONE)
}

static void read_el1(uint64_t *values)
{
#define READ_ONE(name, value) *values++ = READ(name);
	EL1_REGISTERS(READ_ONE)
}

static const char *const el1_names[] = {
#define NAME_ONE(name, value) name,
	EL1_REGISTERS(NAME_ONE)};

static void check_el1_registers(void)
{
	uint64_t before[ARRAY_SIZE(el1_names)], after[ARRAY_SIZE(el1_names)];
	bool same = true;

	write_el1();
	read_el1(before);
	tee_call(OPTEE_SMC_CALLS_UID, 0, 0, NULL);
	read_el1(after);
	for (unsigned i = 0; i < ARRAY_SIZE(el1_names); i++) {
		if (before[i] == after[i])
			continue;
		same = false;
		say("     %s was 0x%lx, is 0x%lx\n", el1_names[i], (unsigned long)before[i],
		    (unsigned long)after[i]);
	}
	check(same, "a call to the TEE keeps the registers of EL1");
	WRITE("cntv_ctl_el0", 0ul);
	WRITE("mdscr_el1", 0ul);
}

/* The TEE's watchdog test runs off the Secure timer once a second and then raises SPI 219. */
static void check_secure_interrupts(void)
{
	struct regs before = {{0}}, after;
	uint32_t result = tee_call(0xb2000010, 0, VM, NULL); /* ENABLE_ASYNC_NOTIF */
	bool same;

	checkf(result == 0, "ENABLE_ASYNC_NOTIF", result);
	for (unsigned i = 2; i < 31; i++)
		before.x[i] = 0x0101010101010101ull * i;
	after = before;
	irq_tee_count = 0;
	spin_regs(&after, ticks_of_ms(3500));
	same = memcmp(&before.x[2], &after.x[2], 29 * sizeof(uint64_t)) == 0;
	check(same, "Secure interrupts leave the registers of the interrupted code alone");
	irq_open();
	check(irq_tee_count > 0, "the TEE got its timer while EL2 ran, and notified EL2");
}

static void check_no_tee(void)
{
	check(tee_call(OPTEE_SMC_VM_CREATED, VM, 0, NULL) == OPTEE_SMC_UNKNOWN_FUNCTION,
	      "no TEE: a fast call answers -1");
	check(tee_call(OPTEE_SMC_CALL_WITH_ARG, 0, VM, NULL) == OPTEE_SMC_UNKNOWN_FUNCTION,
	      "no TEE: a yielding call answers -1");
}

void check_tee(void)
{
	if (tee_call(OPTEE_SMC_CALLS_UID, 0, 0, NULL) != OPTEE_UID_0) {
		check_no_tee();
		return;
	}
	message = (struct message *)(void *)shm[shm_used++];
	check_fast_calls();
	check_partitions();
	check_session();
	check_el1_registers();
	check_secure_interrupts();
	check(tee_call(OPTEE_SMC_VM_DESTROYED, VM, 0, NULL) == 0, "VM_DESTROYED of the VM in use");
}
