# SPDX-License-Identifier: BSD-2-Clause
"""A hypervisor for tvctl's tests: the other end of its control port, a pty, answered as a test says."""

import os
import pty
import select
import struct
import subprocess
import threading
import tty

HELLO, LIST, INFO, START, PAUSE, RESUME, REBOOT, OFF, DESTROY, TRACE = range(1, 11)
REPLY, ERROR = 0x8000, 0xFFFF
STATE_OFF, STARTS, RUNS, PAUSED, STOPS, LOST = range(6)
NO_VM, BAD_STATE, ITSELF = 6, 7, 8
HEADER = struct.Struct("<IHHI")
HZ = 1_000_000
CALL, END, REQUEST, RETURN, REFUSED, NOTIFY, FAULT = range(7)


def vm(id_, name, state=RUNS, size=64):
    return struct.pack("<IIIIQII32s", id_, state, 2, 2, 384 << 20, 1, 1, name.encode()).ljust(size, b"\0")


def record(time, kind, source=1, vm_id=1, vcpu=0, call=0, command=0, function=0, session=0, result=0, origin=0, params=(), uuid=b""):
    types, sizes = bytes(p[0] for p in params), [p[1] for p in params] + [0] * (4 - len(params))
    event = struct.pack("<BBHIIIII4s4I16sI", kind, len(params), call, command, function, session, result, origin, types, *sizes, uuid, 0)
    return struct.pack("<QHHHH", time, vm_id, vcpu, 0, source) + event


class Hypervisor:
    """Two VMs whose states change as asked; `answers` takes the place of what it would reply to a type."""

    def __init__(self):
        self.vms = {0: ["vm0", RUNS], 1: ["vm1", RUNS]}
        self.answers = {}
        self.records, self.lost = [], 0
        self.split = False
        self.stuck = False
        self.asked = []

    def list(self):
        return struct.pack("<II", len(self.vms), 64) + b"".join(vm(i, *v) for i, v in self.vms.items())

    def info(self, id_):
        calls = struct.pack("<21Q", 5, 4, *[0] * 10, *range(9))
        return vm(id_, *self.vms[id_]) + calls + struct.pack("<8I", 1, 2, 3, 4, 10, 20, 30, 40)

    def change(self, kind, id_):
        wanted = {START: (STATE_OFF, RUNS), PAUSE: (RUNS, PAUSED), RESUME: (PAUSED, RUNS)}.get(kind, (None, {REBOOT: RUNS}.get(kind, STATE_OFF)))
        if id_ == 0:
            return ITSELF
        if wanted[0] not in (None, self.vms[id_][1]):
            return BAD_STATE
        if kind == DESTROY and not self.stuck:
            del self.vms[id_]
        elif not self.stuck:
            self.vms[id_][1] = wanted[1]
        return 0

    def trace(self):
        now, self.records = self.records[:50], self.records[50:]
        return struct.pack("<QQII", HZ, self.lost, len(now), 80) + b"".join(now)

    def answer(self, kind, body):
        """Type and body of the reply."""
        if kind in self.answers:
            return self.answers[kind]
        if kind == HELLO:
            return kind | REPLY, struct.pack("<II16s16s", 1, 4080, b"teevisor", b"1.2")
        if kind == LIST:
            return kind | REPLY, self.list()
        if kind == TRACE:
            return kind | REPLY, self.trace()
        id_ = struct.unpack("<I", body)[0]
        code = NO_VM if id_ not in self.vms else 0
        if kind == INFO and not code:
            return kind | REPLY, self.info(id_)
        code = code or self.change(kind, id_)
        return (ERROR, struct.pack("<IHH", code, kind, 1)) if code else (kind | REPLY, b"")

    def reply(self, frame, body):
        _, kind, _, tag = HEADER.unpack(frame)
        self.asked.append((kind, body))
        got = self.answer(kind, body)
        return got if isinstance(got, bytes) else HEADER.pack(len(got[1]), got[0], 1, tag) + got[1]

    def serve(self, fd, ended):
        data = b""
        while not ended.is_set():
            if not select.select([fd], [], [], 0.02)[0]:
                continue
            data += os.read(fd, 4096)
            while len(data) >= 12 and len(data) >= 12 + HEADER.unpack_from(data)[0]:
                end = 12 + HEADER.unpack_from(data)[0]
                out, data = self.reply(data[:12], data[12:end]), data[end:]
                for i in range(0, len(out), 1 if self.split else len(out)):
                    os.write(fd, out[i : i + 1] if self.split else out)

    def run(self, program, *args, seconds=30):
        master, slave = pty.openpty()
        tty.setraw(slave)
        ended = threading.Event()
        thread = threading.Thread(target=self.serve, args=(master, ended))
        thread.start()
        try:
            env = dict(os.environ, TVCTL_PORT=os.ttyname(slave))
            return subprocess.run([program, *args], env=env, capture_output=True, text=True, timeout=seconds)
        finally:
            ended.set()
            thread.join()
            os.close(slave)
            os.close(master)
