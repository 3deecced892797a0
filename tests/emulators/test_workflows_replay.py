"""Replay from the top: what runs again, what does not, and when an instance leaves memory."""

from __future__ import annotations

import pytest

from labkit.errors import LabError
from tests.emulators.flows import Bench

NAP = """
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        print("top")
        seen = []

        @step.do()
        async def first():
            print("first")
            seen.append("first")
            return 1

        await first()
        await step.sleep("nap", event["payload"])

        @step.do()
        async def second(first):
            print("second")
            return first + 1

        return [await second(), seen]
"""


def test_after_a_long_sleep_the_run_begins_again_from_the_top_and_its_steps_do_not():
    bench = Bench(NAP)
    bench.create("30 days")
    bench.advance("31 days")
    assert bench.logged() == ["top", "first", "top", "second"]


def test_what_code_outside_of_steps_had_gathered_is_gone_after_a_long_sleep():
    bench = Bench(NAP)
    bench.create("30 days")
    bench.advance("31 days")
    assert bench.instance().output == [2, []]


def test_a_short_sleep_leaves_the_run_in_memory():
    bench = Bench(NAP)
    bench.create("5 seconds")
    bench.advance(60)
    assert bench.logged() == ["top", "first", "second"]
    assert bench.instance().output == [2, ["first"]]


def test_an_instance_that_sleeps_for_long_is_no_task():
    bench = Bench(NAP)
    instance = bench.create("30 days")
    bench.advance(60)
    assert (instance.status, instance.is_in_memory) == ("waiting", False)
    bench.lab.snapshot()


def test_replaying_always_begins_anew_after_each_step():
    bench = Bench(NAP)
    bench.flows.replay = "always"
    bench.create("5 seconds")
    bench.advance(60)
    assert bench.logged() == ["top", "first", "top", "top", "second", "top"]
    assert bench.instance().output == [2, []]


def test_replaying_never_keeps_the_run_in_memory_however_long_it_sleeps():
    bench = Bench(NAP)
    bench.flows.replay = "never"
    bench.create("30 days")
    bench.advance("31 days")
    assert bench.logged() == ["top", "first", "second"]


def test_another_word_for_replay_is_refused():
    with pytest.raises(LabError, match="'always', 'on wake', 'never', not 'sometimes'"):
        Bench(NAP).flows.replay = "sometimes"


def test_the_trace_has_each_run_and_what_it_was_answered_from_the_record():
    bench = Bench(NAP)
    bench.create("30 days")
    bench.advance("31 days")
    runs = bench.lab.trace.where("workflows", "run")
    assert [(run.detail["run"], run.detail["replayed"], run.outcome) for run in runs] == [
        (1, [], "hibernated"),
        (2, ["first-1"], "ok"),
    ]


def test_the_history_shows_every_attempt_and_how_often_a_step_was_replayed():
    bench = Bench(NAP)
    bench.create("30 days")
    bench.advance("31 days")
    history = bench.instance().history
    rows = [(row["step"], row["attempt"], row["outcome"], row["replayed"]) for row in history]
    assert rows == [("first", 1, "ok", 1), ("nap", None, "ok", 0), ("second", 1, "ok", 0)]
    assert repr(history).splitlines()[0].split() == ["step", "attempt", "started", "took", "outcome", "replayed"]
    assert "<td" in history._repr_html_() and "nap" in history._repr_html_()


def test_a_step_with_a_name_of_its_own_each_time_is_executed_again():
    bench = Bench("""
import random
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do(f"step {random.random()}")
        async def named():
            print("executed")
        await named()
        await step.sleep("nap", "1 day")
""")
    bench.create()
    bench.advance("2 days")
    assert bench.logged() == ["executed", "executed"]


def test_an_error_that_a_step_ended_in_is_raised_again_in_a_later_run():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do(config={"retries": {"limit": 0, "delay": 1}})
        async def fails():
            print("executed")
            raise ValueError("no")
        try:
            await fails()
        except ValueError as error:
            caught = str(error)
        await step.sleep("nap", "1 day")
        return caught
""")
    bench.create()
    bench.advance("2 days")
    assert (bench.logged(), bench.instance().output) == (["executed"], "ValueError: no")


def test_a_moment_that_was_slept_until_is_not_in_the_past_of_a_later_run():
    bench = Bench("""
import datetime
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        await step.sleep_until("until", event["timestamp"] + datetime.timedelta(days=1))
        await step.sleep("more", "1 day")
        return "done"
""")
    bench.create()
    bench.advance("3 days")
    assert bench.instance().output == "done"


def test_the_payload_is_a_fresh_copy_in_each_run():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        event["payload"]["n"] += 1
        await step.sleep("nap", "1 day")
        return event["payload"]["n"]
""")
    bench.create({"n": 0})
    bench.advance("2 days")
    assert bench.instance().output == 1


def test_no_finally_of_the_learner_is_reached_when_a_run_leaves_memory():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        try:
            await step.sleep("nap", "1 day")
        finally:
            print("finally")
""")
    bench.create()
    bench.advance("12 hours")
    assert bench.logged() == []
    bench.advance("1 day")
    assert bench.logged() == ["finally"]


def test_a_snapshot_of_a_sleeping_instance_goes_on_where_it_was():
    bench = Bench(NAP)
    bench.create("30 days")
    bench.advance("1 day")
    state = bench.lab.snapshot()
    bench.advance("30 days")
    assert bench.instance().status == "complete"
    bench.lab.restore(state)
    assert bench.instance().status == "waiting"
    bench.advance("28 days")
    assert bench.instance().status == "waiting"
    bench.advance("2 days")
    assert bench.instance().output == [2, []]
