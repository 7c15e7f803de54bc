# SPDX-License-Identifier: BSD-2-Clause
"""The changes that tools/mutants makes to the mediator, found with clang's syntax tree.

Each change replaces a stretch of one file. Functions of .c files and inline functions of headers are changed,
tables and declarations are not. What is changed: comparisons, arithmetic, && and ||, conditions (dropped,
forced, negated), constants (one more, one less), statements (a call, an assignment, a break, a case label is
dropped), results (true for false, 0 for a value).
"""

import dataclasses
import functools
import json
import pathlib
import re
import subprocess

from . import ROOT

SWAPS = {
    **{"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="]},
    **{"&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"], "%": ["/"], "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["|"]},
    **{"+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="], "^=": ["|="], "<<=": [">>="], ">>=": ["<<="], "++": ["--"], "--": ["++"]},
}
BODIES = ("CompoundStmt", "IfStmt", "WhileStmt", "ForStmt", "DoStmt", "CaseStmt", "DefaultStmt", "SwitchStmt")
WRAPPERS = ("ImplicitCastExpr", "ParenExpr", "ConstantExpr")


@dataclasses.dataclass(frozen=True, order=True)
class Mutation:
    """text[start:end] of a file becomes `new`. old_line and new_line show it; with the function and the
    number among equal ones they are its name, which survives changes elsewhere in the file."""

    path: str
    start: int
    end: int
    new: str
    line: int = 0
    function: str = ""
    old_line: str = ""
    new_line: str = ""
    twin: int = 0

    @property
    def name(self):
        number = f" #{self.twin}" if self.twin else ""
        return f"{self.path}: {self.function}{number}: {self.old_line}", self.new_line

    def apply(self, text):
        return text[: self.start] + self.new + text[self.end :]


def blank_hints(text):
    """LIKELY and UNLIKELY made blanks, so that what they enclose has places of its own in the tree."""
    return re.sub(r"\b(?:UN)?LIKELY(?=\()", lambda m: " " * len(m[0]), text)


def syntax_tree(source, work):
    """clang's tree of a .c file, from copies under `work` that differ by blank_hints only."""
    for path in sorted((ROOT / "mediator").rglob("*.[ch]")):
        copy = work / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(blank_hints(path.read_text()))
    command = ["clang", "-std=gnu11", "-fsyntax-only", "-w", "-Xclang", "-ast-dump=json", "-I", work, "-I", ROOT, work / source]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


class FileTracker:
    """clang names a place's file only where it differs from the place before, in the order of its output."""

    def __init__(self):
        self.file = None

    def see(self, thing):
        if isinstance(thing, list):
            for t in thing:
                self.see(t)
        elif isinstance(thing, dict):
            if "offset" in thing:
                self.file = thing.get("file", self.file)
            for key, value in thing.items():
                if key != "includedFrom" and isinstance(value, (dict, list)):
                    self.see(value)


def functions(tree, work):
    """(path, function) of each function with a body in mediator/"""
    tracker = FileTracker()
    for node in tree["inner"]:
        tracker.see(node.get("loc"))
        file = pathlib.Path(tracker.file or "/")
        tracker.see({k: v for k, v in node.items() if k != "loc"})
        if node["kind"] == "FunctionDecl" and file.is_relative_to(work) and any(n.get("kind") == "CompoundStmt" for n in node.get("inner", [])):
            yield str(file.relative_to(work)), node


def bare(node):
    """The expression inside casts and parentheses that only the compiler sees."""
    while node.get("kind") in WRAPPERS and len(node.get("inner", [])) == 1:
        node = node["inner"][0]
    return node


class Finder:
    """The mutations of one function."""

    def __init__(self, path, text, function):
        self.path, self.text, self.function, self.found = path, text, function["name"], set()
        returns = function["type"]["qualType"].split("(")[0].strip()
        self.returns_bool, self.returns_pointer = returns in ("bool", "_Bool"), returns.endswith("*")
        for node in function["inner"]:
            if node.get("kind") == "CompoundStmt":
                self.visit(node, None)

    def closing(self, at):
        """Behind the parenthesis that closes the first one from `at`."""
        depth = 0
        for i in range(at, len(self.text)):
            depth += {"(": 1, ")": -1}.get(self.text[i], 0)
            if depth == 0:
                return i + 1
        return at

    def place(self, where, end):
        """The offset that a place of the tree has in the file."""
        if "expansionLoc" not in where:
            return where.get("offset", -1) + (where.get("tokLen", 0) if end else 0)
        macro, spelt = where["expansionLoc"], where["spellingLoc"]
        after_name = macro["offset"] + macro["tokLen"]
        after_macro = self.closing(after_name) if self.text[after_name : after_name + 1] == "(" else after_name
        if macro.get("isMacroArgExpansion") and after_name < spelt["offset"] < after_macro:
            return spelt["offset"] + (spelt["tokLen"] if end else 0)
        return after_macro if end else macro["offset"]

    def span(self, node):
        """Its stretch of the file; LIKELY and UNLIKELY belong to what they enclose."""
        where = node.get("range", {})
        start, end = self.place(where.get("begin", {}), False), self.place(where.get("end", {}), True)
        hint = re.search(r"\b(?:UN)?LIKELY$", self.text[:start]) if self.text[start : start + 1] == "(" else None
        return hint.start() if hint else start, end

    def change(self, start, end, new):
        if 0 <= start < end and self.text[start:end].strip() != new:
            self.found.add((start, end, new))

    def replace(self, node, *news):
        start, end = self.span(node)
        for new in news:
            self.change(start, end, new.replace("@", self.text[start:end]))

    def operator(self, node, left, right):
        """Swap the operator that stands between two operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = self.text[start:end]
        if gap.strip() == node["opcode"]:
            at = start + gap.index(node["opcode"])
            for new in SWAPS.get(node["opcode"], []):
                self.change(at, at + len(node["opcode"]), new)

    def condition(self, node, force):
        self.replace(node, *force)
        inner = bare(node)
        if inner.get("opcode") not in ("==", "!=", "<", "<=", ">", ">=", "!"):
            self.replace(node, "!(@)")

    def visit(self, node, parent):
        kind = node.get("kind")
        if kind is None:
            return
        if parent is not None and parent["kind"] in BODIES:
            self.statement(node, parent)
        handler = getattr(self, kind, None)
        if handler:
            handler(node)
        for child in node.get("inner", []):
            self.visit(child, node)

    def statement(self, node, parent):
        """A statement that can go: a call, an assignment, ++ and --."""
        if parent["kind"] in ("IfStmt", "WhileStmt", "SwitchStmt", "CaseStmt") and node is parent["inner"][0]:
            return
        if parent["kind"] == "ForStmt" and node is not parent["inner"][-1]:
            return
        inner = bare(node)
        if inner.get("kind") == "CStyleCastExpr" and inner.get("castKind") == "ToVoid":
            inner = bare(inner["inner"][0])
        assigns = inner.get("kind") == "BinaryOperator" and inner["opcode"] == "="
        steps = inner.get("kind") == "UnaryOperator" and inner["opcode"] in ("++", "--")
        if assigns or steps or inner.get("kind") in ("CallExpr", "CompoundAssignOperator"):
            self.replace(node, "(void)0")

    def BinaryOperator(self, node):
        left, right = node["inner"]
        self.operator(node, left, right)
        if node["opcode"] in ("&&", "||"):
            start, end = self.span(node)
            self.change(start, end, self.text[slice(*self.span(left))])
            self.change(start, end, self.text[slice(*self.span(right))])

    def CompoundAssignOperator(self, node):
        self.operator(node, *node["inner"])

    def UnaryOperator(self, node):
        start, end = self.span(node)
        if node["opcode"] in ("!", "~"):
            self.replace(node, self.text[start + 1 : end])
        elif node["opcode"] in ("++", "--"):
            new = SWAPS[node["opcode"]][0]
            if node.get("isPostfix"):
                self.change(end - 2, end, new)
            else:
                self.change(start, start + 2, new)

    def constant(self, node):
        """One more and one less; true and false change places."""
        start, end = self.span(node)
        text = self.text[start:end]
        if text == "NULL":
            return
        if text in ("true", "false"):
            self.change(start, end, {"true": "false", "false": "true"}[text])
        elif re.fullmatch(r"\w+", text):
            self.change(start, end, f"({text} + 1)")
            if node.get("value") not in (None, "0"):
                self.change(start, end, f"({text} - 1)")

    IntegerLiteral = constant

    def DeclRefExpr(self, node):
        if node.get("referencedDecl", {}).get("kind") == "EnumConstantDecl":
            start, end = self.span(node)
            self.change(start, end, f"({self.text[start:end]} + 1)")

    def IfStmt(self, node):
        self.condition(node["inner"][0], ("0", "1"))

    def WhileStmt(self, node):
        self.condition(node["inner"][0], ("0",))

    def ForStmt(self, node):
        if node["inner"][2].get("kind"):
            self.condition(node["inner"][2], ("0",))

    def ConditionalOperator(self, node):
        self.condition(node["inner"][0], ("0", "1"))

    def BreakStmt(self, node):
        self.replace(node, "(void)0")

    ContinueStmt = BreakStmt

    def CaseStmt(self, node):
        start, value_end = self.span(node)[0], self.span(node["inner"][0])[1]
        self.change(start, self.text.index(":", value_end) + 1, "")

    def ReturnStmt(self, node):
        if not node.get("inner"):
            return
        value = bare(node["inner"][0])
        if value.get("kind") == "IntegerLiteral" or self.text[slice(*self.span(value))] == "NULL":
            return
        if self.returns_bool:
            self.replace(node["inner"][0], "true", "false")
        else:
            self.replace(node["inner"][0], "0")


def whole_lines(text, start, end):
    """The lines around a stretch, as one line, and the stretch's place in them."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return first, last


def one_line(text):
    return " ".join(text.split())


def describe(path, text, function, change):
    start, end, new = change
    first, last = whole_lines(text, start, end)
    old_line, new_line = one_line(text[first:last]), one_line(text[first:start] + new + text[end:last])
    return Mutation(path, start, end, new, text.count("\n", 0, start) + 1, function, old_line, new_line)


def numbered(mutations):
    """Equal changes of one function get numbers, from the second on."""
    seen = {}
    for m in mutations:
        n = seen[m.name] = seen.get(m.name, 0) + 1
        yield dataclasses.replace(m, twin=n if n > 1 else 0)


@functools.lru_cache(maxsize=None)
def source_text(path):
    return (ROOT / path).read_text()


def find(sources, work):
    """All mutations of the functions that these .c files and their headers hold, in order."""
    found, known = [], set()
    for source in sources:
        for path, function in functions(syntax_tree(source, work), work):
            if (path, function["name"]) in known:
                continue
            known.add((path, function["name"]))
            finder = Finder(path, source_text(path), function)
            found += [describe(path, finder.text, finder.function, c) for c in finder.found]
    return list(numbered(sorted(m for m in found if m.old_line != m.new_line)))
