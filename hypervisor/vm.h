/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual machine: its memory, its vCPUs, its devices, its TEE. Made by vm_create() from a
 * description (the board's tree, config.c, or the control channel), started, stopped, destroyed at
 * any time. Its struct and those of its vCPUs are never freed: a pointer to one is always good,
 * but may be to a VM that came later.
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

/* The id of the control VM, which no other VM gets (vm_config.control). */
#define VM_CONTROL 0u

#define VM_BOOTARGS_MAX 2048u	/* with the final NUL; as much as Linux takes */
#define VM_LOAD_MAX	KIB(64) /* one vm_load() */

enum vm_tee_mode { VM_TEE_NONE, VM_TEE_SHARED };

/*
 * What its description says of a VM. Never changed after vm_create(). kernel.pa 0: the VM is given
 * its images by vm_load() and keeps them, so that it can start again; else both images are memory
 * that stays where and as it is.
 */
struct vm_config {
	char name[VM_NAME_MAX];
	bool control; /* the control VM: the first of the board's tree, and nobody later */
	uint32_t cpus;
	uint64_t memory; /* bytes, a multiple of 2 MiB */
	pa_t kernel;
	uint64_t kernel_size;
	pa_t ramdisk; /* size 0: none */
	uint64_t ramdisk_size;
	const char *bootargs;  /* never NULL; vm_create() copies it */
	uint64_t load_address; /* IPA; 0: where the Image header says, or RAM + 0x80000 */
	uint64_t dtb_address;  /* IPA; 0: chosen at load */
	enum vm_tee_mode tee;
	struct tee_quota quota;
};

/*
 * The life of a VM. All changes are lifecycle.c's, under the scheduler's lock (sched.h), but the
 * first, which is vm_create()'s.
 *
 *   FREE - MAKING - STOPPED - STARTING - RUNNING - PAUSED
 *                      |          |         |        |
 *                      |          |         +--------+
 *                      |          |         |
 *                      |          |      STOPPING
 *                      |          |         |
 *                      +----- FINISHING ----+
 *
 * Anybody may ask, on any CPU: the functions below change the state and return, and vm_work() does
 * the rest. What comes after FINISHING is said by `after`: STARTING, STOPPED, FREE. A VM comes
 * from RUNNING to STOPPING by its own doing too: PSCI's SYSTEM_OFF and SYSTEM_RESET, and its last
 * vCPU's CPU_OFF.
 */
enum vm_state {
	VM_FREE,	/* no VM has this id */
	VM_MAKING,	/* nor yet: vm_create() allocates. Seen by nobody else */
	VM_STOPPED,	/* has its memory, whose content means nothing; no TEE, no vCPU on */
	VM_STARTING,	/* vm_work() fills its memory and asks for its TEE */
	VM_RUNNING,	/* vCPUs may run */
	VM_PAUSED,	/* those that run leave the guest as they trap, and stay out */
	VM_STOPPING,	/* those that run leave it for good; the last one changes the state */
	VM_FINISHING,	/* all have left: vm_work() takes its TEE away */
	VM_QUARANTINED, /* the TEE did not let go: its memory and its id are lost for ever */
};

/* A later one wins over an earlier one. */
enum vm_after { VM_AFTER_START, VM_AFTER_STOP, VM_AFTER_DESTROY };

/* Why something was not done; nothing has changed then. */
enum vm_error {
	VM_OK,
	VM_ERROR_NAME,
	VM_ERROR_NAME_TAKEN,
	VM_ERROR_CPUS,
	VM_ERROR_MEMORY,
	VM_ERROR_ADDRESS,
	VM_ERROR_QUOTA,
	VM_ERROR_BOOTARGS,
	VM_ERROR_IMAGES,    /* sizes that cannot be */
	VM_ERROR_FULL,	    /* no id is free */
	VM_ERROR_NO_MEMORY, /* of the board */
	VM_ERROR_STATE,	    /* not in the state that the VM is in */
	VM_ERROR_QUARANTINED,
	VM_ERROR_RANGE,	     /* a piece that is not the next one, or beyond the end */
	VM_ERROR_NOT_LOADED, /* start before the images are whole */
	VM_ERROR_LAYOUT,     /* kernel and ramdisk have no place in memory; the log says more */
};

enum vm_image { VM_KERNEL, VM_RAMDISK, VM_IMAGES };

struct vserial;

struct vm {
	uint32_t id; /* index, and VMID - 1 */
	struct vm_config config;
	enum vm_state state;
	enum vm_after after; /* FINISHING; STOPPING likewise */
	uint32_t running;    /* vCPUs not OFF */
	bool held;	     /* vm_load() is copying: vm_work() keeps away. The scheduler's lock */

	bool own_images;
	uint64_t loaded[VM_IMAGES]; /* bytes, of own images */
	char bootargs[VM_BOOTARGS_MAX];

	/* One run of physical memory behind VM_RAM_BASE, from vm_create() to the end. */
	pa_t ram;
	uint64_t ram_size;
	uint16_t *pins; /* per page of RAM: how often the mediator has it pinned */
	uint64_t vttbr;

	struct vcpu *vcpu[VCPUS_MAX];
	struct vgic vgic;
	struct vuart uart;
	struct vrtc rtc;
	struct vserial *serial; /* NULL: not the control VM */

	struct tee_vm *tee; /* NULL: no TEE */
	const struct tee_node *tee_node;
	uint64_t tee_owners_fast, tee_owners_yielding; /* owning entities that are its own */
	struct spinlock tee_lock;		       /* port->lock, and changes of `tee` */
	struct spinlock pin_lock;		       /* pins */
	void *tee_memory;
	uint64_t tee_memory_size;
};

/* VM n, or NULL when there is no such VM. */
struct vm *vm_by_id(uint32_t id);

/* The VM with the lowest id that is not below `from`, NULL: none. For a walk over all. */
struct vm *vm_next(uint32_t from);

/*
 * The host address of `size` bytes of the VM's RAM at an IPA, NULL if not all of it is RAM. Another
 * vCPU may change the memory at any time.
 */
void *vm_memory(const struct vm *vm, ipa_t at, uint64_t size);

/*
 * A new VM, STOPPED, with all the memory that it will ever have: what may fail for want of memory
 * fails here. Takes time for the size of its page tables only.
 */
enum vm_error vm_create(const struct vm_config *config, struct vm **out);

/*
 * The next bytes, at most VM_LOAD_MAX, of an image of a VM that is STOPPED and keeps its own:
 * `offset` is where the last piece ended, or 0 to begin again. One caller at a time for a VM.
 */
enum vm_error vm_load(struct vm *vm, enum vm_image image, uint64_t offset, const void *bytes,
		      uint64_t size);

/*
 * Requests. Nobody here asks who asks: that VM 0 does not pause or end itself by its own control
 * channel is the channel's business; from the hypervisor's console it may be done.
 *
 * vm_start: of a STOPPED VM. vm_pause: of a RUNNING one, in whatever state its calls of the TEE
 * are; its clocks and timers go on, as under KVM. vm_resume: of a PAUSED one.
 */
enum vm_error vm_start(struct vm *vm);
enum vm_error vm_pause(struct vm *vm);
enum vm_error vm_resume(struct vm *vm);

/*
 * Switch it off at once, whatever it does; then start it anew, leave it STOPPED, or destroy it. A
 * stronger wish replaces a weaker one that is not fulfilled yet. STOPPED VMs can be destroyed only.
 */
enum vm_error vm_end(struct vm *vm, enum vm_after after);

/* The guest asks for the same. Nothing if somebody else did before. */
void vm_end_by_guest(struct vm *vm, enum vm_after after);

/* A sentence for people, without full stop; a word. */
const char *vm_error_text(enum vm_error error);
const char *vm_state_text(enum vm_state state);

/* --- for the scheduler --- */

/* The last vCPU of the VM is off. The scheduler's lock is held. */
void vm_all_off(struct vm *vm);

/* There is a VM on its way that no CPU works on. */
bool vm_work_wanted(void);

/*
 * Bring one VM on its way a bit further: until CNTPCT is `until`, or this CPU has something else to
 * do, or all is done. No lock is held. At most one CPU does it at a time.
 */
void vm_work(uint64_t until);

/* --- between vm.c and lifecycle.c --- */

/* Give all its memory back. No vCPU runs, the TEE has let go. */
void vm_put_memory(struct vm *vm);

/* The scheduler's lock is held. */
void vm_set_state(struct vm *vm, enum vm_state state);

#endif
