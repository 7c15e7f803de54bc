# SPDX-License-Identifier: BSD-2-Clause
# Host tests of the mediator: each tests/unit/test_optee_*.c and test_trusty_*.c with the whole mediator,
# a fake host and model TEEs. Included by the Makefile; also runs by itself: make -f tests/unit/mediator.mk
B      ?= build
HOSTCC ?= gcc

MEDIATOR_TEST_MAIN := $(wildcard tests/unit/test_optee_*.c tests/unit/test_trusty_*.c)
MEDIATOR_TESTS := $(patsubst tests/unit/%.c,$(B)/host/%,$(MEDIATOR_TEST_MAIN))
MEDIATOR_TEST_SRC := $(wildcard mediator/*.c mediator/*/*.c) tests/unit/fake_port.c tests/unit/model_tee.c tests/unit/mediator_guest.c tests/unit/smc_audit.c tests/unit/witness.c tests/unit/second_tee.c
MEDIATOR_TEST_SRC += tests/unit/model_trusty.c tests/unit/trusty_guest.c
MEDIATOR_TEST_SRC += $(wildcard tests/model/*.c)
MEDIATOR_TEST_OBJ := $(patsubst %.c,$(B)/host/mediator/%.o,$(MEDIATOR_TEST_SRC))
MEDIATOR_TEST_CFLAGS := -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -I. -MMD -MP

mediator-tests: $(MEDIATOR_TESTS)
	@for t in $^; do $$t || exit 1; done

$(B)/host/mediator/%.o: %.c
	@mkdir -p $(@D)
	@$(HOSTCC) $(MEDIATOR_TEST_CFLAGS) -c $< -o $@
$(MEDIATOR_TESTS): $(B)/host/%: $(B)/host/mediator/tests/unit/%.o $(MEDIATOR_TEST_OBJ)
	@$(HOSTCC) -fsanitize=address,undefined -o $@ $^ -lcmocka

-include $(MEDIATOR_TEST_OBJ:.o=.d) $(patsubst tests/unit/%.c,$(B)/host/mediator/tests/unit/%.d,$(MEDIATOR_TEST_MAIN))

.PHONY: mediator-tests
