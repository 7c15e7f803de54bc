# SPDX-License-Identifier: BSD-2-Clause
# Fuzz targets of the mediator, each tests/fuzz/TARGET.c with a LLVMFuzzerTestOneInput. Included by the Makefile; also
# runs by itself.
#   make fuzz [SECONDS=60]   every target for so long under libFuzzer (clang), from the committed corpus
#   make fuzz-replay         the committed corpus once, without libFuzzer
B       ?= build
HOSTCC  ?= gcc
FUZZCC  ?= clang
SECONDS ?= 60

FUZZ_TARGETS := sequence raw trusty
FUZZ_SRC     := $(wildcard mediator/*.c mediator/*/*.c tests/model/*.c) tests/unit/fake_port.c tests/unit/model_tee.c tests/unit/model_trusty.c \
	$(addprefix tests/fuzz/,bytes.c values.c world.c guest.c tee.c)
# A small machine: it is made anew for every input.
FUZZ_FLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-I. -MMD -MP -DFAKE_RAM_PAGES=64u -DFAKE_WINDOW_SIZE=0x20000ull -DFAKE_HOST_PAGES=32u -DMODEL_BUFFERS=40u -DSPEC_BUFFERS=32u
FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

# What the mediator and the decoder do guides libFuzzer; what the fake host and the model do would only slow it.
$(B)/fuzz/libfuzzer/mediator/%.o $(B)/fuzz/libfuzzer/tests/fuzz/%.o: FUZZ_FEEDBACK := -fsanitize=fuzzer-no-link
$(B)/fuzz/libfuzzer/%.o: %.c
	@mkdir -p $(@D)
	@$(FUZZCC) $(FUZZ_FLAGS) $(FUZZ_SANITIZE) $(FUZZ_FEEDBACK) -c $< -o $@
$(FUZZ_TARGETS:%=$(B)/fuzz/fuzz-%): $(B)/fuzz/fuzz-%: $(B)/fuzz/libfuzzer/tests/fuzz/%.o $(FUZZ_SRC:%.c=$(B)/fuzz/libfuzzer/%.o)
	@echo "  FUZZCC  $@"
	@$(FUZZCC) $(FUZZ_SANITIZE) -fsanitize=fuzzer -o $@ $^

$(B)/fuzz/host/%.o: %.c
	@mkdir -p $(@D)
	@$(HOSTCC) $(FUZZ_FLAGS) $(FUZZ_SANITIZE) -c $< -o $@
$(FUZZ_TARGETS:%=$(B)/fuzz/replay-%): $(B)/fuzz/replay-%: $(B)/fuzz/host/tests/fuzz/%.o $(B)/fuzz/host/tests/fuzz/replay.o $(FUZZ_SRC:%.c=$(B)/fuzz/host/%.o)
	@echo "  HOSTCC  $@"
	@$(HOSTCC) $(FUZZ_SANITIZE) -o $@ $^

fuzz: $(FUZZ_TARGETS:%=$(B)/fuzz/fuzz-%)
	@tools/fuzz $(SECONDS) $(FUZZ_TARGETS)
fuzz-replay-programs: $(FUZZ_TARGETS:%=$(B)/fuzz/replay-%)
fuzz-replay: fuzz-replay-programs
	@for t in $(FUZZ_TARGETS); do $(B)/fuzz/replay-$$t tests/fuzz/corpus/$$t || exit 1; done

-include $(shell find $(B)/fuzz -name '*.d' -type f 2>/dev/null)
.PHONY: fuzz fuzz-replay fuzz-replay-programs
