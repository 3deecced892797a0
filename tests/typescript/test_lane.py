"""The lane itself, without Node: a twin without expectations is refused, and an unmet one is seen."""

from __future__ import annotations

import base64
import json

import pytest

from tests.typescript.twins import SAMPLES, read, twins, unmet


def answer(body: str, status: int = 200, **headers: str) -> dict:
    return {"status": status, "headers": list(headers.items()), "body": base64.b64encode(body.encode()).decode()}


@pytest.mark.parametrize(("expect", "given"), [
    ({"status": 204}, answer("", 204)),
    ({"body": "on"}, answer("on")),
    ({"json": {"a": [1]}}, answer('{ "a": [1] }')),
    ({"headers": {"etag": "x"}}, answer("", etag="x", other="y")),
])  # fmt: skip
def test_an_expectation_that_is_met_leaves_nothing(expect, given):
    assert unmet(expect, given) == []


@pytest.mark.parametrize(("expect", "given", "part"), [
    ({"status": 204}, answer("", 200), "status"),
    ({"body": "on"}, answer("on", 500), "status"),
    ({"body": "on"}, answer("on "), "body"),
    ({"json": {"a": 1}}, answer('{"a": 2}'), "json"),
    ({"json": {"a": 1}}, answer("not json"), "json"),
    ({"headers": {"etag": "x"}}, answer("", etag="y"), "header etag"),
    ({"headers": {"etag": "x"}}, answer(""), "header etag"),
    ({"status": 200}, {"exception": "Error: x"}, "the Worker raised"),
])  # fmt: skip
def test_an_expectation_that_is_not_met_is_named(expect, given, part):
    [line] = unmet(expect, given)
    assert line.startswith(part)


@pytest.mark.parametrize(("text", "words"), [
    (None, "needs 01_x.requests.toml"),
    ("", "at least one"),
    ('[[request]]\npath = "/"\n', "needs `expect`"),
    ('[[request]]\nexpect = { code = 200 }\n', "needs `expect`"),
])  # fmt: skip
def test_a_twin_of_which_nothing_is_expected_is_refused(tmp_path, text, words):
    file = tmp_path / "01_x.ts"
    file.write_text("export default {}")
    if text is not None:
        file.with_name("01_x.requests.toml").write_text(text)
    with pytest.raises(ValueError, match=words):
        read(file)


def test_the_lanes_packages_come_from_no_particular_registry():
    for lane in ("parity", "typescript"):
        lock = json.loads((SAMPLES.parent.parent / lane / "package-lock.json").read_text(encoding="utf-8"))
        assert len(lock["packages"]) > 10
        assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_the_samples_are_twins():
    assert [twin.name for twin in twins(SAMPLES)] == ["flags", "wrong_type"]
