/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM of three vCPUs for the tests of the virtual GIC. vCPU n is loaded on CPU n when a test
 * enters it; its guest's loads and stores, acknowledges and ends go through the fake. leave() does
 * what the hardware would make the hypervisor do: maintenance, flush. One program includes this
 * once.
 */
#ifndef TESTS_VGIC_GUEST_H
#define TESTS_VGIC_GUEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "hypervisor/pcpu.h"
#include "hypervisor/vgic_hw.h"
#include "tests/unit/fake_vgic_hw.h"

#define CPUS  3u
#define SPI   40u
#define TIMER PPI_GUEST_VTIMER
#define VMCR  (VMCR_ENG0 | VMCR_ENG1 | 0xf0ull << 24)

static struct vm vm;
static struct vcpu vcpus[CPUS];

static inline uint64_t access_of(uint64_t at, uint8_t size, bool write, uint64_t value)
{
	struct mmio m = {.ipa = at, .size = size, .write = write, .value = value};

	if (at < VDEV_GICR_BASE)
		vgic_dist_access(&vcpus[fake_here], &m);
	else
		vgic_redist_access(&vcpus[fake_here], &m);
	return m.value;
}

#define GICD(offset)	  (VDEV_GICD_BASE + (offset))
#define GICR(n, offset)	  (VDEV_GICR_BASE + (n)*VDEV_GICR_STRIDE + (offset))
#define SGIB(n, offset)	  GICR(n, 0x10000u + (offset))
#define READ(at)	  ((uint32_t)access_of(at, 4, false, ~0ull))
#define WRITE(at, value)  ((void)access_of(at, 4, true, value))
#define READ8(at)	  ((uint8_t)access_of(at, 1, false, ~0ull))
#define WRITE8(at, value) ((void)access_of(at, 1, true, value))
#define READ64(at)	  access_of(at, 8, false, 0)
#define WRITE64(at, v)	  ((void)access_of(at, 8, true, v))

/* The word of a bank of bits that has the interrupt: of the vCPU that executes, or the SPIs'. */
static inline uint64_t bank(uint32_t base, uint32_t intid)
{
	return intid < 32 ? SGIB(fake_here, base) : GICD(base + intid / 32 * 4);
}

static inline bool bit(uint32_t base, uint32_t intid)
{
	return (READ(bank(base, intid)) >> intid % 32 & 1) != 0;
}

static inline void set(uint32_t base, uint32_t intid)
{
	WRITE(bank(base, intid), 1u << intid % 32);
}

#define ENABLE	   0x100u
#define DISABLE	   0x180u
#define PEND	   0x200u
#define UNPEND	   0x280u
#define ACTIVATE   0x300u
#define DEACTIVATE 0x380u
#define pending(i) bit(PEND, i)
#define active(i)  bit(ACTIVATE, i)

static inline void priority(uint32_t intid, uint8_t value)
{
	WRITE8((intid < 32 ? SGIB(fake_here, 0x400 + intid) : GICD(0x400 + intid)), value);
}

static inline void edge(uint32_t intid, bool on)
{
	uint64_t at =
		intid < 32 ? SGIB(fake_here, 0xc00 + intid / 16 * 4) : GICD(0xc00 + intid / 16 * 4);
	uint32_t shift = intid % 16 * 2, old = READ(at);

	WRITE(at, (old & ~(3u << shift)) | (on ? 2u << shift : 0));
}

/* On the way back to the guest. */
static inline void leave(void)
{
	while (fake_maintenance())
		vgic_maintenance(&vcpus[fake_here]);
	vgic_flush(&vcpus[fake_here]);
	assert_false(fake_maintenance());
	assert_int_equal(vm.vgic.kick, 0);
	assert_int_equal(vm.vgic.lock.next, vm.vgic.lock.owner);
}

static inline void enter(unsigned n)
{
	fake_here = n;
	if (vcpus[n].vgic.loaded)
		leave();
	else
		vgic_load(&vcpus[n]);
}

static inline uint32_t ack(void)
{
	uint32_t intid;

	leave();
	intid = fake_ack(true);
	leave();
	return intid;
}

static inline void eoi(uint32_t intid)
{
	leave();
	fake_eoi(true, intid);
	leave();
}

static inline void enable(uint32_t intid, uint8_t prio, bool on_edge)
{
	uint64_t group = bank(0x80, intid);

	WRITE(group, READ(group) | 1u << intid % 32);
	priority(intid, prio);
	edge(intid, on_edge);
	set(ENABLE, intid);
}

static inline int fresh(void **state)
{
	(void)state;
	fake_reset();
	memset(&vm, 0, sizeof(vm));
	memset(vcpus, 0, sizeof(vcpus));
	vm.config.cpus = CPUS;
	for (uint32_t i = 0; i < CPUS; i++) {
		vcpus[i].vm = &vm;
		vcpus[i].index = i;
		vm.vcpu[i] = &vcpus[i];
	}
	vgic_cpu_init();
	vgic_reset(&vm);
	enter(0);
	return 0;
}

/* All groups on in the distributor, all vCPUs loaded and listening. */
static inline int running(void **state)
{
	fresh(state);
	WRITE(GICD(0), 3);
	for (unsigned i = CPUS; i-- > 0;) {
		enter(i);
		vgic_hw_set_vmcr(VMCR);
	}
	leave();
	memset(fake_kicks, 0, sizeof(fake_kicks));
	return 0;
}

#endif
