# SPDX-License-Identifier: BSD-2-Clause
"""Debian VMs share Debian's OP-TEE: xtest in each, alone and at the same time, on every board we promise."""

import pytest
from checks import WHOLE_SECONDS, all_found, notifications, passed, xtest_at_once, xtest_in
from harness import xtest


def test_two_vms_pass_xtest_alone_and_at_once_and_power_off(boot):
    m = boot("default")
    all_found(m)
    xtest_in(m, 0)
    xtest_in(m, 1)
    xtest_at_once(m)
    assert m.power_off() == 0


@pytest.mark.parametrize("name", ["linux-6.1", "cpu-max", "one-cpu", "four-cpus"])
def test_two_vms_pass_xtest_at_once_on(boot, name):
    m = boot(name)
    all_found(m)
    xtest_at_once(m, xtest.SHORT)
    assert m.power_off() == 0


def test_vm_sees_the_virt_board(boot):
    m = boot("default")
    all_found(m)
    assert m.run(0, "nproc")[1].splitlines()[-2].strip() == "2"
    total = int(m.run(0, "awk '/MemTotal/ {print $2}' /proc/meminfo")[1].splitlines()[-2])
    assert 300 * 1024 < total < 384 * 1024
    status, text = m.run(0, "grep -i pl031 /proc/interrupts; dmesg | grep -ciE 'warning|call trace|unhandled'")
    assert text.splitlines()[-2].strip() == "0", text


@pytest.mark.scenario(12, 73, 80)
def test_third_vm_is_refused_and_runs_on_without_a_tee(boot):
    m = boot("three-vms")
    all_found(m)
    assert m.wait_linux(2) is None
    assert "no TEE for this VM" in m.text(2)
    jobs = [m.start(vm, xtest.command(xtest.SHORT)) for vm in (0, 1)]
    assert m.run(2, "ls /dev/tee0")[0] != 0
    for job in jobs:
        passed(m.finish(job, 1200))


@pytest.mark.scenario(86)
def test_notifications_of_the_tee_reach_each_vm(boot):
    """Debian's build has a watchdog that rings once a second for each VM whose driver enabled notifications."""
    m = boot("default")
    all_found(m)
    before = [notifications(m, vm) for vm in (0, 1)]
    m.run(0, "sleep 5")
    after = [notifications(m, vm) for vm in (0, 1)]
    assert all(3 <= b - a <= 60 for a, b in zip(before, after)), (before, after)
    m.send(1, "reboot")
    assert m.wait_linux(1) is not None
    m.run(1, "sleep 3")
    assert notifications(m, 1) >= 1
    xtest_at_once(m, ["regression_1001", "regression_1004"])


@pytest.mark.scenario(71)
def test_rebooted_vm_gets_a_fresh_tee(boot):
    m = boot("default")
    all_found(m)
    m.run(0, "mkdir -p /data/tee && echo kept > /data/tee/mark")
    for _ in range(2):
        m.send(0, "reboot")
        assert m.wait_linux(0) is not None
        assert m.run(0, "cat /data/tee/mark")[0] != 0
    xtest_at_once(m, ["regression_1001", "regression_1004", "regression_6001"])


def test_one_vm_powers_off_and_the_other_goes_on(boot):
    m = boot("default")
    all_found(m)
    m.send(1, "poweroff")
    m.wait("hyp", r"vm1.*\boff\b|vm1: (stops|powered|is off|ends)", 60)
    xtest_in(m, 0, ["regression_1001", "regression_1004"])
    assert m.power_off([0]) == 0


@pytest.mark.long
@pytest.mark.parametrize("name", ["default", "linux-6.1", "cpu-max", "one-cpu", "four-cpus"])
def test_whole_xtest_at_once_on(boot, name):
    m = boot(name)
    all_found(m)
    for result in m.both(xtest.command(), WHOLE_SECONDS):
        assert passed(result, 100) > 30000
