/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual machine: its memory, its vCPUs, its devices, its TEE. Created from a node of the
 * board's device tree (config.c), started by vm_start(), stopped by the guest (PSCI) or by a fault.
 */
#ifndef HYPERVISOR_VM_H
#define HYPERVISOR_VM_H

#include "hypervisor/devices.h"
#include "hypervisor/vcpu.h"
#include "hypervisor/vgic.h"
#include "mediator/backend.h"

#define VMS_MAX	    16u
#define VM_NAME_MAX 32u
#define VM_RAM_BASE 0x40000000ull

enum vm_tee_mode { VM_TEE_NONE, VM_TEE_SHARED };

/* What the machine's description says of a VM. Filled by config.c, never changed afterwards. */
struct vm_config {
	char name[VM_NAME_MAX];
	uint32_t cpus;
	uint64_t memory; /* bytes, a multiple of 2 MiB */
	pa_t kernel;
	uint64_t kernel_size;
	pa_t ramdisk; /* size 0: none */
	uint64_t ramdisk_size;
	const char *bootargs;  /* inside the board's tree, never NULL */
	uint64_t load_address; /* IPA; 0: where the Image header says, or RAM + 0x80000 */
	uint64_t dtb_address;  /* IPA; 0: chosen at load */
	enum vm_tee_mode tee;
	struct tee_quota quota;
};

/*
 * STOPPED: has no memory and no TEE. RUNNING. STOPPING: its end was asked for; vCPUs leave the
 * guest as they trap. FINISHING: all have left; one CPU takes memory and TEE away, and starts the
 * VM anew if `reboot`. Changed under the scheduler's lock (sched.h).
 */
enum vm_state { VM_STOPPED, VM_RUNNING, VM_STOPPING, VM_FINISHING };

struct vm {
	uint32_t id; /* index, and VMID - 1 */
	struct vm_config config;
	enum vm_state state;
	bool reboot;	  /* after STOPPING: start again */
	uint32_t running; /* vCPUs not OFF */

	/* One run of physical memory behind VM_RAM_BASE. size 0: none yet. */
	pa_t ram;
	uint64_t ram_size;
	uint16_t *pins; /* per page of RAM: how often the mediator has it pinned */
	uint64_t vttbr;

	struct vcpu *vcpu[VCPUS_MAX];
	struct vgic vgic;
	struct vuart uart;
	struct vrtc rtc;

	struct tee_vm *tee; /* NULL: no TEE */
	const struct tee_node *tee_node;
	uint64_t tee_owners_fast, tee_owners_yielding; /* owning entities that are its own */
	struct spinlock tee_lock;		       /* port->lock */
	struct spinlock pin_lock;		       /* pins */
	void *tee_memory;
	uint64_t tee_memory_size;
};

/* VM n, or NULL when the machine has no such VM. */
struct vm *vm_by_id(uint32_t id);
uint32_t vm_count(void);

/*
 * The host address of `size` bytes of the VM's RAM at an IPA, NULL if not all of it is RAM. Another
 * vCPU may change the memory at any time.
 */
void *vm_memory(const struct vm *vm, ipa_t at, uint64_t size);

/* Make the VMs that are described; vm_start() then starts one. */
void vm_init(const struct vm_config *configs, uint32_t number);
void vm_start(struct vm *vm);

/* Take apart each VM that has stopped; power the board off after the last. From the scheduler. */
void vm_finish_stopped(void);

#endif
