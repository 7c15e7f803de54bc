/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of Trusty's SMC interface: function ids, answers, memory ids. From Trusty's lib/sm
 * (smcall.h, sm_err.h), which is the specification. r1 to r3 are arguments, r7 is the client, only
 * r0 comes back, and of it the low 32 bits count. Left out: what no guest may reach and the
 * mediator does not name, as the functions of the platform's monitor.
 */
#ifndef ABI_TRUSTY_SMC_H
#define ABI_TRUSTY_SMC_H

/* Fast calls, owner 60 (Secure monitor), 50 (trusted OS) and 63 (generic). */
#define TRUSTY_FC_FIQ_EXIT	    0xbc000001u
#define TRUSTY_FC_REQUEST_FIQ	    0xbc000002u
#define TRUSTY_FC_GET_NEXT_IRQ	    0xbc000003u /* smallest id wanted, enum trusty_irq_type */
#define TRUSTY_FC_FIQ_ENTER	    0xbc000004u
#define TRUSTY_FC_CPU_SUSPEND	    0xbc000007u
#define TRUSTY_FC_CPU_RESUME	    0xbc000008u
#define TRUSTY_FC_AARCH_SWITCH	    0xbc000009u
#define TRUSTY_FC_GET_VERSION_STR   0xbc00000au /* index; -1: the length */
#define TRUSTY_FC_API_VERSION	    0xbc00000bu /* the highest that the caller knows */
#define TRUSTY_FC_FIQ_RESUME	    0xbc00000cu
#define TRUSTY_FC_GET_SMP_MAX_CPUS  0xbc00000du
#define TRUSTY_FC_QL_HANDLE_CMD	    0xb2000020u /* memory id (2), bytes: HAS_EVENT only */
#define TRUSTY_FC_UID		    0xbf00ff01u
#define TRUSTY_FC64_SET_FIQ_HANDLER 0xfc000005u
#define TRUSTY_FC64_GET_FIQ_REGS    0xfc000006u

enum trusty_irq_type { TRUSTY_IRQ_NORMAL, TRUSTY_IRQ_PER_CPU, TRUSTY_IRQ_DOORBELL };

/* Standard calls: one at a time in the machine, but NOP. */
#define TRUSTY_SC_RESTART_LAST	 0x3c000000u
#define TRUSTY_SC_LOCKED_NOP	 0x3c000001u
#define TRUSTY_SC_RESTART_FIQ	 0x3c000002u
#define TRUSTY_SC_NOP		 0x3c000003u /* r1: a function to run meanwhile, or 0 */
#define TRUSTY_SC_VDEV_KICK_VQ	 0x32000019u /* the one that a NOP may name */
#define TRUSTY_SC_QL_CREATE	 0x3200001eu /* memory id (2), bytes */
#define TRUSTY_SC_QL_SHUTDOWN	 0x3200001fu /* memory id (2) */
#define TRUSTY_SC_QL_HANDLE_CMD	 0x32000020u /* memory id (2), bytes of the command */
#define TRUSTY_SC_SET_ROT_PARAMS 0x3200ffffu /* of the boot loader */

/* r0 on return, as int32_t. */
#define TRUSTY_OK		      0
#define TRUSTY_ERR_UNDEFINED	      (-1)
#define TRUSTY_ERR_INVALID	      (-2)
#define TRUSTY_ERR_INTERRUPTED	      (-3) /* RESTART_LAST */
#define TRUSTY_ERR_UNEXPECTED_RESTART (-4)
#define TRUSTY_ERR_BUSY		      (-5)
#define TRUSTY_ERR_INTERLEAVED	      (-6)
#define TRUSTY_ERR_INTERNAL	      (-7)
#define TRUSTY_ERR_NOT_SUPPORTED      (-8)
#define TRUSTY_ERR_NOT_ALLOWED	      (-9)
#define TRUSTY_ERR_END_OF_INPUT	      (-10)
#define TRUSTY_ERR_PANIC	      (-11) /* from then on, always */
#define TRUSTY_ERR_FIQ_INTERRUPTED    (-12) /* RESTART_FIQ, on this CPU */
#define TRUSTY_ERR_CPU_IDLE	      (-13) /* RESTART_LAST after the next interrupt */
#define TRUSTY_ERR_NOP_INTERRUPTED    (-14)
#define TRUSTY_ERR_NOP_DONE	      (-15)

/* Versions of the interface. */
#define TRUSTY_API_SMP_NOP	3u
#define TRUSTY_API_PHYS_MEM_OBJ 4u /* a memory id's attributes must be right */
#define TRUSTY_API_MEM_OBJ	5u /* a memory id is a handle of FFA_MEM_SHARE */

/* A memory id below TRUSTY_API_MEM_OBJ: laid out like a page table entry. */
#define TRUSTY_ID_ADDRESS      0x0000fffffffff000ull
#define TRUSTY_ID_READ_ONLY    (1ull << 7)
#define TRUSTY_ID_SHARE_SHIFT  8  /* bits 9:8 */
#define TRUSTY_ID_MAIR_SHIFT   48 /* bits 55:48 */
#define TRUSTY_ID_RESERVED     0xff00000000000000ull
#define TRUSTY_SHARE_INNER     3u
#define TRUSTY_MAIR_DEFAULT    0x00u /* cached; below TRUSTY_API_PHYS_MEM_OBJ */
#define TRUSTY_MAIR_NON_CACHED 0x44u
#define TRUSTY_MAIR_CACHED     0xffu

/* QL-TIPC: devices in the machine, and the header of a command in a device's buffer. */
#define TRUSTY_QL_DEVICES 2u
#define TRUSTY_QL_HEADER  16u

/* The answer to UID of every Trusty. */
#define TRUSTY_UID_0 0xf025ee40u
#define TRUSTY_UID_1 0x4c30bca2u
#define TRUSTY_UID_2 0x73a14c8cu
#define TRUSTY_UID_3 0xf18a7dc5u

#endif
