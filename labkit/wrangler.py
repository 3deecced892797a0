"""A wrangler configuration, read as `wrangler deploy` reads it, with one difference: a misspelt key is refused.

Wrangler warns about keys it does not know and goes on, so that a typing mistake shows only in production.
The names are those of wrangler's configuration schema (developers.cloudflare.com/workers/wrangler/configuration/,
read 2026-11-23). What the lab cannot emulate yet is refused too, by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from labkit.errors import ConfigError, NotEmulated

_CRON = re.compile(r"\s*[\w*,/#?-]+(\s+[\w*,/#?-]+){4}\s*")
WHERE = "https://developers.cloudflare.com/workers/wrangler/configuration/"

INERT = frozenset(
    "$schema account_id alias base_dir build compatibility_date compatibility_flags compliance_region define dev "
    "env find_additional_modules first_party_worker jsx_factory jsx_fragment keep_vars logpush minify name main "
    "no_bundle observability placement preserve_file_names preview_urls python_modules route routes rules "
    "send_metrics site tsconfig upload_source_maps workers_dev".split()
)
"""Keys that a deployment needs and a lab has no use for."""

BUILT: dict[str, frozenset[str]] = {
    "kv_namespaces": frozenset("binding id preview_id remote".split()),
    "services": frozenset("binding service entrypoint environment props remote".split()),
    "triggers": frozenset({"crons"}),
    "limits": frozenset({"cpu_ms", "subrequests"}),
    "vars": frozenset(),
}
"""Keys that the lab acts on, each with the keys of its entries; `vars` may hold any name."""

_BINDING = {"binding": "the name it gets on env"}
NEEDED = {"kv_namespaces": _BINDING, "services": _BINDING | {"service": "the name of the other Worker"}}
"""What each entry of a list must say, and why."""

NOT_BUILT = frozenset(
    "ai analytics_engine_datasets assets browser containers d1_databases dispatch_namespaces durable_objects exports "
    "flagship hyperdrive images migrations mtls_certificates pipelines queues r2_buckets ratelimits "
    "secrets_store_secrets send_email tail_consumers streaming_tail_consumers unsafe vectorize version_metadata "
    "vpc_services workflows worker_loaders".split()
)
"""Keys of primitives that have no emulator yet."""


@dataclass(frozen=True)
class Config:
    """What the lab needs of a configuration: each list holds the entries as they were given."""

    name: str = "worker"
    main: str | None = None
    vars: Mapping[str, Any] = field(default_factory=dict)
    kv_namespaces: tuple[Mapping[str, Any], ...] = ()
    services: tuple[Mapping[str, Any], ...] = ()
    crons: tuple[str, ...] = ()
    cpu_ms: float | None = None
    subrequests: int | None = None


def read(source: Any) -> Config:
    """A `Config` from a dict, the text of a wrangler.jsonc, or its path. Refuses what wrangler would ignore."""
    raw = _load(source)
    for key in raw:
        _check_key(key)
    for key in ("kv_namespaces", "services"):
        _check_entries(key, raw.get(key, []))
    for key in ("triggers", "limits"):
        _check_names(key, raw.get(key, {}))
    _check_values(raw)
    limits = raw.get("limits", {})
    return Config(
        name=raw.get("name", "worker"),
        main=raw.get("main"),
        vars=mapping("vars", raw.get("vars")),
        kv_namespaces=tuple(raw.get("kv_namespaces", ())),
        services=tuple(raw.get("services", ())),
        crons=tuple(raw.get("triggers", {}).get("crons", ())),
        cpu_ms=limits.get("cpu_ms"),
        subrequests=limits.get("subrequests"),
    )


def bound_once(config: Config, secrets: Mapping[str, str]) -> None:
    """Refuse a name that two bindings would have on env."""
    kinds: dict[str, str] = {}
    bound = [("vars", config.vars), ("secrets", secrets)]
    bound += [(key, (entry["binding"],)) for key in NEEDED for entry in getattr(config, key)]
    for kind, names in bound:
        for name in names:
            if name in kinds:
                raise ConfigError(f"{name!r} is bound twice, in {kinds[name]} and in {kind}: env has one of a name.")
            kinds[name] = kind


def check_cron(cron: str) -> None:
    """Refuse what has not the five fields of a cron expression; what stands in them is not checked."""
    if not _CRON.fullmatch(cron):
        raise ConfigError(f'{cron!r} is no cron expression: five fields, such as "*/5 * * * *".', where=WHERE)


def mapping(name: str, given: Any) -> dict[str, Any]:
    """What was given under a name, as names and values; nothing where nothing was given."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise ConfigError(f"{name!r} holds names and their values; this is {given!r}.", where=WHERE)
    return dict(given)


def strip_comments(text: str) -> str:
    """JSONC as plain JSON: comments and trailing commas gone, strings untouched."""
    parts = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
    plain = parts.sub(lambda match: match[1] or " ", text)
    trailing = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
    return trailing.sub(lambda match: match[1] or "", plain)


def _load(source: Any) -> dict[str, Any]:
    if source is None:
        return {}
    if isinstance(source, Mapping):
        return mapping("wrangler", source)
    if not isinstance(source, str | Path):
        raise ConfigError(f"A wrangler configuration is a dict, JSONC text or a path, not {source!r}.", where=WHERE)
    text = str(source)
    if isinstance(source, Path) or not text.lstrip().startswith(("{", "//", "/*")):
        path = Path(text)
        if not path.is_file():
            raise ConfigError(f"There is no wrangler configuration at {text!r}.", where=WHERE)
        text = path.read_text(encoding="utf-8")
    try:
        return json.loads(strip_comments(text))
    except json.JSONDecodeError as error:
        raise ConfigError(f"The wrangler configuration is not JSON: {error}.", where=WHERE) from None


def _check_key(key: str) -> None:
    if key in BUILT or key in INERT:
        return
    if key in NOT_BUILT:
        raise NotEmulated(f"The configuration has {key!r}, which this workbook does not emulate yet.", where=WHERE)
    raise ConfigError(_unknown(key, "the configuration", [*BUILT, *INERT, *NOT_BUILT]), where=WHERE)


def _check_entries(key: str, entries: Any) -> None:
    if not isinstance(entries, list | tuple):
        raise ConfigError(f"{key!r} holds a list of bindings; this is a {type(entries).__name__}.", where=WHERE)
    for entry in entries:
        _check_names(key, entry)
        for name, meaning in NEEDED[key].items():
            if not (isinstance(entry.get(name), str) and entry[name]):
                raise ConfigError(f'An entry of {key!r} has no "{name}", {meaning}: {entry}.', where=WHERE)


def _check_values(raw: Mapping[str, Any]) -> None:
    """The types of what the lab reads itself."""
    for key in ("name", "main"):
        if key in raw and not (isinstance(raw[key], str) and raw[key]):
            raise ConfigError(f"{key!r} is a text; this is {raw[key]!r}.", where=WHERE)
    crons = raw.get("triggers", {}).get("crons", [])
    if not isinstance(crons, list | tuple) or not all(isinstance(cron, str) for cron in crons):
        raise ConfigError(f"'crons' holds a list of cron expressions; this is {crons!r}.", where=WHERE)
    for cron in crons:
        check_cron(cron)
    for name, limit in raw.get("limits", {}).items():
        if not isinstance(limit, int | float) or isinstance(limit, bool) or not limit > 0:
            raise ConfigError(f"{name!r} in 'limits' is a number above 0; this is {limit!r}.", where=WHERE)


def _check_names(key: str, entry: Any) -> None:
    if not isinstance(entry, Mapping):
        raise ConfigError(f"An entry of {key!r} should be an object; this is {entry!r}.", where=WHERE)
    for name in entry:
        if name not in BUILT[key]:
            raise ConfigError(_unknown(name, repr(key), BUILT[key]), where=WHERE)


def _unknown(name: str, place: str, known: Any) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else f" It knows: {', '.join(sorted(known))}."
    return f"{name!r} in {place} is not a key that wrangler knows.{hint}"
