/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of OP-TEE's SMC interface: function ids, return codes, capability bits. From OP-TEE OS
 * 4.5.0, core/arch/arm/include/sm/optee_smc.h, which is the specification. Only the low 32 bits of
 * a register count. Left out: what concerns AArch32's level 2 cache and Arm's FF-A.
 */
#ifndef ABI_OPTEE_SMC_H
#define ABI_OPTEE_SMC_H

/* Fast calls, owners 63 (any trusted OS) and 50 (OP-TEE). */
#define OPTEE_SMC_CALLS_COUNT		0xbf00ff00u
#define OPTEE_SMC_CALLS_UID		0xbf00ff01u
#define OPTEE_SMC_CALLS_REVISION	0xbf00ff03u
#define OPTEE_SMC_GET_OS_UUID		0xb2000000u
#define OPTEE_SMC_GET_OS_REVISION	0xb2000001u
#define OPTEE_SMC_GET_SHM_CONFIG	0xb2000007u
#define OPTEE_SMC_EXCHANGE_CAPABILITIES 0xb2000009u
#define OPTEE_SMC_DISABLE_SHM_CACHE	0xb200000au
#define OPTEE_SMC_ENABLE_SHM_CACHE	0xb200000bu
#define OPTEE_SMC_VM_CREATED		0xb200000du
#define OPTEE_SMC_VM_DESTROYED		0xb200000eu
#define OPTEE_SMC_GET_THREAD_COUNT	0xb200000fu
#define OPTEE_SMC_ENABLE_ASYNC_NOTIF	0xb2000010u
#define OPTEE_SMC_GET_ASYNC_NOTIF_VALUE 0xb2000011u /* back a1 value, a2 OPTEE_NOTIF_* */

/* Yielding calls, owner 50. */
#define OPTEE_SMC_RETURN_FROM_RPC    0x32000003u
#define OPTEE_SMC_CALL_WITH_ARG	     0x32000004u
#define OPTEE_SMC_CALL_WITH_RPC_ARG  0x32000012u
#define OPTEE_SMC_CALL_WITH_REGD_ARG 0x32000013u

/* a0 on return. */
#define OPTEE_SMC_OK		   0u
#define OPTEE_SMC_ETHREAD_LIMIT	   1u
#define OPTEE_SMC_EBUSY		   2u
#define OPTEE_SMC_ERESUME	   3u
#define OPTEE_SMC_EBADADDR	   4u
#define OPTEE_SMC_EBADCMD	   5u
#define OPTEE_SMC_ENOMEM	   6u
#define OPTEE_SMC_ENOTAVAIL	   7u
#define OPTEE_SMC_UNKNOWN_FUNCTION 0xffffffffu

/* a0 on return, when the TEE asks something of the normal world. a3: the thread to resume. */
#define OPTEE_SMC_RPC_ALLOC	   0xffff0000u /* in a1 size; back a1/a2 address, a4/a5 cookie */
#define OPTEE_SMC_RPC_FREE	   0xffff0002u /* in a1/a2 cookie */
#define OPTEE_SMC_RPC_FOREIGN_INTR 0xffff0004u
#define OPTEE_SMC_RPC_CMD	   0xffff0005u /* in a1/a2 cookie of the buffer, or 0 */

/* a1 of EXCHANGE_CAPABILITIES, from the normal world and from the TEE. */
#define OPTEE_NSEC_CAP_UNIPROCESSOR    0x1u
#define OPTEE_SEC_CAP_RESERVED_SHM     0x1u
#define OPTEE_SEC_CAP_UNREGISTERED_SHM 0x2u
#define OPTEE_SEC_CAP_DYNAMIC_SHM      0x4u
#define OPTEE_SEC_CAP_VIRTUALIZATION   0x8u
#define OPTEE_SEC_CAP_MEMREF_NULL      0x10u
#define OPTEE_SEC_CAP_ASYNC_NOTIF      0x20u
#define OPTEE_SEC_CAP_RPC_ARG	       0x40u

/* a2 of GET_ASYNC_NOTIF_VALUE: a1 holds a value; there are more. */
#define OPTEE_NOTIF_VALID   0x1u
#define OPTEE_NOTIF_PENDING 0x2u

/* a7: the client. 0 is the hypervisor itself. */
#define OPTEE_CLIENT_HYPERVISOR 0u

/* The answer to CALLS_UID of every OP-TEE. */
#define OPTEE_UID_0 0x384fb3e0u
#define OPTEE_UID_1 0xe7f811e3u
#define OPTEE_UID_2 0xaf630002u
#define OPTEE_UID_3 0xa5d5c51bu

#endif
