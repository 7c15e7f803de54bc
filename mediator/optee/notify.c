/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications: the TEE tells a VM that something happened, by a value from 0 to 63. It has one
 * interrupt for all VMs and says nothing of whom it is for, so at each the partitions of all VMs
 * that enabled notifications are asked. To ask takes the value away from the TEE; here it is kept,
 * a bit each, until the guest asks. A value that comes again before that is one, as in the TEE.
 *
 * Values from 64 on wake a thread that waits in the guest (request NOTIFICATION); they never come
 * this way.
 */
#include "mediator/optee/optee.h"

#define VALUES 64u

static void unlink(struct optee_vm *o)
{
	struct optee_vm **link = &o->optee->notified;

	while (*link != NULL && *link != o)
		link = &(*link)->notified_next;
	if (*link == o)
		*link = o->notified_next;
	o->notifies = false;
}

/* One value out of the TEE; false: it has none for this VM. */
static bool take(struct optee_vm *o, uint32_t *value)
{
	const struct tee_port *port = o->vm.port;
	uint64_t smc[TEE_SMC_REGS] = {OPTEE_SMC_GET_ASYNC_NOTIF_VALUE, 0, 0, 0, 0, 0, 0, o->vm.id};

	port->secure_call(port->host, smc);
	*value = (uint32_t)smc[1];
	return (uint32_t)smc[0] == OPTEE_SMC_OK && (smc[2] & OPTEE_NOTIF_VALID) != 0;
}

/* Bounded, whatever the TEE says: each value at most once. */
static uint64_t take_all(struct optee_vm *o)
{
	uint64_t values = 0;
	uint32_t value;

	for (uint32_t n = 0; n < VALUES && take(o, &value); n++) {
		if (value >= VALUES) {
			tee_count(&o->vm.count.tee_faults);
			continue;
		}
		values |= BIT(value);
		tee_event(&o->vm, TEE_EVENT_NOTIFY, value);
	}
	return values;
}

static void deliver(struct optee_vm *o)
{
	uint64_t values = take_all(o);

	if (values == 0)
		return;
	tee_count(&o->vm.count.notifications);
	tee_lock(&o->vm);
	o->values |= values;
	tee_unlock(&o->vm);
	o->vm.port->inject_irq(o->vm.host, NULL, TEE_IRQ_OF_TREE);
}

void optee_irq(struct tee *tee, uint32_t intid)
{
	struct optee *t = CONTAINER_OF(tee, struct optee, tee);
	const struct tee_port *port = tee->port;

	(void)intid; /* there is one */
	port->lock_tee(port->host);
	for (struct optee_vm *o = t->notified; o != NULL; o = o->notified_next)
		deliver(o);
	port->unlock_tee(port->host);
}

/*
 * In the list before the TEE hears of it, so that none of its interrupts is missed. Twice, or of a
 * VM whose TEE failed: answered here.
 */
uint32_t optee_notify_enable(struct optee_vm *o)
{
	const struct tee_port *port = o->vm.port;
	uint64_t smc[TEE_SMC_REGS] = {OPTEE_SMC_ENABLE_ASYNC_NOTIF, 0, 0, 0, 0, 0, 0, o->vm.id};

	port->lock_tee(port->host);
	if (!o->notifies && !o->vm.dead) {
		o->notifies = true;
		o->notified_next = o->optee->notified;
		o->optee->notified = o;
		port->secure_call(port->host, smc);
		if ((uint32_t)smc[0] != OPTEE_SMC_OK)
			unlink(o);
	}
	smc[0] = o->notifies ? OPTEE_SMC_OK : OPTEE_SMC_ENOTAVAIL;
	port->unlock_tee(port->host);
	return (uint32_t)smc[0];
}

void optee_notify_disable(struct optee_vm *o)
{
	const struct tee_port *port = o->vm.port;

	port->lock_tee(port->host);
	unlink(o);
	port->unlock_tee(port->host);
}

void optee_notify_value(struct optee_vm *o, uint64_t *regs)
{
	tee_lock(&o->vm);
	regs[0] = OPTEE_SMC_OK;
	regs[1] = o->values != 0 ? (uint32_t)__builtin_ctzll(o->values) : 0;
	regs[2] = o->values != 0 ? OPTEE_NOTIF_VALID : 0;
	o->values &= o->values - 1;
	regs[2] |= o->values != 0 ? OPTEE_NOTIF_PENDING : 0;
	tee_unlock(&o->vm);
}
