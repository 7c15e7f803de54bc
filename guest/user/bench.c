/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What TEE calls cost, as a program on libteec sees it: each operation is timed by the counter and
 * the median printed, in instructions when QEMU counts them (-icount shift=0: a tick of the
 * counter is 16). Two TAs: OP-TEE's pseudo-TA for tests of invocation, whose command 1 does next
 * to nothing, and a user TA of its test-suite. A line an operation; the last one is "bench: done".
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tee_client_api.h>

#define INSTRUCTIONS_PER_TICK 16u
#define CMD_PARAMS	      1u
#define ROUNDS_MAX	      64u
#define KIB		      ((size_t)1024)

static const TEEC_UUID pseudo_ta = {
	0xd96a5b40, 0xc3e5, 0x21e3, {0x87, 0x94, 0x10, 0x02, 0xa5, 0xd5, 0xc6, 0x1b}};
static const TEEC_UUID user_ta = {
	0x5b9e0e40, 0x2636, 0x11e1, {0xad, 0x9e, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b}};

static TEEC_Context context;
static TEEC_Session session;

static uint64_t ticks(void)
{
	uint64_t t;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(t)::"memory");
	return t;
}

static void must(TEEC_Result result, const char *what)
{
	if (result == TEEC_SUCCESS)
		return;
	printf("bench: %s failed: %#x\n", what, result);
	exit(1);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void report(const char *op, uint64_t *times, uint32_t rounds)
{
	qsort(times, rounds, sizeof(*times), compare);
	printf("bench: %s %llu\n", op,
	       (unsigned long long)times[rounds / 2] * INSTRUCTIONS_PER_TICK);
}

static void invoke(const char *op, TEEC_Operation *operation, uint32_t rounds)
{
	uint64_t times[ROUNDS_MAX] = {0};
	uint32_t origin;

	for (uint32_t i = 0; i < rounds; i++) {
		uint64_t begin = ticks();

		must(TEEC_InvokeCommand(&session, CMD_PARAMS, operation, &origin), op);
		times[i] = ticks() - begin;
	}
	report(op, times, rounds);
}

static void invoke_value(void)
{
	TEEC_Operation operation = {
		.paramTypes = TEEC_PARAM_TYPES(TEEC_VALUE_INOUT, TEEC_NONE, TEEC_NONE, TEEC_NONE),
	};

	invoke("invoke-value", &operation, ROUNDS_MAX);
}

static void invoke_temporary(const char *op, size_t size, uint32_t rounds)
{
	TEEC_Operation operation = {
		.paramTypes =
			TEEC_PARAM_TYPES(TEEC_MEMREF_TEMP_INOUT, TEEC_NONE, TEEC_NONE, TEEC_NONE),
	};
	void *buffer = calloc(1, size);

	operation.params[0].tmpref.buffer = buffer;
	operation.params[0].tmpref.size = size;
	invoke(op, &operation, rounds);
	free(buffer);
}

static void invoke_registered(const char *op, size_t used)
{
	TEEC_SharedMemory memory = {.size = 4 * KIB, .flags = TEEC_MEM_INPUT | TEEC_MEM_OUTPUT};
	TEEC_Operation operation = {
		.paramTypes = TEEC_PARAM_TYPES(TEEC_MEMREF_PARTIAL_INOUT, TEEC_NONE, TEEC_NONE,
					       TEEC_NONE),
	};

	must(TEEC_AllocateSharedMemory(&context, &memory), op);
	memset(memory.buffer, 0, memory.size);
	operation.params[0].memref.parent = &memory;
	operation.params[0].memref.size = used;
	invoke(op, &operation, ROUNDS_MAX);
	TEEC_ReleaseSharedMemory(&memory);
}

/* The same buffer again and again, so that its pages are there. */
static void register_and_release(const char *size_name, size_t size, uint32_t rounds)
{
	uint64_t made[ROUNDS_MAX] = {0}, released[ROUNDS_MAX] = {0};
	void *buffer = aligned_alloc(4 * KIB, size);
	char op[32];

	memset(buffer, 0, size);
	for (uint32_t i = 0; i < rounds; i++) {
		TEEC_SharedMemory memory = {
			.buffer = buffer, .size = size, .flags = TEEC_MEM_INPUT | TEEC_MEM_OUTPUT};
		uint64_t begin = ticks();

		must(TEEC_RegisterSharedMemory(&context, &memory), size_name);
		made[i] = ticks() - begin;
		begin = ticks();
		TEEC_ReleaseSharedMemory(&memory);
		released[i] = ticks() - begin;
	}
	(void)snprintf(op, sizeof(op), "register-%s", size_name);
	report(op, made, rounds);
	(void)snprintf(op, sizeof(op), "release-%s", size_name);
	report(op, released, rounds);
	free(buffer);
}

static void open_and_close(const char *name, const TEEC_UUID *ta, uint32_t rounds)
{
	uint64_t opened[ROUNDS_MAX] = {0}, closed[ROUNDS_MAX] = {0}, both[ROUNDS_MAX] = {0};
	TEEC_Session s;
	uint32_t origin;
	char op[32];

	for (uint32_t i = 0; i < rounds; i++) {
		uint64_t begin = ticks();

		must(TEEC_OpenSession(&context, &s, ta, TEEC_LOGIN_PUBLIC, NULL, NULL, &origin),
		     name);
		opened[i] = ticks() - begin;
		begin = ticks();
		TEEC_CloseSession(&s);
		closed[i] = ticks() - begin;
		both[i] = opened[i] + closed[i];
	}
	(void)snprintf(op, sizeof(op), "open-%s", name);
	report(op, opened, rounds);
	(void)snprintf(op, sizeof(op), "close-%s", name);
	report(op, closed, rounds);
	(void)snprintf(op, sizeof(op), "open-close-%s", name);
	report(op, both, rounds);
}

static void invoke_registered_16(void)
{
	invoke_registered("invoke-registered-16", 16);
}

static void invoke_registered_4k(void)
{
	invoke_registered("invoke-registered-4k", 4 * KIB);
}

static void invoke_temporary_4k(void)
{
	invoke_temporary("invoke-temp-4k", 4 * KIB, 32);
}

static void invoke_temporary_64k(void)
{
	invoke_temporary("invoke-temp-64k", 64 * KIB, 16);
}

static void register_4k(void)
{
	register_and_release("4k", 4 * KIB, 32);
}

static void register_64k(void)
{
	register_and_release("64k", 64 * KIB, 16);
}

static void register_256k(void)
{
	register_and_release("256k", 256 * KIB, 16);
}

static void register_512k(void)
{
	register_and_release("512k", 512 * KIB, 16);
}

static void register_1m(void)
{
	register_and_release("1m", 1024 * KIB, 8);
}

static void register_2m(void)
{
	register_and_release("2m", 2048 * KIB, 8);
}

static void open_pta(void)
{
	open_and_close("pta", &pseudo_ta, 16);
}

static void open_user_ta(void)
{
	open_and_close("user-ta", &user_ta, 4);
}

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
	{"invoke-value", invoke_value},
	{"invoke-registered-16", invoke_registered_16},
	{"invoke-registered-4k", invoke_registered_4k},
	{"invoke-temp-4k", invoke_temporary_4k},
	{"invoke-temp-64k", invoke_temporary_64k},
	{"register-4k", register_4k},
	{"register-64k", register_64k},
	{"register-256k", register_256k},
	{"register-512k", register_512k},
	{"register-1m", register_1m},
	{"register-2m", register_2m},
	{"open-pta", open_pta},
	{"open-user-ta", open_user_ta},
};

static void run(const char *only)
{
	uint32_t ran = 0;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (only != NULL && strcmp(only, groups[i].name) != 0)
			continue;
		groups[i].run();
		ran++;
	}
	if (ran == 0) {
		printf("bench: there is no operation %s\n", only);
		exit(2);
	}
}

/* bench: all; bench OP: one, and what belongs to it; bench OP N: that N times. */
int main(int argc, char **argv)
{
	long times = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
	uint32_t origin;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	must(TEEC_InitializeContext(NULL, &context), "context");
	must(TEEC_OpenSession(&context, &session, &pseudo_ta, TEEC_LOGIN_PUBLIC, NULL, NULL,
			      &origin),
	     "session");
	for (; times > 0; times--)
		run(argc > 1 ? argv[1] : NULL);
	TEEC_CloseSession(&session);
	TEEC_FinalizeContext(&context);
	printf("bench: done\n");
	return 0;
}
