/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The board's one serial line, shared by all VMs and the hypervisor. Each line of output starts
 * with its source in brackets. One source has the focus: what it prints is passed on character by
 * character and it gets what is typed; the others' output comes in whole lines. Ctrl-A three times
 * moves the focus to the next VM, after the last VM to the hypervisor's own command line.
 *
 * Two locks: one for input (console_interrupt() only), taken before any VM's UART lock, and one for
 * output, taken after everything. The second is held while at most one line (CONSOLE_LINE
 * characters and its prefix, and once more to repeat an unfinished line) goes into the board's
 * UART, and it is a ticket lock: a VM that prints all the time delays another CPU by no more than a
 * line's time at the line's speed.
 */
#ifndef HYPERVISOR_CONSOLE_H
#define HYPERVISOR_CONSOLE_H

#include "lib/attributes.h"
#include "lib/types.h"

struct vm;

/* A longer line of a VM without the focus is cut in two. */
#define CONSOLE_LINE 256u

/* Of what a guest causes (console_log_vm), so many lines in a second are shown. */
#define CONSOLE_VM_LINES_PER_SECOND 10u

/*
 * A word that the hypervisor's command line knows, and what may follow it. The table ends with name
 * NULL. run: on the CPU that took the UART's interrupt, with what followed the word, never NULL;
 * may call console_log().
 */
struct console_command {
	const char *name;
	const char *help;
	void (*run)(const char *argument);
};

/* Once, at boot: the PL011 mapped at `base` (0: the board has none, output is lost). Focus: VM 0.
 */
void console_init(uint64_t base);

/* What the command line knows besides `help`. The table stays the caller's and must not go away. */
void console_set_commands(const struct console_command *table);

/* A line "[hyp] ...", of at most CONSOLE_LINE - 1 characters. No newline in it. Any CPU. */
void console_log(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * The same, "[hyp] NAME: ...", for what a guest can cause as often as it likes: beyond a number per
 * second and VM lines are only counted, and the next one shown says how many.
 */
void console_log_vm(const struct vm *vm, const char *format, ...) PRINTF_LIKE(2, 3);

/* A VM prints a character. Nothing of the VM's but its id and name is used. */
void console_guest_putc(const struct vm *vm, char c);

/* The VM prints no more, or starts anew: an unfinished line of it ends here. */
void console_guest_end(const struct vm *vm);

/* The board's UART has received something: take it all and hand it on. No lock held. */
void console_interrupt(void);

/* A character as it is, without a lock: for panic() only. */
void console_panic_putc(char c);

#endif
