# SPDX-License-Identifier: BSD-2-Clause
"""The control channel, used from VM 0's shell: printf writes frames, hexdump shows the replies."""

import re
import struct

from checks import all_found

PORT = "/dev/virtio-ports/org.teevisor.control.0"
HELLO, LIST, INFO, REPLY, ERROR = 1, 2, 3, 0x8000, 0xFFFF
BAD_TYPE, OUT_OF_STEP, NO_VM = 1, 5, 6
OFF, RUNS = 0, 2  # enum control_vm_state
HEADER = struct.Struct("<IHHI")
VM = struct.Struct("<IIIIQII32s")


def frame(kind, body=b"", tag=1, version=1, length=None):
    return HEADER.pack(len(body) if length is None else length, kind, version, tag) + body


def shell(m, command, seconds=30):
    status, text = m.run(0, command, seconds)
    assert status == 0, text
    return text


def exchange(m, data):
    """What is read at once after these bytes were written to the port, which is open as 3."""
    octal = "".join(f"\\{byte:03o}" for byte in data)
    text = shell(m, f"printf '{octal}' >&3; dd bs=4096 count=1 <&3 2>/dev/null | hexdump -v -e '\"HX \" 24/1 \"%02x\" \"\\n\"'")
    return bytes.fromhex("".join(re.findall(r"^HX ([0-9a-f]+)", text, re.MULTILINE)))


def reply(m, data, kind, tag=1):
    got = exchange(m, data)
    length, type_, version, got_tag = HEADER.unpack_from(got)
    assert (type_, version, got_tag) == (kind, 1, tag), got
    assert len(got) == HEADER.size + length
    return got[HEADER.size :]


def error(m, data, code, tag=1):
    assert struct.unpack_from("<I", reply(m, data, ERROR, tag))[0] == code


def vms(m):
    body = reply(m, frame(LIST), LIST | REPLY)
    count, size = struct.unpack_from("<II", body)
    return [VM.unpack_from(body, 8 + i * size) for i in range(count)]


def test_vm_0_lists_the_vms_over_the_control_channel_and_no_other_vm_has_one(boot):
    m = boot("default")
    all_found(m)
    shell(m, f"exec 3<>{PORT}")
    assert b"teevisor" in reply(m, frame(HELLO, version=77), HELLO | REPLY)
    listed = vms(m)
    assert [vm[7].rstrip(b"\0") for vm in listed] == [b"vm0", b"vm1"]
    assert all((state, cpus, memory, has_tee) == (RUNS, 2, 384 << 20, 1) for _, state, cpus, _, memory, _, has_tee, _ in listed)
    info = struct.unpack_from("<12Q", reply(m, frame(INFO, struct.pack("<I", 1), tag=9), INFO | REPLY, 9), VM.size)
    assert info[1] > 0 and info[6] >= info[1], info  # calls and entries into the Secure world, at boot already

    status, text = m.run(1, "ls -d /dev/vport* /dev/virtio-ports /sys/bus/virtio/devices/*")
    assert status != 0 and "virtio0" not in text


def test_control_channel_refuses_what_is_wrong_and_goes_on(boot):
    m = boot("default")
    all_found(m)
    shell(m, f"exec 3<>{PORT}")
    error(m, frame(99, b"what?", tag=3), BAD_TYPE, 3)
    error(m, frame(INFO, struct.pack("<I", 16)), NO_VM)
    assert len(vms(m)) == 2
    error(m, frame(LIST, length=0xFFFFFFFF), OUT_OF_STEP)
    shell(m, "exec 3>&-")
    shell(m, f"exec 3<>{PORT}")
    assert len(vms(m)) == 2

    # A thousand requests at once, their replies read meanwhile: 148 bytes each, in order.
    shell(m, "one() { printf '\\000\\000\\000\\000\\002\\000\\001\\000\\007\\000\\000\\000'; }")
    shell(m, "thousand() { for i in $(seq 1000); do $*; done; }")
    shell(m, "thousand one >/tmp/ask; one >&3; dd bs=4096 count=1 <&3 >/tmp/one 2>/dev/null")
    shell(m, "(dd bs=148 count=1000 iflag=fullblock <&3 2>/dev/null | md5sum >/tmp/sum) & cat /tmp/ask >&3; wait", 120)
    sums = re.findall(r"^([0-9a-f]{32})", shell(m, "cat /tmp/sum; thousand cat /tmp/one | md5sum", 120), re.MULTILINE)
    assert len(sums) == 2 and sums[0] == sums[1], sums


def test_control_channel_outlives_a_reboot_of_vm_0_and_sees_vm_1_end(boot):
    m = boot("default")
    all_found(m)
    m.send(0, "reboot")
    assert m.wait_linux(0) is not None
    shell(m, f"exec 3<>{PORT}")
    m.send(1, "poweroff")
    m.wait("hyp", r"vm1: off", 60)
    states = [(vm[1], vm[3], vm[6]) for vm in vms(m)]
    assert states == [(RUNS, 2, 1), (OFF, 0, 0)]
    assert m.power_off([0]) == 0
