"""The Pages lane: `pytest -m pages`. The recorded answers are still those of wrangler's Workers; it needs Node."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests.pages.replay import HERE, recorded
from tests.parity import npm


@pytest.mark.pages
def test_wranglers_workers_answer_as_recorded(tmp_path):
    if reason := npm.missing(HERE, "wrangler", "miniflare", "esbuild"):
        pytest.skip(f"pages lane: {reason}")
    anew = tmp_path / "recorded.json"
    subprocess.run([shutil.which("node"), str(HERE / "record.mjs"), str(anew)], check=True, timeout=300)
    assert json.loads(anew.read_text(encoding="utf-8")) == recorded()


def test_the_lanes_packages_come_from_no_particular_registry():
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    assert len(lock["packages"]) > 3
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
