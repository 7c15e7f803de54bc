# SPDX-License-Identifier: BSD-2-Clause
"""A hostile guest does what it likes in its VM; the Linux beside it passes xtest."""

import pytest
from checks import xtest_in
from harness import xtest


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
