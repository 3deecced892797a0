"""`_redirects`: addresses that send a visitor on, or answer with what lies at another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from labkit import facts
from labkit.emulators.assets.patterns import IS_DYNAMIC, compiled, has_host, replaced, rule_url
from labkit.emulators.assets.rule_lines import Invalid, lines
from labkit.workers.js.url_parsing import Url

STATUSES = (200, 301, 302, 303, 307, 308)
_TO_INDEX = re.compile(r"/index(?:.html)?$").search


@dataclass(frozen=True, slots=True)
class Redirect:
    """One rule. Status 200 answers with what lies at the target, without telling the visitor."""

    origin: str
    to: str
    status: int
    line: int


class Redirects:
    """The rules of a file; `invalid` are the lines that it does not use."""

    def __init__(self, text: str = "", html_handling: str = "auto-trailing-slash"):
        self.invalid: list[Invalid] = []
        self.static: dict[str, Redirect] = {}
        dynamic: dict[str, Redirect] = {}
        for rule in list(self._read(text, html_handling)):
            rules = dynamic if dynamic or IS_DYNAMIC(rule.origin) else self.static
            rules[rule.origin] = rule
        self.dynamic = [(pattern, rule) for rule in dynamic.values() if (pattern := compiled(rule.origin))]

    def find(self, url: str) -> tuple[int, str] | None:
        """The status and the target for a URL. A static rule comes before any with splats or placeholders."""
        parts = urlsplit(url)
        if rule := self.static.get(parts.path):
            return rule.status, rule.to
        for pattern, rule in self.dynamic:
            taken = pattern.match(url)
            if taken is not None:
                target = replaced(rule.to, taken).strip()
                return rule.status, target if re.match(r"\w+://", target) else re.sub("/+", "/", target)
        return None

    def _read(self, text: str, html_handling: str) -> Iterator[Redirect]:
        counts, seen, length = Counts(), set[str](), text.count("\n") + 1
        for number, line in lines(text, facts.value("assets.redirect_line"), self.invalid):
            tokens = re.sub(r"\s+#.*$", "", line).split()
            origin, wrong = _origin(tokens)
            if not wrong and (full := counts.take(origin, length - number + 1)):
                self.invalid.append(Invalid(full))
                if counts.is_over:
                    return
                continue
            rule = wrong or _rule(origin, tokens, number, html_handling, seen)
            if isinstance(rule, Redirect):
                yield rule
            else:
                self.invalid.append(Invalid(rule, line, number))


class Counts:
    """How many rules of each kind were read. From the first dynamic one on, all count as dynamic."""

    def __init__(self) -> None:
        self.static = self.dynamic = 0
        self.most_static = facts.value("assets.static_redirects")
        self.most_dynamic = facts.value("assets.dynamic_redirects")

    @property
    def is_over(self) -> bool:
        return self.dynamic > self.most_dynamic

    def take(self, origin: str, left: int) -> str | None:
        """Count a rule; what wrangler says where it is one too many, with the number of lines that are left."""
        if self.dynamic or IS_DYNAMIC(origin):
            self.dynamic += 1
            most, over = f"dynamic rules supported is {self.most_dynamic}", self.is_over
            skipped = f"Skipping remaining {left} lines of file."
        else:
            self.static += 1
            most, over = f"static rules supported is {self.most_static}", self.static > self.most_static
            skipped = "Skipping line."
        return f"Maximum number of {most}. {skipped}" if over else None


def _origin(tokens: list[str]) -> tuple[str, str | None]:
    if len(tokens) not in (2, 3):
        return "", f"Expected exactly 2 or 3 whitespace-separated tokens. Got {len(tokens)}."
    return rule_url(tokens[0], relative_only=True)


def _rule(origin: str, tokens: list[str], number: int, html_handling: str, seen: set[str]) -> Redirect | str:
    """The rule of a line, or what is wrong with it, in wrangler's words."""
    to, wrong = rule_url(tokens[1], tail=True)
    if wrong:
        return wrong
    said = tokens[2] if len(tokens) == 3 else "302"
    status = _number(said)
    if status not in STATUSES:
        return f"Valid status codes are 200, 301, 302 (default), 303, 307, or 308. Got {said}."
    if _loops(origin, to, html_handling):
        return (
            "Infinite loop detected in this rule and has been ignored. This will cause a redirect to strip `.html` or "
            "`/index` and end up triggering this rule again. Please fix or remove this rule to silence this warning."
        )
    if origin in seen:
        return f"Ignoring duplicate rule for path {origin}."
    seen.add(origin)
    if status == 200 and has_host(to):
        return f"Proxy (200) redirects can only point to relative paths. Got {to}"
    return Redirect(origin, to, status, number)


def _number(text: str) -> int | None:
    """A status as JavaScript reads it: "301.0" is one too."""
    found = re.fullmatch(r"(\d+)(?:\.0*)?", text, re.ASCII)
    return int(found[1]) if found else None


def _loops(origin: str, to: str, html_handling: str) -> bool:
    """Whether the target's own address would be under the rule again, once `/index` has been cut off it."""
    if has_host(to) or not _TO_INDEX(to):
        return False
    return origin.endswith("/*") or (origin.endswith("/") and html_handling != "none")


def location(url: str, target: Url) -> str:
    """Where a redirect's Location points. The visitor's query goes along unless the target has its own."""
    here = urlsplit(url)
    query = f"?{target.query}" if target.query else f"?{here.query}" if here.query else ""
    tail = query + (f"#{target.fragment}" if target.fragment else "")
    if (target.scheme, target.netloc) == (here.scheme, here.netloc):
        return target.path + tail
    target.query = target.fragment = None
    return f"{target}{tail}"
