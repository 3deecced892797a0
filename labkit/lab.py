"""The bench: a Worker deployed to a simulated planet, and the events that reach it.

A lab is an island: its own clock, dice, storage and trace. What its configuration binds is built in
`labkit.deployment`; what one event does is in `labkit.invocation`.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from labkit import durations, program, short_forms, snapshots
from labkit import wrangler as configuration
from labkit.billing import Bill, price
from labkit.current import charge_current, timeline
from labkit.deployment import Deployment, Given
from labkit.driven import DrivenEnv
from labkit.errors import ConfigError, LabError
from labkit.events import Advance, scheduled
from labkit.logs import Logs
from labkit.network import places
from labkit.network.faults import Faults
from labkit.network.links import Links
from labkit.resources import Resources
from labkit.submission import Submission
from labkit.trace import Trace
from labkit.visitor import Visitors, as_request
from labkit.websocket import opened
from labkit.workers.ffi import JsException
from labkit.world import World

if TYPE_CHECKING:
    from labkit.serving import Server

ON = object()
"""The default of `network`: distances, caches, rate limits."""


class Lab(Resources):
    """A Worker on the planet.

    `main` is a class that extends WorkerEntrypoint, a list, namespace or module of such, or the path of an entry.py.
    `wrangler` is a configuration (a dict, JSONC text or a path). Its short forms are `kv`, `d1`, `r2` and `queues`
    (names on env), `durable_objects` and `workflows` (names on env and their classes), `vectorize` (names on env and
    dimensions), `crons` and `vars`. `assets` is a folder of static assets, or their paths and contents. `services`
    gives other Workers by name, `origins` other hosts, `secrets_store` the account's secrets, `databases` connection
    strings for Hyperdrive. `start` is the date at the timeline's zero (ISO 8601 or Unix seconds). `network=None`
    switches distance, caches and rate limits off; `strict` turns warnings about what the runtime silently ignores into
    errors. The same `seed` gives the same run.
    `fetch`, `scheduled` and `advance` give awaitables, no coroutines: several at once want `asyncio.gather`, because
    `TaskGroup.create_task` takes coroutines alone.
    """

    def __init__(
        self,
        main: Any = None,
        wrangler: Any = None,
        *,
        kv: Iterable[str] = (),
        d1: Iterable[str] = (),
        r2: Iterable[str] = (),
        vectorize: Mapping[str, int | str] | None = None,
        durable_objects: Mapping[str, Any] | None = None,
        queues: Iterable[str] | Mapping[str, str] = (),
        workflows: Mapping[str, Any] | None = None,
        crons: Iterable[str] = (),
        assets: Any = None,
        vars: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        secrets_store: Mapping[str, str] | None = None,
        databases: Mapping[str, str] | None = None,
        services: Mapping[str, Any] | None = None,
        origins: Mapping[str, Any] | None = None,
        plan: str = "paid",
        network: Any = ON,
        seed: int = 0,
        start: str | float = "2026-01-01T00:00:00Z",
        strict: bool = False,
    ):
        if main is not None:
            main = program.of(short_forms.program(main, durable_objects, workflows))
        declared = configuration.read(wrangler)
        short = short_forms.entries(
            kv=kv, d1=d1, r2=r2, vars=vars, durable_objects=durable_objects, queues=queues, workflows=workflows,
            crons=crons, vectorize=vectorize,
            consumes=main is None or main.has("Default", "queue") is not False,
            consumed=[entry["queue"] for entry in declared.consumers],
        )  # fmt: skip
        if main is not None and main.assets and (assets is not None or declared.assets is not None):
            short["assets"] = main.assets
        self.config, self.logs = configuration.read(wrangler, short), Logs()
        self.world = _world(network, seed, start, plan, strict)
        self.trace = self.world.trace
        self.colo = self.world.random.choice(sorted(places.PLACES))
        given = {"secrets": secrets, "secrets_store": secrets_store, "services": services, "origins": origins,
                 "databases": databases, "vectorize": vectorize}  # fmt: skip
        named = {name: configuration.mapping(name, values) for name, values in given.items()}
        self._deployment = Deployment(main, self.config, self.world, self.logs, Given(**named, assets=assets))
        self._visitors = Visitors(self.world, self._deployment.front)

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
        In a cell, `asyncio.wait_for(lab.fetch(...), 1)` counts real seconds; `asyncio.timeout` in a Worker, simulated.
        """
        place = places.place(colo or self.colo)
        sent = {"method": method, "headers": headers, "body": body, "json": json}
        try:
            request = as_request(url, self.config.name, place, country, **sent)
        except (JsException, TypeError, AttributeError) as error:
            raise LabError(f"fetch({url!r}): no visitor can send this. {error}") from None
        return self.world.timeline.submit(self._visitors.visit(request, place.code), name=f"fetch {request.url}")

    def websocket(
        self, url: Any = "/", *, headers: Any = None, colo: str | None = None, country: str | None = None
    ) -> Submission:
        """A visitor's WebSocket; await it for a `labkit.websocket.ClientSocket`, once the Worker has accepted it."""
        place = places.place(colo or self.colo)
        return opened(self._visitors, url, self.config.name, place, country=country, headers=headers)

    def scheduled(self, cron: str | None = None, time: float | None = None) -> Submission:
        """Run the `scheduled` handler once, somewhere on the network; await it for the `Outcome`.

        `time` is the scheduled time in Unix seconds, now where it is left out.
        """
        event = scheduled(self._deployment.worker, cron, time)
        return self.world.timeline.submit(event, name="scheduled")

    def queue(self, name: str, messages: Sequence[Any]) -> Submission:
        """Run the `queue` handler once on a batch, beside the queue; await it for what became of each message.

        A message is a body, or `{"body": ..., "id": ..., "attempts": ...}`.
        """
        return self.world.timeline.submit(self._queues.deliver(name, messages), name="queue")

    def email(self, *, to: str, sender: str, **message: Any) -> Submission:
        """Have a message arrive by mail, which the `email` handler gets; await it for the `EmailOutcome`.

        `message` is `subject`, `text`, `html` and `headers`, or `raw` MIME. `passes_dmarc=False` is of a forged sender.
        It arrives at `colo`, or anywhere.
        """
        from labkit.inbox import received

        event = received(self._deployment.worker, self.mail, to=to, sender=sender, **message)
        return self.world.timeline.submit(event, name="email")

    def serve(
        self,
        port: int = 8787,
        *,
        host: str = "localhost",
        colo: str | None = None,
        speed: float = 1.0,
        log: Callable[[str], Any] | None = None,
    ) -> Server:
        """The Worker behind a real HTTP and WebSocket server: `server = await lab.serve()`, `await server.stop()`.

        Cells go on running meanwhile, and the lab's time keeps pace: `speed` seconds in a real one, at `inf` no request
        waits. Requests enter at `colo`, or where their header or query parameter `cf-lab-colo` says. `log` is called
        with a line for each request and for what Workers print; port 0 is any that is free. Where there are R2 buckets,
        S3 clients have a port of their own: `s3 = boto3.client("s3", **server.s3.options())`. A client that blocks runs
        on a thread, for the cell's loop is the server's: `await asyncio.to_thread(s3.list_buckets)`.
        """
        from labkit.serving import Server

        place = places.place(colo or self.colo)
        s3 = self._deployment.s3
        return Server(self._visitors, self.logs, place, port=port, host=host, speed=speed, log=log, s3=s3)

    def env(self, colo: str | None = None) -> DrivenEnv:
        """The bindings of a place, without a request: `await lab.env("LHR").CONFIG.get("k")` drives the lab's time."""
        env = self._deployment.env(self.config, places.place(colo or self.colo).code)
        return DrivenEnv(env, self.world)

    @property
    def now(self) -> float:
        """Seconds since the lab's start."""
        return self.world.timeline.now

    @property
    def date(self) -> datetime:
        """The simulated date and time, UTC."""
        return datetime.fromtimestamp(self.world.unix, UTC)

    def advance(self, duration: float | str) -> Advance:
        """Let time pass: seconds, or words such as "3 days". Everything that is due on the way happens."""
        return Advance(self.world.timeline, durations.seconds(duration))

    def run(self, awaitable: Any) -> Any:
        """The result of an awaitable, for scripts without a running loop: `lab.run(lab.fetch("/"))`."""
        if not inspect.isawaitable(awaitable):
            raise LabError(f"run({awaitable!r}): nothing to await; give it lab.fetch(...) or a coroutine.")
        return awaitable.drive() if isinstance(awaitable, Submission) else self.world.timeline.run(awaitable)

    def bill(self, plan: str | None = None, *, months: float = 1, scale: float = 1) -> Bill:
        """The price of what the trace holds, `scale` times, and of what is stored now."""
        units = self.trace.units()
        units.update(self._deployment.stored_units())
        return price(units, plan or self.world.plan, months, scale)

    def evict(self, colo: str | None = None) -> None:
        """Throw away the isolates at a place, or everywhere: module globals are lost, the next request starts cold."""
        self._deployment.evict(colo and places.place(colo).code)

    def kill(self, colo: str) -> None:
        """A PoP fails: requests and background tasks there are lost, its isolates too; new ones enter nearby."""
        code = places.place(colo).code
        self._faults.kill(code)
        self._deployment.lose(code)
        self._visitors.lose(code)

    def partition(self, group: str | Iterable[str], other: str | Iterable[str] | None = None) -> None:
        """Cut a place or group of places from another, or from all the rest."""
        self._faults.partition(group, other)

    def heal(self) -> None:
        """End every fault."""
        self._faults.heal()

    def snapshot(self) -> dict[str, Any]:
        """The lab's whole state, to go back to. Refuses while something is under way."""
        return snapshots.take(self.world, self.logs, self._deployment)

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a snapshot: storage, caches, clock, dice, trace, faults. Isolates start cold.

        What is under way ends. Refuses the snapshot of a lab that binds other resources.
        """
        snapshots.put_back(state, self.world, self.logs, self._deployment)

    @property
    def _faults(self) -> Faults:
        if self.world.faults is None:
            raise LabError("This lab has no network (network=None), so none of it can fail.")
        return self.world.faults

    def __reduce__(self):
        raise LabError("A Worker mentions a lab, which lives in the notebook: inside a Worker there are only its own "
                       "code, its imports and env.")  # fmt: skip

    def __repr__(self) -> str:
        return f"<Lab {self.config.name!r} at {self.now:g} s, {len(self.trace)} events>"


def _world(network: Any, seed: int, start: str | float, plan: str, strict: bool) -> World:
    """The planet that the options of a lab ask for. Refuses a plan or a network that there is not."""
    if plan not in ("free", "paid"):
        raise ConfigError(f'plan={plan!r}: it is "free" or "paid".')
    if not (network is ON or network is None or isinstance(network, Links)):
        raise LabError(f"network={network!r}: leave it out, switch it off with None, or give your own Links.")
    clock, dice, links = timeline(0.0), random.Random(seed), Links() if network is ON else network
    faults = Faults(random=dice) if links is not None else None
    return World(clock, Trace(clock.time), dice, links, faults, durations.unix(start), plan, strict, charge_current)
