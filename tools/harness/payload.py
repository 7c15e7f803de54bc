# SPDX-License-Identifier: BSD-2-Clause
"""Fetches Debian packages that are not installed on the host, with apt's own signature check: arm64 ones
for the virtual machines, and CBMC with its SAT solver, from Debian 13, for the host.

One private apt state per set of packages lives under build/payload/SET/: sources, lists, cache, an empty
dpkg status. The host's apt state and the other sets' are not touched; of the host's configuration only the
Acquire settings (proxies) and the mirror are read. What was fetched once is used until the list of
packages below changes: there is no refresh.
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

from . import BUILD, UserError

# What each set gives; it has the name of its suite, if it does not say another. "resolve": with what they depend on, as programs run in the guest.
# "plain": the package alone. "kernel": the package that this one depends on for its kernel.
# "sysroot": unpacked for the cross compiler instead. "host": the host's architecture instead of arm64.
SUITES = {
    "trixie": {
        "resolve": ["tee-supplicant", "optee-test-qemu", "busybox-static"],
        "plain": ["optee-os", "optee-os-dev", "u-boot-qemu"],
        "kernel": "linux-image-cloud-arm64",
        "sysroot": ["picolibc-aarch64-linux-gnu", "libfdt-dev", "optee-client-dev"],
    },
    "bookworm": {"kernel": "linux-image-cloud-arm64"},
    # Runs through its own dynamic loader, so on Debian 12 too: see tools/proof.
    "cbmc": {"suite": "trixie", "host": True, "plain": ["cbmc", "cadical", "libc6", "libgcc-s1", "libstdc++6", "minisat"]},
}

KEYRINGS = [
    pathlib.Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
    pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
]


def suite_dir(suite):
    return BUILD / "payload" / suite


def root(suite):
    """Where the packages of a suite are unpacked."""
    return suite_dir(suite) / "root"


def host_mirror():
    """The Debian mirror of the host's apt, or DEBIAN_MIRROR of the environment."""
    mirror = os.environ.get("DEBIAN_MIRROR")
    if mirror:
        return mirror
    codename = ""
    for line in pathlib.Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            codename = line.split("=", 1)[1].strip('"')
    names = {codename, "stable", "oldstable"}
    form = "$(CREATED_BY)|$(SITE)|$(RELEASE)|$(COMPONENT)"
    out = subprocess.run(["apt-get", "indextargets", "--format", form], capture_output=True, text=True)
    for line in out.stdout.splitlines():
        created, site, release, component = line.split("|")
        if created == "Packages" and release in names and component == "main":
            return site
    raise UserError("the host's apt names no Debian mirror: set DEBIAN_MIRROR=")


class Apt:
    """apt with a state of its own."""

    def __init__(self, suite, mirror, arch):
        self.arch = arch
        release = SUITES[suite].get("suite", suite)
        self.dir = suite_dir(suite) / "apt"
        self.debs = suite_dir(suite) / "debs"
        self.log = suite_dir(suite) / "apt.log"
        for sub in ("lists/partial", "cache/archives/partial", "etc"):
            (self.dir / sub).mkdir(parents=True, exist_ok=True)
        self.debs.mkdir(exist_ok=True)
        (self.dir / "status").write_text("")
        self.log.write_text("")
        keyring = next((k for k in KEYRINGS if k.exists()), None)
        if keyring is None:
            raise UserError("debian-archive-keyring is not installed: run tools/setup")
        (self.dir / "sources.list").write_text(f"deb [signed-by={keyring} arch={arch}] {mirror} {release} main\n")
        (self.dir / "apt.conf").write_text(self._config())
        self.env = dict(os.environ, APT_CONFIG=str(self.dir / "apt.conf"), LC_ALL="C", DEBIAN_FRONTEND="noninteractive")

    def _config(self):
        host = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
        keep = [line for line in host.splitlines() if line.startswith("Acquire::") and "Languages" not in line]
        ours = {
            "Dir::State": self.dir,
            "Dir::State::status": self.dir / "status",
            "Dir::State::lists": self.dir / "lists",
            "Dir::Cache": self.dir / "cache",
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::Etc::sourcelist": self.dir / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "APT::Architecture": self.arch,
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "root",
            "APT::Update::Error-Mode": "any",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        own = [f'{key} "{value}";' for key, value in ours.items()] + [f'APT::Architectures {{ "{self.arch}"; }};']
        return "\n".join(keep + own) + "\n"

    def run(self, *args, cwd=None):
        out = subprocess.run(args, env=self.env, cwd=cwd, capture_output=True, text=True)
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(args)}\n{out.stdout}{out.stderr}\n")
        if out.returncode != 0:
            raise UserError(self._reason(out.stdout + out.stderr))
        return out.stdout

    def _reason(self, text):
        if re.search(r"enough free space|No space left", text):
            return f"no disk space left for the payload (log: {self.log})"
        if re.search(r"NO_PUBKEY|not signed|invalid signature|BADSIG|EXPKEYSIG", text):
            return f"the mirror's signature was refused (log: {self.log})"
        if re.search(r"Failed to fetch|Could not|Unable to locate", text):
            return f"no Debian mirror with the payload could be reached; DEBIAN_MIRROR= names one (log: {self.log})"
        return f"apt failed (log: {self.log})"


def plan(apt, want):
    """The exact packages to download, dependencies and kernel included."""
    names = list(want.get("plain", [])) + list(want.get("sysroot", []))
    if want.get("kernel"):
        names += re.findall(r"Depends: (linux-image-\S+)", apt.run("apt-cache", "depends", want["kernel"]))
    if want.get("resolve"):
        out = apt.run("apt-get", "-s", "install", *want["resolve"])
        names += re.findall(r"^Inst (\S+)", out, re.MULTILINE)
    return sorted(set(names))


def unpack(deb, into):
    out = subprocess.run(["dpkg-deb", "-x", str(deb), str(into)], capture_output=True, text=True)
    if out.returncode != 0:
        space = "No space left" in out.stderr
        raise UserError("no disk space left for the payload" if space else f"{deb.name} cannot be unpacked: {out.stderr.strip()}")


def architecture(want):
    if not want.get("host"):
        return "arm64"
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def fetch(suite):
    """Makes root(suite), and build/sysroot if the suite gives it. Does nothing if they are there."""
    want = SUITES[suite]
    key = hashlib.sha256(repr((1, want)).encode()).hexdigest()
    stamp = suite_dir(suite) / "stamp"
    if stamp.exists() and stamp.read_text() == key:
        return
    mirror = host_mirror()
    arch = architecture(want)
    print(f"payload: {suite}/{arch} from {mirror}", flush=True)
    for old in (root(suite), suite_dir(suite) / "debs"):
        shutil.rmtree(old, ignore_errors=True)
    suite_dir(suite).mkdir(parents=True, exist_ok=True)
    apt = Apt(suite, mirror, arch)
    apt.run("apt-get", "-q", "update")
    names = plan(apt, want)
    print(f"payload: {len(names)} packages", flush=True)
    apt.run("apt-get", "-q", "download", *names, cwd=apt.debs)
    sysroot = tuple(f"{name}_" for name in want.get("sysroot", []))
    if sysroot:
        shutil.rmtree(BUILD / "sysroot", ignore_errors=True)
    for deb in sorted(apt.debs.iterdir()):
        into = BUILD / "sysroot" if sysroot and deb.name.startswith(sysroot) else root(suite)
        into.mkdir(parents=True, exist_ok=True)
        unpack(deb, into)
    shutil.rmtree(apt.debs)
    stamp.write_text(key)
    print(f"payload: {suite} is in {root(suite).relative_to(BUILD.parent)}", flush=True)


def one(suite, pattern):
    """The one file of an unpacked suite that matches."""
    found = sorted(root(suite).glob(pattern))
    if len(found) != 1:
        raise UserError(f"the payload of {suite} has {len(found)} files named {pattern}: make distclean, then again")
    return found[0]


def main(suites):
    try:
        for suite in suites or ["trixie"]:
            if suite not in SUITES:
                raise UserError(f"{suite} is not one of {', '.join(SUITES)}")
            fetch(suite)
    except UserError as e:
        print(f"payload: {e}", file=sys.stderr)
        return 1
    except OSError as e:
        print(f"payload: {e.strerror}: {e.filename}", file=sys.stderr)
        return 1
    return 0
