# SPDX-License-Identifier: BSD-2-Clause
# Host tests of VMs that come and go, with the real scheduler on CPUs that the test plays. Included
# by the Makefile; also runs by itself: make -f tests/unit/lifecycle.mk
B      ?= build
HOSTCC ?= gcc

LIFECYCLE_TEST_SRC := $(addprefix hypervisor/,vm.c lifecycle.c vm_text.c commands.c sched.c pcpu.c tee.c pages.c stage2.c image.c \
	guest_tree.c config.c board.c tree.c) tests/unit/lifecycle_world.c
LIFECYCLE_TESTS    := $(patsubst tests/unit/%.c,$(B)/host/%,$(wildcard tests/unit/test_lifecycle*.c))
LIFECYCLE_TEST_OBJ := $(patsubst %.c,$(B)/host/lifecycle/%.o,$(LIFECYCLE_TEST_SRC))
LIFECYCLE_CFLAGS   := -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -include tests/unit/fake_cpu.h \
	-Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -I. -MMD -MP

lifecycle-tests: $(LIFECYCLE_TESTS)
	@for t in $^; do $$t || exit 1; done

$(B)/host/lifecycle/%.o: %.c
	@mkdir -p $(@D)
	@$(HOSTCC) $(LIFECYCLE_CFLAGS) -c $< -o $@
$(LIFECYCLE_TESTS): $(B)/host/%: $(B)/host/lifecycle/tests/unit/%.o $(LIFECYCLE_TEST_OBJ)
	@$(HOSTCC) -fsanitize=address,undefined -o $@ $^ -lcmocka -lfdt

-include $(LIFECYCLE_TEST_OBJ:.o=.d) $(patsubst tests/unit/%.c,$(B)/host/lifecycle/tests/unit/%.d,$(wildcard tests/unit/test_lifecycle*.c))

.PHONY: lifecycle-tests
