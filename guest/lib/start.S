/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of a guest: relocates the image, clears .bss, takes a stack and goes on in C; the entry of
 * a secondary CPU; the exception vectors. Caches and MMU are off at both entries. Leaves out
 * FP/SIMD state: nothing that runs in a handler uses it.
 */
#include "guest/lib/limits.h"

	.section .head, "ax"
	b	boot
	.long	0

	.text
boot:
	mov	x19, x0				/* the device tree */
	msr	DAIFSet, #0xf
	adrp	x4, image_start
	add	x4, x4, :lo12:image_start
	adrp	x5, rela_start
	add	x5, x5, :lo12:rela_start
	adrp	x6, rela_end
	add	x6, x6, :lo12:rela_end
1:	cmp	x5, x6
	b.hs	2f
	ldp	x7, x8, [x5], #16		/* r_offset, r_info: R_AARCH64_RELATIVE only */
	ldr	x9, [x5], #8
	add	x9, x9, x4
	str	x9, [x4, x7]
	b	1b
2:	adrp	x5, bss_start
	add	x5, x5, :lo12:bss_start
	adrp	x6, bss_end
	add	x6, x6, :lo12:bss_end
3:	cmp	x5, x6
	b.hs	4f
	stp	xzr, xzr, [x5], #16
	b	3b
4:	mov	x20, #0
	bl	cpu_setup
	bl	mmu_build
	bl	mmu_enable
	mov	x0, x19
	bl	guest_boot
	b	.

/* Where CPU_ON sends a CPU. x0: its index. */
	.global	secondary_entry
secondary_entry:
	msr	DAIFSet, #0xf
	mov	x20, x0
	bl	cpu_setup
	bl	mmu_enable
	mov	x0, x20
	bl	smp_secondary
	b	.

/* Stack, vectors, FP access and the CPU's index for CPU x20. */
cpu_setup:
	msr	SPSel, #1
	msr	TPIDR_EL1, x20
	adrp	x5, stacks
	add	x5, x5, :lo12:stacks
	add	x6, x20, #1
	mov	x7, #STACK_SIZE
	madd	x5, x6, x7, x5
	mov	sp, x5
	adrp	x5, vectors
	add	x5, x5, :lo12:vectors
	msr	VBAR_EL1, x5
	mov	x5, #(3 << 20)			/* CPACR_EL1.FPEN: FP/SIMD does not trap */
	msr	CPACR_EL1, x5
	isb
	ret

/* void smccc_hvc(uint64_t regs[18]), smccc_smc: x0-x17 in and out. */
	.macro	conduit name, instruction, immediate
	.global	\name
\name:
	stp	x19, x30, [sp, #-16]!
	mov	x19, x0
	ldp	x16, x17, [x19, #128]
	ldp	x14, x15, [x19, #112]
	ldp	x12, x13, [x19, #96]
	ldp	x10, x11, [x19, #80]
	ldp	x8, x9, [x19, #64]
	ldp	x6, x7, [x19, #48]
	ldp	x4, x5, [x19, #32]
	ldp	x2, x3, [x19, #16]
	ldp	x0, x1, [x19]
	\instruction #\immediate
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	stp	x8, x9, [x19, #64]
	stp	x10, x11, [x19, #80]
	stp	x12, x13, [x19, #96]
	stp	x14, x15, [x19, #112]
	stp	x16, x17, [x19, #128]
	ldp	x19, x30, [sp], #16
	ret
	.endm
	conduit	smccc_hvc, hvc, 0
	conduit	smccc_smc, smc, 0
	conduit	smccc_smc_bad_immediate, smc, 1
	conduit	smccc_hvc_bad_immediate, hvc, 0xffff

	.macro	vector kind
	.balign	128
	sub	sp, sp, #272
	stp	x0, x1, [sp]
	mov	x1, #\kind
	b	save
	.endm

	.balign	2048
vectors:
	.irp	kind, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\kind
	.endr
	.balign	128

save:
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x2, ELR_EL1
	mrs	x3, SPSR_EL1
	stp	x30, x2, [sp, #240]
	str	x3, [sp, #256]
	mov	x0, sp
	bl	trap
	ldp	x30, x2, [sp, #240]
	ldr	x3, [sp, #256]
	msr	ELR_EL1, x2
	msr	SPSR_EL1, x3
	ldp	x28, x29, [sp, #224]
	ldp	x26, x27, [sp, #208]
	ldp	x24, x25, [sp, #192]
	ldp	x22, x23, [sp, #176]
	ldp	x20, x21, [sp, #160]
	ldp	x18, x19, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp]
	add	sp, sp, #272
	eret
