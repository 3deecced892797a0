"""What one configuration deploys: the Worker, the Workers it is bound to, and the resources on their env.

This is the only package that knows every emulator. Each is imported where a configuration asks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from labkit import program
from labkit.deployment import small, stateful, storage
from labkit.emulators.cache import Caches
from labkit.emulators.cron import Crons
from labkit.errors import ConfigError, LabError
from labkit.events import firing
from labkit.front import Front
from labkit.isolate import Env, no_entrypoint
from labkit.logs import Logs
from labkit.services import Outside, ServiceBinding
from labkit.worker import Worker
from labkit.workers.rpc import python_to_rpc
from labkit.world import World
from labkit.wrangler import Config, bound_once

if TYPE_CHECKING:
    from labkit.emulators.durable_objects import DurableObjects
    from labkit.emulators.r2.s3 import S3

IDLE = """from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response("This lab has no Worker of yours.")
"""

T = TypeVar("T")


@dataclass(frozen=True)
class Given:
    """What a lab is given beside its configuration, each by name: see `labkit.lab.Lab`."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, Any] = field(default_factory=dict)
    secrets_store: Mapping[str, str] = field(default_factory=dict)
    databases: Mapping[str, str] = field(default_factory=dict)
    vectorize: Mapping[str, Any] = field(default_factory=dict)
    assets: Any = None


class Deployment:
    """The resources of a lab.

    `emulators` holds all that has state, under a name of its own; `bound` what is on env, by kind and by binding;
    `hosts` the hosts that the platform itself answers for.
    """

    def __init__(self, main: Any, config: Config, world: World, logs: Logs, given: Given):
        self.config, self.world, self.logs = config, world, logs
        self.secrets = dict(given.secrets)
        self.hosts: dict[str, Any] = {}
        self.outside = Outside(dict(given.origins), world, self.hosts)
        self.caches = Caches(world)
        self.emulators: dict[str, Any] = {"caches": self.caches}
        # Another Worker of the lab shares the resources and has no services of its own.
        self.services = {name: self._deploy(code, replace(config, name=name, services=())) for name, code in
                         given.services.items()}  # fmt: skip
        bound_once(config, self.secrets)
        for entry in config.services:
            self._check_service(entry["service"])
            self._check_entrypoint(entry["service"], entry.get("entrypoint", "Default"))
        code = main if main is not None else config.main
        self.worker = self._deploy(IDLE if code is None else code, config)
        self.s3: S3 | None = None
        self.assets = storage.assets(self, given.assets, has_worker=code is not None)
        self.placement = small.placement(self)
        self.front = Front(self.worker, self.hosts, self.assets, self.placement, has_worker=code is not None)
        self.mail = small.mail(self)
        self.worker.tail = small.tails(self)
        self.crons = self.once("crons", lambda: Crons(world, config.crons, firing(self.worker)))
        self.queues = stateful.queues(self)
        self.bound = self._bound(given)

    def _bound(self, given: Given) -> dict[str, dict[str, Any]]:
        """The emulators by kind and by the name on env; each has `binding(colo)`."""
        queues = {entry["binding"]: small.Named(self.queues, entry["binding"]) for entry in self.config.producers}
        mail = {entry["name"]: small.Named(self.mail, entry["name"]) for entry in self.config.send_email}
        return {
            "KV namespace": storage.namespaces(self),
            "D1 database": storage.databases(self),
            "R2 bucket": storage.buckets(self),
            "Hyperdrive": storage.hyperdrives(self, given.databases),
            "Vectorize index": storage.indexes(self, given.vectorize),
            "Durable Object class": stateful.objects(self),
            "Workflow": stateful.workflows(self),
            "queue": queues,
            "rate limit": small.rate_limits(self),
            "secret of the store": small.secrets(self, given.secrets_store),
            "dataset": small.datasets(self),
            "mail": mail,
            "static assets": self._on_env(self.config.assets, self.assets),
            "version": self._on_env(self.config.version_metadata, small.version(self)),
        }

    def _on_env(self, config: Mapping[str, Any] | None, emulator: Any) -> dict[str, Any]:
        """An emulator under the one name that its part of the configuration gives it."""
        return {config["binding"]: emulator} if config and "binding" in config else {}

    def env(self, config: Config, colo: str) -> Env:
        """The bindings as the isolate at a place gets them."""
        bindings: dict[str, Any] = {name: python_to_rpc(value) for name, value in config.vars.items()}
        bindings.update(self.secrets)
        for entry in config.services:
            worker = self.services[entry["service"]]
            bindings[entry["binding"]] = ServiceBinding(worker, entry.get("entrypoint", "Default"), colo)
        for emulators in self.bound.values():
            bindings.update({name: emulator.binding(colo) for name, emulator in emulators.items()})
        return Env(bindings)

    def emulator(self, kind: str, binding: Any) -> Any:
        """What is bound to a name. Refuses a name to which nothing of this kind is bound."""
        bound = self.bound[kind]
        if not isinstance(binding, str) or binding not in bound:
            raise LabError(f"No {kind} is bound to {binding!r}; there is {', '.join(bound) or 'none'}.")
        return bound[binding]

    def evict(self, colo: str | None = None) -> None:
        """Throw away the isolates at a place, or everywhere."""
        for worker in (self.worker, *self.services.values()):
            worker.evict(colo)
        for objects in self.objects:
            objects.evict(colo)

    def lose(self, colo: str) -> None:
        """A place fails, and with it all that runs there."""
        for part in (*self.emulators.values(), self.worker, *self.services.values()):
            if hasattr(part, "lose"):
                part.lose(colo)

    def stored_units(self) -> dict[str, float]:
        """What lies in storage at this moment, in the units that a month of it is billed in."""
        units: Counter[str] = Counter()
        for emulator in self.emulators.values():
            if hasattr(emulator, "stored_units"):
                units.update(emulator.stored_units())
        return dict(units)

    def connections(self) -> int:
        """How many WebSockets are open that a Worker or a Durable Object has accepted."""
        isolates = [each for worker in (self.worker, *self.services.values()) for each in worker.isolates.values()]
        return sum(len(each.sockets) for each in isolates) + sum(each.connections for each in self.objects)

    @property
    def objects(self) -> set[DurableObjects]:
        """The Durable Object classes."""
        return set(self.bound["Durable Object class"].values())

    def snapshot(self) -> dict[str, Any]:
        return {name: emulator.snapshot() for name, emulator in self.emulators.items()}

    def restore(self, state: dict[str, Any]) -> None:
        for worker in (self.worker, *self.services.values()):
            worker.evict()
        for name, emulator in self.emulators.items():
            emulator.restore(state[name])

    def _deploy(self, code: Any, config: Config) -> Worker:
        return Worker(
            program.of(code), config, self.world, self.logs,
            bind=lambda colo: self.env(config, colo), caches=self.caches.at, outbound=self.outside.fetch,
        )  # fmt: skip

    def once(self, name: str, make: Callable[[], T]) -> T:
        """The emulator of this name, made by whoever first asks for it."""
        if name not in self.emulators:
            self.emulators[name] = make()
        return self.emulators[name]

    def script(self, name: str) -> Worker:
        """The Worker of this name: this one, or another of the lab."""
        if name == self.config.name:
            return self.worker
        self._check_service(name)
        return self.services[name]

    def _check_service(self, name: str) -> None:
        if name not in self.services:
            raise ConfigError(f"The configuration binds the service {name!r}, and Lab(..., services=...) has "
                              f"{', '.join(self.services) or 'none'}.")  # fmt: skip

    def _check_entrypoint(self, service: str, name: str) -> None:
        """A source's classes are known only once it runs: there the isolate's start finds out."""
        names = self.services[service].program.classes
        if names is not None and name not in names:
            raise ConfigError(no_entrypoint(f"The service {service!r}", name, names))
