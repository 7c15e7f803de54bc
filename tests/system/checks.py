# SPDX-License-Identifier: BSD-2-Clause
"""What the system tests say about a running machine, in one line each."""

import re

from harness import xtest

XTEST_SECONDS = 600
WHOLE_SECONDS = 2400


def all_found(m, vms=(0, 1)):
    for vm in vms:
        assert m.wait_linux(vm) is not None, f"VM {vm} found no TEE"


def passed(result, at_least=1):
    status, text = result
    cases, failed, subtests = xtest.verdict(status, text)
    assert cases >= at_least and failed == 0, "\n".join(xtest.failures(text)[:20]) or text[-1500:]
    return subtests


def xtest_in(m, vm, cases=xtest.QUICK, seconds=XTEST_SECONDS):
    return passed(m.run(vm, xtest.command(cases), seconds), len(cases or []))


def xtest_at_once(m, cases=xtest.QUICK, seconds=2 * XTEST_SECONDS, vms=(0, 1)):
    for result in m.both(xtest.command(cases), seconds, vms):
        passed(result, len(cases or []))


def notifications(m, vm):
    """How many interrupts the VM's OP-TEE driver has had."""
    status, text = m.run(vm, "awk '/optee/ {n = 0; for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i; print \"got\", n}' /proc/interrupts")
    return int(re.search(r"^got (\d+)", text, re.MULTILINE)[1])


def all_ok(m, vm, timeout):
    """A guest of ours came to its end, and had nothing to complain of."""
    verdict = m.wait(vm, r"^(\d+) passed, (\d+) failed", timeout)
    assert int(verdict[1]) > 0 and verdict[2] == "0", re.findall(r"not ok.*", m.text(vm))
