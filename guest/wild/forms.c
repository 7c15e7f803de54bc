/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and stores of every shape. A data abort of these reaches EL2 without a valid instruction
 * syndrome (Arm ARM, ESR_ELx.ISV), so they cannot be emulated from it; stage 1 is Normal memory
 * here, so that none of them faults before stage 2.
 */
#include "guest/lib/board.h"
#include "guest/lib/console.h"
#include "guest/lib/cpu.h"
#include "guest/lib/mmu.h"
#include "guest/lib/test.h"
#include "guest/wild/wild.h"

#define EXTENSIONS ".arch_extension fp\n\t.arch_extension simd\n\t.arch_extension lse\n\t"
#define FORM(name, text)                                                                           \
	static void name(uint64_t a)                                                               \
	{                                                                                          \
		__asm__ volatile(EXTENSIONS text : "+r"(a)::"x8", "x9", "memory");                 \
	}

FORM(load_pair, "ldp x8, x9, [%0]")
FORM(store_pair, "stp x8, x9, [%0]")
FORM(load_post_index, "ldr x8, [%0], #8")
FORM(store_pre_index, "str x8, [%0, #8]!")
FORM(load_exclusive, "ldxr x8, [%0]")
FORM(load_acquire_exclusive, "ldaxr w8, [%0]")
FORM(store_exclusive, "stxr w9, x8, [%0]")
FORM(load_vector, "ldr q0, [%0]")
FORM(store_vector, "str q0, [%0]")
FORM(load_structure, "ld4 {v0.16b, v1.16b, v2.16b, v3.16b}, [%0]")
FORM(store_pair_vector, "stp q0, q1, [%0]")
FORM(atomic_add, "ldaddal x8, x9, [%0]")
FORM(atomic_swap, "swpal w8, w9, [%0]")
FORM(atomic_compare, "casal x8, x9, [%0]")
FORM(zero_block, "dc zva, %0")
FORM(load_unaligned, "ldur x8, [%0, #1]")
FORM(clean_line, "dc civac, %0")
FORM(invalidate_line, "dc ivac, %0")
FORM(prefetch, "prfm pldl1keep, [%0]")
FORM(translate, "at s1e1w, %0")

/* What must follow on memory that is not there. Cache maintenance and hints may do nothing. */
enum outcome { ABORTS, MAY_ABORT };

static const struct form {
	const char *name;
	void (*access)(uint64_t address);
	enum outcome outcome;
	bool atomic; /* needs FEAT_LSE */
	bool write;
	uint8_t first; /* offset of the first byte touched */
	bool no_syndrome;
} forms[] = {
	{"ldp", load_pair, ABORTS, false, false, 0, true},
	{"stp", store_pair, ABORTS, false, true, 0, true},
	{"ldr post-index", load_post_index, ABORTS, false, false, 0, true},
	{"str pre-index", store_pre_index, ABORTS, false, true, 8, true},
	{"ldxr", load_exclusive, ABORTS, false, false, 0, true},
	{"ldaxr", load_acquire_exclusive, ABORTS, false, false, 0, true},
	{"stxr", store_exclusive, MAY_ABORT, false, true, 0, true},
	{"ldr q", load_vector, ABORTS, false, false, 0, true},
	{"str q", store_vector, ABORTS, false, true, 0, true},
	{"ld4", load_structure, ABORTS, false, false, 0, true},
	{"stp q", store_pair_vector, ABORTS, false, true, 0, true},
	{"ldadd", atomic_add, ABORTS, true, true, 0, true},
	{"swp", atomic_swap, ABORTS, true, true, 0, true},
	{"cas", atomic_compare, ABORTS, true, true, 0, true},
	{"dc zva", zero_block, ABORTS, false, true, 0, true},
	{"ldur unaligned", load_unaligned, ABORTS, false, false, 0, false},
	{"dc civac", clean_line, MAY_ABORT, false, false, 0, false},
	{"dc ivac", invalidate_line, MAY_ABORT, false, true, 0, false},
	{"prfm", prefetch, MAY_ABORT, false, false, 0, false},
	{"at s1e1w", translate, MAY_ABORT, false, false, 0, false},
};

static bool available(const struct form *f)
{
	return !f->atomic || FIELD(read_sysreg(ID_AA64ISAR0_EL1), 23, 20) != 0;
}

/* An atomic's abort may say read or write, and FAR may name any byte of an unaligned access. */
static bool right(const struct form *f, const struct trap_record *r, uint64_t address)
{
	struct trap_record word = *r;
	uint64_t at = address + f->first;

	word.far = align_down(r->far, 8);
	return wild_abort_is_right(&word, at, f->write) ||
	       (f->atomic && wild_abort_is_right(&word, at, !f->write));
}

static void on_hole(const struct form *f)
{
	struct trap_record r = TRAP_OF(f->access(HOLE));

	if (f->outcome == ABORTS)
		check(right(f, &r, HOLE), "%s without memory: external abort (ESR %#llx)", f->name,
		      (unsigned long long)r.esr);
	else
		check(r.count <= 1, "%s without memory: survived", f->name);
}

static void on_devices(const struct form *f)
{
	static const uint64_t devices[] = {BOARD_GICD + 0x6400, BOARD_GICR + 0x100,
					   BOARD_PL011 + 0x40, BOARD_PL031, BOARD_VIRTIO};

	for (unsigned n = 0; n < ARRAY_SIZE(devices); n++) {
		struct trap_record r = TRAP_OF(f->access(devices[n]));
		bool pass = r.count <= 1;

		if (f->outcome == ABORTS && f->no_syndrome && board.under_hypervisor)
			pass = right(f, &r, devices[n]);
		check(pass, "%s on the device at %#llx: %s (ESR %#llx)", f->name,
		      (unsigned long long)devices[n],
		      board.under_hypervisor ? "external abort" : "survived",
		      (unsigned long long)r.esr);
	}
}

void wild_forms(void)
{
	mmu_set(0, MMU_UNCACHED_EXECUTABLE);
	for (unsigned n = 0; n < ARRAY_SIZE(forms); n++) {
		if (!available(&forms[n])) {
			skip("%s: this CPU has none", forms[n].name);
			continue;
		}
		on_hole(&forms[n]);
		on_devices(&forms[n]);
	}
	mmu_set(0, MMU_DEVICE);
}
