/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/trace.h. EL2 is never interrupted, so each ring has one writer: its CPU. Records of
 * different CPUs are put in order by their time when they are read.
 */
#include "hypervisor/trace.h"
#include "arch/aarch64/copy.h"
#include "arch/aarch64/sysreg.h"
#include "hypervisor/console.h"
#include "hypervisor/pages.h"
#include "hypervisor/pcpu.h"
#include <string.h>

/* An event is copied as a whole: one struct under two names. */
#define SAME(field)                                                                                \
	_Static_assert(offsetof(struct trace_event, field) == offsetof(struct tee_event, field) && \
			       sizeof(((struct trace_event *)0)->field) ==                         \
				       sizeof(((struct tee_event *)0)->field),                     \
		       "abi/trace.h and mediator/port.h agree")
SAME(kind);
SAME(params);
SAME(call);
SAME(command);
SAME(function);
SAME(session);
SAME(result);
SAME(origin);
SAME(types);
SAME(sizes);
SAME(uuid);
_Static_assert(sizeof(struct trace_event) == sizeof(struct tee_event), "of one size");

void trace_init(void)
{
	for (uint32_t i = 0; i < pcpu_count; i++) {
		pcpus[i].trace = pages_get(sizeof(*pcpus[i].trace), PAGE_SIZE);
		if (pcpus[i].trace == NULL)
			console_log("no memory for the trace of cpu%u", i);
	}
}

static struct trace_record *begin(const struct pcpu *p, const struct vm *vm,
				  const struct vcpu *vcpu, enum trace_source source)
{
	struct trace_record *r = trace_ring_next(p->trace);

	r->time = read_sysreg(cntpct_el0); /* a few instructions early or late do not matter */
	r->vm = (uint16_t)vm->id;
	r->vcpu = vcpu != NULL ? (uint16_t)vcpu->index : TRACE_NO_VCPU;
	r->cpu = (uint16_t)p->index;
	r->source = (uint16_t)source;
	return r;
}

void trace_tee(const struct vm *vm, const struct vcpu *vcpu, const struct tee_event *event)
{
	struct pcpu *p = this_pcpu();

	if (UNLIKELY(p->trace == NULL))
		return;
	copy_words(&begin(p, vm, vcpu, TRACE_TEE)->event, event, sizeof(*event));
	trace_ring_put(p->trace);
}

void trace_vm(const struct vm *vm, enum trace_vm_event event)
{
	struct pcpu *p = this_pcpu();

	if (p->trace == NULL)
		return;
	begin(p, vm, NULL, TRACE_HYPERVISOR)->event = (struct trace_event){.kind = (uint8_t)event};
	trace_ring_put(p->trace);
}

void trace_reader_begin(struct trace_reader *reader, bool all)
{
	memset(reader, 0, sizeof(*reader));
	for (uint32_t i = 0; i < pcpu_count && !all; i++)
		if (pcpus[i].trace != NULL)
			reader->next[i] =
				__atomic_load_n(&pcpus[i].trace->written, __ATOMIC_ACQUIRE);
}

bool trace_read(struct trace_reader *reader, struct trace_record *out)
{
	struct trace_record candidate;
	uint32_t from = PCPUS_MAX;

	for (uint32_t i = 0; i < pcpu_count; i++) {
		if (pcpus[i].trace == NULL ||
		    !trace_ring_read(pcpus[i].trace, &reader->next[i], &reader->lost, &candidate))
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
