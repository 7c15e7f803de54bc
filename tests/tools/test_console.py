# SPDX-License-Identifier: BSD-2-Clause
"""The serial line taken apart, and xtest's words read."""

from harness import xtest
from harness.console import Demux


def lines(chunks, default=None):
    demux = Demux(["vm0", "vm1", "hyp", "fw"], default)
    for chunk in chunks:
        demux.feed(chunk)
    return demux.lines


def test_sources_are_taken_apart():
    out = lines([b"[fw] go\r\n[vm0] a\n[vm1] b\n[hyp] c\n"])
    assert out == {"fw": ["go"], "vm0": ["a"], "vm1": ["b"], "hyp": ["c"]}


def test_chunks_may_end_anywhere():
    text = b"[vm0] one\r\n[vm1] two\r\n"
    for cut in range(len(text)):
        assert lines([text[:cut], text[cut:]])["vm1"] == ["two"]


def test_unknown_bracket_is_text():
    assert lines([b"[vm0] x\n[ 1.0] kernel\n"])["vm0"] == ["x", "[ 1.0] kernel"]


def test_without_hypervisor_all_is_the_vms():
    out = lines([b"[fw] go\nLinux\n"], "vm0")
    assert out["fw"] == ["go"] and out["vm0"] == ["Linux"]


def test_odd_bytes_do_no_harm():
    assert len(lines([b"[vm0] \xff\xfe\n"])["vm0"]) == 1


GOOD = "26 subtests of which 0 failed\n5 test cases of which 0 failed\n"


def test_verdict():
    assert xtest.verdict(0, GOOD) == (5, 0, 26)
    assert xtest.verdict(1, GOOD) == (5, 1, 26)
    assert xtest.verdict(0, GOOD.replace("cases of which 0", "cases of which 2")) == (5, 2, 26)
    assert xtest.verdict(0, "nothing") == (0, 1, 0)
