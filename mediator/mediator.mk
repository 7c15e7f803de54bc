# SPDX-License-Identifier: BSD-2-Clause
# The mediator as a library for other hosts: libteemediator.a, native and for aarch64 without an operating system, and
# the headers that a host includes. Part of the Makefile; also works by itself, with a compiler and nothing else:
#   make -f mediator/mediator.mk [HOSTCC=gcc] [CROSS=aarch64-linux-gnu-] [LIB_CC_aarch64=...] [B=build]
B      ?= build
HOSTCC ?= gcc
CROSS  ?= aarch64-linux-gnu-

LIB_SRC     := $(sort $(wildcard mediator/*.c mediator/*/*.c))
LIB_HEADERS := mediator/backend.h mediator/port.h mediator/vm.h lib/address.h lib/attributes.h

LIB_CC_host    ?= $(HOSTCC)
LIB_CC_aarch64 ?= $(CROSS)gcc
LIB_BIN_aarch64 ?= $(CROSS)

# -mgeneral-regs-only: FP registers hold a guest's data while a hypervisor runs. -mstrict-align: it may run with the MMU off.
LIB_WARN          := -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
LIB_FLAGS         := -std=gnu11 -O2 -g -ffreestanding -fno-common -ffunction-sections -fdata-sections $(LIB_WARN) -I. -MMD -MP
LIB_FLAGS_host    ?= -fPIC
LIB_FLAGS_aarch64 ?= -fpie -fno-stack-protector -fno-asynchronous-unwind-tables -mgeneral-regs-only -mstrict-align -march=armv8-a

# A freestanding build sees the compiler's own headers and no C library's.
lib_only = -nostdinc -isystem $(shell $(1) -print-file-name=include)

lib: lib-host lib-aarch64
lib-host lib-aarch64: lib-%: $(B)/lib/%/libteemediator.a $(addprefix $(B)/lib/include/,$(LIB_HEADERS))

$(B)/lib/include/%.h: %.h
	@mkdir -p $(@D)
	@cp $< $@

define lib_rules
$(B)/lib/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	@$$(LIB_CC_$(1)) $$(LIB_FLAGS) $$(LIB_FLAGS_$(1)) $$(call lib_only,$$(LIB_CC_$(1))) $$(LIB_EXTRA) -c $$< -o $$@
# One object in which only the backends are global: no other name of ours can meet one of the host's.
$(B)/lib/$(1)/libteemediator.a: $(patsubst %.c,$(B)/lib/$(1)/%.o,$(LIB_SRC))
	@echo "  LIB $$@"
	@$$(LIB_CC_$(1)) -r -nostdlib -o $$(@D)/teemediator.o $$^
	@$$(LIB_BIN_$(1))objcopy --wildcard --keep-global-symbol='*_backend' $$(@D)/teemediator.o
	@rm -f $$@; $$(LIB_BIN_$(1))ar rcs $$@ $$(@D)/teemediator.o
-include $(patsubst %.c,$(B)/lib/$(1)/%.d,$(LIB_SRC))
endef
$(eval $(call lib_rules,host))
$(eval $(call lib_rules,aarch64))

.PHONY: lib lib-host lib-aarch64
