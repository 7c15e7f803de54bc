# SPDX-License-Identifier: BSD-2-Clause
"""The board's serial line, taken apart: who said what.

With teevisor every line starts with its source in brackets ("[vm0] ", "[hyp] "); without it there is one
source. Lines are kept per source, so that a wait for one VM is not disturbed by another. The input goes to
one source at a time: Ctrl-A three times gives it to the next.
"""

import os
import re
import select
import time

PREFIX = re.compile(rb"\[([A-Za-z][A-Za-z0-9._-]*)\] ?")
SWITCH = b"\x01\x01\x01"
# What a guest's UART takes at once, and the pause after it, so that a long command is not cut.
CHUNK = 16
PAUSE = 0.02


class ConsoleError(Exception):
    """The other side did not do what was waited for."""


class Demux:
    """Splits a byte stream into lines of sources.

    A line without a prefix belongs to `default`; if that is None, to the source of the line before.
    """

    def __init__(self, sources, default):
        self.sources = set(sources)
        self.default = default
        self.last = default or "fw"
        self.partial = b""
        self.lines = {s: [] for s in sources}

    def feed(self, data):
        self.partial += data
        *whole, self.partial = self.partial.split(b"\n")
        for raw in whole:
            self._line(raw.rstrip(b"\r"))

    def _line(self, raw):
        match = PREFIX.match(raw)
        self.last = self.default or self.last
        if match and match[1].decode() in self.sources:
            self.last = match[1].decode()
            raw = raw[match.end() :]
        self.lines[self.last].append(raw.decode(errors="replace"))

    def everything(self, source):
        return "\n".join(self.lines[source])


class Console:
    """Reads QEMU's output into a Demux and a log, writes its input."""

    def __init__(self, process, vms, log, marked):
        self.process = process
        self.vms = vms
        self.order = [*vms, "hyp"] if marked else list(vms)
        self.marked = marked
        self.demux = Demux([*vms, "hyp", "fw"], None if marked else vms[0])
        self.log = open(log, "wb")
        self.focus = vms[0]
        self.watch = None
        self.seen = {s: 0 for s in self.demux.lines}
        os.set_blocking(process.stdout.fileno(), False)

    def close(self):
        self.log.close()

    def poll(self, seconds):
        """Takes in what comes within so many seconds; returns the bytes, None at the end of the stream."""
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            return b""
        data = os.read(self.process.stdout.fileno(), 65536)
        if not data:
            return None
        self.log.write(data)
        self.log.flush()
        self.demux.feed(data)
        if self.watch:
            self.watch(data)
        return data

    def write(self, data):
        """Sends bytes to whoever has the input, at a pace that a UART bears."""
        for i in range(0, len(data), CHUNK):
            self.process.stdin.write(data[i : i + CHUNK])
            self.process.stdin.flush()
            self.poll(PAUSE)

    def wait(self, source, pattern, timeout, since=None):
        """The match of pattern in a line of source, new since the last wait (or since a mark())."""
        expr = re.compile(pattern)
        at = self.seen[source] if since is None else since
        end = time.monotonic() + timeout
        while True:
            lines = self.demux.lines[source]
            while at < len(lines):
                match = expr.search(lines[at])
                at += 1
                if match:
                    self.seen[source] = at
                    return match
            left = end - time.monotonic()
            if left <= 0:
                raise ConsoleError(f"{source}: nothing like {pattern!r} within {timeout} s")
            if self.poll(min(left, 1)) is None:
                raise ConsoleError(f"{source}: the machine ended while waiting for {pattern!r}")

    def mark(self, source):
        """A place in the lines of source, for wait()."""
        return len(self.demux.lines[source])

    def give_input(self, target):
        """Moves the input to target; teevisor confirms each step."""
        if not self.marked:
            return
        for _ in range(2 * len(self.order)):
            if self.focus == target:
                return
            since = self.mark("hyp")
            self.process.stdin.write(SWITCH)
            self.process.stdin.flush()
            self.focus = self.wait("hyp", r"input to (\S+)", 20, since)[1]
        raise ConsoleError(f"the input cannot be moved to {target}")
