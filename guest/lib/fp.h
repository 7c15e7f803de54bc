/* SPDX-License-Identifier: BSD-2-Clause */
/* All FP/SIMD registers of this CPU, filled and compared: they are the CPU's own whatever happens.
 */
#ifndef GUEST_LIB_FP_H
#define GUEST_LIB_FP_H

#include "guest/lib/cpu.h"

/* The rest of the guest is built without, which clang extends to inline assembly. */
#define WITH_SIMD ".arch_extension fp\n\t.arch_extension simd\n\t"

static inline void fp_fill(uint64_t v)
{
	__asm__ volatile(WITH_SIMD
			 ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,"
			 "25,26,27,28,29,30,31\n\tdup v\\n\\().2d, %0\n\tadd %0, %0, #1\n\t.endr"
			 : "+r"(v));
	write_sysreg(FPCR, (v & 3) << 22);
	write_sysreg(FPSR, v & 0x1f);
}

/* Both halves of every register, FPCR and FPSR still hold what fp_fill(v) wrote. */
static inline bool fp_holds(uint64_t v)
{
	uint64_t at = v, bad = 0;

	__asm__ volatile(WITH_SIMD
			 ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,"
			 "25,26,27,28,29,30,31\n\tumov x9, v\\n\\().d[0]\n\teor x9, x9, %0\n\t"
			 "orr %1, %1, x9\n\tumov x9, v\\n\\().d[1]\n\teor x9, x9, %0\n\t"
			 "orr %1, %1, x9\n\tadd %0, %0, #1\n\t.endr"
			 : "+r"(at), "+r"(bad)::"x9");
	return bad == 0 && read_sysreg(FPCR) == (at & 3) << 22 && read_sysreg(FPSR) == (at & 0x1f);
}

#endif
