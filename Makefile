# SPDX-License-Identifier: BSD-2-Clause
# Builds the three images and the host tests. `make run` and `make test` do all set-up first.
CROSS ?= aarch64-linux-gnu-
CC    := $(CROSS)gcc
B     := build

WARN   := -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
PICO   ?= $(B)/sysroot/usr/lib/picolibc/aarch64-linux-gnu
FDT    ?= $(B)/sysroot/usr/lib/aarch64-linux-gnu
FDTINC ?= $(B)/sysroot/usr/include
CFLAGS_BARE := -std=gnu11 -O2 -g -ffreestanding -fno-common -fpie -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fno-tree-loop-distribute-patterns -fno-builtin-memcpy -mno-outline-atomics -mgeneral-regs-only -mstrict-align -march=armv8-a -fomit-frame-pointer \
	-ffunction-sections -fdata-sections -nostdinc -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) -isystem $(PICO)/include -I. -isystem $(FDTINC)
CFLAGS_ALL := $(CFLAGS_BARE) $(WARN) -MMD -MP

src = $(wildcard $(addsuffix /*.c,$(1)) $(addsuffix /*.S,$(1)))
obj = $(addprefix $(B)/aarch64/,$(addsuffix .o,$(basename $(1))))

SHARED_SRC := $(call src,lib arch/aarch64 drivers platform/qemu-virt)
FW_SRC     := $(call src,firmware)
HYP_SRC    := $(call src,hypervisor hypervisor/aarch64 mediator mediator/optee mediator/trusty)

MACHINE ?= machines/default.toml

help:
	@echo "make run [MACHINE=file]   set up, build, start the machine, run xtest in its VMs, stay on the console"
	@echo "make console [MACHINE=file]  the same without xtest"
	@echo "make test                 set up, build, static checks, host tests, system tests"
	@echo "make test-long            the whole of xtest, on more machines"
	@echo "make bench                what calls cost, in instructions, with and without teevisor"
	@echo "make lib | example        the mediator alone, for other hypervisors: build/lib | a port of it: build/examples"
	@echo "make all | host-tests | check | format   the images | tests without QEMU | static checks | clang-format"
	@echo "make coverage             branches of the mediator that the host tests take"
	@echo "make mutants [MUTANTS=-h] changes of the mediator that the host tests notice"
	@echo "make fuzz [SECONDS=60]    inputs nobody thought of against the mediator, so many seconds for each target"
	@echo "make proof [PROOF=NAME]   contracts of the mediator proved with CBMC"
	@echo "make clean | distclean    what was built | and what was fetched"

# Each begins with the set-up, and builds in a second make that sees what the set-up brought.
run console test test-long bench: | setup
	@+$(MAKE) --no-print-directory -j$(shell nproc) all guests
	@tools/$@ $(if $(filter run console,$@),$(MACHINE))
setup:
	@tools/setup
	@tools/fetch-payload

all: $(B)/firmware.bin $(B)/teevisor.img $(B)/el2-check.bin

$(B)/aarch64/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(CFLAGS_ALL) -c $< -o $@
$(B)/aarch64/%.o: %.S
	@mkdir -p $(@D)
	@echo "  AS  $<"
	@$(CC) $(CFLAGS_ALL) -D__ASSEMBLY__ -c $< -o $@

# What a TEE call passes is optimised as one program, since it is a dozen small files.
LTO := -flto=auto
ON_THE_CALL := $(filter mediator/%,$(HYP_SRC)) $(addprefix hypervisor/,trap.c smc.c tee.c tee_port.c trace.c sched.c pcpu.c)
$(call obj,$(ON_THE_CALL)): CFLAGS_ALL += $(LTO)

$(B)/shared.a: $(call obj,$(SHARED_SRC))
	@rm -f $@; $(CROSS)ar rcs $@ $^

LINK := $(CC) -nostdlib -Wl,--build-id=none -Wl,--gc-sections -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -Wl,-z,max-page-size=4096
LIBS  = $(B)/shared.a $(FDT)/libfdt.a $(PICO)/lib/libc.a -lgcc

$(B)/firmware.elf: $(call obj,$(FW_SRC)) $(B)/shared.a firmware/firmware.ld
	@echo "  LD  $@"
	@$(LINK) -no-pie -T firmware/firmware.ld -o $@ $(filter %.o,$^) $(LIBS)
$(B)/teevisor.elf: $(call obj,$(HYP_SRC)) $(B)/shared.a hypervisor/teevisor.ld
	@echo "  LD  $@"
	@$(LINK) $(LTO) $(CFLAGS_BARE) $(WARN) -static-pie -Wl,--no-dynamic-linker -T hypervisor/teevisor.ld -o $@ $(filter %.o,$^) $(LIBS)
$(B)/%.bin: $(B)/%.elf
	@$(CROSS)objcopy -O binary $< $@
$(B)/%.img: $(B)/%.elf
	@$(CROSS)objcopy -O binary $< $@

# guest/el2-check: an EL2 payload that holds the firmware to its contract (flat, at 0x44000000).
$(B)/el2-check.elf: $(call obj,$(call src,guest/el2-check)) $(B)/shared.a guest/el2-check/el2-check.ld
	@echo "  LD  $@"
	@$(LINK) -no-pie -T guest/el2-check/el2-check.ld -o $@ $(filter %.o,$^) $(LIBS)

-include $(shell find $(B)/aarch64 -name '*.d' -type f 2>/dev/null)

-include guest/guest.mk
-include guest/user/user.mk

# The mediator alone, for other hosts.
include mediator/mediator.mk examples/port-minimal/port-minimal.mk

# Host tests: every tests/unit/test_NAME.c is a cmocka program. Those that need more than their own file
# have a .mk beside them.
include tests/unit/mediator.mk tests/unit/vgic.mk tests/unit/devices.mk tests/unit/lifecycle.mk tests/unit/vserial.mk tests/unit/quality.mk tests/fuzz/fuzz.mk
HOST_FLAGS := -std=gnu11 -O1 -g $(WARN) -fsanitize=address,undefined -fno-sanitize-recover=all -I. -MMD -MP
HOST_ALONE := $(filter-out $(MEDIATOR_TESTS) $(VGIC_TESTS) $(DEVICES_TESTS) $(LIFECYCLE_TESTS) $(VSERIAL_TESTS),$(patsubst tests/unit/%.c,$(B)/host/%,$(wildcard tests/unit/test_*.c)))
$(HOST_ALONE): $(B)/host/%: tests/unit/%.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOSTCC) $(HOST_FLAGS) $< -o $@ -lcmocka -lfdt -lpthread
-include $(addsuffix .d,$(HOST_ALONE))
HOST_TESTS := $(HOST_ALONE) $(MEDIATOR_TESTS) $(VGIC_TESTS) $(DEVICES_TESTS) $(LIFECYCLE_TESTS) $(VSERIAL_TESTS)
host-test-programs: $(HOST_TESTS)
host-tests: host-test-programs
	@tools/test host
check: all
	@tools/test check

# What every C file of ours must survive besides gcc: clang's warnings and its analysis of locks, clang-tidy (.clang-tidy), cppcheck.
CLANG_FLAGS := --target=aarch64-linux-gnu -fsyntax-only $(filter-out -fno-tree-loop-distribute-patterns,$(CFLAGS_BARE)) $(WARN) \
	-Wthread-safety -Wthread-safety-beta -Iexamples/port-check
# Programs of the Linux guests, with a C library and one thread.
LINUX_SRC   := $(TVCTL_SRC) $(wildcard guest/user/*.c)
C_SOURCES   := $(filter-out $(LINUX_SRC),$(sort $(shell find lib arch/aarch64 drivers platform firmware hypervisor mediator guest examples -name '*.c' 2>/dev/null)))
in_parallel  = @printf '%s\n' $(C_SOURCES) | xargs -P2 -n6 sh -c '$(1)' sh
clang-check:
	$(call in_parallel,for f; do clang $(CLANG_FLAGS) $$f || exit 255; done)
	@clang $(TVCTL_FLAGS) -isystem $(FDTINC) -fsyntax-only $(LINUX_SRC)
clang-tidy:
	$(call in_parallel,clang-tidy --quiet "$$@" -- $(CLANG_FLAGS))
	@printf '%s\n' $(LINUX_SRC) | xargs -P2 -I@ clang-tidy --quiet --checks=-concurrency-mt-unsafe @ -- $(TVCTL_FLAGS) -isystem $(FDTINC) # one thread
cppcheck:
	@cppcheck -j2 --quiet --error-exitcode=1 --std=c11 --platform=unix64 --enable=warning,style,performance,portability \
		--suppressions-list=tools/cppcheck-suppressions -I. $(C_SOURCES) $(LINUX_SRC)
FORMATTED := $(shell find abi arch drivers examples firmware guest hypervisor lib mediator platform tests -name '*.[ch]' 2>/dev/null)
format:
	@clang-format -i $(FORMATTED)
format-check:
	@clang-format --dry-run -Werror $(FORMATTED)

include tests/proof/proof.mk

clean:
	@rm -rf $(filter-out $(B)/payload $(B)/sysroot,$(wildcard $(B)/*))
distclean:
	@rm -rf $(B)

.DEFAULT_GOAL := help
.PHONY: all help run console test test-long bench setup host-test-programs host-tests check clang-check clang-tidy cppcheck format format-check clean distclean
