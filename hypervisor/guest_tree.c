/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/guest_tree.h, with libfdt's sequential writer, front to back. One function per node,
 * in the order of nodes[]. An error sticks: after the first, libfdt refuses the rest, and the end
 * tells. The TEE is called by SMC, which traps to us as HVC does and is what its drivers know from
 * boards without a hypervisor.
 */
#include "hypervisor/guest_tree.h"
#include "hypervisor/random.h"
#include "lib/print.h"
#include "lib/util.h"
#include <libfdt.h>
#include <string.h>

enum { PHANDLE_GIC = 1, PHANDLE_CLOCK = 2 };

/* arm,gic-v3: interrupt type and trigger. */
#define GIC_SPI	  0u
#define GIC_PPI	  1u
#define GIC_EDGE  1u
#define GIC_LEVEL 4u

#define RNG_SEED_BYTES	 64u
#define KASLR_SEED_BYTES 8u

struct writer {
	const struct vm *vm;
	const struct guest_tree_args *args;
	void *fdt;
	bool failed;
};

static void check(struct writer *w, int result)
{
	if (result < 0)
		w->failed = true;
}

static void begin(struct writer *w, const char *name)
{
	check(w, fdt_begin_node(w->fdt, name));
}

static void end(struct writer *w)
{
	check(w, fdt_end_node(w->fdt));
}

static void bytes(struct writer *w, const char *name, const void *value, size_t size)
{
	check(w, fdt_property(w->fdt, name, value, (int)size));
}

static void string(struct writer *w, const char *name, const char *value)
{
	bytes(w, name, value, strlen(value) + 1);
}

static void cells(struct writer *w, const char *name, const uint32_t *values, size_t count)
{
	void *to;

	if (fdt_property_placeholder(w->fdt, name, (int)(count * 4), &to) < 0) {
		w->failed = true;
		return;
	}
	for (size_t i = 0; i < count; i++)
		fdt32_st((uint8_t *)to + i * 4, values[i]);
}

static void cell(struct writer *w, const char *name, uint32_t value)
{
	cells(w, name, &value, 1);
}

static void number(struct writer *w, const char *name, uint64_t value)
{
	const uint32_t v[] = {(uint32_t)(value >> 32), (uint32_t)value};

	cells(w, name, v, 2);
}

/* Base and size, each in two cells. */
static void reg(struct writer *w, uint64_t base, uint64_t size)
{
	const uint32_t v[] = {(uint32_t)(base >> 32), (uint32_t)base, (uint32_t)(size >> 32),
			      (uint32_t)size};

	cells(w, "reg", v, 4);
}

static void seed(struct writer *w, const char *name, size_t size)
{
	uint8_t value[RNG_SEED_BYTES];

	random_bytes(value, sizeof(value));
	bytes(w, name, value, size);
}

static void chosen(struct writer *w)
{
	begin(w, "chosen");
	string(w, "bootargs", w->vm->config.bootargs);
	string(w, "stdout-path", "/pl011@9000000");
	if (w->args->ramdisk_size != 0) {
		number(w, "linux,initrd-start", w->args->ramdisk);
		number(w, "linux,initrd-end", w->args->ramdisk + w->args->ramdisk_size);
	}
	seed(w, "rng-seed", RNG_SEED_BYTES);
	seed(w, "kaslr-seed", KASLR_SEED_BYTES);
	end(w);
}

static void memory(struct writer *w)
{
	begin(w, "memory@40000000");
	string(w, "device_type", "memory");
	reg(w, VM_RAM_BASE, w->vm->ram_size);
	end(w);
}

static void cpus(struct writer *w)
{
	char name[16];

	begin(w, "cpus");
	cell(w, "#address-cells", 1);
	cell(w, "#size-cells", 0);
	for (uint32_t i = 0; i < w->vm->config.cpus; i++) {
		print_format(name, sizeof(name), "cpu@%x", (unsigned)i);
		begin(w, name);
		string(w, "device_type", "cpu");
		string(w, "compatible", "arm,armv8");
		cell(w, "reg", i);
		string(w, "enable-method", "psci");
		end(w);
	}
	end(w);
}

static void psci(struct writer *w)
{
	static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2";

	begin(w, "psci");
	bytes(w, "compatible", compatible, sizeof(compatible));
	string(w, "method", "hvc");
	end(w);
}

/* Secure, non-secure, virtual, hypervisor's: PPIs 13, 14, 11, 10. */
static void timer(struct writer *w)
{
	static const uint32_t interrupts[] = {
		GIC_PPI, 13, GIC_LEVEL, GIC_PPI, 14, GIC_LEVEL,
		GIC_PPI, 11, GIC_LEVEL, GIC_PPI, 10, GIC_LEVEL,
	};

	begin(w, "timer");
	string(w, "compatible", "arm,armv8-timer");
	cells(w, "interrupts", interrupts, ARRAY_SIZE(interrupts));
	end(w);
}

static void gic(struct writer *w)
{
	const uint64_t redist_size = VDEV_GICR_STRIDE * w->vm->config.cpus;
	const uint32_t regs[] = {0, (uint32_t)VDEV_GICD_BASE, 0, (uint32_t)VDEV_GICD_SIZE,
				 0, (uint32_t)VDEV_GICR_BASE, 0, (uint32_t)redist_size};

	begin(w, "intc@8000000");
	string(w, "compatible", "arm,gic-v3");
	cell(w, "#interrupt-cells", 3);
	bytes(w, "interrupt-controller", "", 0);
	cell(w, "#address-cells", 2);
	cell(w, "#size-cells", 2);
	cells(w, "reg", regs, ARRAY_SIZE(regs));
	cell(w, "phandle", PHANDLE_GIC);
	end(w);
}

static void clock(struct writer *w)
{
	begin(w, "apb-pclk");
	string(w, "compatible", "fixed-clock");
	cell(w, "#clock-cells", 0);
	cell(w, "clock-frequency", 24000000);
	string(w, "clock-output-names", "clk24mhz");
	cell(w, "phandle", PHANDLE_CLOCK);
	end(w);
}

static void spi(struct writer *w, uint32_t intid, uint32_t trigger)
{
	const uint32_t v[] = {GIC_SPI, intid - 32, trigger};

	cells(w, "interrupts", v, ARRAY_SIZE(v));
}

static void uart(struct writer *w)
{
	static const char compatible[] = "arm,pl011\0arm,primecell";
	static const char names[] = "uartclk\0apb_pclk";
	static const uint32_t clocks[] = {PHANDLE_CLOCK, PHANDLE_CLOCK};

	begin(w, "pl011@9000000");
	bytes(w, "compatible", compatible, sizeof(compatible));
	reg(w, VDEV_UART_BASE, 0x1000);
	spi(w, VDEV_UART_INTID, GIC_LEVEL);
	cells(w, "clocks", clocks, ARRAY_SIZE(clocks));
	bytes(w, "clock-names", names, sizeof(names));
	end(w);
}

static void rtc(struct writer *w)
{
	static const char compatible[] = "arm,pl031\0arm,primecell";

	begin(w, "pl031@9010000");
	bytes(w, "compatible", compatible, sizeof(compatible));
	reg(w, VDEV_RTC_BASE, 0x1000);
	spi(w, VDEV_RTC_INTID, GIC_LEVEL);
	cell(w, "clocks", PHANDLE_CLOCK);
	string(w, "clock-names", "apb_pclk");
	end(w);
}

/* The control VM's; the other slots are empty. */
static void serial(struct writer *w)
{
	if (w->vm->serial == NULL)
		return;
	begin(w, "virtio_mmio@a000000");
	string(w, "compatible", "virtio,mmio");
	reg(w, VDEV_VIRTIO_BASE, VDEV_VIRTIO_SLOT);
	spi(w, VDEV_VIRTIO_INTID, GIC_LEVEL);
	bytes(w, "dma-coherent", "", 0);
	end(w);
}

/* The parent is the root, or a node directly below it ("/firmware") that nothing else writes. */
static void tee(struct writer *w)
{
	const struct tee_node *node = w->vm->tee_node;
	bool below_root;

	if (node == NULL)
		return;
	below_root = node->parent[1] == '\0';
	if (!below_root)
		begin(w, node->parent + 1);
	begin(w, node->name);
	string(w, "compatible", node->compatible);
	if (node->has_method)
		string(w, "method", "smc");
	if (node->has_interrupt)
		spi(w, VDEV_TEE_INTID, GIC_EDGE);
	end(w);
	if (!below_root)
		end(w);
}

static void (*const nodes[])(struct writer *w) = {
	chosen, memory, cpus, psci, timer, gic, clock, uart, rtc, serial, tee,
};

static void root(struct writer *w)
{
	begin(w, "");
	string(w, "compatible", "linux,dummy-virt");
	string(w, "model", "linux,dummy-virt");
	cell(w, "#address-cells", 2);
	cell(w, "#size-cells", 2);
	cell(w, "interrupt-parent", PHANDLE_GIC);
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		nodes[i](w);
	end(w);
}

bool guest_tree_build(const struct vm *vm, const struct guest_tree_args *args, void *buffer,
		      size_t size)
{
	struct writer w = {.vm = vm, .args = args, .fdt = buffer};

	check(&w, fdt_create(buffer, (int)size));
	check(&w, fdt_finish_reservemap(buffer));
	root(&w);
	check(&w, fdt_finish(buffer));
	return !w.failed;
}
