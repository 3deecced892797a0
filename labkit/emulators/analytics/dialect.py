"""The SQL API's language, ClickHouse's as far as the platform lets one use it, in DuckDB's words.

A query is cut into tokens and parentheses; what the platform does not know is refused, functions get the names that
`queries.MACROS` and DuckDB have for them, `now()` becomes the lab's time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

from labkit.errors import NotEmulated, PlatformError

WHERE = "https://developers.cloudflare.com/analytics/analytics-engine/sql-reference/"

SAME = frozenset("count sum avg min max if round pow substring length lower upper format extract position ln".split())
"""Functions that DuckDB has under the same name."""

RENAMED = {
    "log": "ln", "argmax": "arg_max", "argmin": "arg_min", "first_value": "first", "last_value": "last",
    "lowerutf8": "lower", "tolower": "lower", "upperutf8": "upper", "toupper": "upper",
    "quantileweighted": "ae_quantileexactweighted",
}  # fmt: skip

OURS = frozenset(
    "countif sumif avgif empty startswith endswith intdiv floor ceil touint8 touint32 todatetime toyear tomonth "
    "todayofweek todayofmonth tohour tominute tosecond tounixtimestamp tostartofinterval tostartofyear tostartofmonth "
    "tostartofweek tostartofday tostartofhour tostartoffifteenminutes tostartoftenminutes tostartoffiveminutes "
    "tostartofminute toyyyymm formatdatetime quantileexactweighted topk".split()
)
"""Functions that `queries.MACROS` defines, there with ae_ before the name."""

PARAMETRIC = ("quantileexactweighted", "topk")
"""Functions with a parameter in parentheses of its own, before the arguments."""

ZONED = {"todatetime": 1, "formatdatetime": 2, "tostartofinterval": 2}
"""Functions that take a time zone after so many arguments."""

FUNCTIONS = SAME | OURS | RENAMED.keys() | {"now", "today"}
ABSENT = frozenset(
    "topkweighted bitand bitcount bithammingdistance bitnot bitor bitrotateleft bitrotateright bitshiftleft "
    "bitshiftright bittest bitxor bin hex".split()
)
"""Functions that the platform has and the lab has not."""

KEYWORDS = frozenset(
    "select from where group by having order limit offset as and or not in between like ilike asc desc interval is "
    "null true false distinct all case when then else end second minute hour day week month quarter year".split()
)
REFUSED = frozenset(
    "join union intersect except with over insert update delete create drop alter attach copy pragma set install load "
    "call export import values table describe explain".split()
)

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^'\\]|\\.|'')*')|(?P<quoted>"(?:[^"]|"")*"|`[^`]*`)"""
    r"""|(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<word>[A-Za-z_]\w*)|(?P<sign><=|>=|<>|!=|[-+*/%=<>(),.;])""",
    re.DOTALL,
)
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
FORMATS = {name.lower(): name for name in ("JSON", "JSONEachRow", "TabSeparated")}


class Token(NamedTuple):
    """A word, a sign or a literal, and where in the query it begins."""

    kind: str
    text: str
    start: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words


@dataclass(frozen=True)
class Query:
    """A query in DuckDB's SQL, None for SHOW TABLES, and the format that its answer is wanted in."""

    sql: str | None
    format: str = "JSON"


def translated(query: str, table: str, now: datetime) -> Query:
    """The query in DuckDB's words. Refuses what the platform would not answer, and what the lab cannot."""
    found = _FORMAT.search(query)
    wanted = FORMATS.get(found[1].lower()) if found else "JSON"
    if wanted is None:
        raise PlatformError(f"FORMAT {found[1]}: it is {', '.join(FORMATS.values())}.", where=WHERE)  # type: ignore[index]
    tokens = _tokens(query[: found.start()] if found else query)
    if len(tokens) == 2 and tokens[0].is_word("show") and tokens[1].is_word("tables"):
        return Query(None, wanted)
    if not tokens or not tokens[0].is_word("select"):
        raise PlatformError("The SQL API answers SELECT and SHOW TABLES.", where=WHERE)
    return Query(_written(_named(tokens, query), table, now), wanted)


def _tokens(query: str) -> list[Token]:
    tokens, at = [], 0
    while at < len(query):
        found = _TOKEN.match(query, at)
        if found is None:
            raise PlatformError(f"The query has {query[at : at + 12]!r}, which is no SQL.", where=WHERE)
        if found.lastgroup != "space":
            tokens.append(Token(found.lastgroup or "", found[0], at))
        at = found.end()
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    if _depth(tokens):
        raise PlatformError("A parenthesis of the query is never closed, or was never opened.", where=WHERE)
    return tokens


def _named(tokens: list[Token], query: str) -> list[Token]:
    """The tokens of a query, each column that has no name called by its own text, as ClickHouse does."""
    end = next(
        (at for at, token in enumerate(tokens) if token.is_word("from") and not _depth(tokens[:at])), len(tokens)
    )
    named, item = tokens[:1], []
    for token in [*tokens[1:end], Token("sign", ",", tokens[end].start if end < len(tokens) else len(query))]:
        if token.text == "," and not _depth(item):
            named += [*item, *_name(item, query[item[0].start : token.start].strip() if item else ""), token]
            item = []
        else:
            item.append(token)
    return [*named[:-1], *tokens[end:]]


def _name(item: list[Token], text: str) -> list[Token]:
    """The tokens that name a column, none where it is a plain one or has a name."""
    has_name = any(token.is_word("as") and not _depth(item[:at]) for at, token in enumerate(item))
    if len(item) < 2 or has_name:
        return []
    return [Token("word", "AS", 0), Token("quoted", '"' + text.replace('"', "") + '"', 0)]


def _depth(tokens: Sequence[Token]) -> int:
    return sum((token.text == "(") - (token.text == ")") for token in tokens)


def _written(tokens: Sequence[Token], table: str, now: datetime) -> str:
    """Tokens in DuckDB's words; what stands in parentheses is written by itself."""
    words, at = [], 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "word" and _opens(tokens, at + 1) and not token.is_word(*KEYWORDS):
            text, at = _call(tokens, at, table, now)
        elif token.text == "(":
            close = _closing(tokens, at)
            text, at = f"({_written(tokens[at + 1 : close], table, now)})", close + 1
        elif token.is_word("from") and not _opens(tokens, at + 1):
            _check_table(tokens, at + 1, table)
            text, at = "FROM points", at + 2
        else:
            text, at = _plain(token), at + 1
        words.append(text)
    return " ".join(words)


def _call(tokens: Sequence[Token], at: int, table: str, now: datetime) -> tuple[str, int]:
    """A function's call, and where it ends."""
    name, close = tokens[at].text.lower(), _closing(tokens, at + 1)
    _check_function(tokens[at].text)
    inner = tokens[at + 2 : close]
    if name in ("now", "today"):
        return f"TIMESTAMP '{now}'" if name == "now" else f"DATE '{now.date()}'", close + 1
    if name == "extract":
        return f"extract({_plain(inner[0])} FROM {_written(inner[2:], table, now)})", close + 1
    args = _written(inner, table, now)
    if name in PARAMETRIC and _opens(tokens, close + 1):
        last = _closing(tokens, close + 1)
        args, close = f"{args}, {_written(tokens[close + 2 : last], table, now)}", last
    elif name == "topk":
        args = f"10, {args}"
    commas = sum(token.text == "," and not _depth(inner[:place]) for place, token in enumerate(inner))
    if commas >= ZONED.get(name, commas + 1):
        raise NotEmulated(f"{tokens[at].text}(): the lab knows no time zone but UTC.", where=WHERE)
    return f"{f'ae_{name}' if name in OURS else RENAMED.get(name, name)}({args})", close + 1


def _check_function(name: str) -> None:
    lower = name.lower()
    if lower in FUNCTIONS:
        return
    if lower in ABSENT:
        raise NotEmulated(f"{name}() is a function of the SQL API that the lab does not have.", where=WHERE)
    near = get_close_matches(lower, FUNCTIONS, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise PlatformError(f"The SQL API has no function {name}().{hint}", where=WHERE)


def _check_table(tokens: Sequence[Token], at: int, table: str) -> None:
    """Refuse a name that no dataset has, and a second table."""
    name = tokens[at].text.strip('"`') if at < len(tokens) else ""
    if name != table:
        raise PlatformError(f"There is no table {name!r}; this dataset's is {table!r}.", where=WHERE)
    if at + 1 < len(tokens) and tokens[at + 1].text == ",":
        raise PlatformError("A query reads one table.", where=WHERE)


def _plain(token: Token) -> str:
    if token.is_word(*REFUSED):
        raise PlatformError(f"The SQL API has no {token.text.upper()}: a query reads one table.", where=WHERE)
    if token.text == ";":
        raise PlatformError("The SQL API answers one query at a time.", where=WHERE)
    return f'"{token.text[1:-1]}"' if token.text.startswith("`") else token.text


def _opens(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].text == "("


def _closing(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        depth += (tokens[place].text == "(") - (tokens[place].text == ")")
        if not depth:
            return place
    raise PlatformError("A parenthesis of the query is never closed, or was never opened.", where=WHERE)
