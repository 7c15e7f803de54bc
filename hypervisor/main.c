/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From head.S to the first guest: memory, console, interrupts, the TEE, VMs, the other CPUs. What
 * is missing on the board stops here with a sentence that says so.
 */
#include "abi/psci.h"
#include "arch/cache.h"
#include "arch/mmio.h"
#include "hypervisor/board.h"
#include "hypervisor/commands.h"
#include "hypervisor/config.h"
#include "hypervisor/console.h"
#include "hypervisor/memory.h"
#include "hypervisor/pages.h"
#include "hypervisor/pcpu.h"
#include "hypervisor/random.h"
#include "hypervisor/sched.h"
#include "hypervisor/tee.h"
#include "hypervisor/trace.h"
#include "lib/assert.h"
#include "lib/print.h"

NORETURN void main(const void *tree);
NORETURN void secondary_main(struct pcpu *p);

extern char secondary_entry[], stacks[];

static struct board_info board;
static struct vm_config configs[VMS_MAX];
static uint32_t config_count;
static bool console_up, stopping;

void panic(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	print_format_v(text, sizeof(text), format, args);
	va_end(args);
	if (console_up && !__atomic_exchange_n(&stopping, true, __ATOMIC_RELAXED)) {
		for (const char *c = "\r\n[hyp] PANIC: "; *c != '\0'; c++)
			console_panic_putc(*c);
		for (const char *c = text; *c != '\0'; c++)
			console_panic_putc(*c);
		console_panic_putc('\r');
		console_panic_putc('\n');
	}
	for (;;)
		wfi();
}

static void pcpu_init(uint32_t index, uint64_t mpidr)
{
	struct pcpu *p = &pcpus[index];

	p->index = index;
	p->mpidr = mpidr;
	p->stack = stacks + (uint64_t)(index + 1) * (GUARD_SIZE + STACK_SIZE);
}

static void cpu_init(struct pcpu *p)
{
	write_sysreg(tpidr_el2, (uintptr_t)p);
	context_cpu_init();
	irq_cpu_init(p);
	p->online = true;
}

static NORETURN void run(void)
{
	enter_guest(sched_run());
}

void secondary_main(struct pcpu *p)
{
	memory_cpu_init();
	cpu_init(p);
	tee_cpu_up();
	run();
}

static void start_cpus(void)
{
	for (uint32_t i = 1; i < pcpu_count; i++) {
		uint64_t answer = smc4(PSCI_CPU_ON_64, pcpus[i].mpidr, (uintptr_t)secondary_entry,
				       (uintptr_t)&pcpus[i]);

		if (answer != PSCI_SUCCESS)
			console_log("cpu%u: does not start (PSCI %ld)", i, (int64_t)answer);
	}
}

/* This CPU is number 0, whatever the tree lists first. */
static void number_cpus(void)
{
	uint64_t me = read_sysreg(mpidr_el1) & 0xff00ffffffull;
	uint32_t next = 1;

	pcpu_init(0, me);
	for (uint32_t i = 0; i < board.cpu_count && next < PCPUS_MAX; i++)
		if (board.mpidr[i] != me)
			pcpu_init(next++, board.mpidr[i]);
	pcpu_count = next;
	cache_clean_invalidate((uintptr_t)pcpus, sizeof(pcpus));
}

static void read_machine(const void *tree)
{
	enum board_error error = board_read(tree, &board);

	if (error != BOARD_OK)
		panic("the board's device tree: %s", board_error_text(error));
	memory_init(&board);
	number_cpus();
	write_sysreg(tpidr_el2, (uintptr_t)&pcpus[0]);
	console_init(board.uart);
	console_up = true;
	console_log("teevisor, %u CPUs", pcpu_count);
	random_init(board.rng_seed, board.rng_seed_size);
	vrtc_init(board.rtc == 0 ? 0 : mmio_read32(board.rtc));
}

/* Before the pool gives pages to anybody. */
static void read_vms(const void *tree)
{
	config_count = config_read(tree, &board, configs, VMS_MAX);
	for (uint32_t i = 0; i < config_count; i++) {
		pages_exclude(configs[i].kernel.pa, configs[i].kernel_size);
		pages_exclude(configs[i].ramdisk.pa, configs[i].ramdisk_size);
	}
}

static bool make_vm(const struct vm_config *config)
{
	struct vm *vm;
	enum vm_error error = vm_create(config, &vm);

	if (error == VM_OK)
		error = vm_start(vm);
	if (error != VM_OK)
		console_log("%s: %s", config->name, vm_error_text(error));
	return error == VM_OK;
}

static void make_vms(void)
{
	uint32_t made = 0;

	if (config_count == 0)
		panic("the device tree describes no VM");
	for (uint32_t i = 0; i < config_count; i++)
		made += make_vm(&configs[i]);
	if (made == 0)
		panic("no VM can be started");
}

void main(const void *tree)
{
	memory_early_init(tree);
	read_machine(tree);
	read_vms(tree);
	sched_init();
	irq_init(pa(board.gicd), pa(board.gicr), board.gicr_size, board.uart_intid);
	cpu_init(&pcpus[0]);
	commands_init(configs, config_count);
	trace_init();
	tee_init(board.tee_intid);
	make_vms();
	start_cpus();
	run();
}
