/* SPDX-License-Identifier: BSD-2-Clause */
/* tests/unit/virtio_guest.h */
#include "tests/unit/virtio_guest.h"
#include "lib/util.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct vm guest_vm;

static uint8_t *ram;

void guest_memory_reset(void)
{
	free(ram);
	ram = aligned_alloc(PAGE_SIZE, GUEST_RAM_SIZE);
	assert(ram != NULL);
	memset(ram, 0xa5, GUEST_RAM_SIZE);
	memset(&guest_vm, 0, sizeof(guest_vm));
	guest_vm.ram = pa((uintptr_t)ram);
	guest_vm.ram_size = GUEST_RAM_SIZE;
}

void *vm_memory(const struct vm *vm, ipa_t at, uint64_t size)
{
	if (!range_inside(at.ipa - VM_RAM_BASE, size, vm->ram_size))
		return NULL;
	return (void *)(uintptr_t)(vm->ram.pa + (at.ipa - VM_RAM_BASE));
}

void *guest_at(uint64_t at)
{
	assert(at - VM_RAM_BASE < GUEST_RAM_SIZE);
	return ram + (at - VM_RAM_BASE);
}

void guest_place(struct guest_queue *g, uint32_t size, uint64_t base)
{
	*g = (struct guest_queue){
		.size = size,
		.desc = base,
		.avail = base + PAGE_SIZE,
		.used = base + 2 * PAGE_SIZE,
	};
	memset(guest_at(base), 0, 3 * PAGE_SIZE);
}

void guest_desc(const struct guest_queue *g, uint32_t index, uint64_t address, uint32_t length,
		uint16_t flags, uint16_t next)
{
	struct vring_desc d = {address, length, flags, next};

	memcpy(guest_at(g->desc + index * sizeof(d)), &d, sizeof(d));
}

void guest_offer(struct guest_queue *g, uint16_t head)
{
	uint64_t slot = g->offered % g->size;

	memcpy(guest_at(g->avail + VRING_AVAIL_RING + slot * VRING_AVAIL_ENTRY), &head,
	       sizeof(head));
	g->offered++;
	memcpy(guest_at(g->avail + VRING_AVAIL_INDEX), &g->offered, sizeof(g->offered));
}

bool guest_take(struct guest_queue *g, struct vring_used_entry *entry)
{
	uint64_t slot = g->seen % g->size;
	uint16_t index;

	memcpy(&index, guest_at(g->used + VRING_USED_INDEX), sizeof(index));
	if (index == g->seen)
		return false;
	memcpy(entry, guest_at(g->used + VRING_USED_RING + slot * sizeof(*entry)), sizeof(*entry));
	g->seen++;
	return true;
}
