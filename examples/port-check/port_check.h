/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For whoever ports the mediator: does a port keep what mediator/port.h asks of it, as far as one
 * CPU can see without a TEE? Called by the host itself, after the VM has memory and before it runs.
 * Cannot see: what other CPUs do meanwhile, whether a pinned page stays in place, caches, and what
 * secure_call does.
 */
#ifndef PORT_CHECK_H
#define PORT_CHECK_H

#include <mediator/port.h>

struct port_check {
	const struct tee_port *port;
	struct tee_host_vm *vm;
	/* IPA of two adjacent pages of the VM's RAM; what is in them is lost. */
	uint64_t ram;
	/* IPA, a multiple of 4096, where the VM has no ordinary memory: a device, or nothing. */
	uint64_t hole;
	/* How many pins are held in the VM now. NULL: the host cannot tell. */
	uint64_t (*pins)(struct tee_host_vm *vm);
	/* Told of each thing that was looked at. */
	void (*report)(const char *what, bool good);
};

/* True: all was good. Leaves no pin, page or lock behind. */
bool port_check(const struct port_check *check);

#endif
