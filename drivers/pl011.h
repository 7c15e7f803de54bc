/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PL011 UART (Arm DDI 0183), polled output and interrupt-driven input. A port is named by the
 * address at which its registers are mapped. The clock and the baud rate stay as the board set
 * them. No lock: the caller serialises the users of one port.
 */
#ifndef DRIVERS_PL011_H
#define DRIVERS_PL011_H

#include <stdbool.h>
#include <stdint.h>

/* 8 bits, no parity, FIFOs on, transmitter and receiver on, every interrupt masked and cleared. */
void pl011_init(uintptr_t base);

/* Send one byte as it is (no newline translation). Waits for room in the FIFO. */
void pl011_putc(uintptr_t base, char c);

/* The same without waiting: false, and nothing sent, if the FIFO is full. */
bool pl011_try_putc(uintptr_t base, char c);

/* Wait until all that was sent has left the wire. */
void pl011_flush(uintptr_t base);

/* A byte has been received. */
bool pl011_rx_ready(uintptr_t base);

/* The oldest received byte, 0 to 255, or -1 if there is none. Bytes received with an error pass. */
int pl011_getc(uintptr_t base);

/* Raise the port's interrupt while received bytes wait (FIFO level or receive timeout), or not. */
void pl011_rx_interrupt(uintptr_t base, bool on);

/* Clear the receive interrupt. Read bytes until there are none after it, not before. */
void pl011_rx_ack(uintptr_t base);

#endif
