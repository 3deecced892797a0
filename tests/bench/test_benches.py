"""Each benchmark runs, at a tiny size; how fast is not asked here."""

from __future__ import annotations

import math

import pytest

from tests.bench import Row, figure, main, measure, names, table
from tests.bench.bench_import import HEAVY, fresh

TINY = 0.001


@pytest.mark.parametrize("name", names())
def test_a_benchmark_runs_and_measures_something(name):
    rows = measure(name, TINY)
    assert rows
    assert all(row.name and row.unit and math.isfinite(row.value) and row.value >= 0 for row in rows)


def test_there_is_a_benchmark_of_each_thing_that_has_an_aim():
    assert {"timeline", "kv", "import", "lab"} <= set(names())


@pytest.mark.parametrize("statement", ["import labkit", "from labkit.lab import Lab", "import labkit.emulators.kv"])
def test_the_core_imports_nothing_heavy(statement):
    assert fresh(statement)[1] == []


def test_something_heavy_would_be_noticed():
    assert fresh("import numpy")[1] == ["numpy"]
    assert "numpy" in HEAVY


def test_an_aim_is_met_from_its_own_value_on():
    assert [Row("x", value, "s", aim=2).is_met for value in (1.9, 2, 2.1)] == [False, True, True]
    assert [Row("x", value, "s", aim=2, at_most=True).is_met for value in (1.9, 2, 2.1)] == [True, True, False]
    assert Row("x", 1, "s").is_met is None


@pytest.mark.parametrize(("value", "text"), [
    (348_123, "348,000"), (21.44, "21.4"), (0.09123, "0.0912"), (0, "0"), (1234, "1,230"), (99.96, "100"), (7, "7"),
])  # fmt: skip
def test_a_figure_has_three_digits(value, text):
    assert figure(value) == text


def test_the_table_says_which_aims_are_missed():
    lines = table([Row("fast", 30, "times", aim=20), Row("slow one", 3, "times", aim=20, note="a note")]).splitlines()
    assert "met (aim: at least 20)" in lines[0] and "MISSED" not in lines[0]
    assert "MISSED (aim: at least 20)" in lines[1] and lines[1].endswith("a note")


def test_the_command_refuses_an_unknown_benchmark(capsys):
    with pytest.raises(SystemExit):
        main(["no-such-bench"])
    assert "no-such-bench" in capsys.readouterr().err


def test_the_growth_of_work_is_drawn_from_its_points_and_said_in_words():
    from tests.bench.growth import MODEL, Point, draw

    points = [Point("model", varied, value, value / 1e7, 100) for varied, values in MODEL.items() for value in values]
    picture = draw([*points, Point("lab", "requests", 300, 0.1, 80), Point("lab", "requests", 3000, 0.5, 90)])
    lines = [line for line in picture.figure.axes[0].lines if len(line.get_xdata())]
    assert [list(line.get_xdata()) for line in lines] == [list(MODEL["requests"]), [300, 3000]]
    assert list(picture.figure.axes[3].lines[1].get_ydata()) == [80, 90]
    assert "0.1 s for 1,000,000 requests and 100 s for 1,000,000,000" in picture.alt
