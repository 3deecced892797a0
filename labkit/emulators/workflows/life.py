"""One execution of `run()`, from the top: which step is asked for, what is answered from the record, what waits.

Each operation is a task of its own: as in the real runtime a step goes on where nobody awaits it any more.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from labkit.emulators.javascript import text_of
from labkit.emulators.workflows import commands, rules
from labkit.emulators.workflows.attempts import Callback, attempt
from labkit.emulators.workflows.records import Key, Record
from labkit.trace import Event
from labkit.workers import rpc
from labkit.workers.ffi import JsException
from labkit.workers.promises import JsPromise, promise

if TYPE_CHECKING:
    from labkit.emulators.hosting import Resident
    from labkit.emulators.workflows.engine import Engine
    from labkit.emulators.workflows.instance import Instance


class Life:
    """From the beginning of `run()` to its end, or to the moment at which it leaves memory.

    `running` counts attempts that are under way, `waiting` holds who waits for what; `replayed` names the steps that
    were answered from the record.
    """

    def __init__(self, engine: Engine, instance: Instance):
        self.engine, self.instance = engine, instance
        self.resident: Resident | None = None
        self.is_over = False
        self.running = 0
        self.has_news = False
        self.waiting: dict[Key, asyncio.Future[Any]] = {}
        self.held: list[asyncio.Future[None]] = []
        self.replayed: list[str] = []
        self.idle_timer: asyncio.TimerHandle | None = None
        self._counts: Counter[tuple[str, str]] = Counter()
        self._steps = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def now(self) -> float:
        return self.engine.world.timeline.now

    def end(self, outcome: str = "lost") -> None:
        """Stop everything where it stands; no `except` or `finally` of the learner's is reached."""
        self.is_over = True
        if self.idle_timer:
            self.idle_timer.cancel()
        if self.resident:
            self.resident.crash(outcome)
        for task in list(self._tasks):
            task.cancel()

    # What a step asks for.

    def do(self, name: Any, config: Any, callback: Callback) -> JsPromise:
        """Execute a function until it succeeds or its attempts are used up, once and for all executions of `run()`."""
        return self._start(self._do(name, config, callback), f"step {name}")

    def sleep(self, name: Any, duration: Any) -> JsPromise:
        """Wait for a duration. What is asked for again under the same name and duration has been slept already."""
        return self._start(self._sleep(text_of(name), duration), f"sleep {name}")

    def sleep_until(self, name: Any, unix: float) -> JsPromise:
        """Wait until a moment, in Unix seconds."""
        return self._start(self._sleep_until(text_of(name), unix), f"sleep {name}")

    def wait_for_event(self, name: Any, event_type: Any, timeout: Any) -> JsPromise:
        """Wait for an event of a type, and fail when the time is over."""
        return self._start(self._wait_for_event(text_of(name), event_type, timeout), f"wait {name}")

    def _start(self, work: Coroutine[Any, Any, Any], name: str) -> JsPromise:
        return promise(self.spawn(work, name))

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """A task that ends with this execution, and whose error is nobody's where nobody waits for it."""
        task = self.engine.world.timeline.spawn(work, name=f"{self.instance.id}: {name}")
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()

    async def _do(self, name: Any, given: Any, callback: Callback) -> Any:
        self._count_step()
        name = rules.check_step_name(name)
        config = rules.config_of(name, given, self.engine.default_delay)
        record = self._record("do", name, name, config=config)
        record.lose(self.now)
        while not record.is_done:
            await self._until_due(record)
            while self.instance.status == "waitingForPause":
                await self._held()
            await attempt(self, record, callback)
            if self.is_over:  # the instance has ended under this step, which hears nothing
                raise asyncio.CancelledError
        return self._answer(record)

    async def _sleep(self, name: str, duration: Any) -> None:
        seconds = rules.seconds_of(duration)
        await self._rest(self._record("sleep", name, f"{name} {duration}", due=self.now + seconds))

    async def _sleep_until(self, name: str, unix: float) -> None:
        seconds = rules.seconds_of((unix - self.engine.world.unix) * 1000)
        if seconds < 0 and not self._is_known("sleep", name):
            raise rules.past()
        await self._rest(self._record("sleep", name, name, due=self.now + seconds))

    async def _rest(self, record: Record) -> None:
        if not record.is_done:
            await self._until_due(record)
            self.finish(record, "ok")
            self.engine.rests(self)

    async def _wait_for_event(self, name: str, event_type: Any, timeout: Any) -> Any:
        seconds = rules.seconds_of(timeout or "24 hours")
        record = self._record("waitForEvent", name, name, due=self.now + seconds, event_type=text_of(event_type))
        if not record.is_done:
            await self._settle(record, rules.timed_out(seconds * 1000))
        return self._answer(record)

    async def _settle(self, record: Record, too_late: JsException) -> None:
        """The first event of the type, one that came before included; or the end of the time."""
        event = commands.take_event(self.instance, record.event_type)
        if event is None and record.due > self.now:  # type: ignore[operator]
            event = await self._wait(record)
        if event is None:
            self.finish(record, "timeout", error=(too_late.name, too_late.message))
        else:
            self.finish(record, "ok", event)
        self.engine.rests(self)

    # What is recorded.

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps > self.engine.step_limit:
            raise rules.error(f"The limit of {self.engine.step_limit} steps has been reached. This limit can be "
                              "changed in your worker configuration.")  # fmt: skip

    def _is_known(self, kind: str, counted: str) -> bool:
        """Whether an earlier execution came to the step that is asked for next."""
        return (kind, counted, self._counts[kind, counted] + 1) in self.instance.records

    def _record(self, kind: str, name: str, counted: str, **fields: Any) -> Record:
        """The record of this step: an earlier execution's, or a new one, which is billed."""
        self._counts[kind, counted] += 1
        records, key = self.instance.records, (kind, counted, self._counts[kind, counted])
        record = records.get(key)
        if record is None:
            record = records[key] = Record(kind, name, key, self.now, **fields)
            if kind != "do":
                self._bill(record)
        elif record.is_done:
            record.replays += 1
            self.replayed.append(record.label)
        return record

    def _bill(self, record: Record) -> None:
        operation = "sleep" if record.kind == "sleep" else "wait_for_event"
        with self.event(operation, record, until=record.due) as event:
            event.units = {"workflows.steps": 1.0}

    def event(self, operation: str, record: Record, **detail: Any) -> Event:
        """An entry of the trace about a step."""
        trace, instance = self.engine.world.trace, self.instance
        return trace.event("workflows", operation, instance.colo, instance=instance.id, step=record.label, **detail)

    def _answer(self, record: Record) -> Any:
        """The recorded outcome, as a copy or as an error that is raised anew."""
        if record.outcome == "ok":
            return rpc.from_rpc(record.value)
        raise JsException(*record.error)

    def finish(self, record: Record, outcome: str, value: Any = None, error: tuple[str, str] = ("", "")) -> None:
        """Record a step's outcome."""
        record.finish(outcome, self.now, value, error)
        self.has_news = True
        self.engine.recorded(self, record)

    # Waiting.

    async def _until_due(self, record: Record) -> None:
        if record.due is not None and record.due > self.now:
            await self._wait(record)

    async def _wait(self, record: Record) -> Any:
        """What wakes it: an event, or None when it is due."""
        timeline = self.engine.world.timeline
        future = self.waiting[record.key] = timeline.create_future()
        timer = timeline.call_at(record.due or 0.0, _wake, future)
        self.engine.rests(self)
        try:
            return await future
        finally:
            timer.cancel()
            del self.waiting[record.key]
            self.engine.stirs(self)

    async def _held(self) -> None:
        """Until the pause that is coming has come or is called off."""
        future = self.engine.world.timeline.create_future()
        self.held.append(future)
        await future

    def release(self) -> None:
        """Let the steps begin that a pause had held up."""
        held, self.held = self.held, []
        for future in held:
            _wake(future)


def _wake(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_result(None)
