/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vectors of EL3 and the world switch. A call to the TEE and back, and a Secure interrupt and
 * back, run in this file alone: about 200 instructions for both directions. Everything else saves
 * the whole register file and calls C (firmware/smc.c, firmware/trap.c), which says which world
 * to enter.
 *
 * While a lower level runs, SP_EL3 points to struct cpu. TPIDR_EL3 holds x30 for a few
 * instructions after an exception and nothing otherwise.
 *
 * The TEE needs no general registers kept: it leaves with an SMC that does not return, and comes
 * back through its vector table. FP and SIMD registers are not touched: OP-TEE preserves the
 * normal world's V registers (the upper parts of SVE registers it does not know).
 */
#include "abi/optee_dispatcher.h"
#include "abi/smccc.h"
#include "drivers/gicv3_defs.h"
#include "firmware/cpu.h"

#define EC_SHIFT 26
#define EC_SMC64 0x17

.macro save_pair base, n, first, second
	mrs	x8, \first
	mrs	x9, \second
	stp	x8, x9, [\base, #WORLD_EL1 + \n * 16]
.endm

.macro load_pair base, n, first, second
	ldp	x8, x9, [\base, #WORLD_EL1 + \n * 16]
	msr	\first, x8
	msr	\second, x9
.endm

/* The order of world->el1[]. */
.macro kept_registers do, base
	\do	\base, 0, sp_el0, sp_el1
	\do	\base, 1, sctlr_el1, tcr_el1
	\do	\base, 2, ttbr0_el1, ttbr1_el1
	\do	\base, 3, mair_el1, vbar_el1
	\do	\base, 4, cpacr_el1, contextidr_el1
	\do	\base, 5, tpidr_el0, tpidrro_el0
	\do	\base, 6, tpidr_el1, amair_el1
.endm

.macro other_registers do, base
	\do	\base, 7, elr_el1, spsr_el1
	\do	\base, 8, esr_el1, far_el1
	\do	\base, 9, afsr0_el1, afsr1_el1
	\do	\base, 10, par_el1, csselr_el1
	\do	\base, 11, cntkctl_el1, mdscr_el1
	\do	\base, 12, mdccint_el1, actlr_el1
.endm

/* x4 to x29; x30 is on its way through TPIDR_EL3 and is fetched into x28. */
.macro save_x4_to_x30
	stp	x28, x29, [sp, #WORLD_X(28)]
	mrs	x28, tpidr_el3
	stp	x4, x5, [sp, #WORLD_X(4)]
	stp	x6, x7, [sp, #WORLD_X(6)]
	stp	x8, x9, [sp, #WORLD_X(8)]
	stp	x10, x11, [sp, #WORLD_X(10)]
	stp	x12, x13, [sp, #WORLD_X(12)]
	stp	x14, x15, [sp, #WORLD_X(14)]
	stp	x16, x17, [sp, #WORLD_X(16)]
	stp	x18, x19, [sp, #WORLD_X(18)]
	stp	x20, x21, [sp, #WORLD_X(20)]
	stp	x22, x23, [sp, #WORLD_X(22)]
	stp	x24, x25, [sp, #WORLD_X(24)]
	stp	x26, x27, [sp, #WORLD_X(26)]
	str	x28, [sp, #WORLD_X(30)]
.endm

.macro load_x4_to_x30 base
	ldp	x4, x5, [\base, #WORLD_X(4)]
	ldp	x6, x7, [\base, #WORLD_X(6)]
	ldp	x8, x9, [\base, #WORLD_X(8)]
	ldp	x10, x11, [\base, #WORLD_X(10)]
	ldp	x12, x13, [\base, #WORLD_X(12)]
	ldp	x14, x15, [\base, #WORLD_X(14)]
	ldp	x16, x17, [\base, #WORLD_X(16)]
	ldp	x18, x19, [\base, #WORLD_X(18)]
	ldp	x20, x21, [\base, #WORLD_X(20)]
	ldp	x22, x23, [\base, #WORLD_X(22)]
	ldp	x24, x25, [\base, #WORLD_X(24)]
	ldp	x26, x27, [\base, #WORLD_X(26)]
	ldp	x28, x29, [\base, #WORLD_X(28)]
	ldr	x30, [\base, #WORLD_X(30)]
.endm

/* After an ERET the CPU may go on speculatively; not past these. */
.macro leave_el3
	eret
	dsb	nsh
	isb
.endm

/* Fill a vector with a jump to the reporter of exceptions that must not happen. */
.macro unexpected target
	.balign	128
	b	\target
.endm

	.section .text.vectors, "ax"
	.balign	2048
	.global	el3_vectors
el3_vectors:
	unexpected el3_died			/* this level, SP_EL0 */
	unexpected el3_died
	unexpected el3_died
	unexpected el3_died
	unexpected el3_died			/* this level, SP_EL3 */
	unexpected el3_died
	unexpected el3_died
	unexpected el3_died

	.balign	128				/* lower level: synchronous */
	msr	tpidr_el3, x30
	mrs	x30, esr_el3
	lsr	x30, x30, #EC_SHIFT
	cmp	x30, #EC_SMC64
	b.ne	trapped
	mrs	x30, scr_el3
	tbz	x30, #SCR_NS_BIT, from_tee
	ubfx	x30, x0, #SMCCC_OWNER_SHIFT, #6
	cmp	x30, #SMCCC_OWNER_TRUSTED_OS
	b.lo	call_of_el3
	ldr	x30, [sp, #CPU_TEE_VECTORS]
	cbz	x30, call_of_el3
	b	call_of_tee
	.balign	128				/* IRQ: never routed here */
	msr	tpidr_el3, x30
	b	trapped
	.balign	128				/* FIQ: Secure interrupt in the normal world */
	msr	tpidr_el3, x30
	mrs	x30, ICC_HPPIR0_EL1
	cmp	x30, #GIC_G1S_PEND
	b.ne	odd_fiq
	ldr	x30, [sp, #CPU_TEE_VECTORS]
	cbnz	x30, interrupt_of_tee
	b	trapped
	.balign	128				/* SError: never routed here */
	msr	tpidr_el3, x30
	b	trapped

	unexpected el3_died			/* EL2 in AArch32: we never start it so */
	unexpected el3_died
	unexpected el3_died
	unexpected el3_died

/* x30: the TEE's vectors. x0-x7 go on to the TEE in their registers. */
call_of_tee:
	save_x4_to_x30
	ubfx	x10, x0, #SMCCC_FAST_BIT, #1
	add	x30, x30, x10, lsl #2		/* OPTEE_VECTOR_FAST for a fast call, else _YIELD */
enter_tee:
	mrs	x8, elr_el3
	mrs	x9, spsr_el3
	stp	x8, x9, [sp, #WORLD_ELR]
	kept_registers save_pair, sp
	other_registers save_pair, sp
	add	x10, sp, #CPU_S
	kept_registers load_pair, x10
	ldr	x8, [x10, #WORLD_ELR + 8]
	ldr	x9, [x10, #WORLD_SCR]
	msr	elr_el3, x30
	msr	spsr_el3, x8
	msr	scr_el3, x9
	leave_el3

interrupt_of_tee:
	save_x4_to_x30
	stp	x0, x1, [sp, #WORLD_X(0)]
	stp	x2, x3, [sp, #WORLD_X(2)]
	mrs	x0, elr_el3
	add	x30, x30, #OPTEE_VECTOR_FIQ
	b	enter_tee

/* An interrupt that was withdrawn is nothing; one of group 0 nobody has configured. */
odd_fiq:
	cmp	x30, #GIC_SPURIOUS
	b.ne	trapped
	mrs	x30, tpidr_el3
	leave_el3

from_tee:
	mov	w30, #OPTEE_ENTRY_DONE
	sub	w30, w0, w30
	cmp	w30, #OPTEE_CALL_DONE - OPTEE_ENTRY_DONE
	b.eq	tee_answered
	cmp	w30, #OPTEE_FIQ_DONE - OPTEE_ENTRY_DONE
	b.ne	other_call_of_tee
	ldp	x1, x2, [sp, #WORLD_X(0)]
	ldp	x3, x4, [sp, #WORLD_X(2)]
tee_answered:					/* x1-x4 become x0-x3 */
	add	x10, sp, #CPU_S
	mrs	x8, spsr_el3
	str	x8, [x10, #WORLD_ELR + 8]
	kept_registers save_pair, x10
	kept_registers load_pair, sp
	other_registers load_pair, sp
	ldp	x8, x9, [sp, #WORLD_ELR]
	ldr	x10, [sp, #WORLD_SCR]
	msr	elr_el3, x8
	msr	spsr_el3, x9
	msr	scr_el3, x10
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	mov	x3, x4
	load_x4_to_x30 sp
	leave_el3

/* The slow ways: all registers into the world that ran, then C. */
.macro save_world offset
	.if	\offset == CPU_NS
	save_x4_to_x30
	stp	x0, x1, [sp, #WORLD_X(0)]
	stp	x2, x3, [sp, #WORLD_X(2)]
	mrs	x8, elr_el3
	mrs	x9, spsr_el3
	stp	x8, x9, [sp, #WORLD_ELR]
	.else
	add	sp, sp, #\offset
	save_world CPU_NS
	sub	sp, sp, #\offset
	.endif
	mov	x0, sp
.endm

call_of_el3:
	save_world CPU_NS
	bl	smc_from_nonsecure
	b	world_enter

other_call_of_tee:
	save_world CPU_S
	bl	smc_from_secure
	b	world_enter

trapped:
	mrs	x30, scr_el3
	tbz	x30, #SCR_NS_BIT, 1f
	save_world CPU_NS
	bl	trap_from_nonsecure
	b	world_enter
1:	save_world CPU_S
	bl	trap_from_secure
	b	.

/* x0: the world to run. Its EL1 registers are in place; sp points to struct cpu. */
	.global	world_enter
world_enter:
	ldp	x8, x9, [x0, #WORLD_ELR]
	ldr	x10, [x0, #WORLD_SCR]
	msr	elr_el3, x8
	msr	spsr_el3, x9
	msr	scr_el3, x10
	load_x4_to_x30 x0
	ldp	x2, x3, [x0, #WORLD_X(2)]
	ldp	x0, x1, [x0, #WORLD_X(0)]
	leave_el3

/* An exception of EL3 itself. The stack may be what is broken: begin it anew. */
el3_died:
	mov	x19, sp
	mov	x20, x30
	mrs	x0, mpidr_el1
	and	x0, x0, #(BOARD_CPUS_MAX - 1)
	bl	cpu_stack
	mov	x0, x19
	mov	x1, x20
	bl	trap_from_el3
	b	.

	.section .text.el1_registers, "ax"
	.global	el1_save_all, el1_load_all, el1_save_kept, el1_load_kept
el1_save_all:
	other_registers save_pair, x0
el1_save_kept:
	kept_registers save_pair, x0
	ret

el1_load_all:
	other_registers load_pair, x0
el1_load_kept:
	kept_registers load_pair, x0
	ret
