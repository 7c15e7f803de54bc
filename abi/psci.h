/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Power State Coordination Interface (Arm DEN 0022, issue F): function ids of all versions up
 * to 1.3, the answers, and the layout of the arguments that both ends must agree on. Values only.
 */
#ifndef ABI_PSCI_H
#define ABI_PSCI_H

/* Function ids, DEN 0022 section 5.1. _32 and _64 exist where an argument is an address or a
 * register's width. */
#define PSCI_VERSION			0x84000000
#define PSCI_CPU_SUSPEND_32		0x84000001
#define PSCI_CPU_SUSPEND_64		0xc4000001
#define PSCI_CPU_OFF			0x84000002
#define PSCI_CPU_ON_32			0x84000003
#define PSCI_CPU_ON_64			0xc4000003
#define PSCI_AFFINITY_INFO_32		0x84000004
#define PSCI_AFFINITY_INFO_64		0xc4000004
#define PSCI_MIGRATE_32			0x84000005
#define PSCI_MIGRATE_64			0xc4000005
#define PSCI_MIGRATE_INFO_TYPE		0x84000006
#define PSCI_MIGRATE_INFO_UP_CPU_32	0x84000007
#define PSCI_MIGRATE_INFO_UP_CPU_64	0xc4000007
#define PSCI_SYSTEM_OFF			0x84000008
#define PSCI_SYSTEM_RESET		0x84000009
#define PSCI_FEATURES			0x8400000a
#define PSCI_CPU_FREEZE			0x8400000b
#define PSCI_CPU_DEFAULT_SUSPEND_32	0x8400000c
#define PSCI_CPU_DEFAULT_SUSPEND_64	0xc400000c
#define PSCI_NODE_HW_STATE_32		0x8400000d
#define PSCI_NODE_HW_STATE_64		0xc400000d
#define PSCI_SYSTEM_SUSPEND_32		0x8400000e
#define PSCI_SYSTEM_SUSPEND_64		0xc400000e
#define PSCI_SET_SUSPEND_MODE		0x8400000f
#define PSCI_STAT_RESIDENCY_32		0x84000010
#define PSCI_STAT_RESIDENCY_64		0xc4000010
#define PSCI_STAT_COUNT_32		0x84000011
#define PSCI_STAT_COUNT_64		0xc4000011
#define PSCI_SYSTEM_RESET2_32		0x84000012
#define PSCI_SYSTEM_RESET2_64		0xc4000012
#define PSCI_MEM_PROTECT		0x84000013
#define PSCI_MEM_PROTECT_CHECK_RANGE_32 0x84000014
#define PSCI_MEM_PROTECT_CHECK_RANGE_64 0xc4000014
#define PSCI_SYSTEM_OFF2_32		0x84000015
#define PSCI_SYSTEM_OFF2_64		0xc4000015
#define PSCI_CLEAN_INV_MEMREGION_64	0xc4000016
#define PSCI_CLEAN_INV_MEMREGION_ATTRS	0x84000017
#define PSCI_FUNCTION_FIRST		0x84000000
#define PSCI_FUNCTION_LAST		0x8400001f

/* What PSCI_VERSION answers: major in 31:16, minor in 15:0. */
#define PSCI_VERSION_1_1 0x00010001

/* Answers in w0 (sign-extended in x0), DEN 0022 section 5.2.2. */
#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_ON_PENDING		(-5)
#define PSCI_INTERNAL_FAILURE	(-6)
#define PSCI_NOT_PRESENT	(-7)
#define PSCI_DISABLED		(-8)
#define PSCI_INVALID_ADDRESS	(-9)

/* AFFINITY_INFO, section 5.7. */
#define PSCI_AFFINITY_ON	 0
#define PSCI_AFFINITY_OFF	 1
#define PSCI_AFFINITY_ON_PENDING 2

/* A target_cpu argument may have these bits of MPIDR set and no other, section 5.1.4. */
#define PSCI_TARGET_MASK_64 0x000000ff00ffffffull
#define PSCI_TARGET_MASK_32 0x0000000000ffffffull

/*
 * power_state in the original format, section 5.4.2: StateID 15:0, StateType 16 (1 = power down),
 * PowerLevel 25:24. In the extended format: StateID 27:0, StateType 30. PSCI_FEATURES of
 * CPU_SUSPEND says which one holds in bit 1, and in bit 0 whether the OS may coordinate.
 */
#define PSCI_POWER_STATE_TYPE_BIT      16
#define PSCI_POWER_STATE_LEVEL_SHIFT   24
#define PSCI_POWER_STATE_LEVEL_MASK    3
#define PSCI_POWER_STATE_RESERVED_MASK 0xfcfe0000

/* MIGRATE_INFO_TYPE, section 5.9. */
#define PSCI_TOS_UP_MIGRATE_CAPABLE 0
#define PSCI_TOS_UP_NOT_CAPABLE	    1
#define PSCI_TOS_NOT_PRESENT_OR_MP  2

/* SYSTEM_RESET2, section 5.12. */
#define PSCI_RESET2_WARM       0x00000000
#define PSCI_RESET2_VENDOR_BIT 31

#endif
