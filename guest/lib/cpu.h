/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One instruction each: system registers, barriers, device accesses. A device access is exactly one
 * load or store of the named width without write-back, so that a hypervisor gets a valid syndrome.
 */
#ifndef GUEST_LIB_CPU_H
#define GUEST_LIB_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define CPU_STRING_(x) #x
#define CPU_STRING(x)  CPU_STRING_(x)

#define read_sysreg(name)                                                                          \
	({                                                                                         \
		uint64_t value_ = 0;                                                               \
		__asm__ volatile("mrs %0, " CPU_STRING(name) : "+r"(value_)::"memory");            \
		value_;                                                                            \
	})

#define write_sysreg(name, value)                                                                  \
	do {                                                                                       \
		uint64_t out_ = (value);                                                           \
		__asm__ volatile("msr " CPU_STRING(name) ", %x0" ::"rZ"(out_) : "memory");         \
	} while (0)

#define isb()	     __asm__ volatile("isb" ::: "memory")
#define dsb()	     __asm__ volatile("dsb sy" ::: "memory")
#define wfi()	     __asm__ volatile("dsb sy\n\twfi" ::: "memory")
#define irq_mask()   __asm__ volatile("msr DAIFSet, #2" ::: "memory")
#define irq_unmask() __asm__ volatile("msr DAIFClr, #2\n\tisb" ::: "memory")

static inline unsigned cpu_index(void)
{
	return (unsigned)read_sysreg(TPIDR_EL1);
}

#define DEVICE_ACCESS(width, type, load, store, reg)                                               \
	static inline type read##width(uint64_t address)                                           \
	{                                                                                          \
		type value = 0;                                                                    \
		__asm__ volatile(load " %" reg "0, [%1]" : "+r"(value) : "r"(address) : "memory"); \
		return value;                                                                      \
	}                                                                                          \
	static inline void write##width(uint64_t address, type value)                              \
	{                                                                                          \
		__asm__ volatile(store " %" reg "0, [%1]" ::"r"(value), "r"(address) : "memory");  \
	}

DEVICE_ACCESS(8, uint8_t, "ldrb", "strb", "w")
DEVICE_ACCESS(16, uint16_t, "ldrh", "strh", "w")
DEVICE_ACCESS(32, uint32_t, "ldr", "str", "w")
DEVICE_ACCESS(64, uint64_t, "ldr", "str", "x")

#endif
