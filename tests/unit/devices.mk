# SPDX-License-Identifier: BSD-2-Clause
# Host tests of what a VM sees besides its CPUs: devices, console, trees, images. Included by the
# Makefile; also runs by itself: make -f tests/unit/devices.mk
B      ?= build
HOSTCC ?= gcc

DEVICES_TEST_SRC := $(addprefix hypervisor/,devices.c vuart.c vrtc.c console.c console_input.c \
	random.c tree.c board.c config.c guest_tree.c image.c) tests/unit/devices_world.c
DEVICES_TESTS    := $(patsubst tests/unit/%.c,$(B)/host/%,$(wildcard tests/unit/test_devices*.c))
DEVICES_TEST_OBJ := $(patsubst %.c,$(B)/host/devices/%.o,$(DEVICES_TEST_SRC))
DEVICES_CFLAGS   := -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -I. -MMD -MP

devices-tests: $(DEVICES_TESTS)
	@for t in $^; do $$t || exit 1; done

$(B)/host/devices/%.o: %.c
	@mkdir -p $(@D)
	@$(HOSTCC) $(DEVICES_CFLAGS) -c $< -o $@
$(DEVICES_TESTS): $(B)/host/%: $(B)/host/devices/tests/unit/%.o $(DEVICES_TEST_OBJ)
	@$(HOSTCC) -fsanitize=address,undefined -o $@ $^ -lcmocka -lfdt

-include $(DEVICES_TEST_OBJ:.o=.d) $(patsubst tests/unit/%.c,$(B)/host/devices/tests/unit/%.d,$(wildcard tests/unit/test_devices*.c))

.PHONY: devices-tests
