# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's command line for a machine, and the files it is given: flash, device tree, modules in RAM.

RAM begins at 0x40000000 with the device tree; OP-TEE's static window is at 0x42000000, teevisor (or the
kernel that runs without it) at 0x44000000, and the virtual machines' images from MODULES on. A kernel or
ramdisk that several machines share is loaded once.
"""

import os
import pathlib
import subprocess
from dataclasses import dataclass

from . import BUILD, UserError, devicetree, flash, images, initramfs, payload

MODULES = 0x48000000
ALIGN = 2 << 20
# Where TF-A, built to find its next image preloaded, enters it.
PRELOADED_NEXT = 0x60000000
RAM = 0x40000000
KERNEL_FILES = {
    "debian-6.12": ("trixie", "boot/vmlinuz-*"),
    "debian-6.1": ("bookworm", "boot/vmlinuz-*"),
    "u-boot": ("trixie", "usr/lib/u-boot/qemu_arm64/u-boot.bin"),
}
TEE_DIRS = {
    "debian": "usr/lib/optee/vexpress-qemu_armv8a-virtualized",
    "debian-plain": "usr/lib/optee/vexpress-qemu_armv8a",
}


@dataclass
class Module:
    path: pathlib.Path
    address: int
    size: int


def write(path, data):
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: two machines may be started at once.
        part = path.with_name(f"{path.name}.{os.getpid()}")
        part.write_bytes(data)
        part.replace(path)
    except OSError as e:
        raise UserError(f"{path}: {e.strerror}") from None
    return path


def kernel_image(kernel):
    """The flat kernel, made once per source file."""
    if kernel in KERNEL_FILES:
        suite, pattern = KERNEL_FILES[kernel]
        payload.fetch(suite)
        source = payload.one(suite, pattern)
    else:
        source = pathlib.Path(kernel)
    out = BUILD / "images" / (str(source.resolve()).strip("/").replace("/", "_") + ".flat")
    if not out.exists() or out.stat().st_mtime < source.stat().st_mtime:
        write(out, images.flat(source.read_bytes(), source))
    return out


def ramdisk_image(vm):
    """The ramdisk file of a VM, or None. The xtest one is made again when its sources are newer."""
    if vm.ramdisk is None:
        return None
    if vm.ramdisk != "xtest":
        return pathlib.Path(vm.ramdisk)
    payload.fetch("trixie")
    name = vm.kernel if vm.kernel in initramfs.KERNEL_SUITES else "other"
    out = BUILD / "images" / f"xtest-{name}.cpio"
    if not out.exists() or out.stat().st_mtime < initramfs.newest_source():
        write(out, initramfs.build(name))
    return out


def place(machine):
    """One (kernel, ramdisk or None) of Modules per VM."""
    at, placed = MODULES, {}

    def module(path):
        nonlocal at
        if path is None:
            return None
        if path not in placed:
            size = path.stat().st_size
            if size == 0:
                raise UserError(f"{path}: this file is empty")
            placed[path] = Module(path, at, size)
            at += (size + ALIGN - 1) // ALIGN * ALIGN
        return placed[path]

    modules = [(module(kernel_image(vm.kernel)), module(ramdisk_image(vm))) for vm in machine.vms]
    need = at - RAM + (sum(vm.memory for vm in machine.vms) if machine.hypervisor else 0)
    if need > machine.board.memory:
        raise UserError(
            f"{machine.path}: the board's memory is too small: its VMs and their images need {need >> 20} MiB"
        )
    return modules


def board_options(machine):
    board = machine.board
    secure = "on" if board.secure else "off"
    args = ["-M", f"virt,gic-version=3,virtualization=on,secure={secure}", "-cpu", board.cpu]
    args += ["-smp", str(board.cpus), "-m", f"{board.memory >> 20}M", "-nic", "none", "-display", "none"]
    if board.icount is not None:
        args += ["-icount", f"shift={board.icount},sleep=off"]
    return args


def tee_directory(machine):
    if machine.tee in TEE_DIRS:
        payload.fetch("trixie")
        return payload.root("trixie") / TEE_DIRS[machine.tee]
    return machine.tee


def _flash(machine, modules, run_dir):
    if machine.firmware != "own":
        return pathlib.Path(machine.firmware)
    tee = None if machine.tee == "none" else flash.read_tee(tee_directory(machine))
    path = BUILD / "teevisor.img" if machine.hypervisor else modules[0][0].path
    if not path.exists():
        raise UserError(f"{path} is not built")
    data = flash.build((BUILD / "firmware.bin").read_bytes(), tee, path.read_bytes())
    return write(run_dir / "flash.bin", data)


def _dumpdtb(args, run_dir):
    out = run_dir / "board.dtb"
    args = list(args)
    args[args.index("-M") + 1] += f",dumpdtb={out}"
    run = subprocess.run(["qemu-system-aarch64", *args], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if run.returncode != 0 or not out.exists():
        reason = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UserError(f"QEMU refuses this board: {reason}")
    return out.read_bytes()


def _loader(path, address):
    return ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]


def command(machine, run_dir):
    """QEMU's arguments; writes what they name into run_dir. The console is QEMU's standard input and output."""
    run_dir.mkdir(parents=True, exist_ok=True)
    modules = place(machine)
    args = board_options(machine)
    preload = machine.firmware != "own"
    if machine.board.secure:
        args += ["-bios", str(_flash(machine, modules, run_dir))]
    elif machine.hypervisor:
        raise UserError(f"{machine.path}: secure = false leaves nobody to start teevisor at EL2: hypervisor = false")
    tree = devicetree.build(_dumpdtb(args, run_dir), machine, modules)
    args += ["-dtb", str(write(run_dir / "machine.dtb", tree))]
    if not machine.board.secure:
        args += ["-kernel", str(modules[0][0].path)]
    if preload:
        args += _loader(BUILD / "teevisor.img" if machine.hypervisor else modules[0][0].path, PRELOADED_NEXT)
    placed = {m.path: m for pair in modules for m in pair if m is not None}
    for module in placed.values():
        if machine.hypervisor or module is not modules[0][0]:
            args += _loader(module.path, module.address)
    args += ["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console", "-monitor", "none"]
    if machine.board.secure:
        args += ["-serial", f"file:{run_dir / 'secure.log'}"]
    return [os.environ.get("QEMU", "qemu-system-aarch64"), *args]
