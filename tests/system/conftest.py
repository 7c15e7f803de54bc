# SPDX-License-Identifier: BSD-2-Clause
"""System tests boot real machines on QEMU, one at a time. Nothing is tried twice.

Each machine's log stays in build/run/NAME/; the end of a failed one's is shown. Whatever a test did, the
firmware, teevisor and OP-TEE must not have panicked: every machine is asked at its end.
"""

import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from harness import ROOT, spec  # noqa: E402
from harness.machine import Machine  # noqa: E402

PANIC = re.compile(r"panic|assertion", re.IGNORECASE)
# OP-TEE's own end. Not a TA's ("TA panicked"): xtest makes some on purpose.
TEE_PANIC = re.compile(r"E/TC.*(Panic|Core [a-z]+-abort|assertion)")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: not part of `make test`, but of `make test-long`")
    config.addinivalue_line("markers", "scenario(number...): the hostile scenarios that it shows, see docs/scenarios.md")


def no_panic(m):
    for who in ("fw", "hyp"):
        assert not PANIC.search(m.text(who)), f"{who} panicked: {m.text(who)[-500:]}"
    bad = [line for line in m.secure_text().splitlines() if TEE_PANIC.search(line)]
    assert not bad, bad[:5]


@pytest.fixture
def boot(request, monkeypatch):
    """boot("default") or boot(a spec.Machine): a running Machine; killed and looked over after the test."""
    monkeypatch.chdir(ROOT)
    running = []

    def start(what, name=None):
        path = f"machines/{what}.toml" if isinstance(what, str) else what
        m = Machine(path, name=name or re.sub(r"\W+", "-", request.node.name))
        running.append(m)
        return m.__enter__()

    yield start
    for m in running:
        m.kill()
    for m in running:
        no_panic(m)


@pytest.fixture
def load(monkeypatch):
    """A machine file's content, to change before it is booted."""
    monkeypatch.chdir(ROOT)
    return lambda name: spec.load(f"machines/{name}.toml")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        log = ROOT / "build/run" / re.sub(r"\W+", "-", item.name) / "console.log"
        if log.exists():
            report.sections.append((str(log), log.read_text(errors="replace")[-3000:]))
