/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Results by GlobalPlatform's names: TEE Client API 1.0 (4.4.2), and of the Internal Core API what
 * a trusted application hands on to its client.
 */
#include "guest/tvctl/tvctl.h"

struct result {
	uint32_t number;
	const char *name;
};

static const struct result results[] = {
	{0x00000000, "TEEC_SUCCESS"},
	{0xf0100001, "TEE_ERROR_CORRUPT_OBJECT"},
	{0xf0100002, "TEE_ERROR_CORRUPT_OBJECT_2"},
	{0xf0100003, "TEE_ERROR_STORAGE_NOT_AVAILABLE"},
	{0xf0100004, "TEE_ERROR_STORAGE_NOT_AVAILABLE_2"},
	{0xf0100006, "TEE_ERROR_CIPHERTEXT_INVALID"},
	{0xffff0000, "TEEC_ERROR_GENERIC"},
	{0xffff0001, "TEEC_ERROR_ACCESS_DENIED"},
	{0xffff0002, "TEEC_ERROR_CANCEL"},
	{0xffff0003, "TEEC_ERROR_ACCESS_CONFLICT"},
	{0xffff0004, "TEEC_ERROR_EXCESS_DATA"},
	{0xffff0005, "TEEC_ERROR_BAD_FORMAT"},
	{0xffff0006, "TEEC_ERROR_BAD_PARAMETERS"},
	{0xffff0007, "TEEC_ERROR_BAD_STATE"},
	{0xffff0008, "TEEC_ERROR_ITEM_NOT_FOUND"},
	{0xffff0009, "TEEC_ERROR_NOT_IMPLEMENTED"},
	{0xffff000a, "TEEC_ERROR_NOT_SUPPORTED"},
	{0xffff000b, "TEEC_ERROR_NO_DATA"},
	{0xffff000c, "TEEC_ERROR_OUT_OF_MEMORY"},
	{0xffff000d, "TEEC_ERROR_BUSY"},
	{0xffff000e, "TEEC_ERROR_COMMUNICATION"},
	{0xffff000f, "TEEC_ERROR_SECURITY"},
	{0xffff0010, "TEEC_ERROR_SHORT_BUFFER"},
	{0xffff0011, "TEEC_ERROR_EXTERNAL_CANCEL"},
	{0xffff300f, "TEE_ERROR_OVERFLOW"},
	{0xffff3024, "TEEC_ERROR_TARGET_DEAD"},
	{0xffff3041, "TEE_ERROR_STORAGE_NO_SPACE"},
	{0xffff3071, "TEE_ERROR_MAC_INVALID"},
	{0xffff3072, "TEE_ERROR_SIGNATURE_INVALID"},
	{0xffff5000, "TEE_ERROR_TIME_NOT_SET"},
	{0xffff5001, "TEE_ERROR_TIME_NEEDS_RESET"},
};

const char *name_result(uint32_t result)
{
	for (uint32_t i = 0; i < COUNT_OF(results); i++)
		if (results[i].number == result)
			return results[i].name;
	return NULL;
}
