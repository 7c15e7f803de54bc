/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest leaves to EL2 and comes back: its x0-x30, PC and PSTATE go into its struct vcpu, C is
 * called with it (trap.c), and the vCPU that C returns is entered. The EL2 stack is empty whenever
 * a guest runs. An exception of EL2 itself is a bug: it prints and stops, on a stack of its own
 * because the cause may be the stack.
 */
#include "hypervisor/offsets.h"

	.macro	from_guest handler
	.balign	128
	stp	x0, x1, [sp, #-16]!
	mrs	x0, tpidr_el2
	ldr	x0, [x0, #PCPU_CURRENT]
	stp	x2, x3, [x0, #16]
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0]
	adr	x1, \handler
	b	save_rest
	.endm

	.macro	from_el2 kind
	.balign	128
	mov	x0, #\kind
	b	el2_fault
	.endm

	.text
	.balign	2048
	.global vectors
vectors:
	from_el2 0
	from_el2 1
	from_el2 2
	from_el2 3
	from_el2 4
	from_el2 5
	from_el2 6
	from_el2 7
	from_guest trap_sync
	from_guest trap_irq
	from_guest trap_irq
	from_guest trap_serror
	from_guest trap_sync
	from_guest trap_irq
	from_guest trap_irq
	from_guest trap_serror
	.balign	128

save_rest:
	stp	x4, x5, [x0, #32]
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0, #128]
	stp	x18, x19, [x0, #144]
	stp	x20, x21, [x0, #160]
	stp	x22, x23, [x0, #176]
	stp	x24, x25, [x0, #192]
	stp	x26, x27, [x0, #208]
	stp	x28, x29, [x0, #224]
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	stp	x30, x2, [x0, #240]
	str	x3, [x0, #REGS_PSTATE]
	mov	x29, xzr
	blr	x1

	/* x0: the vCPU to run, loaded. The first entry comes here as well. */
	.global enter_guest
enter_guest:
	ldp	x30, x2, [x0, #240]
	ldr	x3, [x0, #REGS_PSTATE]
	msr	elr_el2, x2
	msr	spsr_el2, x3
	ldp	x2, x3, [x0, #16]
	ldp	x4, x5, [x0, #32]
	ldp	x6, x7, [x0, #48]
	ldp	x8, x9, [x0, #64]
	ldp	x10, x11, [x0, #80]
	ldp	x12, x13, [x0, #96]
	ldp	x14, x15, [x0, #112]
	ldp	x16, x17, [x0, #128]
	ldp	x18, x19, [x0, #144]
	ldp	x20, x21, [x0, #160]
	ldp	x22, x23, [x0, #176]
	ldp	x24, x25, [x0, #192]
	ldp	x26, x27, [x0, #208]
	ldp	x28, x29, [x0, #224]
	ldp	x0, x1, [x0]
	eret
	dsb	nsh			/* nothing is speculated past the return */
	isb

el2_fault:
	adrp	x1, panic_stack
	add	x1, x1, :lo12:panic_stack
	mov	x5, sp
	mov	sp, x1
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
	mov	x4, x30
	bl	el2_exception
1:	wfi
	b	1b

	/* void smc_call(uint64_t regs[8]): SMC #0, x8-x17 zero on the way in (SMCCC 1.2). */
	.global smc_call
smc_call:
	stp	x29, x30, [sp, #-32]!
	mov	x29, sp
	str	x0, [sp, #16]
	mov	x9, x0
	ldp	x0, x1, [x9]
	ldp	x2, x3, [x9, #16]
	ldp	x4, x5, [x9, #32]
	ldp	x6, x7, [x9, #48]
	mov	x8, xzr
	mov	x9, xzr
	mov	x10, xzr
	mov	x11, xzr
	mov	x12, xzr
	mov	x13, xzr
	mov	x14, xzr
	mov	x15, xzr
	mov	x16, xzr
	mov	x17, xzr
	smc	#0
	ldr	x9, [sp, #16]
	stp	x0, x1, [x9]
	stp	x2, x3, [x9, #16]
	stp	x4, x5, [x9, #32]
	stp	x6, x7, [x9, #48]
	ldp	x29, x30, [sp], #32
	ret
