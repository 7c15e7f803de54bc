/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device registers. One plain load or store each, so that a hypervisor below (QEMU's, KVM's) gets a
 * valid syndrome. No barriers: a driver that needs order against memory says so.
 */
#ifndef ARCH_MMIO_H
#define ARCH_MMIO_H

#include <stdint.h>

#ifdef __aarch64__
#define MMIO_ACCESSORS(bits, type, ldr, str, reg)                                                  \
	static inline type mmio_read##bits(uintptr_t address)                                      \
	{                                                                                          \
		type value;                                                                        \
		__asm__ volatile(ldr " %" reg "0, [%1]" : "=r"(value) : "r"(address) : "memory");  \
		return value;                                                                      \
	}                                                                                          \
	static inline void mmio_write##bits(uintptr_t address, type value)                         \
	{                                                                                          \
		__asm__ volatile(str " %" reg "0, [%1]" ::"r"(value), "r"(address) : "memory");    \
	}
#else
#define MMIO_ACCESSORS(bits, type, ldr, str, reg)                                                  \
	static inline type mmio_read##bits(uintptr_t address)                                      \
	{                                                                                          \
		return *(volatile type *)address;                                                  \
	}                                                                                          \
	static inline void mmio_write##bits(uintptr_t address, type value)                         \
	{                                                                                          \
		*(volatile type *)address = value;                                                 \
	}
#endif

MMIO_ACCESSORS(8, uint8_t, "ldrb", "strb", "w")
MMIO_ACCESSORS(16, uint16_t, "ldrh", "strh", "w")
MMIO_ACCESSORS(32, uint32_t, "ldr", "str", "w")
MMIO_ACCESSORS(64, uint64_t, "ldr", "str", "x")

#undef MMIO_ACCESSORS

#endif
