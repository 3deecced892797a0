"""Answers that want to pass without being right. Each is a source made from an exercise's model answer."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from labkit.grading import Exercise, Trial
from labkit.grading import judge as judging
from labkit.grading.learner import run_source


class AlwaysEqual:
    """Equal to everything, true, of any length, and whatever else it is asked to be."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "the right answer"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **options: Any) -> AlwaysEqual:
        return self

    def __await__(self):
        return self
        yield


ALWAYS_EQUAL = "from tests.exercises.cheats import AlwaysEqual\n"


def with_bodies(solution: str, body: str, *, keep: bool = False) -> str:
    """The solution with the body of each function replaced, or with statements put before it."""
    tree = ast.parse(solution)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [*ast.parse(body).body, *(node.body if keep else [])]
    return ast.unparse(ast.fix_missing_locations(tree))


def always_equal(solution: str) -> str:
    return ALWAYS_EQUAL + with_bodies(solution, "return AlwaysEqual()")


def swallowed_exception(solution: str) -> str:
    return with_bodies(solution, "try:\n    raise ValueError\nexcept BaseException:\n    pass")


def endless_loop(solution: str) -> str:
    return with_bodies(solution, "while True: pass")


def endless_loop_that_swallows(solution: str) -> str:
    return with_bodies(solution, "while True:\n    try:\n        while True: pass\n    except:\n        pass")


def changed_inputs(solution: str) -> str:
    """Empties whatever it is given, so that a check which looks at its own inputs afterwards sees nothing."""
    body = "for thing in list(locals().values()):\n    hasattr(thing, 'clear') and thing.clear()\nreturn thing"
    return with_bodies(solution, body)


PATCHED = [(Trial, "fail"), (Trial, "equal"), (Trial, "true"), (judging, "_verdict")]


def patched_grader(solution: str) -> str:
    patch = (
        "import labkit.grading.trial as trial, labkit.grading.judge as judge\n"
        "trial.Trial.fail = trial.Trial.equal = trial.Trial.true = lambda *args, **options: None\n"
        "judge._verdict = lambda *args: judge.Verdict('met')\n"
    )
    return patch + with_bodies(solution, "return None")


CHEATS: list[Callable[[str], str]] = [
    always_equal, swallowed_exception, endless_loop, endless_loop_that_swallows, changed_inputs, patched_grader,
]  # fmt: skip


def hard_coded(exercise: Exercise, monkeypatch) -> dict[str, Any]:
    """Names that know by heart what the model answer gave in the first check, call by call, and nothing else."""
    calls, visits = {}, {}
    call, fetch = Trial.call, Trial.fetch

    def recording_call(trial: Trial, name: str, *args: Any, **options: Any) -> Any:
        key, result = (name, repr((args, options))), call(trial, name, *args, **options)
        if inspect.isawaitable(result):
            return _remember(calls, key, result)
        calls[key] = result
        return result

    async def recording_fetch(trial: Trial, lab: Any, url: str = "/", **options: Any) -> Any:
        response = await fetch(trial, lab, url, **options)
        visits.setdefault(_visit(options, url), []).append((response.status, await response.clone().text()))
        return response

    with monkeypatch.context() as patch:
        patch.setattr(Trial, "call", recording_call)
        patch.setattr(Trial, "fetch", recording_fetch)
        names = run_source(exercise.solution, "<solution>")
        judging.judge(exercise, names)
    parrots = run_source(PARROT, "<parrot>") if visits else {}
    parrots.get("KNOWN", {}).update(visits)
    return {**names, **dict(_by_heart(calls)), **parrots}


async def _remember(calls: dict, key: tuple[str, str], result: Any) -> Any:
    value = await result
    calls[key] = _Later(value)
    return value


class _Later:
    """A value that has to be awaited, as often as one likes."""

    def __init__(self, value: Any):
        self.value = value

    def __await__(self):
        return self.value
        yield


def _visit(options: dict[str, Any], url: str) -> tuple[str, str, str]:
    """What tells one visit from another: method, path and query, and place."""
    return options.get("method") or "GET", url, options.get("colo") or ""


def _by_heart(known: dict[tuple[str, str], Any]) -> Iterator[tuple[str, Any]]:
    for name in {name for name, _ in known}:
        yield name, lambda *args, name=name, **options: known.get((name, repr((args, options))))


PARROT = """
from workers import Response, WorkerEntrypoint

KNOWN = {}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = "/" + request.url.split("/", 3)[3]
        for colo in (request.cf.colo, ""):
            answers = KNOWN.get((str(request.method), path, colo), [])
            if answers:
                status, body = answers.pop(0) if len(answers) > 1 else answers[0]
                return Response(body or None, status=status)
        return Response("never heard of it", status=404)
"""
