/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The output half of hypervisor/console.h: sources, lines and who stands on the terminal's current
 * line. What a guest prints is passed through as it is when it has the focus, since a shell needs
 * its cursor movements; otherwise carriage returns and other control characters but tab and escape
 * are dropped, so that a line cannot overwrite the mark of its source. So a mark can be trusted in
 * a log that keeps all characters, less so on a terminal that obeys them.
 */
#include "hypervisor/console.h"
#include "arch/clock.h"
#include "arch/spinlock.h"
#include "drivers/pl011.h"
#include "hypervisor/console_input.h"
#include "hypervisor/vm.h"
#include "lib/print.h"
#include <stdarg.h>
#include <string.h>

/* What a source has printed of its current line. Of the focus: what is on the terminal. */
struct line {
	char text[CONSOLE_LINE];
	size_t length;
};

struct rate {
	uint64_t second; /* clock_ticks() when the current second began */
	uint32_t lines, dropped;
};

static struct spinlock lock;
static uintptr_t uart;
static uint32_t focus;	/* a VM's id, or CONSOLE_HYP */
static bool unfinished; /* the terminal's cursor stands behind a part of the focus's line */
static struct line lines[VMS_MAX + 1];
static struct rate rates[VMS_MAX];

static void put(char c)
{
	if (uart != 0)
		pl011_putc(uart, c);
}

static void put_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		put(text[i]);
}

static void put_prefix(uint32_t source)
{
	const struct vm *vm = vm_by_id(source);
	const char *name = vm == NULL ? "hyp" : vm->config.name;

	put('[');
	put_text(name, strlen(name));
	put_text("] ", 2);
}

/* The cursor at the start of a line. */
static void leave_line(void)
{
	if (unfinished)
		put_text("\r\n", 2);
	unfinished = false;
}

/* Show what the focus has of its line. */
static void show_line(void)
{
	const struct line *l = &lines[focus];

	if (l->length == 0)
		return;
	put_prefix(focus);
	put_text(l->text, l->length);
	unfinished = true;
}

/* A whole line of a source. An unfinished line of the focus is interrupted, and shown again. */
static void put_line(uint32_t source, const char *text, size_t length)
{
	bool interrupted = unfinished;

	leave_line();
	put_prefix(source);
	put_text(text, length);
	put_text("\r\n", 2);
	if (interrupted)
		show_line();
}

/* A line too long to be kept is shown again from here on only. */
static void keep(struct line *l, char c)
{
	if (l->length == CONSOLE_LINE)
		l->length = 0;
	l->text[l->length++] = c;
}

static void focus_newline(struct line *l)
{
	if (!unfinished)
		put_prefix(focus);
	if (l->length == 0 || l->text[l->length - 1] != '\r')
		put('\r');
	put('\n');
	l->length = 0;
	unfinished = false;
}

static void focus_putc(struct line *l, char c)
{
	if (c == '\n') {
		focus_newline(l);
		return;
	}
	if (!unfinished && c == '\r')
		return;
	if (!unfinished)
		put_prefix(focus);
	unfinished = true;
	keep(l, c);
	put(c);
}

static void flush(uint32_t source)
{
	put_line(source, lines[source].text, lines[source].length);
	lines[source].length = 0;
}

static void background_putc(uint32_t source, char c)
{
	struct line *l = &lines[source];
	bool control = (unsigned char)c < ' ' && c != '\t' && c != '\033';

	if (c == '\n' || (l->length == CONSOLE_LINE && !control))
		flush(source);
	if (!control)
		l->text[l->length++] = c;
}

void console_guest_putc(const struct vm *vm, char c)
{
	spin_lock(&lock);
	if (vm->id == focus)
		focus_putc(&lines[focus], c);
	else
		background_putc(vm->id, c);
	spin_unlock(&lock);
}

void console_guest_end(const struct vm *vm)
{
	spin_lock(&lock);
	if (vm->id != focus && lines[vm->id].length != 0)
		flush(vm->id);
	if (vm->id == focus)
		leave_line();
	lines[vm->id].length = 0;
	spin_unlock(&lock);
}

void console_log(const char *format, ...)
{
	char text[CONSOLE_LINE];
	va_list args;
	size_t length;

	va_start(args, format);
	length = print_format_v(text, sizeof(text), format, args);
	va_end(args);
	spin_lock(&lock);
	put_line(CONSOLE_HYP, text, length);
	spin_unlock(&lock);
}

/* May this VM cause another line now? *dropped: how many it could not since the last one. */
static bool rate_allows(struct rate *r, uint32_t *dropped)
{
	uint64_t now = clock_ticks();

	if (now - r->second >= clock_hz()) {
		r->second = now;
		r->lines = 0;
	}
	if (r->lines == CONSOLE_VM_LINES_PER_SECOND) {
		r->dropped++;
		return false;
	}
	r->lines++;
	*dropped = r->dropped;
	r->dropped = 0;
	return true;
}

void console_log_vm(const struct vm *vm, const char *format, ...)
{
	char text[CONSOLE_LINE - VM_NAME_MAX];
	uint32_t dropped;
	va_list args;
	bool allowed;

	spin_lock(&lock);
	allowed = rate_allows(&rates[vm->id], &dropped);
	spin_unlock(&lock);
	if (!allowed)
		return;
	va_start(args, format);
	print_format_v(text, sizeof(text), format, args);
	va_end(args);
	if (dropped != 0)
		console_log("%s: %u more lines were not shown", vm->config.name, dropped);
	console_log("%s: %s", vm->config.name, text);
}

uint32_t console_focus(void)
{
	return __atomic_load_n(&focus, __ATOMIC_RELAXED);
}

void console_set_focus(uint32_t source)
{
	const struct vm *vm = vm_by_id(source);
	char text[VM_NAME_MAX + 16];
	size_t length = print_format(text, sizeof(text), "input to %s",
				     vm == NULL ? "hyp" : vm->config.name);

	spin_lock(&lock);
	leave_line();
	__atomic_store_n(&focus, source, __ATOMIC_RELAXED);
	put_line(CONSOLE_HYP, text, length);
	lines[CONSOLE_HYP].length = 0;
	show_line();
	spin_unlock(&lock);
}

void console_echo(const char *text)
{
	spin_lock(&lock);
	for (; *text != '\0'; text++)
		focus_putc(&lines[CONSOLE_HYP], *text);
	spin_unlock(&lock);
}

void console_init(uint64_t base)
{
	uart = base;
	if (uart == 0)
		return;
	pl011_init(uart);
	pl011_rx_interrupt(uart, true);
}

int console_getc(void)
{
	return uart == 0 ? -1 : pl011_getc(uart);
}

void console_ack(void)
{
	if (uart != 0)
		pl011_rx_ack(uart);
}

void console_panic_putc(char c)
{
	put(c);
}
