/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz target "raw": registers and the bytes of a few pages straight from the input, without any
 * idea of what they mean. What the other target's generator cannot think of.
 */
#include "lib/util.h"
#include "tests/fuzz/tee.h"
#include <string.h>

#define CALLS_MAX 64u

/* As many bytes as the next one says, to some place in the first pages. */
static void write_pages(struct world_vm *vm)
{
	uint32_t size = fuzz_u8(), page = fuzz_pick(8);
	uint8_t *to = world_at(vm, WORLD_IPA(page) + (fuzz_u8() & ~7ull));

	for (uint32_t i = 0; i < size && !fuzz_over(); i++)
		to[i] = fuzz_u8();
}

/* The function's low byte, an address in RAM for the second half; or eight bytes each. */
static void call(struct world_vm *vm)
{
	uint32_t form = fuzz_u8();
	uint64_t regs[18] = {0x32000000 | fuzz_u8()};

	if ((form & 1) != 0) {
		for (uint32_t i = 0; i < 8; i++)
			regs[i] = fuzz_uint(8);
	} else {
		regs[2] = WORLD_IPA(fuzz_pick(8)) + (form & 2) * 4;
		regs[3] = fuzz_u8();
		if ((form & 4) != 0) /* a call that waits */
			memcpy(regs + 1, vm->waiting[fuzz_pick(WORLD_WAITING)].regs + 1, 24);
	}
	world_smc(vm, regs, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct tee_quota quota = {
		.shared_pages = 600, .buffers = 4, .sessions = 2, .calls = 3};

	fuzz_input = (struct fuzz_bytes){data, data + size};
	tee_reset();
	tee_meanwhile = NULL;
	world_begin(tee_smc, fuzz_u8(), &quota);
	for (uint32_t i = 0; i < CALLS_MAX && !fuzz_over(); i++) {
		write_pages(&world_vms[0]);
		call(&world_vms[0]);
	}
	fuzz_input.at = fuzz_input.end;
	world_end();
	return 0;
}
