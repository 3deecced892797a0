"""The Hono lane: `pytest -m hono`. The recorded answers are those that the real Hono gives; it needs Node."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests.hono.replay import HERE, recorded
from tests.parity import npm


@pytest.mark.hono
def test_the_real_hono_answers_as_recorded(tmp_path):
    if reason := npm.missing(HERE, "hono", "zod", "@hono/zod-validator"):
        pytest.skip(f"hono lane: {reason}")
    anew = tmp_path / "recorded.json"
    subprocess.run([shutil.which("node"), str(HERE / "record.mjs"), str(anew)], check=True, timeout=120)
    assert json.loads(anew.read_text(encoding="utf-8")) == recorded()


def test_each_app_is_written_twice():
    written = {path.stem for path in (HERE / "apps").glob("*.mjs")}
    assert written == {path.stem for path in (HERE / "apps").glob("*.py")} == set(recorded()["apps"])


def test_the_lanes_packages_come_from_no_particular_registry():
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    assert len(lock["packages"]) > 3
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
