# SPDX-License-Identifier: BSD-2-Clause
# Linux programs of ours for the guests, each of one file NAME.c: build/user/NAME, in /usr/bin of their ramdisk.
# They need an arm64 libc to compile with (tools/setup), libteec's headers and the library that the guests have.
USER_PROGRAMS := $(patsubst guest/user/%.c,$(B)/user/%,$(wildcard guest/user/*.c))
USER_LIBS     := $(B)/payload/trixie/root/usr/lib/aarch64-linux-gnu
USER_FLAGS    := -std=gnu11 -O2 -g $(WARN) -isystem $(FDTINC)

guests: $(USER_PROGRAMS)

$(B)/user/%: guest/user/%.c
	@mkdir -p $(@D)
	@echo "  USERCC  $@"
	@$(CC) $(USER_FLAGS) $< -o $@ $(USER_LIBS)/libteec.so.2

# tvctl has its folder, needs no library, and is built for the host as well, where its tests run.
TVCTL_SRC := $(wildcard guest/tvctl/*.c)
TVCTL_FLAGS := -std=gnu11 -D_GNU_SOURCE -g $(WARN) -I.

guests: $(B)/user/tvctl

$(B)/user/tvctl: $(TVCTL_SRC) $(wildcard guest/tvctl/*.h abi/*.h)
	@mkdir -p $(@D)
	@echo "  USERCC  $@"
	@$(CC) $(TVCTL_FLAGS) -O2 -static $(TVCTL_SRC) -o $@
$(B)/host/tvctl: $(TVCTL_SRC) $(wildcard guest/tvctl/*.h abi/*.h)
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOSTCC) $(TVCTL_FLAGS) -O1 -fsanitize=address,undefined -fno-sanitize-recover=all $(TVCTL_SRC) -o $@
