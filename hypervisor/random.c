/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ChaCha20 (RFC 8439, 2.3) as a generator: each request takes one block to replace the key, so that
 * what was given out before cannot be computed again, and one for each 64 bytes of output. The seed
 * is absorbed 32 bytes at a time, with a block between. Left out: gathering entropy, reseeding.
 */
#include "hypervisor/random.h"
#include "arch/clock.h"
#include "arch/spinlock.h"
#include "lib/util.h"
#include <string.h>

#define KEY_BYTES   32u
#define BLOCK_BYTES 64u

static struct spinlock lock;
static uint32_t key[KEY_BYTES / 4];

static uint32_t rotate(uint32_t v, unsigned by)
{
	return v << by | v >> (32 - by);
}

static void quarter(uint32_t s[16], unsigned a, unsigned b, unsigned c, unsigned d)
{
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 16);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 12);
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 8);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 7);
}

void chacha20_block(const uint32_t k[8], const uint32_t tail[4], uint32_t out[16])
{
	static const uint32_t head[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
	uint32_t start[16];

	memcpy(start, head, sizeof(head));
	memcpy(start + 4, k, KEY_BYTES);
	memcpy(start + 12, tail, 16);
	memcpy(out, start, sizeof(start));
	for (unsigned i = 0; i < 10; i++) {
		for (unsigned c = 0; c < 4; c++)
			quarter(out, c, 4 + c, 8 + c, 12 + c);
		for (unsigned c = 0; c < 4; c++)
			quarter(out, c, 4 + (c + 1) % 4, 8 + (c + 2) % 4, 12 + (c + 3) % 4);
	}
	for (unsigned i = 0; i < 16; i++)
		out[i] += start[i];
}

/* The key's block number n. */
static void block(uint32_t n, uint32_t out[16])
{
	const uint32_t tail[4] = {n, 0, 0, 0};

	chacha20_block(key, tail, out);
}

static void replace_key(void)
{
	uint32_t out[16];

	block(0, out);
	memcpy(key, out, KEY_BYTES);
}

static void absorb(const uint8_t *data, size_t length)
{
	uint8_t *k = (uint8_t *)key;

	for (size_t i = 0; i < length; i++) {
		k[i % KEY_BYTES] ^= data[i];
		if (i % KEY_BYTES == KEY_BYTES - 1)
			replace_key();
	}
	replace_key();
}

void random_init(void *seed, size_t length)
{
	uint64_t ticks = clock_ticks();

	spin_lock(&lock);
	absorb((const uint8_t *)&ticks, sizeof(ticks));
	absorb(seed, length);
	spin_unlock(&lock);
	if (length != 0)
		memset(seed, 0, length);
}

void random_bytes(void *out, size_t length)
{
	uint8_t *to = out;
	uint32_t bytes[16];
	uint32_t n = 1;

	spin_lock(&lock);
	for (; length > 0; n++) {
		size_t part = length < BLOCK_BYTES ? length : BLOCK_BYTES;

		block(n, bytes);
		memcpy(to, bytes, part);
		to += part;
		length -= part;
	}
	replace_key();
	spin_unlock(&lock);
}
