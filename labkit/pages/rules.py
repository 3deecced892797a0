"""`_routes.json`: for which paths the functions are called at all; all others are the assets' own, and free."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cmp_to_key
from pathlib import Path
from typing import Any

from labkit import facts
from labkit.errors import ConfigError
from labkit.pages.table import Entry, in_order

WHERE = "https://developers.cloudflare.com/pages/functions/routing/#create-a-_routesjson-file"


def generated(entries: Sequence[Entry]) -> dict[str, Any]:
    """The rules that wrangler writes for these routes: as few as name them all, or everything if they are too many."""
    length = int(facts.value("pages.rule_characters"))
    globs = dict.fromkeys(_shortened(_glob(entry), length) for entry in reversed(entries))
    rules = [rule for rule in globs if not any(_is_below(rule, other) for other in globs)]
    if len(rules) > facts.value("pages.rules"):
        rules = ["/*"]
    return {"version": 1, "include": sorted(rules, key=cmp_to_key(_compared), reverse=True), "exclude": []}


def _glob(entry: Entry) -> str:
    glob = re.sub(r":\w+\*?.*", "*", entry.path, flags=re.ASCII)
    return f"{glob.rstrip('/')}/*" if entry.middleware and not glob.endswith("*") else glob


def _shortened(rule: str, length: int) -> str:
    """The rule, or one for everything below a folder of it that is short enough."""
    if len(rule) <= length:
        return rule
    cut = rule.rfind("/", 1, length - 1)
    return f"{rule[:cut]}/*" if cut > 0 else "/*"


def _is_below(rule: str, other: str) -> bool:
    return other.endswith("/*") and rule != other and rule.startswith(other[:-1])


def _compared(one: str, other: str) -> int:
    parts = [[part for part in rule.split("/") if part] for rule in (one, other)]
    if len(parts[0]) != len(parts[1]):
        return len(parts[1]) - len(parts[0])
    for mine, theirs in zip(*parts, strict=True):
        if ("*" in mine) != ("*" in theirs):
            return 1 if "*" in mine else -1
    return (in_order(one) > in_order(other)) - (in_order(one) < in_order(other))


def read(given: Any) -> dict[str, Any]:
    """The rules of a `_routes.json`: a mapping, or its path. Refuses what wrangler refuses, in its words."""
    is_path = isinstance(given, str | Path)
    raw = _json(Path(given)) if is_path else given
    place = str(given) if is_path else "here"
    rules = _checked(raw, place)
    return {"version": 1, "include": rules[0], "exclude": rules[1]}


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} is not JSON: {error}.", where=WHERE) from None


def _checked(raw: Any, place: str) -> tuple[list[str], list[str]]:
    include, exclude = (_list(raw, name, place) for name in ("include", "exclude"))
    most, length = int(facts.value("pages.rules")), int(facts.value("pages.rule_characters"))
    rules = [*include, *exclude]
    refusals = {
        "Routes must have at least 1 include rule, but no include rules were detected.": not include,
        f"Detected rules that are over the {most} rule limit.": len(rules) > most,
        f"Detected rules the are over the {length} character limit.": any(len(rule) > length for rule in rules),
        "All rules must start with '/'.": not all(rule.startswith("/") for rule in rules),
        "Overlapping rules found.": _overlap(include) or _overlap(exclude),
    }
    for why, is_so in refusals.items():
        if is_so:
            raise _invalid(place, why)
    return include, exclude


def _list(raw: Any, name: str, place: str) -> list[str]:
    found = raw.get(name) if isinstance(raw, Mapping) and raw.get("version") == 1 else None
    if not isinstance(found, list) or not all(isinstance(rule, str) for rule in found):
        raise _invalid(place, 'It has this form: {"version": 1, "include": [...], "exclude": [...]}.')
    return found


def _overlap(rules: list[str]) -> bool:
    return any(_is_below(rule, other) for rule in rules for other in rules)


def _invalid(place: str, why: str) -> ConfigError:
    return ConfigError(f"Invalid _routes.json file found at: {place}. {why}", where=WHERE)


def run_worker_first(rules: Mapping[str, Iterable[str]]) -> list[str]:
    """The same rules as static assets of a Worker take them, under wrangler's `assets.run_worker_first`."""
    return [*rules["include"], *(f"!{rule}" for rule in rules["exclude"])]
