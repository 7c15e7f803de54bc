/* SPDX-License-Identifier: BSD-2-Clause */
/* What this hypervisor calls itself. */
#ifndef HYPERVISOR_VERSION_H
#define HYPERVISOR_VERSION_H

#define HYPERVISOR_NAME	   "teevisor"
#define HYPERVISOR_VERSION "0.1"

#endif
