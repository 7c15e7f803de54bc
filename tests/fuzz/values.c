/* SPDX-License-Identifier: BSD-2-Clause */
/* See values.h. */
#include "tests/fuzz/values.h"
#include "abi/optee_msg.h"
#include "tests/fuzz/world.h"

#include "lib/util.h"

uint64_t fuzz_value(void)
{
	uint32_t page = fuzz_u8();

	switch (page % 12) {
	case 0:
	case 1:
		return fuzz_u8();
	case 2:
	case 3:
		page = fuzz_pick(FAKE_RAM_PAGES);
		return WORLD_IPA(page);
	case 4:
		page = fuzz_pick(FAKE_RAM_PAGES);
		return WORLD_IPA(page) + fuzz_uint(2) % PAGE_SIZE;
	case 5:
		return (uint64_t)fuzz_u8() << PAGE_SHIFT;
	case 6:
		return UINT64_MAX - fuzz_u8();
	case 7:
		return fuzz_pick(2) == 0 ? FAKE_WINDOW_PA : FAKE_HOST_PA;
	case 8:
		return fake_pa(&fake.vms[1], WORLD_IPA(fuzz_pick(FAKE_RAM_PAGES)));
	case 9:
		return BIT(fuzz_pick(64));
	case 10:
		return (uint64_t)fuzz_pick(4) << 32 | (page & 7); /* as handles are */
	default:
		return fuzz_uint(8);
	}
}

uint64_t fuzz_attr(void)
{
	static const uint64_t attrs[] = {
		OPTEE_MSG_ATTR_NONE,	     OPTEE_MSG_ATTR_VALUE_INPUT, OPTEE_MSG_ATTR_VALUE_INOUT,
		OPTEE_MSG_ATTR_VALUE_OUTPUT, OPTEE_MSG_ATTR_RMEM_INPUT,	 OPTEE_MSG_ATTR_RMEM_OUTPUT,
		OPTEE_MSG_ATTR_RMEM_INOUT,   OPTEE_MSG_ATTR_TMEM_INPUT,	 OPTEE_MSG_ATTR_TMEM_OUTPUT,
		OPTEE_MSG_ATTR_TMEM_INOUT,   OPTEE_MSG_ATTR_RMEM_INOUT,	 OPTEE_MSG_ATTR_RMEM_INOUT,
	};

	if (fuzz_once_in(24))
		return fuzz_once_in(2) ? fuzz_value() : fuzz_uint(2);
	return attrs[fuzz_pick(ARRAY_SIZE(attrs))];
}

uint64_t fuzz_cookie(void)
{
	uint32_t n = fuzz_pick(16);

	if (n < 13)
		return 1 + n % 3;
	return n < 15 ? 0x10 : fuzz_value(); /* as memory for the TEE has: guest.c */
}
