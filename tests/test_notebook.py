"""A lesson's first line brings every name it promises, in no time, and nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "matplotlib", "duckdb", "sklearn", "ipywidgets", "pandas")


@pytest.fixture(scope="module")
def first_cell() -> dict[str, str]:
    """What a new kernel's interpreter says after the star import: the processor's seconds, the names, the modules."""
    code = """
import ipykernel.kernelapp, sys, time
began = time.process_time()
from labkit.notebook import *
seconds = time.process_time() - began
print(seconds, " ".join(dir()), " ".join(sys.modules), sep="\\n")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(zip(("seconds", "names", "modules"), done.stdout.splitlines(), strict=True))


def test_the_star_import_gives_each_name_once_and_no_other(first_cell):
    import labkit.notebook

    names = [name for name in first_cell["names"].split() if not name.startswith("__")]
    assert set(names) - {"began", "ipykernel", "seconds", "sys", "time"} == set(labkit.notebook.__all__)


def test_the_star_import_brings_nothing_heavy(first_cell):
    assert not set(HEAVY) & set(first_cell["modules"].split())


def test_the_star_import_is_quick(first_cell):
    assert float(first_cell["seconds"]) < 0.4, "0.2 s is the aim; a slow machine gets twice that"


def test_phenomena_and_pictures_open_when_they_are_first_used():
    from labkit.notebook import sim, viz

    assert sim.kv.__name__ == "labkit.sim.kv"
    assert callable(viz.waterfall)
