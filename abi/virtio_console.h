/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console device: Virtio 1.2, 5.3. Its queues, its configuration, and the messages about ports
 * that a device and a driver with MULTIPORT exchange. Left out: sizes of terminals.
 */
#ifndef ABI_VIRTIO_CONSOLE_H
#define ABI_VIRTIO_CONSOLE_H

#include <stdint.h>

#define VIRTIO_ID_CONSOLE 3u

/* 5.3.3: the number of the bit. */
#define VIRTIO_CONSOLE_F_MULTIPORT 1u

/* 5.3.2: port 0's queues, those for control messages, port 1's, and so on. "In": to the driver. */
#define VIRTIO_CONSOLE_CONTROL_IN  2u
#define VIRTIO_CONSOLE_CONTROL_OUT 3u
#define VIRTIO_CONSOLE_PORT1_IN	   4u
#define VIRTIO_CONSOLE_PORT1_OUT   5u

/* 5.3.4: where in the configuration space the number of ports stands. */
#define VIRTIO_CONSOLE_CONFIG_PORTS 4u

/* 5.3.6.2. A port's name follows VIRTIO_CONSOLE_PORT_NAME. */
struct virtio_console_control {
	uint32_t id; /* of the port */
	uint16_t event;
	uint16_t value;
};

#define VIRTIO_CONSOLE_DEVICE_READY 0u
#define VIRTIO_CONSOLE_DEVICE_ADD   1u
#define VIRTIO_CONSOLE_PORT_READY   3u
#define VIRTIO_CONSOLE_PORT_OPEN    6u
#define VIRTIO_CONSOLE_PORT_NAME    7u

_Static_assert(sizeof(struct virtio_console_control) == 8, "5.3.6.2");

#endif
