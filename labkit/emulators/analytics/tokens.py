"""A query of the SQL API in tokens: words, names in quotes, literals, signs and parentheses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from labkit.errors import PlatformError

WHERE = "https://developers.cloudflare.com/analytics/analytics-engine/sql-reference/"

DEEP = 100
"""Parentheses within parentheses, beyond which no query goes."""
_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^'\\]|\\.|'')*')|(?P<quoted>"(?:[^"]|"")*"|`[^`]*`)"""
    r"""|(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<word>[A-Za-z_]\w*)|(?P<sign><=|>=|<>|!=|[-+*/%=<>(),.;])""",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\([\\'ntr0bf])|''")
_ESCAPED = dict(zip("\\'ntr0bf", "\\'\n\t\r\0\b\f", strict=True))


class Token(NamedTuple):
    """A word, a sign or a literal, and where in the query it begins."""

    kind: str
    text: str
    start: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words

    @property
    def name(self) -> str:
        """What a word or a quoted name calls."""
        if self.kind != "quoted":
            return self.text
        quote = self.text[0]
        return self.text[1:-1].replace(quote * 2, quote)


def tokens_of(query: str) -> list[Token]:
    """The tokens of a query. Refuses what is none, and parentheses that do not belong together."""
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
    _check_depth(tokens)
    return tokens


def _check_depth(tokens: Sequence[Token]) -> None:
    """Refuse parentheses that do not belong together, and more within one another than anybody means."""
    depths = list(accumulate(map(_step, tokens))) or [0]
    if depths[-1] or min(depths) < 0:
        raise PlatformError("A parenthesis of the query is never closed, or was never opened.", where=WHERE)
    if max(depths) > DEEP:
        raise PlatformError(f"The query is nested more than {DEEP} parentheses deep.", where=WHERE)


def depth(tokens: Sequence[Token]) -> int:
    """How many parentheses are open after these tokens."""
    return sum(map(_step, tokens))


def _step(token: Token) -> int:
    return (token.text == "(") - (token.text == ")")


def literal(text: str) -> str:
    """A text in DuckDB's quotes, where a backslash is a backslash."""
    plain = _ESCAPE.sub(lambda found: _ESCAPED[found[1] or "'"], text)
    return "'" + plain.replace("'", "''") + "'"


def within(name: str) -> str:
    """A name as it stands between DuckDB's double quotes."""
    return name.replace('"', '""')


def opens(tokens: Sequence[Token], at: int) -> bool:
    """Whether a parenthesis opens at a place."""
    return at < len(tokens) and tokens[at].text == "("


def closing(tokens: Sequence[Token], at: int) -> int:
    """Where the parenthesis that opens at a place is closed."""
    for place, level in enumerate(accumulate(map(_step, tokens[at:])), at):
        if not level:
            return place
    raise PlatformError("A parenthesis of the query is never closed, or was never opened.", where=WHERE)
