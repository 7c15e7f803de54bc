# SPDX-License-Identifier: BSD-2-Clause
"""tools/scenarios: a table that does not say what the tests say, and one with a row too few, are found."""

import re
import subprocess

import pytest
from harness import ROOT

TOOL = ROOT / "tools/scenarios"
TABLE = (ROOT / "docs/scenarios.md").read_text()


def complaints(tmp_path, text):
    table = tmp_path / "table.md"
    table.write_text(text)
    out = subprocess.run([TOOL, table], capture_output=True, text=True)
    return out.returncode, out.stdout


def test_the_table_as_it_is_says_what_the_tests_say(tmp_path):
    assert complaints(tmp_path, TABLE) == (0, "")


@pytest.mark.parametrize("what, by, complaint", [
    (r"^\| 27 \|.*\n", "", "rows are not 1 to 93"),
    (r"^(\| 27 \|.*\n)", r"\1\1", "rows are not 1 to 93"),
    (r"^(\| 27 \|.*)a_message_lies", r"\1a_message_flies", "scenario 27: the table does not say"),
    (r"^(\| 81 \|.*)\| [^|]* \|$", r"\1|  |", "scenario 81: no test, and no reason why"),
])
def test_a_wrong_table_is_found(tmp_path, what, by, complaint):
    text, changes = re.subn(what, by, TABLE, count=1, flags=re.MULTILINE)
    status, output = complaints(tmp_path, text)
    assert (changes, status) == (1, 1) and complaint in output
