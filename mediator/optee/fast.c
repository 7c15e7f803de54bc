/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fast calls, all answered here without entering the TEE: from what it said at probe, or as one
 * without reserved memory and without a cache of request buffers says; but that notifications are
 * enabled, the TEE is told. What is not in the list, a guest gets "unknown function" for: loading
 * an image, starting a core, creating VMs, the level 2 cache, the watchdog.
 */
#include "mediator/optee/optee.h"

/* What a guest is told of the TEE's abilities; each needs our part. */
#define OFFERED (OPTEE_SEC_CAP_DYNAMIC_SHM | OPTEE_SEC_CAP_MEMREF_NULL | OPTEE_SEC_CAP_RPC_ARG)

/* Functions answered below and in call.c, CALLS_COUNT itself not counted. */
#define CALLS	     14u
#define CALLS_NOTIFY 2u

static void capabilities(const struct optee *t, uint64_t *regs)
{
	if (((uint32_t)regs[1] & ~OPTEE_NSEC_CAP_UNIPROCESSOR) != 0) {
		regs[0] = OPTEE_SMC_ENOTAVAIL;
		return;
	}
	regs[0] = OPTEE_SMC_OK;
	regs[1] = t->capabilities & OFFERED;
	regs[2] = 0;
	if (t->can_notify) {
		regs[1] |= OPTEE_SEC_CAP_ASYNC_NOTIF;
		regs[2] = t->max_notify;
	}
	regs[3] = t->rpc_params;
}

static void four(uint64_t *regs, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	regs[0] = a;
	regs[1] = b;
	regs[2] = c;
	regs[3] = d;
}

bool optee_fast_call(struct optee_vm *o, uint32_t function, uint64_t *regs)
{
	const struct optee *t = o->optee;

	switch (function) {
	case OPTEE_SMC_CALLS_UID:
		four(regs, OPTEE_UID_0, OPTEE_UID_1, OPTEE_UID_2, OPTEE_UID_3);
		break;
	case OPTEE_SMC_CALLS_REVISION:
		regs[0] = t->revision[0];
		regs[1] = t->revision[1];
		break;
	case OPTEE_SMC_CALLS_COUNT:
		regs[0] = CALLS + (t->can_notify ? CALLS_NOTIFY : 0);
		break;
	case OPTEE_SMC_GET_OS_UUID:
		four(regs, t->os_uuid[0], t->os_uuid[1], t->os_uuid[2], t->os_uuid[3]);
		break;
	case OPTEE_SMC_GET_OS_REVISION:
		regs[0] = t->os_revision[0];
		regs[1] = t->os_revision[1];
		regs[2] = t->os_revision[2];
		break;
	case OPTEE_SMC_EXCHANGE_CAPABILITIES:
		capabilities(t, regs);
		break;
	case OPTEE_SMC_GET_THREAD_COUNT:
		regs[0] = OPTEE_SMC_OK;
		regs[1] = o->call_count;
		break;
	case OPTEE_SMC_ENABLE_SHM_CACHE: /* Linux repeats it until OK, DISABLE until ENOTAVAIL */
		regs[0] = OPTEE_SMC_OK;
		break;
	case OPTEE_SMC_DISABLE_SHM_CACHE:
	case OPTEE_SMC_GET_SHM_CONFIG:
		regs[0] = OPTEE_SMC_ENOTAVAIL;
		break;
	case OPTEE_SMC_ENABLE_ASYNC_NOTIF:
		if (!t->can_notify)
			return false;
		regs[0] = optee_notify_enable(o);
		break;
	case OPTEE_SMC_GET_ASYNC_NOTIF_VALUE:
		if (!t->can_notify)
			return false;
		optee_notify_value(o, regs);
		break;
	default:
		return false;
	}
	tee_count(&o->vm.count.fast_calls);
	return true;
}
