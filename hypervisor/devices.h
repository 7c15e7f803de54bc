/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual devices of a VM and the accesses that reach them. Addresses and interrupts are those
 * of QEMU's virt board.
 */
#ifndef HYPERVISOR_DEVICES_H
#define HYPERVISOR_DEVICES_H

#include "arch/spinlock.h"
#include "lib/types.h"

struct vm;
struct vcpu;

#define VDEV_FLASH_BASE	  0x04000000ull /* the bank that holds a boot loader's variables */
#define VDEV_FLASH_SIZE	  0x04000000ull
#define VDEV_GICD_BASE	  0x08000000ull
#define VDEV_GICD_SIZE	  0x00010000ull
#define VDEV_GICR_BASE	  0x080a0000ull
#define VDEV_GICR_STRIDE  0x20000ull
#define VDEV_UART_BASE	  0x09000000ull
#define VDEV_UART_INTID	  33u
#define VDEV_RTC_BASE	  0x09010000ull
#define VDEV_RTC_INTID	  34u
#define VDEV_TEE_INTID	  40u		/* no device of ours: the TEE's notifications */
#define VDEV_VIRTIO_BASE  0x0a000000ull /* slots of 0x200; the control VM has the first */
#define VDEV_VIRTIO_INTID 48u		/* of the first */
#define VDEV_VIRTIO_SLOT  0x200ull
#define VDEV_VIRTIO_SLOTS 32ull

/* One load or store: 1, 2, 4 or 8 bytes. value: what is stored, or becomes what is loaded. */
struct mmio {
	uint64_t ipa;
	uint64_t value;
	uint8_t size;
	bool write;
};

#define VUART_FIFO 256u

/* A PL011. Under `lock`, which is taken before the VM's vgic.lock and the console's lock. */
struct vuart {
	struct spinlock lock;
	uint32_t cr, lcr, ibrd, fbrd, ilpr, imsc, ris, ifls, dmacr;
	bool line;		   /* what the interrupt controller was told last */
	uint32_t in_head, in_tail; /* count up for ever; the difference is what waits */
	uint8_t in[VUART_FIFO];
};

/* A PL031. Counts seconds from the board's clock (or from 0) with the guest's offset. */
struct vrtc {
	struct spinlock lock; /* before the VM's vgic.lock */
	uint32_t offset, match, load, imsc, ris;
	uint64_t alarm; /* clock_ticks() at which `match` is reached, VRTC_NEVER: not armed */
};

#define VRTC_NEVER UINT64_MAX

/*
 * Find the device behind mmio->ipa and let it answer. false: nothing is there, mmio unchanged. A
 * load's value has no bits beyond its size.
 */
bool device_access(struct vcpu *vcpu, struct mmio *mmio);

/* Power-on state, the interrupt line down. No vCPU runs; after vgic_reset(). */
void vuart_reset(struct vm *vm);

/* Aligned 32-bit accesses only: device_access() makes them of the others. */
void vuart_access(struct vcpu *vcpu, struct mmio *mmio);

/* A byte typed for this VM. Dropped when the guest does not read. Any CPU. */
void vuart_receive(struct vm *vm, char c);

/* Once at boot: the seconds since 1970 that the board's own clock shows, 0 if it has none. */
void vrtc_init(uint32_t seconds);

/* As vuart_reset() and vuart_access(). */
void vrtc_reset(struct vm *vm);
void vrtc_access(struct vcpu *vcpu, struct mmio *mmio);

/*
 * Raise the alarms of all VMs whose time has come. Returns the clock_ticks() at which the next one
 * will have, VRTC_NEVER if none is set. Any CPU; no lock of a VM nor the scheduler's may be held.
 */
uint64_t vrtc_poll(void);

#endif
