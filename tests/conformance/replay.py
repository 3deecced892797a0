"""Plays a recorded scenario on a bench and says where the two disagree."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from typing import Any

from tests.conformance.areas import Bench
from tests.conformance.known import Known
from tests.conformance.values import canonical, decode_arguments, encode, encode_error, follow


@dataclass
class Disagreement:
    """One step of which the emulator's answer is not the recorded one."""

    scenario: str
    step: int
    call: str
    args: list[Any]
    expected: dict[str, Any]
    got: dict[str, Any]

    def __str__(self) -> str:
        call = f"{self.call}({', '.join(canonical(each) for each in self.args)})"
        lines = [f"{self.scenario} step {self.step}: {call}", f"expected {canonical(self.expected)}"]
        return "\n  ".join(_short(line) for line in [*lines, f"got      {canonical(self.got)}"])


@dataclass
class Verdict:
    """How a scenario went: the calls made, and those that disagree."""

    calls: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def replay(scenario: dict[str, Any], bench: Bench, known: Known) -> Verdict:
    """Play every step. A step that disagrees does not end the scenario."""
    verdict, kept = Verdict(), {}
    if "consumer" in scenario:
        bench.consume(scenario["consumer"])  # type: ignore[attr-defined]
    for number, step in enumerate(scenario["steps"]):
        if "advance" in step:
            bench.advance(step["advance"])
            continue
        verdict.calls += 1
        expected = {key: step[key] for key in ("result", "error") if key in step}
        got = _outcome(step, bench, kept)
        if canonical(known.comparable(expected)) != canonical(known.comparable(got)):
            args = step.get("args", [])
            verdict.disagreements.append(Disagreement(scenario["id"], number, step["call"], args, expected, got))
    if "deliveries" in scenario:
        _compare_deliveries(scenario, bench.deliveries, known, verdict)  # type: ignore[attr-defined]
    return verdict


def _compare_deliveries(scenario: dict[str, Any], got: list[dict[str, Any]], known: Known, verdict: Verdict) -> None:
    """Each batch that a consumer was given counts as a call: which queue's, what was in it, and when, to the second."""
    for queue in sorted({each["queue"] for each in (*scenario["deliveries"], *got)}):
        pairs = zip_longest(known.batches_of(queue, scenario["deliveries"]), known.batches_of(queue, got), fillvalue={})
        for number, (expected, ours) in enumerate(pairs):
            verdict.calls += 1
            late = abs(expected.get("t", 0) - ours.get("t", 0))
            if late > 1000 or canonical(expected.get("messages")) != canonical(ours.get("messages")):
                call = f"delivery {number} of {queue}"
                verdict.disagreements.append(Disagreement(scenario["id"], number, call, [], expected, ours))


def _outcome(step: dict[str, Any], bench: Bench, kept: dict[str, Any]) -> dict[str, Any]:
    """What the emulator answers, in the recording's form. A fault of the emulator's own is an answer too."""
    try:
        result = _call(step, bench, kept)
        if "as" in step:
            kept[step["as"]] = result
        return {"result": encode(result, step.get("result"), bench.run)}
    except Exception as error:
        return {"error": encode_error(error)}


def _call(step: dict[str, Any], bench: Bench, kept: dict[str, Any]) -> Any:
    owner, _, member = step["call"].rpartition(".")
    target = follow(owner[1:], kept) if owner.startswith("$") else bench.target(owner)
    attribute = getattr(target, member)
    called = callable(attribute) and not step.get("read")
    result = attribute(*decode_arguments(step.get("args", []), kept)) if called else attribute
    return bench.run(result) if hasattr(result, "__await__") else result


def _short(line: str, most: int = 400) -> str:
    return line if len(line) <= most else f"{line[:most]}... ({len(line)} characters)"
