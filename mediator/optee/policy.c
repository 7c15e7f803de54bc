/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sessions a VM may open. The TEE believes what the normal world says about a client, so
 * this is the place to bind it to a VM. Every trusted application is allowed to every VM so far;
 * a client must name one of the login methods that exist.
 */
#include "mediator/optee/optee.h"

static bool login_known(uint64_t login)
{
	switch (login) {
	case TEEC_LOGIN_PUBLIC:
	case TEEC_LOGIN_USER:
	case TEEC_LOGIN_GROUP:
	case TEEC_LOGIN_APPLICATION:
	case TEEC_LOGIN_USER_APPLICATION:
	case TEEC_LOGIN_GROUP_APPLICATION:
	case TEE_LOGIN_REE_KERNEL:
		return true;
	default:
		return false;
	}
}

uint32_t optee_may_open(struct optee_vm *o, const struct optee_msg_param *client)
{
	if (!login_known(client->value.c)) {
		tee_refused(&o->vm, TEE_REFUSED_POLICY);
		return TEEC_ERROR_ACCESS_DENIED;
	}
	if (o->vm.used.sessions >= o->vm.quota.sessions) {
		tee_refused(&o->vm, TEE_REFUSED_QUOTA);
		return TEEC_ERROR_OUT_OF_MEMORY;
	}
	return TEEC_SUCCESS;
}
