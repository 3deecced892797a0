"""The small bindings: rate limits, Secrets Store, Analytics Engine, the version's metadata, mail."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from labkit.errors import ConfigError
from labkit.wrangler import WHERE

if TYPE_CHECKING:
    from labkit.deployment import Deployment
    from labkit.emulators.analytics import AnalyticsEngine
    from labkit.emulators.email import Mail
    from labkit.emulators.placement import Placement
    from labkit.emulators.rate_limits import RateLimits
    from labkit.emulators.secrets_store import SecretsStore
    from labkit.tails import Tails


@dataclass(frozen=True)
class Named:
    """One of the bindings that an emulator gives by name."""

    emulator: Any
    name: str

    def binding(self, colo: str) -> Any:
        return self.emulator.binding(self.name, colo)


@dataclass(frozen=True)
class Constant:
    """What `env` has everywhere, a copy in each isolate: a Worker may write to its own."""

    value: Any

    def binding(self, colo: str) -> Any:
        return copy(self.value)


def rate_limits(deployment: Deployment) -> dict[str, RateLimits]:
    """Rate limits by binding; those of one namespace share its counters."""
    if not deployment.config.ratelimits:
        return {}
    from labkit.emulators.rate_limits import Counters, RateLimits

    return {entry["name"]: RateLimits(entry, deployment.world,
                                      deployment.once(f"ratelimits {entry['namespace_id']}", Counters))
            for entry in deployment.config.ratelimits}  # fmt: skip


def placement(deployment: Deployment) -> Placement | None:
    """Where the Worker's fetch handler runs, where the configuration says so and there is one."""
    config, worker = deployment.config.placement, deployment.worker
    if config is None or worker.program.has("Default", "fetch") is False:
        return None
    from labkit.emulators.placement import Placement

    hosts = {host: origin.place for host, origin in deployment.outside.origins.items()}
    return deployment.once("placement", partial(Placement, config, hosts, deployment.world))


def secrets(deployment: Deployment, values: Mapping[str, str]) -> dict[str, SecretsStore]:
    """Secrets of the account's store by binding; `values` gives them by their names in the store."""
    if unknown := values.keys() - {entry["secret_name"] for entry in deployment.config.secrets_store_secrets}:
        raise ConfigError(f"secrets_store={{{min(unknown)!r}: ...}}: nothing is bound to that secret.", where=WHERE)
    if not deployment.config.secrets_store_secrets:
        return {}
    from labkit.emulators.secrets_store import SecretsStore

    return {entry["binding"]: deployment.once(f"secrets_store {entry['store_id']} {entry['secret_name']}",
                                              partial(SecretsStore, entry, values, deployment.world))
            for entry in deployment.config.secrets_store_secrets}  # fmt: skip


def datasets(deployment: Deployment) -> dict[str, AnalyticsEngine]:
    """Analytics Engine's datasets by binding, and the API that answers SQL; two with one dataset write to the same."""
    if not deployment.config.analytics_engine_datasets:
        return {}
    from labkit.emulators.analytics import AnalyticsEngine
    from labkit.emulators.analytics.api import HOST, SqlApi

    found = {entry["binding"]: deployment.once(f"analytics {entry.get('dataset', entry['binding'])}",
                                               partial(AnalyticsEngine, entry, deployment.world))
             for entry in deployment.config.analytics_engine_datasets}  # fmt: skip
    if HOST not in deployment.outside.origins:
        deployment.hosts[HOST] = SqlApi(found.values).answer
    return found


def mail(deployment: Deployment) -> Mail | None:
    """All mail that the Worker sends and receives; None where it does neither."""
    if not deployment.config.send_email and deployment.worker.program.has("Default", "email") is False:
        return None
    from labkit.emulators.email import Mail

    return deployment.once("mail", partial(Mail, deployment.config.send_email, deployment.world))


def tails(deployment: Deployment) -> Tails | None:
    """Who is told of each invocation of the Worker; None where nobody is."""
    if not deployment.config.tail_consumers:
        return None
    from labkit.tails import Tails

    return Tails(deployment.script(entry["service"]) for entry in deployment.config.tail_consumers)


def version(deployment: Deployment) -> Any:
    """What says which version of the Worker runs; None where nothing asks for it."""
    if "binding" not in deployment.config.version_metadata:
        return None
    from labkit.emulators.version_metadata import version_metadata

    return Constant(version_metadata(deployment.world))
