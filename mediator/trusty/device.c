/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QL-TIPC devices. Trusty has TRUSTY_QL_DEVICES for the whole machine, so a VM has one at most. A
 * guest names its device by a memory id: a handle of its FF-A share, or an address with
 * attributes. Trusty gets another one, made here: its handle, or the physical address of pinned
 * pages with attributes from a short list. An id that is not that of the VM's own live device never
 * enters Trusty.
 *
 * The device's call is in the slot meanwhile, so there is one at a time; only fast calls come
 * beside it (users).
 */
#include "mediator/trusty/trusty.h"

/* What a guest without handles wants: its memory id, taken apart. */
struct wanted {
	uint64_t ipa;
	uint8_t attributes; /* FFA_ATTR_... */
};

static bool attributes_of(uint64_t id, uint32_t api, uint8_t *attributes)
{
	uint64_t mair = FIELD(id, 55, 48), share = FIELD(id, 9, 8);

	if (mair == TRUSTY_MAIR_NON_CACHED) {
		*attributes = FFA_ATTR_NON_CACHED;
		return true;
	}
	*attributes = FFA_ATTR_CACHED;
	if (mair == TRUSTY_MAIR_DEFAULT)
		return api < TRUSTY_API_PHYS_MEM_OBJ;
	return mair == TRUSTY_MAIR_CACHED && share == TRUSTY_SHARE_INNER;
}

/* Other low bits are those of the guest's own page table entry, and mean nothing here. */
static bool decode(uint64_t id, uint32_t api, struct wanted *w)
{
	w->ipa = id & TRUSTY_ID_ADDRESS;
	return (id & (TRUSTY_ID_RESERVED | TRUSTY_ID_READ_ONLY)) == 0 &&
	       attributes_of(id, api, &w->attributes);
}

/* Trusty's id by address: one run of pages, writable for EL1. False: more than one run. */
static bool encode(const struct trusty_object *object, uint64_t *real)
{
	uint64_t mair =
		object->attributes == FFA_ATTR_CACHED ? TRUSTY_MAIR_CACHED : TRUSTY_MAIR_NON_CACHED;

	for (uint32_t i = 1; i < object->pages; i++)
		if (object->frames[i] != object->frames[0] + i)
			return false;
	*real = (uint64_t)object->frames[0] << PAGE_SHIFT |
		(uint64_t)TRUSTY_SHARE_INNER << TRUSTY_ID_SHARE_SHIFT |
		mair << TRUSTY_ID_MAIR_SHIFT;
	return true;
}

/* The guest's own share, by handle. */
static struct trusty_object *object_of_guest(struct trusty_vm *v, uint64_t id, uint64_t size,
					     uint64_t *real, enum tee_refusal *why)
{
	struct trusty_object *object;

	tee_lock(&v->vm);
	object = trusty_object_find(v, id);
	if (object != NULL && size <= (uint64_t)object->pages * PAGE_SIZE) {
		object->users++;
		*real = object->handle;
	} else {
		*why = object == NULL ? TEE_REFUSED_COOKIE : TEE_REFUSED_MESSAGE;
		object = NULL;
	}
	tee_unlock(&v->vm);
	return object;
}

/* v->pages is ours. */
static struct trusty_object *object_pinned(struct trusty_vm *v, const struct wanted *w,
					   uint32_t pages, uint64_t *real, enum tee_refusal *why)
{
	struct trusty_object *object;
	int32_t error;

	for (uint32_t i = 0; i < pages; i++)
		v->pages[i] = w->ipa + (uint64_t)i * PAGE_SIZE;
	object = trusty_object_new(v, pages, w->attributes, why);
	if (object == NULL)
		return NULL;
	object->users = 1;
	if (!v->trusty->handles && !encode(object, real)) {
		trusty_object_free(v, object);
		return NULL;
	}
	if (!v->trusty->handles) {
		trusty_object_becomes(v, object, OBJECT_LIVE);
		return object;
	}
	*why = TEE_REFUSED_QUOTA;
	if (!trusty_object_share(v, object, &error))
		return NULL;
	*real = object->handle;
	return object;
}

static struct trusty_object *object_of_address(struct trusty_vm *v, uint64_t id, uint64_t size,
					       uint64_t *real, enum tee_refusal *why)
{
	struct trusty_object *object = NULL;
	struct wanted w;

	*why = TEE_REFUSED_MESSAGE;
	if (!decode(id, v->api, &w))
		return NULL;
	*why = TEE_REFUSED_QUOTA;
	if (!trusty_scratch_take(v))
		return NULL;
	object = object_pinned(v, &w, (uint32_t)(size >> PAGE_SHIFT), real, why);
	trusty_scratch_put(v);
	return object;
}

/* The buffer's way back, when no device uses it any more. */
static void object_drop(struct trusty_vm *v, struct trusty_object *object)
{
	bool ours;

	tee_lock(&v->vm);
	object->users--;
	ours = !object->by_guest;
	tee_unlock(&v->vm);
	if (ours) /* what EL3 does not let go of is asked for again when the VM ends */
		(void)trusty_object_reclaim(v, object);
}

static bool seat_take(struct trusty *t)
{
	bool taken;

	trusty_lock(t);
	taken = t->devices < TRUSTY_QL_DEVICES;
	t->devices += taken;
	trusty_unlock(t);
	return taken;
}

static void seat_put(struct trusty *t)
{
	trusty_lock(t);
	t->devices--;
	trusty_unlock(t);
}

static bool change(struct trusty_vm *v, enum trusty_device_state from, enum trusty_device_state to)
{
	bool changed;

	tee_lock(&v->vm);
	changed = v->device.state == from;
	if (changed)
		v->device.state = (uint8_t)to;
	tee_unlock(&v->vm);
	return changed;
}

static int32_t answer_to(enum tee_refusal why)
{
	return why == TEE_REFUSED_QUOTA ? TRUSTY_ERR_INTERNAL : TRUSTY_ERR_INVALID;
}

/* Trusty's id in place of the guest's. */
static void name(const struct trusty_device *d, uint32_t *call)
{
	call[1] = (uint32_t)d->real;
	call[2] = (uint32_t)(d->real >> 32);
}

static int32_t create_with(struct trusty_vm *v, uint32_t *call)
{
	struct trusty_device *d = &v->device;
	enum tee_refusal why;

	d->id = trusty_pair(call[1], call[2]);
	d->size = call[3];
	d->object = v->api >= TRUSTY_API_MEM_OBJ
			    ? object_of_guest(v, d->id, d->size, &d->real, &why)
			    : object_of_address(v, d->id, d->size, &d->real, &why);
	if (d->object == NULL)
		return trusty_refuse(v, NULL, why, answer_to(why));
	name(d, call);
	return TRUSTY_OK;
}

static int32_t create_begin(struct trusty_vm *v, uint32_t *call)
{
	uint32_t size = call[3];
	int32_t result;

	if (size == 0 || !is_aligned(size, PAGE_SIZE) || size > TRUSTY_OBJECT_PAGES * PAGE_SIZE)
		return trusty_refuse(v, NULL, TEE_REFUSED_MESSAGE, TRUSTY_ERR_INVALID);
	if (!change(v, DEVICE_NONE, DEVICE_CREATING))
		return trusty_refuse(v, NULL, TEE_REFUSED_QUOTA, TRUSTY_ERR_INTERNAL);
	if (!seat_take(v->trusty)) {
		(void)change(v, DEVICE_CREATING, DEVICE_NONE);
		return trusty_refuse(v, NULL, TEE_REFUSED_QUOTA, TRUSTY_ERR_INTERNAL);
	}
	result = create_with(v, call);
	if (result != TRUSTY_OK) {
		(void)change(v, DEVICE_CREATING, DEVICE_NONE);
		seat_put(v->trusty);
	}
	return result;
}

/* An unsure device may be shut down, if Trusty has it. */
static int32_t shutdown_begin(struct trusty_vm *v, uint32_t *call)
{
	struct trusty_device *d = &v->device;
	uint64_t id = trusty_pair(call[1], call[2]);
	bool known, used;

	tee_lock(&v->vm);
	known = (d->state == DEVICE_LIVE || d->state == DEVICE_UNSURE) && d->id == id;
	used = d->users != 0;
	if (known && !used)
		d->state = DEVICE_CLOSING;
	tee_unlock(&v->vm);
	if (!known)
		return trusty_refuse(v, NULL, TEE_REFUSED_COOKIE, TRUSTY_ERR_INVALID);
	if (used)
		return TRUSTY_ERR_BUSY;
	name(d, call);
	call[3] = 0;
	return TRUSTY_OK;
}

void trusty_device_closing(struct trusty_vm *v, uint32_t *call)
{
	name(&v->device, call);
}

/* Under the VM's lock, or in the slot: SHUTDOWN cannot come meanwhile. */
static bool command_fits(const struct trusty_device *d, uint64_t id, uint32_t size)
{
	return d->state == DEVICE_LIVE && d->id == id && size >= TRUSTY_QL_HEADER &&
	       size <= d->size;
}

static int32_t command_begin(struct trusty_vm *v, uint32_t *call)
{
	struct trusty_device *d = &v->device;

	if (!command_fits(d, trusty_pair(call[1], call[2]), call[3]))
		return trusty_refuse(v, NULL, TEE_REFUSED_COOKIE, TRUSTY_ERR_INVALID);
	tee_count(&v->vm.count.invokes);
	name(d, call);
	return TRUSTY_OK;
}

int32_t trusty_device_begin(struct trusty_vm *v, uint32_t *call)
{
	switch (call[0]) {
	case TRUSTY_SC_QL_CREATE:
		return create_begin(v, call);
	case TRUSTY_SC_QL_SHUTDOWN:
		return shutdown_begin(v, call);
	case TRUSTY_SC_QL_HANDLE_CMD:
		return command_begin(v, call);
	default: /* LOCKED_NOP */
		call[1] = 0;
		call[2] = 0;
		call[3] = 0;
		return TRUSTY_OK;
	}
}

/* Trusty died, or has lost the call: its answer says nothing of the device. */
static bool says_nothing(int32_t result)
{
	return result == TRUSTY_ERR_PANIC || result == TRUSTY_ERR_UNEXPECTED_RESTART;
}

static void gone(struct trusty *t, struct trusty_vm *v)
{
	seat_put(t);
	if (v == NULL)
		return;
	object_drop(v, v->device.object);
	tee_lock(&v->vm);
	v->device.state = DEVICE_NONE;
	tee_unlock(&v->vm);
}

static void create_end(struct trusty *t, struct trusty_vm *v, int32_t result)
{
	if (result != TRUSTY_OK && !says_nothing(result))
		gone(t, v);
	else if (v != NULL)
		(void)change(v, DEVICE_CREATING, result == TRUSTY_OK ? DEVICE_LIVE : DEVICE_UNSURE);
}

static void shutdown_end(struct trusty *t, struct trusty_vm *v, int32_t result)
{
	if (result == TRUSTY_OK)
		gone(t, v);
	else if (v != NULL)
		(void)change(v, DEVICE_CLOSING, says_nothing(result) ? DEVICE_UNSURE : DEVICE_LIVE);
}

void trusty_device_end(struct trusty *t, struct trusty_vm *v, const uint32_t *call, int32_t result)
{
	if (call[0] == TRUSTY_SC_QL_CREATE)
		create_end(t, v, result);
	else if (call[0] == TRUSTY_SC_QL_SHUTDOWN)
		shutdown_end(t, v, result);
}

bool trusty_device_use(struct trusty_vm *v, uint64_t id, uint32_t size, uint64_t *real)
{
	struct trusty_device *d = &v->device;
	bool fits;

	tee_lock(&v->vm);
	fits = command_fits(d, id, size);
	d->users += fits;
	*real = d->real;
	tee_unlock(&v->vm);
	return fits;
}

void trusty_device_unuse(struct trusty_vm *v)
{
	tee_lock(&v->vm);
	v->device.users--;
	tee_unlock(&v->vm);
}
