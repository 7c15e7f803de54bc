/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From start.S to guest_main(): reads the device tree into `board`, prepares console and interrupt
 * controller. A tree without the nodes a guest needs stops it with a message.
 */
#include "abi/smccc.h"
#include "guest/lib/board.h"
#include "guest/lib/console.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/limits.h"
#include "guest/lib/main.h"
#include "guest/lib/psci.h"
#include "lib/assert.h"
#include "lib/util.h"
#include <libfdt.h>
#include <string.h>

struct board board;

void guest_boot(const void *tree);

static unsigned count_cpus(const void *tree)
{
	int cpus = fdt_path_offset(tree, "/cpus"), node;
	unsigned n = 0;

	fdt_for_each_subnode(node, tree, cpus)
	{
		const char *type = fdt_getprop(tree, node, "device_type", NULL);

		n += type != NULL && strcmp(type, "cpu") == 0;
	}
	return (unsigned)min_u64(n, CPUS_MAX);
}

static uint64_t ram_size(const void *tree)
{
	int node = fdt_node_offset_by_prop_value(tree, -1, "device_type", "memory", 7);
	int length = 0;
	const fdt64_t *reg = fdt_getprop(tree, node, "reg", &length);

	if (reg == NULL || length < 16 || fdt64_to_cpu(reg[0]) != BOARD_RAM)
		panic("no memory at %#llx in the device tree", BOARD_RAM);
	return fdt64_to_cpu(reg[1]);
}

static bool method_is_smc(const void *tree)
{
	int node = fdt_node_offset_by_compatible(tree, -1, "arm,psci-0.2");
	const char *method = fdt_getprop(tree, node, "method", NULL);

	if (method == NULL)
		panic("no psci node in the device tree");
	return strcmp(method, "smc") == 0;
}

static bool version_is_answered(void)
{
	return (int64_t)psci_call(SMCCC_VERSION, 0, 0, 0) > 0;
}

void guest_boot(const void *tree)
{
	console_init();
	if (fdt_check_header(tree) != 0)
		panic("x0 is not a device tree");
	board.cpus = count_cpus(tree);
	board.ram_size = ram_size(tree);
	board.psci_by_smc = method_is_smc(tree);
	board.under_hypervisor = version_is_answered();
	board.arguments = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs", NULL);
	if (board.arguments == NULL)
		board.arguments = "";
	print("%u CPUs, %llu MiB, PSCI by %s, %s\n", board.cpus,
	      (unsigned long long)(board.ram_size >> 20), board.psci_by_smc ? "smc" : "hvc",
	      board.under_hypervisor ? "under a hypervisor" : "bare board");
	gic_init_distributor();
	gic_init_cpu();
	guest_main();
	psci_off();
}

uint64_t board_number(const char *name, uint64_t otherwise)
{
	const char *at = strstr(board.arguments, name);
	uint64_t n = 0;

	if (at == NULL || at[strlen(name)] != '=')
		return otherwise;
	for (at += strlen(name) + 1; *at >= '0' && *at <= '9'; at++)
		n = 10 * n + (uint64_t)(*at - '0');
	return n;
}
