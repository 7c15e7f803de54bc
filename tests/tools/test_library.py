# SPDX-License-Identifier: BSD-2-Clause
"""tools/check-library notices each way to break what docs/porting.md promises. On a copy of the mediator's part of the tree."""

import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALL = "	bool known;\n"
CALL_C = "mediator/optee/call.c"
LAST = "	return TEE_DONE;\n"
PORTING = "docs/porting.md"


@pytest.fixture
def tree(tmp_path):
    for part in ("abi", "lib", "mediator"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for part in ("tools/check-library", PORTING):
        (tmp_path / part).parent.mkdir()
        shutil.copy(ROOT / part, tmp_path / part)
    return tmp_path


def check(tree):
    out = subprocess.run(["tools/check-library"], cwd=tree, capture_output=True, text=True)
    return out.returncode, out.stdout + out.stderr


def test_the_library_as_it_is(tree):
    status, text = check(tree)
    assert status == 0 and text.startswith("check-library: "), text


# What is done to the tree, and what must be said of it. A declaration is put before the first in optee_call, a statement behind it.
BROKEN = [
    (CALL_C, CALL, CALL + "	static uint64_t count;\n	char big[2048];\n", " has 8 writable bytes"),
    (CALL_C, LAST, '	__asm__ volatile("" ::"r"(big), "r"(count++) : "memory");\n' + LAST, "bytes of stack, docs/porting.md says"),
    (CALL_C, LAST, "	((void (*)(void))regs[3])();\n" + LAST, "not the port's"),
    (CALL_C, LAST, "	(void)vm->port->pages_get(NULL, 1, NULL);\n" + LAST, "call calls port->pages_get"),
    (CALL_C, LAST, '	__asm__ volatile("" ::"r"(__builtin_alloca(regs[1])) : "memory");\n' + LAST, "its stack is dynamic"),
    (CALL_C, LAST, "	if (regs[1] == 1)\n		(void)optee_call(vm, vcpu, regs + 1);\n	regs[2] += 1;\n" + LAST, "recursion: "),
    ("mediator/optee/fast.c", "	switch (function) {\n", "	void outside(void);\n\n	outside();\n	switch (function) {\n", "needs outside"),
    ("mediator/mediator.mk", "*_backend", "optee_*", "optee_call is global"),
    ("mediator/vm.h", "#include", '#include "lib/util.h"\n#include', "vm.h does not compile alone"),
    (PORTING, "| `cpu_event` | 64 | claim_irq |\n", "", "has rows for"),
    (PORTING, "secure_call, time, trace, unlock, unlock_tee |", "secure_call |", "irq calls ["),
]


def test_each_broken_promise_is_noticed(tree):
    for path, old, new, _ in BROKEN:
        text = (tree / path).read_text()
        assert old in text, old
        (tree / path).write_text(text.replace(old, new, 1))
    status, said = check(tree)
    assert status != 0
    assert not [words for *_, words in BROKEN if words not in said], said


def test_a_c_librarys_header_is_not_found(tree):
    (tree / CALL_C).write_text("#include <string.h>\n" + (tree / CALL_C).read_text())
    status, said = check(tree)
    assert status != 0 and "string.h" in said
