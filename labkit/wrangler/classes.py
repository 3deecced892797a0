"""Which classes a configuration makes Durable Objects of, and with which storage.

Either by `migrations`, the history of what was created, renamed and deleted, or, since 30 June 2026, by `exports`,
which says what there is (developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.errors import ConfigError

WHERE = "https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/"


def durable_classes(raw: Mapping[str, Any]) -> dict[str, bool]:
    """Each class that a configuration declares, and whether its objects keep their data in SQLite."""
    migrations, exports = raw.get("migrations", ()), raw.get("exports", {})
    if not isinstance(exports, Mapping):
        raise ConfigError(f"'exports' holds the exported classes by name; this is {exports!r}.", where=WHERE)
    declared = {name: how for name, how in exports.items() if _is_object(name, how)}
    if migrations and declared:
        raise ConfigError("Durable Objects are declared by 'migrations' or by 'exports', not by both.", where=WHERE)
    return _by_exports(declared) if declared else _by_migrations(migrations)


def _is_object(name: str, how: Any) -> bool:
    if not isinstance(how, Mapping) or "type" not in how:
        raise ConfigError(f"'exports' says what {name!r} is: {{\"type\": \"durable-object\", ...}}, not {how!r}.",
                          where=WHERE)  # fmt: skip
    return how["type"] == "durable-object"


def _by_exports(declared: Mapping[str, Any]) -> dict[str, bool]:
    classes = {}
    for name, how in declared.items():
        if how.get("state", "created") != "created":
            continue
        if how.get("storage") not in ("sqlite", "legacy-kv"):
            raise ConfigError(f'{name!r} in \'exports\' needs "storage": "sqlite" or "legacy-kv".', where=WHERE)
        classes[name] = how["storage"] == "sqlite"
    return classes


def _by_migrations(migrations: Any) -> dict[str, bool]:
    """Go through the history, as each deployment would have."""
    classes: dict[str, bool] = {}
    for step in migrations:
        classes |= dict.fromkeys(_list(step, "new_classes", str), False)
        classes |= dict.fromkeys(_list(step, "new_sqlite_classes", str), True)
        for change in _list(step, "renamed_classes", Mapping):
            classes[change["to"]] = _taken(classes, change["from"], step["tag"])
        for name in _list(step, "deleted_classes", str):
            _taken(classes, name, step["tag"])
    return classes


def _list(step: Mapping[str, Any], key: str, kind: type) -> list[Any]:
    """What a migration lists under a key. Refuses what is no list of such."""
    found = step.get(key, [])
    whole = isinstance(found, list | tuple) and all(isinstance(each, kind) for each in found)
    if not whole or (kind is Mapping and not all({"from", "to"} <= each.keys() for each in found)):
        wanted = "the names of classes" if kind is str else '{"from": "Old", "to": "New"} for each class'
        raise ConfigError(f"{key!r} of migration {step['tag']!r} lists {wanted}; this is {found!r}.", where=WHERE)
    return list(found)


def _taken(classes: dict[str, bool], name: str, tag: str) -> bool:
    if name not in classes:
        raise ConfigError(f"Migration {tag!r} renames or deletes {name!r}, and no earlier one created it.", where=WHERE)
    return classes.pop(name)
