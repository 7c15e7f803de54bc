/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of OP-TEE: what a yielding call's argument page and the TEE's own requests (RPC) hold.
 * From OP-TEE OS 4.5.0, core/include/optee_msg.h and optee_rpc_cmd.h, and from GlobalPlatform's
 * TEE Client API 1.0 (results, login methods). Little-endian.
 */
#ifndef ABI_OPTEE_MSG_H
#define ABI_OPTEE_MSG_H

#include <stdint.h>

#define OPTEE_MSG_ATTR_NONE	    0x0u
#define OPTEE_MSG_ATTR_VALUE_INPUT  0x1u
#define OPTEE_MSG_ATTR_VALUE_OUTPUT 0x2u
#define OPTEE_MSG_ATTR_VALUE_INOUT  0x3u
#define OPTEE_MSG_ATTR_RMEM_INPUT   0x5u
#define OPTEE_MSG_ATTR_RMEM_OUTPUT  0x6u
#define OPTEE_MSG_ATTR_RMEM_INOUT   0x7u
#define OPTEE_MSG_ATTR_TMEM_INPUT   0x9u
#define OPTEE_MSG_ATTR_TMEM_OUTPUT  0xau
#define OPTEE_MSG_ATTR_TMEM_INOUT   0xbu
#define OPTEE_MSG_ATTR_META	    0x100u
#define OPTEE_MSG_ATTR_NONCONTIG    0x200u

/* A page list: 511 page addresses and the address of the next list page. */
#define OPTEE_MSG_LIST_ENTRIES 511u

struct optee_msg_param {
	uint64_t attr;
	union {
		struct {
			uint64_t a, b, c;
		} value;
		struct {
			uint64_t offset, size, cookie;
		} rmem; /* a part of a registered buffer */
		struct {
			uint64_t address, size, cookie;
		} tmem; /* an address: of memory, or with NONCONTIG of a page list */
	};
};

struct __attribute__((aligned(8))) optee_msg_header {
	uint32_t cmd;
	uint32_t func;
	uint32_t session;
	uint32_t cancel_id;
	uint32_t pad;
	uint32_t ret;
	uint32_t ret_origin;
	uint32_t num_params;
};

_Static_assert(sizeof(struct optee_msg_param) == 32, "optee_msg.h, struct optee_msg_param");
_Static_assert(sizeof(struct optee_msg_header) == 32, "optee_msg.h, struct optee_msg_arg");

#define OPTEE_MSG_MAX_PARAMS 127u

enum optee_msg_cmd {
	OPTEE_MSG_OPEN_SESSION,
	OPTEE_MSG_INVOKE_COMMAND,
	OPTEE_MSG_CLOSE_SESSION,
	OPTEE_MSG_CANCEL,
	OPTEE_MSG_REGISTER_SHM,
	OPTEE_MSG_UNREGISTER_SHM,
	OPTEE_MSG_DO_BOTTOM_HALF,   /* the guest's thread for the TEE's drivers */
	OPTEE_MSG_STOP_ASYNC_NOTIF, /* the guest's driver goes */
};

enum optee_rpc_cmd {
	OPTEE_RPC_LOAD_TA,
	OPTEE_RPC_RPMB,
	OPTEE_RPC_FS,
	OPTEE_RPC_GET_TIME,
	OPTEE_RPC_NOTIFICATION,
	OPTEE_RPC_SUSPEND,
	OPTEE_RPC_SHM_ALLOC, /* value: a type, b size, c alignment; back one TMEM_OUTPUT */
	OPTEE_RPC_SHM_FREE,  /* value: a type, b cookie */
	OPTEE_RPC_GPROF = 9,
	OPTEE_RPC_SOCKET,
	OPTEE_RPC_FTRACE,
	OPTEE_RPC_PLUGIN,
	OPTEE_RPC_BENCH_REG = 20, /* carries a physical address */
	OPTEE_RPC_I2C_TRANSFER,
};

/* Results. */
#define TEEC_SUCCESS		  0u
#define TEEC_ERROR_GENERIC	  0xffff0000u
#define TEEC_ERROR_ACCESS_DENIED  0xffff0001u
#define TEEC_ERROR_BAD_PARAMETERS 0xffff0006u
#define TEEC_ERROR_NOT_SUPPORTED  0xffff000au
#define TEEC_ERROR_OUT_OF_MEMORY  0xffff000cu
#define TEEC_ERROR_BUSY		  0xffff000du
#define TEEC_ERROR_COMMUNICATION  0xffff000eu

/* Who made a result. */
#define TEEC_ORIGIN_COMMS 2u

/* How a client says who it is: c of an OPEN_SESSION's second parameter. */
#define TEEC_LOGIN_PUBLIC	     0x0u
#define TEEC_LOGIN_USER		     0x1u
#define TEEC_LOGIN_GROUP	     0x2u
#define TEEC_LOGIN_APPLICATION	     0x4u
#define TEEC_LOGIN_USER_APPLICATION  0x5u
#define TEEC_LOGIN_GROUP_APPLICATION 0x6u
#define TEE_LOGIN_REE_KERNEL	     0x80000000u

#endif
