/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where assembly finds the fields of the structs. pcpu.c asserts that they are there.
 */
#ifndef HYPERVISOR_OFFSETS_H
#define HYPERVISOR_OFFSETS_H

#define REGS_PC	     248 /* struct vcpu: x0 at 0, x30 at 240 */
#define REGS_PSTATE  256
#define PCPU_CURRENT 0
#define FP_CONTROL   512 /* struct fp_state */

#define IMAGE_ROOM 0x200000 /* file, bss and stacks */

#define PCPUS_MAX  8
#define STACK_SIZE 16384 /* per CPU; below it lies an unmapped page */
#define GUARD_SIZE 4096

#endif
