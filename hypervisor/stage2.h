/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stage-2 table of a VM: its RAM, one run at VM_RAM_BASE, and nothing else. Devices are left
 * out so that accesses to them trap. 39 bits of IPA, 4 KiB granule, 2 MiB blocks.
 */
#ifndef HYPERVISOR_STAGE2_H
#define HYPERVISOR_STAGE2_H

#include "lib/types.h"

/* VTCR_EL2 of this CPU and every table. */
uint64_t stage2_vtcr(void);

/*
 * A table that maps [at, at + size) to [to, to + size), all multiples of 2 MiB, `size` not 0.
 * Returns VTTBR_EL2 for this VMID, 0 if there is no memory.
 */
uint64_t stage2_create(uint16_t vmid, ipa_t at, pa_t to, uint64_t size);

/* Drop the VMID's translations on all CPUs, of stage 1 too. */
void stage2_forget(uint64_t vttbr);

/* The same, and give the table back, which maps this range. No CPU uses it any more. */
void stage2_destroy(uint64_t vttbr, ipa_t at, uint64_t size);

#endif
