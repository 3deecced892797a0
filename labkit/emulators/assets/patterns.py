"""Paths with `*` and `:placeholders`, as `_headers`, `_redirects` and `run_worker_first` write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from urllib.parse import urlsplit

from labkit.workers.js import url_parsing
from labkit.workers.js.url_parsing import InvalidUrl

IS_DYNAMIC = re.compile(r"\*|:[A-Za-z]\w*", re.ASCII).search
"""Whether a rule has a splat or a placeholder."""

_WITH_HOST = re.compile(r"https:///*([^/]+)/?(.*)", re.DOTALL).match
_WITH_PORT = re.compile(r".*:\d+", re.ASCII).fullmatch
_PIECES = re.compile(r"\*|:[A-Za-z]\w*|.", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class Pattern:
    """What a rule stands for. `match` gives what its splat and its placeholders took."""

    expression: re.Pattern[str]
    has_host: bool

    def match(self, url: str) -> dict[str, str] | None:
        """What the placeholders took of a URL, None where it is not meant. The scheme and the port do not matter."""
        parts = urlsplit(url)
        found = self.expression.fullmatch(f"https://{parts.hostname}{parts.path}" if self.has_host else parts.path)
        return found and found.groupdict()


def compiled(rule: str) -> Pattern | None:
    """The pattern of a rule; None for one that never matches.

    Such a rule names a placeholder or the splat twice, or a placeholder whose name begins with that of an earlier one.
    """
    has_host = rule.startswith("https://")
    host_end = rule.find("/", len("https://")) if has_host else 0
    host_end = len(rule) if host_end < 0 else host_end
    pieces = list(_PIECES.finditer(rule))
    names = [piece[0] for piece in pieces if len(piece[0]) > 1]
    if any(later.startswith(earlier) for earlier, later in combinations(names, 2)):
        return None
    parts = [_expression(piece[0], piece.start() < host_end) for piece in pieces]
    try:
        return Pattern(re.compile("".join(parts)), has_host)
    except re.error:
        return None


def globbed(rule: str) -> re.Pattern[str]:
    """The expression of a rule in which only `*` is special."""
    return re.compile(".*".join(map(re.escape, rule.split("*"))))


def replaced(text: str, taken: Mapping[str, str]) -> str:
    """A text with what the placeholders took in their places."""
    for name, value in taken.items():
        text = re.sub(f":{name}", partial(_put, value), text)
    return text


def _put(value: str, found: re.Match[str]) -> str:
    """What replaces a placeholder: the value, in which JavaScript's `replaceAll` reads `$$`, `$&` and the like."""
    read = {"$": "$", "&": found[0], "`": found.string[: found.start()], "'": found.string[found.end() :]}
    return re.sub(r"\$([$&`'])", lambda sign: read[sign[1]], value)


def _expression(piece: str, in_host: bool) -> str:
    if piece == "*":
        return "(?P<splat>.*)"
    if len(piece) > 1:
        return f"(?P<{piece[1:]}>[^/{'.' if in_host else ''}]+)"
    return re.escape(piece)


def rule_url(
    token: str, *, relative_only: bool = False, ports: bool = True, tail: bool = False
) -> tuple[str, str | None]:
    """A rule's URL in its normal form, and None; or "" and what is wrong with it, in wrangler's words.

    `tail` says whether the query and the fragment are part of it.
    """
    found = _WITH_HOST(token)
    if found and relative_only:
        return "", f"Only relative URLs are allowed. Skipping absolute URL {token}."
    if found and not ports and _WITH_PORT(found[1]):
        return "", f"Specifying ports is not supported. Skipping absolute URL {token}."
    if found:
        return f"https://{found[1]}{_path(found[2], tail)}", None
    if relative_only and not token.startswith("/"):
        token = f"/{token}"
    if not token.startswith("/"):
        allowed = 'either be relative (e.g. begin with a forward-slash), or use HTTPS (e.g. begin with "https://")'
        return "", f"URLs should {allowed}."
    return _path(token, tail), None


def has_host(url: str) -> bool:
    return _WITH_HOST(url) is not None


def _path(path: str, tail: bool) -> str:
    """The path as a URL writes it: dots resolved, other characters encoded; with its query and fragment if wanted."""
    rest, query, fragment = url_parsing.split_tail(path if path.startswith("/") else f"/{path}")
    ends = [
        f"?{url_parsing.encode_query(query, False)}" if query else "",
        f"#{url_parsing.encode_fragment(fragment)}" if fragment else "",
    ]
    return url_parsing.encode_path(rest) + ("".join(ends) if tail else "")


def resolved(target: str, base: str) -> url_parsing.Url | None:
    """A redirect's target as a URL upon that of the request; None where it is none."""
    try:
        return url_parsing.parse(target, url_parsing.parse(base))
    except InvalidUrl:
        return None
