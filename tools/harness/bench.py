# SPDX-License-Identifier: BSD-2-Clause
"""What calls cost: runs the programs that time them on the bench machines, one CPU, time counted in instructions.

A row is one operation in one mode: "bare" (no hypervisor, our firmware, the plain OP-TEE) or "shared", VM 0 or 1.
"""

import json
import re

from . import ROOT, UserError, split
from .machine import Machine

BASELINE = ROOT / "tests/bench/baseline.json"
TOLERANCE = 1.02
# After boot the kernel's entropy thread keeps asking the TEE for random numbers: it must have had enough.
QUIET_SECONDS = 60
BENCH_SECONDS = 1800
ROW = re.compile(r"^bench: (\S+) (\d+)\s*$", re.MULTILINE)

# What was measured on the same kind of machine with TF-A and Xen's mediator, and the most we allow ourselves.
PEER = {
    "psci-version": (245, 690, 200), "smccc-version": (226, 674, 200), "calls-uid": (1212, 3560, 250),
    "calls-revision": (1208, 3530, 250), "os-revision": (None, None, 250), "capabilities": (None, None, 250),
    "invoke-value": (19488, 26640, 21000), "invoke-registered-16": (37648, 44912, None), "invoke-registered-4k": (66352, 73632, None),
    "invoke-temp-4k": (119648, 139904, 123500), "invoke-temp-64k": (608272, 615136, None),
    "register-4k": (31584, 39184, 33500), "register-64k": (38896, 54224, None), "register-256k": (62128, 102064, None),
    "register-512k": (93088, 165824, 96500), "register-1m": (155088, None, None), "register-2m": (287776, None, 296000),
    "release-4k": (21712, 27104, None), "release-512k": (37744, 46736, 39500),
    "open-pta": (42160, 50768, None), "close-pta": (45600, 54704, None), "open-close-pta": (87760, 105472, 91000),
    "open-user-ta": (58580256, 59046384, 58700000), "close-user-ta": (114496, 124240, None),
    "el2-per-invoke": (None, 4728, 900), "el2-per-page": (None, 560, 25),
}  # fmt: skip


def _rows(text, mode, vm):
    found = ROW.findall(text.replace("\r", ""))
    if not found or "bench: done" not in text:
        raise UserError(f"the program that measures did not come to its end in {mode}:\n{text[-500:]}")
    return [{"op": op, "mode": mode, "vm": vm, "instructions": int(n)} for op, n in found]


def calls(say):
    say("calls answered at once, from a VM without an operating system")
    with Machine("machines/bench-calls.toml") as m:
        m.wait(0, "bench: done", BENCH_SECONDS)
        return _rows(m.text(0), "shared", 0)


def _linux(name, mode, vms, say):
    with Machine(f"machines/{name}.toml") as m:
        for vm in range(len(m.spec.vms)):
            if m.wait_linux(vm) is None:
                raise UserError(f"VM {vm} of {name} found no TEE")
        rows = []
        for vm in vms:
            say(f"libteec, {mode}, VM {vm}")
            m.run(vm, f"sleep {QUIET_SECONDS}", BENCH_SECONDS)
            rows += _rows(m.run(vm, "bench", BENCH_SECONDS)[1], mode, vm)
        return rows


def shared(vms, say):
    return _linux("bench-shared", "shared", vms, say)


def bare(say):
    return _linux("bench-bare", "bare", [0], say)


def el2(say):
    """EL2's own share, counted by single steps: of an invoke, and of each further page that is registered."""
    rows = []
    share = {}
    for op in ("invoke-value", "register-4k", "register-512k"):
        say(f"single steps of {op}")
        share[op] = split.median(split.calls(op))
    page = (share["register-512k"]["EL2"] - share["register-4k"]["EL2"]) / 127
    rows.append({"op": "el2-per-invoke", "mode": "shared", "vm": 1, "instructions": round(share["invoke-value"]["EL2"])})
    rows.append({"op": "el2-per-page", "mode": "shared", "vm": 1, "instructions": round(page, 1)})
    return rows, share


def with_bare(rows):
    """Each row with what the operation costs without teevisor, if that was measured now."""
    plain = {row["op"]: row["instructions"] for row in rows if row["mode"] == "bare"}
    return [dict(row, bare=plain.get(row["op"])) if row["mode"] != "bare" else row for row in rows]


def key(row):
    return row["op"], row["mode"], row["vm"]


def worse(rows):
    """The rows that cost more than 2 % more than the committed baseline says, with what it says."""
    if not BASELINE.exists():
        return []
    old = {key(row): row["instructions"] for row in json.loads(BASELINE.read_text())["rows"]}
    return [(row, old[key(row)]) for row in rows if key(row) in old and row["instructions"] > old[key(row)] * TOLERANCE]


def over_target(rows):
    return [(row, PEER[row["op"]][2]) for row in rows if _missed(row)]


def _missed(row):
    target = PEER.get(row["op"], (None, None, None))[2]
    return row["mode"] == "shared" and target is not None and row["instructions"] > target


def _cell(value):
    return "-" if value is None else f"{value:,}".replace(",", " ")


def table(rows):
    plain = {row["op"]: row["instructions"] for row in rows if row["mode"] == "bare"}
    yield f"{'operation':<22}{'VM':>3}{'teevisor':>14}{'bare':>14}{'ratio':>7}{'TF-A bare':>14}{'Xen':>14}{'at most':>14}"
    for row in rows:
        if row["mode"] == "bare":
            continue
        ours, without = row["instructions"], plain.get(row["op"])
        ratio = f"{ours / without:.2f}" if without else "-"
        peer = PEER.get(row["op"], (None, None, None))
        cells = [_cell(v) for v in (ours, without)] + [ratio] + [_cell(v) for v in peer]
        widths = (14, 14, 7, 14, 14, 14)
        yield f"{row['op']:<22}{row['vm']:>3}" + "".join(f"{c:>{w}}" for c, w in zip(cells, widths))
