# SPDX-License-Identifier: BSD-2-Clause
"""Guests other than Linux: U-Boot, the architecture tests, and the firmware's own client at EL2."""

from checks import all_ok
from harness import BUILD, spec


def only(m, name, binary, cpus=2):
    """A machine with one VM: a bare-metal program."""
    m.vms = [spec.Vm(name=name, kernel=str(BUILD / "guest" / f"{binary}.bin"), cpus=cpus, memory=128 << 20)]
    return m


def test_u_boot_sees_its_memory_and_powers_its_vm_off(boot):
    m = boot("u-boot")
    assert m.wait_linux(0) is not None
    m.wait("uboot", r"DRAM:\s+128 MiB", 60)
    # Any key stops the countdown to booting from disks that are not there; then there is a prompt.
    m.send(1, "")
    m.send(1, "version")
    m.wait("uboot", r"U-Boot 20\d\d", 60)
    m.send(1, "bdinfo")
    m.wait("uboot", r"start\s+= 0x0*40000000", 30)
    m.send(1, "poweroff")
    assert m.power_off([0]) == 0


def test_vm_passes_the_architecture_tests(boot, load):
    m = boot(only(load("default"), "arch", "arch", 3))
    all_ok(m, 0, 300)


def test_firmware_keeps_its_contract(boot, load):
    m = load("bare")
    m.tee = "debian"
    m.vms = [spec.Vm(name="vm0", kernel=str(BUILD / "el2-check.bin"), memory=256 << 20)]
    m.board.cpus = 4
    running = boot(m)
    all_ok(running, 0, 300)
