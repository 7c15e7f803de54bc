/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens, for people to see: a ring of records per physical CPU, always on. Writing takes no
 * lock and never fails; without memory for the rings there is no trace.
 */
#ifndef HYPERVISOR_TRACE_H
#define HYPERVISOR_TRACE_H

#include "hypervisor/offsets.h"
#include "hypervisor/trace_ring.h"
#include "hypervisor/vm.h"
#include "mediator/port.h"

/* Once, when the number of CPUs is known and before any other. */
void trace_init(void);

/* From any CPU, with or without locks held. vcpu may be NULL. */
void trace_tee(const struct vm *vm, const struct vcpu *vcpu, const struct tee_event *event);
void trace_vm(const struct vm *vm, enum trace_vm_event event);

/* Where somebody has come to in all rings. */
struct trace_reader {
	uint64_t next[PCPUS_MAX];
	uint64_t
		lost; /* records passed over so far, because they came faster than they were read */
};

/* From now on; or, if `all`, from the oldest record that there is. */
void trace_reader_begin(struct trace_reader *reader, bool all);

/* The oldest record not yet read. False: none. */
bool trace_read(struct trace_reader *reader, struct trace_record *out);

#endif
