"""Workflows on the planet: the binding, steps, retries, events, pauses, limits and bills, in time."""

from __future__ import annotations

import pytest

from labkit import facts
from labkit.emulators.workflows import retries
from labkit.errors import ConfigError, LabError
from labkit.workers.ffi import JsException
from tests.emulators.flows import Bench

QUICK = """
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        return event["payload"]
"""
LONG = """
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do()
        async def work():
            print("work")
            await asyncio.sleep(5)
            return 1

        await work()
        await step.sleep("nap", "1 hour")
        return await work()
"""
EVENT = """
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        sent = await step.wait_for_event("approval", "approve", timeout=event["payload"] or "24 hours")
        return sent["payload"]
"""


def failing(config: str) -> str:
    return f"""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do(config={config})
        async def fails():
            raise ValueError("no")
        await fails()
"""


def starts(bench: Bench) -> list[float]:
    """When each attempt began, in seconds after the first."""
    begun = [row["started"] for row in bench.instance().history if row["attempt"]]
    return [round(each - begun[0], 1) for each in begun]


# The binding.


def test_an_id_that_is_taken_is_refused_even_after_the_end():
    bench = Bench(QUICK)
    bench.create(1)
    bench.advance(60)
    with pytest.raises(JsException, match=r"^Error: \(instance.already_exists\) Instance already exists$"):
        bench.create(2)
    assert bench.instance().output == 1


def test_of_two_creations_at_once_with_one_id_one_is_refused():
    bench = Bench(QUICK)

    async def both():
        import asyncio

        flow = bench.flows.binding("LHR")
        return await asyncio.gather(flow.create(id="x"), flow.create(id="x"), return_exceptions=True)

    kinds = sorted(type(each).__name__ for each in bench.run(both()))
    assert kinds == ["JsException", "WorkflowInstance"]


def test_a_batch_leaves_out_the_ids_that_are_taken():
    bench = Bench(QUICK)
    bench.create(id="a")
    made = bench.run(bench.flows.binding("LHR").create_batch([{"id": "a"}, {"id": "b"}, {"id": "b"}, {"id": "c"}]))
    assert [each.id for each in made] == ["b", "c"]


@pytest.mark.parametrize(("count", "refused"), [(100, False), (101, True)])
def test_a_batch_has_at_most_a_hundred(count, refused):
    bench = Bench(QUICK, network=None)
    creating = bench.flows.binding("LHR").create_batch([{}] * count)
    if refused:
        with pytest.raises(JsException, match="at most 100 instances"):
            bench.run(creating)
    else:
        assert len(bench.run(creating)) == 100


def test_a_hundred_instances_a_second_begin_and_not_one_more():
    bench = Bench(QUICK)
    flow = bench.flows.binding("LHR")
    bench.run(flow.create_batch([{}] * 100))
    with pytest.raises(JsException, match="creation rate limit of 100 per second"):
        bench.run(flow.create())
    bench.advance(1)
    bench.run(flow.create())


@pytest.mark.parametrize(("size", "refused"), [(2**20 - 10, False), (2**20, True)])
def test_a_payload_has_at_most_a_mebibyte(size, refused):
    bench = Bench(QUICK)
    if refused:
        with pytest.raises(JsException, match="payload of 1048582 bytes exceeds"):
            bench.create("x" * size)
    else:
        assert bench.create("x" * size).size > size


def test_a_question_takes_the_way_to_the_instance_and_back():
    bench = Bench(QUICK)
    bench.create(colo="LHR")
    bench.advance(60)
    begun = bench.now
    assert bench.call("status", colo="SYD")["status"] == "complete"
    assert 0.2 < bench.now - begun < 1.5


def test_a_deleted_instance_is_gone_and_runs_no_more():
    bench = Bench(LONG)
    bench.create()
    bench.advance(60)
    bench.call("delete")
    with pytest.raises(JsException, match="instance.not_found"):
        bench.call("status")
    bench.advance("2 hours")
    assert bench.logged() == ["work"]


# Retries and time limits.


def test_by_default_a_step_is_tried_six_times_ten_seconds_apart_and_then_twice_as_long_each_time():
    bench = Bench(failing("None"))
    bench.create()
    bench.advance("1 hour")
    assert [round(each) for each in starts(bench)] == [0, 10, 30, 70, 150, 310]
    assert bench.instance().status == "errored"


@pytest.mark.parametrize(
    ("backoff", "expected"), [("constant", [0, 2, 4, 6]), ("linear", [0, 2, 6, 12]), ("exponential", [0, 2, 6, 14])]
)
def test_each_backoff_has_its_own_times(backoff, expected):
    bench = Bench(failing(f'{{"retries": {{"limit": 3, "delay": "2 seconds", "backoff": {backoff!r}}}}}'))
    bench.create()
    bench.advance("1 hour")
    assert [round(each) for each in starts(bench)] == expected


def test_a_step_of_the_default_time_limit_ends_after_ten_minutes():
    bench = Bench(LONG.replace("asyncio.sleep(5)", "asyncio.sleep(601)"))
    bench.create()
    bench.advance("605 seconds")
    (first,) = [row for row in bench.instance().history if row["took"]]
    assert (first["outcome"], round(first["took"])) == ("error: Execution timed out after 600000ms", 600)


def test_a_timed_out_attempt_overlaps_its_retry_and_both_have_their_effect():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do(config={"timeout": "10 seconds", "retries": {"limit": 1, "delay": "1 second"}})
        async def charge(ctx):
            await asyncio.sleep(15 if ctx["attempt"] == 1 else 8)
            print("charged", ctx["attempt"])
            return ctx["attempt"]
        return await charge()
""")
    bench.create()
    bench.advance(60)
    assert bench.logged() == ["charged 1", "charged 2"]
    assert bench.instance().output == 2


def test_a_final_error_is_not_tried_again():
    bench = Bench(failing("None").replace("ValueError", "NonRetryableError"))
    bench.create()
    bench.advance("1 hour")
    assert starts(bench) == [0]
    assert bench.instance().error[1].strip().endswith("workers.workflows.NonRetryableError: no")


def test_a_step_that_returns_what_cannot_be_kept_ends_the_instance_unheard():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        try:
            @step.do("unkept")
            async def unkept():
                print("executed")
                return lambda: 1
            await unkept()
        finally:
            print("heard")
""")
    bench.create()
    bench.advance("1 hour")
    assert bench.logged() == ["executed"]
    words = 'as the step "unkept" returned a value which is not serialisable'
    assert bench.instance().error[0] == "WorkflowFatalError" and bench.instance().error[1].endswith(words)


@pytest.mark.parametrize("leaves", ["sys.exit(3)", "raise Fundamental", "raise asyncio.CancelledError"])
def test_what_is_no_exception_fails_an_attempt_as_any_error_does_and_the_lab_lives(leaves):
    bench = Bench(f"""
import sys
class Fundamental(BaseException):
    pass
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do("odd")
        async def odd(ctx):
            if ctx["attempt"] == 1:
                {leaves}
            return "done"
        return await odd()
""")
    bench.create()
    bench.advance("1 hour")
    assert bench.attempts() == [("odd", "error"), ("odd", "ok")]
    assert bench.instance().output == "done"


def test_a_payload_that_lives_is_refused_because_no_storage_holds_it():
    bench = Bench(EVENT)
    with pytest.raises(JsException, match="Workflow event payload is not serialisable"):
        bench.create({"call": lambda: 1})
    bench.create()
    with pytest.raises(JsException, match="Workflow event payload is not serialisable"):
        bench.call("send_event", {"type": "t", "payload": [lambda: 1]})
    bench.advance(60)
    bench.lab.snapshot()


def test_the_error_of_an_instance_shows_no_frame_of_ours():
    bench = Bench(failing('{"retries": {"limit": 0, "delay": 1}}'))
    bench.create()
    bench.advance(60)
    assert "entry.py" in bench.instance().error[1]
    assert "labkit" not in bench.instance().error[1]


def test_a_delay_of_zero_doubled_a_thousand_times_is_zero():
    assert retries.delay_after(1100, {"retries": {"limit": 1200, "delay": 0, "backoff": "exponential"}}) == 0
    assert retries.delay_after(1100, {"retries": {"limit": 1200, "delay": 1, "backoff": "exponential"}}) > 1e100


def test_a_step_that_nobody_awaits_any_more_goes_on():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do()
        async def slow():
            await asyncio.sleep(5)
            print("done")
        try:
            await asyncio.wait_for(slow(), 1)
        except TimeoutError:
            print("gave up")
        await step.sleep("nap", "9 seconds")
""")
    bench.create()
    bench.advance(60)
    assert bench.logged() == ["gave up", "done"]
    assert bench.attempts() == [("slow", "ok"), ("nap", "ok")]


def test_a_step_computes_on_the_budget_of_its_run():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do()
        async def endless():
            while True:
                pass
        await asyncio.gather(endless())
""")
    bench.create()
    bench.advance(120)
    assert bench.instance().status == "errored"
    assert "exceeded CPU time limit" in bench.instance().error[1]


def test_the_older_form_lists_the_steps_that_a_step_depends_on():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do("a")
        async def a():
            print("a")
            return 1
        @step.do("b", depends=[a], concurrent=True)
        async def b(x, ctx):
            return x + ctx["attempt"]
        @step.do("c", depends=[a, b])
        async def c(x, y):
            return [x, y]
        problems = []
        for make in (lambda: step.do("d")(c_like), lambda: step.do("e", depends=[a])(c_like),
                     lambda: step.do("f", depends=[a, 5])(c_like)):
            try:
                await make()()
            except TypeError as error:
                problems.append(str(error))
        return [await c(), problems]

async def c_like(x, y):
    pass
""", date="2026-02-24")  # fmt: skip
    bench.create()
    bench.advance(60)
    assert bench.logged() == ["a"]
    assert bench.instance().output == [
        [1, 2],
        [
            "Step has 2 non-ctx parameter(s) but no 'depends' list provided",
            "Step declares 2 non-ctx parameter(s) but 'depends' has 1 item(s)",
            "'depends' entry for parameter 'y' is not a function decorated with step.do",
        ],
    ]


def test_from_its_compatibility_date_on_a_step_goes_by_names():
    source = """
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        step.do("x", depends=[])
"""
    for date, status in (("2026-02-24", "complete"), ("2026-02-25", "errored")):
        bench = Bench(source, date=date)
        bench.create()
        bench.advance(1)
        assert bench.instance().status == status


def test_a_handle_in_a_notebook_drives_the_labs_time():
    bench = Bench(QUICK)
    handle = bench.run(bench.lab.env("LHR").FLOW.create(params=5))
    bench.advance(1)
    assert bench.run(handle.status())["output"] == 5
    (other,) = bench.run(bench.lab.env("LHR").FLOW.create_batch([{"id": "b"}]))
    assert (other.id, bench.run(other.status())["status"]) == ("b", "complete")


# Events.


def test_an_event_wakes_an_instance_that_is_not_in_memory():
    bench = Bench(EVENT)
    instance = bench.create()
    bench.advance("2 hours")
    assert (instance.status, instance.is_in_memory) == ("waiting", False)
    bench.call("send_event", {"type": "approve", "payload": "yes"})
    bench.advance(1)
    assert (instance.status, instance.output) == ("complete", "yes")


def test_an_event_of_another_type_is_kept_and_wakes_nobody():
    bench = Bench(EVENT)
    instance = bench.create()
    bench.advance("2 hours")
    bench.call("send_event", {"type": "reject", "payload": "no"})
    bench.advance("1 hour")
    assert (instance.status, instance.runs, list(instance.events)) == ("waiting", 1, ["reject"])


def test_of_two_who_wait_for_one_type_the_first_gets_the_first_event():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        got = await asyncio.gather(*(step.wait_for_event(name, "t") for name in "abc"))
        return [each["payload"] for each in got]
""")
    bench.create()
    for number in range(3):
        bench.advance(5 * number * number)
        bench.call("send_event", {"type": "t", "payload": number})
    bench.advance(1)
    assert bench.instance().output == [0, 1, 2]


@pytest.mark.parametrize(("hours", "status"), [(23.9, "waiting"), (24.1, "errored")])
def test_a_wait_ends_after_twenty_four_hours_by_default(hours, status):
    bench = Bench(EVENT)
    bench.create()
    bench.advance(hours * 3600)
    assert bench.instance().status == status


def test_a_wait_that_timed_out_says_after_how_long():
    bench = Bench(EVENT)
    bench.create("1 hour")
    bench.advance("2 hours")
    assert bench.instance().error[1].strip().endswith("Error: Execution timed out after 3600000ms")


def test_an_event_for_an_instance_at_its_end_is_refused():
    bench = Bench(QUICK)
    bench.create()
    bench.advance(60)
    words = "instance.in_finite_state.* Instance reached a finite state, cannot send events to it"
    with pytest.raises(JsException, match=words):
        bench.call("send_event", {"type": "x", "payload": 1})


# Pause, resume, restart.


def test_a_pause_waits_for_the_running_step():
    bench = Bench(LONG)
    bench.create()
    bench.advance(2)
    bench.call("pause")
    assert bench.instance().status == "waitingForPause"
    bench.advance(10)
    assert (bench.instance().status, bench.attempts()) == ("paused", [("work", "ok")])


def test_a_pause_that_is_called_off_leaves_the_run_as_it_is():
    bench = Bench(LONG)
    bench.create()
    bench.advance(2)
    bench.call("pause")
    bench.call("resume")
    bench.advance("2 hours")
    assert (bench.instance().status, bench.logged()) == ("complete", ["work", "work"])


def test_the_steps_that_would_begin_wait_for_the_pause():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        def stepped(name, seconds):
            @step.do(name)
            async def call():
                await asyncio.sleep(seconds)
                print(name)
            return call
        async def two():
            await stepped("short", 1)()
            await stepped("after", 1)()
        await asyncio.gather(stepped("long", 5)(), two())
""")
    bench.create()
    bench.advance(0.5)
    bench.call("pause")
    bench.advance(60)
    assert (bench.instance().status, bench.logged()) == ("paused", ["short", "long"])
    bench.call("resume")
    bench.advance(60)
    assert (bench.instance().status, bench.logged()) == ("complete", ["short", "long", "after"])


def test_a_sleep_is_longer_by_the_time_of_a_pause():
    bench = Bench(LONG)
    bench.create()
    bench.advance("30 minutes")
    bench.call("pause")
    bench.advance("10 hours")
    assert bench.instance().status == "paused"
    bench.call("resume")
    bench.advance("29 minutes")
    assert bench.instance().status == "waiting"
    bench.advance("2 minutes")
    assert bench.instance().status == "complete"


def test_a_restart_gives_every_step_a_fresh_result():
    bench = Bench(LONG)
    bench.create()
    bench.advance("2 hours")
    bench.call("restart")
    bench.advance("2 hours")
    assert bench.logged() == ["work"] * 4
    assert len(bench.instance().history) == 3


def test_a_restart_from_a_step_keeps_the_results_before_it():
    bench = Bench(LONG)
    bench.create()
    bench.advance("2 hours")
    bench.call("restart", {"from": {"name": "work", "count": 2}})
    bench.advance("2 hours")
    assert bench.logged() == ["work"] * 3
    with pytest.raises(JsException, match='Step "nope" not found in execution history'):
        bench.call("restart", {"from": {"name": "nope"}})


def test_a_queued_instance_that_is_terminated_never_runs():
    bench = Bench(LONG, {"concurrency": {"limit": 1}})
    bench.create(id="first")
    bench.create(id="second")
    bench.call("terminate", id="second")
    bench.advance("2 hours")
    assert (bench.instance("first").status, bench.instance("second").runs) == ("complete", 0)


def test_a_terminated_instance_does_nothing_any_more():
    bench = Bench(LONG)
    bench.create()
    bench.advance(2)
    bench.call("terminate")
    bench.advance("2 hours")
    assert (bench.instance().status, bench.attempts()) == ("terminated", [("work", "running")])


# Limits.


@pytest.mark.parametrize(("count", "status"), [(3, "complete"), (4, "errored")])
def test_more_steps_than_the_limit_are_refused(count, status):
    source = """
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        for number in range(event["payload"]):
            await step.do(f"step {number}")(lambda: None)()
"""
    bench = Bench(source, {"limits": {"steps": 3}})
    bench.create(count)
    bench.advance(60)
    assert bench.instance().status == status
    words = "The limit of 3 steps has been reached. This limit can be changed in your worker configuration."
    assert status == "complete" or bench.instance().error[1].strip().endswith(words)


@pytest.mark.parametrize(("size", "status"), [(2**20 - 10, "complete"), (2**20, "errored")])
def test_a_result_has_at_most_a_mebibyte(size, status):
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do(config={"retries": {"limit": 0, "delay": 1}})
        async def large():
            return "x" * event["payload"]
        await large()
""")
    bench.create(size)
    bench.advance(60)
    assert bench.instance().status == status
    words = "Step large-1 output is too large. Maximum allowed size is 1MiB."
    assert status == "complete" or bench.instance().error[1].strip().endswith(words)


def test_more_state_than_an_instance_may_keep_ends_it():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        for number in range(101):
            @step.do()
            async def large():
                return "x" * 1_000_000
            await large()
""", plan="free")  # fmt: skip
    bench.create()
    bench.advance(60)
    assert bench.instance().error == ("WorkflowFatalError", "The instance has exceeded the 100MB storage limit")


def test_an_instance_without_a_free_slot_is_queued_and_those_that_wait_take_none():
    bench = Bench(LONG, {"concurrency": {"limit": 1}})
    for name in ("a", "b", "c"):
        bench.create(id=name)
    assert [bench.instance(name).status for name in "abc"] == ["running", "queued", "queued"]
    bench.advance(6)
    assert [bench.instance(name).status for name in "abc"] == ["waiting", "running", "queued"]
    bench.advance("3 hours")
    assert [bench.instance(name).status for name in "abc"] == ["complete"] * 3


def test_more_queued_instances_than_the_platform_keeps_are_refused(monkeypatch):
    bench = Bench(LONG, {"concurrency": {"limit": 1}})
    monkeypatch.setattr(bench.flows.engine, "queue_limit", 2)
    for name in ("a", "b", "c"):
        bench.create(id=name)
    with pytest.raises(JsException, match="at most 2 instances may be queued"):
        bench.create(id="d")


@pytest.mark.parametrize(("plan", "days"), [("free", 3), ("paid", 7)])
def test_an_instance_is_kept_for_some_days_after_its_end(plan, days):
    bench = Bench(QUICK, plan=plan)
    bench.create("x")
    bench.advance(days * 86_400 - 60)
    assert bench.flows.stored_bytes > 0
    bench.advance(120)
    assert (bench.flows.instances, bench.flows.stored_bytes) == ({}, 0)
    bench.create("again")


def test_the_configuration_and_the_instance_may_say_how_long_it_is_kept():
    bench = Bench(QUICK, {"default_retention": {"success_retention": "2 days", "error_retention": "40 days"}})
    assert bench.create(id="a").retention == (2 * 86_400, 30 * 86_400)
    assert bench.create(id="b", retention={"successRetention": "1 hour"}).retention == (3600, 30 * 86_400)
    with pytest.raises(JsException, match="retention soon is no duration"):
        bench.create(id="c", retention={"errorRetention": "soon"})


@pytest.mark.parametrize("call", ['step.sleep("nap", "366 days")', 'step.wait_for_event("w", "t", timeout="366 days")'])
def test_nobody_sleeps_or_waits_for_more_than_a_year(call):
    bench = Bench(f"""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        await {call}
""")
    bench.create()
    bench.advance(1)
    assert "at most 365 days" in bench.instance().error[1]


# Bills, schedules, faults.


def test_every_step_is_billed_once_sleeps_and_waits_too_and_retries_not():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do(config={"retries": {"limit": 5, "delay": 100}})
        async def flaky(ctx):
            if ctx["attempt"] < 3:
                raise ValueError("no")
        await flaky()
        await step.sleep("nap", "1 day")
        await step.wait_for_event("w", "go")
""")
    bench.create()
    bench.advance("1 day")
    bench.advance(60)
    bench.call("send_event", {"type": "go", "payload": 1})
    bench.advance(60)
    assert bench.instance().status == "complete"
    assert bench.steps_billed() == 3


def test_an_instance_is_one_request_however_often_it_runs():
    bench = Bench(LONG)
    bench.create()
    bench.advance("2 hours")
    runs = bench.lab.trace.where("workflows", "run")
    assert [run.units["workers.requests"] for run in runs] == [1, 0]
    assert all(run.units["workers.cpu_ms"] > 0 for run in runs)


def test_what_is_stored_is_on_the_bill():
    bench = Bench(QUICK)
    bench.create("x" * 1000)
    assert bench.flows.stored_units() == {"workflows.storage_gb_mo": bench.instance().size / 1e9}


def test_a_schedule_begins_an_instance_that_knows_its_cron_and_time():
    bench = Bench("""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        return event["schedule"]
""", {"schedules": "0 * * * *"})  # fmt: skip
    assert bench.flows.schedules == ("0 * * * *",)
    name = bench.flows.scheduled("0 * * * *", 1_700_000_000, "LHR")
    bench.advance(60)
    assert bench.instance(name).output == {"cron": "0 * * * *", "scheduledTime": 1_700_000_000_000}


def test_an_unknown_instance_is_refused_with_those_that_there_are():
    bench = Bench(QUICK)
    bench.create()
    with pytest.raises(LabError, match="No instance 'x' of 'flow' is kept; there is i"):
        bench.instance("x")


def test_a_snapshot_keeps_the_queue_pauses_and_ends():
    bench = Bench(LONG, {"concurrency": {"limit": 1}})
    bench.create(id="done")
    bench.advance("2 hours")
    bench.create(id="paused")
    bench.advance("30 minutes")
    bench.call("pause", id="paused")
    state = bench.lab.snapshot()
    bench.advance("8 days")
    bench.lab.restore(state)
    assert {name: each.status for name, each in bench.flows.instances.items()} == {
        "done": "complete",
        "paused": "paused",
    }
    bench.call("resume", id="paused")
    bench.advance("1 hour")
    assert bench.instance("paused").status == "complete"
    bench.advance("7 days")
    assert bench.flows.instances == {}


@pytest.mark.parametrize(("steps", "refused"), [(25_000, False), (25_001, True)])
def test_a_configuration_may_ask_for_as_many_steps_as_the_plan_has(steps, refused):
    if refused:
        with pytest.raises(ConfigError, match="'flow' asks for 25001 steps, and a Workflow of the paid plan has 25000"):
            Bench(QUICK, {"limits": {"steps": steps}})
    else:
        assert Bench(QUICK, {"limits": {"steps": steps}}).flows.engine.step_limit == steps


def test_the_local_delay_is_a_second_with_the_network_off():
    bench = Bench(failing("None"), network=None)
    bench.create()
    bench.advance("10 minutes")
    assert [round(each) for each in starts(bench)] == [0, 1, 3, 7, 15, 31]
    assert facts.value("workflows.retry_delay") == 10


def test_an_instance_that_recovers_keeps_its_slot_over_a_snapshot():
    bench = Bench(LONG, {"concurrency": {"limit": 1}})
    bench.create(id="a")
    bench.advance(1)
    bench.flows.crash("a")
    bench.advance(0.5)
    bench.lab.restore(bench.lab.snapshot())
    assert bench.create(id="b").status == "queued"
    bench.advance("2 hours")
    assert [bench.instance(name).status for name in "ab"] == ["complete", "complete"]
