# SPDX-License-Identifier: BSD-2-Clause
"""Finds the package under test: tools/harness."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
