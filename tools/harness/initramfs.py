# SPDX-License-Identifier: BSD-2-Clause
"""The ramdisk of the Linux guests: Debian's busybox, tee-supplicant and xtest, and guest/ramdisk/.

One ramdisk per kernel, as it carries that kernel's TEE modules. A cpio archive of the "newc" kind
(Linux Documentation/driver-api/early-userspace/buffer-format.rst), not compressed: unpacking it in the
emulator would cost more than loading it.
"""

import lzma
import os
import stat

from . import BUILD, ROOT, payload

# In the order of loading; what a kernel has built in is not there.
MODULES = [
    "drivers/virtio/virtio", "drivers/virtio/virtio_ring", "drivers/virtio/virtio_mmio", "drivers/char/virtio_console",
    "drivers/char/hw_random/rng-core", "drivers/tee/tee", "drivers/tee/optee/optee", "drivers/char/hw_random/optee-rng",
]
KERNEL_SUITES = {"debian-6.12": "trixie", "debian-6.1": "bookworm"}
# Of the packages in the payload's root, what goes into the guest.
TREES = ["usr/lib/optee_armtz", "usr/lib/tee-supplicant"]
PROGRAMS = ["usr/sbin/tee-supplicant", "usr/bin/xtest", "usr/bin/busybox"]
LIBRARIES = ["libc.so.6", "libteec.so.2*", "libckteec.so.0*", "libssl.so.3", "libcrypto.so.3", "libz.so.1*",
             "libzstd.so.1*", "libpthread.so.0", "libdl.so.2", "libm.so.6", "libgcc_s.so.1", "ld-linux-aarch64.so.1"]


class Cpio:
    def __init__(self):
        self.out = bytearray()
        self.seen = set()
        self.inode = 0

    def _entry(self, name, mode, data=b"", rdev=(0, 0)):
        self.inode += 1
        raw = name.encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (self.inode, mode, 0, 0, links, 0, len(data), 0, 0, rdev[0], rdev[1], len(raw), 0)
        self.out += b"070701" + b"".join(b"%08X" % f for f in fields) + raw
        self._pad()
        self.out += data
        self._pad()

    def _pad(self):
        self.out += b"\0" * (-len(self.out) % 4)

    def directory(self, name):
        if not name or name in self.seen:
            return
        self.directory(os.path.dirname(name))
        self.seen.add(name)
        self._entry(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        self.directory(os.path.dirname(name))
        self._entry(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        self.directory(os.path.dirname(name))
        self.seen.add(name)
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def device(self, name, major, minor):
        self.directory(os.path.dirname(name))
        self._entry(name, stat.S_IFCHR | 0o600, rdev=(major, minor))

    def finish(self):
        self._entry("TRAILER!!!", 0)
        return bytes(self.out)


def _modules(cpio, kernel):
    base = payload.root(KERNEL_SUITES[kernel])
    loaded = []
    for module in MODULES:
        found = sorted(base.glob(f"**/kernel/{module}.ko*"))
        if not found:
            continue
        data = found[0].read_bytes()
        if found[0].suffix == ".xz":
            data = lzma.decompress(data)
        name = f"usr/lib/modules/{os.path.basename(module)}.ko"
        cpio.file(name, data)
        loaded.append("/" + name)
    cpio.file("etc/modules", "".join(m + "\n" for m in loaded).encode())


def _payload(cpio):
    base = payload.root("trixie")
    for top in TREES:
        for path in sorted((base / top).rglob("*")):
            if path.is_file():
                cpio.file(str(path.relative_to(base)), path.read_bytes())
    for name in PROGRAMS:
        cpio.file(name, (base / name).read_bytes(), 0o755)
    libraries = base / "usr/lib/aarch64-linux-gnu"
    for pattern in LIBRARIES:
        for path in sorted(libraries.glob(pattern)):
            name = str(path.relative_to(base))
            if path.is_symlink():
                cpio.link(name, os.readlink(path))
            else:
                cpio.file(name, path.read_bytes(), 0o755)
    cpio.link("usr/lib/ld-linux-aarch64.so.1", "aarch64-linux-gnu/ld-linux-aarch64.so.1")


def build(kernel):
    """The archive's bytes for one of KERNEL_SUITES; for any other kernel, one without modules."""
    cpio = Cpio()
    for name in ("proc", "sys", "dev", "tmp", "run", "root", "data", "var/lib/optee-client", "usr/bin", "usr/sbin", "usr/lib"):
        cpio.directory(name)
    for name in ("bin", "sbin", "lib"):
        cpio.link(name, f"usr/{name}")
    cpio.device("dev/console", 5, 1)
    cpio.link("usr/bin/sh", "busybox")
    _payload(cpio)
    if kernel in KERNEL_SUITES:
        _modules(cpio, kernel)
    for path in sorted((BUILD / "user").glob("*")):
        cpio.file(f"usr/bin/{path.name}", path.read_bytes(), 0o755)
    for path in sorted((ROOT / "guest/ramdisk").rglob("*")):
        if path.is_file():
            name = str(path.relative_to(ROOT / "guest/ramdisk"))
            cpio.file(name, path.read_bytes(), 0o755 if os.access(path, os.X_OK) else 0o644)
    return cpio.finish()


def newest_source():
    """When the youngest thing that goes into a ramdisk was changed."""
    ours = [p for p in (ROOT / "guest/ramdisk").rglob("*")] + list((BUILD / "user").glob("*")) + [ROOT / "tools/harness/initramfs.py"]
    stamps = [payload.suite_dir(suite) / "stamp" for suite in payload.SUITES]
    return max(p.stat().st_mtime for p in ours + stamps if p.exists())
