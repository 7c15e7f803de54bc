/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the files that answer requests of the control VM: control_requests.c has the table,
 * control_vms.c what changes VMs, control_trace.c the trace. Each function is an `answer` of
 * struct control_request (control.h).
 */
#ifndef HYPERVISOR_CONTROL_REQUESTS_H
#define HYPERVISOR_CONTROL_REQUESTS_H

#include "hypervisor/control.h"

/* The VM that asks. */
#define CONTROL_VM 0u

uint32_t control_start(const void *body, void *reply, uint32_t *length);
uint32_t control_pause(const void *body, void *reply, uint32_t *length);
uint32_t control_resume(const void *body, void *reply, uint32_t *length);
uint32_t control_reboot(const void *body, void *reply, uint32_t *length);
uint32_t control_off(const void *body, void *reply, uint32_t *length);
uint32_t control_destroy(const void *body, void *reply, uint32_t *length);
uint32_t control_trace(const void *body, void *reply, uint32_t *length);

#endif
