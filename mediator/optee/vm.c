/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM arrives and leaves. At arrival the TEE makes a partition for it and runs a first call of
 * ours there: so the slow start of a partition, which may be interrupted and may ask for things
 * no guest should answer, is over before the guest's first call. Only then does OP-TEE know its
 * static window; where there is none, a second call registers the arena.
 *
 * At departure the TEE is told first, and pages are given back only after it agreed, in steps. The
 * guest need not have ended anything.
 */
#include "lib/memory.h"
#include "mediator/optee/optee.h"

static struct optee *optee_of(struct tee *tee)
{
	return CONTAINER_OF(tee, struct optee, tee);
}

/* An id not in use, as long after its last use as possible; 0: none. */
static uint16_t id_take(struct optee *t)
{
	for (uint32_t n = 0; n < OPTEE_IDS; n++) {
		t->last_id = (uint16_t)((t->last_id + 1u) % OPTEE_IDS);
		if ((t->ids[t->last_id / 64] & BIT(t->last_id % 64)) != 0)
			continue;
		t->ids[t->last_id / 64] |= BIT(t->last_id % 64);
		return t->last_id;
	}
	return 0;
}

static void id_put(struct optee *t, uint16_t id)
{
	t->ids[id / 64] &= ~BIT(id % 64);
}

/* VM_CREATED or VM_DESTROYED: from the hypervisor, about a VM. */
static uint32_t announce(const struct optee_vm *o, uint32_t function)
{
	const struct tee_port *port = o->vm.port;
	uint64_t smc[TEE_SMC_REGS] = {function, o->vm.id, 0, 0, 0, 0, 0, OPTEE_CLIENT_HYPERVISOR};

	port->secure_call(port->host, smc);
	return (uint32_t)smc[0];
}

/* A call of ours, with its message in this page. False: not run, or refused. */
static bool own_call(struct optee_vm *o, const struct optee_pages *page, uint32_t cmd,
		     const struct optee_msg_param *param)
{
	struct optee_patience patience = {.requests = 1000, .interrupts = UINT32_MAX};
	struct optee_call *c = &o->calls[0];
	volatile struct optee_msg_header *header = (void *)page->va;
	struct optee_msg_param *p = (void *)(page->va + sizeof(*header));

	memset(page->va, 0, OPTEE_SLOT_SIZE);
	header->cmd = cmd;
	header->ret = TEEC_ERROR_GENERIC;
	header->num_params = param != NULL;
	if (param != NULL)
		*p = *param;
	c->header.num_params = header->num_params;
	c->slot = page->va;
	c->enter[0] = OPTEE_SMC_CALL_WITH_RPC_ARG;
	c->enter[1] = page->pa.pa >> 32;
	c->enter[2] = (uint32_t)page->pa.pa;
	c->enter[3] = 1; /* cached */
	return optee_enter_own(o, c, false, &patience) == OPTEE_SMC_OK &&
	       (param == NULL || header->ret == TEEC_SUCCESS);
}

/* The partition's first call. It does nothing: no session has the id 0. */
static enum tee_status warm_up(struct optee_vm *o)
{
	struct optee_pages page;
	bool good;

	if (!optee_pages_get(o->optee, 1, &page))
		return TEE_STATUS_NO_MEMORY;
	good = own_call(o, &page, OPTEE_MSG_CANCEL, NULL);
	optee_pages_put(o->optee, &page);
	return good ? TEE_STATUS_OK : TEE_STATUS_FAULT;
}

static bool register_arena(struct optee_vm *o)
{
	struct optee_msg_param p = {.attr = OPTEE_MSG_ATTR_TMEM_OUTPUT | OPTEE_MSG_ATTR_NONCONTIG};
	uint64_t *list = (void *)o->lists.va;

	if (o->arena.in_window)
		return true;
	for (uint32_t i = 0; i < o->arena.count; i++)
		list[i] = o->arena.pa.pa + (uint64_t)i * PAGE_SIZE;
	p.tmem.address = o->lists.pa.pa;
	p.tmem.size = (uint64_t)o->arena.count * PAGE_SIZE;
	p.tmem.cookie = OPTEE_ARENA_HANDLE;
	return own_call(o, &o->arena, OPTEE_MSG_REGISTER_SHM, &p);
}

static void pages_put(struct optee_vm *o)
{
	optee_pages_put(o->optee, &o->lists);
	optee_pages_put(o->optee, &o->arena);
}

static enum tee_status prepare(struct optee_vm *o)
{
	enum tee_status status = warm_up(o);
	uint64_t enter[4];

	if (status != TEE_STATUS_OK)
		return status;
	optee_find_window(o->optee);
	if (!optee_vm_pages_get(o))
		return TEE_STATUS_NO_MEMORY;
	memcpy(enter, o->calls[0].enter, sizeof(enter));
	if (!register_arena(o))
		return TEE_STATUS_FAULT;
	memcpy(o->calls[0].enter, enter, sizeof(enter));
	return TEE_STATUS_OK;
}

static enum tee_status enter_tee(struct optee_vm *o)
{
	uint32_t answer = announce(o, OPTEE_SMC_VM_CREATED);
	enum tee_status status;

	if (answer == OPTEE_SMC_ENOTAVAIL)
		return TEE_STATUS_FULL;
	if (answer != OPTEE_SMC_OK)
		return TEE_STATUS_FAULT;
	status = prepare(o);
	if (status != TEE_STATUS_OK && announce(o, OPTEE_SMC_VM_DESTROYED) != OPTEE_SMC_OK) {
		o->kept = true;
		return TEE_STATUS_FAULT;
	}
	return status;
}

enum tee_status optee_vm_create(struct tee *tee, struct tee_host_vm *host,
				const struct tee_quota *quota, void *memory, size_t size,
				struct tee_vm **out)
{
	struct optee_vm *o = memory;
	enum tee_status status;

	if (size < optee_vm_size(tee, quota))
		return TEE_STATUS_NO_MEMORY;
	memset(o, 0, size);
	o->optee = optee_of(tee);
	o->vm = (struct tee_vm){.tee = tee, .port = tee->port, .host = host, .quota = *quota};
	o->vm.id = id_take(o->optee);
	if (o->vm.id == 0)
		return TEE_STATUS_FULL;
	optee_vm_layout(o);
	status = enter_tee(o);
	if (status == TEE_STATUS_OK) {
		tee->vms++;
		*out = &o->vm;
		return status;
	}
	if (!o->kept) {
		pages_put(o);
		id_put(o->optee, o->vm.id);
	}
	return status;
}

/* The next object's pins, or part of them. True: all objects are done. */
static bool destroy_step(struct optee_vm *o)
{
	struct optee_object *object = &o->objects[o->destroy_at];

	if (o->destroy_at >= o->vm.quota.buffers)
		return true;
	if (object->state == OBJECT_FREE) {
		o->destroy_at++;
	} else if (optee_object_unpin(o, object)) {
		tee_lock(&o->vm);
		optee_object_free(o, object);
		tee_unlock(&o->vm);
		o->destroy_at++;
	}
	return false;
}

enum tee_status optee_vm_destroy(struct tee_vm *vm)
{
	struct optee_vm *o = optee_vm_of(vm);

	if (!o->told) {
		while (!optee_farewell_step(o))
			if (vm->port->should_yield(NULL))
				return TEE_STATUS_AGAIN;
		optee_notify_disable(o);
		o->kept = announce(o, OPTEE_SMC_VM_DESTROYED) != OPTEE_SMC_OK;
		o->told = true;
	}
	if (o->kept) {
		vm->port->log(vm->host, "OP-TEE: VM %u was not let go: its shared pages are lost",
			      vm->id);
		vm->tee->vms--;
		return TEE_STATUS_FAULT;
	}
	for (uint32_t n = 1; !destroy_step(o); n++)
		if (n % 32 == 0 && vm->port->should_yield(NULL))
			return TEE_STATUS_AGAIN;
	pages_put(o);
	id_put(o->optee, vm->id);
	vm->tee->vms--;
	return TEE_STATUS_OK;
}
