/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print_format() on top of picolibc's stream interface. picolibc's own vsnprintf clears its stream
 * with a SIMD store, which would corrupt a guest's registers, so the stream is ours and only
 * __i_vfprintf, which has no such instruction, is used (tools/check-image proves it of the image).
 */
#include "lib/print.h"
#include <stdio.h>

int __i_vfprintf(FILE *stream, const char *format, va_list args);

struct buffer_stream {
	FILE file; /* first, so that the callback finds the rest */
	char *next;
	char *last; /* where the NUL goes when the buffer is full */
};

static int put_char(char c, FILE *file)
{
	struct buffer_stream *s = (struct buffer_stream *)(void *)file;

	if (s->next < s->last)
		*s->next++ = c;
	return (unsigned char)c;
}

size_t print_format_v(char *buffer, size_t size, const char *format, va_list args)
{
	struct buffer_stream s = {
		.file = FDEV_SETUP_STREAM(put_char, NULL, NULL, _FDEV_SETUP_WRITE),
		.next = buffer,
		.last = buffer + size - 1,
	};

	(void)__i_vfprintf(&s.file, format, args);
	*s.next = '\0';
	return (size_t)(s.next - buffer);
}

size_t print_format(char *buffer, size_t size, const char *format, ...)
{
	va_list args;
	size_t n;

	va_start(args, format);
	n = print_format_v(buffer, size, format, args);
	va_end(args);
	return n;
}
