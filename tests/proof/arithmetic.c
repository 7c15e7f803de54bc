/* SPDX-License-Identifier: BSD-2-Clause */
/* Proofs of the helpers that everything guest-controlled goes through, for all their arguments. */
#include "contracts.h"
#include "tests/proof/world.h"

void proof_ranges(void)
{
	uint64_t a, b, c, d;

	REACHED(check_range_inside(a, b, c), "a range inside");
	REACHED(!check_range_inside(a, b, c), "a range outside");
	REACHED(check_ranges_overlap(a, b, c, d), "ranges that overlap");
	REACHED(!check_ranges_overlap(a, b, c, d), "ranges that do not");
}

void proof_alignment(void)
{
	uint64_t v, to;
	uint64_t up = check_align_up(v, to), down = check_align_down(v, to);

	CLAIM(is_aligned(v, to) == (v == down), "is_aligned tells what align_down leaves alone");
	REACHED(up > v && down < v, "an unaligned number");
	REACHED(up == v && to == PAGE_SIZE, "a page's address");
}

void proof_pair(void)
{
	uint64_t high, low;

	REACHED(check_optee_pair(high, low) == UINT64_MAX, "the highest");
}
