/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU_ON with entries where no code can be (Arm DEN 0022, 5.6). Either answer is right: that the
 * address is invalid, or success and a CPU that is lost in its own aborts while the VM lives on.
 */
#include "abi/psci.h"
#include "guest/lib/board.h"
#include "guest/lib/clock.h"
#include "guest/lib/psci.h"
#include "guest/lib/test.h"
#include "guest/wild/wild.h"

void wild_psci(void)
{
	static const uint64_t entries[] = {
		~0ull, BIT(52), BOARD_RAM + 0x80001, HOLE, BOARD_PL011, 0,
	};
	unsigned cpu = board.cpus - 1;

	for (unsigned n = 0; n < ARRAY_SIZE(entries) && cpu > 0; n++) {
		int64_t answer = psci_call(PSCI_CPU_ON_64, cpu, entries[n], 0);

		check(answer == PSCI_SUCCESS || answer == PSCI_INVALID_ADDRESS ||
			      answer == PSCI_INVALID_PARAMETERS,
		      "CPU %u on at %#llx: %lld", cpu, (unsigned long long)entries[n],
		      (long long)answer);
		cpu -= answer == PSCI_SUCCESS;
	}
	clock_wait(clock_ms(50));
	check(psci_call(PSCI_VERSION, 0, 0, 0) > 0, "the VM lives on");
}
