/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks, in the order of mediator/port.h: see port_check.h. No C library is needed. */
#include "port_check.h"

#define PAGE	  4096ull
#define ADDRESSES (1ull << 44)

/* Some bytes, 8-aligned as pinned copies want them. */
#define WORDS 8u
#define BYTES 64u

typedef const struct port_check check_t;

static void fill(uint64_t *words, uint64_t with)
{
	for (uint64_t i = 0; i < WORDS; i++)
		words[i] = with * 0x0101010101010101ull + i;
}

static bool same(const uint64_t *a, const uint64_t *b)
{
	for (uint32_t i = 0; i < WORDS; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static bool report(check_t *c, const char *what, bool good)
{
	c->report(what, good);
	return good;
}

/* trace alone may be NULL. */
static bool is_whole(check_t *c)
{
	const struct tee_port *p = c->port;

	return p->secure_call != NULL && p->pin != NULL && p->unpin != NULL && p->read != NULL &&
	       p->write != NULL && p->read_pinned != NULL && p->write_pinned != NULL &&
	       p->pages_get != NULL && p->pages_put != NULL && p->window != NULL &&
	       p->lock != NULL && p->unlock != NULL && p->lock_tee != NULL &&
	       p->unlock_tee != NULL && p->claim_irq != NULL && p->inject_irq != NULL &&
	       p->foreign_interrupt != NULL && p->should_yield != NULL && p->time != NULL &&
	       p->log != NULL;
}

static void let_go(check_t *c, uint64_t address)
{
	uint32_t frame = (uint32_t)(address / PAGE);

	c->port->unpin(c->vm, &frame, 1);
}

static bool pins_are(check_t *c, uint64_t before, uint64_t more)
{
	return c->pins == NULL || c->pins(c->vm) == before + more;
}

static uint64_t pins_now(check_t *c)
{
	return c->pins != NULL ? c->pins(c->vm) : 0;
}

static bool is_address(uint64_t address)
{
	return address != 0 && address % PAGE == 0 && address < ADDRESSES;
}

static bool pins_pages(check_t *c)
{
	uint64_t pages[3] = {c->ram, c->ram + PAGE, c->ram};
	uint64_t before = pins_now(c);
	bool good;

	if (!c->port->pin(c->vm, pages, 3))
		return false;
	good = is_address(pages[0]) && is_address(pages[1]) && pages[0] != pages[1] &&
	       pages[0] == pages[2] && pins_are(c, before, 3);
	let_go(c, pages[2]);
	good = good && pins_are(c, before, 2);
	let_go(c, pages[1]);
	let_go(c, pages[0]);
	return good && pins_are(c, before, 0);
}

static bool pins_a_batch(check_t *c)
{
	static uint64_t pages[TEE_PIN_BATCH];
	static uint32_t frames[TEE_PIN_BATCH];
	uint64_t before = pins_now(c);

	for (uint32_t i = 0; i < TEE_PIN_BATCH; i++)
		pages[i] = c->ram + (uint64_t)(i % 2) * PAGE;
	if (!c->port->pin(c->vm, pages, TEE_PIN_BATCH))
		return false;
	for (uint32_t i = 0; i < TEE_PIN_BATCH; i++)
		frames[i] = (uint32_t)(pages[i] / PAGE);
	c->port->unpin(c->vm, frames, TEE_PIN_BATCH);
	return pins_are(c, before, 0);
}

/* A good page before the bad one must not stay pinned. */
static bool refuses_to_pin(check_t *c, uint64_t bad)
{
	uint64_t pages[2] = {c->ram, bad};
	uint64_t before = pins_now(c);

	return !c->port->pin(c->vm, pages, 2) && pins_are(c, before, 0);
}

static bool copies_this(check_t *c, uint64_t at, size_t size, uint64_t with)
{
	uint64_t out[WORDS], in[WORDS], old[WORDS];

	fill(out, with);
	fill(in, 0);
	fill(old, 0);
	if (!c->port->write(c->vm, ipa(at), out, size) || !c->port->read(c->vm, ipa(at), in, size))
		return false;
	for (size_t i = 0; i < BYTES; i++)
		if (((uint8_t *)in)[i] != ((uint8_t *)(i < size ? out : old))[i])
			return false;
	return true;
}

/* Twice, so that what was there before does not make it good. */
static bool copies(check_t *c, uint64_t at, size_t size)
{
	return copies_this(c, at, size, 1) && copies_this(c, at, size, 2);
}

static bool refuses_to_copy(check_t *c)
{
	uint64_t in[WORDS], old[WORDS];

	fill(in, 1);
	fill(old, 1);
	return !c->port->read(c->vm, ipa(c->hole), in, BYTES) && same(in, old) &&
	       !c->port->write(c->vm, ipa(c->hole), in, BYTES);
}

/* The second page, seen through its IPA and through its physical address. */
static bool one_memory_with(check_t *c, uint64_t with)
{
	uint64_t page = c->ram + PAGE, out[WORDS], in[WORDS], back[WORDS];
	bool good;

	if (!c->port->pin(c->vm, &page, 1))
		return false;
	fill(out, with);
	good = c->port->write(c->vm, ipa(c->ram + PAGE + 128), out, BYTES);
	c->port->lock(c->vm);
	c->port->read_pinned(c->vm, pa(page + 128), in, BYTES);
	c->port->unlock(c->vm);
	fill(out, with + 1);
	c->port->write_pinned(c->vm, pa(page + PAGE - BYTES), out, BYTES);
	good = good && c->port->read(c->vm, ipa(c->ram + 2 * PAGE - BYTES), back, BYTES);
	let_go(c, page);
	good = good && same(back, out);
	fill(out, with);
	return good && same(in, out);
}

static bool sees_one_memory(check_t *c)
{
	return one_memory_with(c, 3) && one_memory_with(c, 5);
}

static bool is_zero(const uint64_t *words, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (words[i] != 0)
			return false;
	return true;
}

/* Three pages, twice: dirty when they go back. */
static bool gives_zeroed_pages(check_t *c)
{
	bool good = true;

	for (uint32_t n = 0; n < 2; n++) {
		pa_t address = pa(0);
		uint64_t *pages = c->port->pages_get(c->port->host, 3, &address);

		if (pages == NULL)
			return false;
		good = good && (uintptr_t)pages % sizeof(*pages) == 0 && is_address(address.pa) &&
		       is_zero(pages, 3 * PAGE / sizeof(*pages));
		for (uint32_t i = 0; i < 3 * PAGE / sizeof(*pages); i++)
			pages[i] = ~0ull;
		c->port->pages_put(c->port->host, pages, 3);
	}
	return good;
}

/* In their order, and again: an unlock that does nothing hangs here, or is seen by the host. */
static bool locks(check_t *c)
{
	for (uint32_t n = 0; n < 2; n++) {
		c->port->lock_tee(c->port->host);
		c->port->lock(c->vm);
		c->port->log(c->vm, "port_check: %s %u", "with locks held", n);
		c->port->unlock(c->vm);
		c->port->unlock_tee(c->port->host);
	}
	return true;
}

static bool time_goes_on(check_t *c)
{
	uint64_t first = c->port->time(c->port->host);

	return c->port->time(c->port->host) >= first;
}

bool port_check(const struct port_check *c)
{
	bool good = report(c, "all functions are there", is_whole(c));

	if (!good)
		return false;
	good &= report(c, "pages are pinned and unpinned, one twice", pins_pages(c));
	good &= report(c, "a batch of pages is pinned", pins_a_batch(c));
	good &= report(c, "an address inside a page is not pinned", refuses_to_pin(c, c->ram + 8));
	good &= report(c, "what is not the VM's is not pinned", refuses_to_pin(c, c->hole));
	good &= report(c, "nor is an address that wraps", refuses_to_pin(c, ~0ull - PAGE + 1));
	good &= report(c, "memory is copied, a whole line", copies(c, c->ram, BYTES));
	good &= report(c, "one byte, unaligned", copies(c, c->ram + 3, 1));
	good &= report(c, "up to a page's end", copies(c, c->ram + PAGE - 13, 13));
	good &= report(c, "what is not the VM's is not copied", refuses_to_copy(c));
	good &= report(c, "pinned and guest copies see one memory", sees_one_memory(c));
	good &= report(c, "pages of the host's come zeroed", gives_zeroed_pages(c));
	good &= report(c, "both locks are taken and released", locks(c));
	good &= report(c, "time goes on", time_goes_on(c));
	return good & report(c, "without a vCPU an interrupted TEE is resumed",
			     c->port->foreign_interrupt(NULL) == TEE_RESUME);
}
