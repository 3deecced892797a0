"""Workflows' phenomena: they would not agree if a formula or a Workflow were wrong, and no step is from the future."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.emulators.workflows import retries as engine
from labkit.errors import LabError
from labkit.sim import workflows
from labkit.sim.agreement import Disagreement
from labkit.sim.service import Service
from labkit.sim.workflows import Policy, flows
from labkit.sim.workflows.retries import BACKOFFS
from labkit.sim.workflows.yours import Yours, steps

HEAD = "import random\nfrom workers import WorkerEntrypoint, WorkflowEntrypoint, fetch\n\n"
NAMELESS = (
    HEAD
    + """
class Mine(WorkflowEntrypoint):
    async def run(self, event, step):
        for number, nap in enumerate(event["payload"]["naps"]):
            @step.do(f"work {random.random()}")
            async def work():
                return None
            await work()
            await step.sleep(f"nap {number}", int(nap * 1000))
"""
)
DOGGED = (
    HEAD
    + """
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do("order", config={"retries": {"limit": 5, "delay": "10 seconds", "backoff": "constant"}})
        async def place():
            answer = await fetch(f"https://service.example/orders/{event['payload']['order']}", method="POST")
            if answer.status != 200:
                raise RuntimeError("unavailable")
        await place()
"""
)
IDLER = HEAD + "class Flow(WorkflowEntrypoint):\n    async def run(self, event, step):\n        return 1\n"
SLEEPER = IDLER.replace("return 1", 'await step.sleep("nap", "30 days")')


def module(name: str):
    """The module of a phenomenon, which its package hides behind the function of the same name."""
    return sys.modules[f"labkit.sim.workflows.{name}"]


@pytest.mark.parametrize(("name", "watch", "wrong", "options"), [
    ("replay", "runs", lambda rounds, nap: 1 + rounds, {"rounds": (5,)}),
    ("replay", "replayed", lambda rounds, nap: rounds * workflows.hibernates(nap), {"rounds": (5,)}),
    ("retries", "attempts", lambda p, policy: 1 / (1 - p), {"failing": (0.8,)}),
    ("retries", "failed", lambda p, policy: p**policy.limit, {"failing": (0.8,)}),
    ("retries", "waited", lambda p, policy: p * sum(policy.delays), {"failing": (0.5,)}),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, watch, wrong, options):
    table = module(name).WATCHED
    monkeypatch.setitem(table, watch, table[watch]._replace(theory=wrong))
    with pytest.raises(Disagreement, match="model"):
        getattr(workflows, name)(None, watch=watch, **options).check()


def test_a_workflow_whose_steps_have_new_names_each_time_leaves_the_line():
    asked = {"rounds": (3,), "watch": "replayed", "instances": 30}
    with pytest.raises(Disagreement, match="yours gives 0.0000"):
        workflows.replay(NAMELESS, class_name="Mine", **asked).check()


def test_a_workflow_with_another_backoff_leaves_the_line():
    asked = {"failing": (0.8,), "watch": "waited", "instances": 40}
    assert workflows.retries(DOGGED, backoff="constant", **asked).check()
    with pytest.raises(Disagreement, match="yours"):
        workflows.retries(DOGGED, backoff="exponential", **asked).check()


def test_sleeps_too_short_to_leave_memory_replay_nothing():
    (row,) = workflows.replay(rounds=(3,), nap=0.5, watch="replayed", instances=20).rows
    assert row.yours and row.yours.mean == row.model.mean == 0
    assert row.theory < 1e-7


def test_a_workflow_without_a_step_and_one_that_does_not_end_are_told_so():
    with pytest.raises(LabError, match="20 instances took no step. The last ended as complete"):
        workflows.retries(IDLER, failing=(0.5,), instances=20)
    with pytest.raises(LabError, match="an instance is still waiting, with 1 steps"):
        workflows.retries(SLEEPER, failing=(0.5,), instances=20)


@pytest.mark.parametrize(("phenomenon", "wrong"), [
    (workflows.replay, {"watch": "colour"}), (workflows.retries, {"watch": "colour"}),
    (workflows.retries, {"backoff": "colour"}),
])  # fmt: skip
def test_what_there_is_not_is_refused(phenomenon, wrong):
    with pytest.raises(LabError, match="='colour'"):
        phenomenon(None, **wrong)


@pytest.mark.parametrize(("phenomenon", "wrong", "words"), [
    (workflows.replay, {"nap": 0}, "nap=0: a number above 0"),
    (workflows.replay, {"rounds": (1, 2.5)}, "rounds=2.5: whole numbers from 0"),
    (workflows.retries, {"failing": (-1,)}, "failing=-1: a share is from 0 to 1"),
    (workflows.retries, {"limit": -1}, "limit=-1: whole numbers from 0"),
])  # fmt: skip
def test_what_no_step_can_be_is_refused_in_a_sentence(phenomenon, wrong, words):
    with pytest.raises(LabError, match=words):
        phenomenon(None, **wrong)


def test_a_step_that_always_fails_takes_all_of_its_attempts():
    (row,) = workflows.retries(None, failing=(1,)).rows
    assert row.theory == row.model.mean == 6


@pytest.mark.parametrize("backoff", BACKOFFS)
def test_delays_are_the_engines(backoff):
    policy = Policy(6, 7.0, backoff)
    delays = [engine.delay_after(attempt, {"retries": policy.config}) for attempt in range(1, 8)]
    assert delays == [*policy.delays, None]


def test_the_code_before_a_step_runs_once_where_no_sleep_is_long_and_once_more_for_each_that_is():
    always = 1e12
    assert workflows.executions_before(1, 10, always) == pytest.approx(workflows.runs(10, always)) == pytest.approx(11)
    assert workflows.executions_before(10, 10, always) == pytest.approx(2)
    assert sum(workflows.executions_before(k, 7) - 1 for k in range(1, 8)) == pytest.approx(workflows.replayed(7))
    assert workflows.hibernates(0.01) == 0
    assert workflows.attempts(1, Policy(3)) == 4 and workflows.attempts(0) == 1
    assert workflows.waited(1, Policy(3, 10, "exponential")) == 70


@settings(max_examples=12)
@given(st.floats(0, 0.9), st.integers(0, 4), st.sampled_from(sorted(BACKOFFS)), st.integers(0, 9))
def test_attempts_never_exceed_the_limit_and_come_in_order_and_never_before_they_are_due(p, limit, backoff, seed):
    policy, service = Policy(limit, 15.0, backoff), Service(seed, fails=p)
    payloads = [{"order": number, "retries": policy.config} for number in range(6)]
    found = Yours(flows.Retrying, seed=seed).run(0, payloads, sum(policy.delays) + 60, service)
    for number, instance in enumerate(found):
        (record,) = steps(instance)
        attempts, calls = record.attempts, service.calls[str(number)]
        assert len(attempts) == calls <= limit + 1
        assert (instance.status == "errored") is (service.done()[str(number)] == 0)
        for before, after, delay in zip(attempts, attempts[1:], policy.delays, strict=False):
            assert before.ended is not None and after.started >= before.ended + delay - 1e-6
        assert record.ended is not None and record.ended >= attempts[-1].started


@settings(max_examples=12)
@given(st.lists(st.floats(0.1, 40), min_size=1, max_size=5), st.integers(0, 9))
def test_a_step_is_done_once_however_often_it_is_asked_for_and_none_is_replayed_before_it_was_done(naps, seed):
    long = [nap > 10 for nap in naps]
    (instance,) = Yours(flows.Napping, seed=seed).run(0, [{"naps": naps}], sum(naps) + 60)
    records = steps(instance)
    assert instance.runs == 1 + sum(long)
    assert [record.replays for record in records] == [sum(long[number:]) for number in range(len(naps))]
    assert all(len(record.attempts) == 1 for record in records)
    ends = [record.ended for record in records]
    assert all(ended is not None for ended in ends) and ends == sorted(ends)  # type: ignore[type-var]
