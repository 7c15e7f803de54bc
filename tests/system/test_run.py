# SPDX-License-Identifier: BSD-2-Clause
"""What a user sees of tools/run and tools/setup when something is wrong: one sentence, a status that is not 0."""

import os
import pty
import select
import subprocess
import time

import pytest
from harness import ROOT


def run(*command, **env):
    return subprocess.run(command, cwd=ROOT, env=dict(os.environ, **env), capture_output=True, text=True, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("text, words", [
    ("", "there is no [[vm]]"),
    ("[[vm]]\nkernel = 7\n", "x.toml:2: vm 0: kernel: must be text"),
    ('[board]\ncpu = "no-such-cpu"\n[[vm]]\nkernel = "u-boot"\n', "QEMU refuses this board"),
])
def test_bad_machine_file(tmp_path, text, words):
    path = tmp_path / "x.toml"
    path.write_text(text)
    out = run("tools/run", str(path))
    assert out.returncode == 1 and words in out.stderr
    assert len(out.stderr.splitlines()) == 1 and "Traceback" not in out.stderr


def test_no_mirror(tmp_path):
    """The payload's fetch in a build directory of its own, from a mirror that nobody serves."""
    for part in ("tools",):
        (tmp_path / part).symlink_to(ROOT / part)
    code = (
        "import pathlib, sys; sys.path.insert(0, 'tools'); from harness import payload; "
        f"payload.BUILD = pathlib.Path({str(tmp_path)!r}) / 'build'; sys.exit(payload.main(['trixie']))"
    )
    out = run("/usr/bin/python3", "-c", code, DEBIAN_MIRROR="http://127.0.0.1:9/debian")
    assert out.returncode == 1
    assert out.stderr.startswith("payload: no Debian mirror") and len(out.stderr.splitlines()) == 1


def fake(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("name, text, words", [
    ("qemu-system-aarch64", "echo QEMU emulator version 6.2.0", "QEMU 6.2 is too old"),
    ("dpkg-query", "echo not-installed; [ \"$1\" = -W ]", "run this as root"),
    ("df", "printf 'h\\nx 1 1 1 1 /\\n'", "free disk space"),
])
def test_set_up_says_what_is_wrong(tmp_path, name, text, words):
    fake(tmp_path, name, text)
    fake(tmp_path, "id", "echo 1000")
    # With the payload there, no disk space is asked for: pretend it is not, in a tree of links.
    for part in ("tools", "machines"):
        (tmp_path / part).mkdir()
    (tmp_path / "tools/setup").write_bytes((ROOT / "tools/setup").read_bytes())
    if name != "df":
        (tmp_path / "build/payload/trixie/root").mkdir(parents=True)
    out = run("sh", str(tmp_path / "tools/setup"), PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert out.returncode == 1 and words in out.stderr, out.stderr
    assert len(out.stderr.splitlines()) == 1


class Terminal:
    """A person at a terminal in front of tools/run."""

    def __init__(self, *command):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=slave, stdout=slave, stderr=slave, close_fds=True)
        os.close(slave)
        self.text = ""

    def type(self, text):
        os.write(self.master, text.encode())

    def sees(self, words, seconds=60):
        end = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} never came: {self.text[-800:]!r}"
            if select.select([self.master], [], [], 1)[0]:
                self.text += os.read(self.master, 65536).decode(errors="replace")
        self.text = self.text.split(words, 1)[1]


def test_person_at_the_terminal_uses_consoles_and_leaves():
    t = Terminal("tools/run", "--console", "machines/default.toml")
    try:
        t.sees("Ctrl-A three times")
        t.sees("TEE found", 120)
        t.sees("# ")
        t.type("echo I am $((40 + 2))\r")
        t.sees("I am 42")
        t.type("\x01\x01\x01")
        t.sees("input to vm1")
        t.type("\r")
        t.type("echo me $((1 + 1))\r")
        t.sees("[vm1] me 2")
        t.type("\x01\x01\x01")
        t.sees("input to hyp")
        t.type("\x1d")
        assert t.process.wait(20) == 0
    finally:
        t.process.kill()
        t.process.wait()
        os.close(t.master)
