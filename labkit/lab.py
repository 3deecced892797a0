"""The bench: a Worker deployed to a simulated planet, and the events that reach it.

`Lab` reads a wrangler configuration, builds every binding that it declares, and dispatches events. It is the
only module that knows every emulator. A lab is an island: its own clock, dice, storage and trace.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from labkit import durations, wrangler
from labkit.billing import Bill, price
from labkit.driven import DrivenEnv
from labkit.emulators.cache import Caches
from labkit.emulators.kv import Kv
from labkit.errors import ConfigError, LabError
from labkit.invocation import watch_task
from labkit.logs import Logs, traceback_of
from labkit.network import places
from labkit.network.faults import Faults, Unreachable
from labkit.network.links import Links
from labkit.program import Program, of
from labkit.services import Outside, ServiceBinding
from labkit.timeline import Submission, Timeline
from labkit.trace import Trace
from labkit.visitor import as_client, as_request
from labkit.worker import Env, Worker
from labkit.workers import context
from labkit.workers.response import FetchResponse
from labkit.world import World

DEFAULT = object()


@dataclass(frozen=True)
class Outcome:
    """How an event without a response ended: "ok" or "exception", and the error's text."""

    outcome: str
    error: str | None = None


class Lab:
    """A Worker on the planet.

    `main` is a class that extends WorkerEntrypoint, a namespace or module of such, or the path of an entry.py.
    `config` is a wrangler configuration (a dict, JSONC text or a path); `kv` and `vars` are its short forms.
    `services` gives other Workers by name, `origins` other hosts. `start` is the date at the timeline's zero
    (ISO 8601, or Unix seconds). `network=None` switches distance, caches and rate limits off.
    """

    def __init__(
        self,
        main: Any = None,
        wrangler: Any = None,
        *,
        kv: Iterable[str] = (),
        vars: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        services: Mapping[str, Any] | None = None,
        origins: Mapping[str, Any] | None = None,
        plan: str = "paid",
        network: Any = DEFAULT,
        seed: int = 0,
        start: str | float = "2026-01-01T00:00:00Z",
        strict: bool = False,
    ):
        if plan not in ("free", "paid"):
            raise ConfigError(f'plan={plan!r}: it is "free" or "paid".')
        config = _read(wrangler, kv, vars)
        timeline = Timeline()
        timeline.task_started = watch_task
        dice = random.Random(seed)
        self.config, self.logs = config, Logs()
        self.trace = Trace(lambda: self.world.timeline.now)
        links = Links() if network is DEFAULT else network
        faults = Faults() if links is not None else None
        self.world = World(timeline, self.trace, dice, links, faults, _unix(start), plan, strict, charge=_charge)
        self.colo = dice.choice(sorted(places.PLACES))
        self._kv: dict[str, Kv] = {}
        self._caches = Caches(self.world)
        self._outside = Outside(dict(origins or {}), self.world)
        self._secrets = dict(secrets or {})
        self._visits: dict[asyncio.Task[Any], str] = {}
        self._services = {name: self._deploy(of(code), replace(config, name=name, services=())) for name, code in
                          (services or {}).items()}  # fmt: skip
        self._bind_kv(config)
        self.worker = self._deploy(of(main if main is not None else config.main or _idle_worker()), config)

    # Events.

    def fetch(
        self,
        url: Any = "/",
        *,
        method: str | None = None,
        headers: Any = None,
        body: Any = None,
        json: Any = None,
        colo: str | None = None,
        country: str | None = None,
    ) -> Submission:
        """A visitor's request; await it for the Response. It enters the network at `colo`, an IATA code.

        `url` is a path on the Worker's own host, a whole URL, or a Request. `json` is sent as a JSON body.
        """
        place = places.place(colo or self.colo).code
        request = as_request(url, self.config.name, place, country, method=method, headers=headers, body=body, json=json)
        return self.world.timeline.submit(self._visit(request, place), name=f"fetch {request.url}")

    def scheduled(self, cron: str | None = None, time: float | None = None) -> Submission:
        """Run the `scheduled` handler once, somewhere on the network; await it for the `Outcome`.

        `time` is the scheduled time in Unix seconds, now where it is left out.
        """
        crons = self.config.crons
        cron = cron or (crons[0] if crons else "* * * * *")
        if crons and cron not in crons:
            raise ConfigError(f"{cron!r} is not among this Worker's triggers: {', '.join(map(repr, crons))}.")
        when = self.world.unix if time is None else time
        return self.world.timeline.submit(self._scheduled(cron, when), name="scheduled")

    def env(self, colo: str | None = None) -> DrivenEnv:
        """The bindings as a Worker at a place has them, for use without a request: `await lab.env("LHR").KV.get(...)`.

        Each call drives the lab's time, as `lab.fetch` does.
        """
        return DrivenEnv(self._env(self.config, places.place(colo or self.colo).code), self.world)

    # Time.

    @property
    def now(self) -> float:
        """Seconds since the lab's start."""
        return self.world.timeline.now

    @property
    def date(self) -> datetime:
        """The simulated date and time, UTC."""
        return datetime.fromtimestamp(self.world.unix, UTC)

    def advance(self, duration: float | str) -> Submission:
        """Let time pass: seconds, or words such as "3 days". Everything that is due on the way happens."""
        return _Advance(self.world.timeline, durations.seconds(duration))

    def run(self, awaitable: Any) -> Any:
        """The result of an awaitable, for scripts without a running loop: `lab.run(lab.fetch("/"))`."""
        if isinstance(awaitable, _Advance):
            return self.world.timeline.advance(awaitable.seconds)
        if isinstance(awaitable, Submission):
            awaitable = awaitable.coroutine
        return self.world.timeline.run(awaitable)

    # What happened.

    def bill(self, plan: str | None = None, *, months: float = 1, scale: float = 1) -> Bill:
        """The price of everything in the trace. `scale` multiplies it: this lab's traffic as a share of a month's."""
        units = dict(self.trace.units())
        stored = sum(kv.stored_bytes for kv in self._kv.values())
        if stored:
            units["kv.storage_gb_mo"] = stored / 1e9
        return price(units, plan or self.world.plan, months=months, scale=scale)

    def kv(self, binding: str) -> Kv:
        """The emulator behind a KV binding."""
        if binding not in self._kv:
            raise LabError(f"There is no KV namespace bound to {binding!r}; there is {', '.join(self._kv) or 'none'}.")
        return self._kv[binding]

    # Faults.

    def evict(self, colo: str | None = None) -> None:
        """Throw away the isolates at a place, or everywhere: the next request starts cold."""
        for worker in (self.worker, *self._services.values()):
            worker.evict(colo and places.place(colo).code)

    def kill(self, colo: str) -> None:
        """A PoP fails: requests under way there are lost, its isolates too; new ones enter at the next nearest."""
        place = places.place(colo).code
        self._faults.kill(place)
        self.evict(place)
        for task in [task for task, where in self._visits.items() if where == place]:
            task.cancel()

    def partition(self, group: str | Iterable[str], other: str | Iterable[str]) -> None:
        """Cut the links between two places or groups of places."""
        self._faults.partition(group, other)

    def heal(self) -> None:
        """End every fault."""
        self._faults.heal()

    # Going back.

    def snapshot(self) -> dict[str, Any]:
        """The lab's whole state, to go back to. Refuses while something is under way."""
        under_way = [task.get_name() for task in asyncio.all_tasks(self.world.timeline)]
        if under_way:
            raise LabError(f"Still under way: {', '.join(under_way)}. Let it end first: await lab.advance(60).")
        return {
            "now": self.now,
            "dice": self.world.random.getstate(),
            "trace": list(self.trace.events),
            "logs": list(self.logs),
            "kv": {name: kv.snapshot() for name, kv in self._kv.items()},
            "caches": self._caches.snapshot(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a snapshot: storage, caches, clock and dice. Isolates start cold."""
        self.world.timeline = Timeline(start=state["now"])
        self.world.timeline.task_started = watch_task
        self.world.random.setstate(state["dice"])
        self.trace.events[:] = state["trace"]
        self.logs[:] = state["logs"]
        for name, kv in self._kv.items():
            kv.restore(state["kv"][name])
        self._caches.restore(state["caches"])
        self.evict()

    def __reduce__(self):
        raise LabError("A Worker mentions a lab, which lives in the notebook: inside a Worker there are only its own "
                       "code, its imports and env.")  # fmt: skip

    def __repr__(self) -> str:
        return f"<Lab {self.config.name!r} at {self.now:g} s, {len(self.trace)} events>"

    # How it works.

    @property
    def _faults(self) -> Faults:
        if self.world.faults is None:
            raise LabError("This lab has no network (network=None), so none of it can fail.")
        return self.world.faults

    async def _visit(self, request: Any, colo: str) -> FetchResponse:
        """A request from the visitor's device to the Worker and back."""
        world, links = self.world, self.world.links
        if world.faults and world.faults.is_dead(colo):
            colo = self._next_nearest(colo)
        task = asyncio.current_task()
        self._visits[task] = colo  # type: ignore[index]
        try:
            with self.trace.event("client", "fetch", colo, method=str(request.method), url=request.url) as event:
                if links is not None:
                    await world.timeline.sleep(links.last_mile(world.random) / 2)
                answer = await self.worker.respond(colo, request, units={"workers.requests": 1})
                response = await as_client(answer, f"{event.id:016x}-{colo}")
                if links is not None:
                    await world.timeline.sleep(links.last_mile(world.random) / 2)
                event.outcome = str(response.status)
                return response
        except asyncio.CancelledError:
            if world.faults and world.faults.is_dead(colo):
                raise Unreachable(f"{colo} failed while this request was there.") from None
            raise
        finally:
            del self._visits[task]  # type: ignore[arg-type]

    def _next_nearest(self, colo: str) -> str:
        dead = places.place(colo)
        alive = [code for code in places.PLACES if not self._faults.is_dead(code)]
        return places.nearest(dead.latitude, dead.longitude, among=alive).code

    async def _scheduled(self, cron: str, when: float) -> Outcome:
        colo = self.world.random.choice(sorted(places.PLACES))
        controller = ScheduledController(cron, int(when * 1000))
        try:
            await self.worker.invoke(colo, "Default", "scheduled", controller, None, None, units={"workers.requests": 1})
            return Outcome("ok")
        except Exception as error:
            self.worker.log(colo, "error", traceback_of(error))
            return Outcome("exception", str(error))

    def _deploy(self, program: Program, config: wrangler.Config) -> Worker:
        return Worker(
            program, config, self.world, self.logs,
            bind=lambda colo: self._env(config, colo), caches=self._caches.at, outbound=self._outside.fetch,
        )  # fmt: skip

    def _bind_kv(self, config: wrangler.Config) -> None:
        by_id: dict[str, Kv] = {}
        for entry in config.kv_namespaces:
            binding, key = entry["binding"], entry.get("id", entry["binding"])
            self._kv[binding] = by_id.setdefault(key, Kv(binding, self.world))

    def _env(self, config: wrangler.Config, colo: str) -> Env:
        bindings: dict[str, Any] = {**config.vars, **self._secrets}
        for name, kv in self._kv.items():
            bindings[name] = kv.binding(colo)
        for entry in config.services:
            worker = self._services.get(entry["service"])
            if worker is None:
                raise ConfigError(f'The service {entry["service"]!r} is not in this lab: Lab(..., services={{...}}).')
            bindings[entry["binding"]] = ServiceBinding(worker, entry.get("entrypoint", "Default"), colo)
        return Env(bindings)


@dataclass(frozen=True)
class ScheduledController:
    """What a `scheduled` handler is given. `scheduledTime` is in milliseconds since 1970."""

    cron: str
    scheduledTime: int
    type: str = "scheduled"

    def noRetry(self) -> None:
        """Accepted: a lab does not retry."""


class _Advance(Submission):
    """Time passing, as an awaitable: outside the timeline it drives it, inside it sleeps."""

    def __init__(self, timeline: Timeline, seconds: float):
        self.timeline, self.seconds, self.name = timeline, seconds, f"advance({seconds:g})"

    def __await__(self):
        if asyncio._get_running_loop() is self.timeline:
            yield from self.timeline.sleep(self.seconds)
        else:
            yield
            self.timeline.advance(self.seconds)


def _charge(primitive: str) -> None:
    """Count a subrequest of the invocation that is under way, if any is."""
    invocation = context.current.get()
    if invocation is not None:
        invocation.charge(primitive)  # type: ignore[attr-defined]


def _read(source: Any, kv: Iterable[str], vars: Mapping[str, Any] | None) -> wrangler.Config:
    """The configuration with the short forms added."""
    config = wrangler.read(source)
    short = tuple({"binding": name} for name in ([kv] if isinstance(kv, str) else kv))
    return replace(config, kv_namespaces=config.kv_namespaces + short, vars={**config.vars, **(vars or {})})


def _unix(start: str | float) -> float:
    if isinstance(start, int | float):
        return float(start)
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise LabError(f'start={start!r}: give a date such as "2026-01-01T00:00:00Z", or Unix seconds.') from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _idle_worker() -> str:
    """A lab without a Worker still has bindings to look at."""
    return 'from workers import Response, WorkerEntrypoint\n\n\nclass Default(WorkerEntrypoint):\n' \
           '    async def fetch(self):\n        return Response("This lab has no Worker of yours.")\n'  # fmt: skip
