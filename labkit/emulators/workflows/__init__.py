"""Workflows: `run()` executed from the top as often as it takes, with what its steps came to kept for good.

| | |
|---|---|
| modelled | The binding and the handle: all that Python's SDK has, in the runtime's words (parity lane, 16 cases) |
| | `step`: both forms of `do`, dependencies, memory and errors as in the SDK 1.9.5 (its source, parity lane) |
| | Replay: an execution begins at the top; recorded steps answer at once, code outside of steps runs again (docs) |
| | A step is found by kind, name and which one of that name it is; a sleep by its duration too (engine's source) |
| | A result is recorded once; its effect may happen more often: retries, lost machines, timed-out attempts that go on |
| | Retries (5, 10 s, exponential), time limits (10 min), waits (24 h), at most 365 days; NonRetryableError (docs) |
| | An attempt that a crash cut short counts, and the next one begins whatever the limit says (engine's source) |
| | Pause waits for running steps and holds up new ones; what was due is due later by its length (engine's source) |
| | A taken id, an event for what has ended: refused in production's words; createBatch leaves out taken ids (docs) |
| | Statuses as production names them: "waiting" where the local runtime says "running" (docs, Trigger Workflows) |
| | Limits: steps, result, payload, state, creations a second, instances at once and queued, retention (docs) |
| | Schedules: an instance at each time, with `event["schedule"]` (changelog, 2 June 2026) |
| | Units: a step once, sleeps and waits too (changelog, 7 July 2026); a request an instance; CPU time; stored bytes |
| simplified | A run that waits leaves memory after 10 s without a step (assumption); the engine's source names 5 min |
| | Only steps count as work: what a run awaits outside of them does not keep it in memory |
| | A run that went away resumes after 2 s (assumption), at the nearest place where its own has failed |
| | An instance lives where it was created; storing anything takes 10 ms (assumption) |
| | Retries are not billed, nor a request for a replay: neither is documented |
| | The CPU time of all steps of one execution is one budget; in production each step has its own |
| | An output is what JSON keeps of it, as the local runtime shows it |
| | The rate and the number at once are a Workflow's own here; in production an account's too |
| | The words of refusals for rate, payload, retention and 366 days are the lab's: no source has them |
| | Network off: as the local runtime: no distances, no rate, a default delay of 1 s |
| not modelled | Streams as results, rollbacks, delays as functions, `sensitive`, `subscribe`, `deleteBatch`, hints |
| | createBatch's object form, the REST API, `wrangler workflows`, new versions of a class |
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from labkit import facts
from labkit.emulators.hosting import Host
from labkit.emulators.workflows import rules
from labkit.emulators.workflows.binding import Workflow, WorkflowInstance, new_uuid
from labkit.emulators.workflows.engine import MODES, Engine
from labkit.emulators.workflows.history import History
from labkit.emulators.workflows.instance import Instance
from labkit.errors import LabError
from labkit.network.faults import Unreachable
from labkit.network.places import PLACES
from labkit.workers.context import confirmed
from labkit.world import World

__all__ = ["History", "Instance", "Workflow", "WorkflowInstance", "Workflows"]


class Workflows:
    """One Workflow and its instances: `binding(colo)` is what `env` holds at a place."""

    def __init__(self, entry: Mapping[str, Any], world: World, host: Host):
        self.entry, self.world, self.name = entry, world, entry["name"]
        self.engine = Engine(entry, world, host)
        self._created: list[float] = []

    def binding(self, colo: str) -> Workflow:
        """The Workflow as a Worker at this place has it."""
        return Workflow(self, colo)

    @property
    def schedules(self) -> tuple[str, ...]:
        """The cron expressions of the configuration: each begins an instance at its times."""
        given = self.entry.get("schedules", ())
        return (given,) if isinstance(given, str) else tuple(given)

    def scheduled(self, cron: str, time: float, colo: str) -> str:
        """Begin an instance at a place as a schedule does at this Unix time, and return its id."""
        instance = self.new_instance(self.new_id(), {}, colo, None)
        instance.schedule = {"cron": cron, "scheduledTime": int(time * 1000)}
        self.engine.add(instance)
        return instance.id

    # For lessons and tests.

    @property
    def instances(self) -> dict[str, Instance]:
        """Every instance that is kept, by its id."""
        return dict(self.engine.instances)

    def instance(self, id: str) -> Instance:
        """The instance of this id: its status, its history, what is stored of it."""
        if id not in self.engine.instances:
            raise LabError(f"No instance {id!r} of {self.name!r} is kept; there is "
                           f"{', '.join(self.engine.instances) or 'none'}.")  # fmt: skip
        return self.engine.instances[id]

    @property
    def replay(self) -> str:
        """When `run()` begins again from the top: "on wake" from a long wait, "always" after each step, or "never"."""
        return self.engine.replay

    @replay.setter
    def replay(self, mode: str) -> None:
        if mode not in MODES:
            raise LabError(f"replay is one of {', '.join(map(repr, MODES))}, not {mode!r}.")
        self.engine.replay = mode

    def crash(self, id: str) -> None:
        """The machine that runs this instance is gone. It resumes by replay, after a while."""
        self.engine.crash(self.instance(id))

    def lose(self, colo: str) -> None:
        """A place fails: its instances go on elsewhere, if there is any place left."""
        there = [instance for instance in self.engine.instances.values() if instance.colo == colo]
        for instance in there:
            instance.colo = self._nearest_alive(colo)
            self.engine.crash(instance)

    @property
    def stored_bytes(self) -> int:
        """Bytes of payloads and of what steps came to."""
        return sum(instance.size for instance in self.engine.instances.values())

    def stored_units(self) -> dict[str, float]:
        """What a month of what is stored now is billed as."""
        return {"workflows.storage_gb_mo": self.stored_bytes / 1e9} if self.stored_bytes else {}

    def snapshot(self) -> bytes:
        """Every instance as it is stored."""
        engine = self.engine
        return pickle.dumps(([each.stored() for each in engine.instances.values()], list(engine.queue), self._created))

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot; what is due in it is due again."""
        stored, queue, self._created = pickle.loads(state)
        engine = self.engine
        engine.instances = {fields["id"]: Instance(**fields) for fields in stored}
        engine.queue = {name: engine.instances[name] for name in queue}
        engine.wake_all()

    # What bindings need.

    @property
    def moment(self) -> datetime:
        """Now, as a Date has it."""
        return datetime.fromtimestamp(int(self.world.unix * 1000) / 1000, UTC)

    def new_id(self) -> str:
        return new_uuid(self.world.random.getrandbits(128))

    def new_instance(self, name: str, params: Any, colo: str, retention: Any) -> Instance:
        """An instance that has not begun."""
        size = rules.check_params(params)
        return Instance(name, params, self.moment.timestamp(), colo, self._retention(retention), size=size)

    def _retention(self, given: Any) -> tuple[float, float]:
        """Seconds after a good and after a bad end: an instance's own, the Workflow's, the plan's."""
        plan, own, default = self.world.plan, given or {}, self.entry.get("default_retention", {})
        usual, most = (facts.value(f"workflows.{name}", plan=plan) for name in ("retention_days", "retention_days_max"))
        keys = (("successRetention", "success_retention"), ("errorRetention", "error_retention"))
        found = [own.get(mine, default.get(theirs, usual * 86_400_000)) for mine, theirs in keys]
        seconds = [min(rules.retention_of(each), most * 86_400) for each in found]
        return seconds[0], seconds[1]

    def check_rate(self, count: int) -> None:
        """Refuse more instances a second than the platform begins."""
        if self.world.links is None:
            return
        limit, now = facts.value("workflows.creations_per_second_of_one"), self.world.timeline.now
        self._created = [moment for moment in self._created if moment > now - 1]
        if len(self._created) + count > limit:
            raise rules.too_many_creations(limit)
        self._created += [now] * count

    async def reach(self, colo: str, name: Any) -> Instance:
        """The instance of a name, after the way there and back."""
        await confirmed()
        instance = self.engine.instances.get(name) if isinstance(name, str) else None
        place = instance.colo if instance else colo
        try:
            await self.world.travel(colo, place)
            await self.engine.write()
            await self.world.travel(place, colo)
        except Unreachable:
            raise rules.error("Network connection lost.") from None
        if self.engine.instances.get(name) is not instance or instance is None:
            raise rules.not_found()
        return instance

    def _nearest_alive(self, colo: str) -> str:
        links, faults = self.world.links, self.world.faults
        dead = faults.snapshot()[0] if faults else ()
        others = [place for place in sorted(PLACES) if place != colo and place not in dead]
        return min(others, key=lambda place: links.rtt(colo, place), default=colo) if links else colo
