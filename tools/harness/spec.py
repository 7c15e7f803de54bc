# SPDX-License-Identifier: BSD-2-Clause
"""The machine file: one board, its firmware and TEE, and the virtual machines on it.

Reads and checks machines/NAME.toml; docs/configuration.md is its manual. Every complaint names the file,
the line and the reason. tomllib keeps no lines, so the line of a key is searched for again in the text.
Paths are relative to the directory that the tool runs in.
"""

import pathlib
import re
import tomllib
from dataclasses import dataclass, field

from . import UserError

MIB = 1 << 20
PAGE = 1 << 12
NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,30}$")
KERNELS = ("debian-6.12", "debian-6.1", "u-boot")


@dataclass
class Board:
    cpu: str = "cortex-a72"
    cpus: int = 2
    memory: int = 2048 * MIB
    icount: int | None = None
    secure: bool = True


@dataclass
class Vm:
    name: str
    kernel: str
    ramdisk: str | None = None
    bootargs: str = ""
    memory: int = 256 * MIB
    cpus: int = 1
    load_address: int | None = None
    dtb_address: int | None = None
    tee: str = "shared"
    shared_pages: int | None = None
    shared_buffers: int | None = None
    console: bool = True


@dataclass
class Machine:
    path: pathlib.Path
    name: str
    board: Board = field(default_factory=Board)
    firmware: str = "own"
    tee: str = "debian"
    hypervisor: bool = True
    vms: list = field(default_factory=list)


class Lines:
    """Finds the line of a key: of the n-th [[vm]] table, of [board], or above all tables."""

    def __init__(self, path, text):
        self.path = path
        self.lines = text.splitlines()

    def of(self, where, key):
        section, vm, found, inline = None, -1, None, None
        for number, line in enumerate(self.lines, 1):
            header = re.match(r"\s*\[+\s*([\w.]+)\s*\]+", line)
            if header:
                section = header[1]
                vm += section == "vm"
            if header and self._inside(where, section, vm) and found is None:
                found = number
            if self._inside(where, section, vm) and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", line):
                return number
            if self._inside(where, section, vm) and re.search(rf"[{{,]\s*\"?{re.escape(key)}\"?\s*=", line):
                inline = number
        return inline or found or 1

    @staticmethod
    def _inside(where, section, vm):
        if where is None:
            return section is None
        if isinstance(where, int):
            return section is not None and section.split(".")[0] == "vm" and vm == where
        return section == where

    def fail(self, where, key, reason):
        what = f'vm {where}: ' if isinstance(where, int) else f"{where}: " if where else ""
        raise UserError(f"{self.path}:{self.of(where, key)}: {what}{key}: {reason}")


def _memory(value):
    """Bytes of a size: a number of MiB, or text with M or G behind it. None if it is neither."""
    if isinstance(value, str):
        match = re.fullmatch(r"(\d+)([MG])", value)
        return int(match[1]) * (MIB if match[2] == "M" else 1024 * MIB) if match else None
    return value * MIB if isinstance(value, int) and not isinstance(value, bool) else None


class Table:
    """One table of the file: takes its keys one by one; what is left over at the end is unknown."""

    def __init__(self, lines, where, table):
        self.lines, self.where, self.left = lines, where, dict(table)

    def fail(self, key, reason):
        self.lines.fail(self.where, key, reason)

    def take(self, key, kind, default, words):
        if key not in self.left:
            return default
        value = self.left.pop(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(key, f"must be {words}, not {value!r}")
        return value

    def text(self, key, default):
        return self.take(key, str, default, "text")

    def flag(self, key, default):
        return self.take(key, bool, default, "true or false")

    def number(self, key, default, low, high):
        value = self.take(key, int, default, f"a number from {low} to {high}")
        if key is not None and value is not None and not low <= value <= high:
            self.fail(key, f"must be from {low} to {high}, not {value}")
        return value

    def address(self, key):
        value = self.number(key, None, 0x40000000, (1 << 40) - 1)
        if value is not None and value % PAGE:
            self.fail(key, f"{value:#x} is not a multiple of 4096")
        return value

    def memory(self, key, default, low):
        if key not in self.left:
            return default
        raw = self.left.pop(key)
        value = _memory(raw)
        if value is None:
            self.fail(key, f'must be a number of MiB or text as "512M" or "2G", not {raw!r}')
        if value < low:
            self.fail(key, f"must be at least {low // MIB} MiB")
        return value

    def end(self):
        for key in self.left:
            self.fail(key, "no such key here")


def _board(table):
    board = Board(
        cpu=table.text("cpu", Board.cpu),
        cpus=table.number("cpus", Board.cpus, 1, 8),
        memory=table.memory("memory", Board.memory, 512 * MIB),
        icount=table.number("icount", None, 0, 10),
        secure=table.flag("secure", True),
    )
    if not re.fullmatch(r"[a-z0-9][a-z0-9.,=_-]*", board.cpu):
        table.lines.fail("board", "cpu", f"{board.cpu!r} is not a CPU model of QEMU")
    table.end()
    return board


def _file(table, key, value):
    if not pathlib.Path(value).is_file():
        table.fail(key, f"there is no file {value}")


def _tee(table, vm):
    value = table.left.pop("tee", "shared")
    quotas = value if isinstance(value, dict) else {"mode": value}
    inner = Table(table.lines, table.where, quotas)
    vm.tee = inner.left.pop("mode", "shared")
    if vm.tee not in ("shared", "none"):
        table.fail("tee", f'must be "shared" or "none", not {vm.tee!r}')
    vm.shared_pages = inner.number("shared_pages", None, 1, 0xffffffff)
    vm.shared_buffers = inner.number("shared_buffers", None, 1, 0xffffffff)
    inner.end()


def _vm(table, index):
    vm = Vm(name=table.text("name", f"vm{index}"), kernel=table.text("kernel", ""))
    if not NAME.match(vm.name):
        table.fail("name", f"{vm.name!r}: letters, digits and . _ - only, at most 31")
    if not vm.kernel:
        table.fail("kernel", f"is missing: a file, or one of {', '.join(KERNELS)}")
    if vm.kernel not in KERNELS:
        _file(table, "kernel", vm.kernel)
    vm.ramdisk = table.text("ramdisk", None)
    if vm.ramdisk not in (None, "xtest"):
        _file(table, "ramdisk", vm.ramdisk)
    vm.bootargs = table.text("bootargs", "")
    if len(vm.bootargs) > 1000:
        table.fail("bootargs", "is longer than 1000 characters")
    vm.memory = table.memory("memory", vm.memory, 2 * MIB)
    vm.cpus = table.number("cpus", vm.cpus, 1, 8)
    vm.load_address = table.address("load_address")
    vm.dtb_address = table.address("dtb_address")
    for key, value in (("load_address", vm.load_address), ("dtb_address", vm.dtb_address)):
        if value is not None and value >= 0x40000000 + vm.memory:
            table.fail(key, f"{value:#x} is outside the VM's memory")
    vm.console = table.flag("console", True)
    _tee(table, vm)
    table.end()
    return vm


def parse(path, text):
    """The machine that the text describes. Raises UserError."""
    lines = Lines(path, text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        at = re.search(r"\(at line (\d+)", str(e))
        number = at[1] if at else len(lines.lines)
        raise UserError(f"{path}:{number}: {re.sub(r' *[(]at .*[)]', '', str(e))}") from None
    top = Table(lines, None, data)
    board = top.take("board", dict, {}, "a table, [board]")
    vms = top.take("vm", list, [], "tables, [[vm]]")
    machine = Machine(
        path=pathlib.Path(path),
        name=pathlib.Path(path).stem,
        board=_board(Table(lines, "board", board)),
        firmware=top.text("firmware", "own"),
        tee=top.text("tee", "debian"),
        hypervisor=top.flag("hypervisor", True),
    )
    top.end()
    if machine.firmware != "own":
        _file(top, "firmware", machine.firmware)
    if machine.tee not in ("debian", "debian-plain", "none") and not pathlib.Path(machine.tee).is_dir():
        top.fail("tee", f"there is no directory {machine.tee}")
    if not vms:
        raise UserError(f"{path}:1: there is no [[vm]]")
    machine.vms = [_vm(Table(lines, i, vm), i) for i, vm in enumerate(vms)]
    _check_whole(machine, lines)
    return machine


def _check_whole(machine, lines):
    names = [vm.name for vm in machine.vms]
    for i, name in enumerate(names):
        if name in names[:i]:
            lines.fail(i, "name", f"{name!r} is taken")
        if name in ("hyp", "fw"):
            lines.fail(i, "name", f"{name!r} is a name of the console's own")
    if not machine.hypervisor and len(machine.vms) != 1:
        lines.fail(None, "hypervisor", "without one there is exactly one [[vm]], which gets the board")
    if machine.hypervisor and sum(vm.memory for vm in machine.vms) > machine.board.memory - 192 * MIB:
        lines.fail("board", "memory", "is too small for the VMs: their sum and 192 MiB are needed")


def load(path):
    try:
        text = pathlib.Path(path).read_text()
    except OSError as e:
        raise UserError(f"{path}: {e.strerror}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}:1: this is not text") from None
    return parse(path, text)
