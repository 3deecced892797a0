"""The short forms of `Lab(...)`: a few names in place of a wrangler configuration."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from labkit.errors import ConfigError
from labkit.wrangler import mapping


def entries(
    *,
    kv: Any,
    d1: Any = (),
    r2: Any = (),
    vectorize: Any = None,
    vars: Any,
    durable_objects: Any,
    queues: Any,
    workflows: Any,
    crons: Any,
    consumes: bool,
    consumed: Collection[str] = (),
) -> dict[str, Any]:
    """The configuration that the short forms stand for.

    A queue is consumed by this Worker if that `consumes`, unless it is among those that are `consumed` already.
    """
    objects, flows = _classes("durable_objects", durable_objects), _classes("workflows", workflows)
    names = queues if isinstance(queues, Mapping) else {name: name.lower() for name in _names("queues", queues)}
    found = {
        "vars": mapping("vars", vars),
        "kv_namespaces": [{"binding": name} for name in _names("kv", kv)],
        "d1_databases": [{"binding": name} for name in _names("d1", d1)],
        "r2_buckets": [{"binding": name} for name in _names("r2", r2)],
        "vectorize": [{"binding": name, "index_name": name.lower()} for name in mapping("vectorize", vectorize)],
        "durable_objects": {"bindings": [{"name": name, "class_name": cls} for name, cls in objects.items()]},
        "migrations": [{"tag": "lab", "new_sqlite_classes": sorted(set(objects.values()))}] if objects else [],
        "queues": {
            "producers": [{"binding": name, "queue": queue} for name, queue in names.items()],
            "consumers": [{"queue": queue} for queue in sorted({*names.values()} - {*consumed})] if consumes else [],
        },
        "workflows": [{"binding": name, "name": name.lower(), "class_name": cls} for name, cls in flows.items()],
        "triggers": {"crons": _names("crons", crons)},
    }
    return {key: value for key, value in found.items() if value}


def program(main: Any, *bound: Any) -> Any:
    """`main`, with the classes that a short form names by themselves."""
    extra = {cls.__name__: cls for each in bound if isinstance(each, Mapping)
             for cls in each.values() if isinstance(cls, type)}  # fmt: skip
    if isinstance(main, list | tuple):
        return [*main, *(cls for cls in extra.values() if cls not in main)]
    return {"Default": main} | extra if extra and isinstance(main, type) else main


def _names(option: str, given: Iterable[str]) -> list[str]:
    names = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    if not all(isinstance(name, str) and name for name in names):
        what = "cron expressions" if option == "crons" else "the names that they get on env"
        raise ConfigError(f"{option}={given!r}: it holds {what}.")
    return names


def _classes(option: str, given: Any) -> dict[str, str]:
    """Names on env and the names of classes."""
    found = mapping(option, given)
    for name, cls in found.items():
        if not isinstance(cls, str | type):
            raise ConfigError(f"{option}={{{name!r}: {cls!r}}}: give the class, or its name.")
    return {name: cls if isinstance(cls, str) else cls.__name__ for name, cls in found.items()}
