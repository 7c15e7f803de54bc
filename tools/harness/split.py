# SPDX-License-Identifier: BSD-2-Clause
"""Which exception level executes how many instructions of an operation, by single steps of QEMU.

The program repeats the operation in VM 1; QEMU logs the address of every instruction for a while. A call is
from one entry of the hypervisor's SMC router to the next.
"""

import bisect
import collections
import os
import socket
import statistics
import subprocess
import tempfile
import time

from . import BUILD, UserError
from .machine import Machine

IMAGE = 0x44000000
IMAGE_END = IMAGE + 0x200000
FIRMWARE_END = 0x0E100000
LOG_SECONDS = 3
ENTRY = "smc_from_guest"


class Monitor:
    """QEMU's monitor for people, on a socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self._answer()

    def _answer(self):
        text = b""
        while not text.endswith(b"(qemu) "):
            piece = self.socket.recv(65536)
            if not piece:
                raise UserError("QEMU's monitor went away")
            text += piece
        return text.decode(errors="replace")

    def say(self, command):
        self.socket.sendall(command.encode() + b"\n")
        return self._answer()


def _log(op, directory):
    log, path = directory / "exec.log", directory / "monitor"
    options = ["-monitor", f"unix:{path},server,nowait", "-D", str(log)]
    with Machine("machines/bench-shared.toml", name="split", options=options) as m:
        for vm in (0, 1):
            m.wait_linux(vm)
        m.run(1, "sleep 60", 1800)
        m.start(1, f"bench {op} 1000000 >/dev/null")
        time.sleep(5)
        monitor = Monitor(path)
        monitor.say("stop")
        if "unknown command" in monitor.say("singlestep on"):
            monitor.say("one-insn-per-tb on")
        for command in ("log exec,nochain", "cont"):
            monitor.say(command)
        time.sleep(LOG_SECONDS)
        for command in ("stop", "log none"):
            monitor.say(command)
    return log


def symbols():
    out = subprocess.run(["aarch64-linux-gnu-nm", "-n", BUILD / "teevisor.elf"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in out.splitlines()]
    return [(int(row[0], 16) + IMAGE, row[2]) for row in rows if len(row) == 3 and row[1] in "tT"]


def level(pc):
    """OP-TEE lies at a random place of the lower half, as user programs do: their sum is told apart by the kernel's part."""
    if IMAGE <= pc < IMAGE_END:
        return "EL2"
    if pc >> 48 == 0xFFFF:
        return "EL1"
    return "EL3" if pc < FIRMWARE_END else "EL0 and Secure"


def _count(lines, names):
    """One (by level, by function of EL2) for each call; the first and the last are not whole."""
    addresses = [address for address, _ in names]
    entry = next(address for address, name in names if name == ENTRY)
    counts, functions = collections.Counter(), collections.Counter()
    for line in lines:
        if not line.startswith("Trace"):
            continue
        pc = int(line.split("/", 2)[1], 16)
        if pc == entry:
            yield counts, functions
            counts, functions = collections.Counter(), collections.Counter()
        where = level(pc)
        counts[where] += 1
        if where == "EL2":
            functions[names[bisect.bisect_right(addresses, pc) - 1][1]] += 1


def calls(op):
    with tempfile.TemporaryDirectory() as directory:
        log = _log(op, type(BUILD)(directory))
        with open(log) as lines:
            found = list(_count(lines, symbols()))[1:]
        os.unlink(log)
    # Registrations alternate with releases: those that EL2 works most for are what is asked about.
    if op.startswith("register"):
        middle = statistics.median(counts["EL2"] for counts, _ in found)
        found = [call for call in found if call[0]["EL2"] >= middle]
    if not found:
        raise UserError(f"no call of {op} was seen in single steps")
    return found


def median(found):
    levels = {name for counts, _ in found for name in counts}
    return {name: statistics.median(counts[name] for counts, _ in found) for name in levels}
