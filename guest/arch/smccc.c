/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calling convention (Arm DEN 0028). QEMU's own board answers PSCI and no more of it, and has
 * one conduit, so most of this is asked of a hypervisor only.
 */
#include "abi/smccc.h"
#include "abi/psci.h"
#include "guest/arch/arch.h"
#include "guest/lib/board.h"
#include "guest/lib/psci.h"
#include "guest/lib/test.h"
#include "guest/lib/trap.h"
#include <string.h>

typedef void conduit_fn(uint64_t regs[SMCCC_REGISTERS]);

static void unknown(conduit_fn *call, const char *name, uint64_t function)
{
	uint64_t in[SMCCC_REGISTERS], out[SMCCC_REGISTERS];

	for (unsigned n = 0; n < SMCCC_REGISTERS; n++)
		in[n] = 0x0101010101010101ull * n;
	in[0] = function;
	memcpy(out, in, sizeof(out));
	call(out);
	check(out[0] == ~0ull && memcmp(in + 4, out + 4, 14 * sizeof(in[0])) == 0,
	      "%s %#llx: unknown, x0 is -1 and x4-x17 are kept", name,
	      (unsigned long long)function);
}

static void conduit(conduit_fn *call, const char *name)
{
	static const uint64_t functions[] = {0x80000010, 0x8200ff00, 0x8300ff01, 0x84001234,
					     0x8400ffff, 0xc4000000, 0x85000001, 0xaf000000,
					     0x8000ffff, 0x12345678};
	uint64_t regs[SMCCC_REGISTERS] = {SMCCC_VERSION};

	for (unsigned n = 0; n < ARRAY_SIZE(functions); n++)
		unknown(call, name, functions[n]);
	if (!board.under_hypervisor) {
		skip("%s: SMCCC_VERSION on a bare board", name);
		return;
	}
	call(regs);
	check(regs[0] >= SMCCC_VERSION_1_2, "%s: SMCCC_VERSION is %#llx", name,
	      (unsigned long long)regs[0]);
	regs[0] = SMCCC_ARCH_FEATURES;
	regs[1] = SMCCC_VERSION;
	call(regs);
	check(regs[0] == 0, "%s: ARCH_FEATURES knows SMCCC_VERSION", name);
	regs[0] = SMCCC_ARCH_FEATURES;
	regs[1] = 0x80001111;
	call(regs);
	check((int32_t)regs[0] == SMCCC_NOT_SUPPORTED, "%s: ARCH_FEATURES of nonsense", name);
	regs[0] = 0xffffffff00000000ull | PSCI_VERSION;
	call(regs);
	check(regs[0] >= PSCI_VERSION_1_1, "%s: the upper half of x0 is not the function", name);
}

void arch_smccc(void)
{
	uint64_t regs[SMCCC_REGISTERS] = {PSCI_VERSION};
	struct trap_record r;

	if (board.under_hypervisor || !board.psci_by_smc)
		conduit(smccc_hvc, "hvc");
	if (!board.under_hypervisor) {
		skip("smc beside hvc, and an immediate, on a bare board");
		return;
	}
	conduit(smccc_smc, "smc");
	r = TRAP_OF(smccc_smc_bad_immediate(regs));
	check(trap_undefined(&r), "scenario 4: SMC #1 is UNDEFINED");
	r = TRAP_OF(smccc_hvc_bad_immediate(regs));
	check(trap_undefined(&r), "scenario 4: HVC #0xffff is UNDEFINED");
}
