"""What keeps data: KV, D1, R2, Vectorize, static assets, and databases elsewhere by Hyperdrive."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from labkit.deployment import stateful
from labkit.emulators.kv import Kv
from labkit.errors import ConfigError
from labkit.wrangler import WHERE, migrating

if TYPE_CHECKING:
    from labkit.deployment import Deployment
    from labkit.emulators.assets import Assets
    from labkit.emulators.d1 import D1
    from labkit.emulators.hyperdrive import Hyperdrive
    from labkit.emulators.r2 import R2
    from labkit.emulators.vectorize import Vectorize

S3_HOST = "lab.r2.cloudflarestorage.com"
"""Where the S3 endpoint of the lab's account is, as seen from the lab's Workers; a bucket's own host is below it."""


def namespaces(deployment: Deployment) -> dict[str, Kv]:
    """KV namespaces by binding; two bindings with one id are one namespace."""
    return {
        entry["binding"]: deployment.once(
            f"kv {entry.get('id', entry['binding'])}", partial(Kv, entry["binding"], deployment.world)
        )
        for entry in deployment.config.kv_namespaces
    }


def databases(deployment: Deployment) -> dict[str, D1]:
    """D1 databases by binding; two bindings with one id are one database."""
    if not deployment.config.d1_databases:
        return {}
    from labkit.emulators.d1 import D1, Account

    account, folder = Account(deployment.world), deployment.config.folder
    return {
        entry["binding"]: deployment.once(
            f"d1 {entry.get('database_id', entry['binding'])}",
            partial(D1, migrating(entry, folder), deployment.world, account),
        )
        for entry in deployment.config.d1_databases
    }


def buckets(deployment: Deployment) -> dict[str, R2]:
    """R2 buckets by binding; two bindings with one name are one bucket. They have an S3 endpoint."""
    if not deployment.config.r2_buckets:
        return {}
    from labkit.emulators.r2 import R2
    from labkit.emulators.r2.s3 import S3

    made = {entry["binding"]: _bucket(deployment, R2, entry) for entry in deployment.config.r2_buckets}
    by_name = {bucket.name: bucket for bucket in made.values()}
    deployment.s3 = s3 = deployment.once("s3", partial(S3, by_name, deployment.world))
    s3.adopt = partial(_lend, deployment)
    for host in (S3_HOST, *(S3_HOST.replace(".r2.", f".{place}.r2.") for place in ("eu", "fedramp"))):
        deployment.hosts.update({host: s3.answer, f".{host}": s3.answer})
    return made


def _bucket(deployment: Deployment, make: Any, entry: Mapping[str, Any]) -> R2:
    name = entry.get("bucket_name", entry["binding"].lower().replace("_", "-"))
    bucket = deployment.once(f"r2 {name}", partial(make, {"bucket_name": name, **entry}, deployment.world))
    _lend(deployment, bucket)
    return bucket


def _lend(deployment: Deployment, bucket: R2) -> None:
    """Give a bucket what the lab has and every bucket needs."""
    bucket.lend(deployment.caches, deployment.hosts, lambda queue: stateful.sender(deployment, queue, bucket.home))


def indexes(deployment: Deployment, created: Mapping[str, Any]) -> dict[str, Vectorize]:
    """Vectorize's indexes by binding; `created` gives dimensions by binding, of cosine indexes, or presets."""
    if not deployment.config.vectorize:
        return {}
    from labkit.emulators.vectorize import Vectorize

    found = {entry["binding"]: deployment.once(f"vectorize {entry['index_name']}",
                                               partial(Vectorize, entry, deployment.world))
             for entry in deployment.config.vectorize}  # fmt: skip
    for binding, shape in created.items():
        if isinstance(shape, str):
            found[binding].create(preset=shape)
        else:
            found[binding].create(shape, "cosine")
    return found


def hyperdrives(deployment: Deployment, origins: Mapping[str, str]) -> dict[str, Hyperdrive]:
    """Hyperdrive configurations by binding. `origins` gives databases by binding; without one it is SQLite."""
    if unknown := origins.keys() - {entry["binding"] for entry in deployment.config.hyperdrive}:
        raise ConfigError(f"databases={{{min(unknown)!r}: ...}}: no Hyperdrive is bound to that name.", where=WHERE)
    if not deployment.config.hyperdrive:
        return {}
    from labkit.emulators.hyperdrive import Hyperdrive

    return {
        entry["binding"]: deployment.once(
            f"hyperdrive {entry.get('id', entry['binding'])}",
            partial(Hyperdrive, entry, deployment.world, origins.get(entry["binding"])),
        )
        for entry in deployment.config.hyperdrive
    }


def assets(deployment: Deployment, files: Any, *, has_worker: bool) -> Assets | None:
    """The Worker's static assets: `files` (a folder, or paths and contents), or the folder that is configured."""
    config = deployment.config.assets
    if config is None and files is None:
        return None
    from labkit.emulators.assets import Assets
    from labkit.emulators.assets.files import source_of
    from labkit.emulators.assets.routing import check_alone

    if not has_worker:
        check_alone(config or {})
    dates = {"compatibility_date": deployment.config.compatibility_date,
             "compatibility_flags": deployment.config.compatibility_flags}  # fmt: skip
    config = {**(config or {}), **dates}
    if files is None:
        if "directory" not in config:
            raise ConfigError("'assets' names no directory, and Lab(..., assets=...) gives none.", where=WHERE)
        files = source_of(config["directory"], deployment.config.folder)
    return deployment.once("assets", partial(Assets, config, files, deployment.world))
