/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message in the guest's memory that is not simply a part of one pinned page: it lies across two
 * pages, or is named by IPA. The simple case is inline in optee.h.
 */
#include "mediator/optee/optee.h"

static uint64_t span_address(const struct optee_span *span, uint32_t at)
{
	uint32_t o = span->offset + at;

	return span->page[o >> PAGE_SHIFT] + (o & PAGE_MASK);
}

static uint32_t span_room(const struct optee_span *span, uint32_t at, uint32_t size)
{
	uint32_t in_page = (uint32_t)((span->offset + at) & PAGE_MASK);

	return (uint32_t)min_u64(size, PAGE_SIZE - in_page);
}

bool optee_span_read_pieces(struct optee_vm *o, const struct optee_span *span, uint32_t at,
			    void *to, uint32_t size)
{
	const struct tee_port *port = o->vm.port;
	uint8_t *p = to;
	uint32_t n;

	for (; size > 0; size -= n, at += n, p += n) {
		uint64_t address = span_address(span, at);

		n = span_room(span, at, size);
		if (span->pinned)
			port->read_pinned(o->vm.host, pa(address), p, n);
		else if (!port->read(o->vm.host, ipa(address), p, n))
			return false;
	}
	return true;
}

bool optee_span_write_pieces(struct optee_vm *o, const struct optee_span *span, uint32_t at,
			     const void *from, uint32_t size)
{
	const struct tee_port *port = o->vm.port;
	const uint8_t *p = from;
	uint32_t n;

	for (; size > 0; size -= n, at += n, p += n) {
		uint64_t address = span_address(span, at);

		n = span_room(span, at, size);
		if (span->pinned)
			port->write_pinned(o->vm.host, pa(address), p, n);
		else if (!port->write(o->vm.host, ipa(address), p, n))
			return false;
	}
	return true;
}
