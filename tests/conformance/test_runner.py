"""The runner itself: it finds a wrong answer, and compares what is comparable and nothing less."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conformance.areas import is_built
from tests.conformance.known import Known, known
from tests.conformance.replay import replay
from tests.conformance.values import MISSING, canonical, decode, decode_arguments, encode, encode_error

NEW_YEAR = {"$date": "2026-01-01T00:00:00.000Z"}


class Refusal(Exception):
    name, message = "TypeError", "no such key"


class FakeBench:
    """A bench whose one binding returns what it was given, or refuses."""

    clock = 0.0

    def target(self, name: str) -> Any:
        return SimpleNamespace(echo=lambda *args: args[0] if args else None, refuse=self.refuse, size=3)

    def refuse(self) -> None:
        raise Refusal

    def run(self, awaitable: Any) -> Any:
        raise AssertionError("nothing here is awaitable")

    def advance(self, seconds: float) -> None:
        self.clock += seconds


class ConsumingBench(FakeBench):
    """A bench whose consumer was given one batch of the queue `main` after a tenth of a second."""

    deliveries = [{"t": 100, "queue": "main", "messages": [{"body": "a", "attempts": 1}, {"body": "b", "attempts": 1}]}]

    def consume(self, consumer: dict[str, Any]) -> None:
        self.consumer = consumer


def delivered(*batches: dict[str, Any], known: Known | None = None):
    scenario = {"id": "q-1", "steps": [], "consumer": {"config": {}, "rules": []}, "deliveries": list(batches)}
    return replay(scenario, ConsumingBench(), known or Known())


def one(late: float = 100, queue: str = "main", bodies: str = "ab") -> dict[str, Any]:
    return {"t": late, "queue": queue, "messages": [{"body": body, "attempts": 1} for body in bodies]}


@pytest.mark.parametrize("late", [0, 1100])
def test_a_batch_agrees_that_comes_within_a_second(late):
    verdict = delivered(one(late))
    assert (verdict.calls, verdict.disagreements) == (1, [])


@pytest.mark.parametrize(
    "batches",
    [[one(1101)], [one(bodies="ba")], [one(bodies="a")], [one(queue="other")], [], [one(), one()],
     [one(bodies="a"), one(bodies="b")]],
)  # fmt: skip
def test_a_batch_that_comes_late_or_holds_something_else_or_does_not_come_disagrees(batches):
    assert delivered(*batches).disagreements


def test_batches_are_compared_message_by_message_where_the_table_says_so():
    assert delivered(one(bodies="a"), one(bodies="b"), known=Known(batches={"main"})).disagreements == []
    assert delivered(one(bodies="b"), one(bodies="a"), known=Known(batches={"main"})).disagreements


def play(*steps: dict[str, Any], known: Known | None = None):
    return replay({"id": "x-1", "steps": list(steps)}, FakeBench(), known or Known())


@pytest.mark.parametrize("step", [
    {"call": "KV.echo", "args": [1], "result": 1},
    {"call": "KV.echo", "args": [{"b": 1, "a": None}], "result": {"a": None, "b": 1}},
    {"call": "KV.echo", "args": [{"$bytes": "AAE="}], "result": {"$bytes": "AAE="}},
    {"call": "KV.echo", "args": [{"$repeat": ["ab", 2]}], "result": "abab"},
    {"call": "KV.echo", "args": [{"$zeros": 2}], "result": {"$bytes": "AAA="}},
    {"call": "KV.echo", "args": [NEW_YEAR], "result": NEW_YEAR},
    {"call": "KV.echo", "args": [{"$map": [["k", 1], ["j", 2]]}], "result": {"$map": [["k", 1], ["j", 2]]}},
    {"call": "KV.size", "result": 3},
    {"call": "KV.refuse", "error": {"name": "TypeError", "message": "no such key"}},
])  # fmt: skip
def test_the_recorded_answer_agrees(step):
    assert play(step).disagreements == []


@pytest.mark.parametrize("step", [
    {"call": "KV.echo", "args": [True], "result": 1},
    {"call": "KV.echo", "args": ["1"], "result": 1},
    {"call": "KV.echo", "args": [{"a": 1}], "result": {"a": 1, "b": 2}},
    {"call": "KV.echo", "args": [{"a": 1, "b": 2}], "result": {"a": 1}},
    {"call": "KV.echo", "args": [{"$map": [["k", 1], ["j", 2]]}], "result": {"$map": [["j", 2], ["k", 1]]}},
    {"call": "KV.echo", "args": ["x"], "error": {"name": "TypeError", "message": "no such key"}},
    {"call": "KV.refuse", "result": None},
    {"call": "KV.refuse", "error": {"name": "TypeError", "message": "other words"}},
    {"call": "KV.refuse", "error": {"name": "Error", "message": "no such key"}},
    {"call": "KV.absent", "result": None},
])  # fmt: skip
def test_any_other_answer_disagrees(step):
    [found] = play(step).disagreements
    assert found.scenario == "x-1" and "expected" in str(found) and "got" in str(found)


def test_a_step_may_use_what_an_earlier_one_kept():
    first = {"call": "KV.echo", "args": [{"cursor": "c", "keys": [{"n": 1}]}], "as": "p"}
    second = {"call": "KV.echo", "args": [{"$ref": "p.cursor"}], "result": "c"}
    third = {"call": "KV.echo", "args": [{"$ref": "p.keys.0.n"}], "result": 1}
    assert play({**first, "result": {"cursor": "c", "keys": [{"n": 1}]}}, second, third).disagreements == []


def test_a_reference_to_an_absent_field_is_an_argument_that_is_not_given():
    kept = {"p": {"keys": []}}
    assert decode({"$ref": "p.cursor"}, kept) is MISSING
    assert decode_arguments([{"limit": 2, "cursor": {"$ref": "p.cursor"}}], kept) == [{"limit": 2}]
    assert decode_arguments(["k", {"$ref": "p.cursor"}], kept) == ["k"]
    assert decode_arguments([{"$ref": "p.cursor"}, "k"], kept) == [None, "k"]


def test_the_clock_moves_between_steps_and_a_scenario_goes_on_after_a_disagreement():
    verdict = play({"call": "KV.echo", "args": [1], "result": 2}, {"advance": 60}, {"call": "KV.size", "result": 3})
    assert (verdict.calls, len(verdict.disagreements)) == (2, 1)


def test_a_live_object_is_compared_only_by_its_existence():
    assert encode(object(), {"$opaque": True}, None) == {"$opaque": True}
    assert encode(None, {"$opaque": True}, None) is None


def test_a_whole_float_and_an_integer_are_one_number():
    assert canonical({"n": [1.0]}) == canonical({"n": [1]})
    assert canonical(1.5) != canonical(1)


def test_a_field_that_is_not_compared_is_ignored_at_any_depth_and_no_other_is():
    excused = Known(fields={"duration"})
    step = {"call": "KV.echo", "args": [[{"meta": {"duration": 2, "rows": 1}}]]}
    assert play({**step, "result": [{"meta": {"duration": 1, "rows": 1}}]}, known=excused).disagreements == []
    assert play({**step, "result": [{"meta": {"duration": 1, "rows": 9}}]}, known=excused).disagreements


def test_an_error_of_which_the_words_are_not_comparable_is_compared_by_its_kind():
    excused = Known(errors={"TypeError"})
    step = {"call": "KV.refuse", "error": {"name": "TypeError", "message": "other words"}}
    assert play(step, known=excused).disagreements == []
    other = {"call": "KV.refuse", "error": {"name": "SyntaxError", "message": "no such key"}}
    assert play(other, known=excused).disagreements


def test_an_error_of_python_has_its_type_for_a_name():
    assert encode_error(ValueError("bad")) == {"name": "ValueError", "message": "bad"}


def test_a_known_difference_needs_a_reason(tmp_path):
    table = tmp_path / "exceptions.toml"
    table.write_text('[[difference]]\narea = "kv"\nfield = "x"\n')
    with pytest.raises(ValueError, match="needs a reason"):
        known("kv", table)


def test_an_area_is_built_when_it_has_a_module():
    assert is_built("kv")
    assert not is_built("no_such_area")
