# SPDX-License-Identifier: BSD-2-Clause
# The bare-metal guests: each directory below that has a main.c becomes build/guest/NAME.bin, one
# arm64 Image of guest/lib and its own files. They run on teevisor and on QEMU's own virt board.
GUESTS     := $(filter-out el2-check,$(patsubst guest/%/main.c,%,$(wildcard guest/*/main.c)))
GUEST_LIB  := $(call obj,$(call src,guest/lib))
GUEST_BINS := $(foreach g,$(GUESTS),$(B)/guest/$(g).bin)

guests: $(GUEST_BINS)

define guest_rule
$(B)/guest/$(1).elf: $$(call obj,$$(call src,guest/$(1))) $(GUEST_LIB) $(B)/shared.a guest/lib/guest.ld
	@mkdir -p $$(@D)
	@echo "  LD  $$@"
	@$$(LINK) -static-pie -Wl,--no-dynamic-linker -T guest/lib/guest.ld -o $$@ $$(filter %.o,$$^) $$(LIBS)
endef
$(foreach g,$(GUESTS),$(eval $(call guest_rule,$(g))))

.PHONY: guests
