/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for the numbers of the control channel, of OP-TEE's messages and of GlobalPlatform. NULL
 * where there is none: the caller shows the number.
 */
#include "abi/optee_msg.h"
#include "guest/tvctl/tvctl.h"

#define LOOK_UP(table, i) ((i) < COUNT_OF(table) ? (table)[i] : NULL)

const char *name_refusal(uint32_t code)
{
	static const char *const names[] = {
		[CONTROL_BAD_TYPE] = "this hypervisor does not know the request",
		[CONTROL_BAD_VERSION] = "this hypervisor speaks another version of the protocol",
		[CONTROL_BAD_LENGTH] = "the request has the wrong length",
		[CONTROL_TOO_LONG] = "the request is too long",
		[CONTROL_OUT_OF_STEP] = "the stream was out of step",
		[CONTROL_NO_VM] = "no such VM",
		[CONTROL_BAD_STATE] = "not in the VM's present state",
		[CONTROL_ITSELF] = "the control VM may not do that to itself",
		[CONTROL_BAD_VALUE] = "a value that the hypervisor does not know",
	};

	return LOOK_UP(names, code);
}

const char *name_request(uint16_t type)
{
	static const char *const names[] = {
		[CONTROL_HELLO] = "hello",     [CONTROL_LIST] = "list",
		[CONTROL_INFO] = "info",       [CONTROL_START] = "start",
		[CONTROL_PAUSE] = "pause",     [CONTROL_RESUME] = "resume",
		[CONTROL_REBOOT] = "reboot",   [CONTROL_OFF] = "off",
		[CONTROL_DESTROY] = "destroy", [CONTROL_TRACE] = "trace",
	};

	return LOOK_UP(names, type);
}

const char *name_command(uint32_t command)
{
	static const char *const names[] = {
		[OPTEE_MSG_OPEN_SESSION] = "open_session",
		[OPTEE_MSG_INVOKE_COMMAND] = "invoke",
		[OPTEE_MSG_CLOSE_SESSION] = "close_session",
		[OPTEE_MSG_CANCEL] = "cancel",
		[OPTEE_MSG_REGISTER_SHM] = "register_shm",
		[OPTEE_MSG_UNREGISTER_SHM] = "unregister_shm",
		[OPTEE_MSG_DO_BOTTOM_HALF] = "bottom_half",
		[OPTEE_MSG_STOP_ASYNC_NOTIF] = "stop_notifications",
	};

	return LOOK_UP(names, command);
}

const char *name_rpc(uint32_t command)
{
	static const char *const names[] = {
		[OPTEE_RPC_LOAD_TA] = "load_ta",
		[OPTEE_RPC_RPMB] = "rpmb",
		[OPTEE_RPC_FS] = "fs",
		[OPTEE_RPC_GET_TIME] = "get_time",
		[OPTEE_RPC_NOTIFICATION] = "notification",
		[OPTEE_RPC_SUSPEND] = "suspend",
		[OPTEE_RPC_SHM_ALLOC] = "shm_alloc",
		[OPTEE_RPC_SHM_FREE] = "shm_free",
		[OPTEE_RPC_GPROF] = "gprof",
		[OPTEE_RPC_SOCKET] = "socket",
		[OPTEE_RPC_FTRACE] = "ftrace",
		[OPTEE_RPC_PLUGIN] = "plugin",
		[OPTEE_RPC_BENCH_REG] = "bench_reg",
		[OPTEE_RPC_I2C_TRANSFER] = "i2c_transfer",
	};

	return LOOK_UP(names, command);
}

const char *name_origin(uint32_t origin)
{
	static const char *const names[] = {NULL, "API", "COMMS", "TEE", "TRUSTED_APP"};

	return LOOK_UP(names, origin);
}

/* mediator/vm.h, enum tee_refusal: CONTROL_REFUSALS of them. */
const char *name_mediated(uint32_t refusal)
{
	static const char *const names[] = {
		"function", "address", "message", "cookie",   "quota",
		"policy",   "resume",  "reply",	  "dead_tee",
	};

	_Static_assert(COUNT_OF(names) == CONTROL_REFUSALS, "one for each");
	return LOOK_UP(names, refusal);
}

const char *name_vm_event(uint32_t event)
{
	static const char *const names[] = {
		[TRACE_VM_STARTED] = "started",	    [TRACE_VM_STOPPED] = "stopped",
		[TRACE_VM_PAUSED] = "paused",	    [TRACE_VM_RESUMED] = "resumed",
		[TRACE_VM_NO_TEE] = "no_tee",	    [TRACE_VM_KEPT] = "kept",
		[TRACE_VM_DESTROYED] = "destroyed",
	};

	return LOOK_UP(names, event);
}

const char *name_param(uint32_t type)
{
	static const char *const names[] = {
		[OPTEE_MSG_ATTR_NONE] = "none",
		[OPTEE_MSG_ATTR_VALUE_INPUT] = "value_in",
		[OPTEE_MSG_ATTR_VALUE_OUTPUT] = "value_out",
		[OPTEE_MSG_ATTR_VALUE_INOUT] = "value_inout",
		[OPTEE_MSG_ATTR_RMEM_INPUT] = "shm_in",
		[OPTEE_MSG_ATTR_RMEM_OUTPUT] = "shm_out",
		[OPTEE_MSG_ATTR_RMEM_INOUT] = "shm_inout",
		[OPTEE_MSG_ATTR_TMEM_INPUT] = "mem_in",
		[OPTEE_MSG_ATTR_TMEM_OUTPUT] = "mem_out",
		[OPTEE_MSG_ATTR_TMEM_INOUT] = "mem_inout",
	};

	return LOOK_UP(names, type);
}
