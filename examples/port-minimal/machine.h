/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine that is small enough to be read in one go: one VM with one vCPU, memory in an array, an
 * OP-TEE that is a model (tee.c), and a host that lets the VM use it through the mediator (port.c).
 * main.c plays the hypervisor's part, guest.c the guest's. hosted.c and bare.c run it, under an
 * operating system or on QEMU's virt board.
 *
 * It includes what build/lib/include has, and links with libteemediator.a, nothing else of
 * teevisor.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <mediator/backend.h>
#include <stdarg.h>

/* Physical memory: first the VM's RAM, which begins at GUEST_IPA for the guest, then the host's
 * pages. */
#define PAGE	     4096u
#define MEMORY_PA    0x80000000ull
#define MEMORY_PAGES 96u
#define GUEST_IPA    0x40000000ull
#define GUEST_PAGES  64u

/* What is behind the library's handles is the host's affair. */
struct tee_host_vm {
	uint32_t pins[GUEST_PAGES];
	bool locked;
};

struct tee_host_vcpu {
	struct tee_host_vm *vm;
};

struct machine {
	_Alignas(4096) uint8_t memory[MEMORY_PAGES][PAGE];
	bool host_page_used[MEMORY_PAGES];
	struct tee_host_vm vm;
	struct tee_host_vcpu vcpu;
	struct tee_vm *tee; /* of the VM, while it has one */
	bool tee_locked;
	bool interrupt; /* a physical interrupt is pending */
	uint64_t now;
	uint32_t secure_calls;
	uint32_t events; /* of the trace */
};

extern struct machine machine;

/* port.c */
extern const struct tee_port port;
uint32_t pinned_pages(void);
bool port_is_good(void);

/* main.c: an SMC of the guest's */
void guest_smc(uint64_t *regs);

/* tee.c: an SMC of the host's, in the Secure world */
void secure_world(uint64_t *regs);
/* At a physical address. NULL: no memory there. */
void *memory_at(uint64_t address, uint64_t size);

/* guest.c: what the guest does. True: it got what it should get. */
bool guest_runs(void);
void guest_leaves_things_open(void);

/* hosted.c or bare.c */
void put_char(char c);

/* say.c: %s, %u, %x, and their long long forms. */
void say(const char *format, ...) PRINTF_LIKE(1, 2);
void say_list(const char *format, va_list args);
/* Prints and passes on whether something is as it should be. */
bool expect(const char *what, bool good);

int machine_main(void);

#endif
