/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doorbell: the software-generated interrupt by which Trusty asks a CPU of the normal world for
 * a NOP, because it has work there. The NOP is done here, on that CPU, once: if an interrupt of
 * the normal world stops it, the host has that to serve first. Then the VM whose standard call is
 * under way, which may have been told to wait, or the VM that entered last, gets the
 * interrupt in its own controller and makes NOPs on its own time.
 */
#include "mediator/trusty/trusty.h"

void trusty_doorbell_probe(struct trusty *t)
{
	const uint32_t call[4] = {TRUSTY_FC_GET_NEXT_IRQ, 0, TRUSTY_IRQ_DOORBELL, 0};
	const struct tee_port *port = t->tee.port;
	int32_t intid = trusty_enter(t, call, 0);

	if (intid > 0 && intid < 16 && port->claim_irq(port->host, (uint32_t)intid))
		t->doorbell = (uint32_t)intid;
}

void trusty_cpu_event(struct tee *tee, bool up)
{
	struct trusty *t = trusty_of(tee);
	const struct tee_port *port = tee->port;

	if (up && t->doorbell != 0)
		(void)port->claim_irq(port->host, t->doorbell);
}

/* The hypervisor's NOP. False: not done, or another VM is inside. */
static bool own_nop(struct trusty *t)
{
	static const uint32_t call[4] = {TRUSTY_SC_NOP};
	bool done;

	if (!trusty_gate_enter(t, NULL, 0))
		return false;
	done = trusty_enter(t, call, 0) == TRUSTY_ERR_NOP_DONE;
	trusty_gate_leave(t);
	return done;
}

static void ring(struct trusty_vm *v, uint32_t intid)
{
	struct tee_host_vcpu *vcpu = __atomic_load_n(&v->vcpu, __ATOMIC_RELAXED);
	const struct tee_port *port = v->vm.port;

	port->inject_irq(v->vm.host, vcpu, intid);
	trusty_trace(v, vcpu, TEE_EVENT_NOTIFY, intid, 0);
}

void trusty_irq(struct tee *tee, uint32_t intid)
{
	struct trusty *t = trusty_of(tee);
	struct trusty_vm *v;
	bool done;

	if (intid != t->doorbell || trusty_has_panicked(t))
		return;
	done = own_nop(t);
	/* The lock: a VM in the slot or in `last` does not leave meanwhile. */
	trusty_lock(t);
	v = t->slot.owner;
	if (v == NULL && !done)
		v = t->last;
	if (v != NULL)
		ring(v, intid);
	trusty_unlock(t);
}
