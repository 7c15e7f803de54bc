# SPDX-License-Identifier: BSD-2-Clause
# How good the host tests of the mediator are: the branches they take, and the changes of it that
# they notice. Included by the Makefile after mediator.mk, whose programs and flags these are.
UNSANITIZED    := $(filter-out -fsanitize=% -fno-sanitize-recover=%,$(MEDIATOR_TEST_CFLAGS))
MEDIATOR_C     := $(filter mediator/%,$(MEDIATOR_TEST_SRC))
MEDIATOR_REST  := $(filter-out mediator/%,$(MEDIATOR_TEST_SRC))
MEDIATOR_NAMES := $(notdir $(MEDIATOR_TESTS))

# make coverage: the mediator unoptimised, so that a branch is one of the source.
COVERED      := $(patsubst %.c,$(B)/coverage/%.o,$(MEDIATOR_C))
COVERED_REST := $(patsubst %.c,$(B)/coverage/%.o,$(MEDIATOR_REST))
COVERED_RUN  := $(addprefix $(B)/coverage/,$(MEDIATOR_NAMES))

coverage: $(COVERED_RUN)
	@find $(B)/coverage -name '*.gcda' -delete
	@for t in $(COVERED_RUN); do $$t >$$t.log 2>&1 || { cat $$t.log; exit 1; }; done
	@tools/coverage $(COVERED)

$(COVERED): COVERAGE := -O0 --coverage -fkeep-inline-functions
$(B)/coverage/%.o: %.c
	@mkdir -p $(@D)
	@$(HOSTCC) $(UNSANITIZED) $(COVERAGE) -c $< -o $@
$(COVERED_RUN): $(B)/coverage/%: $(B)/coverage/tests/unit/%.o $(COVERED_REST) $(COVERED)
	@$(HOSTCC) --coverage -o $@ $^ -lcmocka

# make mutants [MUTANTS="-n 100 -s 7 ..."]: the mediator as a shared library, which tools/mutants replaces.
MUTATED      := $(patsubst %.c,$(B)/mutants/%.o,$(MEDIATOR_C))
MUTATED_REST := $(patsubst %.c,$(B)/mutants/%.o,$(MEDIATOR_REST))
MUTATED_RUN  := $(addprefix $(B)/mutants/,$(MEDIATOR_NAMES))
MUTANT_CC    := $(HOSTCC) $(filter-out -MMD -MP -I.,$(MEDIATOR_TEST_CFLAGS)) -fPIC

mutants: $(MUTATED_RUN)
	@tools/mutants --cc "$(MUTANT_CC)" --programs "$(MUTATED_RUN)" --objects "$(MUTATED)" $(MUTANTS)

$(B)/mutants/%.o: %.c
	@mkdir -p $(@D)
	@$(MUTANT_CC) -MMD -MP -I. -c $< -o $@
$(B)/mutants/libmediator.so: $(MUTATED)
	@$(MUTANT_CC) -shared -Wl,-soname,$(@F) -o $@ $^
$(MUTATED_RUN): $(B)/mutants/%: $(B)/mutants/tests/unit/%.o $(MUTATED_REST) $(B)/mutants/libmediator.so
	@$(MUTANT_CC) -o $@ $^ -lcmocka

-include $(patsubst %.o,%.d,$(COVERED) $(COVERED_REST) $(MUTATED) $(MUTATED_REST))
-include $(patsubst %,$(B)/coverage/tests/unit/%.d,$(MEDIATOR_NAMES)) $(patsubst %,$(B)/mutants/tests/unit/%.d,$(MEDIATOR_NAMES))

.PHONY: coverage mutants
