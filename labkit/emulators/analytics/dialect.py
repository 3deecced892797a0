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

from labkit.emulators.analytics.tokens import WHERE, Token, closing, depth, literal, opens, tokens_of, within
from labkit.errors import NotEmulated, PlatformError

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

_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
FORMATS = {name.lower(): name for name in ("JSON", "JSONEachRow", "TabSeparated")}
CLAUSES = ("where", "group", "having", "order", "limit", "offset")
"""What may follow the table of a query."""
VALUES = ("end", "null", "true", "false")
"""Keywords that an expression may end with."""


@dataclass(frozen=True)
class Query:
    """A query in DuckDB's SQL, None for SHOW TABLES, and the format that its answer is wanted in."""

    sql: str | None
    format: str = "JSON"


def translated(query: str, table: str, now: datetime) -> Query:
    """The query in DuckDB's words. Refuses what the platform would not answer, and what the lab cannot."""
    if not isinstance(query, str):
        raise PlatformError(f"A query is text, not {type(query).__name__}.", where=WHERE)
    found = _FORMAT.search(query)
    wanted = FORMATS.get(found[1].lower()) if found else "JSON"
    if wanted is None:
        raise PlatformError(f"FORMAT {found[1]}: it is {', '.join(FORMATS.values())}.", where=WHERE)  # type: ignore[index]
    tokens = tokens_of(query[: found.start()] if found else query)
    if len(tokens) == 2 and tokens[0].is_word("show") and tokens[1].is_word("tables"):
        return Query(None, wanted)
    if not tokens or not tokens[0].is_word("select"):
        raise PlatformError("The SQL API answers SELECT and SHOW TABLES.", where=WHERE)
    return Query(_written(_named(tokens, query), table, now), wanted)


def _named(tokens: list[Token], query: str) -> list[Token]:
    """The tokens of a query, each column that has no name called by its own text, as ClickHouse does."""
    end = next((at for at, token in enumerate(tokens) if token.is_word("from") and not depth(tokens[:at])), len(tokens))
    named, item = tokens[:1], []
    for token in [*tokens[1:end], Token("sign", ",", tokens[end].start if end < len(tokens) else len(query))]:
        if token.text == "," and not depth(item):
            named += [*item, *_name(item, query[item[0].start : token.start].strip() if item else ""), token]
            item = []
        else:
            item.append(token)
    return [*named[:-1], *tokens[end:]]


def _name(item: list[Token], text: str) -> list[Token]:
    """The tokens that name a column, none where it is a plain one or has a name."""
    has_name = any(token.is_word("as") and not depth(item[:at]) for at, token in enumerate(item))
    if len(item) < 2 or has_name or _is_name(item[-1]) and _ends_value(item[-2]):
        return []
    return [Token("word", "AS", 0), Token("quoted", '"' + text.replace('"', "") + '"', 0)]


def _is_name(token: Token) -> bool:
    return token.kind == "quoted" or (token.kind == "word" and not token.is_word(*KEYWORDS))


def _ends_value(token: Token) -> bool:
    return _is_name(token) or token.kind in ("text", "number") or token.text == ")" or token.is_word(*VALUES)


def _written(tokens: Sequence[Token], table: str, now: datetime) -> str:
    """Tokens in DuckDB's words; what stands in parentheses is written by itself."""
    words, at = [], 0
    while at < len(tokens):
        token = tokens[at]
        if _is_name(token) and opens(tokens, at + 1):
            text, at = _call(tokens, at, table, now)
        elif token.text == "(":
            close = closing(tokens, at)
            text, at = f"({_written(tokens[at + 1 : close], table, now)})", close + 1
        elif token.is_word("from"):
            text, at = _source(tokens, at + 1, table, now)
        else:
            text, at = _plain(token), at + 1
        words.append(text)
    return " ".join(words)


def _call(tokens: Sequence[Token], at: int, table: str, now: datetime) -> tuple[str, int]:
    """A function's call, and where it ends."""
    name, close = tokens[at].name.lower(), closing(tokens, at + 1)
    _check_function(tokens[at].name)
    inner = tokens[at + 2 : close]
    if name in ("now", "today"):
        return f"TIMESTAMP '{now}'" if name == "now" else f"DATE '{now.date()}'", close + 1
    if name == "extract":
        if len(inner) < 3 or not inner[1].is_word("from"):
            raise PlatformError("extract wants a part and a time: extract(HOUR FROM timestamp).", where=WHERE)
        return f"extract({_plain(inner[0])} FROM {_written(inner[2:], table, now)})", close + 1
    args = _written(inner, table, now)
    if name in PARAMETRIC and opens(tokens, close + 1):
        last = closing(tokens, close + 1)
        args, close = f"{args}, {_written(tokens[close + 2 : last], table, now)}", last
    elif name == "topk":
        args = f"10, {args}"
    commas = sum(token.text == "," and not depth(inner[:place]) for place, token in enumerate(inner))
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


def _source(tokens: Sequence[Token], at: int, table: str, now: datetime) -> tuple[str, int]:
    """What a query reads, the table or a subquery, with its alias, and where that ends. Refuses a second one."""
    end = next((place for place in range(at, len(tokens)) if tokens[place].is_word(*CLAUSES)
                and not depth(tokens[at:place])), len(tokens))  # fmt: skip
    is_inner = opens(tokens, at)
    found = tokens[at].name if at < len(tokens) else ""
    if not is_inner and found != table:
        raise PlatformError(f"There is no table {found!r}; this dataset's is {table!r}.", where=WHERE)
    after = closing(tokens, at) + 1 if is_inner else at + 1
    alias = _alias([token for token in tokens[after:end] if not token.is_word("as")]) or table
    inner = f"({_written(tokens[at + 1 : after - 1], table, now)})" if is_inner else "points"
    return f'FROM {inner} AS "{within(alias)}"', end


def _alias(tokens: Sequence[Token]) -> str:
    """What a query calls its table, empty where nothing. Refuses a second table."""
    for token in tokens:
        _plain(token)  # which refuses JOIN and the like
    if len(tokens) > 1 or not all(map(_is_name, tokens)):
        raise PlatformError("A query reads one table.", where=WHERE)
    return tokens[0].name if tokens else ""


def _plain(token: Token) -> str:
    if token.is_word(*REFUSED):
        raise PlatformError(f"The SQL API has no {token.text.upper()}: a query reads one table.", where=WHERE)
    if token.text == ";":
        raise PlatformError("The SQL API answers one query at a time.", where=WHERE)
    if token.kind == "text":
        return literal(token.text[1:-1])
    return f'"{within(token.name)}"' if token.kind == "quoted" else token.text
