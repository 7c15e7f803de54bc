/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest: the calls that Linux's OP-TEE driver makes, and two that it must not make. All it
 * knows are its own addresses and its own names (cookies).
 */
#include "machine.h"
#include "optee.h"

/* Pages of its RAM. */
enum { MESSAGE_PAGE, LIST_PAGE, BUFFER_PAGE = 8 };

#define BUFFER_PAGES 2u
#define COOKIE	     0x1234567890ull

static uint64_t ipa_of(uint32_t page)
{
	return GUEST_IPA + (uint64_t)page * PAGE;
}

static struct message *new_message(uint32_t cmd, uint32_t params)
{
	struct message *m = (void *)machine.memory[MESSAGE_PAGE];

	*m = (struct message){.cmd = cmd, .params = params};
	return m;
}

static uint32_t smc(uint64_t *regs, uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	regs[0] = function;
	regs[1] = a1;
	regs[2] = a2;
	regs[3] = a3;
	guest_smc(regs);
	return (uint32_t)regs[0];
}

/* What the TEE asks in the middle of a call, here the time. */
static void serve(struct message *request)
{
	bool known = request->cmd == RPC_GET_TIME && request->params == 1;

	say("     the guest is asked for the time\n");
	request->ret = known ? RESULT_SUCCESS : RESULT_NOT_SUPPORTED;
	request->param[0].a = 1234; /* seconds */
	request->param[0].b = 0;
}

/* A call from its SMC to its end. The result in the message, or x0 if the call did not run. */
static uint32_t call(struct message *m)
{
	uint64_t regs[18] = {0};
	uint32_t a0 = smc(regs, CALL_WITH_RPC_ARG, 0, ipa_of(MESSAGE_PAGE), 1);

	while (a0 == SMC_RPC_CMD || a0 == SMC_FOREIGN_INTR) {
		if (a0 == SMC_RPC_CMD)
			serve(request_of(m));
		a0 = smc(regs, RETURN_FROM_RPC, 0, 0, regs[3]);
	}
	return a0 == SMC_OK ? m->ret : a0;
}

/* Share two pages, the second of which is at `second`. */
static uint32_t share(uint64_t second)
{
	uint64_t *list = (void *)machine.memory[LIST_PAGE];
	struct message *m = new_message(REGISTER_SHM, 1);

	list[0] = ipa_of(BUFFER_PAGE);
	list[1] = second;
	m->param[0] = (struct param){TMEM_OUTPUT | ATTR_NONCONTIG, ipa_of(LIST_PAGE),
				     (uint64_t)BUFFER_PAGES * PAGE, COOKIE};
	return call(m);
}

static uint32_t unshare(void)
{
	struct message *m = new_message(UNREGISTER_SHM, 1);

	m->param[0] = (struct param){RMEM_INPUT, 0, 0, COOKIE};
	return call(m);
}

static uint32_t open_session(uint32_t *session)
{
	struct message *m = new_message(OPEN_SESSION, 2);
	uint32_t result;

	/* The trusted application's UUID, and who the client is: nobody in particular. */
	m->param[0].attr = m->param[1].attr = ATTR_META | VALUE_INPUT;
	result = call(m);
	*session = m->session;
	return result;
}

static uint32_t close_session(uint32_t session)
{
	struct message *m = new_message(CLOSE_SESSION, 0);

	m->session = session;
	return call(m);
}

/* 16 bytes over the end of the first page are to be filled by the TEE. */
static uint32_t fill(uint32_t session, uint64_t cookie)
{
	struct message *m = new_message(INVOKE_COMMAND, 1);

	m->func = TA_FILL;
	m->session = session;
	m->param[0] = (struct param){RMEM_OUTPUT, PAGE - 8, 16, cookie};
	return call(m);
}

static bool is_filled(void)
{
	for (uint32_t i = 0; i < 8; i++)
		if (machine.memory[BUFFER_PAGE][PAGE - 8 + i] != 0x5a ||
		    machine.memory[BUFFER_PAGE + 1][i] != 0x5a)
			return false;
	return true;
}

static bool time_comes_back(uint32_t session)
{
	struct message *m = new_message(INVOKE_COMMAND, 1);

	m->func = TA_TIME;
	m->session = session;
	m->param[0].attr = VALUE_INOUT;
	return call(m) == RESULT_SUCCESS && m->param[0].a == 1234;
}

static bool finds_the_tee(void)
{
	uint64_t regs[18] = {0};
	const uint64_t needed = CAP_DYNAMIC_SHM | CAP_RPC_ARG;

	return smc(regs, EXCHANGE_CAPABILITIES, 0, 0, 0) == SMC_OK && (regs[1] & needed) == needed;
}

static bool is_refused(uint32_t function)
{
	uint64_t regs[18] = {0};

	return smc(regs, function, 0, 0, 0) == SMC_UNKNOWN;
}

/* None of it reaches the Secure world. VM_DESTROYED is OP-TEE's, the last is no TEE's at all. */
static bool refusals_hold(uint32_t session)
{
	uint32_t before = machine.secure_calls;
	bool good = expect("a cookie it does not have is refused",
			   fill(session, COOKIE + 1) == RESULT_BAD_PARAMETERS);

	good &= expect("memory it does not have is refused",
		       share(ipa_of(GUEST_PAGES)) != RESULT_SUCCESS && pinned_pages() == 0);
	good &= expect("a function of the host's is refused", is_refused(VM_DESTROYED));
	good &= expect("a call that is nobody's is refused", is_refused(0xc3000000));
	return good & expect("of all that the TEE saw nothing", machine.secure_calls == before);
}

bool guest_runs(void)
{
	uint32_t session = 0;
	bool good = expect("the guest finds the TEE", finds_the_tee());

	good &= expect("it shares two pages", share(ipa_of(BUFFER_PAGE + 1)) == RESULT_SUCCESS);
	good &= expect("which are pinned", pinned_pages() == 2);
	good &= expect("it opens a session", open_session(&session) == RESULT_SUCCESS);
	good &= expect("the TEE fills its buffer, after an interrupt",
		       fill(session, COOKIE) == RESULT_SUCCESS && is_filled() &&
			       !machine.interrupt);
	good &= expect("the TEE asks the time of it", time_comes_back(session));
	good &= expect("it takes the pages back",
		       unshare() == RESULT_SUCCESS && pinned_pages() == 0);
	good &= refusals_hold(session);
	return good & expect("it closes the session", close_session(session) == RESULT_SUCCESS);
}

void guest_leaves_things_open(void)
{
	uint32_t session;

	(void)share(ipa_of(BUFFER_PAGE + 1));
	(void)open_session(&session);
}
