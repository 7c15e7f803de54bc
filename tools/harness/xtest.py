# SPDX-License-Identifier: BSD-2-Clause
"""OP-TEE's test-suite in the guests: which cases, and what its output says.

QUICK is what `make run` and `make test` run: at least one case of each kind of traffic that crosses the
mediator (sessions, parameters and memory references of all kinds, RPC to the supplicant, storage,
concurrency, cancelling, big buffers), chosen to take about a minute alone under emulation.
"""

import re

QUICK = [
    "regression_1001", "regression_1002", "regression_1003", "regression_1004", "regression_1005", "regression_1006",
    "regression_1007", "regression_1008", "regression_1011", "regression_1012",
    "regression_1013", "regression_1015", "regression_1016", "regression_1019", "regression_1020", "regression_1022",
    "regression_1023", "regression_1026", "regression_1033", "regression_4001", "regression_4002", "regression_4003",
    "regression_5006", "regression_6001", "regression_6002", "regression_6003", "regression_6004", "regression_6012",
    "regression_8101",
]
# The kinds of traffic once more, without the cases that mostly compute or wait: for the other machines.
SHORT = [c for c in QUICK if c not in ("regression_1006", "regression_1008", "regression_1011", "regression_1013", "regression_6001",
                                       "regression_6002", "regression_6012")]

SUMMARY = re.compile(r"(\d+) test cases? of which (\d+) failed")
SUBTESTS = re.compile(r"(\d+) subtests? of which (\d+) failed")


def command(cases=None):
    """The shell command; without cases, the whole suite."""
    return "xtest -t regression" + "".join(" " + c.removeprefix("regression_") for c in cases or [])


def verdict(status, text):
    """(cases, failed cases, subtests) of one run. A run that did not end properly has one failure more."""
    cases, subtests = SUMMARY.search(text), SUBTESTS.search(text)
    if not cases or not subtests:
        return 0, 1, 0
    failed = int(cases[2])
    return int(cases[1]), failed or int(status != 0), int(subtests[1])


def failures(text):
    """The names of the failed cases and the lines that tell why."""
    return [line for line in text.splitlines() if re.search(r"FAIL|has an unexpected value|: failed", line)]
