/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Barriers and event hints by their architectural names (Arm ARM, B2.3.12). On the host they order
 * the compiler and the host's own memory. A loop that waits for another CPU says yield(): where
 * CPUs take turns on one thread (QEMU with -icount), the other would not run before it.
 */
#ifndef ARCH_BARRIER_H
#define ARCH_BARRIER_H

#ifdef __aarch64__
#define isb()	  __asm__ volatile("isb" ::: "memory")
#define dsb(kind) __asm__ volatile("dsb " #kind ::: "memory")
#define dmb(kind) __asm__ volatile("dmb " #kind ::: "memory")
#define wfe()	  __asm__ volatile("wfe" ::: "memory")
#define wfi()	  __asm__ volatile("wfi" ::: "memory")
#define sev()	  __asm__ volatile("sev" ::: "memory")
#define yield()	  __asm__ volatile("yield" ::: "memory")
#else
#define isb()	  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define dsb(kind) __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define dmb(kind) __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define wfe()	  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define wfi()	  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define sev()	  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define yield()	  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

#endif
