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

#define VDEV_GICD_BASE	 0x08000000ull
#define VDEV_GICR_BASE	 0x080a0000ull
#define VDEV_GICR_STRIDE 0x20000ull
#define VDEV_UART_BASE	 0x09000000ull
#define VDEV_UART_INTID	 33u
#define VDEV_RTC_BASE	 0x09010000ull
#define VDEV_RTC_INTID	 34u
#define VDEV_VIRTIO_BASE 0x0a000000ull /* 32 slots of 0x200, all empty */

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
	uint32_t cr, lcr, ibrd, fbrd, imsc, ris, ifls, dmacr;
	uint32_t in_head, in_tail;
	uint8_t in[VUART_FIFO];
};

/* A PL031. Counts seconds from the board's clock (or from 0) with the guest's offset. */
struct vrtc {
	struct spinlock lock;
	uint32_t offset, match, imsc, ris;
};

/* Find the device behind mmio->ipa and let it answer. false: nothing is there. */
bool device_access(struct vcpu *vcpu, struct mmio *mmio);

void vuart_reset(struct vm *vm);
void vuart_access(struct vcpu *vcpu, struct mmio *mmio);

/* A byte typed for this VM. Dropped when the guest does not read. Any CPU. */
void vuart_receive(struct vm *vm, char c);

void vrtc_reset(struct vm *vm);
void vrtc_access(struct vcpu *vcpu, struct mmio *mmio);

#endif
