/* SPDX-License-Identifier: BSD-2-Clause */
/* The model Trusty and its EL3: see model_trusty.h. */
#include "tests/unit/model_trusty.h"
#include "lib/util.h"
#include <string.h>

struct model_trusty trusty_model;

static struct model_trusty *const m = &trusty_model;

void model_trusty_reset(uint32_t api_max, bool ffa)
{
	memset(m, 0, sizeof(*m));
	m->api_max = api_max;
	m->ffa = ffa;
	m->doorbell = 13;
	m->version = 12;
}

void model_trusty_script(struct mt_script *script, uint32_t n, int32_t answer)
{
	while (n-- > 0 && script->length < MT_SCRIPT)
		script->answer[script->length++] = answer;
}

uint32_t model_trusty_devices(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < TRUSTY_QL_DEVICES; i++)
		n += m->devices[i].used;
	return n;
}

uint32_t model_trusty_shares(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < MT_SHARES; i++)
		n += m->shares[i].handle != 0;
	return n;
}

static uint64_t pair(uint64_t low, uint64_t high)
{
	return high << 32 | (uint32_t)low;
}

static int32_t panic(const char *why)
{
	fake_violation("Trusty panics: %s", why);
	m->panicked = true;
	return TRUSTY_ERR_PANIC;
}

/* Pages that Trusty or EL3 holds must not be unpinned: fake_port looks at tee_uses. */
static void hold(const uint64_t *pages, uint32_t count, int by)
{
	uint32_t page;

	for (uint32_t i = 0; i < count; i++) {
		struct tee_host_vm *vm = fake_owner(pages[i], &page);

		if (vm != NULL)
			vm->tee_uses[page] += (uint32_t)by;
	}
}

/* A pinned page, of this VM if it is given. */
static bool page_is_good(uint64_t pa, const struct tee_host_vm *vm)
{
	uint32_t page;
	struct tee_host_vm *owner = fake_owner(pa, &page);

	if (owner != NULL && owner->pins[page] != 0 && (pa & PAGE_MASK) == 0 &&
	    (vm == NULL || owner == vm))
		return true;
	fake_violation("Trusty was given %#llx, not a pinned page of the VM",
		       (unsigned long long)pa);
	return false;
}

static void unused(uint64_t a, uint64_t b, uint64_t c)
{
	if ((a | b | c) != 0)
		fake_violation("an argument that the function has not");
}

static void run_inside(void)
{
	void (*inside)(void) = m->inside;

	m->inside = NULL;
	if (inside != NULL)
		inside();
}

/* FF-A */

static void ffa_answer(uint64_t *regs, int32_t code)
{
	memset(regs, 0, 8 * sizeof(*regs));
	regs[0] = code == 0 ? FFA_SUCCESS : FFA_ERROR;
	regs[2] = (uint32_t)code;
}

static bool share_is_good(const struct ffa_share *s, const struct ffa_composite *c, uint32_t length)
{
	return s->attributes == FFA_ATTR_CACHED || s->attributes == FFA_ATTR_NON_CACHED
		       ? s->sender != 0 && s->sender < MT_CLIENTS && m->vm[s->sender] != NULL &&
				 s->flags == 0 && s->handle == 0 && s->tag == 0 &&
				 s->borrowers == 1 && s->borrower == FFA_ID_TRUSTY &&
				 s->permissions == FFA_PERM_RW && s->composite == sizeof(*s) &&
				 c->pages <= MT_PAGES &&
				 length == sizeof(*s) + sizeof(*c) +
						   c->ranges * sizeof(struct ffa_range)
		       : false;
}

static bool take_pages(struct mt_share *share, const struct ffa_range *r, uint32_t ranges)
{
	bool good = true;

	share->count = 0;
	for (uint32_t i = 0; i < ranges; i++)
		for (uint32_t n = 0; n < r[i].pages && share->count < MT_PAGES; n++) {
			uint64_t at = r[i].address + (uint64_t)n * PAGE_SIZE;

			unused(r[i].reserved, 0, 0);

			good = page_is_good(at, m->vm[share->sender]) && good;
			share->pages[share->count++] = at;
		}
	return good;
}

static struct mt_share *share_new(void)
{
	for (uint32_t i = 0; i < MT_SHARES; i++)
		if (m->shares[i].handle == 0)
			return &m->shares[i];
	return NULL;
}

static int32_t ffa_share(uint64_t *regs)
{
	static uint64_t last = 0x600d000000000000ull;
	const struct ffa_share *s = m->transmit != 0 ? fake_secure_view(NULL, m->transmit) : NULL;
	const struct ffa_composite *c = (const void *)(s + 1);
	struct mt_share *share = share_new();

	if (s == NULL || regs[1] != regs[2] || !share_is_good(s, c, (uint32_t)regs[1])) {
		fake_violation("MEM_SHARE: a malformed descriptor");
		return FFA_INVALID_PARAMETERS;
	}
	if (m->fail_share != 0 || share == NULL)
		return share == NULL ? FFA_NO_MEMORY : m->fail_share;
	share->sender = s->sender;
	share->attributes = s->attributes;
	if (!take_pages(share, (const void *)(c + 1), c->ranges))
		return FFA_INVALID_PARAMETERS;
	hold(share->pages, share->count, 1);
	memset(fake_secure_view(NULL, m->transmit), 0xff, PAGE_SIZE); /* EL3 may write there */
	share->handle = last += 0x100000001ull;
	share->mapped = false;
	ffa_answer(regs, 0);
	regs[2] = (uint32_t)share->handle;
	regs[3] = share->handle >> 32;
	return 0;
}

static struct mt_share *share_by(uint64_t handle)
{
	for (uint32_t i = 0; i < MT_SHARES; i++)
		if (handle != 0 && m->shares[i].handle == handle)
			return &m->shares[i];
	return NULL;
}

/* Whoever asks. */
static int32_t ffa_reclaim(uint64_t handle)
{
	struct mt_share *share = share_by(handle);

	if (share == NULL) {
		fake_violation("RECLAIM of no handle of ours");
		return FFA_INVALID_PARAMETERS;
	}
	if (m->fail_reclaim != 0)
		return m->fail_reclaim;
	if (share->mapped)
		return FFA_DENIED;
	hold(share->pages, share->count, -1);
	share->handle = 0;
	return 0;
}

static int32_t ffa_map(const uint64_t *regs)
{
	if (m->transmit != 0 || regs[3] != 1 || regs[2] != regs[1] + PAGE_SIZE ||
	    !fake_is_shared(regs[1]) || !fake_is_shared(regs[2]))
		fake_violation("RXTX_MAP: twice, or not the mediator's pages");
	if (m->fail_map != 0)
		return m->fail_map;
	m->transmit = regs[1];
	m->receive = regs[2];
	return 0;
}

static int32_t ffa_unmap(void)
{
	if (m->fail_unmap != 0)
		return m->fail_unmap;
	m->transmit = 0;
	m->receive = 0;
	return 0;
}

static void ffa(uint64_t *regs)
{
	if (regs[7] != 0 || regs[4] != 0 || regs[5] != 0 || regs[6] != 0)
		fake_violation("a client id in FF-A");
	switch (regs[0]) {
	case FFA_VERSION:
		unused(regs[1] ^ FFA_VERSION_1_0, regs[2], regs[3]);
		regs[0] = FFA_VERSION_1_0;
		break;
	case FFA_FEATURES:
		unused(0, regs[2], regs[3]);
		ffa_answer(regs, regs[1] == FFA_MEM_SHARE_32 ? 0 : FFA_NOT_SUPPORTED);
		break;
	case FFA_RXTX_MAP_64:
		ffa_answer(regs, ffa_map(regs));
		break;
	case FFA_RXTX_UNMAP:
		unused(regs[1], regs[2], regs[3]);
		ffa_answer(regs, ffa_unmap());
		break;
	case FFA_MEM_SHARE_32:
		unused(0, 0, regs[3]);
		if (m->odd_share != 0) {
			regs[0] = m->odd_share;
		} else {
			int32_t code = ffa_share(regs);

			if (code != 0)
				ffa_answer(regs, code);
		}
		break;
	case FFA_MEM_RECLAIM:
		unused(0, 0, regs[3]);
		run_inside();
		ffa_answer(regs, ffa_reclaim(pair(regs[1], regs[2])));
		break;
	default:
		fake_violation("FF-A function %#llx reached EL3", (unsigned long long)regs[0]);
		ffa_answer(regs, FFA_NOT_SUPPORTED);
		break;
	}
}

/* QL-TIPC */

static struct mt_device *device_by(uint16_t client, uint64_t id)
{
	for (uint32_t i = 0; i < TRUSTY_QL_DEVICES; i++)
		if (m->devices[i].used && m->devices[i].client == client && m->devices[i].id == id)
			return &m->devices[i];
	return NULL;
}

static uint32_t device_pages(const struct mt_device *d, uint64_t *pages)
{
	uint32_t n = d->size / PAGE_SIZE;

	for (uint32_t i = 0; i < n && i < MT_PAGES; i++)
		pages[i] = d->share != NULL ? d->share->pages[i]
					    : (d->id & TRUSTY_ID_ADDRESS) + (uint64_t)i * PAGE_SIZE;
	return n;
}

static bool attributes_are_good(uint64_t id)
{
	uint64_t mair = FIELD(id, 55, 48);

	return (mair == TRUSTY_MAIR_CACHED && FIELD(id, 9, 8) == TRUSTY_SHARE_INNER) ||
	       mair == TRUSTY_MAIR_NON_CACHED;
}

/* Client 0 shares by address, below API 5; everybody else by a handle of its own. */
static int32_t attach(struct mt_device *d)
{
	uint64_t pages[MT_PAGES];
	uint32_t n;

	if (d->client == 0 && m->api < TRUSTY_API_MEM_OBJ) {
		if ((d->id & ~(TRUSTY_ID_ADDRESS | BITS(55, 48) | BITS(9, 8))) != 0 ||
		    !attributes_are_good(d->id))
			return panic("attributes of a memory id");
		n = device_pages(d, pages);
		for (uint32_t i = 0; i < n; i++)
			if (!page_is_good(pages[i], NULL))
				return TRUSTY_ERR_INTERNAL;
		hold(pages, n, 1);
		return 0;
	}
	d->share = share_by(d->id);
	if (d->share == NULL || d->share->sender != d->client ||
	    d->size > d->share->count * PAGE_SIZE) {
		fake_violation("memory id %#llx is not client %u's", (unsigned long long)d->id,
			       d->client);
		return TRUSTY_ERR_INTERNAL;
	}
	d->share->mapped = true;
	return 0;
}

static int32_t create(uint16_t client, uint64_t id, uint32_t size)
{
	struct mt_device d = {.used = true, .client = client, .id = id, .size = size};
	struct mt_device *free = NULL;
	int32_t result;

	if (m->fail_create != 0)
		return m->fail_create;
	if (size == 0 || size % PAGE_SIZE != 0 || device_by(client, id) != NULL)
		return panic("CREATE");
	for (uint32_t i = 0; i < TRUSTY_QL_DEVICES; i++)
		if (!m->devices[i].used)
			free = &m->devices[i];
	if (free == NULL) {
		fake_violation("a third device");
		return TRUSTY_ERR_INTERNAL;
	}
	result = attach(&d);
	if (result == 0)
		*free = d;
	return result;
}

static int32_t shutdown(uint16_t client, uint64_t id)
{
	struct mt_device *d = device_by(client, id);
	uint64_t pages[MT_PAGES];

	if (m->fail_shutdown != 0)
		return m->fail_shutdown;
	if (d == NULL)
		return panic("SHUTDOWN of no device");
	if (d->share != NULL)
		d->share->mapped = false;
	else
		hold(pages, device_pages(d, pages), -1);
	d->used = false;
	return 0;
}

/* The first page of the buffer holds header and payload of what tests send. */
static int32_t command(uint16_t client, uint64_t id, uint32_t size, bool fast)
{
	struct mt_device *d = device_by(client, id);
	uint64_t pages[MT_PAGES];
	struct mt_header *h;
	uint32_t page;

	if (d == NULL || size < sizeof(*h) || size > d->size)
		return panic("a command to no device, or without a header");
	(void)device_pages(d, pages);
	if (fake_owner(pages[0], &page) == NULL)
		return TRUSTY_ERR_INTERNAL;
	h = fake_secure_view(fake_owner(pages[0], &page), pages[0]);
	if (h == NULL || fast != (h->opcode == MT_HAS_EVENT))
		return TRUSTY_ERR_NOT_SUPPORTED;
	m->commands++;
	if (h->opcode == MT_DEATH) {
		m->panicked = true;
		return TRUSTY_ERR_PANIC;
	}
	h->handle = h->opcode == MT_CONNECT ? 32 : h->handle;
	h->opcode |= MT_REPLY;
	h->status = 0;
	return 0;
}

/* Calls */

static bool scripted(struct mt_script *script, uint32_t *repeats, int32_t *answer)
{
	if (m->fiq_forever) {
		*answer = TRUSTY_ERR_FIQ_INTERRUPTED;
	} else if (script->at < script->length) {
		*answer = script->answer[script->at++];
	} else if (*repeats != 0 && script->length != 0) {
		*answer = script->answer[script->length - 1];
		--*repeats;
	} else {
		return false;
	}
	m->fiq = *answer == TRUSTY_ERR_FIQ_INTERRUPTED;
	return true;
}

static int32_t finish(void)
{
	uint64_t id = pair(m->call[1], m->call[2]);

	m->active = false;
	if (m->call[0] == TRUSTY_SC_QL_SHUTDOWN)
		unused(0, 0, m->call[3]);
	switch (m->call[0]) {
	case TRUSTY_SC_LOCKED_NOP:
		unused(m->call[1], m->call[2], m->call[3]);
		return 0;
	case TRUSTY_SC_QL_CREATE:
		return create(m->client, id, m->call[3]);
	case TRUSTY_SC_QL_SHUTDOWN:
		return shutdown(m->client, id);
	case TRUSTY_SC_QL_HANDLE_CMD:
		return command(m->client, id, m->call[3], false);
	default:
		return panic("an unknown standard call");
	}
}

static int32_t advance(void)
{
	int32_t answer;

	run_inside();
	if (!scripted(&m->standard, &m->standard_repeats, &answer))
		return finish();
	if (answer != TRUSTY_ERR_INTERRUPTED && answer != TRUSTY_ERR_CPU_IDLE &&
	    answer != TRUSTY_ERR_FIQ_INTERRUPTED)
		m->active = false;
	return answer;
}

static int32_t start(const uint64_t *regs, uint16_t client)
{
	if (m->active) {
		fake_violation("a second standard call");
		return TRUSTY_ERR_BUSY;
	}
	m->starts++;
	m->active = true;
	m->client = client;
	for (uint32_t i = 0; i < 4; i++)
		m->call[i] = (uint32_t)regs[i];
	return advance();
}

static int32_t restart(void)
{
	m->restarts++;
	if (m->forget_call)
		m->active = false;
	if (!m->active)
		return TRUSTY_ERR_UNEXPECTED_RESTART;
	return advance();
}

static int32_t nop(const uint64_t *regs)
{
	uint32_t never = 0;
	int32_t answer;

	m->nops++;
	if (regs[1] != 0 || regs[2] != 0 || regs[3] != 0)
		fake_violation("a NOP that names a function");
	run_inside();
	return scripted(&m->nop, &never, &answer) ? answer : TRUSTY_ERR_NOP_DONE;
}

static int32_t restart_fiq(void)
{
	if (!m->fiq)
		return panic("RESTART_FIQ");
	if (m->fiq_forever)
		return TRUSTY_ERR_FIQ_INTERRUPTED;
	m->fiq = false;
	return m->active ? advance() : TRUSTY_ERR_NOP_DONE;
}

static int32_t standard(const uint64_t *regs, uint16_t client)
{
	if (regs[0] == TRUSTY_SC_RESTART_FIQ)
		return restart_fiq();
	if (m->fiq) {
		fake_violation("a call after FIQ_INTERRUPTED");
		return TRUSTY_ERR_INTERLEAVED;
	}
	if (regs[0] == TRUSTY_SC_NOP)
		return nop(regs);
	if (regs[0] == TRUSTY_SC_RESTART_LAST)
		return restart();
	return start(regs, client);
}

static int32_t version_string(uint64_t index)
{
	static const char version[] = "model trusty";

	if (index == UINT32_MAX)
		return m->version != 0 ? (int32_t)m->version : TRUSTY_ERR_NOT_SUPPORTED;
	return index < m->version ? version[index % 12] : TRUSTY_ERR_INVALID;
}

static int32_t api_version(uint64_t asked)
{
	if (m->negotiated)
		fake_violation("the API version is asked again");
	m->negotiated = true;
	m->api = (uint32_t)asked < m->api_max ? (uint32_t)asked : m->api_max;
	return m->lie_api != 0 ? m->lie_api : (int32_t)m->api;
}

/* REQUEST_FIQ, CPU_SUSPEND and their like would be accepted from anyone. */
static int32_t fast(const uint64_t *regs, uint16_t client)
{
	m->fast++;
	switch (regs[0]) {
	case TRUSTY_FC_GET_VERSION_STR:
		unused(client, regs[2], regs[3]);
		return version_string(regs[1]);
	case TRUSTY_FC_API_VERSION:
		unused(client, regs[2], regs[3]);
		return api_version(regs[1]);
	case TRUSTY_FC_GET_NEXT_IRQ:
		return regs[2] == TRUSTY_IRQ_DOORBELL && regs[1] <= 13 ? m->doorbell
								       : TRUSTY_ERR_END_OF_INPUT;
	case TRUSTY_FC_GET_SMP_MAX_CPUS:
		unused(regs[1], regs[2], regs[3]);
		return 8;
	case TRUSTY_FC_QL_HANDLE_CMD:
		run_inside();
		return command(client, pair(regs[1], regs[2]), (uint32_t)regs[3], true);
	default:
		fake_violation("fast call %#llx reached Trusty", (unsigned long long)regs[0]);
		return 0;
	}
}

static int32_t trusty(const uint64_t *regs, uint16_t client)
{
	if (m->panicked)
		return TRUSTY_ERR_PANIC;
	return (regs[0] & BIT(31)) != 0 ? fast(regs, client) : standard(regs, client);
}

/* EL3 keeps one client id and clears it on each return. */
static int32_t el3(const uint64_t *regs)
{
	uint16_t client = (uint16_t)regs[7];
	int32_t result;

	if (regs[4] != 0 || regs[5] != 0 || regs[6] != 0)
		fake_violation("x4 to x6 are not 0");
	if (m->el3_busy > 0) {
		m->el3_busy--;
		return TRUSTY_ERR_BUSY;
	}
	if (m->current != 0 && m->current != client) {
		m->busy++;
		return TRUSTY_ERR_BUSY;
	}
	m->entries++;
	m->entered = client;
	m->current = client;
	result = trusty(regs, client);
	m->current = 0;
	return result;
}

void model_trusty_smc(uint64_t *regs)
{
	uint32_t owner = (uint32_t)FIELD(regs[0], 29, 24);

	if (regs[0] == TRUSTY_FC_UID) {
		unused(regs[1], regs[2], regs[3]);
		regs[0] = TRUSTY_UID_0;
		regs[1] = TRUSTY_UID_1;
		regs[2] = TRUSTY_UID_2;
		regs[3] = TRUSTY_UID_3;
	} else if (owner == 4) {
		m->ffa_calls++;
		if (m->ffa)
			ffa(regs);
		else
			regs[0] = UINT64_MAX;
	} else {
		regs[0] = (uint64_t)(int64_t)el3(regs);
	}
}
