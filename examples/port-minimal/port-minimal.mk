# SPDX-License-Identifier: BSD-2-Clause
# The example, for the host and for aarch64 with nothing below it. Part of the Makefile; also works by itself:
#   make -f examples/port-minimal/port-minimal.mk && build/examples/port-minimal
# It sees build/lib/include, its own directory and port-check, and no other file of this tree.
ifndef LIB_SRC
.DEFAULT_GOAL := example
include mediator/mediator.mk
endif

EXAMPLE       := examples/port-minimal
EXAMPLE_SRC   := $(addprefix $(EXAMPLE)/,guest.c main.c port.c say.c tee.c)
EXAMPLE_SRC   += examples/port-check/port_check.c
EXAMPLE_DEPS  := $(wildcard $(EXAMPLE)/*.h examples/port-check/*.h) $(addprefix $(B)/lib/include/,$(LIB_HEADERS))
EXAMPLE_FLAGS := -std=gnu11 -O2 -g $(LIB_WARN) -I$(B)/lib/include -Iexamples/port-check

example: $(B)/examples/port-minimal $(B)/examples/port-minimal.elf

$(B)/examples/port-minimal: $(EXAMPLE_SRC) $(EXAMPLE)/hosted.c $(B)/lib/host/libteemediator.a $(EXAMPLE_DEPS)
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(LIB_CC_host) $(EXAMPLE_FLAGS) $(filter %.c %.a,$^) -o $@
$(B)/examples/port-minimal.elf: $(EXAMPLE_SRC) $(EXAMPLE)/bare.c $(B)/lib/aarch64/libteemediator.a $(EXAMPLE_DEPS)
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(LIB_CC_aarch64) $(EXAMPLE_FLAGS) -ffreestanding $(LIB_FLAGS_aarch64) -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-e,start \
		-Wl,--section-start=.text=0x40080000 -Wl,-z,noexecstack $(filter %.c %.a,$^) -o $@

.PHONY: example
