"""CORS rules of a bucket: which pages of other origins may read its answers.

https://developers.cloudflare.com/r2/buckets/cors/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.errors import LabError

WHERE = "https://developers.cloudflare.com/r2/buckets/cors/"
METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")
_LISTS = ("AllowedOrigins", "AllowedMethods", "AllowedHeaders", "ExposeHeaders")
_NEEDED = _LISTS[:2]
_FIELDS = {*_LISTS, "MaxAgeSeconds", "ID"}
_ORIGIN = re.compile(r"\*|https?://[^/\s]+")


@dataclass(frozen=True)
class Rule:
    """One rule; one `*` in an origin or a header stands for any characters."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None
    id: str | None = None

    def permits(self, origin: str, method: str, headers: Iterable[str] = ()) -> bool:
        has_origin = any(_fits(each, origin) for each in self.origins)
        return has_origin and method in self.methods and all(self._has(header) for header in headers)

    def _has(self, header: str) -> bool:
        return any(_fits(each.lower(), header.lower()) for each in self.headers)

    def shown_to(self, origin: str) -> dict[str, str]:
        """What a response to a page of this origin carries."""
        found = {"access-control-allow-origin": "*" if "*" in self.origins else origin, "vary": "Origin"}
        return found | ({"access-control-expose-headers": ", ".join(self.exposed)} if self.exposed else {})


class Cors:
    """The rules of one bucket."""

    def __init__(self, rules: Iterable[Rule | Mapping[str, Any]] = ()):
        if isinstance(rules, str | Mapping) or not isinstance(rules, Iterable):
            raise LabError(f"CORS rules are a list of rules, not {rules!r}.", where=WHERE)
        self.rules = tuple(rule if isinstance(rule, Rule) else rule_of(rule) for rule in rules)

    def headers(self, method: str, origin: str | None) -> dict[str, str]:
        """What a response to a page of this origin carries; nothing where no rule permits it, or nobody asks."""
        rule = self._rule(origin, method)
        return rule.shown_to(origin) if rule and origin else {}

    def preflight(self, asked: Mapping[str, str]) -> dict[str, str] | None:
        """The headers for a browser that asks, with these, before it sends; None where no rule permits it."""
        origin, method = asked.get("origin"), asked.get("access-control-request-method", "")
        wanted = [each.strip() for each in asked.get("access-control-request-headers", "").split(",") if each.strip()]
        rule = self._rule(origin, method, wanted)
        if rule is None or origin is None:
            return None
        found = rule.shown_to(origin) | {"access-control-allow-methods": ", ".join(rule.methods)}
        if wanted:
            found["access-control-allow-headers"] = ", ".join(wanted)
        if rule.max_age is not None:
            found["access-control-max-age"] = str(rule.max_age)
        return found

    def _rule(self, origin: str | None, method: str, headers: Sequence[str] = ()) -> Rule | None:
        """The first rule that permits it."""
        return next((rule for rule in self.rules if origin and rule.permits(origin, method, headers)), None)


def rule_of(data: Mapping[str, Any]) -> Rule:
    """The rule of S3's plain data. Refuses unknown fields and methods, and origins with a path."""
    if not isinstance(data, Mapping):
        raise LabError(f"A CORS rule is a mapping, not {data!r}.", where=WHERE)
    if unknown := data.keys() - _FIELDS:
        raise LabError(f"A CORS rule has no field {min(unknown)!r}; it has {', '.join(sorted(_FIELDS))}.", where=WHERE)
    for name in _LISTS:
        if not _is_list(data.get(name, ())) or (name in _NEEDED and not data.get(name)):
            raise LabError(f"{name} of a CORS rule is a list of texts.", where=WHERE)
    age = data.get("MaxAgeSeconds")
    if age is not None and (isinstance(age, bool) or not isinstance(age, int) or age < 0):
        raise LabError(f"MaxAgeSeconds of a CORS rule is a number of seconds, not {age!r}.", where=WHERE)
    if wrong := [each for each in data["AllowedMethods"] if each not in METHODS]:
        raise LabError(f"A CORS rule allows the methods {', '.join(METHODS)}, and not {wrong[0]!r}.", where=WHERE)
    if wrong := [each for each in data["AllowedOrigins"] if not _ORIGIN.fullmatch(each)]:
        raise LabError(f"{wrong[0]!r} is no origin: it is scheme://host[:port], without a path.", where=WHERE)
    origins, methods, headers, exposed = (tuple(data.get(name, ())) for name in _LISTS)
    return Rule(origins, methods, headers, exposed, age, data.get("ID"))


def _is_list(given: Any) -> bool:
    return isinstance(given, list | tuple) and all(isinstance(each, str) for each in given)


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None
