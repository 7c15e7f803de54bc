/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between OP-TEE at Secure EL1 and whoever switches worlds for it: the done-codes with which
 * OP-TEE leaves, and the table of branch instructions through which it is entered. Upstream has
 * no document; the words are fixed by OP-TEE 4.5.0 (teesmc_opteed.h and its vector table) and seen
 * from both builds of Debian. Whoever emulates a world for an unmodified image speaks this too.
 * Values only, so that assembly can include it.
 */
#ifndef ABI_OPTEE_DISPATCHER_H
#define ABI_OPTEE_DISPATCHER_H

/* x0 of the SMC with which OP-TEE gives up the CPU. None of these SMCs ever returns. */
#define OPTEE_ENTRY_DONE	0xbe000000 /* x1: physical address of the vector table */
#define OPTEE_ON_DONE		0xbe000001 /* x1: 0, or the CPU must not come up */
#define OPTEE_OFF_DONE		0xbe000002 /* x1: 0 */
#define OPTEE_SUSPEND_DONE	0xbe000003
#define OPTEE_RESUME_DONE	0xbe000004
#define OPTEE_CALL_DONE		0xbe000005 /* x1 to x4: the caller's x0 to x3 */
#define OPTEE_FIQ_DONE		0xbe000006
#define OPTEE_SYSTEM_OFF_DONE	0xbe000007
#define OPTEE_SYSTEM_RESET_DONE 0xbe000008

/* Offsets of the table's entries, one branch instruction each. */
#define OPTEE_VECTOR_YIELD	  0x00
#define OPTEE_VECTOR_FAST	  0x04
#define OPTEE_VECTOR_CPU_ON	  0x08
#define OPTEE_VECTOR_CPU_OFF	  0x0c
#define OPTEE_VECTOR_RESUME	  0x10
#define OPTEE_VECTOR_SUSPEND	  0x14
#define OPTEE_VECTOR_FIQ	  0x18 /* x0: the interrupted PC */
#define OPTEE_VECTOR_SYSTEM_OFF	  0x1c
#define OPTEE_VECTOR_SYSTEM_RESET 0x20

/* PSTATE of the first entry on a CPU: EL1h, DAIF masked. Later ones take that of the last exit. */
#define OPTEE_ENTRY_SPSR 0x3c5

/* CFG_TEE_CORE_NB_CORE of Debian's builds. A CPU at position Aff0 + 4 * Aff1 from here on that is
 * let in never comes back. */
#define OPTEE_CPUS_MAX 4

#endif
