/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What EL3 says, on the board's normal-world UART. It speaks once at boot, before EL2 owns the
 * port, and when something is wrong.
 */
#ifndef FIRMWARE_CONSOLE_H
#define FIRMWARE_CONSOLE_H

#include "lib/attributes.h"

/* Once, by the first CPU. */
void console_init(void);

/* One line of up to 150 characters: "[fw] " in front, the end of line added. Any CPU, at any time
 * after the MMU is on. */
void say(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
