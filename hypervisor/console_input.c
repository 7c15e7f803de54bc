/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The input half of hypervisor/console.h: who gets a key, and the hypervisor's command line. One or
 * two Ctrl-A that no third follows are handed on, before the key that came instead. Left out: line
 * editing beyond erasing the last character.
 */
#include "hypervisor/console_input.h"
#include "arch/spinlock.h"
#include "hypervisor/console.h"
#include <string.h>

#define CTRL_A	    '\001'
#define SWITCH_KEYS 3u
#define COMMAND_MAX 64u

static struct spinlock lock; /* everything here */
static uint32_t switch_keys; /* Ctrl-A in a row, not handed on */
static char command[COMMAND_MAX];
static size_t length;
static const struct console_command *commands;

void console_set_commands(const struct console_command *table)
{
	commands = table;
}

static void help(void)
{
	console_log("help: this");
	for (const struct console_command *c = commands; c != NULL && c->name != NULL; c++)
		console_log("%s: %s", c->name, c->help);
	console_log("Ctrl-A three times: input to the next VM");
}

/* What follows the first space; the line becomes the word before it. */
static const char *split(char *line)
{
	char *space = strchr(line, ' ');

	if (space == NULL)
		return "";
	*space++ = '\0';
	while (*space == ' ')
		space++;
	return space;
}

static void run_command(char *name)
{
	const char *argument = split(name);

	if (*name == '\0')
		return;
	if (strcmp(name, "help") == 0) {
		help();
		return;
	}
	for (const struct console_command *c = commands; c != NULL && c->name != NULL; c++) {
		if (strcmp(name, c->name) == 0) {
			c->run(argument);
			return;
		}
	}
	console_log("%s: no such command; try help", name);
}

static void hyp_key(char c)
{
	char echo[2] = {c, '\0'};

	if (c == '\r' || c == '\n') {
		command[length] = '\0';
		length = 0;
		console_echo("\n");
		run_command(command);
		console_echo("> ");
	} else if ((c == '\b' || c == 0x7f) && length > 0) {
		length--;
		console_echo("\b \b");
	} else if (c >= ' ' && c < 0x7f && length < COMMAND_MAX - 1) {
		command[length++] = c;
		console_echo(echo);
	}
}

static void focus_on(uint32_t source)
{
	console_set_focus(source);
	length = 0;
	if (source == CONSOLE_HYP)
		console_echo("> ");
}

/* VM 0, 1, ... last, hypervisor, VM 0. */
static void next_focus(void)
{
	const struct vm *next = vm_next(console_focus() == CONSOLE_HYP ? 0 : console_focus() + 1);

	focus_on(next == NULL ? CONSOLE_HYP : next->id);
}

/* The VM that had the focus may be gone. */
static void deliver(char c)
{
	struct vm *vm = vm_by_id(console_focus());

	if (vm == NULL && console_focus() != CONSOLE_HYP)
		focus_on(CONSOLE_HYP);
	if (vm != NULL)
		vuart_receive(vm, c);
	else
		hyp_key(c);
}

static void key(char c)
{
	if (c == CTRL_A) {
		if (++switch_keys == SWITCH_KEYS) {
			switch_keys = 0;
			next_focus();
		}
		return;
	}
	for (; switch_keys > 0; switch_keys--)
		deliver(CTRL_A);
	deliver(c);
}

void console_interrupt(void)
{
	int c;

	spin_lock(&lock);
	console_ack();
	while ((c = console_getc()) >= 0)
		key((char)c);
	spin_unlock(&lock);
}
