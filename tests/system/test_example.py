# SPDX-License-Identifier: BSD-2-Clause
"""examples/port-minimal runs on QEMU's board with nothing below it: the aarch64 library needs no more than it says."""

import subprocess

from harness import ROOT


def test_port_minimal_runs_without_an_operating_system():
    subprocess.run(["make", "-s", "example"], cwd=ROOT, check=True)
    board = ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a53", "-nographic", "-nic", "none", "-semihosting"]
    out = subprocess.run([*board, "-kernel", "build/examples/port-minimal.elf"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert out.returncode == 0 and "port-minimal: all good" in out.stdout, out.stdout + out.stderr
