# SPDX-License-Identifier: BSD-2-Clause
"""The board's device tree: QEMU's own, with the virtual machines of docs/configuration.md in /chosen.

The words are Xen's for VMs made at boot (docs/misc/arm/device-tree/booting.txt of Xen), and teevisor's
own for what those lack. Seeds are fresh in every tree (but with `icount`): QEMU's are thrown away, because a tree may be kept.
"""

import os
import struct

import libfdt

SLACK = 64 * 1024


def _cells(*values):
    return b"".join(struct.pack(">Q", v) for v in values)


def _strings(*values):
    return b"".join(v.encode() + b"\0" for v in values)


class Tree:
    """A device tree that grows: libfdt's read-write functions over a buffer with room."""

    def __init__(self, blob):
        self.fdt = libfdt.Fdt(blob)
        self.fdt.resize(len(blob) + SLACK)

    def node(self, path, create=False):
        offset = self.fdt.path_offset(path, quiet=[libfdt.NOTFOUND])
        if offset >= 0 or not create:
            return offset
        parent, _, name = path.rpartition("/")
        return self.fdt.add_subnode(self.node(parent or "/", create=True), name)

    def set(self, path, prop, value):
        if isinstance(value, int):
            value = struct.pack(">I", value)
        elif isinstance(value, str):
            value = _strings(value)
        self.fdt.setprop(self.node(path, create=True), prop, value)

    def remove(self, path, prop):
        offset = self.node(path)
        if offset >= 0:
            self.fdt.delprop(offset, prop, quiet=[libfdt.NOTFOUND])

    def blob(self):
        self.fdt.pack()
        return bytes(self.fdt.as_bytearray())


def _seeds(tree, board):
    """Fresh ones; or the same at each start where time counts instructions, since OP-TEE's addresses, which are random, change a call's cost."""
    random = os.urandom if board.icount is None else lambda n: bytes(range(100, 100 + n))
    tree.remove("/chosen", "kaslr-seed")
    tree.set("/chosen", "rng-seed", random(64))
    tree.set("/chosen", "kaslr-seed", random(8))
    if tree.node("/secure-chosen") >= 0:
        tree.set("/secure-chosen", "kaslr-seed", random(8))


def _psci(tree, cpus):
    """The firmware's PSCI: QEMU describes only its own, and TF-A would add this node itself."""
    tree.set("/psci", "compatible", _strings("arm,psci-1.0", "arm,psci-0.2"))
    tree.set("/psci", "method", "smc")
    for n in range(cpus):
        tree.set(f"/cpus/cpu@{n}", "enable-method", "psci")


def _module(tree, vm_path, kind, module, bootargs=None):
    path = f"{vm_path}/module@{module.address:x}"
    tree.set(path, "compatible", _strings(f"multiboot,{kind}", "multiboot,module"))
    tree.set(path, "reg", _cells(module.address, module.size))
    if bootargs:
        tree.set(path, "bootargs", bootargs)


def _vm(tree, vm, kernel, ramdisk):
    path = f"/chosen/{vm.name}"
    tree.set(path, "compatible", "xen,domain")
    tree.set(path, "#address-cells", 2)
    tree.set(path, "#size-cells", 2)
    tree.set(path, "cpus", vm.cpus)
    tree.set(path, "memory", _cells(vm.memory // 1024))
    if vm.console:
        tree.set(path, "vpl011", b"")
    if vm.load_address is not None:
        tree.set(path, "teevisor,load-address", _cells(vm.load_address))
    if vm.dtb_address is not None:
        tree.set(path, "teevisor,dtb-address", _cells(vm.dtb_address))
    _module(tree, path, "kernel", kernel, vm.bootargs)
    if ramdisk:
        _module(tree, path, "ramdisk", ramdisk)
    tree.set(f"{path}/tee", "compatible", "teevisor,tee")
    tree.set(f"{path}/tee", "mode", vm.tee)
    if vm.shared_pages is not None:
        tree.set(f"{path}/tee", "shared-pages", vm.shared_pages)
    if vm.shared_buffers is not None:
        tree.set(f"{path}/tee", "shared-buffers", vm.shared_buffers)


def build(blob, machine, modules):
    """The tree's bytes. modules: one (kernel, ramdisk or None) per VM, each with address and size."""
    tree = Tree(blob)
    _seeds(tree, machine.board)
    if machine.firmware == "own":
        _psci(tree, machine.board.cpus)
    if machine.hypervisor:
        # libfdt puts a new node before its siblings, and the order of the nodes is the order of the VMs.
        for vm, (kernel, ramdisk) in reversed(list(zip(machine.vms, modules))):
            _vm(tree, vm, kernel, ramdisk)
    else:
        tree.set("/chosen", "bootargs", machine.vms[0].bootargs)
        ramdisk = modules[0][1]
        if ramdisk:
            tree.set("/chosen", "linux,initrd-start", _cells(ramdisk.address))
            tree.set("/chosen", "linux,initrd-end", _cells(ramdisk.address + ramdisk.size))
    return tree.blob()
