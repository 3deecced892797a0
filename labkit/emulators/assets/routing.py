"""`run_worker_first`: which requests go to the Worker before any asset is looked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from labkit import facts
from labkit.emulators.assets.patterns import globbed
from labkit.errors import ConfigError

WHERE = "https://developers.cloudflare.com/workers/static-assets/routing/worker-script/"
_SHOWN = 5
"""Repeated rules that a refusal names."""


class Routing:
    """Where a URL's path goes by its pattern: "worker", "assets", or None where the usual order holds."""

    def __init__(self, run_worker_first: Any = False):
        is_list = isinstance(run_worker_first, list | tuple) and all(isinstance(each, str) for each in run_worker_first)
        if not is_list and not isinstance(run_worker_first, bool):
            raise ConfigError(
                f"assets.run_worker_first is true, false or a list of patterns; this is {run_worker_first!r}.",
                where=WHERE,
            )
        self.always = run_worker_first is True
        rules = [] if isinstance(run_worker_first, bool) else _checked(run_worker_first)
        self.by_pattern = bool(rules)
        self._assets = [globbed(rule.removeprefix("!")) for rule in rules if rule.startswith("!")]
        self._worker = [globbed(rule) for rule in rules if not rule.startswith("!")]

    def of(self, url: str) -> str | None:
        """Who is asked first. A negative pattern wins over any other, in whatever order they stand."""
        path = urlsplit(url).path
        if any(rule.fullmatch(path) for rule in self._assets):
            return "assets"
        return "worker" if self.always or any(rule.fullmatch(path) for rule in self._worker) else None


def check_alone(config: Mapping[str, Any]) -> None:
    """Refuse what assets that no Worker stands behind cannot have, in wrangler's words."""
    refusal, key = "", ""
    if config.get("binding"):
        refusal, key = "Cannot use assets with a binding in an assets-only Worker.", "the asset binding"
    elif config.get("run_worker_first"):
        refusal, key = "Cannot set run_worker_first without a Worker script.", "run_worker_first"
    if refusal:
        provide = "or provide a Worker script in your configuration file (`main`)."
        raise ConfigError(f"{refusal}\nPlease remove {key} from your configuration file, {provide}", where=WHERE)


def _checked(rules: Sequence[str]) -> Sequence[str]:
    """The rules, or their refusal in wrangler's words."""
    most = facts.value("assets.worker_first_rules")
    if not rules:
        raise ConfigError("No `run_worker_first` rules were provided; must provide at least 1 rule.", where=WHERE)
    if len(rules) > most:
        raise ConfigError(_too_many(rules, most), where=WHERE)
    negative = [rule for rule in rules if rule.startswith("!/")]
    positive = [rule for rule in rules if rule.startswith("/")]
    if negative and not positive:
        only = "Only negative `run_worker_first` rules were provided; must provide at least 1 non-negative rule"
        raise ConfigError(only, where=WHERE)
    wrong = [_misshapen(rule) for rule in rules if rule not in negative and rule not in positive]
    if wrong := [*wrong, *_useless(positive), *_useless(negative)]:
        raise ConfigError("\n".join(["Invalid routes in `run_worker_first`:", *wrong]), where=WHERE)
    return rules


def _misshapen(rule: str) -> str:
    if rule.startswith("!"):
        return f"'{rule}': negative rules must start with '!/'"
    return f"'{rule}': rules must start with '/' or '!/'"


def _useless(rules: Sequence[str]) -> list[str]:
    """What is wrong with rules of one kind: too long, said before, or covered by another."""
    most, wrong = facts.value("assets.worker_first_rule"), list[str]()
    for index, rule in enumerate(rules):
        if len(rule) > most:
            wrong.append(f"'{rule}': all rules must be less than {most} characters in length")
        if rule in rules[:index]:
            wrong.append(f"'{rule}': rule is a duplicate; rules must be unique")
        if rule.endswith("*"):
            covered = (other for other in rules if other != rule and other.startswith(rule[:-1]))
            wrong += (f"'{other}': rule '{rule}' makes it redundant" for other in covered)
    return wrong


def _too_many(rules: Sequence[str], most: int) -> str:
    said, distinct = "Too many `run_worker_first` rules were provided", list(dict.fromkeys(rules))
    again = len(rules) - len(distinct)
    if not again:
        return f"{said}; {len(rules)} rules provided exceeds max of {most}."
    repeated = [rule for rule in distinct if rules.count(rule) > 1]
    more = len(repeated) - _SHOWN
    named = [f"- {json.dumps(rule, ensure_ascii=False)}" for rule in repeated[:_SHOWN]]
    named += [f"...and {more} more duplicated {'rule' if more == 1 else 'rules'}."] if more > 0 else []
    return (
        f"{said}; {len(rules)} rules provided ({len(distinct)} distinct, {again} duplicate "
        f"{'entry' if again == 1 else 'entries'}) exceeds max of {most}. Note: duplicate entries count towards the "
        "route limit. Ensure that no duplicate rules are present in your `run_worker_first` configuration.\n\n"
        "The duplicated rules found are:\n" + "\n".join(named)
    )
