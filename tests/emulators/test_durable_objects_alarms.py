"""Alarms: one moment an object, rung at least once, and what a failure is followed by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab
from labkit.emulators.durable_objects.alarms import Alarm, moment_ms
from labkit.emulators.hosting import Crashed
from labkit.workers.ffi import JsException
from labkit.workers.js.dates import Date
from tests.emulators.worlds import EPOCH, Bench, flat, planet

START = int(EPOCH * 1000)
RETRIES = 6


class Owner:
    """An object whose `alarm` method is a Python function of (alarm, info), and that remembers when it rang."""

    def __init__(
        self, bench: Bench, method: Callable[[Alarm, Any], Any] = lambda alarm, info: None, *, has: Any = True
    ):
        self.world, self.place, self.label, self.instance = bench.world, "LHR", "a", None
        self.method, self.rung, self.said = method, [], []
        self.database = SimpleNamespace(alarm=None)
        log = lambda colo, error: self.said.append(error)  # noqa: E731
        self.objects = SimpleNamespace(host=SimpleNamespace(has=lambda name: has, log=log))
        self.alarm = Alarm(self)  # type: ignore[arg-type]

    async def run(self, call: str, args: tuple[Any], **about: Any) -> None:
        info = args[0]
        self.rung.append((self.world.timeline.now, info.scheduledTime - START, info.retryCount, info.isRetry))
        result = self.method(self.alarm, info)
        if result is not None:
            await result


def fails(alarm: Alarm, info: Any) -> None:
    raise ValueError("no")


def times(owner: Owner) -> list[float]:
    return [time for time, *_ in owner.rung]


def test_an_alarm_rings_at_its_moment_and_is_gone():
    bench = flat()
    owner = Owner(bench)
    owner.alarm.set(START + 5000)
    assert owner.alarm.get() == START + 5000
    bench.until(4.999)
    assert owner.rung == []
    bench.until(60)
    assert owner.rung == [(5.0, 5000, 0, False)]
    assert owner.alarm.get() is None and owner.database.alarm is None


def test_one_alarm_an_object_the_last_one_set_counts():
    bench = flat()
    owner = Owner(bench)
    for ms in (5000, 9000, 7000):
        owner.alarm.set(START + ms)
    bench.until(60)
    assert times(owner) == [7.0]


def test_what_lies_in_the_past_rings_at_once_at_the_present_moment():
    bench = flat()
    bench.until(10)
    owner = Owner(bench)
    owner.alarm.set(1)
    assert owner.alarm.get() == START + 10_000
    bench.until(10)
    assert owner.rung == [(10.0, 10_000, 0, False)]


def test_a_deleted_alarm_does_not_ring():
    bench = flat()
    owner = Owner(bench)
    owner.alarm.set(START + 5000)
    owner.alarm.delete()
    bench.until(60)
    assert owner.rung == [] and owner.alarm.get() is None


def test_inside_the_handler_no_alarm_is_set_until_another_is():
    seen = []

    def method(alarm: Alarm, info: Any) -> None:
        seen.append(alarm.get())
        if len(seen) == 1:
            alarm.set(START + 9000)
            seen.append(alarm.get())

    bench = flat()
    owner = Owner(bench, method)
    owner.alarm.set(START + 1000)
    bench.until(60)
    assert seen == [None, START + 9000, None]
    assert times(owner) == [1.0, 9.0]


def test_an_alarm_that_sets_itself_to_now_rings_again_and_lets_time_pass():
    bench = flat()
    owner = Owner(bench)
    owner.method = lambda alarm, info: alarm.set(START + bench.now * 1000) if len(owner.rung) < 3 else None
    owner.alarm.set(START + 1000)
    bench.until(60)
    assert times(owner) == pytest.approx([1.0, 1.001, 1.002])


def test_alarms_of_one_object_do_not_overlap():
    async def slow() -> None:
        await bench.timeline.sleep(10)

    bench = flat()
    owner = Owner(bench, lambda alarm, info: slow())
    owner.alarm.set(START + 1000)
    bench.until(2)
    owner.alarm.set(START + 3000)
    bench.until(60)
    assert times(owner) == [1.0, 11.0]


def test_a_failed_alarm_is_retried_six_times_and_then_dropped_with_a_line_in_the_log():
    bench = flat()
    owner = Owner(bench, fails)
    owner.alarm.set(START + 1000)
    bench.until(600)
    assert [row[1:] for row in owner.rung] == [(1000, count, count > 0) for count in range(RETRIES + 1)]
    waits = [after - before for before, after in zip(times(owner), times(owner)[1:], strict=False)]
    assert all(2 * 2**n <= wait <= 2.5 * 2**n for n, wait in enumerate(waits))
    assert owner.said[-1] == "The alarm of a failed 7 times and is not retried any more."
    assert owner.alarm.get() is None
    bench.advance(86_400)
    assert len(owner.rung) == RETRIES + 1


def test_between_two_tries_the_alarm_is_still_set_to_its_first_moment():
    bench = flat()
    owner = Owner(bench, fails)
    owner.alarm.set(START + 1000)
    bench.until(2)
    assert owner.alarm.get() == START + 1000


def test_a_success_ends_the_retries():
    bench = flat()
    owner = Owner(bench)
    owner.method = lambda alarm, info: fails(alarm, info) if info.retryCount < 2 else None
    owner.alarm.set(START + 1000)
    bench.until(600)
    assert [row[2] for row in owner.rung] == [0, 1, 2] and owner.alarm.get() is None


def test_a_failing_handler_that_has_set_another_alarm_is_not_retried():
    def method(alarm: Alarm, info: Any) -> None:
        if info.scheduledTime == START + 1000:
            alarm.set(START + 90_000)
            fails(alarm, info)

    bench = flat()
    owner = Owner(bench, method)
    owner.alarm.set(START + 1000)
    bench.until(600)
    assert owner.rung == [(1.0, 1000, 0, False), (90.0, 90_000, 0, False)]


def test_a_failing_handler_that_has_deleted_its_alarm_is_not_retried():
    bench = flat()
    owner = Owner(bench)
    owner.method = lambda alarm, info: (alarm.delete(), fails(alarm, info))
    owner.alarm.set(START + 1000)
    bench.until(600)
    assert len(owner.rung) == 1


@pytest.mark.parametrize("act", [Alarm.delete, lambda alarm: alarm.set(START + 60_000)])
def test_what_is_done_between_two_tries_replaces_the_retry(act):
    bench = flat()
    owner = Owner(bench)
    owner.method = lambda alarm, info: fails(alarm, info) if info.scheduledTime == START + 1000 else None
    owner.alarm.set(START + 1000)
    bench.until(2)
    act(owner.alarm)
    bench.until(600)
    assert [row[1:] for row in owner.rung[1:]] in ([], [(60_000, 0, False)])
    assert times(owner)[1:] in ([], [60.0])


def test_a_lost_machine_rings_again_after_the_effect_and_counts_as_no_retry():
    effects = []

    def method(alarm: Alarm, info: Any) -> None:
        effects.append(info.retryCount)
        if len(effects) <= 8:
            raise Crashed("LHR was lost")

    bench = flat()
    owner = Owner(bench, method)
    owner.alarm.set(START + 1000)
    bench.until(1e5)
    assert effects == [0] * 9, "the effect came nine times: at least once is not exactly once"
    assert 2 <= times(owner)[1] - times(owner)[0] <= 2.5


def test_a_handler_that_takes_longer_than_fifteen_minutes_has_failed():
    async def endless(seconds: float) -> None:
        await bench.timeline.sleep(seconds)
        done.append(seconds)

    done: list[float] = []
    bench = flat()
    owner = Owner(bench)
    owner.method = lambda alarm, info: endless(899.9 if info.retryCount else 900.1)
    owner.alarm.set(START + 1000)
    bench.until(3600)
    assert done == [899.9] and [row[2] for row in owner.rung] == [0, 1]


def test_with_distance_an_alarm_is_a_few_milliseconds_late_and_never_early():
    late = []
    for seed in range(50):
        bench = planet(seed)
        owner = Owner(bench)
        owner.alarm.set(START + 1000)
        bench.until(2)
        late.append(times(owner)[0] - 1.0)
    assert 0 <= min(late) < 0.001 and 0.004 < max(late) <= 0.005


def test_a_rolled_back_alarm_does_not_ring_and_the_one_before_it_does():
    bench = flat()
    owner = Owner(bench)
    owner.alarm.set(START + 30_000)
    owner.alarm.set(START + 5000)
    owner.database.alarm = START + 30_000  # as the storage does at a rollback
    owner.alarm.arm()
    bench.until(60)
    assert times(owner) == [30.0]


def test_a_snapshot_keeps_the_alarm_and_its_retries():
    bench = flat()
    owner = Owner(bench, fails)
    owner.alarm.set(START + 1000)
    bench.until(2)
    state, due = owner.alarm.snapshot(), owner.alarm.failure.due  # type: ignore[union-attr]
    other = Owner(bench)
    other.database.alarm = owner.database.alarm
    owner.alarm.stop()
    other.alarm.restore(state)
    bench.until(60)
    assert other.rung == [(pytest.approx(due - EPOCH), 1000, 1, True)]
    assert len(owner.rung) == 1


def test_an_object_without_the_method_cannot_have_an_alarm():
    with pytest.raises(JsException) as refused:
        Owner(flat(), has=False).alarm.set(START + 1000)
    assert str(refused.value) == (
        "TypeError: Your Durable Object class must have an alarm() handler in order to call setAlarm()"
    )


NOT_A_DATE = "Failed to execute 'setAlarm' on 'DurableObjectStorage': parameter 1 is not of type 'date'."
NO_DATE = "The value cannot be converted because it is not a valid Date."


@pytest.mark.parametrize(("value", "words"), [
    (0, "setAlarm() cannot be called with an alarm time <= 0"),
    (-5, "setAlarm() cannot be called with an alarm time <= 0"),
    (0.5, "setAlarm() cannot be called with an alarm time <= 0"),
    (Date.new(0), "setAlarm() cannot be called with an alarm time <= 0"),
    (float("nan"), NO_DATE),
    (float("inf"), NO_DATE),
    (Date.new("x"), NO_DATE),
    (None, NOT_A_DATE),
    ("100", NOT_A_DATE),
    (True, NOT_A_DATE),
    ({}, NOT_A_DATE),
    (2**53, NOT_A_DATE),
    (9.3e12, "This API doesn't support dates after 2189."),
    (-9.3e12, "This API doesn't support dates before 1687."),
])  # fmt: skip
def test_what_is_no_moment_is_refused_in_the_runtimes_words(value, words):
    with pytest.raises(JsException) as refused:
        moment_ms(value)
    assert str(refused.value) == f"TypeError: {words}"


@pytest.mark.parametrize(("value", "ms"), [
    (1, 1),
    (1.9, 1),
    (9.2e12, 9_200_000_000_000),
    (Date.new(1500), 1500),
    (datetime(2026, 1, 1, tzinfo=UTC), 1_767_225_600_000),
    (datetime(2026, 1, 1), 1_767_225_600_000),
])  # fmt: skip
def test_a_moment_is_milliseconds_or_a_date(value, ms):
    assert moment_ms(value) == ms


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, 60)),
        st.tuples(st.just("delete"), st.just(0)),
        st.tuples(st.just("wait"), st.integers(0, 60)),
        st.tuples(st.just("fate"), st.integers(0, 9)),
    ),
    max_size=30,
)


@settings(deadline=None, max_examples=60)
@given(STEPS)
def test_the_slot_is_as_a_model_of_it_says(steps):
    """The model: one slot; `fate` says how often the next runs fail; a set or a deletion ends the retries."""
    bench = flat()
    owner = Owner(bench)
    failures, slot, tries, due = 0, None, 0, 0.0

    def method(alarm: Alarm, info: Any) -> None:
        nonlocal failures, slot, tries
        assert slot is not None and bench.now >= due - 1e-6
        assert (info.scheduledTime, info.retryCount) == (slot, tries)
        assert alarm.get() is None
        if failures:
            failures -= 1
            tries += 1
            slot = None if tries > RETRIES else slot
            raise ValueError("no")
        slot, tries = None, 0

    owner.method = method
    for step, amount in steps:
        if step == "set":
            owner.alarm.set(START + (bench.now + amount) * 1000)
            slot, tries, due = owner.alarm.get(), 0, bench.now + amount
        elif step == "delete":
            owner.alarm.delete()
            slot, tries = None, 0
        elif step == "fate":
            failures = amount
        else:
            bench.advance(amount)
        assert owner.alarm.get() == slot
        if slot is None:
            tries = 0
    bench.advance(1000)
    assert owner.alarm.get() is None and slot is None
    assert not [error for error in owner.said if isinstance(error, AssertionError)]


# In a lab.

CLOCK = """
import asyncio, time
from workers import DurableObject, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("")


class Clock(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.memory = 0

    async def wake(self, seconds, undo=False):
        self.memory = 1
        when = int((time.time() + seconds) * 1000)
        if undo:
            async def change(txn):
                await txn.setAlarm(when)
                txn.rollback()
            await self.ctx.storage.transaction(change)
        else:
            await self.ctx.storage.setAlarm(when)

    async def alarm(self, info):
        print("alarm", info.retryCount, self.memory)
        count = (await self.ctx.storage.get("count") or 0) + 1
        await self.ctx.storage.put("count", count)
        await self.ctx.storage.sync()
        await asyncio.sleep(5)
        print("done", count)

    async def left(self):
        return await self.ctx.storage.getAlarm()
"""


def clock(**options: Any) -> Lab:
    return Lab(CLOCK, durable_objects={"CLOCK": "Clock"}, **options)


def call(lab: Lab, method: str, *args: Any, name: str = "a") -> Any:
    return lab.run(getattr(lab.env("LHR").CLOCK.getByName(name), method)(*args))


def printed(lab: Lab) -> list[str]:
    return [entry.message for entry in lab.logs if entry.level == "log"]


def test_an_alarm_wakes_an_object_that_has_left_memory_and_is_billed_as_a_request():
    lab = clock()
    call(lab, "wake", 3600)
    lab.run(lab.advance("2 hours"))
    assert printed(lab) == ["alarm 0 0", "done 1"]
    assert lab.trace.units()["do.requests"] == 2
    assert call(lab, "left") is None


def test_an_alarm_that_is_set_in_a_transaction_is_undone_with_it():
    lab = clock()
    call(lab, "wake", 10, True)
    lab.run(lab.advance(60))
    assert printed(lab) == []
    call(lab, "wake", 30)
    call(lab, "wake", 10, True)
    lab.run(lab.advance(60))
    assert printed(lab) == ["alarm 0 0", "done 1"]


def test_a_crash_between_the_effect_and_the_end_brings_the_effect_again():
    lab = clock()
    call(lab, "wake", 10)
    lab.run(lab.advance(12))
    assert printed(lab) == ["alarm 0 1"]
    lab.durable_objects("CLOCK").crash("a")
    lab.run(lab.advance(120))
    assert printed(lab) == ["alarm 0 1", "alarm 0 0", "done 2"]


def test_an_alarm_outlives_its_place():
    lab = clock()
    call(lab, "wake", 600)
    place = lab.durable_objects("CLOCK").object("a").place
    lab.kill(place)
    lab.run(lab.advance(900))
    assert printed(lab) == ["alarm 0 0", "done 1"]
    assert lab.durable_objects("CLOCK").object("a").place != place


def test_an_alarm_is_in_a_snapshot():
    lab = clock()
    call(lab, "wake", 600)
    lab.run(lab.advance(60))
    state = lab.snapshot()
    lab.run(lab.advance(900))
    assert len(printed(lab)) == 2
    lab.restore(state)
    assert printed(lab) == []
    lab.run(lab.advance(500))
    assert printed(lab) == []
    lab.run(lab.advance(100))
    assert printed(lab) == ["alarm 0 0", "done 1"]


def test_a_failed_alarm_is_in_the_log_with_its_traceback():
    lab = Lab(
        CLOCK.replace('print("alarm", info.retryCount, self.memory)', "1 / 0"), durable_objects={"CLOCK": "Clock"}
    )
    call(lab, "wake", 10)
    lab.run(lab.advance(600))
    errors = [entry.message.splitlines()[-1] for entry in lab.logs if entry.level == "error"]
    dropped = "The alarm of a failed 7 times and is not retried any more."
    assert errors == ["ZeroDivisionError: division by zero"] * 7 + [dropped]
