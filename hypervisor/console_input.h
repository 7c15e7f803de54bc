/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the two halves of the console: console.c (the line, the focus, output) and
 * console_input.c (keys). Nobody else includes this.
 */
#ifndef HYPERVISOR_CONSOLE_INPUT_H
#define HYPERVISOR_CONSOLE_INPUT_H

#include "hypervisor/vm.h"

/* The source that is not a VM. */
#define CONSOLE_HYP VMS_MAX

/* Who has the focus: a VM's id or CONSOLE_HYP. Changed by console_interrupt() only. */
uint32_t console_focus(void);
void console_set_focus(uint32_t source);

/* Print on the hypervisor's command line, which has the focus. */
void console_echo(const char *text);

/* The board's UART: the next byte or -1; clear its interrupt, before reading. */
int console_getc(void);
void console_ack(void);

#endif
