/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Into Trusty and out of it. A secure interrupt that stops it (FIQ_INTERRUPTED) must be followed by
 * RESTART_FIQ on the same physical CPU: anything else would leave that CPU's Trusty answering
 * INTERLEAVED. So no guest sees it, and it is answered here at once. An interrupt for the normal
 * world is the host's: if the guest has nothing to do with it, Trusty goes straight on.
 *
 * A closed gate looks to the guest as an interrupt does: it comes back, and may then be let in.
 */
#include "mediator/trusty/trusty.h"

static const uint32_t restart_last[4] = {TRUSTY_SC_RESTART_LAST};
static const uint32_t restart_fiq[4] = {TRUSTY_SC_RESTART_FIQ};
static const uint32_t nop[4] = {TRUSTY_SC_NOP};

static int32_t secure_call(const struct trusty *t, const uint32_t *call, uint16_t client)
{
	const struct tee_port *port = t->tee.port;
	uint64_t smc[TEE_SMC_REGS] = {call[0], call[1], call[2], call[3], 0, 0, 0, client};

	port->secure_call(port->host, smc);
	return (int32_t)smc[0];
}

int32_t trusty_enter(struct trusty *t, const uint32_t *call, uint16_t client)
{
	int32_t result;

	if (UNLIKELY(trusty_has_panicked(t)))
		return TRUSTY_ERR_PANIC;
	result = secure_call(t, call, client);
	for (uint32_t n = 0; result == TRUSTY_ERR_FIQ_INTERRUPTED && n < TRUSTY_FIQS_MAX; n++)
		result = secure_call(t, restart_fiq, client);
	if (UNLIKELY(result == TRUSTY_ERR_PANIC || result == TRUSTY_ERR_FIQ_INTERRUPTED)) {
		__atomic_store_n(&t->panicked, true, __ATOMIC_RELAXED);
		return TRUSTY_ERR_PANIC;
	}
	return result;
}

static bool gate_and_enter(struct trusty_vm *by, const uint32_t *call, uint16_t client,
			   int32_t *result)
{
	struct trusty *t = by->trusty;

	if (!trusty_gate_enter(t, by, client))
		return false;
	tee_count(&by->vm.count.secure_calls);
	*result = trusty_enter(t, call, client);
	trusty_gate_leave(t);
	if (UNLIKELY(*result == TRUSTY_ERR_PANIC))
		trusty_panicked(by);
	return true;
}

/* Does the TEE go on after an interrupt, without the guest? */
static bool goes_on(struct trusty_vm *by, struct tee_host_vcpu *vcpu)
{
	const struct tee_port *port = by->vm.port;

	if (port->foreign_interrupt(vcpu) == TEE_RESUME) {
		tee_count(&by->vm.count.irq_resumed);
		return true;
	}
	tee_count(&by->vm.count.irq_returned);
	return false;
}

/* The owner's time to come back begins; not if someone else worked for it. */
static bool leave(struct trusty_vm *by, int32_t why, int32_t *result)
{
	const struct tee_port *port = by->vm.port;
	struct trusty *t = by->trusty;
	struct trusty_slot *s = &t->slot;

	*result = why;
	trusty_lock(t);
	s->state = SLOT_LEFT;
	if (s->owner == by)
		s->left_at = port->time(port->host);
	trusty_unlock(t);
	return false;
}

bool trusty_run(struct trusty_vm *by, struct tee_host_vcpu *vcpu, int32_t *result)
{
	struct trusty_slot *s = &by->trusty->slot;
	int32_t r;

	for (uint32_t n = 0; vcpu != NULL || n < TRUSTY_OWN_ENTRIES; n++) {
		if (!gate_and_enter(by, s->begun ? restart_last : s->call, s->client, &r))
			break;
		if (r == TRUSTY_ERR_BUSY && s->begun)
			return leave(by, r, result);
		if (r != TRUSTY_ERR_INTERRUPTED && r != TRUSTY_ERR_CPU_IDLE) {
			*result = r;
			return true;
		}
		s->begun = true;
		if (r == TRUSTY_ERR_CPU_IDLE)
			return leave(by, r, result);
		if (!goes_on(by, vcpu))
			break;
	}
	return leave(by, TRUSTY_ERR_INTERRUPTED, result);
}

int32_t trusty_nop(struct trusty_vm *v, struct tee_host_vcpu *vcpu)
{
	int32_t r;

	for (;;) {
		if (!gate_and_enter(v, nop, v->client, &r))
			return TRUSTY_ERR_NOP_INTERRUPTED;
		if (r == TRUSTY_ERR_CPU_IDLE)
			return TRUSTY_ERR_NOP_DONE;
		if (r != TRUSTY_ERR_NOP_INTERRUPTED && r != TRUSTY_ERR_INTERRUPTED)
			return r;
		if (!goes_on(v, vcpu))
			return TRUSTY_ERR_NOP_INTERRUPTED;
	}
}

bool trusty_fast_enter(struct trusty_vm *v, const uint32_t *call, int32_t *result)
{
	return gate_and_enter(v, call, v->client, result);
}
