"""The Python apps answer as the real Hono does: each recorded case, but for the listed exceptions."""

from __future__ import annotations

import asyncio
import tomllib
from typing import Any

import pytest

from labkit.hono import Hono
from tests.hono.replay import HERE, HOST, differences, played, recorded

EXCEPTIONS = tomllib.loads((HERE / "exceptions.toml").read_text(encoding="utf-8"))


def excepted(app: str, path: str) -> set[str]:
    """The parts that are known to differ, for a path and those below it."""
    below = [each for each in EXCEPTIONS["answer"] if each["app"] == app and _is_below(path, each["path"])]
    return {part for each in below for part in each["parts"]}


def _is_below(path: str, base: str) -> bool:
    return path == base or path.startswith((f"{base}?", f"{base}/"))


@pytest.mark.parametrize("name", sorted(recorded()["apps"]))
def test_the_python_app_answers_as_hono_does(name: str):
    problems = []
    for case, ours in zip(recorded()["apps"][name], played(name), strict=True):
        asked = case["request"]
        found = differences(case["response"], ours)
        problems += [
            f"{asked['method']} {asked['path']} {asked['headers']} {asked.get('body', '')}\n    {part}: {said}"
            for part, said in found.items()
            if part not in excepted(name, asked["path"])
        ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("each", EXCEPTIONS["answer"], ids=lambda each: f"{each['app']} {each['path']}")
def test_an_exception_shows(each: dict[str, Any]):
    cases = zip(recorded()["apps"][each["app"]], played(each["app"]), strict=True)
    found = [
        differences(case["response"], ours) for case, ours in cases if _is_below(case["request"]["path"], each["path"])
    ]
    assert {part for parts in found for part in parts} == set(each["parts"])


def matched(routes: list[str], paths: list[str]) -> list[Any]:
    """For each path the handlers that are called, in order, each with its parameters."""
    app = Hono()

    def handler(place: int):
        async def note(c, next):
            c.set("seen", [*(c.get("seen") or []), [place, c.req.param()]])
            await next()

        return note

    for place, path in enumerate(routes):
        app.get(path, handler(place))
    app.notFound(lambda c: c.json(c.get("seen") or []))

    async def ask(path: str) -> Any:
        return await (await app.request(HOST + path)).json()

    return [asyncio.run(ask(path)) for path in paths]


@pytest.mark.parametrize("each", recorded()["paths"], ids=lambda each: " ".join(each["routes"]))
def test_a_path_finds_the_handlers_that_hono_finds(each: dict[str, Any]):
    paths, theirs = zip(*each["answers"], strict=True)
    known = any(exception["routes"] == each["routes"] for exception in EXCEPTIONS["routes"])
    assert (matched(each["routes"], paths) == list(theirs)) is not known


def test_there_are_cases_enough():
    assert sum(map(len, recorded()["apps"].values())) >= 500
    assert sum(len(each["answers"]) for each in recorded()["paths"]) >= 500
