/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lies where in a VM's device space. One table; an address in none of its rows is nothing, and
 * the caller gives the guest an abort. Devices with 32-bit registers see aligned 32-bit accesses
 * only: narrower ones are cut out of the word here, and a store into the upper bytes of a register
 * is ignored, as the peripheral bus of a PL011 does.
 */
#include "hypervisor/devices.h"
#include "abi/virtio_mmio.h"
#include "hypervisor/vgic.h"
#include "hypervisor/vm.h"
#include "hypervisor/vserial.h"
#include "lib/util.h"

static void virtio_access(struct vcpu *vcpu, struct mmio *mmio);
static void flash_access(struct vcpu *vcpu, struct mmio *mmio);

static const struct device {
	uint64_t base, size;
	uint64_t per_vcpu; /* bytes more for each vCPU of the VM */
	bool words;	   /* registers of 32 bits, each access of one of them */
	void (*access)(struct vcpu *vcpu, struct mmio *mmio);
} devices[] = {
	{VDEV_UART_BASE, 0x1000, 0, true, vuart_access},
	{VDEV_GICD_BASE, VDEV_GICD_SIZE, 0, false, vgic_dist_access},
	{VDEV_GICR_BASE, 0, VDEV_GICR_STRIDE, false, vgic_redist_access},
	{VDEV_RTC_BASE, 0x1000, 0, true, vrtc_access},
	{VDEV_VIRTIO_BASE, VDEV_VIRTIO_SLOT *VDEV_VIRTIO_SLOTS, 0, true, virtio_access},
	{VDEV_FLASH_BASE, VDEV_FLASH_SIZE, 0, false, flash_access},
};

/* An empty slot, as QEMU shows it: DeviceID and all the rest read as zero. */
static void virtio_access(struct vcpu *vcpu, struct mmio *mmio)
{
	if (mmio->ipa < VDEV_VIRTIO_BASE + VDEV_VIRTIO_SLOT && vcpu->vm->serial != NULL) {
		vserial_access(vcpu, mmio);
		return;
	}
	switch (mmio->ipa & (VDEV_VIRTIO_SLOT - 1)) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		mmio->value = VIRTIO_MMIO_MAGIC;
		break;
	case VIRTIO_MMIO_VERSION:
		mmio->value = 1;
		break;
	case VIRTIO_MMIO_VENDOR_ID:
		mmio->value = 0x554d4551; /* "QEMU" */
		break;
	default:
		mmio->value = 0;
	}
}

static uint64_t size_mask(uint8_t size)
{
	return size >= 8 ? ~0ull : BIT(size * 8u) - 1;
}

/*
 * Erased, and it stays so: commands are ignored. U-Boot looks here for its variables without asking
 * the device tree, and takes its defaults when it finds none.
 */
static void flash_access(struct vcpu *vcpu, struct mmio *mmio)
{
	(void)vcpu;
	mmio->value = size_mask(mmio->size);
}

static void access_word(const struct device *device, struct vcpu *vcpu, struct mmio *mmio)
{
	unsigned shift = (unsigned)(mmio->ipa & 3) * 8;
	struct mmio word = {
		.ipa = mmio->ipa & ~3ull,
		.value = mmio->value & size_mask(mmio->size) & 0xffffffff,
		.size = 4,
		.write = mmio->write,
	};

	if (mmio->write && shift != 0)
		return;
	device->access(vcpu, &word);
	mmio->value = (word.value & 0xffffffff) >> shift & size_mask(mmio->size);
}

bool device_access(struct vcpu *vcpu, struct mmio *mmio)
{
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		const struct device *d = &devices[i];
		uint64_t size = d->size + d->per_vcpu * vcpu->vm->config.cpus;

		if (mmio->ipa < d->base || !range_inside(mmio->ipa - d->base, mmio->size, size))
			continue;
		if (d->words)
			access_word(d, vcpu, mmio);
		else
			d->access(vcpu, mmio);
		return true;
	}
	return false;
}
