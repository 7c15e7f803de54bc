/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translations that CPUs remember. On the host there are none.
 */
#ifndef ARCH_TLB_H
#define ARCH_TLB_H

/* All of the VMID in VTTBR_EL2, both stages, on all CPUs. Complete on return. */
#ifdef __aarch64__
#define tlb_forget_vmid() __asm__ volatile("tlbi vmalls12e1is; dsb ish" ::: "memory")
#else
#define tlb_forget_vmid() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

#endif
