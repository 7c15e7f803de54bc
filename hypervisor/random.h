/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random bytes for the guests' seeds. As good as the seed that the boot loader left in the board's
 * tree (/chosen/rng-seed): who does not know that seed cannot tell one VM's bytes from another's,
 * nor what was given out before from what the generator holds now.
 */
#ifndef HYPERVISOR_RANDOM_H
#define HYPERVISOR_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Key the generator and overwrite the seed with zeroes: no guest may ever find it. Once, at boot,
 * by one CPU. length 0: only the system counter keys it, which a guest can guess; say so in the
 * log.
 */
void random_init(void *seed, size_t length);

/* Any CPU, any lock may be held. */
void random_bytes(void *out, size_t length);

/*
 * The ChaCha20 block function of RFC 8439, 2.3: eight words of key; block count and nonce in tail;
 * 16 words of key stream. Pure; here for its test vector.
 */
void chacha20_block(const uint32_t k[8], const uint32_t tail[4], uint32_t out[16]);

#endif
