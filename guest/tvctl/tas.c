/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trusted applications by name: OP-TEE's pseudo-TAs ("pta:") and its own TAs, and those of its
 * test-suite. A UUID goes over the channel as the octets of RFC 4122.
 */
#include "guest/tvctl/tvctl.h"
#include <stdio.h>
#include <string.h>

#define UUID_TEXT 37u

struct ta {
	const char *uuid;
	const char *name;
};

static const struct ta tas[] = {
	{"d96a5b40-e2c7-b1af-8794-1002a5d5c61b", "pta:stats"},
	{"d96a5b40-c3e5-21e3-8794-1002a5d5c61b", "pta:invoke_tests"},
	{"2f6e0d48-c574-426d-824e-40198cde5cac", "pta:gprof"},
	{"7011a688-ddde-4053-a5a9-7b3c4ddf13b8", "pta:device"},
	{"3a2f8978-5dc0-11e8-9c2d-fa7ae01bbebc", "pta:system"},
	{"ab7a617c-b8e7-4d8f-8301-d09b61036b64", "pta:rng"},
	{"39800861-182a-4720-9b67-2bcd622bc0b5", "pta:attestation"},
	{"6e256cba-fc4d-4941-ad09-2ca1860342dd", "pta:secstor_ta_mgmt"},
	{"f389f8c8-845f-496c-8bbe-d64bd24c92fd", "pta:rtc"},
	{"a8cfe406-d4f5-4a2e-9f8d-a25dc754c099", "pta:scmi"},
	{"fd02c9da-306c-48c7-a49c-bbd827ae86ee", "pkcs11"},
	{"f04a0fe7-1f5d-4b9b-abf7-619b85b4ce8c", "trusted_keys"},
	{"023f8f1a-292a-432b-8fc4-de8471358067", "avb"},
	{"e626662e-c0e2-485c-b8c8-09fbce6edf3d", "aes_perf"},
	{"e13010e0-2ae1-11e5-896a-0002a5d5c51b", "concurrent"},
	{"5ce0c432-0ab0-40e5-a056-782ca0e6aba2", "concurrent_large"},
	{"c3f6e2c0-3548-11e1-b86c-0800200c9a66", "create_fail_test"},
	{"cb3e5ba0-adf1-11e0-998b-0002a5d5c51b", "crypt"},
	{"02a42f43-d8b7-4a57-aa4d-87bd9b5587cb", "crypto_perf"},
	{"25497083-a58a-4fc5-8a72-1ad7b69b8562", "large"},
	{"528938ce-fc59-11e8-8eb2-f2801f1b9fd1", "miss"},
	{"5b9e0e40-2636-11e1-ad9e-0002a5d5c51b", "os_test"},
	{"ffd2bded-ab7d-4988-95ee-e4962fff7154", "os_test_lib"},
	{"b3091a65-9751-4784-abf7-0298a7cc35ba", "os_test_lib_dl"},
	{"d17f73a0-36ef-11e1-984a-0002a5d5c51b", "rpc_test"},
	{"614789f2-39c0-4ebf-b235-92b32ac107ed", "sha_perf"},
	{"e6a33ed4-562b-463a-bb7e-ff5e15a493c8", "sims"},
	{"a4c04d50-f180-11e8-8eb2-f2801f1b9fd1", "sims_keepalive"},
	{"873bcd08-c2c3-11e6-a937-d0bf9c45c61c", "socket"},
	{"b689f2a7-8adf-477a-9f99-32e90c0ad0a2", "storage"},
	{"731e279e-aafb-4575-a771-38caa6f0cca6", "storage2"},
	{"f157cda0-550c-11e5-a6fa-0002a5d5c51b", "storage_benchmark"},
	{"5c206987-16a3-59cc-ab0f-64b9cfc9e758", "subkey1"},
	{"a720ccbb-51da-417d-b82e-e5445d474a7a", "subkey2"},
	{"380231ac-fb99-47ad-a689-9e017eb6e78a", "supp_plugin"},
};

void format_uuid(const uint8_t uuid[16], char out[37])
{
	size_t used = 0;

	for (uint32_t i = 0; i < 16; i++) {
		const char *dash = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";

		used += (size_t)snprintf(out + used, UUID_TEXT - used, "%s%02x", dash, uuid[i]);
	}
}

const char *name_ta(const uint8_t uuid[16])
{
	char text[UUID_TEXT];

	format_uuid(uuid, text);
	for (uint32_t i = 0; i < COUNT_OF(tas); i++)
		if (strcmp(tas[i].uuid, text) == 0)
			return tas[i].name;
	return NULL;
}
