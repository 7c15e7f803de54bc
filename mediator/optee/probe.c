/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is OP-TEE there, built for VMs, and what does it say of itself. Asked once, as the hypervisor
 * (client 0); guests are answered from here. Also the backend's table.
 *
 * OP-TEE before 4.5.0 could be made to panic by some of what we send, so an older one, and one
 * whose request area is larger than our slots hold, counts as absent.
 */
#include "lib/memory.h"
#include "mediator/optee/optee.h"

static bool uid_matches(const struct tee_port *port)
{
	uint64_t smc[TEE_SMC_REGS];

	optee_ask(port, smc, OPTEE_SMC_CALLS_UID);
	return (uint32_t)smc[0] == OPTEE_UID_0 && (uint32_t)smc[1] == OPTEE_UID_1 &&
	       (uint32_t)smc[2] == OPTEE_UID_2 && (uint32_t)smc[3] == OPTEE_UID_3;
}

static void remember(const struct tee_port *port, uint32_t function, uint32_t *to, uint32_t n)
{
	uint64_t smc[TEE_SMC_REGS];

	optee_ask(port, smc, function);
	for (uint32_t i = 0; i < n; i++)
		to[i] = (uint32_t)smc[i];
}

static bool abilities(struct optee *t, const struct tee_port *port)
{
	const uint32_t needed =
		OPTEE_SEC_CAP_DYNAMIC_SHM | OPTEE_SEC_CAP_VIRTUALIZATION | OPTEE_SEC_CAP_RPC_ARG;
	uint64_t smc[TEE_SMC_REGS];

	optee_ask(port, smc, OPTEE_SMC_EXCHANGE_CAPABILITIES);
	if ((uint32_t)smc[0] != OPTEE_SMC_OK)
		return false;
	t->capabilities = (uint32_t)smc[1];
	t->max_notify = (uint32_t)smc[2];
	t->rpc_params = (uint32_t)FIELD(smc[3], 7, 0);
	if ((t->capabilities & needed) != needed || t->rpc_params > OPTEE_RPC_PARAMS)
		return false;
	optee_ask(port, smc, OPTEE_SMC_GET_THREAD_COUNT);
	t->threads = (uint32_t)smc[1];
	return (uint32_t)smc[0] == OPTEE_SMC_OK && t->threads != 0 &&
	       t->threads <= OPTEE_THREADS_MAX;
}

static bool version_served(const struct optee *t)
{
	return t->os_revision[0] > 4 || (t->os_revision[0] == 4 && t->os_revision[1] >= 5);
}

static enum tee_status probe(void *memory, const struct tee_port *port)
{
	struct optee *t = memory;

	memset(t, 0, sizeof(*t));
	if (!uid_matches(port))
		return TEE_STATUS_ABSENT;
	remember(port, OPTEE_SMC_GET_OS_REVISION, t->os_revision, 3);
	remember(port, OPTEE_SMC_GET_OS_UUID, t->os_uuid, 4);
	remember(port, OPTEE_SMC_CALLS_REVISION, t->revision, 2);
	if (!version_served(t) || !abilities(t, port))
		return TEE_STATUS_ABSENT;
	t->can_notify = (t->capabilities & OPTEE_SEC_CAP_ASYNC_NOTIF) != 0 &&
			port->claim_irq(port->host, TEE_IRQ_OF_TREE);
	t->ids[0] = 1; /* id 0 is the hypervisor */
	t->tee.port = port;
	t->tee.backend = &optee_backend;
	return TEE_STATUS_OK;
}

static const struct tee_node *describe(const struct tee_vm *vm)
{
	static const struct tee_node silent = {
		.parent = "/firmware",
		.name = "optee",
		.compatible = "linaro,optee-tz",
		.has_method = true,
	};
	static const struct tee_node notifying = {
		.parent = "/firmware",
		.name = "optee",
		.compatible = "linaro,optee-tz",
		.has_method = true,
		.has_interrupt = true,
	};

	return CONTAINER_OF(vm->tee, struct optee, tee)->can_notify ? &notifying : &silent;
}

/* SMCCC gives 50 to 63 to trusted OSes; OP-TEE has functions at 50 and 63. */
static const struct tee_claim claims[] = {
	{true, true, 50, 63, 0, 0xffff},
	{0},
};

const struct tee_backend optee_backend = {
	.name = "optee",
	.claims = claims,
	.instance_size = sizeof(struct optee),
	.probe = probe,
	.vm_size = optee_vm_size,
	.vm_create = optee_vm_create,
	.vm_destroy = optee_vm_destroy,
	.call = optee_call,
	.irq = optee_irq,
	.describe = describe,
};
