/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/board.h: one function for each thing that is looked for, in the order of steps[]. Left
 * out: memory that the firmware leaves to be placed (/reserved-memory children without reg), more
 * than one redistributor region, serial lines that are no PL011.
 */
#include "hypervisor/board.h"
#include "hypervisor/tree.h"
#include "lib/util.h"
#include <libfdt.h>
#include <string.h>

/* The affinity fields of MPIDR_EL1. */
#define MPIDR_AFFINITY 0xff00ffffffull

static enum board_error add(struct board_range *ranges, uint32_t *count, uint32_t max,
			    uint64_t base, uint64_t size)
{
	if (!range_inside(base, size, BOARD_PA_END))
		return BOARD_BAD_TREE;
	if (*count == max)
		return BOARD_TOO_MANY;
	ranges[(*count)++] = (struct board_range){base, size};
	return BOARD_OK;
}

static enum board_error reserve(struct board_info *out, uint64_t base, uint64_t size)
{
	return add(out->reserved, &out->reserved_count, BOARD_RESERVED_MAX, base, size);
}

static enum board_error add_memory_node(const void *fdt, int node, struct board_info *out)
{
	uint32_t count = tree_reg_count(fdt, node);
	enum board_error error = count == 0 ? BOARD_BAD_TREE : BOARD_OK;
	uint64_t base, size;

	for (uint32_t i = 0; i < count && error == BOARD_OK; i++) {
		if (!tree_reg(fdt, node, i, &base, &size))
			continue; /* a bank that is not there has size 0 */
		error = add(out->memory, &out->memory_count, BOARD_MEMORY_MAX, base, size);
	}
	return error;
}

static enum board_error read_memory(const void *fdt, struct board_info *out)
{
	enum board_error error = BOARD_OK;
	int node;

	fdt_for_each_subnode(node, fdt, 0)
	{
		if (!tree_is_type(fdt, node, "memory") || !tree_enabled(fdt, node))
			continue;
		error = add_memory_node(fdt, node, out);
		if (error != BOARD_OK)
			return error;
	}
	return out->memory_count == 0 ? BOARD_NO_MEMORY : BOARD_OK;
}

/* The memory reservation block, and the tree itself. */
static enum board_error read_reservations(const void *fdt, struct board_info *out)
{
	enum board_error error = reserve(out, (uintptr_t)fdt, fdt_totalsize(fdt));
	int count = fdt_num_mem_rsv(fdt);
	uint64_t base, size;

	if (count < 0)
		return BOARD_BAD_TREE;
	for (int i = 0; i < count && error == BOARD_OK; i++) {
		if (fdt_get_mem_rsv(fdt, i, &base, &size) != 0)
			return BOARD_BAD_TREE;
		if (size != 0)
			error = reserve(out, base, size);
	}
	return error;
}

/* Whatever status the children have: what is reserved twice does no harm. */
static enum board_error read_reserved_memory(const void *fdt, struct board_info *out)
{
	int parent = fdt_path_offset(fdt, "/reserved-memory");
	enum board_error error = BOARD_OK;
	uint64_t base, size;
	int node;

	if (parent < 0)
		return BOARD_OK;
	fdt_for_each_subnode(node, fdt, parent)
	{
		uint32_t count = tree_reg_count(fdt, node);

		if (count == 0 && fdt_getprop(fdt, node, "reg", NULL) != NULL)
			return BOARD_BAD_TREE;
		for (uint32_t i = 0; i < count && error == BOARD_OK; i++)
			error = tree_reg_cpu(fdt, node, i, &base, &size) ? reserve(out, base, size)
									 : BOARD_BAD_TREE;
		if (error != BOARD_OK)
			return error;
	}
	return BOARD_OK;
}

static enum board_error read_cpus(const void *fdt, struct board_info *out)
{
	int parent = fdt_path_offset(fdt, "/cpus");
	uint32_t cells, ignored;
	uint64_t reg;
	int node;

	if (parent < 0 || !tree_cells(fdt, parent, &cells, &ignored))
		return BOARD_NO_CPU;
	fdt_for_each_subnode(node, fdt, parent)
	{
		if (!tree_is_type(fdt, node, "cpu") || !tree_enabled(fdt, node))
			continue;
		if (!tree_number(fdt, node, "reg", cells, &reg) || (reg & ~MPIDR_AFFINITY) != 0)
			return BOARD_BAD_TREE;
		if (out->cpu_count < PCPUS_MAX)
			out->mpidr[out->cpu_count++] = reg;
	}
	return out->cpu_count == 0 ? BOARD_NO_CPU : BOARD_OK;
}

static enum board_error read_psci(const void *fdt, struct board_info *out)
{
	int node = tree_find(fdt, -1, "arm,psci-1.0");
	const char *method;

	(void)out;
	if (node < 0)
		node = tree_find(fdt, -1, "arm,psci-0.2");
	if (node < 0 || !tree_string(fdt, node, "method", &method) || strcmp(method, "smc") != 0)
		return BOARD_NO_PSCI;
	return BOARD_OK;
}

static enum board_error read_gic(const void *fdt, struct board_info *out)
{
	int node = tree_find(fdt, -1, "arm,gic-v3");
	uint64_t regions = 1;

	if (node < 0)
		return BOARD_NO_GIC;
	if (fdt_getprop(fdt, node, "#redistributor-regions", NULL) != NULL &&
	    !tree_number(fdt, node, "#redistributor-regions", 1, &regions))
		return BOARD_BAD_TREE;
	if (regions != 1)
		return BOARD_NO_GIC;
	if (!tree_reg_cpu(fdt, node, 0, &out->gicd, &out->gicd_size) ||
	    !tree_reg_cpu(fdt, node, 1, &out->gicr, &out->gicr_size) ||
	    !range_inside(out->gicd, out->gicd_size, BOARD_PA_END) ||
	    !range_inside(out->gicr, out->gicr_size, BOARD_PA_END))
		return BOARD_BAD_TREE;
	return BOARD_OK;
}

/* The node that stdout-path names, "path:options" or "alias:options", or < 0. */
static int stdout_node(const void *fdt, int chosen)
{
	const char *path, *colon;

	if (chosen < 0 || !tree_string(fdt, chosen, "stdout-path", &path))
		return -1;
	colon = strchr(path, ':');
	return fdt_path_offset_namelen(fdt, path,
				       colon == NULL ? (int)strlen(path) : (int)(colon - path));
}

/* No usable PL011 is no error: the board runs without a console. */
static enum board_error read_uart(const void *fdt, struct board_info *out)
{
	int node = stdout_node(fdt, fdt_path_offset(fdt, "/chosen"));
	uint64_t base, size;

	if (node < 0 || !tree_enabled(fdt, node) ||
	    fdt_node_check_compatible(fdt, node, "arm,pl011") != 0)
		node = tree_find(fdt, -1, "arm,pl011");
	if (node < 0 || !tree_intid(fdt, node, 0, &out->uart_intid))
		return BOARD_OK;
	if (tree_reg_cpu(fdt, node, 0, &base, &size) && range_inside(base, size, BOARD_PA_END))
		out->uart = base;
	return BOARD_OK;
}

static enum board_error read_rtc(const void *fdt, struct board_info *out)
{
	int node = tree_find(fdt, -1, "arm,pl031");
	uint64_t base, size;

	if (node >= 0 && tree_reg_cpu(fdt, node, 0, &base, &size) &&
	    range_inside(base, size, BOARD_PA_END))
		out->rtc = base;
	return BOARD_OK;
}

/* OP-TEE's own binding says by which interrupt it notifies; firmware adds the node. */
static enum board_error read_tee(const void *fdt, struct board_info *out)
{
	int node = tree_find(fdt, -1, "linaro,optee-tz");

	if (node >= 0)
		(void)tree_intid(fdt, node, 0, &out->tee_intid);
	return BOARD_OK;
}

static enum board_error read_seed(const void *fdt, struct board_info *out)
{
	int chosen = fdt_path_offset(fdt, "/chosen");
	const void *seed;
	int size;

	if (chosen < 0)
		return BOARD_OK;
	seed = fdt_getprop(fdt, chosen, "rng-seed", &size);
	if (seed == NULL || size <= 0)
		return BOARD_OK;
	out->rng_seed = (uint8_t *)(uintptr_t)seed; /* to be wiped: random_init() */
	out->rng_seed_size = (size_t)size;
	return BOARD_OK;
}

static enum board_error (*const steps[])(const void *fdt, struct board_info *out) = {
	read_memory, read_reservations, read_reserved_memory,
	read_cpus,   read_psci,		read_gic,
	read_uart,   read_rtc,		read_tee,
	read_seed,
};

enum board_error board_read(const void *fdt, struct board_info *out)
{
	enum board_error error = BOARD_OK;

	memset(out, 0, sizeof(*out));
	if (fdt_check_header(fdt) != 0 || fdt_check_full(fdt, fdt_totalsize(fdt)) != 0)
		return BOARD_BAD_TREE;
	for (size_t i = 0; i < ARRAY_SIZE(steps) && error == BOARD_OK; i++)
		error = steps[i](fdt, out);
	return error;
}

const char *board_error_text(enum board_error error)
{
	static const char *const text[] = {
		[BOARD_OK] = "no error",
		[BOARD_BAD_TREE] = "not well formed",
		[BOARD_NO_MEMORY] = "no memory for the normal world",
		[BOARD_TOO_MANY] = "too many memory or reserved ranges",
		[BOARD_NO_CPU] = "no CPU",
		[BOARD_NO_PSCI] = "no PSCI 0.2 or later by SMC",
		[BOARD_NO_GIC] = "no GICv3 with one redistributor region",
	};

	return text[error];
}

bool board_is_free_ram(const struct board_info *board, uint64_t base, uint64_t size)
{
	bool ram = false;

	for (uint32_t i = 0; i < board->memory_count; i++) {
		const struct board_range *m = &board->memory[i];

		if (base >= m->base && range_inside(base - m->base, size, m->size))
			ram = true;
	}
	for (uint32_t i = 0; i < board->reserved_count && ram; i++)
		if (ranges_overlap(base, size, board->reserved[i].base, board->reserved[i].size))
			ram = false;
	return ram;
}
