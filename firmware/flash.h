/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is the header of the flash image (abi/flash.h) one that can be followed?
 */
#ifndef FIRMWARE_FLASH_H
#define FIRMWARE_FLASH_H

#include "abi/flash.h"
#include "platform/qemu-virt/board.h"

/*
 * NULL if each image lies inside the flash, behind the header, and goes to memory of its kind
 * that nothing else named here occupies. Else what is wrong, as a phrase for people.
 */
const char *flash_header_fault(const struct flash_header *h, const struct board *where);

#endif
