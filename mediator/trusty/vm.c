/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM arrives and leaves. Trusty is told of neither. At arrival the VM gets an id, by which Trusty
 * knows it where memory is shared by FF-A. At departure what it left behind is undone in its name:
 * its standard call runs to the end, its device is shut down, its memory reclaimed, then unpinned.
 *
 * A call that does not end for TRUSTY_LEAVE_NS goes on without its VM: whoever wants the slot
 * next runs it on.
 */
#include "lib/memory.h"
#include "mediator/trusty/trusty.h"

size_t trusty_vm_size(const struct tee *tee, const struct tee_quota *quota)
{
	(void)tee;
	(void)quota;
	return align_up(sizeof(struct trusty_vm), 64);
}

/* An id not in use, as long after its last use as possible; 0: none. */
static uint16_t id_take(struct trusty *t)
{
	for (uint32_t n = 0; n < TRUSTY_IDS; n++) {
		t->last_id = (uint16_t)((t->last_id + 1u) % TRUSTY_IDS);
		if ((t->ids & BIT(t->last_id)) != 0)
			continue;
		t->ids |= BIT(t->last_id);
		return t->last_id;
	}
	return 0;
}

enum tee_status trusty_vm_create(struct tee *tee, struct tee_host_vm *host,
				 const struct tee_quota *quota, void *memory, size_t size,
				 struct tee_vm **out)
{
	struct trusty *t = trusty_of(tee);
	struct trusty_vm *v = memory;
	enum tee_status status;

	if (size < trusty_vm_size(tee, quota))
		return TEE_STATUS_NO_MEMORY;
	if (trusty_has_panicked(t))
		return TEE_STATUS_FAULT;
	memset(v, 0, sizeof(*v));
	v->trusty = t;
	v->vm = (struct tee_vm){.tee = tee, .port = tee->port, .host = host, .quota = *quota};
	v->vm.id = id_take(t);
	if (v->vm.id == 0)
		return TEE_STATUS_FULL;
	v->client = t->handles ? v->vm.id : 0;
	status = trusty_spm_start(t);
	if (status != TEE_STATUS_OK) {
		t->ids &= ~BIT(v->vm.id);
		return status;
	}
	tee->vms++;
	*out = &v->vm;
	return TEE_STATUS_OK;
}

/* Too long: the VM goes, its call stays. AGAIN: a CPU is in Trusty for it. */
static enum tee_status give_up(struct trusty_vm *v)
{
	v->lost = true;
	return trusty_slot_forget(v) ? TEE_STATUS_FAULT : TEE_STATUS_AGAIN;
}

static bool too_long(const struct trusty_vm *v)
{
	const struct tee_port *port = v->vm.port;

	return port->time(port->host) - v->leaving_since >= TRUSTY_LEAVE_NS;
}

static void begin_leaving(struct trusty_vm *v)
{
	const struct tee_port *port = v->vm.port;
	struct trusty *t = v->trusty;

	trusty_lock(t);
	if (!v->leaving)
		v->leaving_since = port->time(port->host);
	v->leaving = true;
	trusty_unlock(t);
}

/* The device, after the VM's call. If Trusty did not let go of it, its object still has a user. */
static enum tee_status shut_down(struct trusty_vm *v)
{
	if (v->device.state == DEVICE_NONE || v->shut_down)
		return TEE_STATUS_OK;
	return trusty_slot_shut_down(v, &v->shut_down);
}

static enum tee_status calls_end(struct trusty_vm *v)
{
	enum tee_status status = trusty_slot_finish(v);

	if (status == TEE_STATUS_OK)
		status = shut_down(v);
	if (status == TEE_STATUS_AGAIN && too_long(v))
		return give_up(v);
	return status;
}

/* A device still has it, or EL3 does not give it back. */
static bool object_end(struct trusty_vm *v, struct trusty_object *object)
{
	return object->users == 0 && object->handle != 0 && trusty_object_reclaim(v, object);
}

/* False: to be called again. Each time one is done, also for a host that always wants its CPU. */
static bool objects_end(struct trusty_vm *v)
{
	const struct tee_port *port = v->vm.port;

	while (v->destroy_at < TRUSTY_OBJECTS) {
		struct trusty_object *object = &v->objects[v->destroy_at++];

		if (object->state == OBJECT_FREE)
			continue;
		v->lost |= !object_end(v, object);
		if (port->should_yield(NULL))
			return false;
	}
	return true;
}

static enum tee_status gone(struct trusty_vm *v)
{
	const struct tee_port *port = v->vm.port;
	struct trusty *t = v->trusty;

	t->tee.vms--;
	if (t->tee.vms == 0)
		trusty_spm_stop(t);
	if (!v->lost) {
		t->ids &= ~BIT(v->vm.id);
		return TEE_STATUS_OK;
	}
	port->log(v->vm.host, "Trusty: VM %u was not let go: its shared pages are lost", v->vm.id);
	return TEE_STATUS_FAULT;
}

enum tee_status trusty_vm_destroy(struct tee_vm *vm)
{
	struct trusty_vm *v = trusty_vm_of(vm);
	enum tee_status status;

	begin_leaving(v);
	status = calls_end(v);
	if (status == TEE_STATUS_AGAIN)
		return status;
	v->lost |= status != TEE_STATUS_OK;
	if (!objects_end(v))
		return TEE_STATUS_AGAIN;
	(void)trusty_slot_forget(v); /* no CPU works on a call of its own any more */
	(void)trusty_ffa_unmap(v);
	return gone(v);
}
