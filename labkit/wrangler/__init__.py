"""A wrangler configuration, read as `wrangler deploy` reads it, with one difference: a misspelt key is refused.

Wrangler warns about keys it does not know and goes on, so that a typing mistake shows only in production.
What the lab cannot emulate yet is refused too, by name (`keys`).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.emulators.cron.expression import Cron
from labkit.errors import ConfigError
from labkit.wrangler.classes import durable_classes
from labkit.wrangler.flows import check_workflows
from labkit.wrangler.keys import WHERE, check, names_on_env, part

__all__ = ["Config", "WHERE", "bound_once", "check_cron", "load", "mapping", "read", "strip_comments"]

PLAIN = (
    "kv_namespaces", "d1_databases", "r2_buckets", "hyperdrive", "vectorize", "ratelimits",
    "secrets_store_secrets", "analytics_engine_datasets", "send_email", "tail_consumers", "services", "workflows",
)  # fmt: skip
"""Lists that a `Config` has under their own names."""

Entries = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Config:
    """What the lab needs of a configuration: each list holds the entries as they were given.

    `durable_classes` says of each declared class whether it keeps its data in SQLite. `folder` is where the
    configuration's file lies, from which the folders in it are counted.
    """

    name: str = "worker"
    main: str | None = None
    vars: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = field(default=Path(), compare=False)
    kv_namespaces: Entries = ()
    d1_databases: Entries = ()
    r2_buckets: Entries = ()
    hyperdrive: Entries = ()
    vectorize: Entries = ()
    ratelimits: Entries = ()
    secrets_store_secrets: Entries = ()
    analytics_engine_datasets: Entries = ()
    send_email: Entries = ()
    tail_consumers: Entries = ()
    assets: Mapping[str, Any] | None = None
    version_metadata: Mapping[str, Any] = field(default_factory=dict)
    placement: Mapping[str, Any] | None = None
    services: Entries = ()
    durable_objects: Entries = ()
    durable_classes: Mapping[str, bool] = field(default_factory=dict)
    producers: Entries = ()
    consumers: Entries = ()
    workflows: Entries = ()
    crons: tuple[str, ...] = ()
    compatibility_date: str = ""
    compatibility_flags: tuple[str, ...] = ()
    cpu_ms: float | None = None
    subrequests: int | None = None
    bound: tuple[tuple[str, str], ...] = ()


def read(source: Any, extra: Mapping[str, Any] | None = None) -> Config:
    """A `Config` from a dict, the text of a wrangler.jsonc, or the path of such a file or a wrangler.toml.

    Refuses what wrangler would ignore. `extra` holds entries to add, as the short forms of `Lab` give them.
    """
    raw, folder = load(source)
    check(raw)
    raw = _merged(raw, extra or {})
    check(raw)
    _check_values(raw)
    limits = raw.get("limits", {})
    return Config(
        name=raw.get("name", "worker"),
        main=raw.get("main"),
        vars=mapping("vars", raw.get("vars")),
        folder=folder,
        assets=raw.get("assets"),
        version_metadata=raw.get("version_metadata", {}),
        placement=raw.get("placement"),
        **{name: tuple(part(raw, name)) for name in PLAIN},
        durable_objects=tuple(part(raw, "durable_objects.bindings")),
        durable_classes=durable_classes(raw),
        producers=tuple(part(raw, "queues.producers")),
        consumers=tuple(part(raw, "queues.consumers")),
        crons=tuple(part(raw, "triggers.crons")),
        compatibility_date=raw.get("compatibility_date", ""),
        compatibility_flags=tuple(part(raw, "compatibility_flags")),
        cpu_ms=limits.get("cpu_ms"),
        subrequests=limits.get("subrequests"),
        bound=tuple(names_on_env(raw)),
    )


def migrating(entry: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """An entry of `d1_databases`, with the folder of its migrations counted from that of the configuration."""
    return {**entry, "migrations_dir": str(folder / entry.get("migrations_dir", "migrations"))}


def bound_once(config: Config, secrets: Mapping[str, str]) -> None:
    """Refuse a name that two bindings would have on env."""
    kinds: dict[str, str] = {}
    for kind, name in [*(("vars", name) for name in config.vars), *(("secrets", name) for name in secrets),
                       *config.bound]:  # fmt: skip
        if name in kinds:
            raise ConfigError(f"{name!r} is bound twice, in {kinds[name]} and in {kind}: env has one of a name.")
        kinds[name] = kind


def check_cron(cron: str) -> None:
    """Refuse what the platform's parser of cron expressions would."""
    Cron(cron)


def mapping(name: str, given: Any) -> dict[str, Any]:
    """What was given under a name, as names and values; nothing where nothing was given.

    The refusal of what has another form shows no value: some are secrets.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        seen = f"a dict of {list(given)}" if isinstance(given, Mapping) else f"of type {type(given).__name__}"
        raise ConfigError(f"{name!r} holds names and their values; this is {seen}.", where=WHERE)
    return dict(given)


def strip_comments(text: str) -> str:
    """JSONC as plain JSON: comments and trailing commas gone, strings untouched."""
    parts = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
    plain = parts.sub(lambda match: match[1] or " ", text)
    trailing = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
    return trailing.sub(lambda match: match[1] or "", plain)


def load(source: Any) -> tuple[dict[str, Any], Path]:
    """The configuration as it stands, and the folder that it lies in."""
    if source is None:
        return {}, Path()
    if isinstance(source, Mapping):
        return mapping("wrangler", source), Path()
    if not isinstance(source, str | Path):
        raise ConfigError(f"A wrangler configuration is a dict, JSONC text or a path, not {source!r}.", where=WHERE)
    text = str(source)
    if not isinstance(source, Path) and text.lstrip().startswith(("{", "//", "/*")):
        return _parsed(text, "JSON"), Path()
    path = Path(text)
    if not path.is_file():
        raise ConfigError(f"There is no wrangler configuration at {text!r}.", where=WHERE)
    return _parsed(path.read_bytes(), "TOML" if path.suffix == ".toml" else "JSON", path.name), path.parent


def _parsed(given: str | bytes, language: str, name: str = "The wrangler configuration") -> dict[str, Any]:
    try:
        text = given if isinstance(given, str) else given.decode()
        return tomllib.loads(text) if language == "TOML" else json.loads(strip_comments(text))
    except ValueError as error:
        raise ConfigError(f"{name} is not {language}: {error}.", where=WHERE) from None


def _merged(raw: Any, extra: Any) -> Any:
    """Both configurations: lists one after the other, objects key by key."""
    if isinstance(raw, Mapping) and isinstance(extra, Mapping):
        return {**raw, **{key: _merged(raw[key], extra[key]) if key in raw else extra[key] for key in extra}}
    return [*raw, *extra] if isinstance(raw, list | tuple) and isinstance(extra, list | tuple) else extra


def _check_values(raw: Mapping[str, Any]) -> None:
    """The types of what the lab reads itself."""
    for key in ("name", "main", "compatibility_date"):
        if key in raw and not (isinstance(raw[key], str) and raw[key]):
            raise ConfigError(f"{key!r} is a text; this is {raw[key]!r}.", where=WHERE)
    crons = part(raw, "triggers.crons")
    if not isinstance(crons, list | tuple) or not all(isinstance(cron, str) for cron in crons):
        raise ConfigError(f"'crons' holds a list of cron expressions; this is {crons!r}.", where=WHERE)
    for cron in crons:
        check_cron(cron)
    check_workflows(part(raw, "workflows"))
    for name, limit in raw.get("limits", {}).items():
        if not isinstance(limit, int | float) or isinstance(limit, bool) or not limit > 0:
            raise ConfigError(f"{name!r} in 'limits' is a number above 0; this is {limit!r}.", where=WHERE)
