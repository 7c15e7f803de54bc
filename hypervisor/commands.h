/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hypervisor's own command line on the board's console knows: the VMs, and what an
 * operator does with them. Whoever types there may do everything, with VM 0 too.
 */
#ifndef HYPERVISOR_COMMANDS_H
#define HYPERVISOR_COMMANDS_H

#include "hypervisor/vm.h"

/* Once. `configs` are the VMs of the machine's description, which `create` makes again. */
void commands_init(const struct vm_config *configs, uint32_t count);

#endif
