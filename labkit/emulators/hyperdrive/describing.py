"""Which types the parameters and columns of a statement have, where SQLite does not say.

A parameter has the type of its cast, of the column that it is compared with or put into, or text. A column has the
type that its table declares, what its expression looks like, or the type of its first value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from labkit.emulators.hyperdrive import types
from labkit.emulators.hyperdrive.database import Column
from labkit.emulators.hyperdrive.dialect import Statement, Token, tokens

_COMPARES = frozenset("= <> != < > <= >= like ilike".split())
_RETURNS = {
    **dict.fromkeys("count length char_length lastval row_number rank".split(), types.INT8),
    **dict.fromkeys("now current_timestamp clock_timestamp statement_timestamp transaction_timestamp".split(), 1184),
    **dict.fromkeys("random round sqrt".split(), types.FLOAT8), "current_date": types.DATE,
    **dict.fromkeys("upper lower version current_setting concat string_agg current_user".split(), types.TEXT),
    "pg_backend_pid": types.INT4, "exists": types.BOOL, "gen_random_uuid": types.UUID, "pg_sleep": 2278,
}  # fmt: skip
_TABLE = re.compile(r"\b(?:from|join|into|update)\s+(?:only\s+)?([\w\"]+)", re.I)


def tables(sql: str) -> list[str]:
    """The tables that a statement names."""
    return [name.strip('"') for name in _TABLE.findall(sql)]


def parameter_types(statement: Statement, given: tuple[int, ...], columns: Mapping[str, str]) -> list[int]:
    """The type of each parameter. `columns` are the declared types of all tables that the statement names."""
    pieces = [token for token in tokens(statement.sql) if token.kind != "space"]
    known = _inserted(pieces, columns) | _compared(pieces, columns) | statement.casts
    known |= {number: oid for number, oid in enumerate(given, 1) if oid}
    return [known.get(number, types.TEXT) for number in range(1, max(statement.parameters, len(given)) + 1)]


def _compared(pieces: list[Token], columns: Mapping[str, str]) -> dict[int, int]:
    """Parameters beside a column (`id = $1`, `$1 < age`, `age in ($1, $2)`), after LIMIT, and in SET."""
    found: dict[int, int] = {}
    last, opened = "", [False]  # whether each bracket that is open is that of `in (...)`
    for at, token in enumerate(pieces):
        before = pieces[at - 1].text.lower() if at else ""
        if token.text == "(":
            opened.append(before == "in")
        elif token.text == ")" and len(opened) > 1:
            opened.pop()
        if token.kind == "parameter":
            other = next((p.text for p in pieces[at + 2 : at + 3] if pieces[at + 1].text in _COMPARES), "")
            column = last or other
            if before in ("limit", "offset"):
                found[int(token.text[1:])] = types.INT8
            elif column.strip('"').lower() in columns:
                found.setdefault(int(token.text[1:]), types.oid_of(columns[column.strip('"').lower()]))
        elif token.text.strip('"').lower() in columns:
            last = token.text
        elif token.text.lower() not in _COMPARES and token.text not in ("(", ",") and token.word not in ("in", "not"):
            last = ""
        if token.text == "," and not opened[-1]:
            last = ""
    return found


def _inserted(pieces: list[Token], columns: Mapping[str, str]) -> dict[int, int]:
    """Parameters of `insert into t (a, b) values ($1, $2), ...`."""
    if not pieces or pieces[0].word != "insert" or "values" not in {p.word for p in pieces}:
        return {}
    start = next(at for at, p in enumerate(pieces) if p.word == "values")
    opened = [at for at, p in enumerate(pieces[:start]) if p.text == "("]
    names = (
        [p.text.strip('"').lower() for p in pieces[opened[0] : start] if p.text not in "(,)"]
        if opened
        else list(columns)
    )
    found: dict[int, int] = {}
    depth = place = 0
    for token in pieces[start:]:
        depth += (token.text == "(") - (token.text == ")")
        place = 0 if depth == 0 else place + (token.text == "," and depth == 1)
        if token.kind == "parameter" and depth == 1 and place < len(names):
            found.setdefault(int(token.text[1:]), types.oid_of(columns.get(names[place])))
    return found


def columns_of(
    statement: Statement, columns: list[Column], row: tuple[Any, ...] | None, declared: Mapping[str, str]
) -> list[tuple[str, int]]:
    """The name and type of each column of a result, of which this is the first row; `declared` as for parameters."""
    wanted = _selected(statement.sql) if statement.verb in ("select", "with") else []
    wanted = wanted if len(wanted) == len(columns) else [""] * len(columns)
    found = []
    for at, ((name, kind, _, _), each) in enumerate(zip(columns, wanted, strict=True)):
        oid = types.oid_of(kind) if kind else _looks_like(each, declared) if each else None
        found.append((_name(name, each) if each and not kind else name, oid or _of_value(row[at] if row else None)))
    return found


def _of_value(value: Any) -> int:
    if isinstance(value, int):
        return types.INT4 if abs(value) < 2**31 else types.INT8
    return {float: types.FLOAT8, bytes: types.BYTEA}.get(type(value), types.TEXT)


def _name(name: str, expression: str) -> str:
    """What PostgreSQL calls the column of an expression, where SQLite calls it `name`."""
    if re.search(r"\sas\s+[\w\"]+$", expression, re.I):
        return name
    if cast := _CAST.search(expression):
        inner = _name("?column?", expression[: cast.start()])
        oid = types.oid_of(cast[1])
        return types.SHORT_NAMES.get(oid, types.NAMES.get(oid, "text")) if inner == "?column?" else inner
    if (call := _CALL.match(expression)) and not re.match(r"\d|(?:null|true|false)$", expression, re.I):
        return call[1].lower()
    if over := re.match(r"(\w+)\s*\(.*\)\s+over\b", expression, re.I | re.DOTALL):
        return over[1].lower()
    is_name = re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in ("null", "true", "false")
    return name if is_name else "?column?"


def _selected(sql: str) -> list[str]:
    """The expressions after SELECT, those of the outermost one."""
    parts, depth, begun = [""], 0, False
    for token in tokens(sql):
        depth += (token.text == "(") - (token.text == ")")
        if not begun:
            begun = depth == 0 and token.word == "select"
        elif depth == 0 and token.word in ("from", "union", "where", "limit", "order"):
            break
        elif depth == 0 and token.text == ",":
            parts.append("")
        else:
            parts[-1] += token.text
    return [part.strip() for part in parts]


def _looks_like(expression: str, declared: Mapping[str, str]) -> int | None:
    """The type that an expression says by itself: a cast at its end, a function it calls, a literal, a comparison."""
    plain = re.sub(r"\s+as\s+[\w\"]+$", "", expression, flags=re.I)
    if cast := _CAST.search(plain):
        return types.oid_of(cast[1])
    if re.fullmatch(r"true|false", plain, re.I):
        return types.BOOL
    if re.fullmatch(r"[\d\s()+*/%-]+", plain):
        return types.INT4
    if re.fullmatch(r"'[^']*'", plain):
        return types.TEXT
    if call := _CALL.match(plain):
        return _returned(call[1].lower(), call[2] or "", declared)
    if _JUDGES.search(re.sub(r"'[^']*'", "''", plain)):
        return types.BOOL
    return _widest(plain, declared) if re.search(r"[-+*/%]", plain) else None


_CAST = re.compile(r"::\s*([a-z][\w ]*)(?:\([\d, ]*\))?$", re.I)
_CALL = re.compile(r"(\w+)\s*(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\))?$")
_JUDGES = re.compile(r"\s(?:=|<>|!=|<|>|<=|>=|like|ilike|in|is|and|or)\s", re.I)


def _returned(name: str, inside: str, declared: Mapping[str, str]) -> int | None:
    widest = _widest(inside, declared)
    if name in ("sum", "avg"):
        whole = types.INT8 if name == "sum" else types.NUMERIC
        return whole if widest in types.INTEGERS else widest
    if name in ("min", "max", "coalesce", "greatest", "least", "nullif", "abs"):
        return widest
    return _RETURNS.get(name)


def _widest(expression: str, declared: Mapping[str, str]) -> int | None:
    """The type of what is computed from columns."""
    kinds = [types.oid_of(declared[t.word]) for t in tokens(expression) if t.word in declared]
    for wide in (types.FLOAT8, types.FLOAT4, types.NUMERIC):
        if wide in kinds:
            return wide
    return kinds[0] if kinds else None
