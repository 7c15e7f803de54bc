/* SPDX-License-Identifier: BSD-2-Clause */
/* A second TEE: see second_tee.h. */
#include "tests/unit/second_tee.h"
#include "tests/model/spec.h"
#include <string.h>

#define LIES  8u
#define ASKED 64u

struct lie {
	uint32_t function, reg;
	uint64_t value;
};

static struct lie lies[LIES];
static uint32_t lie_count;
static uint32_t asked[ASKED];
static void (*yielding)(uint64_t *regs);
static const struct tee_port *port = &fake_port;
static struct tee *first;
static uint64_t memory[1024];

void second_lie(uint32_t function, uint32_t reg, uint64_t value)
{
	assert_true(lie_count < LIES);
	lies[lie_count++] = (struct lie){function, reg, value};
	if (function == OPTEE_SMC_GET_THREAD_COUNT && reg == 1)
		spec_threads((uint32_t)value);
}

void second_yielding(void (*call)(uint64_t *regs))
{
	yielding = call;
}

void second_port(const struct tee_port *other)
{
	port = other;
}

uint32_t second_asked(uint32_t function)
{
	return asked[function % ASKED];
}

static void secure(uint64_t *regs)
{
	uint64_t function = regs[0];

	if ((function & BIT(31)) == 0) {
		if (yielding != NULL && guests[0].tee != NULL && regs[7] == guests[0].tee->id)
			yielding(regs);
		else
			model_smc(regs);
		return;
	}
	asked[function % ASKED]++;
	model_smc(regs);
	for (uint32_t i = 0; i < lie_count; i++)
		if (lies[i].function == function)
			regs[lies[i].reg] = lies[i].value;
}

/* The ids that the first tee gave are the model's VMs' still. */
static void skip_ids(void)
{
	model.fail_created = OPTEE_SMC_ENOTAVAIL;
	for (uint32_t i = 0; i < FAKE_VMS; i++)
		assert_int_equal(guest_create(&guests[0]), TEE_STATUS_FULL);
	model.fail_created = 0;
}

void second_begin(bool window)
{
	for (uint32_t i = 0; i < GUESTS; i++)
		assert_int_equal(guest_destroy(&guests[i]), TEE_STATUS_OK);
	first = machine_tee;
	machine_tee = (struct tee *)(void *)memory;
	memset(asked, 0, sizeof(asked));
	fake.no_window = !window;
	fake.secure = secure;
	assert_true(optee_backend.instance_size <= sizeof(memory));
	memset(memory, 0xa5, sizeof(memory));
	assert_int_equal(optee_backend.probe(memory, port), TEE_STATUS_OK);
	skip_ids();
}

void second_end(void)
{
	for (uint32_t i = 0; i < GUESTS; i++)
		if (guests[i].tee != NULL)
			assert_int_equal(guest_destroy(&guests[i]), TEE_STATUS_OK);
	assert_int_equal(machine_tee->vms, 0);
	machine_tee = first;
	lie_count = 0;
	yielding = NULL;
	port = &fake_port;
	spec_threads(MODEL_THREADS);
	fake.secure = model_smc;
}

/* The mediator clears what it takes: so what is clear now and was not before is this VM's. */
void second_create(struct guest *g, bool given[WINDOW_PAGES])
{
	uint64_t *word = (uint64_t *)(void *)fake.window;
	const size_t per_page = PAGE_SIZE / sizeof(uint64_t);

	memset(fake.window, 0x5a, FAKE_WINDOW_SIZE);
	assert_int_equal(guest_create(g), TEE_STATUS_OK);
	for (size_t i = 0; i < WINDOW_PAGES; i++)
		given[i] = word[(i + 1) * per_page - 1] == 0;
}
