/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine on QEMU's virt board without anything below it, MMU off:
 *   qemu-system-aarch64 -M virt -cpu cortex-a53 -nographic -nic none -semihosting -kernel
 * port-minimal.elf What the library needs of a C library is here: three functions.
 */
#include "machine.h"

#define UART	    ((volatile uint32_t *)0x09000000)
#define SYS_EXIT    0x18
#define EXIT_REASON 0x20026

_Alignas(16) char stack[16384];

__asm__(".pushsection .text.start, \"ax\"\n"
	".global start\n"
	"start:\n"
	"	adrp x0, stack + 16384\n"
	"	add x0, x0, :lo12:(stack + 16384)\n"
	"	mov sp, x0\n"
	"	b bare_main\n"
	".popsection\n");

void put_char(char c)
{
	*UART = (uint8_t)c;
}

/* Semihosting's exit, whose status QEMU makes its own. */
void bare_main(void);
void bare_main(void)
{
	const uint64_t status[2] = {EXIT_REASON, (uint64_t)machine_main()};
	register uint64_t operation __asm__("x0") = SYS_EXIT;
	register const uint64_t *argument __asm__("x1") = status;

	__asm__ volatile("hlt #0xf000" ::"r"(operation), "r"(argument) : "memory");
	for (;;)
		;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((volatile uint8_t *)to)[i] = ((const uint8_t *)from)[i];
	return to;
}

void *memset(void *to, int value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((volatile uint8_t *)to)[i] = (uint8_t)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a, *q = b;

	for (size_t i = 0; i < n; i++)
		if (p[i] != q[i])
			return p[i] - q[i];
	return 0;
}
