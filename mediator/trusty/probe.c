/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is Trusty there, and what does it say of itself. Its API version is one for all clients, so it is
 * negotiated here, once, and each VM's own version is kept in fast.c. Also the backend's table.
 *
 * Memory is shared by FF-A where EL3 offers that and Trusty takes it (API version 5). Else only
 * client 0 can share, so all VMs are client 0 towards Trusty, and what keeps them apart is here.
 * A Trusty without NOPs beside a standard call (below version 3) counts as absent.
 */
#include "lib/memory.h"
#include "mediator/trusty/trusty.h"

static bool uid_matches(const struct tee_port *port)
{
	uint64_t smc[TEE_SMC_REGS] = {TRUSTY_FC_UID, 0, 0, 0, 0, 0, 0, 0};

	port->secure_call(port->host, smc);
	return (uint32_t)smc[0] == TRUSTY_UID_0 && (uint32_t)smc[1] == TRUSTY_UID_1 &&
	       (uint32_t)smc[2] == TRUSTY_UID_2 && (uint32_t)smc[3] == TRUSTY_UID_3;
}

static int32_t ask(struct trusty *t, uint32_t function, uint32_t argument)
{
	const uint32_t call[4] = {function, argument, 0, 0};

	return trusty_enter(t, call, 0);
}

static bool negotiate(struct trusty *t)
{
	uint32_t most =
		trusty_spm_probe(t->tee.port) ? TRUSTY_API_MEM_OBJ : TRUSTY_API_PHYS_MEM_OBJ;
	int32_t api = ask(t, TRUSTY_FC_API_VERSION, most);

	if (api < (int32_t)TRUSTY_API_SMP_NOP || (uint32_t)api > most)
		return false;
	t->api = (uint32_t)api;
	t->handles = t->api == TRUSTY_API_MEM_OBJ;
	return true;
}

static void remember_version(struct trusty *t)
{
	int32_t length = ask(t, TRUSTY_FC_GET_VERSION_STR, UINT32_MAX);

	if (length > 0)
		t->version_length = (uint32_t)min_u64((uint32_t)length, TRUSTY_VERSION_MAX);
	for (uint32_t i = 0; i < t->version_length; i++)
		t->version[i] = (char)ask(t, TRUSTY_FC_GET_VERSION_STR, i);
}

static enum tee_status probe(void *memory, const struct tee_port *port)
{
	struct trusty *t = memory;

	if (!uid_matches(port))
		return TEE_STATUS_ABSENT;
	memset(t, 0, sizeof(*t));
	t->tee.port = port;
	t->tee.backend = &trusty_backend;
	t->ids = 1; /* id 0 is the hypervisor */
	if (!negotiate(t))
		return TEE_STATUS_ABSENT;
	remember_version(t);
	t->cpus = ask(t, TRUSTY_FC_GET_SMP_MAX_CPUS, 0);
	trusty_doorbell_probe(t);
	return trusty_has_panicked(t) ? TEE_STATUS_ABSENT : TEE_STATUS_OK;
}

static const struct tee_node *describe(const struct tee_vm *vm)
{
	static const struct tee_node node = {
		.parent = "/",
		.name = "trusty",
		.compatible = "android,trusty-smc-v1",
	};

	(void)vm;
	return &node;
}

/* Yielding calls have owners 48 and 49 besides; FF-A is in the standard range, and fast. */
static const struct tee_claim claims[] = {
	{true, true, 48, 63, 0, 0xffff},
	{true, false, 4, 4, 0x60, FFA_FUNCTION_LAST},
	{0},
};

const struct tee_backend trusty_backend = {
	.name = "trusty",
	.claims = claims,
	.instance_size = sizeof(struct trusty),
	.probe = probe,
	.vm_size = trusty_vm_size,
	.vm_create = trusty_vm_create,
	.vm_destroy = trusty_vm_destroy,
	.call = trusty_call,
	.irq = trusty_irq,
	.cpu_event = trusty_cpu_event,
	.describe = describe,
};
