# SPDX-License-Identifier: BSD-2-Clause
"""A hostile guest does what it likes in its VM; the Linux beside it passes xtest."""

import re

import pytest
from checks import all_found, all_ok, notifications, xtest_in
from harness import xtest


@pytest.mark.scenario(14, 68, 88)
@pytest.mark.parametrize("name, alive", [
    ("spin", r"spinning on 2 CPUs"),
    ("storm", r"CPU \d+: \d+ calls"),
    ("wild", r"ok|not ok"),
])
def test_neighbour_passes_xtest_beside_a_guest_that(boot, name, alive):
    m = boot(f"hostile-{name}")
    assert m.wait_linux(0) is not None
    m.wait(name, alive, 120)
    xtest_in(m, 0, xtest.SHORT)
    # The hypervisor's log does not grow with what a guest does.
    assert len(re.findall(rf"^{name}: ", m.text("hyp"), re.MULTILINE)) < 50


def attacker(load, arguments):
    m = load("hostile-teebad")
    m.vms[1].bootargs = arguments
    return m


@pytest.mark.scenario(14, 87)
def test_neighbour_passes_xtest_beside_a_guest_that_attacks_the_tee(boot, load):
    m = boot(attacker(load, "rounds=10"))
    assert m.wait_linux(0) is not None
    before = notifications(m, 0)
    xtest_in(m, 0, xtest.SHORT)
    all_ok(m, 1, 600)
    assert notifications(m, 0) > before
    # OP-TEE prints this when it is asked for its abilities: the hypervisor did, once; guests never do.
    assert m.secure_text().count("Normal World virtualization support") == 1


@pytest.mark.scenario(12)
def test_guest_without_a_tee_finds_none(boot, load):
    m = attacker(load, "")
    del m.vms[0]
    m.vms[0].tee = "none"
    all_ok(boot(m), 0, 60)


@pytest.mark.scenario(78)
def test_calls_that_wait_for_a_supplicant_are_given_back_when_their_client_is_killed(boot):
    m = boot("default")
    all_found(m)
    m.run(0, "killall tee-supplicant")
    for _ in range(3):
        m.run(0, "for n in 1 2 3; do timeout -s KILL 2 xtest -t regression 1004 >/dev/null 2>&1 & done; wait", 60)
        xtest_in(m, 1, ["regression_1004"])
    m.run(0, "tee-supplicant -d /dev/teepriv0")
    xtest_in(m, 0, ["regression_1004", "regression_6001"])


def rounds(m):
    return int(re.search(r"^(\d+) /tmp/rounds", m.run(1, "wc -l /tmp/rounds")[1], re.MULTILINE)[1])


@pytest.mark.scenario(89)
def test_neighbour_passes_xtest_beside_a_ta_that_computes_all_the_time_on_the_only_cpu(boot):
    m = boot("one-cpu")
    all_found(m)
    m.run(1, "(while xtest --sha-perf -s 65536 -n 50 >/dev/null; do echo round; done) 2>/dev/null >/tmp/rounds & true")
    m.run(1, "until [ -s /tmp/rounds ]; do sleep 1; done", 120)
    before = rounds(m)
    xtest_in(m, 0, ["regression_1001", "regression_1004", "regression_4001"])
    assert rounds(m) > before


@pytest.mark.scenario(90)
def test_neighbour_passes_xtest_beside_a_vm_that_uses_up_its_partition_of_the_tee(boot):
    m = boot("default")
    all_found(m)
    m.run(1, "(for n in $(seq 1 70); do xtest --sha-perf -s 4096 -n 1000000 >/dev/null 2>&1 & done) 2>/dev/null; true")
    for _ in range(100):
        m.run(1, "sleep 2")
        if "init session failed 0xffff000c" in m.secure_text():
            break
    xtest_in(m, 0, ["regression_1001", "regression_1004"])
    assert "init session failed 0xffff000c" in m.secure_text()
    m.run(1, "killall xtest; sleep 3")
    xtest_in(m, 1, ["regression_1001", "regression_1004"])


def dies_and_dies(boot, load, lives):
    """A VM that resets itself in the middle of calls; more often than OP-TEE has address space ids, 64."""
    m = boot(attacker(load, "die=1"))
    assert m.wait_linux(0) is not None
    xtest_in(m, 0, xtest.SHORT)
    m.wait("teebad", "life: ", 60)
    while len(re.findall(r"^life: the TEE works", m.text(1), re.MULTILINE)) < lives:
        m.wait("teebad", "life: ", 60)
        assert "FAILS" not in m.text(1)
    xtest_in(m, 0, ["regression_1001", "regression_1004"])


@pytest.mark.scenario(69, 72, 91)
def test_neighbour_passes_xtest_beside_a_guest_that_resets_its_vm_in_the_middle_of_calls(boot, load):
    dies_and_dies(boot, load, 150)


@pytest.mark.long
@pytest.mark.scenario(72)
def test_a_thousand_vms_leave_nothing_in_the_tee(boot, load):
    dies_and_dies(boot, load, 1000)
