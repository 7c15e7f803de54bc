/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine as a program of the developer's own computer. */
#include "machine.h"
#include <stdio.h>

void put_char(char c)
{
	putchar(c);
}

int main(void)
{
	return machine_main();
}
