/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading numbers out of a flattened device tree: cells, ranges, addresses behind buses. On
 * libfdt's read-only functions; its others use FP registers, which hold a guest's data while EL2
 * runs.
 */
#ifndef HYPERVISOR_TREE_H
#define HYPERVISOR_TREE_H

#include "lib/types.h"

/* `node` is below `fdt`'s root; all return false and leave *out if the property is not so. */

/* Property `name`: exactly `cells` cells (1 or 2) as one number. */
bool tree_number(const void *fdt, int node, const char *name, uint32_t cells, uint64_t *out);

/* The property is one string, with its end. */
bool tree_string(const void *fdt, int node, const char *name, const char **out);

/* Entry `index` of `reg`, as the node's parent sees it. An empty or wrapping range is none. */
bool tree_reg(const void *fdt, int node, uint32_t index, uint64_t *base, uint64_t *size);

/* The same as the CPU sees it: through the `ranges` of all buses above. */
bool tree_reg_cpu(const void *fdt, int node, uint32_t index, uint64_t *base, uint64_t *size);

/* Number of entries in `reg`; 0 if it is missing or its length is no multiple of an entry's. */
uint32_t tree_reg_count(const void *fdt, int node);

/* #address-cells and #size-cells that hold for the children of `node`: 0 to 2, else false. */
bool tree_cells(const void *fdt, int node, uint32_t *address, uint32_t *size);

/* `status` says that the normal world may use the node (also if there is no status). */
bool tree_enabled(const void *fdt, int node);

/* `name` is the node's `device_type`. */
bool tree_is_type(const void *fdt, int node, const char *type);

/* The first enabled node with this `compatible`, behind `from` (-1: in all the tree), or < 0. */
int tree_find(const void *fdt, int from, const char *compatible);

/* INTID of the node's interrupt `index` in the words of arm,gic-v3: SPIs and PPIs. */
bool tree_intid(const void *fdt, int node, uint32_t index, uint32_t *out);

#endif
