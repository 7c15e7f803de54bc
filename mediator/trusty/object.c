/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of a VM that Trusty may reach. They are charged and pinned in trusty_object_new and given
 * back in trusty_object_free, nowhere else: so one pin and one charge for each share. An object
 * that EL3 or Trusty did not let go of is never given back.
 */
#include "mediator/trusty/trusty.h"

bool trusty_scratch_take(struct trusty_vm *v)
{
	bool taken;

	tee_lock(&v->vm);
	taken = !v->scratch_used;
	v->scratch_used = true;
	tee_unlock(&v->vm);
	return taken;
}

void trusty_scratch_put(struct trusty_vm *v)
{
	tee_lock(&v->vm);
	v->scratch_used = false;
	tee_unlock(&v->vm);
}

bool trusty_charge(struct trusty_vm *v, uint32_t pages)
{
	if (pages > v->vm.quota.shared_pages - v->vm.used.pages)
		return false;
	v->vm.used.pages += pages;
	return true;
}

/* Charged, without pins. NULL: over a quota. */
static struct trusty_object *object_take(struct trusty_vm *v, uint32_t pages) NEEDS(&v->vm)
{
	struct trusty_object *object = NULL;

	for (uint32_t i = 0; i < TRUSTY_OBJECTS && object == NULL; i++)
		if (v->objects[i].state == OBJECT_FREE)
			object = &v->objects[i];
	if (object == NULL || v->vm.used.buffers >= v->vm.quota.buffers || !trusty_charge(v, pages))
		return NULL;
	v->vm.used.buffers++;
	object->state = OBJECT_PINNING;
	object->pages = pages;
	return object;
}

static void object_put(struct trusty_vm *v, struct trusty_object *object)
{
	tee_lock(&v->vm);
	v->vm.used.pages -= object->pages;
	v->vm.used.buffers--;
	object->state = OBJECT_FREE;
	tee_unlock(&v->vm);
}

struct trusty_object *trusty_object_new(struct trusty_vm *v, uint32_t pages, uint8_t attributes,
					enum tee_refusal *why)
{
	const struct tee_port *port = v->vm.port;
	struct trusty_object *object;

	tee_lock(&v->vm);
	object = object_take(v, pages);
	tee_unlock(&v->vm);
	*why = TEE_REFUSED_QUOTA;
	if (object == NULL)
		return NULL;
	*why = TEE_REFUSED_ADDRESS;
	if (!port->pin(v->vm.host, v->pages, pages)) {
		object_put(v, object);
		return NULL;
	}
	for (uint32_t i = 0; i < pages; i++)
		object->frames[i] = (uint32_t)(v->pages[i] >> PAGE_SHIFT);
	object->attributes = attributes;
	object->by_guest = false;
	object->handle = 0;
	object->users = 0;
	object->generation++;
	tee_count(&v->vm.count.registrations);
	return object;
}

void trusty_object_free(struct trusty_vm *v, struct trusty_object *object)
{
	const struct tee_port *port = v->vm.port;

	port->unpin(v->vm.host, object->frames, object->pages);
	object_put(v, object);
}

void trusty_object_becomes(struct trusty_vm *v, struct trusty_object *object,
			   enum trusty_object_state state)
{
	tee_lock(&v->vm);
	object->state = (uint8_t)state;
	tee_unlock(&v->vm);
}

bool trusty_object_share(struct trusty_vm *v, struct trusty_object *object, int32_t *error)
{
	*error = trusty_spm_share(v, object);
	if (*error == 0) {
		trusty_object_becomes(v, object, OBJECT_LIVE);
		return true;
	}
	/* After an answer that says nothing EL3 may have the pages: they stay as they are. */
	if (*error != FFA_ABORTED)
		trusty_object_free(v, object);
	return false;
}

bool trusty_object_reclaim(struct trusty_vm *v, struct trusty_object *object)
{
	if (v->trusty->handles && trusty_spm_reclaim(v, object) != 0)
		return false;
	trusty_object_free(v, object);
	return true;
}
