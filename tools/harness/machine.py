# SPDX-License-Identifier: BSD-2-Clause
"""A running machine: QEMU started from a machine file, with a shell in each Linux VM to run commands in.

    with Machine("machines/default.toml") as m:
        m.wait_linux(0)
        status, text = m.run(0, "xtest 1001", timeout=120)

Everything of a run lies in build/run/NAME/: what QEMU was given, console.log, secure.log (the TEE's UART).
"""

import itertools
import shlex
import subprocess
import time

from . import BUILD, qemu, spec
from .console import Console, ConsoleError

BOOT_SECONDS = 120


class Machine:
    def __init__(self, path, name=None, watch=None, options=()):
        self.spec = path if isinstance(path, spec.Machine) else spec.load(path)
        self.dir = BUILD / "run" / (name or self.spec.name)
        self.names = [vm.name for vm in self.spec.vms]
        self.watch = watch
        self.options = list(options)
        self.process = self.console = None
        self.serial = itertools.count(1)

    def __enter__(self):
        args = qemu.command(self.spec, self.dir) + self.options
        (self.dir / "command").write_text(shlex.join(args) + "\n")
        for log in ("secure.log", "console.log"):
            (self.dir / log).unlink(missing_ok=True)
        with open(self.dir / "qemu.log", "wb") as errors:
            self.process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        self.console = Console(self.process, self.names, self.dir / "console.log", self.spec.hypervisor)
        self.console.watch = self.watch
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.console.close()

    def text(self, source):
        """All lines of a VM (by number), of "hyp" or of "fw"."""
        return self.console.demux.everything(self.names[source] if isinstance(source, int) else source)

    def secure_text(self):
        log = self.dir / "secure.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def wait(self, source, pattern, timeout=60, since=None):
        return self.console.wait(self.names[source] if isinstance(source, int) else source, pattern, timeout, since)

    def wait_linux(self, vm, timeout=BOOT_SECONDS):
        """Waits for the ramdisk's init; the version of the TEE, or None if it found none."""
        found = self.wait(vm, r"^(TEE found: (.*)|No TEE: (.*))", timeout)
        return found[2]

    def send(self, vm, line):
        """Types a line on a VM's console."""
        self.console.give_input(self.names[vm])
        self.console.write(line.encode() + b"\r")

    def operator(self, line, answer=None, timeout=60):
        """Types a line on the hypervisor's own console; the match of the answer there, if one is waited for."""
        self.console.give_input("hyp")
        since = self.console.mark("hyp")
        self.console.write(line.encode() + b"\r")
        return self.wait("hyp", answer, timeout, since) if answer else None

    def start(self, vm, command):
        """Starts a shell command in a VM, with the input moved away: then whole lines come. For finish()."""
        tag = f"tv-{next(self.serial)}"
        begin = self.console.mark(self.names[vm])
        # The quotes keep the echo of this very line from looking like the answer.
        self.send(vm, f'{command}; echo "{tag}"=$?')
        if self.spec.hypervisor:
            self.console.give_input("hyp")
        return vm, tag, begin

    def finish(self, job, timeout):
        """(exit status, output) of a started command."""
        vm, tag, begin = job
        status = self.wait(vm, rf"{tag}=(\d+)", timeout, begin)
        lines = self.console.demux.lines[self.names[vm]][begin : self.console.seen[self.names[vm]]]
        return int(status[1]), "\n".join(lines)

    def run(self, vm, command, timeout=60):
        return self.finish(self.start(vm, command), timeout)

    def both(self, command, timeout, vms=(0, 1)):
        """Runs a command in several VMs at the same time."""
        jobs = [self.start(vm, command) for vm in vms]
        end = time.monotonic() + timeout
        return [self.finish(job, max(1, end - time.monotonic())) for job in jobs]

    def power_off(self, vms=None, timeout=90):
        """Powers every Linux VM off; the board goes off with the last one. Returns QEMU's exit status."""
        for vm in range(len(self.names)) if vms is None else vms:
            self.send(vm, "poweroff")
        return self.wait_end(timeout)

    def wait_end(self, timeout):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.console.poll(1) is None:
                return self.process.wait(10)
        raise ConsoleError(f"the machine did not power off within {timeout} s")
