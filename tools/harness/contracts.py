# SPDX-License-Identifier: BSD-2-Clause
"""Reads the contracts (REQUIRES, ENSURES) under the prototypes in headers, and writes C from them.

For a function f it writes check_f, which assumes what f requires, calls f, and asserts what f ensures. A
proof calls check_f. Only the text is read: a contract is a C expression in which RESULT is the value
returned and OLD(x) is x before the call.
"""

import re
from dataclasses import dataclass, field

CLAUSE = re.compile(r"\b(REQUIRES|ENSURES)\(")
ATTRIBUTE = re.compile(r"\b(NEEDS|NEEDS_NOT|TAKES|RELEASES|PRINTF_LIKE)\(")


@dataclass
class Contract:
    name: str
    header: str
    returns: str
    params: str
    requires: list = field(default_factory=list)
    ensures: list = field(default_factory=list)

    def arguments(self):
        if self.params == "void":
            return ""
        return ", ".join(re.search(r"(\w+)(\[\w*\])?$", p.strip())[1] for p in self.params.split(","))


def closing(text, at):
    """The index of the parenthesis that closes the one before `at`."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at - 1


def without(pattern, text):
    """`text` without each match of `pattern`, which ends in a parenthesis, and what that holds."""
    while match := pattern.search(text):
        text = text[: match.start()] + text[closing(text, match.end()) + 1 :]
    return text


def prototype_before(text, at):
    """The prototype that ends at `at`: from after the last statement or body."""
    start = max(text.rfind(mark, 0, at) for mark in ";}") + 1
    words = " ".join(without(ATTRIBUTE, text[start:at]).split())
    return words.removeprefix("static inline ")


def read(header, text):
    """The contracts in the text of a header."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"^#(.*\\\n)*.*$", "", text, flags=re.MULTILINE)
    found = []
    at = 0
    while match := CLAUSE.search(text, at):
        gap = text[at : match.start()]
        if not found or gap.strip():
            shape = re.fullmatch(r"(.*?)(\w+)\((.*)\)", prototype_before(text, match.start()))
            found.append(Contract(shape[2], header, shape[1].strip(), shape[3]))
        at = closing(text, match.end()) + 1
        clause = " ".join(text[match.end() : at - 1].split())
        (found[-1].requires if match[1] == "REQUIRES" else found[-1].ensures).append(clause)
    return found


def hoist_old(clause, olds):
    """Replaces OLD(x) by a variable, which is remembered."""
    while match := re.search(r"\bOLD\(", clause):
        end = closing(clause, match.end())
        olds.append(clause[match.end() : end])
        clause = f"{clause[: match.start()]}old_{len(olds)}{clause[end + 1 :]}"
    return clause


def checker(contract):
    """The C text of check_f."""
    olds = []
    ensures = [(re.sub(r"\bRESULT\b", "result", hoist_old(e, olds)), e) for e in contract.ensures]
    call = f"{contract.name}({contract.arguments()});"
    void = contract.returns == "void"
    body = [f"__CPROVER_assume({r});" for r in contract.requires]
    body += [f"__typeof__({x}) old_{n} = {x};" for n, x in enumerate(olds, 1)]
    body.append(call if void else f"{contract.returns} result = {call}")
    body += ["__CPROVER_assert({}, \"ensures {}\");".format(e, text.replace('"', "'")) for e, text in ensures]
    if not void:
        body.append("return result;")
    lines = "\n".join(f"\t{line}" for line in body)
    return f"static inline {contract.returns} check_{contract.name}({contract.params})\n{{\n{lines}\n}}\n"
