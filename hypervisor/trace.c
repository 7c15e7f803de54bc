/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/trace.h. EL2 is never interrupted, so each ring has one writer: its CPU. Records of
 * different CPUs are put in order by their time when they are read.
 */
#include "hypervisor/trace.h"
#include "arch/clock.h"
#include "hypervisor/console.h"
#include "hypervisor/pages.h"
#include "hypervisor/pcpu.h"
#include <string.h>

_Static_assert(TRACE_PARAMS == TEE_EVENT_PARAMS, "a record holds all of an event");

static struct trace_ring *rings[PCPUS_MAX];

void trace_init(void)
{
	for (uint32_t i = 0; i < pcpu_count; i++) {
		rings[i] = pages_get(sizeof(*rings[i]), PAGE_SIZE);
		if (rings[i] == NULL)
			console_log("no memory for the trace of cpu%u", i);
	}
}

static struct trace_ring *my_ring(void)
{
	return rings[this_pcpu()->index];
}

static struct trace_record *begin(struct trace_ring *ring, const struct vm *vm,
				  const struct vcpu *vcpu)
{
	struct trace_record *r = trace_ring_next(ring);

	r->time = clock_ticks();
	r->vm = (uint16_t)vm->id;
	r->vcpu = vcpu != NULL ? (uint16_t)vcpu->index : TRACE_NO_VCPU;
	r->cpu = (uint16_t)this_pcpu()->index;
	return r;
}

void trace_tee(const struct vm *vm, const struct vcpu *vcpu, const struct tee_event *event)
{
	struct trace_ring *ring = my_ring();
	struct trace_record *r;

	if (ring == NULL)
		return;
	r = begin(ring, vm, vcpu);
	r->source = TRACE_TEE;
	r->kind = event->kind;
	r->command = event->command;
	r->function = event->function;
	r->session = event->session;
	r->result = event->result;
	r->origin = event->origin;
	r->call = event->call;
	r->params = event->params;
	memcpy(r->types, event->types, sizeof(r->types));
	memcpy(r->sizes, event->sizes, sizeof(r->sizes));
	memcpy(r->uuid, event->uuid, sizeof(r->uuid));
	trace_ring_put(ring);
}

void trace_vm(const struct vm *vm, enum trace_vm_event event)
{
	struct trace_ring *ring = my_ring();
	struct trace_record *r;

	if (ring == NULL)
		return;
	r = begin(ring, vm, NULL);
	memset(&r->source, 0, sizeof(*r) - offsetof(struct trace_record, source));
	r->source = TRACE_HYPERVISOR;
	r->kind = (uint8_t)event;
	trace_ring_put(ring);
}

void trace_reader_begin(struct trace_reader *reader, bool all)
{
	memset(reader, 0, sizeof(*reader));
	for (uint32_t i = 0; i < pcpu_count && !all; i++)
		if (rings[i] != NULL)
			reader->next[i] = __atomic_load_n(&rings[i]->written, __ATOMIC_ACQUIRE);
}

bool trace_read(struct trace_reader *reader, struct trace_record *out)
{
	struct trace_record candidate;
	uint32_t from = PCPUS_MAX;

	for (uint32_t i = 0; i < pcpu_count; i++) {
		if (rings[i] == NULL ||
		    !trace_ring_read(rings[i], &reader->next[i], &reader->lost, &candidate))
			continue;
		if (from == PCPUS_MAX || candidate.time < out->time) {
			*out = candidate;
			from = i;
		}
	}
	if (from == PCPUS_MAX)
		return false;
	reader->next[from]++;
	return true;
}
