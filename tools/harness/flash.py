# SPDX-License-Identifier: BSD-2-Clause
"""The flash image of our own firmware: firmware, header, TEE, and what is entered at EL2 (abi/flash.h)."""

import pathlib
import struct

from . import UserError

HEADER_OFFSET = 0x000FF000
BODY_OFFSET = 0x00100000
FLASH_SIZE = 0x04000000
MAGIC = b"teevisor"
VERSION = 1
DEVICE_TREE = 0x40000000
NEXT_LOAD = 0x44000000
TEE_LOAD = 0x0E100000


def read_tee(directory):
    """(load address, bytes) of an OP-TEE build: its v2 files if there, else one raw image."""
    directory = pathlib.Path(directory)
    load = TEE_LOAD
    header = directory / "tee-header_v2.bin"
    if header.is_file():
        # struct optee_header_v2: magic, version, arch, flags, nb_images; then hi, lo, id, size each.
        data = header.read_bytes()
        if len(data) < 28 or data[:5] != b"OPTE\x02":
            raise UserError(f"{header}: this is no OP-TEE header of version 2")
        high, low = struct.unpack_from("<II", data, 12)
        load = high << 32 | low
    for name in ("tee-pager_v2.bin", "tee-raw.bin"):
        if (directory / name).is_file():
            return load, (directory / name).read_bytes()
    raise UserError(f"{directory}: neither tee-pager_v2.bin nor tee-raw.bin is there")


def build(firmware, tee, next_image):
    """The flash's bytes. tee is (load, bytes) or None; next_image is an arm64 Image."""
    if len(firmware) > HEADER_OFFSET:
        raise UserError(f"the firmware is larger than {HEADER_OFFSET:#x} bytes")
    tee_load, tee_bytes = tee or (0, b"")
    next_offset = BODY_OFFSET + (len(tee_bytes) + 0xFFFF & ~0xFFFF)
    header = MAGIC + struct.pack(
        "<II7Q", VERSION, 0,
        BODY_OFFSET, len(tee_bytes), tee_load, next_offset, len(next_image), NEXT_LOAD, DEVICE_TREE,
    )
    out = bytearray(next_offset + len(next_image))
    if len(out) > FLASH_SIZE:
        raise UserError("firmware, TEE and image do not fit into 64 MiB of flash")
    out[: len(firmware)] = firmware
    out[HEADER_OFFSET : HEADER_OFFSET + len(header)] = header
    out[BODY_OFFSET : BODY_OFFSET + len(tee_bytes)] = tee_bytes
    out[next_offset:] = next_image
    return bytes(out)
