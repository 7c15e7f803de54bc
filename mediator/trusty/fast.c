/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fast calls. Trusty keeps one API version, one routing of interrupts and one state of each CPU for
 * the whole machine and lets any client change them. So all but one are answered here: from
 * what it said at probe, or refused. The one that enters is the question whether a QL-TIPC device
 * has an event.
 */
#include "mediator/trusty/trusty.h"

/* The VM's own choice, up to what can be translated for it. */
static int32_t api_version(struct trusty_vm *v, uint32_t asked)
{
	v->api = asked < v->trusty->api ? asked : v->trusty->api;
	return (int32_t)v->api;
}

static int32_t version_string(const struct trusty *t, uint32_t index)
{
	if (index == UINT32_MAX)
		return (int32_t)t->version_length;
	return index < t->version_length ? (uint8_t)t->version[index] : TRUSTY_ERR_INVALID;
}

/* A VM has the doorbell, in its own interrupt controller, and nothing else of Trusty's. */
static int32_t next_irq(const struct trusty *t, uint32_t first, uint32_t type)
{
	if (type != TRUSTY_IRQ_DOORBELL || t->doorbell == 0 || first > t->doorbell)
		return TRUSTY_ERR_END_OF_INPUT;
	return (int32_t)t->doorbell;
}

/* What changes Trusty, or EL3, for everybody. SMC64 functions are refused before. */
static bool is_of_firmware(uint32_t function)
{
	switch (function) {
	case TRUSTY_FC_FIQ_EXIT:
	case TRUSTY_FC_REQUEST_FIQ:
	case TRUSTY_FC_FIQ_ENTER:
	case TRUSTY_FC_CPU_SUSPEND:
	case TRUSTY_FC_CPU_RESUME:
	case TRUSTY_FC_AARCH_SWITCH:
	case TRUSTY_FC_FIQ_RESUME:
		return true;
	default:
		return false;
	}
}

static bool has_event(struct trusty_vm *v, const uint32_t *call, int32_t *result)
{
	uint32_t entered[4] = {call[0], 0, 0, call[3]};
	uint64_t real;
	bool open;

	if (!trusty_device_use(v, trusty_pair(call[1], call[2]), call[3], &real)) {
		*result = trusty_refuse(v, NULL, TEE_REFUSED_COOKIE, TRUSTY_ERR_INVALID);
		return true;
	}
	entered[1] = (uint32_t)real;
	entered[2] = (uint32_t)(real >> 32);
	open = trusty_fast_enter(v, entered, result);
	trusty_device_unuse(v);
	return open;
}

bool trusty_fast(struct trusty_vm *v, const uint32_t *call, int32_t *result)
{
	const struct trusty *t = v->trusty;

	switch (call[0]) {
	case TRUSTY_FC_API_VERSION:
		*result = api_version(v, call[1]);
		break;
	case TRUSTY_FC_GET_VERSION_STR:
		*result = version_string(t, call[1]);
		break;
	case TRUSTY_FC_GET_NEXT_IRQ:
		*result = next_irq(t, call[1], call[2]);
		break;
	case TRUSTY_FC_GET_SMP_MAX_CPUS:
		*result = t->cpus;
		break;
	case TRUSTY_FC_QL_HANDLE_CMD:
		return has_event(v, call, result);
	default:
		*result = is_of_firmware(call[0]) ? trusty_refuse(v, NULL, TEE_REFUSED_POLICY,
								  TRUSTY_ERR_NOT_ALLOWED)
						  : trusty_refuse(v, NULL, TEE_REFUSED_FUNCTION,
								  TRUSTY_ERR_UNDEFINED);
		return true;
	}
	tee_count(&v->vm.count.fast_calls);
	return true;
}
