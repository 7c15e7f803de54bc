# SPDX-License-Identifier: BSD-2-Clause
"""What `make mutants` changes: known places of a small function, each change once, and only inside functions."""

import pathlib

from harness import ROOT, mutations

SOURCE = """#include "lib/attributes.h"
#define LIMIT 4u
enum kind { NONE, SOME };
struct thing { unsigned int used; enum kind kind; };
static void drop(struct thing *t);
static void drop(struct thing *t)
{
	t->used = 0;
	t->kind = NONE;
}
static int take(struct thing *t, unsigned int n)
{
	if (UNLIKELY(n == 0 || n > LIMIT))
		return 0;
	t->used += n;
	drop(t);
	return t->kind != SOME;
}
int main(void) { struct thing t; return take(&t, 1); }
"""


def changes(tmp_path, monkeypatch):
    (tmp_path / "mediator").mkdir()
    (tmp_path / "mediator/x.c").write_text(SOURCE)
    (tmp_path / "lib").symlink_to(ROOT / "lib")
    monkeypatch.setattr(mutations, "ROOT", tmp_path)
    mutations.source_text.cache_clear()
    return mutations.find(["mediator/x.c"], tmp_path / "tree")


def test_each_kind_of_change_is_found(tmp_path, monkeypatch):
    found = {m.new_line for m in changes(tmp_path, monkeypatch)}
    expected = [
        "if (0)",
        "if (1)",
        "if (UNLIKELY(n == 0 && n > LIMIT))",
        "if (UNLIKELY(n > LIMIT))",
        "if (UNLIKELY(n == 0 || n >= LIMIT))",
        "if (UNLIKELY(n == 0 || n > (LIMIT + 1)))",
        "t->used -= n;",
        "(void)0;",
        "return t->kind == SOME;",
        "t->kind = (NONE + 1);",
        "return 0;",
    ]
    assert [e for e in expected if e not in found] == []


def test_changes_have_names_of_their_own_and_differ(tmp_path, monkeypatch):
    found = changes(tmp_path, monkeypatch)
    assert len({m.name for m in found}) == len(found)
    assert all(m.apply(SOURCE) != SOURCE for m in found)
    assert {m.function for m in found} == {"drop", "take", "main"}


def test_every_file_of_the_mediator_is_changed(tmp_path):
    mutations.source_text.cache_clear()
    sources = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "mediator").rglob("*.c"))
    found = mutations.find(sources, tmp_path)
    assert {m.path for m in found} >= {s for s in sources if "{" in pathlib.Path(ROOT / s).read_text()}
    assert any(m.path.endswith(".h") for m in found)
