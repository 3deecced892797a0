"""Tail Workers: what they are told of a producer's invocations, and that nobody waits for them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from labkit import Lab
from labkit.errors import ConfigError
from labkit.invocation import Invocation
from labkit.timeline import Timeline
from labkit.traced import redacted_url
from labkit.workers import DurableObject, Response, WorkerEntrypoint

TAIL = """
import asyncio
from workers import WorkerEntrypoint


def shown(value):
    kind = type(value).__name__
    if kind == "JsArray":
        return [shown(each) for each in value]
    names = value.object_keys() if hasattr(value, "object_keys") else None
    return value if names is None else {"is": kind} | {name: shown(getattr(value, name)) for name in names}


class Default(WorkerEntrypoint):
    async def tail(self, events, env, ctx):
        assert env is None and ctx is None
        %s
        for event in events:
            print(repr(shown(event)))
"""


def told(lab: Lab, *consumers: str) -> list[dict[str, Any]]:
    """What the tail was told, once everything is over."""
    lab.run(lab.advance(60))
    return [eval(entry.message) for entry in lab.logs if entry.message.startswith("{'is': 'TraceItem'")]


def tailed(main: Any, body: str = "", **options: Any) -> Lab:
    """A lab whose Worker has a tail."""
    return Lab(main, {"tail_consumers": [{"service": "tail"}]}, services={"tail": TAIL % body}, **options)


class Talks(WorkerEntrypoint):
    async def fetch(self, request):
        from js import console

        print("a", 1)
        console.warn("careful", 2)
        console.error("bad")
        console.debug("fine")
        return Response("ok", status=201)


def test_a_request_is_told_with_its_response_and_what_it_said():
    lab = tailed(Talks)
    lab.run(lab.fetch("/tides?x=1", headers={"X-Fine": "f"}, colo="SYD"))
    (item,) = told(lab)
    event = item["event"]
    assert (item["scriptName"], item["outcome"], item["exceptions"], item["executionModel"]) == (
        "worker", "ok", [], "stateless",
    )  # fmt: skip
    assert [(each["level"], each["message"]) for each in item["logs"]] == [
        ("log", ["a 1"]), ("warn", ["careful", "2"]), ("error", ["bad"]), ("debug", ["fine"]),
    ]  # fmt: skip
    assert (event["is"], event["response"]["status"], event["request"]["method"]) == ("FetchEventInfo", 201, "GET")
    assert event["request"]["url"] == "https://worker.example.com/tides?x=1"
    assert (event["request"]["headers"]["x-fine"], event["request"]["cf"]["colo"]) == ("f", "SYD")
    assert item["eventTimestamp"] // 1000 == int(lab.world.epoch)
    assert item["cpuTime"] >= 0 and item["wallTime"] >= 0 and item["truncated"] is False


def test_credentials_are_redacted_until_somebody_asks():
    secret = {"Cookie": "a=b", "Authorization": "Bearer x", "X-Api-Key": "k", "X-Token": "t", "X-Fine": "f"}
    lab = tailed(Talks, "print(events[0].event.request.getUnredacted().headers.to_py())")
    lab.run(lab.fetch("/0123456789abcdef0123456789abcdef", headers=secret))
    (item,) = told(lab)
    headers, url = item["event"]["request"]["headers"], item["event"]["request"]["url"]
    hidden = {name for name, value in headers.items() if value == "REDACTED"}
    assert (hidden, url) == ({"cookie", "authorization", "x-api-key", "x-token"}, "https://worker.example.com/REDACTED")
    assert any("'cookie': 'a=b'" in message for message in lab.logs.messages)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/" + "a" * 32, "/REDACTED"),
        ("/" + "a" * 31, "/" + "a" * 31),
        ("/0123-4567-89ab-cdef-0123-4567-89ab-cdef", "/REDACTED"),
        ("/AAbb01234567890123456", "/REDACTED"),
        ("/AAbb0123456789012345", "/AAbb0123456789012345"),
        ("/Abb012345678901234567", "/Abb012345678901234567"),
        ("/article-about-the-tides-of-2026", "/article-about-the-tides-of-2026"),
    ],
)
def test_ids_in_urls_are_redacted_by_the_documented_rule(text: str, shown: str):
    assert redacted_url(text) == shown


class Fails(WorkerEntrypoint):
    async def fetch(self, request):
        print("before")
        raise ValueError("no")


def test_an_error_is_told_with_its_traceback_and_no_response():
    lab = tailed(Fails)
    assert lab.run(lab.fetch("/")).status == 500
    (item,) = told(lab)
    (error,) = item["exceptions"]
    assert (item["outcome"], item["event"]["response"], error["name"]) == ("exception", None, "PythonError")
    assert error["message"].startswith("Traceback") and error["message"].endswith("ValueError: no\n")
    assert [each["message"] for each in item["logs"]] == [["before"]]


class Later(WorkerEntrypoint):
    async def fetch(self, request):
        self.ctx.waitUntil(self.afterwards())
        return Response("ok")

    async def afterwards(self):
        import asyncio

        await asyncio.sleep(5)
        print("late")
        raise RuntimeError("too late")


def test_it_is_told_when_the_last_waitUntil_is_over_and_the_outcome_stays_ok():
    lab = tailed(Later)
    lab.run(lab.fetch("/"))
    (item,) = told(lab)
    assert (item["outcome"], [each["message"] for each in item["logs"]]) == ("ok", [["late"]])
    assert item["exceptions"][0]["message"].endswith("RuntimeError: too late\n")
    assert item["wallTime"] >= 5000


def test_nobody_waits_for_a_tail_and_its_failure_reaches_nobody():
    quick, slow = Lab(Talks), tailed(Talks, "await asyncio.sleep(30); raise ValueError('mine')")
    assert slow.run(slow.fetch("/")).status == 201
    quick.run(quick.fetch("/"))
    assert slow.now == quick.now
    assert told(slow) == []
    assert [entry.message.splitlines()[-1] for entry in slow.logs if entry.level == "error"] == ["ValueError: mine"]


def test_it_is_billed_on_cpu_only():
    lab = tailed(Talks, "sum(1 for _ in range(500))")
    lab.run(lab.fetch("/"))
    told(lab)
    (tail,) = lab.trace.where("workers", "tail")
    assert set(tail.units) == {"workers.cpu_ms"} and tail.units["workers.cpu_ms"] > 0
    assert lab.trace.units()["workers.requests"] == 1


class Everything(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.ROOM.getByName("a").ping(1)
        return Response("ok")

    async def scheduled(self, controller, env, ctx):
        print("cron")

    async def queue(self, batch, env, ctx):
        print("batch")

    async def email(self, message, env, ctx):
        print("mail")


class Room(DurableObject):
    async def ping(self, n):
        print("ping", n)
        await self.ctx.storage.setAlarm(1000)
        return n

    async def alarm(self, info):
        print("ring")


def mail(lab: Lab) -> Any:
    return lab.email(to="a@b.example", sender="c@d.example")


@pytest.mark.parametrize(
    ("event", "kinds"),
    [
        (lambda lab: lab.scheduled("0 0 1 1 *", 1_767_225_600),
         [("ScheduledEventInfo", {"cron": "0 0 1 1 *", "scheduledTime": 1_767_225_600_000})]),
        (lambda lab: lab.queue("jobs", [1, 2]), [("QueueEventInfo", {"batchSize": 2, "queue": "jobs"})]),
        (mail, [("EmailEventInfo", {"rcptTo": "a@b.example", "mailFrom": "c@d.example"})]),
        (lambda lab: lab.fetch("/"),
         [("JsRpcEventInfo", {"rpcMethod": "ping"}), ("AlarmEventInfo", {}), ("FetchEventInfo", {})]),
    ],
)  # fmt: skip
def test_every_kind_of_event_is_told(event: Callable[[Lab], Any], kinds: list[tuple[str, dict[str, Any]]]):
    lab = tailed(Everything, queues={"JOBS": "jobs"}, durable_objects={"ROOM": Room}, crons=["0 0 1 1 *"])
    lab.run(event(lab))
    items = told(lab)
    assert [item["event"]["is"] for item in items] == [kind for kind, _ in kinds]
    for item, (_, fields) in zip(items, kinds, strict=True):
        assert fields.items() <= item["event"].items()


def test_an_object_of_a_durable_object_says_so():
    lab = tailed(Everything, durable_objects={"ROOM": Room})
    lab.run(lab.fetch("/"))
    assert [item["executionModel"] for item in told(lab)] == ["durableObject", "durableObject", "stateless"]


class Endless(WorkerEntrypoint):
    async def fetch(self, request):
        while True:
            pass


def test_too_much_cpu_time_is_told():
    lab = tailed(Endless)
    lab.run(lab.fetch("/"))
    assert [item["outcome"] for item in told(lab)] == ["exceededCpu"]


class Sleeps(WorkerEntrypoint):
    async def fetch(self, request):
        import asyncio

        await asyncio.sleep(100)
        return Response("late")


def test_what_is_lost_with_its_place_is_told_to_nobody():
    lab = tailed(Sleeps)
    lab.world.timeline.call_later(1, lab.kill, "SYD")
    with pytest.raises(Exception, match="SYD failed"):
        lab.run(lab.fetch("/", colo="SYD"))
    assert told(lab) == []


def test_a_lab_can_be_snapshot_once_the_tail_has_run():
    lab = tailed(Talks)
    lab.run(lab.fetch("/"))
    assert len(told(lab)) == 1
    lab.restore(lab.snapshot())
    lab.run(lab.fetch("/"))
    assert len(told(lab)) == 2


def test_the_free_plan_has_no_tails_and_a_consumer_needs_its_handler():
    config = {"tail_consumers": [{"service": "tail"}]}
    with pytest.raises(ConfigError, match="no handler: async def tail"):
        Lab(Talks, config, services={"tail": Talks})
    with pytest.raises(ConfigError, match="paid plan"):
        Lab(Talks, config, services={"tail": TAIL % ""}, plan="free")
    with pytest.raises(ConfigError, match="the service 'tail'"):
        Lab(Talks, config)


OWN = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("ok")

    async def tail(self, events, env, ctx):
        print("told")
"""


@pytest.mark.parametrize("options", [{}, {"network": None}])
def test_a_worker_that_is_its_own_tail_is_not_told_of_its_tail(options: dict[str, Any]):
    lab = Lab(OWN, {"name": "own", "tail_consumers": [{"service": "own"}]}, **options)
    lab.run(lab.fetch("/"))
    lab.run(lab.advance(60))
    assert lab.logs.messages == ["told"]


class Named(DurableObject):
    async def queue(self, job):
        return job

    scheduled = email = tail = queue


class Calls(WorkerEntrypoint):
    async def fetch(self, request):
        named = self.env.NAMED.getByName("a")
        return Response(f"{await named.queue(1)} {await named.scheduled('x')} {await named.email(2)}")


def test_an_objects_method_that_is_called_like_a_handler_is_rpc():
    lab = tailed(Calls, durable_objects={"NAMED": Named})
    lab.run(lab.fetch("/"))
    events = [item["event"] for item in told(lab)]
    assert [event.get("rpcMethod") for event in events] == ["queue", "scheduled", "email", None]


class FailsThenWaits(WorkerEntrypoint):
    async def fetch(self, request):
        import asyncio

        self.ctx.waitUntil(asyncio.sleep(10))
        raise ValueError("at once")


def test_an_error_is_told_with_the_time_at_which_it_was_raised():
    lab = tailed(FailsThenWaits)
    lab.run(lab.fetch("/"))
    (item,) = told(lab)
    assert item["wallTime"] >= 10_000
    assert 0 <= item["exceptions"][0]["timestamp"] - item["eventTimestamp"] < 1000


@pytest.mark.parametrize("options", [{}, {"network": None}])
def test_a_lab_that_is_dropped_before_its_tail_runs_warns_of_nothing(
    options: dict[str, Any], recwarn: pytest.WarningsRecorder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delattr(Timeline, "__del__")  # Python may find the tail before the timeline that would close it
    lab = tailed(Talks, **options)
    lab.run(lab.fetch("/"))
    del lab
    gc.collect()
    assert [str(each.message) for each in recwarn if "never awaited" in str(each.message)] == []


def test_without_a_tail_nothing_is_kept_of_what_is_said():
    lab = Lab(Talks)
    kept: list[Any] = []
    run = Invocation.run

    async def watched(self: Invocation, handler: Any) -> Any:
        kept.append(self.said)
        return await run(self, handler)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Invocation, "run", watched)
        lab.run(lab.fetch("/"))
    assert (kept, len(lab.logs)) == ([[]], 4)
