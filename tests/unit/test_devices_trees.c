/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read from the board's tree, what a VM's RAM holds at its start, and the tree it gets. */
#include "hypervisor/board.h"
#include "hypervisor/config.h"
#include "hypervisor/guest_tree.h"
#include "hypervisor/image.h"
#include "hypervisor/vserial.h"
#include "lib/util.h"
#include "tests/unit/devices_world.h"
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- making a board's tree --- */

static _Alignas(8) char tree[65536];
static struct board_info board;
static struct vm_config configs[4];

static int node_at(const char *path)
{
	int node = fdt_path_offset(tree, path);

	assert_true(node >= 0);
	return node;
}

/* Add "path/name" and return nothing: offsets move. */
static void add_node(const char *parent, const char *name)
{
	assert_true(fdt_add_subnode(tree, node_at(parent), name) >= 0);
}

static void set_text(const char *path, const char *name, const char *value)
{
	int length = (int)strlen(value) + 1;

	assert_int_equal(fdt_setprop(tree, node_at(path), name, value, length), 0);
}

static void set_cells(const char *path, const char *name, unsigned count, const uint32_t *cells)
{
	fdt32_t be[16];

	for (unsigned i = 0; i < count; i++)
		be[i] = cpu_to_fdt32(cells[i]);
	assert_int_equal(fdt_setprop(tree, node_at(path), name, be, (int)(count * 4)), 0);
}

#define CELLS(path, name, ...)                                                                     \
	set_cells(path, name, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (uint32_t[]){__VA_ARGS__})

static void remove_property(const char *path, const char *name)
{
	assert_int_equal(fdt_delprop(tree, node_at(path), name), 0);
}

static void add_device(const char *name, const char *compatible, uint32_t base, uint32_t spi)
{
	char path[64];

	snprintf(path, sizeof(path), "/%s", name);
	add_node("/", name);
	set_text(path, "compatible", compatible);
	CELLS(path, "reg", 0, base, 0, 0x1000);
	CELLS(path, "interrupts", 0, spi, 4);
}

static void add_memory(const char *name, uint32_t base, uint32_t size, const char *status)
{
	char path[64];

	snprintf(path, sizeof(path), "/%s", name);
	add_node("/", name);
	set_text(path, "device_type", "memory");
	CELLS(path, "reg", 0, base, 0, size);
	if (status != NULL)
		set_text(path, "status", status);
}

static void add_vm(const char *name)
{
	char path[96], kernel[128];

	snprintf(path, sizeof(path), "/chosen/%s", name);
	snprintf(kernel, sizeof(kernel), "%s/module@48000000", path);
	add_node("/chosen", name);
	set_text(path, "compatible", "xen,domain");
	CELLS(path, "#address-cells", 2);
	CELLS(path, "#size-cells", 2);
	CELLS(path, "cpus", 2);
	CELLS(path, "memory", 0, 262144);
	add_node(path, "module@48000000");
	set_text(kernel, "compatible", "multiboot,kernel");
	CELLS(kernel, "reg", 0, 0x48000000, 0, 0x1000000);
	set_text(kernel, "bootargs", "console=ttyAMA0");
}

/* As QEMU's virt board with secure=on, and VM "a". */
static int make_tree(void **state)
{
	(void)world_reset(state);
	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	CELLS("/", "#address-cells", 2);
	CELLS("/", "#size-cells", 2);
	add_node("/", "chosen");
	set_text("/chosen", "stdout-path", "/pl011@9000000:115200n8");
	CELLS("/chosen", "rng-seed", 1, 2, 3, 4, 5, 6, 7, 8);
	add_memory("memory@40000000", 0x40000000, 0x40000000, NULL);
	add_memory("secram@e000000", 0x0e000000, 0x01000000, "disabled");
	add_node("/", "cpus");
	CELLS("/cpus", "#address-cells", 1);
	CELLS("/cpus", "#size-cells", 0);
	for (uint32_t i = 0; i < 2; i++) {
		char name[16], path[32];

		snprintf(name, sizeof(name), "cpu@%u", i);
		snprintf(path, sizeof(path), "/cpus/%s", name);
		add_node("/cpus", name);
		set_text(path, "device_type", "cpu");
		CELLS(path, "reg", i);
	}
	add_node("/", "psci");
	set_text("/psci", "compatible", "arm,psci-1.0");
	set_text("/psci", "method", "smc");
	add_node("/", "intc@8000000");
	set_text("/intc@8000000", "compatible", "arm,gic-v3");
	CELLS("/intc@8000000", "reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0xf60000);
	add_device("pl011@9040000", "arm,pl011", 0x09040000, 8);
	set_text("/pl011@9040000", "status", "disabled");
	add_device("pl011@9000000", "arm,pl011", 0x09000000, 1);
	add_device("pl031@9010000", "arm,pl031", 0x09010000, 2);
	add_node("/", "optee");
	set_text("/optee", "compatible", "linaro,optee-tz");
	CELLS("/optee", "interrupts", 0, 187, 1);
	add_node("/", "reserved-memory");
	CELLS("/reserved-memory", "#address-cells", 2);
	CELLS("/reserved-memory", "#size-cells", 2);
	assert_int_equal(fdt_setprop(tree, node_at("/reserved-memory"), "ranges", NULL, 0), 0);
	add_node("/reserved-memory", "shm@42000000");
	CELLS("/reserved-memory/shm@42000000", "reg", 0, 0x42000000, 0, 0x200000);
	assert_int_equal(fdt_add_mem_rsv(tree, 0x43000000, 0x1000), 0);
	add_vm("a");
	return 0;
}

static uint32_t read_all(void)
{
	assert_int_equal(board_read(tree, &board), BOARD_OK);
	memset(configs, 0xa5, sizeof(configs));
	return config_read(tree, &board, configs, 4);
}

/* --- board --- */

static void board_is_found(void **state)
{
	(void)state;
	assert_int_equal(board_read(tree, &board), BOARD_OK);
	assert_int_equal(board.memory_count, 1);
	assert_int_equal(board.memory[0].base, 0x40000000);
	assert_int_equal(board.memory[0].size, 0x40000000);
	assert_int_equal(board.reserved_count, 3);
	assert_true(board.reserved[0].base == (uintptr_t)tree);
	assert_int_equal(board.reserved[1].base, 0x43000000);
	assert_int_equal(board.reserved[2].base, 0x42000000);
	assert_int_equal(board.uart, 0x09000000);
	assert_int_equal(board.uart_intid, 33);
	assert_int_equal(board.rtc, 0x09010000);
	assert_int_equal(board.tee_intid, 219);
	assert_int_equal(board.gicd, 0x08000000);
	assert_int_equal(board.gicr, 0x080a0000);
	assert_int_equal(board.gicr_size, 0xf60000);
	assert_int_equal(board.cpu_count, 2);
	assert_int_equal(board.mpidr[0] + board.mpidr[1], 1);
	assert_int_equal(board.rng_seed_size, 32);
	assert_int_equal(board.rng_seed[3], 1);
}

static void what_the_board_lacks_is_told(void **state)
{
	(void)state;
	set_text("/psci", "method", "hvc");
	assert_int_equal(board_read(tree, &board), BOARD_NO_PSCI);
	set_text("/psci", "method", "smc");
	set_text("/intc@8000000", "status", "disabled");
	assert_int_equal(board_read(tree, &board), BOARD_NO_GIC);
	set_text("/intc@8000000", "status", "okay");
	set_text("/memory@40000000", "status", "disabled");
	assert_int_equal(board_read(tree, &board), BOARD_NO_MEMORY);
	for (enum board_error e = BOARD_OK; e <= BOARD_NO_GIC; e++)
		assert_non_null(board_error_text(e));
}

static void numbers_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	CELLS("/reserved-memory/shm@42000000", "reg", 0xffffffff, 0xfffff000, 0, 0x2000);
	assert_int_equal(board_read(tree, &board), BOARD_BAD_TREE);
	CELLS("/reserved-memory/shm@42000000", "reg", 0, 0x42000000, 0);
	assert_int_equal(board_read(tree, &board), BOARD_BAD_TREE);
	CELLS("/reserved-memory/shm@42000000", "reg", 0, 0x42000000, 0, 0x1000);
	CELLS("/memory@40000000", "reg", 0x00010000, 0, 0, 0x1000);
	assert_int_equal(board_read(tree, &board), BOARD_BAD_TREE);
	CELLS("/memory@40000000", "reg", 0, 0x40000000, 0, 0x1000, 0, 0x80000000, 0, 0);
	assert_int_equal(board_read(tree, &board), BOARD_OK);
	assert_int_equal(board.memory_count, 1);
	CELLS("/cpus/cpu@1", "reg", 0x80000000);
	assert_int_equal(board_read(tree, &board), BOARD_BAD_TREE);
	CELLS("/cpus", "#address-cells", 3);
	assert_int_equal(board_read(tree, &board), BOARD_NO_CPU);
}

static void devices_behind_a_bus_are_translated(void **state)
{
	(void)state;
	add_node("/", "soc");
	CELLS("/soc", "#address-cells", 1);
	CELLS("/soc", "#size-cells", 1);
	CELLS("/soc", "ranges", 0x1000, 0, 0x70001000, 0x1000, 0x8000, 0, 0x60000000, 0x10000);
	add_node("/soc", "serial@9000");
	set_text("/soc/serial@9000", "compatible", "arm,pl011");
	CELLS("/soc/serial@9000", "reg", 0x9000, 0x1000);
	CELLS("/soc/serial@9000", "interrupts", 1, 5, 4);
	set_text("/chosen", "stdout-path", "/soc/serial@9000");
	assert_int_equal(board_read(tree, &board), BOARD_OK);
	assert_int_equal(board.uart, 0x60001000);
	assert_int_equal(board.uart_intid, 21);
	remove_property("/soc", "ranges");
	assert_int_equal(board_read(tree, &board), BOARD_OK);
	assert_int_equal(board.uart, 0);
}

static void damaged_trees_do_no_harm(void **state)
{
	static _Alignas(8) char copy[65536];

	(void)state;
	assert_int_equal(fdt_pack(tree), 0);
	memcpy(copy, tree, sizeof(copy));
	srand(1);
	for (unsigned round = 0; round < 20000; round++) {
		size_t size = fdt_totalsize(copy);
		unsigned flips = 1 + (unsigned)rand() % 4;

		for (unsigned i = 0; i < flips; i++)
			tree[8 + (size_t)rand() % (size - 8)] = (char)rand();
		if (board_read(tree, &board) == BOARD_OK)
			(void)config_read(tree, &board, configs, 4);
		world_clear();
		memcpy(tree, copy, size);
	}
}

static void free_ram_is_ram_that_nothing_reserves(void **state)
{
	(void)state;
	assert_int_equal(board_read(tree, &board), BOARD_OK);
	assert_true(board_is_free_ram(&board, 0x40000000, 0x2000000));
	assert_false(board_is_free_ram(&board, 0x40000000, 0x2000001));
	assert_false(board_is_free_ram(&board, 0x42100000, 0x1000));
	assert_false(board_is_free_ram(&board, 0x7ffff000, 0x1001));
	assert_false(board_is_free_ram(&board, 0x3ffff000, 0x2000));
	assert_false(board_is_free_ram(&board, 0x50000000, ~0ull));
	assert_false(board_is_free_ram(&board, 0x50000000, 0));
}

/* --- configuration --- */

static void vms_are_read_in_order(void **state)
{
	const struct tee_quota usual = TEE_QUOTA_DEFAULT;

	(void)state;
	assert_int_equal(fdt_del_node(tree, node_at("/chosen/a")), 0);
	add_vm("b"); /* libfdt adds in front: written last, read first */
	add_vm("a");
	add_node("/chosen/a", "module@4a000000");
	set_text("/chosen/a/module@4a000000", "compatible", "multiboot,ramdisk");
	CELLS("/chosen/a/module@4a000000", "reg", 0, 0x4a000000, 0, 12345);
	CELLS("/chosen/a", "teevisor,load-address", 0, 0x40200000);
	CELLS("/chosen/a", "teevisor,dtb-address", 0, 0x40000000);
	add_node("/chosen/a", "tee");
	set_text("/chosen/a/tee", "compatible", "teevisor,tee");
	set_text("/chosen/a/tee", "mode", "shared");
	CELLS("/chosen/a/tee", "shared-pages", 100);
	assert_int_equal(read_all(), 2);
	assert_string_equal(configs[0].name, "a");
	assert_int_equal(configs[0].cpus, 2);
	assert_int_equal(configs[0].memory, MIB(256));
	assert_int_equal(configs[0].kernel.pa, 0x48000000);
	assert_int_equal(configs[0].kernel_size, 0x1000000);
	assert_int_equal(configs[0].ramdisk.pa, 0x4a000000);
	assert_int_equal(configs[0].ramdisk_size, 12345);
	assert_string_equal(configs[0].bootargs, "console=ttyAMA0");
	assert_int_equal(configs[0].load_address, 0x40200000);
	assert_int_equal(configs[0].dtb_address, 0x40000000);
	assert_int_equal(configs[0].tee, VM_TEE_SHARED);
	assert_int_equal(configs[0].quota.shared_pages, 100);
	assert_int_equal(configs[0].quota.buffers, usual.buffers);
	assert_string_equal(configs[1].name, "b");
	assert_true(configs[0].control && !configs[1].control);
	assert_int_equal(configs[1].ramdisk_size, 0);
	assert_int_equal(configs[1].tee, VM_TEE_NONE);
	expect_sent("");
}

/* The one VM is left out, and the log says that it is because of `property`. */
static void expect_refused(const char *property)
{
	char start[64];

	snprintf(start, sizeof(start), "[hyp] /chosen/a: %s: ", property);
	assert_int_equal(read_all(), 0);
	assert_memory_equal(world.sent, start, strlen(start));
	world_clear();
	(void)make_tree(NULL);
}

static void wrong_descriptions_are_told_and_left_out(void **state)
{
	(void)state;
	CELLS("/chosen/a", "cpus", 9);
	expect_refused("cpus");
	CELLS("/chosen/a", "cpus", 0);
	expect_refused("cpus");
	CELLS("/chosen/a", "memory", 0, 262145);
	expect_refused("memory");
	CELLS("/chosen/a", "memory", 262144);
	expect_refused("memory");
	CELLS("/chosen/a", "memory", 0xffffffff, 0xfffff800);
	expect_refused("memory");
	CELLS("/chosen/a", "teevisor,load-address", 0, 0x50000000);
	expect_refused("teevisor,load-address");
	CELLS("/chosen/a", "teevisor,dtb-address", 0, 0x3ffffff8);
	expect_refused("teevisor,dtb-address");
	CELLS("/chosen/a", "teevisor,dtb-address", 0, 0x40000004);
	expect_refused("teevisor,dtb-address");
	CELLS("/chosen/a/module@48000000", "reg", 0, 0x41ff0000, 0, 0x1000000);
	expect_refused("kernel");
	CELLS("/chosen/a/module@48000000", "reg", 0, 0x48000000, 0, 0);
	expect_refused("kernel");
	remove_property("/chosen/a/module@48000000", "reg");
	expect_refused("kernel");
	set_text("/chosen/a/module@48000000", "compatible", "something");
	expect_refused("kernel");
	CELLS("/chosen/a/module@48000000", "bootargs", 0x41414141);
	expect_refused("bootargs");
	add_node("/chosen/a", "tee");
	set_text("/chosen/a/tee", "compatible", "teevisor,tee");
	set_text("/chosen/a/tee", "mode", "mine");
	expect_refused("mode");
}

static void one_wrong_vm_does_not_stop_another(void **state)
{
	(void)state;
	add_vm("hyp");
	add_vm("a@1");
	assert_int_equal(read_all(), 1);
	assert_non_null(strstr(world.sent, "/chosen/hyp: its name: "));
	assert_non_null(strstr(world.sent, "is that of another VM"));
}

/* --- image --- */

static struct vm_config shape(uint64_t memory, uint64_t kernel, uint64_t ramdisk)
{
	return (struct vm_config){.name = "s",
				  .cpus = 1,
				  .memory = memory,
				  .kernel_size = kernel,
				  .ramdisk_size = ramdisk,
				  .bootargs = ""};
}

static void make_header(unsigned char *file, uint64_t offset, uint64_t size, uint64_t flags)
{
	memset(file, 0, 64);
	memcpy(file + 8, &offset, 8);
	memcpy(file + 16, &size, 8);
	memcpy(file + 24, &flags, 8);
	memcpy(file + 56, "ARM\x64", 4);
}

static void image_goes_where_its_header_says(void **state)
{
	struct vm_config c = shape(MIB(512), MIB(30), MIB(10));
	struct image_layout l;
	unsigned char file[64];

	(void)state;
	make_header(file, 0, MIB(33), 0xa);
	assert_null(image_plan(&c, file, &l));
	assert_int_equal(l.kernel, 0x40000000);
	assert_int_equal(l.kernel_span, MIB(33));
	assert_int_equal(l.ramdisk, 0x48000000);
	assert_int_equal(l.tree, 0x48a00000);
	make_header(file, 0x80000, 0, 0); /* size not told: an old kernel */
	assert_null(image_plan(&c, file, &l));
	assert_int_equal(l.kernel, 0x40080000);
	c.load_address = 0x40400000;
	assert_non_null(image_plan(&c, file, &l));
	c.load_address = 0x40480000;
	c.dtb_address = 0x48000000;
	assert_null(image_plan(&c, file, &l));
	assert_int_equal(l.tree, 0x48000000);
	assert_false(ranges_overlap(l.ramdisk, MIB(10), l.tree, GUEST_TREE_SIZE));
}

static void flat_binary_has_its_tree_far_behind_it(void **state)
{
	struct vm_config c = shape(MIB(64), MIB(1), 1000);
	struct image_layout l;
	unsigned char file[64] = {0};

	(void)state;
	assert_null(image_plan(&c, file, &l));
	assert_int_equal(l.kernel, 0x40080000);
	assert_int_equal(l.ramdisk, 0x42000000);
	assert_int_equal(l.tree, 0x42200000);
	c.load_address = 0x40000000;
	assert_null(image_plan(&c, file, &l));
	assert_int_equal(l.kernel, 0x40000000);
	assert_true(l.tree >= 0x42000000);
	c.dtb_address = 0x40001000;
	assert_string_equal(image_plan(&c, file, &l), "dtb-address: inside the kernel");
}

static void plans_never_overlap_nor_leave_ram(void **state)
{
	unsigned planned = 0;

	(void)state;
	srand(2);
	for (unsigned round = 0; round < 200000; round++) {
		struct vm_config c = shape(MIB(2) * (1 + (unsigned)rand() % 64), 64, 0);
		unsigned char file[64] = {0};
		struct image_layout l;

		c.kernel_size += (uint64_t)rand() % MIB(70);
		if (rand() % 2)
			c.ramdisk_size = (uint64_t)rand() % MIB(70);
		if (rand() % 4 == 0)
			c.load_address =
				VM_RAM_BASE + align_down((uint64_t)rand() % c.memory, KIB(512));
		if (rand() % 4 == 0)
			c.dtb_address = VM_RAM_BASE + align_down((uint64_t)rand() % c.memory, 8);
		if (rand() % 2)
			make_header(file, (uint64_t)(rand() % 5) * 0x80000,
				    rand() % 8 ? (uint64_t)rand() % MIB(99)
					       : UINT64_MAX - (uint64_t)rand(),
				    0);
		if (image_plan(&c, file, &l) != NULL)
			continue;
		planned++;
		assert_true(range_inside(l.kernel - VM_RAM_BASE, l.kernel_span, c.memory));
		assert_true(l.kernel_span >= c.kernel_size);
		assert_true(range_inside(l.tree - VM_RAM_BASE, GUEST_TREE_SIZE, c.memory));
		assert_true(is_aligned(l.tree, 8));
		assert_false(ranges_overlap(l.kernel, l.kernel_span, l.tree, GUEST_TREE_SIZE));
		if (c.ramdisk_size == 0)
			continue;
		assert_true(range_inside(l.ramdisk - VM_RAM_BASE, c.ramdisk_size, c.memory));
		assert_false(ranges_overlap(l.ramdisk, c.ramdisk_size, l.tree, GUEST_TREE_SIZE));
		assert_false(ranges_overlap(l.ramdisk, c.ramdisk_size, l.kernel, l.kernel_span));
	}
	assert_true(planned > 20000);
}

static void ram_is_filled_as_planned(void **state)
{
	static const char ramdisk[] = "a ramdisk";
	struct vm *vm = &world_vm[0];
	struct image_layout layout;
	uint64_t done = 0;
	unsigned char kernel[4096];
	char *ram = calloc(1, MIB(4));
	const fdt32_t *cells;
	const char *fdt;
	int length;

	(void)state;
	memset(kernel, 0x1f, sizeof(kernel));
	make_header(kernel, 0, 0x10000, 0);
	vm->config = shape(MIB(4), sizeof(kernel), sizeof(ramdisk));
	vm->config.kernel = pa((uintptr_t)kernel);
	vm->config.ramdisk = pa((uintptr_t)ramdisk);
	vm->ram = pa((uintptr_t)ram);
	vm->ram_size = MIB(4);
	assert_null(image_begin(vm, &layout));
	assert_false(image_copy_kernel(vm, &layout, &done, 4000));
	assert_int_equal(done, 4000);
	assert_true(image_copy_kernel(vm, &layout, &done, 4000));
	assert_int_equal(done, sizeof(kernel));
	done = 0;
	assert_true(image_copy_ramdisk(vm, &layout, &done, 4000));
	assert_int_equal(layout.kernel, 0x40000000);
	assert_memory_equal(ram, kernel, sizeof(kernel));
	fdt = ram + (layout.tree - VM_RAM_BASE);
	assert_int_equal(fdt_check_full(fdt, GUEST_TREE_SIZE), 0);
	cells = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "linux,initrd-start", &length);
	assert_int_equal(length, 8);
	assert_string_equal(ram + fdt32_to_cpu(cells[1]) - VM_RAM_BASE, ramdisk);
	assert_int_equal(world.cleaned, sizeof(kernel) + sizeof(ramdisk) + GUEST_TREE_SIZE);
	free(ram);
}

/* --- the guest's tree --- */

static void guests_tree_describes_the_vm_to_our_own_reader(void **state)
{
	static const struct tee_node tee = {"/firmware", "optee", "linaro,optee-tz", true, true};
	static _Alignas(8) char out[GUEST_TREE_SIZE], again[GUEST_TREE_SIZE];
	struct guest_tree_args args = {0x48000000, 0x1000};
	struct vm *vm = &world_vm[0];
	const fdt32_t *irq;
	int node;

	(void)state;
	vm->ram_size = MIB(256);
	vm->tee_node = &tee;
	vm->config.bootargs = "quiet";
	assert_true(guest_tree_build(vm, &args, out, sizeof(out)));
	assert_true(guest_tree_build(vm, &args, again, sizeof(again)));
	assert_int_equal(fdt_check_full(out, sizeof(out)), 0);
	assert_int_equal(board_read(out, &board), BOARD_NO_PSCI); /* it is by HVC */
	assert_int_equal(board.memory[0].base, VM_RAM_BASE);
	assert_int_equal(board.memory[0].size, MIB(256));
	assert_int_equal(board.cpu_count, 2);
	node = fdt_path_offset(out, "/firmware/optee");
	assert_string_equal(fdt_getprop(out, node, "method", NULL), "smc");
	irq = fdt_getprop(out, node, "interrupts", NULL);
	assert_int_equal(fdt32_to_cpu(irq[0]), 0); /* SPI */
	assert_int_equal(fdt32_to_cpu(irq[1]), VDEV_TEE_INTID - 32);
	assert_int_equal(fdt32_to_cpu(irq[2]), 1); /* rising edge */
	node = fdt_path_offset(out, "/chosen");
	assert_string_equal(fdt_getprop(out, node, "bootargs", NULL), "quiet");
	assert_true(fdt_path_offset(out, fdt_getprop(out, node, "stdout-path", NULL)) >= 0);
	assert_memory_not_equal(fdt_getprop(out, node, "rng-seed", NULL),
				fdt_getprop(again, node, "rng-seed", NULL), 64);
	vm->tee_node = NULL;
	assert_true(guest_tree_build(vm, &args, out, sizeof(out)));
	assert_true(fdt_path_offset(out, "/firmware") < 0);
}

static void the_serial_device_is_in_the_tree_of_the_vm_that_has_it(void **state)
{
	static _Alignas(8) char out[GUEST_TREE_SIZE];
	static struct vserial serial;
	struct guest_tree_args args = {0};
	const fdt32_t *cells;
	int node;

	(void)state;
	world_vm[0].ram_size = MIB(4);
	assert_true(guest_tree_build(&world_vm[0], &args, out, sizeof(out)));
	assert_true(fdt_path_offset(out, "/virtio_mmio@a000000") < 0);
	world_vm[0].serial = &serial;
	assert_true(guest_tree_build(&world_vm[0], &args, out, sizeof(out)));
	node = fdt_path_offset(out, "/virtio_mmio@a000000");
	assert_int_equal(fdt_node_check_compatible(out, node, "virtio,mmio"), 0);
	cells = fdt_getprop(out, node, "reg", NULL);
	assert_int_equal(fdt32_to_cpu(cells[1]), VDEV_VIRTIO_BASE);
	assert_int_equal(fdt32_to_cpu(cells[3]), 0x200);
	cells = fdt_getprop(out, node, "interrupts", NULL);
	assert_int_equal(fdt32_to_cpu(cells[1]), 16);
	assert_int_equal(fdt32_to_cpu(cells[2]), 4); /* level */
}

static void bootargs_too_long_are_refused(void **state)
{
	static _Alignas(8) char out[GUEST_TREE_SIZE];
	static char bootargs[GUEST_TREE_SIZE];
	struct guest_tree_args args = {0};

	(void)state;
	memset(bootargs, 'x', sizeof(bootargs) - 1);
	world_vm[0].ram_size = MIB(4);
	world_vm[0].config.bootargs = bootargs;
	assert_false(guest_tree_build(&world_vm[0], &args, out, sizeof(out)));
	bootargs[8192] = '\0';
	assert_true(guest_tree_build(&world_vm[0], &args, out, sizeof(out)));
	for (size_t size = 64; size < 8192; size += 8)
		assert_false(guest_tree_build(&world_vm[0], &args, out, size));
}

#define T(f) cmocka_unit_test_setup(f, make_tree)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(board_is_found),
		T(what_the_board_lacks_is_told),
		T(numbers_that_make_no_sense_are_refused),
		T(devices_behind_a_bus_are_translated),
		T(damaged_trees_do_no_harm),
		T(free_ram_is_ram_that_nothing_reserves),
		T(vms_are_read_in_order),
		T(wrong_descriptions_are_told_and_left_out),
		T(one_wrong_vm_does_not_stop_another),
		T(image_goes_where_its_header_says),
		T(flat_binary_has_its_tree_far_behind_it),
		T(plans_never_overlap_nor_leave_ram),
		T(ram_is_filled_as_planned),
		T(guests_tree_describes_the_vm_to_our_own_reader),
		T(the_serial_device_is_in_the_tree_of_the_vm_that_has_it),
		T(bootargs_too_long_are_refused),
	};

	return cmocka_run_group_tests_name("trees and images", tests, NULL, NULL);
}
