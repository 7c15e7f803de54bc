# SPDX-License-Identifier: BSD-2-Clause
# The virtual GIC on the host, alone: make -f tests/unit/vgic.mk
VGIC_OUT   := build/host
VGIC_TESTS := $(VGIC_OUT)/test_vgic $(VGIC_OUT)/test_vgic_lives
VGIC_SRC   := tests/unit/fake_vgic_hw.c hypervisor/vgic.c hypervisor/vgic_lr.c hypervisor/vgic_cpuif.c hypervisor/vgic_mmio.c
VGIC_FLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-fsanitize=address,undefined -fno-sanitize-recover=all -I.

vgic-tests: $(VGIC_TESTS)
	@set -e; for t in $^; do $$t; done

$(VGIC_TESTS): $(VGIC_OUT)/%: tests/unit/%.c $(VGIC_SRC) $(wildcard hypervisor/*.h tests/unit/*vgic*.h lib/*.h arch/*.h)
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@gcc $(VGIC_FLAGS) $(filter %.c,$^) -lcmocka -o $@

.PHONY: vgic-tests
