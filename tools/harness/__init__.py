# SPDX-License-Identifier: BSD-2-Clause
"""What turns a machine file into a running QEMU and talks to its consoles.

From the outside in: spec (machine file), payload (Debian's packages), images, initramfs, flash and
devicetree (what QEMU is given), qemu (its command line), console (the serial line), machine (all of it
together), xtest (OP-TEE's test-suite). tools/run and tests/system/ use machine.
"""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"


class UserError(Exception):
    """Something the user can put right. The text is one sentence; no traceback is shown."""
