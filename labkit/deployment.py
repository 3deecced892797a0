"""What one configuration deploys: the Worker, the Workers it is bound to, and the resources on their env.

This is the only module that knows every emulator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from labkit import program
from labkit.emulators.cache import Caches
from labkit.emulators.kv import Kv
from labkit.errors import ConfigError
from labkit.logs import Logs
from labkit.services import Outside, ServiceBinding
from labkit.worker import Env, Worker, no_entrypoint
from labkit.workers.rpc import python_to_rpc
from labkit.world import World
from labkit.wrangler import Config, bound_once

IDLE = """from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response("This lab has no Worker of yours.")
"""


class Deployment:
    """The resources of a lab. `services` gives other Workers by name, `origins` hosts outside Cloudflare."""

    def __init__(
        self,
        main: Any,
        config: Config,
        world: World,
        logs: Logs,
        *,
        secrets: Mapping[str, str],
        services: Mapping[str, Any],
        origins: Mapping[str, Any],
    ):
        self.config, self.world, self.logs = config, world, logs
        self.secrets = dict(secrets)
        self.outside = Outside(dict(origins), world)
        self.caches = Caches(world)
        self.kv = self._namespaces(config.kv_namespaces)
        # Another Worker of the lab shares the resources and has no services of its own.
        self.services = {name: self._deploy(code, replace(config, name=name, services=())) for name, code in
                         services.items()}  # fmt: skip
        bound_once(config, self.secrets)
        for entry in config.services:
            self._check_service(entry["service"])
            self._check_entrypoint(entry["service"], entry.get("entrypoint", "Default"))
        code = main if main is not None else config.main
        self.worker = self._deploy(IDLE if code is None else code, config)

    def env(self, config: Config, colo: str) -> Env:
        """The bindings as the isolate at a place gets them."""
        bindings: dict[str, Any] = {name: python_to_rpc(value) for name, value in config.vars.items()}
        bindings.update(self.secrets)
        bindings.update({name: kv.binding(colo) for name, kv in self.kv.items()})
        for entry in config.services:
            worker = self.services[entry["service"]]
            bindings[entry["binding"]] = ServiceBinding(worker, entry.get("entrypoint", "Default"), colo)
        return Env(bindings)

    def evict(self, colo: str | None = None) -> None:
        """Throw away the isolates at a place, or everywhere."""
        for worker in (self.worker, *self.services.values()):
            worker.evict(colo)

    def lose(self, colo: str) -> None:
        """A place fails, and with it all that runs there."""
        for worker in (self.worker, *self.services.values()):
            worker.lose(colo)

    def stored_units(self) -> dict[str, float]:
        """What lies in storage at this moment, in the units that a month of it is billed in."""
        stored = sum(kv.stored_bytes for kv in set(self.kv.values()))
        return {"kv.storage_gb_mo": stored / 1e9} if stored else {}

    def snapshot(self) -> dict[str, Any]:
        return {"kv": {name: kv.snapshot() for name, kv in self.kv.items()}, "caches": self.caches.snapshot()}

    def restore(self, state: dict[str, Any]) -> None:
        for name, kv in self.kv.items():
            kv.restore(state["kv"][name])
        self.caches.restore(state["caches"])
        self.evict()

    def _deploy(self, code: Any, config: Config) -> Worker:
        return Worker(
            program.of(code), config, self.world, self.logs,
            bind=lambda colo: self.env(config, colo), caches=self.caches.at, outbound=self.outside.fetch,
        )  # fmt: skip

    def _namespaces(self, entries: Iterable[Mapping[str, Any]]) -> dict[str, Kv]:
        """The KV namespaces by binding; two bindings with one id are one namespace."""
        by_id: dict[str, Kv] = {}
        for entry in entries:
            key = entry.get("id", entry["binding"])
            by_id.setdefault(key, Kv(entry["binding"], self.world))
        return {entry["binding"]: by_id[entry.get("id", entry["binding"])] for entry in entries}

    def _check_service(self, name: str) -> None:
        if name not in self.services:
            raise ConfigError(f"The configuration binds the service {name!r}, and Lab(..., services=...) has "
                              f"{', '.join(self.services) or 'none'}.")  # fmt: skip

    def _check_entrypoint(self, service: str, name: str) -> None:
        """A source's classes are known only once it runs: there the isolate's start finds out."""
        names = self.services[service].program.classes
        if names is not None and name not in names:
            raise ConfigError(no_entrypoint(f"The service {service!r}", name, names))
