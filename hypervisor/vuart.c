/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM's PL011 (Arm DDI 0183), as the drivers of Linux, U-Boot and kvm-unit-tests use it. Output
 * goes to the console at once, so the transmitter is always empty and its interrupt is raised by
 * each byte written until the guest clears it. Input waits in a FIFO deeper than the real one, so
 * that a pasted line survives; the receive timeout is over as soon as a byte waits. So that nothing
 * is lost, bytes are sent and received whether or not UARTCR enables it, as QEMU does. Left out:
 * DMA, modem lines, loopback, errors, breaks; the rate and format are remembered and mean nothing.
 */
#include "hypervisor/console.h"
#include "hypervisor/devices.h"
#include "hypervisor/vgic.h"
#include "hypervisor/vm.h"
#include "lib/util.h"

/* DDI 0183, table 3-1. */
enum {
	DR = 0x000,
	RSR = 0x004,
	FR = 0x018,
	ILPR = 0x020,
	IBRD = 0x024,
	FBRD = 0x028,
	LCR_H = 0x02c,
	CR = 0x030,
	IFLS = 0x034,
	IMSC = 0x038,
	RIS = 0x03c,
	MIS = 0x040,
	ICR = 0x044,
	DMACR = 0x048,
	ID = 0xfe0,
};

#define FR_RXFE BIT(4)
#define FR_RXFF BIT(6)
#define FR_TXFE BIT(7)

#define INT_RX	0x010u
#define INT_TX	0x020u
#define INT_RT	0x040u
#define INT_ALL 0x7ffu

/* PeriphID0-3: part 0x011, designer 0x41 (Arm), revision 1r5; PCellID0-3. */
static const uint8_t id[8] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

static uint32_t waiting(const struct vuart *u)
{
	return u->in_head - u->in_tail;
}

/* After a change of ris, imsc or the FIFO: the receive bits follow the FIFO, the line follows. */
static void update(struct vm *vm)
{
	struct vuart *u = &vm->uart;
	bool level;

	if (waiting(u) != 0)
		u->ris |= INT_RT;
	else
		u->ris &= ~(INT_RX | INT_RT);
	level = (u->ris & u->imsc) != 0;
	if (level == u->line)
		return;
	u->line = level;
	vgic_set_line(vm, 0, VDEV_UART_INTID, level);
}

static uint32_t pop(struct vm *vm)
{
	struct vuart *u = &vm->uart;
	uint32_t c;

	if (waiting(u) == 0)
		return 0;
	c = u->in[u->in_tail++ % VUART_FIFO];
	update(vm);
	return c;
}

static uint32_t flags(const struct vuart *u)
{
	uint64_t fr = FR_TXFE;

	if (waiting(u) == 0)
		fr |= FR_RXFE;
	if (waiting(u) == VUART_FIFO)
		fr |= FR_RXFF;
	return (uint32_t)fr;
}

static uint32_t load(struct vm *vm, uint32_t reg)
{
	struct vuart *u = &vm->uart;

	if (reg >= ID)
		return id[(reg - ID) / 4];
	switch (reg) {
	case DR:
		return pop(vm);
	case FR:
		return flags(u);
	case ILPR:
		return u->ilpr;
	case IBRD:
		return u->ibrd;
	case FBRD:
		return u->fbrd;
	case LCR_H:
		return u->lcr;
	case CR:
		return u->cr;
	case IFLS:
		return u->ifls;
	case IMSC:
		return u->imsc;
	case RIS:
		return u->ris;
	case MIS:
		return u->ris & u->imsc;
	case DMACR:
		return u->dmacr;
	default:
		return 0; /* RSR: no errors; ICR is write-only; the rest is reserved */
	}
}

static void store(struct vm *vm, uint32_t reg, uint32_t value)
{
	struct vuart *u = &vm->uart;

	switch (reg) {
	case DR:
		u->ris |= INT_TX;
		break;
	case ILPR:
		u->ilpr = value & 0xff;
		break;
	case IBRD:
		u->ibrd = value & 0xffff;
		break;
	case FBRD:
		u->fbrd = value & 0x3f;
		break;
	case LCR_H:
		u->lcr = value & 0xff;
		break;
	case CR:
		u->cr = value & 0xff87;
		break;
	case IFLS:
		u->ifls = value & 0x3f;
		break;
	case IMSC:
		u->imsc = value & INT_ALL;
		break;
	case ICR:
		u->ris &= ~value;
		break;
	case DMACR:
		u->dmacr = value & 7;
		break;
	default:
		return; /* read-only, reserved, or RSR: there are no errors to clear */
	}
	update(vm);
}

void vuart_access(struct vcpu *vcpu, struct mmio *mmio)
{
	struct vm *vm = vcpu->vm;
	uint32_t reg = (uint32_t)(mmio->ipa - VDEV_UART_BASE);

	/* Without the lock: the board's UART may be slow, and input must not wait for it. */
	if (mmio->write && reg == DR)
		console_guest_putc(vm, (char)mmio->value);

	spin_lock(&vm->uart.lock);
	if (mmio->write)
		store(vm, reg, (uint32_t)mmio->value);
	else
		mmio->value = load(vm, reg);
	spin_unlock(&vm->uart.lock);
}

void vuart_receive(struct vm *vm, char c)
{
	struct vuart *u = &vm->uart;

	spin_lock(&u->lock);
	if (waiting(u) < VUART_FIFO) {
		u->in[u->in_head++ % VUART_FIFO] = (uint8_t)c;
		u->ris |= INT_RX;
		update(vm);
	}
	spin_unlock(&u->lock);
}

void vuart_reset(struct vm *vm)
{
	struct vuart *u = &vm->uart;

	console_guest_end(vm);
	spin_lock(&u->lock);
	u->lcr = u->ibrd = u->fbrd = u->ilpr = u->imsc = u->ris = u->dmacr = 0;
	u->cr = 0x300;
	u->ifls = 0x12;
	u->line = false;
	u->in_head = u->in_tail = 0;
	vgic_set_line(vm, 0, VDEV_UART_INTID, false);
	spin_unlock(&u->lock);
}
