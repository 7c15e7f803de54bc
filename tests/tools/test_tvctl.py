# SPDX-License-Identifier: BSD-2-Clause
"""tvctl, built for the host with sanitizers, against a hypervisor that answers well, badly, or not as it should."""

import json
import os
import struct
import subprocess
import uuid

import pytest
import tvctl_host as fake
from harness import ROOT

TVCTL = ROOT / "build/host/tvctl"
OS_TEST = uuid.UUID("5b9e0e40-2636-11e1-ad9e-0002a5d5c51b").bytes
DONE, REFUSED, USAGE, NO_CHANNEL, PROTOCOL, LATE = range(6)


@pytest.fixture(scope="module", autouse=True)
def program():
    subprocess.run(["make", "-s", "build/host/tvctl"], cwd=ROOT, check=True)


@pytest.fixture
def hyp():
    return fake.Hypervisor()


def said(out, status):
    assert out.returncode == status, out.stdout + out.stderr
    assert "Sanitizer" not in out.stderr and "runtime error" not in out.stderr, out.stderr
    return out.stdout if status == DONE else out.stderr


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


def test_version_list_and_info(hyp):
    assert "teevisor 1.2, control protocol 1" in said(hyp.run(TVCTL, "version"), DONE)
    assert objects(said(hyp.run(TVCTL, "version", "--json"), DONE))[0]["release"] == "1.2"
    table = said(hyp.run(TVCTL, "list"), DONE).splitlines()
    assert table[2].split() == ["1", "vm1", "running", "2/2", "384", "MiB", "shared"]
    assert [o["name"] for o in objects(said(hyp.run(TVCTL, "list", "--json"), DONE))] == ["vm0", "vm1"]
    for name in ("1", "vm1"):
        info = objects(said(hyp.run(TVCTL, "info", name, "--json"), DONE))[0]
        assert (info["id"], info["count"]["calls"], info["refusals"]["quota"], info["used"]["pages"], info["quota"]["calls"]) == (1, 4, 4, 1, 40)
    assert "3 of 30" in said(hyp.run(TVCTL, "info", "vm1"), DONE)


def test_replies_may_come_byte_by_byte_and_have_grown(hyp):
    hyp.split = True
    hyp.answers[fake.LIST] = (fake.LIST | fake.REPLY, struct.pack("<II", 2, 72) + fake.vm(0, "vm0", size=72) + fake.vm(1, "vm1", size=72))
    assert "vm1" in said(hyp.run(TVCTL, "list"), DONE)


@pytest.mark.parametrize("command, kind, before, after", [
    ("start", fake.START, fake.STATE_OFF, "running"), ("pause", fake.PAUSE, fake.RUNS, "paused"), ("resume", fake.RESUME, fake.PAUSED, "running"),
    ("reboot", fake.REBOOT, fake.RUNS, "running"), ("off", fake.OFF, fake.RUNS, "off"), ("destroy", fake.DESTROY, fake.RUNS, "gone"),
])
def test_changes_are_asked_for_and_waited_for(hyp, command, kind, before, after):
    hyp.vms[1][1] = before
    assert said(hyp.run(TVCTL, command, "vm1"), DONE) == f"vm1: {after}\n"
    assert (kind, struct.pack("<I", 1)) in hyp.asked


def test_a_vm_that_never_stops_is_said_so(hyp):
    hyp.stuck = True
    assert 'vm1 is not off after 1 s: it is in state "running"' in said(hyp.run(TVCTL, "off", "vm1", "--timeout", "1"), LATE)
    assert said(hyp.run(TVCTL, "off", "vm1", "--no-wait"), DONE) == ""
    hyp.vms[1][1] = fake.LOST
    assert "its TEE did not let go" in said(hyp.run(TVCTL, "destroy", "vm1"), REFUSED)


def test_refusals_are_explained(hyp):
    assert "cannot resume vm1: it is running (reason 7)" in said(hyp.run(TVCTL, "resume", "vm1"), REFUSED)
    assert "may not do that to itself (reason 8)" in said(hyp.run(TVCTL, "destroy", "0"), REFUSED)
    assert "no such VM: vm7 (there are: vm0, vm1)" in said(hyp.run(TVCTL, "info", "vm7"), REFUSED)
    hyp.answers[fake.TRACE] = (fake.ERROR, struct.pack("<IHH", 77, fake.TRACE, 1))
    assert "unknown to this tvctl (77)" in said(hyp.run(TVCTL, "trace"), REFUSED)


@pytest.mark.parametrize("args", [[], ["dance"], ["info"], ["list", "vm1"], ["pause", "a", "b"], ["list", "-f"], ["top", "-n", "x"], ["list", "--what"]])
def test_usage(hyp, args):
    said(hyp.run(TVCTL, *args), USAGE)
    assert hyp.asked == []


def test_help_needs_no_channel():
    out = subprocess.run([TVCTL, "--help"], capture_output=True, text=True)
    assert out.returncode == DONE and "Exit status: 0 done" in out.stdout


def test_no_channel():
    out = subprocess.run([TVCTL, "list"], env=dict(os.environ, TVCTL_PORT="/nonexistent"), capture_output=True, text=True)
    assert "is this the control VM" in said(out, NO_CHANNEL)


GOOD = struct.pack("<II", 0, 64)


@pytest.mark.parametrize("reply", [
    (fake.INFO | fake.REPLY, GOOD), (fake.LIST | fake.REPLY, b""), (fake.LIST | fake.REPLY, struct.pack("<II", 2, 64)),
    (fake.LIST | fake.REPLY, struct.pack("<II", 1, 8) + bytes(64)), (fake.LIST | fake.REPLY, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF)),
    (fake.LIST | fake.REPLY, struct.pack("<II", 0x4000001, 64) + bytes(64)), (fake.LIST | fake.REPLY, struct.pack("<II", 9, 0)),
    (fake.ERROR, b""), (fake.ERROR, bytes(8)),
    fake.HEADER.pack(8, fake.LIST | fake.REPLY, 2, 1) + GOOD, fake.HEADER.pack(8, fake.LIST | fake.REPLY, 1, 99) + GOOD,
    fake.HEADER.pack(0xFFFFFFFF, fake.LIST | fake.REPLY, 1, 1), b"\xff" * 600,
])
def test_replies_that_are_none(hyp, reply):
    hyp.answers[fake.LIST] = reply
    said(hyp.run(TVCTL, "list"), PROTOCOL)


@pytest.mark.parametrize("head", [(0, 0, 0, 80), (1, 0, 1, 80), (1, 0, 51, 80), (1, 0, 0xFFFFFFFF, 0)])
def test_traces_that_are_none(hyp, head):
    hyp.answers[fake.TRACE] = (fake.TRACE | fake.REPLY, struct.pack("<QQII", *head))
    said(hyp.run(TVCTL, "trace"), PROTOCOL)


def some_calls():
    return [
        fake.record(1000, 0, source=0, vcpu=0xFFFF),
        fake.record(2000, fake.CALL, command=0, params=[(1, 0), (6, 4096)], uuid=OS_TEST),
        fake.record(2100, fake.REQUEST, command=0, params=[(1, 0), (0xA, 512)]),
        fake.record(2350, fake.RETURN, command=0),
        fake.record(3000, fake.END, command=0, session=3),
        fake.record(3100, fake.CALL, command=1, session=3, function=7, params=[(0, 0)]),
        fake.record(3200, fake.END, command=1, session=3, result=0xFFFF0010, origin=4),
        fake.record(3300, fake.REFUSED, command=4, vcpu=0xFFFF),
        fake.record(3400, fake.NOTIFY, command=2),
        fake.record(3500, fake.END, command=4, call=9, result=0x12345678),
    ]


def test_trace_reads_like_strace(hyp):
    hyp.records = some_calls()
    lines = said(hyp.run(TVCTL, "trace"), DONE).splitlines()
    assert hyp.asked[1] == (fake.TRACE, struct.pack("<I", 2))
    ends = [
        "VM started", f"open_session({uuid.UUID(bytes=OS_TEST)} os_test, value_in, shm_out[4096])", "  rpc load_ta(value_in, mem_out[512])",
        "  rpc load_ta = TEEC_SUCCESS  <250.000 us>", "open_session = TEEC_SUCCESS, session 3  <1000.000 us>",
        "invoke(os_test, session 3, function 7)", "invoke = TEEC_ERROR_SHORT_BUFFER from TRUSTED_APP  <100.000 us>",
        "REFUSED: quota", "notified of value 2", "register_shm = result 0x12345678",
    ]
    assert len(lines) == len(ends)
    for line, end in zip(lines, ends):
        assert line.endswith(end), (line, end)
    assert lines[1].split()[:4] == ["0.001000", "vm1", "0", "#0"]


def test_trace_as_json_filtered_and_summed_up(hyp):
    hyp.records = some_calls() + [fake.record(4000, fake.FAULT, vm_id=0)]
    end = objects(said(hyp.run(TVCTL, "trace", "--json", "--vm", "vm1"), DONE))[4]
    assert (end["event"], end["ta"], end["session"], end["result_name"], end["took_ns"]) == ("end", "os_test", 3, "TEEC_SUCCESS", 1000000)
    hyp.records = some_calls()
    rows = {o["what"]: o for o in objects(said(hyp.run(TVCTL, "trace", "-c", "--json"), DONE))}
    assert rows["invoke"]["errors"] == 1 and rows["rpc load_ta"]["total_ns"] == 250000 and rows["refused: quota"]["count"] == 1
    hyp.records = some_calls()
    assert "open_session" in said(hyp.run(TVCTL, "trace", "-c"), DONE)


def test_trace_over_many_replies_and_with_lost_records(hyp):
    hyp.records, hyp.lost = some_calls() * 12, 5
    out = said(hyp.run(TVCTL, "trace"), DONE)
    assert len(out.splitlines()) == 121 and out.startswith("... 5 records lost")


def test_trace_of_anything_does_no_harm(hyp):
    hyp.records = [bytes((i * 37 + j * 11) & 0xFF for j in range(80)) for i in range(500)]
    hyp.records += [fake.record(i, i % 8, vm_id=i % 3, call=i % 5, command=i, session=i) for i in range(2000)]
    records = list(hyp.records)
    for args in ([], ["--json"], ["-c"]):
        hyp.records = list(records)
        said(hyp.run(TVCTL, "trace", *args), DONE)


def test_trace_follows_until_it_is_told_to_end(hyp):
    hyp.records = some_calls()
    out = hyp.run("timeout", "1", TVCTL, "trace", "-f", "-c")
    assert "invoke" in out.stdout and (fake.TRACE, struct.pack("<I", 1)) in hyp.asked


def test_top(hyp):
    out = said(hyp.run(TVCTL, "top", "-n", "2"), DONE)
    assert out.count("vm1") == 2 and "CALLS/S" in out


def test_names_cannot_move_the_cursor(hyp):
    hyp.vms[1][0] = '\x1b[H"\\'
    assert "\x1b" not in said(hyp.run(TVCTL, "list"), DONE)
    assert objects(said(hyp.run(TVCTL, "list", "--json"), DONE))[1]["name"] == '?[H"\\'
