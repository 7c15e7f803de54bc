/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our own FF-A calls, to the memory-sharing service in EL3. It has one pair of buffers for the
 * whole normal world, which is ours while there are VMs; a descriptor is written and sent under the
 * TEE's lock. The sender is the VM's id, so Trusty takes the memory for that client only. The
 * service would let anybody reclaim anything: no guest's handle gets there.
 */
#include "lib/memory.h"
#include "mediator/trusty/trusty.h"

/* FF-A 1.0 leaves x4 to x7 unused: no client id. */
static void ffa(const struct tee_port *port, uint64_t *smc, uint32_t function, uint64_t a1,
		uint64_t a2, uint64_t a3)
{
	for (uint32_t i = 4; i < TEE_SMC_REGS; i++)
		smc[i] = 0;
	smc[0] = function;
	smc[1] = a1;
	smc[2] = a2;
	smc[3] = a3;
	port->secure_call(port->host, smc);
}

/* 0, a negative error, or FFA_ABORTED for what is neither. */
static int32_t outcome(const uint64_t *smc)
{
	if ((uint32_t)smc[0] == FFA_SUCCESS)
		return 0;
	if ((uint32_t)smc[0] == FFA_ERROR && (int32_t)smc[2] < 0)
		return (int32_t)smc[2];
	return FFA_ABORTED;
}

bool trusty_spm_probe(const struct tee_port *port)
{
	uint64_t smc[TEE_SMC_REGS];

	ffa(port, smc, FFA_VERSION, FFA_VERSION_1_0, 0, 0);
	if ((uint32_t)smc[0] >> 16 != FFA_VERSION_1_0 >> 16)
		return false;
	ffa(port, smc, FFA_FEATURES, FFA_MEM_SHARE_32, 0, 0);
	return outcome(smc) == 0;
}

enum tee_status trusty_spm_start(struct trusty *t)
{
	const struct tee_port *port = t->tee.port;
	uint64_t smc[TEE_SMC_REGS];
	void *pages;

	if (!t->handles || t->transmit != NULL)
		return TEE_STATUS_OK;
	pages = port->pages_get(port->host, 2, &t->transmit_address);
	if (pages == NULL)
		return TEE_STATUS_NO_MEMORY;
	ffa(port, smc, FFA_RXTX_MAP_64, t->transmit_address.pa, t->transmit_address.pa + PAGE_SIZE,
	    1);
	if (outcome(smc) != 0) {
		port->pages_put(port->host, pages, 2);
		return TEE_STATUS_FAULT;
	}
	t->transmit = pages;
	return TEE_STATUS_OK;
}

/* Buffers that EL3 does not give back stay ours, for the next VM. */
void trusty_spm_stop(struct trusty *t)
{
	const struct tee_port *port = t->tee.port;
	uint64_t smc[TEE_SMC_REGS];

	if (t->transmit == NULL)
		return;
	ffa(port, smc, FFA_RXTX_UNMAP, 0, 0, 0);
	if (outcome(smc) != 0)
		return;
	port->pages_put(port->host, t->transmit, 2);
	t->transmit = NULL;
}

/* The descriptor, built from scratch. Its length. */
static uint32_t describe(const struct trusty_vm *v, const struct trusty_object *object)
{
	struct ffa_share *share = v->trusty->transmit;
	struct ffa_composite *composite = (void *)(share + 1);
	struct ffa_range *range = (void *)(composite + 1);

	memset(share, 0, sizeof(*share));
	share->sender = v->client;
	share->attributes = object->attributes;
	share->borrowers = 1;
	share->borrower = FFA_ID_TRUSTY;
	share->permissions = FFA_PERM_RW;
	share->composite = sizeof(*share);
	*composite = (struct ffa_composite){.pages = object->pages, .ranges = object->pages};
	for (uint32_t i = 0; i < object->pages; i++)
		range[i] = (struct ffa_range){(uint64_t)object->frames[i] << PAGE_SHIFT, 1, 0};
	return (uint32_t)(sizeof(*share) + sizeof(*composite) + object->pages * sizeof(*range));
}

_Static_assert(sizeof(struct ffa_share) + sizeof(struct ffa_composite) +
			       TRUSTY_OBJECT_PAGES * sizeof(struct ffa_range) <=
		       PAGE_SIZE,
	       "a share is one fragment");

int32_t trusty_spm_share(struct trusty_vm *v, struct trusty_object *object)
{
	const struct tee_port *port = v->vm.port;
	struct trusty *t = v->trusty;
	uint64_t smc[TEE_SMC_REGS];
	uint32_t length;

	trusty_lock(t);
	length = describe(v, object);
	ffa(port, smc, FFA_MEM_SHARE_32, length, length, 0);
	trusty_unlock(t);
	tee_count(&v->vm.count.secure_calls);
	if (outcome(smc) == 0)
		object->handle = trusty_pair(smc[2], smc[3]);
	return outcome(smc);
}

int32_t trusty_spm_reclaim(struct trusty_vm *v, const struct trusty_object *object)
{
	const struct tee_port *port = v->vm.port;
	uint64_t smc[TEE_SMC_REGS];

	ffa(port, smc, FFA_MEM_RECLAIM, (uint32_t)object->handle, object->handle >> 32, 0);
	tee_count(&v->vm.count.secure_calls);
	return outcome(smc);
}
