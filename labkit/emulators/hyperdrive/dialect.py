"""PostgreSQL's SQL in SQLite's words, as far as a lesson needs it, and what a statement says of itself.

`$1`, casts with `::`, ILIKE, SERIAL, now() and the current moment's keywords, DEFAULT now(), FOR UPDATE. What it does
not know passes as it is, and SQLite judges it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from labkit.emulators.hyperdrive import types


class Token(NamedTuple):
    """A piece of a statement: "word", "name" (quoted), "text", "number", "parameter", "space" or "sign"."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """An unquoted word, in lower case; "" of anything else."""
        return self.text.lower() if self.kind == "word" else ""


_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|$))
    |(?P<text>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
    |(?P<name>"(?:[^"]|"")*")
    |(?P<parameter>\$\d{1,5}(?!\d))
    |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign>::|<>|<=|>=|!=|\|\||->>|->|.)""",
    re.VERBOSE | re.DOTALL,
)
MOMENT_WORDS = frozenset("current_timestamp current_date current_time localtimestamp localtime".split())
WRITES = frozenset("insert update delete create drop alter truncate merge".split())
ENDS = {"commit": "commit", "end": "commit", "rollback": "rollback", "abort": "rollback"}
_SERIES = re.compile(r"\bgenerate_series\(([^()]*)\)\s+as\s+(\w+)(?:\((\w+)\))?", re.I)
_TYPE_WORDS = frozenset("double character timestamp time".split())
_IDENTITY = re.compile(
    r"\b(?:bigint|integer|int|int4|int8)\s+generated\s+(?:always|by\s+default)\s+as\s+identity", re.I
)
_SERIAL = re.compile(r"\b(?:big|small)?serial\b(?:\s+not\s+null)?(\s+primary\s+key)?", re.I)
_DEFAULT = re.compile(r"\bdefault\s+([a-z_]+\([^()]*\))", re.I)
_LOCKING = re.compile(r"\s+for\s+(?:no\s+key\s+)?(?:update|share)(?:\s+(?:nowait|skip\s+locked))?\s*;?\s*$", re.I)


@dataclass
class Statement:
    """One statement: as it was sent, for SQLite, its words, and the functions that it calls.

    `casts` are the types that casts give to parameters, by their numbers.
    """

    sql: str
    words: list[str]
    sqlite: str = ""
    calls: set[str] = field(default_factory=set)
    casts: dict[int, int] = field(default_factory=dict)
    parameters: int = 0

    @property
    def verb(self) -> str:
        return self.words[0] if self.words else ""

    @property
    def writes(self) -> bool:
        """Whether it may change what is stored, also behind a WITH; SELECT ... FOR UPDATE takes the lock of a write."""
        return self.verb in WRITES or (self.verb == "with" and bool(WRITES & set(self.words))) or self.locks

    @property
    def locks(self) -> bool:
        return self.verb == "select" and _LOCKING.search(self.sql) is not None


def tokens(sql: str) -> Iterator[Token]:
    """The pieces of a text, in order; put together they are the text."""
    for found in _TOKEN.finditer(sql):
        yield Token(found.lastgroup if found.lastgroup != "tag" else "text", found[0])  # type: ignore[arg-type]


def split(sql: str) -> list[str]:
    """The statements of a text, without their semicolons; none where there is only white space."""
    parts: list[list[Token]] = [[]]
    for token in tokens(sql):
        if token == ("sign", ";"):
            parts.append([])
        else:
            parts[-1].append(token)
    return ["".join(t.text for t in part).strip() for part in parts if any(t.kind != "space" for t in part)]


@lru_cache(maxsize=1024)
def statement(sql: str) -> Statement:
    """What one statement is, and how SQLite is asked for it."""
    pieces = list(tokens(sql))
    solid = [token for token in pieces if token.kind != "space"]
    made = Statement(sql, [token.word for token in pieces if token.kind == "word"])
    made.calls = {a.word for a, b in pairwise(solid) if b.text == "("} | (MOMENT_WORDS & set(made.words))
    out: list[str] = []
    at = 0
    while at < len(pieces):
        at = _translate(pieces, at, out, made)
    made.sqlite = _whole("".join(out), made.verb)
    return made


def _translate(pieces: list[Token], at: int, out: list[str], made: Statement) -> int:
    """Write one piece for SQLite, or a cast with what it is applied to; where the next begins."""
    token = pieces[at]
    if token.kind == "parameter":
        number = int(token.text[1:])
        made.parameters = max(made.parameters, number)
        out.append(f"?{number}")
    elif token == ("sign", "::"):
        return _cast(pieces, at + 1, out, made)
    elif token.kind == "text":
        out.append(_quoted(token.text))
    elif token.word == "ilike":
        out.append("REGEXP")
    elif token.word in MOMENT_WORDS:
        out.append(f"{token.word}_()")
        return _past_brackets(pieces, at + 1)
    else:
        out.append(token.text)
    return at + 1


def _quoted(text: str) -> str:
    """A text as SQLite quotes it: without the backslashes of E'' and the tags of $$."""
    if text.startswith("$"):
        tag = text[: text.index("$", 1) + 1]
        return "'" + text[len(tag) : -len(tag)].replace("'", "''") + "'"
    if text[0] in "eE":
        return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t", "'": "''"}.get(found[1], found[1]), text[1:])
    return text


def _past_brackets(pieces: list[Token], at: int) -> int:
    """Beyond the brackets that may follow `current_date`."""
    return at + 2 if [token.text for token in pieces[at : at + 2]] == ["(", ")"] else at


def _cast(pieces: list[Token], at: int, out: list[str], made: Statement) -> int:
    """Wrap the last operand that was written into a cast to the type whose name begins here."""
    name, at = _type_name(pieces, at)
    start = _operand(out)
    operand = "".join(out[start:]).strip()
    oid = types.oid_of(name)
    if re.fullmatch(r"\?\d+", operand):
        made.casts.setdefault(int(operand[1:]), oid)
    out[start:] = [f"pg_cast({operand}, {oid})"]
    return at


def _type_name(pieces: list[Token], at: int) -> tuple[str, int]:
    while at < len(pieces) and pieces[at].kind == "space":
        at += 1
    name = pieces[at].text if at < len(pieces) else ""
    at += 1
    while at + 1 < len(pieces) and name.split()[0].lower() in _TYPE_WORDS and pieces[at].kind == "space":
        if pieces[at + 1].word not in ("precision", "varying", "with", "without", "time", "zone"):
            break
        name, at = f"{name} {pieces[at + 1].text}", at + 2
    if at < len(pieces) and pieces[at].text == "(":
        while at < len(pieces) and pieces[at].text != ")":
            at += 1
        at += 1
    return name, at


def _operand(out: list[str]) -> int:
    """Where the last operand begins: a value, a name with dots, or brackets with the function's name before them."""
    at = len(out) - 1
    while at > 0 and not out[at].strip():
        at -= 1
    if at >= 0 and out[at] == ")":
        depth = 0
        while at >= 0:
            depth += (out[at] == ")") - (out[at] == "(")
            if depth == 0:
                break
            at -= 1
        at = at - 1 if at > 0 and re.fullmatch(r"\w+", out[at - 1]) else at
    while at >= 2 and out[at - 1] == ".":
        at -= 2
    return max(at, 0)


def _whole(sql: str, verb: str) -> str:
    """What is easier said of a whole statement than of its pieces."""
    if verb in ("create", "alter"):
        sql = _IDENTITY.sub("serial", sql)
        sql = _SERIAL.sub(lambda found: f"INTEGER{' PRIMARY KEY AUTOINCREMENT' if found[1] else ''}", sql)
        return _DEFAULT.sub(r"DEFAULT (\1)", sql)
    if verb == "table":
        return re.sub(r"^\s*table\s", "SELECT * FROM ", sql, flags=re.I)
    if verb == "truncate":
        return re.sub(r"^\s*truncate\s+(?:table\s+)?", "DELETE FROM ", sql, flags=re.I)
    sql = _SERIES.sub(
        lambda f: f"(SELECT generate_series AS {f[3] or f[2]} FROM generate_series({f[1]})) AS {f[2]}", sql
    )
    return _LOCKING.sub("", sql) if verb == "select" else sql
