/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/virtio_mmio.h. Numbers in brackets are sections of Virtio 1.2. Steps out of order (a
 * queue changed while it is ready, features after they were agreed on) have no effect; a queue that
 * cannot be makes the device ask for a reset.
 */
#include "hypervisor/virtio_mmio.h"
#include "abi/virtio_mmio.h"
#include "hypervisor/console.h"
#include "hypervisor/devices.h"
#include "hypervisor/vgic.h"
#include "hypervisor/vm.h"
#include "lib/util.h"

#define VENDOR	  0x56454554u /* "TEEV" */
#define BY_DRIVER (VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_FAILED)

static void set_interrupts(struct vm *vm, struct virtio_mmio *m, uint32_t interrupts)
{
	m->interrupts = interrupts;
	vgic_set_line(vm, 0, m->kind->intid, interrupts != 0);
}

void virtio_mmio_reset(struct vm *vm, struct virtio_mmio *m)
{
	m->device_features_sel = m->driver_features_sel = m->queue_sel = 0;
	m->driver_features = 0;
	m->status = 0;
	for (uint32_t i = 0; i < m->kind->queues; i++)
		virtqueue_reset(&m->queue[i], (m->kind->writes >> i & 1) != 0);
	set_interrupts(vm, m, 0);
}

bool virtio_mmio_runs(const struct virtio_mmio *m)
{
	return (m->status & (VIRTIO_STATUS_DRIVER_OK | VIRTIO_STATUS_NEEDS_RESET)) ==
	       VIRTIO_STATUS_DRIVER_OK;
}

void virtio_mmio_interrupt(struct vm *vm, struct virtio_mmio *m)
{
	set_interrupts(vm, m, m->interrupts | VIRTIO_MMIO_INT_USED);
}

/* [2.1.2]: the driver is told by an interrupt if it runs already. */
static void ask_for_reset(struct vm *vm, struct virtio_mmio *m, uint32_t queue)
{
	if (m->status & VIRTIO_STATUS_NEEDS_RESET)
		return;
	m->status |= VIRTIO_STATUS_NEEDS_RESET;
	if (m->status & VIRTIO_STATUS_DRIVER_OK)
		set_interrupts(vm, m, m->interrupts | VIRTIO_MMIO_INT_CONFIG);
	console_log_vm(vm, "%s: queue %u: %s; waits for a reset", m->kind->name, queue,
		       m->queue[queue].broken);
}

bool virtio_mmio_check(struct vm *vm, struct virtio_mmio *m)
{
	for (uint32_t i = 0; i < m->kind->queues; i++)
		if (m->queue[i].broken != NULL)
			ask_for_reset(vm, m, i);
	return virtio_mmio_runs(m);
}

/* NULL: the driver has selected a queue that does not exist. */
static struct virtqueue *selected(struct virtio_mmio *m)
{
	return m->queue_sel < m->kind->queues ? &m->queue[m->queue_sel] : NULL;
}

/* The half of a 64-bit set of features that is selected; there are no others. */
static uint32_t feature_word(uint64_t features, uint32_t sel)
{
	return sel < 2 ? (uint32_t)(features >> sel * 32) : 0;
}

static uint32_t load(struct virtio_mmio *m, uint32_t reg)
{
	const struct virtqueue *q = selected(m);

	switch (reg) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		return VIRTIO_MMIO_MAGIC;
	case VIRTIO_MMIO_VERSION:
		return 2;
	case VIRTIO_MMIO_DEVICE_ID:
		return m->kind->device_id;
	case VIRTIO_MMIO_VENDOR_ID:
		return VENDOR;
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return feature_word(m->kind->features, m->device_features_sel);
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return q != NULL ? VIRTQUEUE_SIZE_MAX : 0;
	case VIRTIO_MMIO_QUEUE_READY:
		return q != NULL && q->ready;
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return m->interrupts;
	case VIRTIO_MMIO_STATUS:
		return m->status;
	default:
		break;
	}
	if (reg >= VIRTIO_MMIO_SHM_LEN_LOW && reg <= VIRTIO_MMIO_SHM_BASE_HIGH)
		return UINT32_MAX; /* [4.2.2]: no such region */
	if (reg >= VIRTIO_MMIO_CONFIG && reg < VIRTIO_MMIO_CONFIG + sizeof(m->kind->config))
		return m->kind->config[(reg - VIRTIO_MMIO_CONFIG) / 4];
	return 0;
}

static void set_feature_word(struct virtio_mmio *m, uint32_t value)
{
	uint32_t shift = m->driver_features_sel * 32;

	if (m->driver_features_sel >= 2)
		return;
	m->driver_features &= ~(0xffffffffull << shift);
	m->driver_features |= (uint64_t)value << shift;
}

/* [2.1.1], [3.1.1]: bits are only added; FEATURES_OK stays clear if we cannot agree. */
static enum virtio_event set_status(struct vm *vm, struct virtio_mmio *m, uint32_t value)
{
	uint32_t before = m->status;

	if (value == 0) {
		virtio_mmio_reset(vm, m);
		return VIRTIO_RESET;
	}
	m->status |= value & BY_DRIVER;
	if (value & VIRTIO_STATUS_FEATURES_OK && m->driver_features == m->kind->features)
		m->status |= VIRTIO_STATUS_FEATURES_OK;
	if (value & VIRTIO_STATUS_DRIVER_OK && m->status & VIRTIO_STATUS_FEATURES_OK)
		m->status |= VIRTIO_STATUS_DRIVER_OK;
	return ~before & m->status & VIRTIO_STATUS_DRIVER_OK ? VIRTIO_QUEUES : VIRTIO_NOTHING;
}

static void set_half(uint64_t *address, bool high, uint32_t value)
{
	*address = high ? (*address & 0xffffffff) | (uint64_t)value << 32
			: (*address & ~0xffffffffull) | value;
}

/* [4.2.2.2]: not while the queue is ready. */
static void set_queue(struct virtqueue *q, uint32_t reg, uint32_t value)
{
	if (q == NULL || q->ready)
		return;
	switch (reg) {
	case VIRTIO_MMIO_QUEUE_NUM:
		q->size = value;
		break;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
		set_half(&q->desc, reg == VIRTIO_MMIO_QUEUE_DESC_HIGH, value);
		break;
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
		set_half(&q->avail, reg == VIRTIO_MMIO_QUEUE_DRIVER_HIGH, value);
		break;
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		set_half(&q->used, reg == VIRTIO_MMIO_QUEUE_DEVICE_HIGH, value);
		break;
	default:
		break; /* read-only, reserved, or the configuration */
	}
}

static enum virtio_event set_ready(struct vm *vm, struct virtio_mmio *m, uint32_t value)
{
	struct virtqueue *q = selected(m);

	if (q == NULL)
		return VIRTIO_NOTHING;
	if (value == 0)
		virtqueue_reset(q, q->device_writes);
	else if (!q->ready && !virtqueue_start(vm, q))
		ask_for_reset(vm, m, m->queue_sel);
	return q->broken != NULL ? VIRTIO_RESET : VIRTIO_NOTHING;
}

static enum virtio_event store(struct vm *vm, struct virtio_mmio *m, uint32_t reg, uint32_t value)
{
	switch (reg) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		m->device_features_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		set_feature_word(m, value);
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		m->driver_features_sel = value;
		break;
	case VIRTIO_MMIO_QUEUE_SEL:
		m->queue_sel = value;
		break;
	case VIRTIO_MMIO_QUEUE_READY:
		return set_ready(vm, m, value);
	case VIRTIO_MMIO_QUEUE_NOTIFY:
		return VIRTIO_QUEUES;
	case VIRTIO_MMIO_INTERRUPT_ACK:
		set_interrupts(vm, m, m->interrupts & ~value);
		break;
	case VIRTIO_MMIO_STATUS:
		return set_status(vm, m, value);
	default:
		set_queue(selected(m), reg, value);
	}
	return VIRTIO_NOTHING;
}

enum virtio_event virtio_mmio_access(struct vm *vm, struct virtio_mmio *m, uint32_t reg,
				     struct mmio *mmio)
{
	if (mmio->write)
		return store(vm, m, reg, (uint32_t)mmio->value);
	mmio->value = load(m, reg);
	return VIRTIO_NOTHING;
}
