# SPDX-License-Identifier: BSD-2-Clause
"""What is made for QEMU: flat kernels, the flash, the ramdisk, the device tree."""

import bz2
import gzip
import lzma
import pathlib
import struct
from types import SimpleNamespace

import libfdt
import pytest
from harness import UserError, devicetree, flash, images, initramfs, spec

IMAGE = b"\0" * 16 + struct.pack("<Q", 0x3000) + b"\0" * 32 + b"ARM\x64" + b"\0" * 4 + b"code" * 100


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, bz2.compress])
def test_packed_images_become_flat(pack):
    assert images.flat(pack(IMAGE), "k") == IMAGE


def test_zboot_image_becomes_flat():
    body = gzip.compress(IMAGE)
    assert images.flat(b"MZ\0\0zimg" + struct.pack("<II", 64, len(body)) + b"\0" * 48 + body, "k") == IMAGE


def test_flat_binary_stays():
    assert images.flat(b"\x01\x02\x03", "k") == b"\x01\x02\x03"


@pytest.mark.parametrize("data", [
    gzip.compress(IMAGE)[:-12],
    lzma.compress(IMAGE)[:-12],
    b"\x1f\x8b" + b"junk" * 10,
    b"MZ\0\0zimg" + struct.pack("<II", 64, 1 << 30),
    b"MZ\0\0zimg",
])
def test_damaged_image_is_one_sentence(data):
    with pytest.raises(UserError, match="^k: damaged image"):
        images.flat(data, "k")


def test_flash_has_header_tee_and_image():
    out = flash.build(b"fw", (0x0E100000, b"tee"), IMAGE)
    fields = struct.unpack_from("<QII7Q", out, flash.HEADER_OFFSET)
    assert fields[0] == 0x726F736976656574 and fields[1] == 1
    tee_offset, tee_size, tee_load, next_offset, next_size, next_load, tree = fields[3:]
    assert out[tee_offset : tee_offset + tee_size] == b"tee" and tee_load == 0x0E100000
    assert out[next_offset : next_offset + next_size] == IMAGE and next_load == 0x44000000
    assert tree == 0x40000000 and out[:2] == b"fw"


def test_flash_without_tee():
    assert struct.unpack_from("<Q", flash.build(b"", None, IMAGE), flash.HEADER_OFFSET + 24)[0] == 0


def test_flash_refuses_what_does_not_fit():
    with pytest.raises(UserError, match="64 MiB"):
        flash.build(b"", None, bytes(65 << 20))
    with pytest.raises(UserError, match="firmware is larger"):
        flash.build(bytes(1 << 20), None, IMAGE)


def test_tee_directory(tmp_path):
    with pytest.raises(UserError, match="neither"):
        flash.read_tee(tmp_path)
    (tmp_path / "tee-raw.bin").write_bytes(b"raw")
    assert flash.read_tee(tmp_path) == (flash.TEE_LOAD, b"raw")
    (tmp_path / "tee-header_v2.bin").write_bytes(b"OPTE\x02" + struct.pack("<BHIIIII", 1, 0, 1, 1, 0x40000000, 0, 3))
    assert flash.read_tee(tmp_path) == (0x140000000, b"raw")
    (tmp_path / "tee-header_v2.bin").write_bytes(b"what")
    with pytest.raises(UserError, match="no OP-TEE header"):
        flash.read_tee(tmp_path)


def test_cpio_has_parents_once():
    cpio = initramfs.Cpio()
    cpio.file("a/b/c", b"x")
    cpio.file("a/b/d", b"y")
    out = cpio.finish()
    assert out.count(b"a/b\0") == 1 and len(out) % 4 == 0 and out.startswith(b"070701")


def empty_tree():
    fdt = libfdt.Fdt.create_empty_tree(4096)
    for node in ("cpus", "chosen"):
        fdt.add_subnode(0, node)
    fdt.add_subnode(fdt.path_offset("/cpus"), "cpu@0")
    fdt.setprop(fdt.path_offset("/chosen"), "rng-seed", b"stale")
    return bytes(fdt.as_bytearray())


def build(vms, **more):
    vms = [spec.Vm(**vm) for vm in vms]
    machine = spec.Machine(path=pathlib.Path("m"), name="m", board=spec.Board(cpus=1), vms=vms, **more)
    module = SimpleNamespace(address=0x48000000, size=0x1234)
    return libfdt.FdtRo(devicetree.build(empty_tree(), machine, [(module, None)] * len(vms)))


def test_tree_has_the_vms_in_order():
    fdt = build([{"name": "b", "kernel": "k", "bootargs": "quiet"}, {"name": "a", "kernel": "k", "tee": "none"}])
    node, names = fdt.first_subnode(fdt.path_offset("/chosen")), []
    while node >= 0:
        names.append(fdt.get_name(node))
        node = fdt.next_subnode(node, quiet=[libfdt.NOTFOUND])
    assert names == ["b", "a"]
    vm = fdt.path_offset("/chosen/b")
    assert fdt.getprop(vm, "compatible").as_str() == "xen,domain"
    assert bytes(fdt.getprop(vm, "memory")) == struct.pack(">Q", 256 * 1024)
    module = fdt.path_offset("/chosen/b/module@48000000")
    assert bytes(fdt.getprop(module, "reg")) == struct.pack(">QQ", 0x48000000, 0x1234)
    assert fdt.getprop(module, "bootargs").as_str() == "quiet"
    assert fdt.getprop(fdt.path_offset("/chosen/a/tee"), "mode").as_str() == "none"


def test_tree_has_fresh_seeds():
    seeds = [bytes(f.getprop(f.path_offset("/chosen"), "rng-seed")) for f in (build([]), build([]))]
    assert len(seeds[0]) == len(seeds[1]) == 64 and seeds[0] != seeds[1]


def test_tree_names_the_firmwares_psci():
    fdt = build([])
    assert fdt.getprop(fdt.path_offset("/psci"), "method").as_str() == "smc"
    assert fdt.getprop(fdt.path_offset("/cpus/cpu@0"), "enable-method").as_str() == "psci"
