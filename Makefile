# SPDX-License-Identifier: BSD-2-Clause
# Builds the three images and the host tests. `make run` and `make test` do all set-up first.
CROSS ?= aarch64-linux-gnu-
CC    := $(CROSS)gcc
B     := build

WARN   := -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
PICO   ?= $(firstword $(wildcard $(B)/sysroot/usr/lib/picolibc/aarch64-linux-gnu /usr/lib/picolibc/aarch64-linux-gnu))
FDT    ?= $(firstword $(wildcard $(B)/sysroot/usr/lib/aarch64-linux-gnu /tmp/w/apt/dl/x/usr/lib/aarch64-linux-gnu))
FDTINC ?= $(firstword $(wildcard $(B)/sysroot/usr/include /tmp/w/apt/dl/x/usr/include))
CFLAGS_BARE := -std=gnu11 -O2 -g -ffreestanding -fno-common -fpie -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fno-tree-loop-distribute-patterns -fno-builtin-memcpy -mgeneral-regs-only -mstrict-align -march=armv8-a -fno-omit-frame-pointer \
	-ffunction-sections -fdata-sections -nostdinc -isystem $(shell $(CC) -print-file-name=include) -isystem $(PICO)/include -I. -isystem $(FDTINC)
CFLAGS_ALL := $(CFLAGS_BARE) $(WARN) -MMD -MP

src = $(wildcard $(addsuffix /*.c,$(1)) $(addsuffix /*.S,$(1)))
obj = $(addprefix $(B)/aarch64/,$(addsuffix .o,$(basename $(1))))

SHARED_SRC := $(call src,lib arch/aarch64 drivers platform/qemu-virt)
FW_SRC     := $(call src,firmware)
HYP_SRC    := $(call src,hypervisor hypervisor/aarch64 mediator mediator/optee)

all: $(B)/firmware.bin $(B)/teevisor.img

$(B)/aarch64/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(CFLAGS_ALL) -c $< -o $@
$(B)/aarch64/%.o: %.S
	@mkdir -p $(@D)
	@echo "  AS  $<"
	@$(CC) $(CFLAGS_ALL) -D__ASSEMBLY__ -c $< -o $@

$(B)/shared.a: $(call obj,$(SHARED_SRC))
	@rm -f $@; $(CROSS)ar rcs $@ $^

LINK := $(CC) -nostdlib -Wl,--build-id=none -Wl,--gc-sections -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -Wl,-z,max-page-size=4096
LIBS  = $(B)/shared.a $(FDT)/libfdt.a $(PICO)/lib/libc.a -lgcc

$(B)/firmware.elf: $(call obj,$(FW_SRC)) $(B)/shared.a firmware/firmware.ld
	@echo "  LD  $@"
	@$(LINK) -no-pie -T firmware/firmware.ld -o $@ $(filter %.o,$^) $(LIBS)
$(B)/teevisor.elf: $(call obj,$(HYP_SRC)) $(B)/shared.a hypervisor/teevisor.ld
	@echo "  LD  $@"
	@$(LINK) -static-pie -Wl,--no-dynamic-linker -T hypervisor/teevisor.ld -o $@ $(filter %.o,$^) $(LIBS)
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

.PHONY: all
