# SPDX-License-Identifier: BSD-2-Clause
# Host tests of virtqueues, the virtio-serial device and the control channel on it. Included by the
# Makefile; also runs by itself: make -f tests/unit/vserial.mk
B      ?= build
HOSTCC ?= gcc

VSERIAL_TESTS    := $(addprefix $(B)/host/,test_virtqueue test_vserial test_control)
VSERIAL_OBJ       = $(patsubst %,$(B)/host/vserial/%.o,$(1))
VSERIAL_DEVICE   := tests/unit/vserial_guest hypervisor/virtio_mmio hypervisor/vserial
VSERIAL_COMMON   := tests/unit/virtio_guest hypervisor/virtqueue
VSERIAL_CFLAGS   := -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -I. -MMD -MP

vserial-tests: $(VSERIAL_TESTS)
	@for t in $^; do $$t || exit 1; done

$(B)/host/vserial/%.o: %.c
	@mkdir -p $(@D)
	@$(HOSTCC) $(VSERIAL_CFLAGS) -c $< -o $@
$(B)/host/test_vserial: $(call VSERIAL_OBJ,$(VSERIAL_DEVICE))
$(B)/host/test_control: $(call VSERIAL_OBJ,$(VSERIAL_DEVICE) hypervisor/control hypervisor/control_requests hypervisor/control_vms hypervisor/control_trace)
$(VSERIAL_TESTS): $(B)/host/%: $(B)/host/vserial/tests/unit/%.o $(call VSERIAL_OBJ,$(VSERIAL_COMMON))
	@$(HOSTCC) -fsanitize=address,undefined -o $@ $^ -lcmocka

-include $(wildcard $(B)/host/vserial/*/*.d $(B)/host/vserial/*/*/*.d)

.PHONY: vserial-tests
