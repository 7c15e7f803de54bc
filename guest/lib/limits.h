/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sizes that assembly and C share. A CPU's index is its Aff0; Aff1 and above are zero, as on QEMU's
 * virt with at most 16 CPUs.
 */
#ifndef GUEST_LIB_LIMITS_H
#define GUEST_LIB_LIMITS_H

#define CPUS_MAX   8
#define STACK_SIZE 16384

#endif
