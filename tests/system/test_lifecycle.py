# SPDX-License-Identifier: BSD-2-Clause
"""VMs are paused, killed, destroyed and made again from the hypervisor's console, while another VM passes xtest.

VM 0 is never touched; VM 1 is. What each command does in which state: tests/unit/test_lifecycle.c.
"""

import random
import re
import time

import pytest
from checks import WHOLE_SECONDS, all_found, passed, xtest_at_once, xtest_in
from harness import xtest

END_SECONDS = 120
FEW = ["regression_1001", "regression_1004", "regression_6001"]
# Calls of all kinds, again and again: sessions, RPCs to the supplicant, buffers of 16 MiB.
BUSY = "while :; do xtest -t regression 1004 6001; xtest --sha-perf -n 1 -s 16777216; done"


def row(m, vm):
    """(state, milliseconds on a CPU, free KiB) of a VM by the console's `vms`."""
    since = m.console.mark("hyp")
    m.operator("vms", r"KiB of memory are free")
    text = "\n".join(m.console.demux.lines["hyp"][since:])
    found = re.search(rf"{m.names[vm]}: VM {vm}, (\w+), .* (\d+) ms,", text)
    state, ran = (found[1], int(found[2])) if found else (None, 0)
    return state, ran, int(re.search(r"(\d+) KiB of memory are free", text)[1])


def stands_still(m, vm):
    """The milliseconds of a paused VM, once its CPUs have left their guest: the TEE may have them for a moment."""
    end = time.monotonic() + 30
    before, now = None, row(m, vm)
    while before != now:
        assert now[0] == "paused" and time.monotonic() < end, now
        time.sleep(0.2)
        before, now = now, row(m, vm)
    return now


def again(m, vm):
    """Starts a VM that is off, and waits for its Linux and its TEE."""
    m.operator(f"start {m.names[vm]}", rf"{m.names[vm]}: starts", END_SECONDS)
    assert m.wait_linux(vm) is not None


def test_vm_killed_in_its_xtest_starts_again(boot):
    m = boot("default")
    all_found(m)
    other = m.start(0, xtest.command(xtest.SHORT))
    for seconds in (1, 4):
        m.send(1, BUSY)
        time.sleep(seconds)
        m.operator("stop vm1", r"vm1: off", END_SECONDS)
        again(m, 1)
    passed(m.finish(other, 1200))
    xtest_at_once(m, FEW)
    assert m.power_off() == 0


def test_paused_vm_stands_still_and_its_xtest_goes_on(boot):
    m = boot("default")
    all_found(m)
    job = m.start(1, xtest.command(FEW))
    for seconds in (1, 2, 3):
        time.sleep(seconds)
        m.operator("pause vm1")
        before = stands_still(m, 1)
        xtest_in(m, 0, ["regression_1001"])
        assert row(m, 1) == before
        m.operator("resume vm1")
        assert row(m, 1)[0] == "runs"
    passed(m.finish(job, 1200), len(FEW))
    # The guest's clock went on meanwhile.
    uptime = [float(m.run(1, "cut -d' ' -f1 /proc/uptime")[1].splitlines()[-2])]
    m.operator("pause 1")
    time.sleep(5)
    m.operator("resume 1")
    uptime.append(float(m.run(1, "cut -d' ' -f1 /proc/uptime")[1].splitlines()[-2]))
    assert uptime[1] - uptime[0] >= 5


def test_destroyed_vm_leaves_nothing_and_is_made_again(boot):
    m = boot("default")
    all_found(m)
    free = row(m, 1)[2]
    m.send(1, BUSY)
    other = m.start(0, xtest.command(FEW))
    m.operator("destroy vm1", r"vm1: destroyed", END_SECONDS)
    assert row(m, 1)[0] is None and row(m, 1)[2] >= free + 384 * 1024
    m.operator("start vm1", r'there is no VM "vm1"')
    m.operator("create vm0", r"vm0: there is a VM of this name")
    m.operator("create vm1")
    again(m, 1)
    assert row(m, 1)[2] == free
    passed(m.finish(other, 1200), len(FEW))
    xtest_at_once(m, FEW)
    m.operator("destroy vm1", r"vm1: destroyed", END_SECONDS)
    assert m.power_off([0]) == 0


def test_panic_and_reboot_from_outside_give_a_fresh_tee(boot):
    m = boot("default")
    all_found(m)
    m.run(1, "echo 1 > /proc/sys/kernel/panic")
    m.send(1, f"({BUSY}) & sleep 2; echo c > /proc/sysrq-trigger")
    m.wait("hyp", r"vm1: reset by its guest", 60)
    assert m.wait_linux(1) is not None
    m.send(1, BUSY)
    m.operator("reboot vm1", r"vm1: starts", END_SECONDS)
    assert m.wait_linux(1) is not None
    xtest_at_once(m, FEW)


def end_somewhere(m, rng):
    """VM 1 is ended at some moment of its start or its life, by some command, and runs again."""
    if rng.random() < 0.6:
        assert m.wait_linux(1, 300) is not None
        m.send(1, BUSY)
    time.sleep(rng.random() * 3)
    how = rng.choice(["stop", "reboot", "destroy", "pause"])
    if how == "pause":
        m.operator("pause vm1")
        time.sleep(rng.random())
        how = rng.choice(["stop", "destroy", "reboot"])
    m.operator(f"{how} vm1", {"stop": r"vm1: off", "reboot": r"vm1: starts", "destroy": r"vm1: destroyed"}[how], END_SECONDS)
    if how == "destroy":
        m.operator("create vm1")
    if how != "reboot":
        m.operator("start vm1", r"vm1: starts", END_SECONDS)


@pytest.mark.long
def test_vm_ended_at_a_hundred_moments_harms_nobody(boot):
    m = boot("default")
    all_found(m)
    free = row(m, 1)[2]
    rng = random.Random(1)
    m.operator("reboot vm1", r"vm1: starts", END_SECONDS)
    other = m.start(0, " && ".join([xtest.command(xtest.QUICK)] * 3))
    for _ in range(100):
        end_somewhere(m, rng)
    assert m.wait_linux(1, 300) is not None
    passed(m.finish(other, WHOLE_SECONDS))
    xtest_at_once(m)
    assert row(m, 1)[2] == free
    assert m.power_off() == 0


@pytest.mark.long
def test_two_hundred_partitions_come_and_go(boot):
    """As a host test does a thousand times, with the real TEE: start, a moment, destroy, create."""
    m = boot("default")
    all_found(m)
    free = row(m, 1)[2]
    m.operator("destroy vm1", r"vm1: destroyed", END_SECONDS)
    for n in range(200):
        m.operator("create vm1")
        m.operator("start vm1", r"vm1: starts", END_SECONDS)
        time.sleep(n % 10 / 10)
        m.operator("destroy vm1", r"vm1: destroyed", END_SECONDS)
    assert "runs without a TEE" not in m.text("hyp")
    m.operator("create vm1")
    again(m, 1)
    assert row(m, 1)[2] == free
    xtest_at_once(m, FEW)
