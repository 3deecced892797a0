"""What one configuration deploys: the Worker, the Workers it is bound to, and the resources on their env.

This is the only module that knows every emulator. Each is imported where a configuration asks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from labkit import program
from labkit.emulators.cache import Caches
from labkit.emulators.cron import Crons
from labkit.emulators.kv import Kv
from labkit.errors import ConfigError, LabError
from labkit.events import beginning, firing
from labkit.hosting import Host
from labkit.logs import Logs
from labkit.services import Outside, ServiceBinding
from labkit.worker import Env, Worker, no_entrypoint
from labkit.workers.rpc import python_to_rpc
from labkit.world import World
from labkit.wrangler import Config, bound_once

if TYPE_CHECKING:
    from labkit.emulators.durable_objects import DurableObjects
    from labkit.emulators.queues import Queues
    from labkit.emulators.workflows import Workflows

IDLE = """from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response("This lab has no Worker of yours.")
"""

T = TypeVar("T")


class Deployment:
    """The resources of a lab. `services` gives other Workers by name, `origins` hosts outside Cloudflare.

    `emulators` holds all that has state, under a name of its own.
    """

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
        self.emulators: dict[str, Any] = {"caches": self.caches}
        # Another Worker of the lab shares the resources and has no services of its own.
        self.services = {name: self._deploy(code, replace(config, name=name, services=())) for name, code in
                         services.items()}  # fmt: skip
        bound_once(config, self.secrets)
        for entry in config.services:
            self._check_service(entry["service"])
            self._check_entrypoint(entry["service"], entry.get("entrypoint", "Default"))
        code = main if main is not None else config.main
        self.worker = self._deploy(IDLE if code is None else code, config)
        self.kv = {entry["binding"]: self._namespace(entry) for entry in config.kv_namespaces}
        self.durable_objects = {entry["name"]: self._objects(entry) for entry in config.durable_objects}
        self.workflows = {entry["binding"]: self._workflow(entry) for entry in config.workflows}

        self.crons = self._once("crons", lambda: Crons(world, config.crons, firing(self.worker)))
        self.queues = self._queues() if config.producers or config.consumers else None

    def _queues(self) -> Queues:
        from labkit.emulators.queues import Queues

        host = Host(self.worker, "Default")
        return self._once("queues", lambda: Queues(self.world, self.config.producers, self.config.consumers, host))

    def env(self, config: Config, colo: str) -> Env:
        """The bindings as the isolate at a place gets them."""
        bindings: dict[str, Any] = {name: python_to_rpc(value) for name, value in config.vars.items()}
        bindings.update(self.secrets)
        bindings.update({name: kv.binding(colo) for name, kv in self.kv.items()})
        for entry in config.services:
            worker = self.services[entry["service"]]
            bindings[entry["binding"]] = ServiceBinding(worker, entry.get("entrypoint", "Default"), colo)
        stateful = self.durable_objects | self.workflows
        bindings.update({name: emulator.binding(colo) for name, emulator in stateful.items()})
        if self.queues:
            names = [entry["binding"] for entry in config.producers]
            bindings.update({name: self.queues.binding(name, colo) for name in names})
        return Env(bindings)

    def emulator(self, kind: str, binding: Any, bound: Mapping[str, T]) -> T:
        """What is bound to a name. Refuses a name to which nothing of this kind is bound."""
        if not isinstance(binding, str) or binding not in bound:
            raise LabError(f"No {kind} is bound to {binding!r}; there is {', '.join(bound) or 'none'}.")
        return bound[binding]

    def evict(self, colo: str | None = None) -> None:
        """Throw away the isolates at a place, or everywhere."""
        for worker in (self.worker, *self.services.values()):
            worker.evict(colo)
        for objects in set(self.durable_objects.values()):
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
        objects = set(self.durable_objects.values())
        return sum(len(each.sockets) for each in isolates) + sum(each.connections for each in objects)

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

    def _namespace(self, entry: Mapping[str, Any]) -> Kv:
        """The KV namespace of an entry; two bindings with one id are one namespace."""
        name = f"kv {entry.get('id', entry['binding'])}"
        return self._once(name, lambda: Kv(entry["binding"], self.world))

    def _objects(self, entry: Mapping[str, Any]) -> DurableObjects:
        """The Durable Objects of an entry's class. Refuses a class that no migration creates."""
        from labkit.emulators.durable_objects import DurableObjects

        cls, declared = entry["class_name"], self.config.durable_classes
        host = self._host(entry)
        if cls not in declared and "script_name" not in entry:
            raise ConfigError(
                f"Cannot create binding for class '{cls}' because it is not currently configured to implement Durable "
                f'Objects: add "migrations": [{{"tag": "v1", "new_sqlite_classes": ["{cls}"]}}].',
                where="https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/",
            )
        name = f"durable_objects {entry.get('script_name', '')}{cls}"
        return self._once(name, lambda: DurableObjects(cls, self.world, host, sqlite=declared.get(cls, True)))

    def _workflow(self, entry: Mapping[str, Any]) -> Workflows:
        """The Workflow of an entry; two bindings with one name are one Workflow."""
        from labkit.emulators.workflows import Workflows

        host = self._host(entry)
        if host.has("run") is False:
            raise ConfigError(f"The class {entry['class_name']!r} of the Workflow {entry['name']!r} has no run(): it "
                              "extends WorkflowEntrypoint and has `async def run(self, event, step)`.",
                              where="https://developers.cloudflare.com/workflows/python/")  # fmt: skip
        dated = {"compatibility_date": self.config.compatibility_date, **entry}
        workflows = self._once(f"workflows {entry['name']}", lambda: Workflows(dated, self.world, host))
        if workflows.schedules:
            begin = beginning(workflows.scheduled)
            self._once(f"schedules {entry['name']}", lambda: Crons(self.world, workflows.schedules, begin))
        return workflows

    def _once(self, name: str, make: Callable[[], T]) -> T:
        """The emulator of this name, made by whoever first asks for it."""
        if name not in self.emulators:
            self.emulators[name] = make()
        return self.emulators[name]

    def _host(self, entry: Mapping[str, Any]) -> Host:
        """Where the class of an entry runs: in this Worker, or in the one that it names."""
        script = entry.get("script_name", self.config.name)
        if script != self.config.name:
            self._check_service(script)
        worker = self.worker if script == self.config.name else self.services[script]
        classes = worker.program.classes
        if classes is not None and entry["class_name"] not in classes:
            raise ConfigError(no_entrypoint("The Worker", entry["class_name"], classes))
        return Host(worker, entry["class_name"])

    def _check_service(self, name: str) -> None:
        if name not in self.services:
            raise ConfigError(f"The configuration binds the service {name!r}, and Lab(..., services=...) has "
                              f"{', '.join(self.services) or 'none'}.")  # fmt: skip

    def _check_entrypoint(self, service: str, name: str) -> None:
        """A source's classes are known only once it runs: there the isolate's start finds out."""
        names = self.services[service].program.classes
        if names is not None and name not in names:
            raise ConfigError(no_entrypoint(f"The service {service!r}", name, names))
