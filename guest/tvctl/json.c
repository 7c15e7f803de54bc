/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON on standard output, in the order it is called for. */
#include "guest/tvctl/tvctl.h"
#include <inttypes.h>
#include <stdio.h>

static bool first;

static void put_text(const char *text)
{
	putchar('"');
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ') {
			printf("\\u%04x", (unsigned char)*text);
			continue;
		}
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void put_key(const char *key)
{
	if (!first)
		putchar(',');
	first = false;
	if (key == NULL)
		return;
	put_text(key);
	putchar(':');
}

void json_begin(void)
{
	putchar('{');
	first = true;
}

void json_end(void)
{
	puts("}");
	(void)fflush(stdout);
}

void json_text(const char *key, const char *value)
{
	put_key(key);
	if (value == NULL)
		(void)fputs("null", stdout);
	else
		put_text(value);
}

void json_number(const char *key, uint64_t value)
{
	put_key(key);
	printf("%" PRIu64, value);
}

void json_object(const char *key)
{
	put_key(key);
	putchar('{');
	first = true;
}

void json_list(const char *key)
{
	put_key(key);
	putchar('[');
	first = true;
}

void json_close(char bracket)
{
	putchar(bracket);
	first = false;
}
