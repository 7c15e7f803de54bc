/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the boot loader to C: the arm64 Image header (Linux Documentation/arch/arm64/booting.rst),
 * the move of the image's own pointers to where it was loaded, a stack. Secondary CPUs come in at
 * secondary_entry with their struct pcpu in x0. The MMU and the caches are off.
 */
#include "hypervisor/offsets.h"

	.section .text.head, "ax"
	.global image_header
image_header:
	b	start
	.long	0
	.quad	0		/* text_offset: any 2 MiB boundary */
	.quad	IMAGE_ROOM	/* image_size: teevisor.ld asserts that all of it fits */
	.quad	0xa		/* little-endian, 4 KiB pages, anywhere in memory */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

start:
	mov	x20, x0
	mrs	x0, CurrentEL
	cmp	x0, #0x8
1:	b.ne	1b		/* only EL2 will do; there is no console yet to say so */
	adrp	x0, image_header
	adrp	x1, rela_start
	add	x1, x1, :lo12:rela_start
	adrp	x2, rela_end
	add	x2, x2, :lo12:rela_end
2:	cmp	x1, x2
	b.hs	4f
	ldp	x3, x4, [x1], #16	/* offset, type: R_AARCH64_RELATIVE is 1027 */
	ldr	x5, [x1], #8		/* addend */
	cmp	w4, #1027
3:	b.ne	3b
	add	x5, x5, x0
	str	x5, [x3, x0]
	b	2b
4:	adrp	x1, bss_start
	add	x1, x1, :lo12:bss_start
	adrp	x2, bss_end
	add	x2, x2, :lo12:bss_end
5:	cmp	x1, x2
	b.hs	6f
	stp	xzr, xzr, [x1], #16
	b	5b
6:	adrp	x1, stacks + GUARD_SIZE + STACK_SIZE
	mov	sp, x1
	adr	x1, vectors
	msr	vbar_el2, x1
	isb
	mov	x29, xzr
	mov	x0, x20
	bl	main
7:	wfi
	b	7b

	.global secondary_entry
secondary_entry:
	ldr	x1, [x0, #8]		/* struct pcpu: stack */
	mov	sp, x1
	adr	x1, vectors
	msr	vbar_el2, x1
	isb
	mov	x29, xzr
	bl	secondary_main
8:	wfi
	b	8b

	.section .bss.stacks, "aw", %nobits
	.balign	4096
	.global stacks
stacks:
	.space	(GUARD_SIZE + STACK_SIZE) * PCPUS_MAX
	.global panic_stack
	.space	4096
panic_stack:
	.space	16
