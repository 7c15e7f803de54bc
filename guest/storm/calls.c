/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes calls that are wrong in many ways. Addresses are half of the time pages of the guest's own
 * RAM whose content looks like OP-TEE messages, all CPUs writing the same few pages while others
 * have calls under way. Calls that would rightly stop the CPU or the VM are left out.
 */
#include "guest/storm/calls.h"
#include "abi/psci.h"
#include "guest/lib/board.h"
#include "guest/lib/random.h"
#include "lib/util.h"

#define ARENA_PAGES 16u
#define PAGE	    4096u
/* The layout that the calls point at: struct optee_msg_arg, OP-TEE core/include/optee_msg.h. */
#define MESSAGE_PARAMS_AT 7u
#define MESSAGE_FIRST	  8u
#define PARAM_WORDS	  8u

static uint64_t arena;

void calls_init(void)
{
	arena = BOARD_RAM + board.ram_size / 4 * 3;
}

static uint64_t address(uint64_t *seed)
{
	switch (random_below(seed, 4)) {
	case 0:
		return random_next(seed);
	case 1:
		return arena + random_below(seed, (uint64_t)ARENA_PAGES * PAGE);
	default:
		return arena + PAGE * random_below(seed, ARENA_PAGES);
	}
}

static void scribble(uint64_t *seed)
{
	uint64_t page = arena + PAGE * random_below(seed, ARENA_PAGES);
	volatile uint32_t *word = (volatile uint32_t *)page;

	word[0] = (uint32_t)random_below(seed, 10);
	word[1] = (uint32_t)random_below(seed, 8);
	word[2] = (uint32_t)random_below(seed, 4);
	word[MESSAGE_PARAMS_AT] = (uint32_t)random_below(seed, 8);
	for (unsigned p = 0; p < 6; p++) {
		volatile uint32_t *param = word + MESSAGE_FIRST + (size_t)PARAM_WORDS * p;
		uint64_t a = address(seed), size = address(seed);

		param[0] = (uint32_t)random_below(seed, 16) | (uint32_t)(random_next(seed) & 0x300);
		param[2] = (uint32_t)a;
		param[3] = (uint32_t)(a >> 32);
		param[4] = (uint32_t)size;
		param[5] = (uint32_t)random_below(seed, 2);
	}
}

static void fill(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS], uint64_t function)
{
	regs[0] = function;
	for (unsigned n = 1; n < SMCCC_REGISTERS; n++)
		regs[n] = random_next(seed);
}

/* Owners that nobody has: silicon provider, OEM, 7 to 47. */
static void make_unknown(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS])
{
	uint64_t pick = random_below(seed, 43);
	uint64_t owner = pick < 2 ? 2 + pick : 5 + pick;

	fill(seed, regs,
	     BIT(31) | (random_next(seed) & BIT(30)) | owner << 24 | (random_next(seed) & 0xffff));
}

static void make_tee_fast(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS])
{
	fill(seed, regs,
	     random_below(seed, 8) == 0 ? 0xbf00ff00 + random_below(seed, 4)
					: 0xb2000000 + random_below(seed, 24));
	regs[random_below(seed, 4) + 1] = address(seed);
}

static void set_address(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS])
{
	uint64_t a = address(seed);

	regs[1] = a >> 32;
	regs[2] = a & 0xffffffff;
	regs[3] = random_below(seed, 16);
	regs[7] = random_below(seed, 4);
}

static void make_tee_yielding(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS])
{
	scribble(seed);
	fill(seed, regs, 0x32000000 + random_below(seed, 8));
	set_address(seed, regs);
}

static void make_tee_resume(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS])
{
	scribble(seed);
	fill(seed, regs, 0x32000003);
	set_address(seed, regs);
	regs[3] = random_below(seed, 4);
}

/* Bit n: PSCI function n stops a CPU or the VM when it does what it should. */
#define PSCI_STOPS                                                                                 \
	(BIT(0x2) | BIT(0x8) | BIT(0x9) | BIT(0xb) | BIT(0xc) | BIT(0xe) | BIT(0x12) | BIT(0x15))

static bool stops(uint64_t function)
{
	uint64_t n = function & 0xbfffffff;

	return n - PSCI_VERSION < 32 && (PSCI_STOPS >> (n - PSCI_VERSION) & 1) != 0;
}

static bool is_suspend(uint64_t function)
{
	return (function & 0xbfffffff) == PSCI_CPU_SUSPEND_32;
}

static void make_psci(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS])
{
	uint64_t function;

	do {
		function = PSCI_VERSION + random_below(seed, 32);
		function |= random_next(seed) & BIT(30);
	} while (stops(function));
	fill(seed, regs, function);
	if (random_below(seed, 2) == 0)
		regs[1] = random_below(seed, 4);
	if (is_suspend(function)) /* no power down: this CPU would not come back here */
		regs[1] &= ~(BIT(16) | BIT(30));
}

static void make_anything(uint64_t *seed, uint64_t regs[SMCCC_REGISTERS])
{
	do {
		fill(seed, regs, random_next(seed));
	} while (stops(regs[0] & 0xffffffff) || is_suspend(regs[0] & 0xffffffff));
}

const struct call_kind call_kinds[] = {
	{"unknown owner", make_unknown, true},
	{"TEE fast", make_tee_fast, false},
	{"TEE yielding", make_tee_yielding, false},
	{"TEE resume", make_tee_resume, false},
	{"PSCI", make_psci, false},
	{"anything", make_anything, false},
};
const unsigned call_kinds_count = ARRAY_SIZE(call_kinds);
