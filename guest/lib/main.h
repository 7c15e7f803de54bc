/* SPDX-License-Identifier: BSD-2-Clause */
/* What each guest provides. */
#ifndef GUEST_LIB_MAIN_H
#define GUEST_LIB_MAIN_H

/* Runs on CPU 0 with the MMU on and interrupts masked. The VM is powered off when it returns. */
void guest_main(void);

#endif
