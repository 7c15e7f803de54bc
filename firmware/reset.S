/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reset: all CPUs start here at EL3 with the MMU off. CPU 0 sets up the memory and boots the
 * machine (boot_first() in firmware/boot.c). The others wait until it has built the page tables;
 * they are told through the distributor's control register, which reset clears, and not through
 * RAM, which keeps its content over a reset.
 */
#include "firmware/cpu.h"

	.section .text.reset, "ax"
	.global	firmware_reset
firmware_reset:
	ldr	x0, =0x30c51830			/* SCTLR_EL3: RES1 bits and the instruction cache */
	msr	sctlr_el3, x0
	adrp	x0, el3_vectors
	add	x0, x0, :lo12:el3_vectors
	msr	vbar_el3, x0
	msr	daifset, #0xf
	isb
	mrs	x19, mpidr_el1
	ldr	x0, =0xff00ffffff
	and	x19, x19, x0			/* the affinity is the CPU's number */
	cmp	x19, #BOARD_CPUS_MAX
	b.hs	park
	mov	x0, x19
	bl	cpu_stack
	cbnz	x19, other_cpu

	ldr	x0, =fw_data_start
	ldr	x1, =fw_data_end
	ldr	x2, =fw_data_load
1:	cmp	x0, x1
	b.hs	2f
	ldp	x3, x4, [x2], #16
	stp	x3, x4, [x0], #16
	b	1b
2:	ldr	x0, =fw_bss_start
	ldr	x1, =fw_bss_end
3:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	3b
	mov	x0, sp
	mov	x1, x19
	bl	boot_first
	b	world_enter

other_cpu:
	mov	x0, #BOARD_GICD
4:	yield
	ldr	w1, [x0]
	tbz	w1, #2, 4b			/* EnableGrp1S */
	dsb	sy
	mov	x0, sp
	mov	x1, x19
	bl	boot_other
	b	world_enter

park:	wfe
	b	park

/* x0: number of the CPU. Its struct cpu, where its stack begins, goes to sp. */
	.global	cpu_stack
cpu_stack:
	ldr	x1, =cpu_areas + CPU_AREA_SIZE - CPU_SIZE
	mov	x2, #CPU_AREA_SIZE
	madd	x1, x0, x2, x1
	mov	sp, x1
	ret
