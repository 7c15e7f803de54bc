/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Before the TEE is told to forget a VM, what the VM has open there is ended as its guest should
 * have ended it: calls that wait are resumed with every request refused, sessions are closed. For
 * OP-TEE drops a partition's memory at once, but not what the partition took from all: each user
 * TA's address space id, of which there are 64, is given back only when the TA's last session is
 * closed. Without this a guest that resets its VM again and again takes the TEE from all VMs.
 *
 * The TEE may not want to end: a TA computes for long, a thread waits for another one. So there
 * are limits, and what is beyond them is left to VM_DESTROYED. A TA that keeps itself alive without
 * sessions is out of reach.
 */
#include "mediator/optee/optee.h"

/* Times that each call is resumed, and requests that are refused each time. */
#define ROUNDS	 4u
#define REQUESTS 50u
/* In all. One comes with each tick of the host's clock, so this is some seconds. */
#define INTERRUPTS 1000u

void optee_session_opened(struct optee_vm *o, uint32_t id, bool success)
{
	if (success)
		o->sessions[o->session_count++] = id; /* used.sessions counts it since it began */
	else
		o->vm.used.sessions--;
}

void optee_session_closed(struct optee_vm *o, uint32_t id)
{
	for (uint32_t i = 0; i < o->session_count; i++) {
		if (o->sessions[i] != id)
			continue;
		o->sessions[i] = o->sessions[--o->session_count];
		o->vm.used.sessions--;
		return;
	}
}

/* The TEE has a thread for the call, and waits for an answer or for its turn. */
static bool with_tee(const struct optee_call *c)
{
	return c->state == CALL_SUSPENDED && c->has_thread;
}

static uint32_t enter(struct optee_vm *o, struct optee_call *c, bool resume)
{
	struct optee_patience patience = {REQUESTS, INTERRUPTS - o->interrupts};
	uint32_t a0 = optee_enter_own(o, c, resume, &patience);

	o->interrupts = INTERRUPTS - patience.interrupts;
	return a0;
}

/* False: there is nothing to end. */
static bool end_call(struct optee_vm *o, struct optee_call *c)
{
	const volatile struct optee_msg_header *slot = (void *)c->slot;
	uint32_t a0;

	if (!with_tee(c))
		return false;
	if (c->wait != WAIT_INTERRUPT)
		(void)optee_rpc_fail(c, TEEC_ERROR_COMMUNICATION);
	a0 = enter(o, c, true);
	c->has_thread = optee_is_rpc(a0);
	c->wait = a0 == OPTEE_SMC_RPC_FOREIGN_INTR ? WAIT_INTERRUPT : WAIT_COMMAND;
	if (a0 == OPTEE_SMC_OK && c->header.cmd == OPTEE_MSG_OPEN_SESSION) {
		tee_lock(&o->vm);
		optee_session_opened(o, slot->session, slot->ret == TEEC_SUCCESS);
		tee_unlock(&o->vm);
	}
	return true;
}

/* By any slot: what is in them is over. */
static void close_session(struct optee_vm *o, uint32_t id)
{
	struct optee_call *c = &o->calls[0];
	struct optee_msg_header *slot = (void *)c->slot;

	*slot = (struct optee_msg_header){.cmd = OPTEE_MSG_CLOSE_SESSION, .session = id};
	c->header.num_params = 0;
	if (enter(o, c, false) != OPTEE_SMC_OK)
		o->session_count = 0; /* no thread is left that could close the others */
}

bool optee_farewell_step(struct optee_vm *o)
{
	while (!o->vm.dead && o->farewell_at < ROUNDS * o->call_count)
		if (end_call(o, &o->calls[o->farewell_at++ % o->call_count]))
			return false;
	if (o->vm.dead || o->session_count == 0)
		return true;
	close_session(o, o->sessions[--o->session_count]);
	return false;
}
