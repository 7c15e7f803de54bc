/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's one standard call. It belongs to the VM that made it, from the first entry to the
 * final answer, over any number of leaves to the guest; Trusty itself would let any client restart
 * it and take its result. Another VM's standard call is answered BUSY without entering.
 *
 * A guest may leave its call and never come back. After TRUSTY_HOLD_NS the next VM that wants the
 * slot runs the call to its end, and the result is kept for the owner. What the call changed
 * (device.c) is settled by whoever saw its end. A VM that was told BUSY has the next turn.
 */
#include "mediator/trusty/trusty.h"

enum taken {
	TAKEN,	     /* the slot is v's, BUSY */
	TAKEN_OTHER, /* it is another VM's overdue call, BUSY by us */
	TAKEN_NOT,
};

static void occupy(struct trusty_slot *s, struct trusty_vm *v, const uint32_t *call)
{
	s->state = SLOT_BUSY;
	s->begun = false;
	s->client = v->client;
	s->owner = v;
	for (unsigned i = 0; i < ARRAY_SIZE(s->call); i++)
		s->call[i] = call[i];
	v->vm.used.calls++;
}

static bool overdue(const struct trusty_slot *s, const struct trusty_vm *v, uint64_t now)
{
	if (s->state != SLOT_LEFT || s->owner == v)
		return false;
	return s->owner == NULL || now - s->left_at >= TRUSTY_HOLD_NS;
}

static enum taken take(struct trusty_vm *v, const uint32_t *call)
{
	const struct tee_port *port = v->vm.port;
	struct trusty *t = v->trusty;
	struct trusty_slot *s = &t->slot;
	enum taken taken = TAKEN_NOT;
	uint64_t now;

	trusty_lock(t);
	now = port->time(port->host);
	if (s->state == SLOT_FREE && !v->kept && trusty_turn_is(&s->turn, v, now)) {
		s->turn.next = NULL; /* or v's own, which is taken */
		occupy(s, v, call);
		taken = TAKEN;
	} else if (overdue(s, v, now)) {
		s->state = SLOT_BUSY;
		taken = TAKEN_OTHER;
	} else if (s->owner != v && !v->kept) {
		trusty_turn_ask(&s->turn, v);
	}
	trusty_unlock(t);
	return taken;
}

/* The slot is free; `keep`: its owner, who is not here, gets the result later. */
static void release(struct trusty *t, bool keep, int32_t result)
{
	const struct tee_port *port = t->tee.port;
	struct trusty_slot *s = &t->slot;
	struct trusty_vm *owner = s->owner;

	trusty_lock(t);
	if (owner != NULL) {
		owner->kept = keep;
		owner->kept_function = s->call[0];
		owner->kept_result = result;
		owner->vm.used.calls -= !keep;
	}
	s->owner = NULL;
	s->state = SLOT_FREE;
	trusty_turn_start(&s->turn, port->time(port->host), TRUSTY_SLOT_TURN_NS);
	trusty_unlock(t);
}

/* The call in the slot goes on, on by's time, and is settled if it ends. */
static bool run(struct trusty_vm *by, struct tee_host_vcpu *vcpu, int32_t *result)
{
	struct trusty *t = by->trusty;
	struct trusty_slot *s = &t->slot;
	struct trusty_vm *owner = s->owner;

	if (!trusty_run(by, vcpu, result))
		return false;
	trusty_device_end(t, owner, s->call, *result);
	if (owner == by)
		trusty_trace(by, vcpu, TEE_EVENT_END, s->call[0], *result);
	release(t, owner != by, *result);
	return true;
}

static int32_t start(struct trusty_vm *v, struct tee_host_vcpu *vcpu)
{
	struct trusty_slot *s = &v->trusty->slot;
	int32_t result;

	tee_count(&v->vm.count.calls);
	trusty_trace(v, vcpu, TEE_EVENT_CALL, s->call[0], 0);
	result = trusty_device_begin(v, s->call);
	if (result != TRUSTY_OK) {
		trusty_trace(v, vcpu, TEE_EVENT_END, s->call[0], result);
		release(v->trusty, false, 0);
		return result;
	}
	(void)run(v, vcpu, &result);
	return result;
}

int32_t trusty_standard(struct trusty_vm *v, struct tee_host_vcpu *vcpu, const uint32_t *call)
{
	enum taken taken = take(v, call);
	int32_t result;

	while (taken == TAKEN_OTHER && run(v, vcpu, &result))
		taken = take(v, call);
	return taken == TAKEN ? start(v, vcpu) : TRUSTY_ERR_BUSY;
}

enum resumed { RESUMED, RESUMED_KEPT, RESUMED_BUSY, RESUMED_NOT };

static enum resumed resume(struct trusty_vm *v, int32_t *kept)
{
	struct trusty *t = v->trusty;
	struct trusty_slot *s = &t->slot;
	enum resumed how = RESUMED_NOT;

	trusty_lock(t);
	if (v->kept) {
		how = RESUMED_KEPT;
		v->kept = false;
		v->vm.used.calls--;
		*kept = v->kept_result;
	} else if (s->owner == v && s->state == SLOT_LEFT) {
		how = RESUMED;
		s->state = SLOT_BUSY;
	} else if (s->owner == v) {
		how = RESUMED_BUSY;
	}
	trusty_unlock(t);
	return how;
}

int32_t trusty_restart(struct trusty_vm *v, struct tee_host_vcpu *vcpu)
{
	int32_t result = TRUSTY_ERR_BUSY;

	switch (resume(v, &result)) {
	case RESUMED:
		(void)run(v, vcpu, &result);
		return result;
	case RESUMED_NOT:
		return trusty_refuse(v, vcpu, TEE_REFUSED_RESUME, TRUSTY_ERR_UNEXPECTED_RESTART);
	case RESUMED_KEPT:
		trusty_trace(v, vcpu, TEE_EVENT_END, v->kept_function, result);
		return result;
	default:
		return result;
	}
}

enum tee_status trusty_slot_finish(struct trusty_vm *v)
{
	int32_t result;

	switch (resume(v, &result)) {
	case RESUMED:
		return run(v, NULL, &result) ? TEE_STATUS_OK : TEE_STATUS_AGAIN;
	case RESUMED_BUSY:
		return TEE_STATUS_AGAIN;
	default:
		return TEE_STATUS_OK;
	}
}

enum tee_status trusty_slot_shut_down(struct trusty_vm *v, bool *begun)
{
	static const uint32_t call[4] = {TRUSTY_SC_QL_SHUTDOWN};
	enum taken taken = take(v, call);
	int32_t result;

	if (taken == TAKEN_OTHER)
		(void)run(v, NULL, &result);
	if (taken != TAKEN)
		return TEE_STATUS_AGAIN;
	trusty_device_closing(v, v->trusty->slot.call);
	*begun = true;
	if (!run(v, NULL, &result))
		return TEE_STATUS_AGAIN;
	*begun = result != TRUSTY_ERR_BUSY; /* EL3 did not let it in: once more */
	return *begun ? TEE_STATUS_OK : TEE_STATUS_AGAIN;
}

bool trusty_slot_forget(struct trusty_vm *v)
{
	struct trusty *t = v->trusty;
	struct trusty_slot *s = &t->slot;
	bool free;

	trusty_lock(t);
	free = s->owner != v || s->state != SLOT_BUSY;
	if (free) {
		s->owner = s->owner == v ? NULL : s->owner;
		s->turn.next = s->turn.next == v ? NULL : s->turn.next;
		t->gate.turn.next = t->gate.turn.next == v ? NULL : t->gate.turn.next;
		t->last = t->last == v ? NULL : t->last;
	}
	trusty_unlock(t);
	return free;
}
