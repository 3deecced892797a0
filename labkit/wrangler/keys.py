"""Which keys a wrangler configuration may have: those that the lab acts on, those it has no use for, those to come.

The names are those of wrangler's configuration schema (wrangler 4.164, config-schema.json, read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from labkit.errors import ConfigError, NotEmulated

WHERE = "https://developers.cloudflare.com/workers/wrangler/configuration/"

INERT = frozenset(
    "$schema account_id alias base_dir build compatibility_date compatibility_flags compliance_region define dev "
    "env find_additional_modules first_party_worker jsx_factory jsx_fragment keep_vars logpush minify name main "
    "no_bundle observability preserve_file_names preview_urls python_modules route routes rules "
    "send_metrics site tsconfig upload_source_maps workers_dev".split()
)
"""Keys that a deployment needs and a lab has no use for."""

NOT_BUILT = frozenset(
    "ai browser containers dispatch_namespaces flagship images mtls_certificates pipelines streaming_tail_consumers "
    "unsafe vpc_services worker_loaders".split()
)
"""Keys of primitives that have no emulator yet."""


@dataclass(frozen=True)
class Entries:
    """A list of objects: the keys they may have, those they must have with what each means, the one that is on env."""

    keys: frozenset[str]
    needed: Mapping[str, str] = field(default_factory=dict)
    binding: str | None = None


def _entries(keys: str, binding: str | None = None, **needed: str) -> Entries:
    on_env = {binding: "the name it gets on env"} if binding else {}
    return Entries(frozenset(keys.split()), on_env | needed, binding)


_DATABASE = (
    "binding database_name database_id preview_database_id database_internal_env migrations_table migrations_dir "
    "migrations_pattern remote"
)
_MAIL = "name destination_address allowed_destination_addresses allowed_sender_addresses remote"
_WORKFLOW = "binding name class_name script_name remote limits concurrency schedules default_retention jurisdiction"
_CONSUMER = (
    "queue type max_batch_size max_batch_timeout max_retries dead_letter_queue max_concurrency visibility_timeout_ms "
    "retry_delay"
)

LISTS: dict[str, Entries] = {
    "kv_namespaces": _entries("binding id preview_id remote", "binding"),
    "d1_databases": _entries(_DATABASE, "binding"),
    "r2_buckets": _entries("binding bucket_name preview_bucket_name jurisdiction remote", "binding"),
    "hyperdrive": _entries("binding id localConnectionString", "binding"),
    "vectorize": _entries("binding index_name remote", "binding", index_name="the name that the index was created by"),
    "ratelimits": _entries("name namespace_id simple", "name", namespace_id="a number: whose counters it shares"),
    "secrets_store_secrets": _entries(
        "binding store_id secret_name", "binding", store_id="the store's id", secret_name="its name in the store"
    ),
    "analytics_engine_datasets": _entries("binding dataset", "binding"),
    "send_email": _entries(_MAIL, "name"),
    "tail_consumers": _entries("service environment", service="the Worker that is told of each invocation"),
    "services": _entries(
        "binding service entrypoint environment props remote", "binding", service="the name of the other Worker"
    ),
    "durable_objects.bindings": _entries(
        "name class_name script_name environment", "name", class_name="the class whose objects it reaches"
    ),
    "migrations": _entries(
        "tag new_classes new_sqlite_classes renamed_classes transferred_classes deleted_classes",
        tag="the name of this step",
    ),
    "queues.producers": _entries("binding queue delivery_delay remote", "binding", queue="the queue that it sends to"),
    "queues.consumers": _entries(_CONSUMER, queue="the queue that it reads"),
    "workflows": _entries(
        _WORKFLOW, "binding", name="the workflow's name", class_name="the class that extends WorkflowEntrypoint"
    ),
}
"""Lists by their path in the configuration."""

OBJECTS: dict[str, frozenset[str]] = {
    "assets": frozenset({"directory", "binding", "run_worker_first", "not_found_handling", "html_handling"}),
    "version_metadata": frozenset({"binding"}),
    "durable_objects": frozenset({"bindings", "code_update_strategy"}),
    "queues": frozenset({"producers", "consumers"}),
    "triggers": frozenset({"crons"}),
    "limits": frozenset({"cpu_ms", "subrequests"}),
    "placement": frozenset({"mode", "hint", "region", "host", "hostname"}),
}
"""Objects with keys of their own."""

WITH_BINDING = ("assets", "version_metadata")
"""Those objects of which one thing on env is made."""

OPEN = frozenset({"vars", "exports"})
"""Objects that may hold any name."""

BUILT = {path.partition(".")[0] for path in LISTS} | OBJECTS.keys() | OPEN


def check(raw: Mapping[str, Any]) -> None:
    """Refuse keys that wrangler would ignore, those of what the lab cannot emulate, and entries without their name."""
    for key in raw:
        _check_key(key)
    for key, known in OBJECTS.items():
        _check_names(key, raw.get(key, {}), known)
    for key in WITH_BINDING:
        name = raw.get(key, {}).get("binding", key)
        if not (isinstance(name, str) and name):
            raise ConfigError(f"The binding of {key!r} is a name on env; this is {name!r}.", where=WHERE)
    for path, known in LISTS.items():
        _check_entries(path, part(raw, path), known)


def part(raw: Mapping[str, Any], path: str) -> Any:
    """The list at a path such as "queues.producers"; empty where there is none."""
    *outer, last = path.split(".")
    for name in outer:
        raw = raw.get(name, {})
    return raw.get(last, ())


def names_on_env(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each binding of the configuration's lists: the list's path and the name on env."""
    for path, known in LISTS.items():
        for entry in part(raw, path) if known.binding else ():
            yield path, entry[known.binding]
    for key in WITH_BINDING:
        if isinstance(name := raw.get(key, {}).get("binding"), str):
            yield key, name


def _check_key(key: str) -> None:
    if key in BUILT or key in INERT:
        return
    if key in NOT_BUILT:
        raise NotEmulated(f"The configuration has {key!r}, which this workbook does not emulate yet.", where=WHERE)
    raise ConfigError(_unknown(key, "the configuration", [*BUILT, *INERT, *NOT_BUILT]), where=WHERE)


def _check_entries(path: str, entries: Any, known: Entries) -> None:
    if not isinstance(entries, list | tuple):
        raise ConfigError(f"{path!r} holds a list; this is a {type(entries).__name__}.", where=WHERE)
    for entry in entries:
        _check_names(path, entry, known.keys)
        for name, meaning in known.needed.items():
            if not (isinstance(entry.get(name), str) and entry[name]):
                raise ConfigError(f'An entry of {path!r} has no "{name}", {meaning}: {entry}.', where=WHERE)


def _check_names(key: str, entry: Any, known: frozenset[str]) -> None:
    if not isinstance(entry, Mapping):
        raise ConfigError(f"An entry of {key!r} should be an object; this is {entry!r}.", where=WHERE)
    for name in entry:
        if name not in known:
            raise ConfigError(_unknown(name, repr(key), known), where=WHERE)


def _unknown(name: str, place: str, known: Any) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else f" It knows: {', '.join(sorted(known))}."
    return f"{name!r} in {place} is not a key that wrangler knows.{hint}"
