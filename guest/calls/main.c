/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What calls cost that a hypervisor or a TEE answers at once: the median of batches, per call, in
 * instructions when QEMU counts them (-icount shift=0: a tick of the counter is 16), the loop
 * included, about 12. A line an operation, as guest/user/bench.c prints them.
 */
#include "guest/lib/main.h"
#include "abi/optee_smc.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "guest/lib/console.h"
#include "lib/util.h"

#define INSTRUCTIONS_PER_TICK 16u
#define BATCH		      16u
#define BATCHES		      64u

static const struct operation {
	const char *name;
	uint32_t function;
} operations[] = {
	{"psci-version", PSCI_VERSION},
	{"smccc-version", SMCCC_VERSION},
	{"calls-uid", OPTEE_SMC_CALLS_UID},
	{"calls-revision", OPTEE_SMC_CALLS_REVISION},
	{"os-revision", OPTEE_SMC_GET_OS_REVISION},
	{"capabilities", OPTEE_SMC_EXCHANGE_CAPABILITIES},
};

static void call(uint64_t function)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = 0;
	register uint64_t x2 __asm__("x2") = 0;
	register uint64_t x3 __asm__("x3") = 0;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
}

static uint64_t batch(uint32_t function)
{
	uint64_t begin = clock_now();

	for (uint32_t i = 0; i < BATCH; i++)
		call(function);
	return clock_now() - begin;
}

/* An interrupt of the hypervisor in a batch makes it long: the median has none. */
static uint64_t median(uint64_t *times)
{
	for (uint32_t i = 1; i < BATCHES; i++) {
		uint64_t t = times[i];
		uint32_t at = i;

		for (; at > 0 && times[at - 1] > t; at--)
			times[at] = times[at - 1];
		times[at] = t;
	}
	return times[BATCHES / 2];
}

void guest_main(void)
{
	uint64_t times[BATCHES];

	for (uint32_t i = 0; i < ARRAY_SIZE(operations); i++) {
		for (uint32_t n = 0; n < BATCHES; n++)
			times[n] = batch(operations[i].function);
		print("bench: %s %lu\n", operations[i].name,
		      median(times) * INSTRUCTIONS_PER_TICK / BATCH);
	}
	print("bench: done\n");
}
