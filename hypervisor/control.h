/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control channel (abi/control.h). Framing is in control.c; what can be asked, one row of a
 * table each, in control_requests.c. One frame is in work at a time: while its reply waits for room
 * in the guest, what the guest writes next waits there as well.
 */
#ifndef HYPERVISOR_CONTROL_H
#define HYPERVISOR_CONTROL_H

#include "abi/control.h"
#include "lib/types.h"

struct vm;

/* vserial.h calls it: answers requests of the control VM as long as there are some, to a bound. */
void control_work(struct vm *vm);

struct control_request {
	uint16_t type;
	uint32_t length; /* of its body */

	/*
	 * Write the body of the reply, at most CONTROL_BODY_MAX bytes, 8-aligned, zeroed; *length
	 * is 0 before, its size after. `body` is ours, 4-aligned. Returns 0, or a control_code.
	 */
	uint32_t (*answer)(const void *body, void *reply, uint32_t *length);
};

/* A session begins: what the requests remember of the one before is forgotten. */
void control_new_session(void);

/* NULL: there is no such request. */
const struct control_request *control_request(uint16_t type);

#endif
