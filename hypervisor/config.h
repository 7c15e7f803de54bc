/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VMs that the machine shall run, from /chosen of the board's tree, in the words that Xen's
 * dom0less users have (compatible "xen,domain", cpus, memory, multiboot,kernel, multiboot,ramdisk)
 * and a few of our own (teevisor,load-address, teevisor,dtb-address, and the node of compatible
 * "teevisor,tee": mode, shared-pages, shared-buffers).
 */
#ifndef HYPERVISOR_CONFIG_H
#define HYPERVISOR_CONFIG_H

#include "hypervisor/board.h"
#include "hypervisor/vm.h"

/*
 * Fill vms[0..max) in the order of the nodes; returns how many. A VM whose description is wrong is
 * left out, and a line in the log says which node and which property. bootargs points into the
 * tree, which must stay. Kernel and ramdisk of a VM are RAM that `board` does not reserve; the
 * caller keeps them out of the page pool. Two VMs may use the same kernel or ramdisk.
 */
uint32_t config_read(const void *fdt, const struct board_info *board, struct vm_config *vms,
		     uint32_t max);

/*
 * What config_read() sees to, for a description from elsewhere: name, numbers and sizes make a VM.
 * Whether its images do is image_plan()'s business.
 */
enum vm_error config_check(const struct vm_config *config);

#endif
