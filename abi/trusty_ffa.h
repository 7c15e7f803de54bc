/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of Arm's Firmware Framework for A-profile (FF-A, DEN 0077, version 1.0) by which memory
 * is shared with Trusty: function ids, error codes, and the memory transaction descriptor that
 * lies in the transmit buffer. Left out: messages, notifications, lending, version 1.1.
 */
#ifndef ABI_TRUSTY_FFA_H
#define ABI_TRUSTY_FFA_H

#include <stdint.h>

#define FFA_ERROR	  0x84000060u /* code in w2 */
#define FFA_SUCCESS	  0x84000061u
#define FFA_VERSION	  0x84000063u
#define FFA_FEATURES	  0x84000064u
#define FFA_RXTX_MAP_32	  0x84000066u /* transmit, receive, pages */
#define FFA_RXTX_MAP_64	  0xc4000066u
#define FFA_RXTX_UNMAP	  0x84000067u
#define FFA_ID_GET	  0x84000069u /* w2: the caller's id */
#define FFA_MEM_SHARE_32  0x84000073u /* length, of this fragment; w2, w3: handle */
#define FFA_MEM_SHARE_64  0xc4000073u
#define FFA_MEM_RECLAIM	  0x84000077u /* handle in w1, w2; flags */
#define FFA_FUNCTION_LAST 0x7fu	      /* the first is 0x60 */

#define FFA_VERSION_1_0 0x00010000u

#define FFA_NOT_SUPPORTED      (-1)
#define FFA_INVALID_PARAMETERS (-2)
#define FFA_NO_MEMORY	       (-3)
#define FFA_BUSY	       (-4)
#define FFA_DENIED	       (-6)
#define FFA_ABORTED	       (-8)

/* Endpoint id of Trusty. */
#define FFA_ID_TRUSTY 0x8000u

/* Attributes of memory: normal, and non-cacheable or write-back and inner shareable. */
#define FFA_ATTR_NON_CACHED 0x24u
#define FFA_ATTR_CACHED	    0x2fu

/* Permissions of the borrower. */
#define FFA_PERM_RW 0x02u
#define FFA_PERM_NX 0x04u

/* A run of pages. */
struct ffa_range {
	uint64_t address;
	uint32_t pages;
	uint32_t reserved;
};

/* Memory transaction descriptor with one borrower, as one fragment. */
struct ffa_share {
	uint16_t sender;
	uint8_t attributes;
	uint8_t reserved0;
	uint32_t flags;
	uint64_t handle;
	uint64_t tag;
	uint32_t reserved1;
	uint32_t borrowers; /* 1 */
	uint16_t borrower;
	uint8_t permissions;
	uint8_t borrower_flags;
	uint32_t composite; /* offset of the next two lines */
	uint64_t reserved2;
};

struct ffa_composite {
	uint32_t pages; /* of all ranges */
	uint32_t ranges;
	uint64_t reserved;
};

_Static_assert(sizeof(struct ffa_range) == 16, "size by the specification");
_Static_assert(sizeof(struct ffa_share) == 48, "size by the specification");
_Static_assert(sizeof(struct ffa_composite) == 16, "size by the specification");

#endif
