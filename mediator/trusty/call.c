/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest's call, by its function id. Answers are 32 bits wide, as Trusty's are; a 64-bit function
 * is refused as Trusty does, in 64 bits. Once Trusty has panicked every call of every VM says so.
 * What is not in the lists here and in fast.c never enters: virtio, log, tests, boot parameters.
 */
#include "abi/smccc.h"
#include "mediator/trusty/trusty.h"

void trusty_trace(struct trusty_vm *v, struct tee_host_vcpu *vcpu, enum tee_event_kind kind,
		  uint32_t command, int32_t result)
{
	const struct tee_port *port = v->vm.port;
	struct tee_event event = {
		.kind = (uint8_t)kind, .command = command, .result = (uint32_t)result};

	if (port->trace != NULL)
		port->trace(v->vm.host, vcpu, &event);
}

int32_t trusty_refuse(struct trusty_vm *v, struct tee_host_vcpu *vcpu, enum tee_refusal why,
		      int32_t answer)
{
	tee_count(&v->vm.count.refusals[why]);
	trusty_trace(v, vcpu, TEE_EVENT_REFUSED, why, answer);
	return answer;
}

void trusty_panicked(struct trusty_vm *v)
{
	const struct tee_port *port = v->vm.port;

	if (v->vm.dead)
		return;
	v->vm.dead = true;
	tee_count(&v->vm.count.tee_faults);
	trusty_trace(v, NULL, TEE_EVENT_FAULT, 0, TRUSTY_ERR_PANIC);
	port->log(v->vm.host, "Trusty has panicked: no VM can use it any more");
}

/* A NOP may name another function to run; the only one that exists is virtio's. */
static int32_t nop(struct trusty_vm *v, struct tee_host_vcpu *vcpu, uint32_t nested)
{
	if (nested != 0)
		return trusty_refuse(v, vcpu, TEE_REFUSED_FUNCTION, TRUSTY_ERR_UNDEFINED);
	return trusty_nop(v, vcpu);
}

static int32_t yielding(struct trusty_vm *v, struct tee_host_vcpu *vcpu, const uint32_t *call)
{
	switch (call[0]) {
	case TRUSTY_SC_RESTART_LAST:
		return trusty_restart(v, vcpu);
	case TRUSTY_SC_NOP:
		return nop(v, vcpu, call[1]);
	case TRUSTY_SC_LOCKED_NOP:
	case TRUSTY_SC_QL_CREATE:
	case TRUSTY_SC_QL_SHUTDOWN:
	case TRUSTY_SC_QL_HANDLE_CMD:
		return trusty_standard(v, vcpu, call);
	case TRUSTY_SC_RESTART_FIQ: /* enter.c does it: a guest never has reason to */
		return trusty_refuse(v, vcpu, TEE_REFUSED_RESUME, TRUSTY_ERR_UNEXPECTED_RESTART);
	case TRUSTY_SC_SET_ROT_PARAMS:
		return trusty_refuse(v, vcpu, TEE_REFUSED_POLICY, TRUSTY_ERR_NOT_ALLOWED);
	default:
		return trusty_refuse(v, vcpu, TEE_REFUSED_FUNCTION, TRUSTY_ERR_UNDEFINED);
	}
}

static void uid(struct trusty_vm *v, uint64_t *regs)
{
	tee_count(&v->vm.count.fast_calls);
	regs[0] = TRUSTY_UID_0;
	regs[1] = TRUSTY_UID_1;
	regs[2] = TRUSTY_UID_2;
	regs[3] = TRUSTY_UID_3;
}

/* A call of the trusted OS. False: once more, later. */
static bool trusted_os(struct trusty_vm *v, struct tee_host_vcpu *vcpu, uint64_t *regs)
{
	const uint32_t call[4] = {(uint32_t)regs[0], (uint32_t)regs[1], (uint32_t)regs[2],
				  (uint32_t)regs[3]};
	int32_t result;

	if (trusty_has_panicked(v->trusty))
		result = trusty_refuse(v, vcpu, TEE_REFUSED_DEAD, TRUSTY_ERR_PANIC);
	else if (smccc_is_64(call[0]))
		result = trusty_refuse(v, vcpu, TEE_REFUSED_FUNCTION, TRUSTY_ERR_NOT_SUPPORTED);
	else if (!smccc_is_fast(call[0]))
		result = yielding(v, vcpu, call);
	else if (!trusty_fast(v, call, &result))
		return false;
	regs[0] = smccc_is_64(call[0]) ? (uint64_t)(int64_t)result : (uint32_t)result;
	return true;
}

enum tee_verdict trusty_call(struct tee_vm *vm, struct tee_host_vcpu *vcpu, uint64_t *regs)
{
	struct trusty_vm *v = trusty_vm_of(vm);
	uint32_t function = (uint32_t)regs[0];

	__atomic_store_n(&v->vcpu, vcpu, __ATOMIC_RELAXED);
	if (smccc_owner(function) == SMCCC_OWNER_STANDARD)
		trusty_ffa(v, function, regs);
	else if (function == TRUSTY_FC_UID && !trusty_has_panicked(v->trusty))
		uid(v, regs);
	else if (!trusted_os(v, vcpu, regs))
		return TEE_AGAIN;
	return TEE_DONE;
}
