# SPDX-License-Identifier: BSD-2-Clause
"""A bad machine file gets its name, the line and the reason; a good one means what it says."""

import os
import pathlib

import pytest
from harness import ROOT, UserError, spec

GOOD = """\
[board]
cpus = 4
memory = "1G"

[[vm]]
name = "a"
kernel = "debian-6.12"
memory = 128

[[vm]]
name = "b"
kernel = "u-boot"
memory = "64M"
load_address = 0x40200000
tee = "none"
"""


def test_good_file():
    m = spec.parse("m.toml", GOOD)
    assert m.board.cpus == 4 and m.board.memory == 1 << 30 and m.board.cpu == "cortex-a72"
    assert [vm.name for vm in m.vms] == ["a", "b"]
    assert m.vms[0].memory == 128 << 20 and m.vms[0].tee == "shared"
    assert m.vms[1].load_address == 0x40200000 and m.vms[1].tee == "none"


def test_quotas():
    text = GOOD.replace('tee = "none"', 'tee = { mode = "shared", shared_pages = 100, shared_buffers = 7 }')
    vm = spec.parse("m.toml", text).vms[1]
    assert (vm.tee, vm.shared_pages, vm.shared_buffers) == ("shared", 100, 7)


@pytest.mark.parametrize("old, new, line, reason", [
    ("cpus = 4", "cpus = 0", 2, "from 1 to 8"),
    ("cpus = 4", 'cpus = "4"', 2, "must be a number"),
    ("cpus = 4", "cpus = true", 2, "must be a number"),
    ("cpus = 4", "cpu = \"a72; rm\"", 2, "not a CPU model"),
    ("cpus = 4", "colour = 4", 2, "no such key"),
    ('memory = "1G"', 'memory = "1T"', 3, "number of MiB"),
    ('memory = "1G"', 'memory = "16M"', 3, "at least 512"),
    ('memory = "1G"', 'memory = 512', 13, None),
    ('name = "b"', 'name = "a"', 11, "is taken"),
    ('name = "b"', 'name = "hyp"', 11, "console's own"),
    ('name = "b"', 'name = "b/c"', 11, "letters"),
    ('kernel = "u-boot"', 'kernel = "/no/such"', 12, "no file /no/such"),
    ('kernel = "u-boot"', 'ramdisk = "xtest"', 10, "is missing"),
    ("load_address = 0x40200000", "load_address = 0x40200001", 14, "multiple of 4096"),
    ("load_address = 0x40200000", "load_address = 0x50000000", 14, "outside the VM"),
    ('tee = "none"', 'tee = "private"', 15, "must be"),
    ('tee = "none"', 'tee = { mode = "shared", pages = 1 }', 15, "no such key"),
    ('tee = "none"', 'tee = "none', 15, ""),
    ("[board]", "[board]]", 1, ""),
    ("[board]", 'firmware = "/no/such"\n[board]', 1, "no file"),
    ("[board]", 'tee = "/no/such"\n[board]', 1, "no directory"),
    ("[board]", "hypervisor = false\n[board]", 1, "exactly one"),
])
def test_bad_file(old, new, line, reason):
    text = GOOD.replace(old, new)
    assert text != GOOD
    if reason is None:
        spec.parse("m.toml", text)
        return
    with pytest.raises(UserError) as e:
        spec.parse("m.toml", text)
    assert str(e.value).startswith(f"m.toml:{line}: ")
    assert reason in str(e.value)
    assert "\n" not in str(e.value)


def test_too_much_memory_names_the_board():
    with pytest.raises(UserError, match=r"m.toml:3: board: memory: is too small"):
        spec.parse("m.toml", GOOD.replace("memory = 128", "memory = 1000"))


def test_no_vm():
    with pytest.raises(UserError, match="no .*vm"):
        spec.parse("m.toml", "[board]\n")


def test_no_file():
    with pytest.raises(UserError, match="/no/such.toml: No such file"):
        spec.load("/no/such.toml")


def test_binary_file(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not text"):
        spec.load(path)


@pytest.mark.parametrize("path", sorted(p.name for p in (ROOT / "machines").glob("*.toml")))
def test_machines_of_ours_are_good(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert spec.load(pathlib.Path("machines") / path).vms


def test_paths_are_relative_to_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Image").write_bytes(b"x")
    assert os.path.exists(spec.parse("m.toml", '[[vm]]\nkernel = "Image"\n').vms[0].kernel)
