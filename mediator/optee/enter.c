/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Into the TEE and out of it. An interrupt that stops the TEE is the host's: if the guest has
 * nothing to do with it, the TEE goes straight on. Every other way out is checked here against
 * what OP-TEE may do at that point; what it may not, ends the VM's use of it (optee_fault).
 */
#include "mediator/optee/optee.h"

static void start_regs(const struct optee_vm *o, const struct optee_call *c, uint64_t *smc)
{
	smc[0] = c->enter[0];
	smc[1] = c->enter[1];
	smc[2] = c->enter[2];
	smc[3] = c->enter[3];
	smc[4] = 0;
	smc[5] = 0;
	smc[6] = 0;
	smc[7] = o->vm.id;
}

/* No payload: we answer no RPC_ALLOC with memory, and other requests by the request area. */
static void resume_regs(const struct optee_vm *o, uint32_t thread, uint64_t *smc)
{
	smc[0] = OPTEE_SMC_RETURN_FROM_RPC;
	smc[1] = 0;
	smc[2] = 0;
	smc[3] = thread;
	smc[4] = 0;
	smc[5] = 0;
	smc[6] = 0;
	smc[7] = o->vm.id;
}

/*
 * The TEE left on this thread: the call's own from its first exit on, and none that another call
 * waits on. What a call that is in the TEE had may be this one's already: the TEE gives a thread
 * away before we hear that it is free.
 */
static bool claim_thread(struct optee_vm *o, struct optee_call *c, uint64_t thread)
{
	uint32_t t = (uint32_t)thread;
	bool ours;

	if (c->has_thread)
		return t == c->thread;
	if (t >= o->optee->threads)
		return false;
	tee_lock(&o->vm);
	ours = (o->threads_busy & BIT(t)) == 0;
	tee_unlock(&o->vm);
	c->has_thread = ours;
	c->thread = t;
	return ours;
}

enum optee_next optee_fault(struct optee_vm *o, struct optee_call *c, const char *what)
{
	o->vm.port->log(o->vm.host, "OP-TEE: %s: the VM's use of it ends", what);
	tee_lock(&o->vm);
	o->vm.dead = true;
	o->vm.count.tee_faults++;
	tee_unlock(&o->vm);
	tee_event(&o->vm, TEE_EVENT_FAULT, c->header.cmd);
	c->result = OPTEE_SMC_ENOTAVAIL;
	return NEXT_FINISH;
}

static enum optee_next interrupted(struct optee_vm *o, struct optee_call *c)
{
	tee_count(&o->vm.count.irq_returned);
	return optee_suspend(o, c, OPTEE_SMC_RPC_FOREIGN_INTR, WAIT_INTERRUPT, 0);
}

static enum optee_next left(struct optee_vm *o, struct optee_call *c, const uint64_t *smc,
			    bool started)
{
	switch ((uint32_t)smc[0]) {
	case OPTEE_SMC_OK:
		return optee_complete(o, c);
	case OPTEE_SMC_RPC_CMD:
		if (!claim_thread(o, c, smc[3]) || optee_pair(smc[1], smc[2]) != 0)
			return optee_fault(o, c, "request on a wrong thread or buffer");
		return NEXT_REQUEST;
	case OPTEE_SMC_ETHREAD_LIMIT:
	case OPTEE_SMC_ENOMEM:
	case OPTEE_SMC_EBADADDR:
	case OPTEE_SMC_EBADCMD:
		if (!started)
			return optee_not_run(o, c, (uint32_t)smc[0]);
		return optee_fault(o, c, "error after it had begun");
	default:
		return optee_fault(o, c, "unknown answer");
	}
}

enum optee_next optee_enter(struct optee_vm *o, struct optee_call *c, bool resume)
{
	const struct tee_port *port = o->vm.port;
	uint64_t smc[TEE_SMC_REGS];

	if (resume)
		resume_regs(o, c->thread, smc);
	else
		start_regs(o, c, smc);
	for (;;) {
		tee_count(&o->vm.count.secure_calls);
		port->secure_call(port->host, smc);
		if (LIKELY((uint32_t)smc[0] != OPTEE_SMC_RPC_FOREIGN_INTR))
			return left(o, c, smc, c->has_thread);
		if (!claim_thread(o, c, smc[3]))
			return optee_fault(o, c, "interrupted on a wrong thread");
		if (port->foreign_interrupt(c->vcpu) == TEE_RETURN)
			return interrupted(o, c);
		tee_count(&o->vm.count.irq_resumed);
		resume_regs(o, c->thread, smc);
	}
}

/* One answer of the TEE to a call that no guest waits for. True: it is to be resumed. */
static bool own_goes_on(struct optee_vm *o, struct optee_call *c, const uint64_t *smc,
			struct optee_patience *patience)
{
	const struct tee_port *port = o->vm.port;
	uint32_t a0 = (uint32_t)smc[0];

	if (!optee_is_rpc(a0))
		return false;
	if (a0 == OPTEE_SMC_RPC_FOREIGN_INTR) {
		if (patience->interrupts == 0)
			return false;
		patience->interrupts--;
		(void)port->foreign_interrupt(NULL);
		return true;
	}
	if (patience->requests == 0)
		return false;
	patience->requests--;
	if (a0 == OPTEE_SMC_RPC_CMD)
		(void)optee_rpc_fail(c, TEEC_ERROR_NOT_SUPPORTED);
	return true;
}

uint32_t optee_enter_own(struct optee_vm *o, struct optee_call *c, bool resume,
			 struct optee_patience *patience)
{
	const struct tee_port *port = o->vm.port;
	uint64_t smc[TEE_SMC_REGS];

	if (resume)
		resume_regs(o, c->thread, smc);
	else
		start_regs(o, c, smc);
	port->secure_call(port->host, smc);
	while (own_goes_on(o, c, smc, patience)) {
		resume_regs(o, (uint32_t)smc[3], smc);
		port->secure_call(port->host, smc);
	}
	return (uint32_t)smc[0];
}
