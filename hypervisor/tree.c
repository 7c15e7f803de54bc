/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/tree.h (Devicetree Specification 0.4, 2.3). Left out: addresses of more than two cells
 * (PCI), dma-ranges, interrupts-extended and interrupt maps.
 */
#include "hypervisor/tree.h"
#include "lib/util.h"
#include <libfdt.h>
#include <string.h>

/* One or two cells as a number; none is 0. */
static uint64_t cells_at(const fdt32_t *p, uint32_t cells)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < cells; i++)
		value = value << 32 | fdt32_to_cpu(p[i]);
	return value;
}

/* A property made of cells: how many. NULL: missing, or no whole number of cells. */
static const fdt32_t *cells_of(const void *fdt, int node, const char *name, uint32_t *count)
{
	int length;
	const fdt32_t *p = fdt_getprop(fdt, node, name, &length);

	if (p == NULL || length < 0 || length % 4 != 0)
		return NULL;
	*count = (uint32_t)length / 4;
	return p;
}

bool tree_number(const void *fdt, int node, const char *name, uint32_t cells, uint64_t *out)
{
	uint32_t count;
	const fdt32_t *p = cells_of(fdt, node, name, &count);

	if (p == NULL || count != cells)
		return false;
	*out = cells_at(p, cells);
	return true;
}

bool tree_string(const void *fdt, int node, const char *name, const char **out)
{
	int length;
	const char *p = fdt_getprop(fdt, node, name, &length);

	if (p == NULL || length < 1 || memchr(p, '\0', (size_t)length) != p + length - 1)
		return false;
	*out = p;
	return true;
}

static bool cell_count(const void *fdt, int node, const char *name, uint32_t missing, uint32_t *out)
{
	uint64_t value = missing;

	if (fdt_getprop(fdt, node, name, NULL) != NULL && !tree_number(fdt, node, name, 1, &value))
		return false;
	*out = (uint32_t)value;
	return value <= 2;
}

bool tree_cells(const void *fdt, int node, uint32_t *address, uint32_t *size)
{
	return cell_count(fdt, node, "#address-cells", 2, address) &&
	       cell_count(fdt, node, "#size-cells", 1, size);
}

uint32_t tree_reg_count(const void *fdt, int node)
{
	int parent = fdt_parent_offset(fdt, node);
	uint32_t address, size, count;

	if (parent < 0 || !tree_cells(fdt, parent, &address, &size) || address + size == 0)
		return 0;
	if (cells_of(fdt, node, "reg", &count) == NULL || count % (address + size) != 0)
		return 0;
	return count / (address + size);
}

bool tree_reg(const void *fdt, int node, uint32_t index, uint64_t *base, uint64_t *size)
{
	uint32_t address_cells, size_cells, count;
	const fdt32_t *p = cells_of(fdt, node, "reg", &count);
	uint64_t b, s;

	if (p == NULL || index >= tree_reg_count(fdt, node))
		return false;
	if (!tree_cells(fdt, fdt_parent_offset(fdt, node), &address_cells, &size_cells))
		return false;
	p += (size_t)index * (address_cells + size_cells);
	b = cells_at(p, address_cells);
	s = cells_at(p + address_cells, size_cells);
	if (!range_inside(b, s, UINT64_MAX))
		return false;
	*base = b;
	*size = s;
	return true;
}

/* One row of `ranges`: child address, parent address, size. */
static bool through_row(const fdt32_t *row, uint32_t child, uint32_t parent, uint32_t size_cells,
			uint64_t *base, uint64_t size)
{
	uint64_t from = cells_at(row, child);
	uint64_t to = cells_at(row + child, parent);
	uint64_t window = cells_at(row + child + parent, size_cells);

	if (*base < from || !range_inside(*base - from, size, window))
		return false;
	*base = to + (*base - from);
	return range_inside(*base, size, UINT64_MAX);
}

/* An address below the bus `bus`, as `above` sees it. No `ranges` means that there is no way. */
static bool through_bus(const void *fdt, int bus, int above, uint64_t *base, uint64_t size)
{
	uint32_t count, child, parent, sizes, ignored, row;
	const fdt32_t *p = cells_of(fdt, bus, "ranges", &count);

	if (p == NULL || !tree_cells(fdt, bus, &child, &sizes) ||
	    !tree_cells(fdt, above, &parent, &ignored))
		return false;
	if (count == 0)
		return true;
	row = child + parent + sizes;
	if (row == 0 || count % row != 0)
		return false;
	for (uint32_t i = 0; i < count; i += row)
		if (through_row(p + i, child, parent, sizes, base, size))
			return true;
	return false;
}

bool tree_reg_cpu(const void *fdt, int node, uint32_t index, uint64_t *base, uint64_t *size)
{
	int bus = fdt_parent_offset(fdt, node);
	uint64_t b, s;

	if (!tree_reg(fdt, node, index, &b, &s))
		return false;
	while (bus > 0) {
		int above = fdt_parent_offset(fdt, bus);

		if (above < 0 || !through_bus(fdt, bus, above, &b, s))
			return false;
		bus = above;
	}
	*base = b;
	*size = s;
	return true;
}

bool tree_enabled(const void *fdt, int node)
{
	const char *status;

	if (fdt_getprop(fdt, node, "status", NULL) == NULL)
		return true;
	return tree_string(fdt, node, "status", &status) &&
	       (strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0);
}

bool tree_is_type(const void *fdt, int node, const char *type)
{
	const char *value;

	return tree_string(fdt, node, "device_type", &value) && strcmp(value, type) == 0;
}

int tree_find(const void *fdt, int from, const char *compatible)
{
	int node = fdt_node_offset_by_compatible(fdt, from, compatible);

	while (node >= 0 && !tree_enabled(fdt, node))
		node = fdt_node_offset_by_compatible(fdt, node, compatible);
	return node;
}

bool tree_intid(const void *fdt, int node, uint32_t index, uint32_t *out)
{
	uint32_t count, number;
	const fdt32_t *p = cells_of(fdt, node, "interrupts", &count);

	if (p == NULL || count / 3 <= index)
		return false;
	p += (size_t)index * 3;
	number = fdt32_to_cpu(p[1]);
	switch (fdt32_to_cpu(p[0])) {
	case 0: /* SPI */
		*out = 32 + number;
		return number < 988;
	case 1: /* PPI */
		*out = 16 + number;
		return number < 16;
	default:
		return false;
	}
}
