/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proofs of span.c: whatever offset and size, each access of the port stays in one page, none of a
 * pinned span goes to a page that is not, and the copy is as long as it should be.
 */
#include "contracts.h"
#include "tests/proof/world.h"

/* As large as the largest of messages and then some. */
static uint64_t buffer[512 / sizeof(uint64_t)];

void proof_span_read(void)
{
	struct optee_span span;
	uint32_t at, size;
	bool good, pieces;

	world_init();
	GIVEN(size <= sizeof(buffer));
	if (pieces)
		good = check_optee_span_read_pieces(world.o, &span, at, buffer, size);
	else
		good = check_optee_span_read(world.o, &span, at, buffer, size);
	CLAIM(!good || world.bytes == size, "all is read, once");
	REACHED(good && world.reads == 2 && span.pinned, "two pinned pages");
	REACHED(good && world.reads == 2 && !span.pinned, "two pages");
	REACHED(good && world.reads == 1, "one page");
	REACHED(!good && world.reads == 2, "the second page is not the guest's");
}

void proof_span_write(void)
{
	struct optee_span span;
	uint32_t at, size;
	bool good, pieces;

	world_init();
	GIVEN(size <= sizeof(buffer));
	if (pieces)
		good = check_optee_span_write_pieces(world.o, &span, at, buffer, size);
	else
		good = check_optee_span_write(world.o, &span, at, buffer, size);
	CLAIM(!good || world.bytes == size, "all is written, once");
	REACHED(good && world.writes == 2 && span.pinned, "two pinned pages");
	REACHED(good && world.writes == 2 && !span.pinned, "two pages");
	REACHED(good && world.writes == 1, "one page");
	REACHED(!good && world.writes == 2, "the second page is not the guest's");
}
