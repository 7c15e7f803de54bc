/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PL061 GPIO block (Arm DDI 0190), outputs only: eight lines, named 0 to 7.
 */
#ifndef DRIVERS_PL061_H
#define DRIVERS_PL061_H

#include <stdint.h>

/* Make the line an output and let it rise: low first, then high. */
void pl061_pulse(uintptr_t base, unsigned line);

#endif
