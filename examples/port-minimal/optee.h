/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The little of OP-TEE's SMC interface that this guest and this model TEE speak. From OP-TEE OS
 * 4.5.0: optee_smc.h, optee_msg.h, optee_rpc_cmd.h.
 */
#ifndef OPTEE_H
#define OPTEE_H

#include <stdint.h>

enum {
	CALLS_UID = 0xbf00ff01,
	GET_OS_UUID = 0xb2000000,
	GET_OS_REVISION = 0xb2000001,
	EXCHANGE_CAPABILITIES = 0xb2000009,
	VM_CREATED = 0xb200000d,
	VM_DESTROYED = 0xb200000e,
	GET_THREAD_COUNT = 0xb200000f,
	RETURN_FROM_RPC = 0x32000003,
	CALL_WITH_RPC_ARG = 0x32000012,
	CALL_WITH_REGD_ARG = 0x32000013,
};

/* a0 on return. */
enum {
	SMC_OK = 0,
	SMC_ERESUME = 3,
	SMC_EBADADDR = 4,
	SMC_ENOTAVAIL = 7,
	SMC_FOREIGN_INTR = 0xffff0004,
	SMC_RPC_CMD = 0xffff0005,
	SMC_UNKNOWN = 0xffffffff,
};

/* Capabilities of the TEE. */
enum { CAP_DYNAMIC_SHM = 0x4, CAP_VIRTUALIZATION = 0x8, CAP_RPC_ARG = 0x40 };

enum { OPEN_SESSION, INVOKE_COMMAND, CLOSE_SESSION, CANCEL, REGISTER_SHM, UNREGISTER_SHM };

enum { RPC_GET_TIME = 3 };

enum {
	VALUE_INPUT = 0x1,
	VALUE_OUTPUT = 0x2,
	VALUE_INOUT = 0x3,
	RMEM_INPUT = 0x5,
	RMEM_OUTPUT = 0x6,
	TMEM_OUTPUT = 0xa,
	ATTR_META = 0x100,
	ATTR_NONCONTIG = 0x200,
};

enum { RESULT_SUCCESS = 0, RESULT_BAD_PARAMETERS = 0xffff0006, RESULT_NOT_SUPPORTED = 0xffff000a };

/* Of an rmem: offset, size, cookie. Of a tmem: address, size, cookie. */
struct param {
	uint64_t attr, a, b, c;
};

#define PARAMS 4u

struct message {
	uint32_t cmd, func, session, cancel_id, pad, ret, origin, params;
	struct param param[PARAMS];
};

/* The area for requests of the TEE follows the parameters that a message has. */
static inline struct message *request_of(struct message *m)
{
	return (struct message *)(void *)&m->param[m->params];
}

/* Commands of the model's one trusted application. */
enum { TA_FILL, TA_TIME };

#endif
