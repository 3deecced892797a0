"""`_headers`: headers that are set on, or taken off, what static assets answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from labkit import facts
from labkit.emulators.assets.patterns import compiled, replaced, rule_url
from labkit.emulators.assets.rule_lines import Invalid, lines
from labkit.workers.js.headers import Headers

_LOOKS_LIKE_A_PATH = re.compile(r"[^\s]+://|/").match
_NO_HEADERS = "No headers specified"


@dataclass
class HeaderRule:
    """What happens to the headers of answers at a path. Names to be set are in lower case."""

    path: str
    line: str
    set: dict[str, str] = field(default_factory=dict)
    unset: list[str] = field(default_factory=list)

    def add(self, name: str, value: str) -> None:
        """A header that is named twice has both values."""
        self.set[name] = f"{self.set[name]}, {value}" if name in self.set else value


class HeaderRules:
    """The rules of a file, in order; `invalid` are the lines that it does not use."""

    def __init__(self, text: str = ""):
        self.invalid: list[Invalid] = []
        self.rules: list[HeaderRule] = []
        self._read(text)
        last_of_its_path = {rule.path: rule for rule in self.rules}
        self._compiled = [(pattern, rule) for path, rule in last_of_its_path.items() if (pattern := compiled(path))]

    def apply(self, url: str, headers: Headers) -> None:
        """Change the headers of an answer at a URL: all rules that match, in order; what two set has both values."""
        ours: set[str] = set()
        for pattern, rule in self._compiled:
            taken = pattern.match(url)
            if taken is None:
                continue
            for name in rule.unset:
                headers.delete(name)
            for name, value in rule.set.items():
                (headers.append if name in ours else headers.set)(name, replaced(value, taken))
            ours |= rule.set.keys()

    def _read(self, text: str) -> None:
        most, count = facts.value("assets.header_rules"), text.count("\n") + 1
        rule: HeaderRule | None = None
        for number, line in lines(text, facts.value("assets.header_line"), self.invalid):
            if not _LOOKS_LIKE_A_PATH(line):
                self._header(rule, number, line)
                continue
            self._end(rule, number)
            if len(self.rules) == most:
                left = f"Skipping remaining {count - number + 1} lines of file."
                self.invalid.append(Invalid(f"Maximum number of rules supported is {most}. {left}"))
                return
            rule = self._begin(number, line)
        self._end(rule, None)

    def _begin(self, number: int, line: str) -> HeaderRule | None:
        path, wrong = rule_url(line, ports=False)
        if wrong:
            self.invalid.append(Invalid(wrong, line, number))
            return None
        return HeaderRule(path, line)

    def _end(self, rule: HeaderRule | None, number: int | None) -> None:
        if rule and (rule.set or rule.unset):
            self.rules.append(rule)
        elif rule:
            self.invalid.append(Invalid(_NO_HEADERS, rule.line, number))

    def _header(self, rule: HeaderRule | None, number: int, line: str) -> None:
        """Take a line such as "x-robots-tag: noindex" or "! x-powered-by"."""
        raw, colon, rest = line.partition(":")
        if not colon and rule and line.startswith("! "):
            rule.unset.append(line.removeprefix("! "))
            return
        name, value = raw.strip().lower(), rest.strip()
        if wrong := _wrong(rule, name, colon, value):
            self.invalid.append(Invalid(wrong, line, number))
        elif rule:
            rule.add(name, value)


def _wrong(rule: HeaderRule | None, name: str, colon: str, value: str) -> str | None:
    """What is wrong with a header's line, in wrangler's words."""
    if not colon and not rule:
        return "Expected a path beginning with at least one forward-slash"
    if not colon:
        return "Expected a colon-separated header pair (e.g. name: value)"
    if " " in name:
        return "Header name cannot include spaces"
    if not name:
        return "No header name specified"
    if not value:
        return "No header value specified"
    return None if rule else f"Path should come before header ({name}: {value})"
