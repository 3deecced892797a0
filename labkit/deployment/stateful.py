"""What runs the Worker's own classes and handlers: Durable Objects, Workflows, queues, cron triggers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from labkit.emulators.cron import Crons
from labkit.errors import ConfigError, LabError
from labkit.events import beginning
from labkit.hosting import Host
from labkit.isolate import no_entrypoint

if TYPE_CHECKING:
    from labkit.deployment import Deployment
    from labkit.emulators.durable_objects import DurableObjects
    from labkit.emulators.queues import Queues
    from labkit.emulators.workflows import Workflows


def queues(deployment: Deployment) -> Queues | None:
    """All queues of the configuration; None where it has none."""
    config = deployment.config
    if not (config.producers or config.consumers):
        return None
    from labkit.emulators.queues import Queues

    host = Host(deployment.worker, "Default")
    return deployment.once("queues", partial(Queues, deployment.world, config.producers, config.consumers, host))


def sender(deployment: Deployment, queue: str, colo: str) -> Callable[[Any], Awaitable[Any]]:
    """The `send` of a queue for what the platform itself puts there from a place. Refuses an unknown queue."""
    from labkit.emulators.queues import WorkerQueue

    if deployment.queues is None:
        raise LabError(f"No queue is called {queue!r}: the configuration has none.")
    return WorkerQueue(deployment.queues.queue(queue), colo).send


def objects(deployment: Deployment) -> dict[str, DurableObjects]:
    """Durable Objects by binding; two bindings with one class are one."""
    return {entry["name"]: _objects(deployment, entry) for entry in deployment.config.durable_objects}


def _objects(deployment: Deployment, entry: Mapping[str, Any]) -> DurableObjects:
    """The Durable Objects of an entry's class. Refuses a class that no migration creates."""
    from labkit.emulators.durable_objects import DurableObjects

    cls, declared = entry["class_name"], deployment.config.durable_classes
    host = _host(deployment, entry)
    if cls not in declared and "script_name" not in entry:
        raise ConfigError(
            f"Cannot create binding for class '{cls}' because it is not currently configured to implement Durable "
            f'Objects: add "migrations": [{{"tag": "v1", "new_sqlite_classes": ["{cls}"]}}].',
            where="https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/",
        )
    make = partial(DurableObjects, cls, deployment.world, host, sqlite=declared.get(cls, True))
    return deployment.once(f"durable_objects {entry.get('script_name', '')}{cls}", make)


def workflows(deployment: Deployment) -> dict[str, Workflows]:
    """Workflows by binding; two bindings with one name are one Workflow."""
    return {entry["binding"]: _workflow(deployment, entry) for entry in deployment.config.workflows}


def _workflow(deployment: Deployment, entry: Mapping[str, Any]) -> Workflows:
    from labkit.emulators.workflows import Workflows

    host, world = _host(deployment, entry), deployment.world
    if host.has("run") is False:
        raise ConfigError(f"The class {entry['class_name']!r} of the Workflow {entry['name']!r} has no run(): it "
                          "extends WorkflowEntrypoint and has `async def run(self, event, step)`.",
                          where="https://developers.cloudflare.com/workflows/python/")  # fmt: skip
    dated = {"compatibility_date": deployment.config.compatibility_date, **entry}
    made = deployment.once(f"workflows {entry['name']}", partial(Workflows, dated, world, host))
    if made.schedules:
        begin = beginning(made.scheduled)
        deployment.once(f"schedules {entry['name']}", partial(Crons, world, made.schedules, begin))
    return made


def _host(deployment: Deployment, entry: Mapping[str, Any]) -> Host:
    """Where the class of an entry runs: in this Worker, or in the one that it names."""
    worker = deployment.script(entry.get("script_name", deployment.config.name))
    classes = worker.program.classes
    if classes is not None and entry["class_name"] not in classes:
        raise ConfigError(no_entrypoint("The Worker", entry["class_name"], classes))
    return Host(worker, entry["class_name"])
