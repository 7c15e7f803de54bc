/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of all CPUs, vectors, and the functions that need every register.
 */
	.arch	armv8-a+simd
	.section .text.start, "ax"
	.global	_start, cpu_start
_start:
	ldr	x1, =bss_start
	ldr	x2, =bss_end
1:	stp	xzr, xzr, [x1], #16
	cmp	x1, x2
	b.lo	1b
	ldr	x19, =first_main
	b	2f
cpu_start:
	ldr	x19, =second_main
2:	mrs	x1, mpidr_el1
	and	x1, x1, #0xf
	add	x1, x1, #1
	ldr	x2, =stacks
	add	x2, x2, x1, lsl #13
	mov	sp, x2
	ldr	x1, =vectors
	msr	vbar_el2, x1
	isb
	blr	x19
	b	.

	.balign	2048
vectors:
	.rept	4
	.balign	128
	b	fault
	.endr
	.balign	128
	b	fault
	.balign	128
	b	interrupt
	.rept	10
	.balign	128
	b	fault
	.endr

.macro enter
	sub	sp, sp, #192
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x29, [sp, #144]
	str	x30, [sp, #160]
.endm
.macro leave
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x29, [sp, #144]
	ldr	x30, [sp, #160]
	add	sp, sp, #192
	eret
.endm
fault:
	enter
	bl	take_fault
	leave
interrupt:
	enter
	bl	take_interrupt
	leave

	.text
.macro push_saved
	stp	x29, x30, [sp, #-112]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	str	x0, [sp, #96]
.endm
.macro load_from_x30				/* x2 and up */
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	ldp	x18, x19, [x30, #144]
	ldp	x20, x21, [x30, #160]
	ldp	x22, x23, [x30, #176]
	ldp	x24, x25, [x30, #192]
	ldp	x26, x27, [x30, #208]
	ldp	x28, x29, [x30, #224]
	ldr	x30, [x30, #240]
.endm
.macro store_and_pop
	stp	x29, x30, [sp, #-16]!
	ldr	x30, [sp, #112]
	stp	x0, x1, [x30]
	stp	x2, x3, [x30, #16]
	stp	x4, x5, [x30, #32]
	stp	x6, x7, [x30, #48]
	stp	x8, x9, [x30, #64]
	stp	x10, x11, [x30, #80]
	stp	x12, x13, [x30, #96]
	stp	x14, x15, [x30, #112]
	stp	x16, x17, [x30, #128]
	stp	x18, x19, [x30, #144]
	stp	x20, x21, [x30, #160]
	stp	x22, x23, [x30, #176]
	stp	x24, x25, [x30, #192]
	stp	x26, x27, [x30, #208]
	str	x28, [x30, #224]
	ldp	x0, x1, [sp], #16
	stp	x0, x1, [x30, #232]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #112
	ret
.endm

	.global	smc_regs, spin_regs, vectors_fill, vectors_intact
smc_regs:
	push_saved
	mov	x30, x0
	ldp	x0, x1, [x30]
	load_from_x30
	smc	#0
	store_and_pop

spin_regs:
	push_saved
	mov	x30, x0
	mrs	x2, cntpct_el0
	add	x1, x1, x2
	load_from_x30
1:	mrs	x0, cntpct_el0
	cmp	x0, x1
	b.lo	1b
	store_and_pop

	.macro for_each_v do
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\do	\n
	.endr
	.endm
	.macro fill_v n
	add	x1, x0, #\n
	ins	v\n\().d[0], x1
	mvn	x1, x1
	ins	v\n\().d[1], x1
	.endm
	.macro compare_v n
	add	x1, x0, #\n
	umov	x2, v\n\().d[0]
	cmp	x1, x2
	b.ne	1f
	mvn	x1, x1
	umov	x2, v\n\().d[1]
	cmp	x1, x2
	b.ne	1f
	.endm
vectors_fill:
	for_each_v fill_v
	ret
vectors_intact:
	for_each_v compare_v
	mov	w0, #1
	ret
1:	mov	w0, #0
	ret

	.bss
	.balign	16
stacks:	.space	16 * 8192
