/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firmware/flash.h. Plain C over numbers, so that the host tests can give it each kind of nonsense.
 */
#include "firmware/flash.h"
#include "lib/types.h"
#include "lib/util.h"

#define IMAGES_START (FLASH_HEADER_OFFSET + PAGE_SIZE)

static bool inside(struct board_range range, uint64_t base, uint64_t size)
{
	return base >= range.base && range_inside(base - range.base, size, range.size);
}

static bool image_in_flash(const struct board *where, uint64_t offset, uint64_t size)
{
	return offset >= IMAGES_START && range_inside(offset, size, where->flash.size);
}

static const char *tee_fault(const struct flash_header *h, const struct board *where)
{
	if (!image_in_flash(where, h->tee_offset, h->tee_size))
		return "the TEE image is not inside the flash";
	if (!is_aligned(h->tee_load, PAGE_SIZE) ||
	    !inside(where->secure_dram, h->tee_load, h->tee_size))
		return "the TEE does not fit into Secure memory where it is to go";
	if (ranges_overlap(h->tee_offset, h->tee_size, h->next_offset, h->next_size))
		return "the TEE image and the next image overlap in flash";
	return NULL;
}

const char *flash_header_fault(const struct flash_header *h, const struct board *where)
{
	if (h->magic != FLASH_HEADER_MAGIC)
		return "there is no header (magic number)";
	if (h->version != FLASH_HEADER_VERSION)
		return "the header is of another version";
	if (h->next_size == 0)
		return "there is no next image";
	if (!image_in_flash(where, h->next_offset, h->next_size))
		return "the next image is not inside the flash";
	if (!is_aligned(h->next_load, PAGE_SIZE) || !inside(where->ram, h->next_load, h->next_size))
		return "the next image does not fit into RAM where it is to go";
	if (!is_aligned(h->device_tree, 8) || !inside(where->ram, h->device_tree, PAGE_SIZE))
		return "the device tree is not in RAM";
	if (ranges_overlap(h->device_tree, PAGE_SIZE, h->next_load, h->next_size))
		return "the next image would overwrite the device tree";
	return h->tee_size == 0 ? NULL : tee_fault(h, where);
}
