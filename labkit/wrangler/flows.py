"""What the entries of `workflows` may say beside their names: limits, schedules, how long instances are kept.

A schedule's expression is checked where its clock is built, a limit against the plan where the engine is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.errors import ConfigError

WHERE = "https://developers.cloudflare.com/workers/wrangler/configuration/#workflows"
_NUMBERS = {"limits": "steps", "concurrency": "limit"}
_RETENTION = frozenset({"success_retention", "error_retention"})


def check_workflows(entries: Any) -> None:
    """Refuse entries that would be read wrongly, and two of one name that are not one Workflow."""
    classes: dict[str, tuple[Any, Any]] = {}
    for entry in entries:
        for key, name in _NUMBERS.items():
            _check_number(key, name, entry.get(key, {}))
        _check_retention(entry.get("default_retention", {}))
        _check_schedules(entry.get("schedules", ()))
        runs = entry["class_name"], entry.get("script_name")
        if classes.setdefault(entry["name"], runs) != runs:
            raise ConfigError(f"Two Workflows are called {entry['name']!r}: one runs {classes[entry['name']][0]!r}, "
                              f"the other {runs[0]!r}.", where=WHERE)  # fmt: skip


def _check_number(key: str, name: str, given: Any) -> None:
    if not isinstance(given, Mapping) or given.keys() - {name}:
        raise ConfigError(f'{key!r} of a Workflow is {{"{name}": 100}}; this is {given!r}.', where=WHERE)
    number = given.get(name, 1)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ConfigError(f"{name!r} in {key!r} is a whole number from 1; this is {number!r}.", where=WHERE)


def _check_retention(given: Any) -> None:
    if not isinstance(given, Mapping) or given.keys() - _RETENTION:
        raise ConfigError("'default_retention' of a Workflow may hold \"success_retention\" and \"error_retention\"; "
                          f"this is {given!r}.", where=WHERE)  # fmt: skip


def _check_schedules(given: Any) -> None:
    crons = [given] if isinstance(given, str) else given
    if not isinstance(crons, list | tuple) or not all(isinstance(cron, str) for cron in crons):
        raise ConfigError(f"'schedules' holds cron expressions; this is {given!r}.", where=WHERE)
