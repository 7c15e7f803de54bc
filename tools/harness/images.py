# SPDX-License-Identifier: BSD-2-Clause
"""Kernel images as they come, made flat: gzip, xz, bzip2, and EFI zboot with one of these inside.

What is neither compressed nor an arm64 Image is a flat binary and stays as it is.
"""

import bz2
import gzip
import lzma
import struct
import zlib

from . import UserError

IMAGE_MAGIC = b"ARM\x64"
PACKERS = {b"\x1f\x8b": gzip.decompress, b"\xfd7zXZ": lzma.decompress, b"BZh": bz2.decompress}


def _unpack(data):
    for magic, decompress in PACKERS.items():
        if data.startswith(magic):
            return decompress(data)
    return None


def _zboot(data):
    """The payload of an EFI zboot image: offset and size stand at bytes 8 and 12 of its header."""
    if len(data) < 16:
        raise ValueError("the zboot header is cut short")
    offset, size = struct.unpack_from("<II", data, 8)
    if offset + size > len(data):
        raise ValueError("the zboot payload is cut short")
    return data[offset : offset + size]


def flat(data, name):
    """The bytes to put into memory. Raises UserError if the image is damaged."""
    try:
        if data[:2] == b"MZ" and data[4:8] == b"zimg":
            data = _zboot(data)
        return _unpack(data) or data
    except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error) as e:
        raise UserError(f"{name}: damaged image: {e}") from None


def is_image(data):
    """Whether these bytes have the header of an arm64 Image (Linux Documentation/arch/arm64/booting.rst)."""
    return data[56:60] == IMAGE_MAGIC


def image_size(data):
    """Bytes of memory an Image asks for, its zero-initialised data included; else its length."""
    return max(len(data), struct.unpack_from("<Q", data, 16)[0]) if is_image(data) else len(data)
