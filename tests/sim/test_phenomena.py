"""Every phenomenon of the platform: theory, model and a Worker on a lab agree; and what else holds of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from labkit import viz
from labkit.sim.agreement import Agreement, Disagreement
from tests.sim.cases import Phenomenon, found

PHENOMENA: dict[str, Phenomenon] = {str(each): each for each in found("phenomena", "PHENOMENA")}
RESULTS: dict[str, Agreement] = {}


def result(name: str) -> Agreement:
    if name not in RESULTS:
        RESULTS[name] = PHENOMENA[name].call(**PHENOMENA[name].small)
    return RESULTS[name]


@pytest.fixture(params=PHENOMENA)
def name(request) -> str:
    return request.param


def test_the_views_agree_at_three_points_and_more(name):
    agreement = result(name).check()
    held, count = agreement.coverage()
    print(agreement)
    assert len(agreement.rows) >= 3
    assert held >= count - max(1, count // 5)


def test_a_worker_is_asked_at_every_point_or_it_is_said_why_not(name):
    asked = [row.yours is not None and row.yours.counted > 0 for row in result(name).rows]
    assert all(asked) is not bool(PHENOMENA[name].alone)


def test_theory_rises_or_falls_as_it_must_and_the_model_with_it(name):
    rises, rows = PHENOMENA[name].rises, result(name).rows
    if rises is None:
        steps = np.diff([row.theory for row in rows])
        assert steps.min() < 0 < steps.max() or not steps.any(), "it does rise or fall: say so"
        return
    sign = 1 if rises else -1
    for before, after in zip(rows, rows[1:], strict=False):
        error = np.hypot(before.model.error, after.model.error)
        assert before.x < after.x and sign * (after.theory - before.theory) >= 0
        assert sign * (after.model.mean - before.model.mean) > -4.5 * error
    assert sign * (rows[-1].theory - rows[0].theory) > 0


def test_a_formula_that_is_a_fifth_off_is_found_out(name):
    wrong = tuple(replace(row, theory=1.2 * row.theory) for row in result(name).rows)
    with pytest.raises(Disagreement):
        replace(result(name), rows=wrong).check()


def test_the_same_seed_gives_the_same_row_and_another_seed_another(name):
    phenomenon = PHENOMENA[name]
    assert phenomenon.first_row().rows[0] == result(name).rows[0]
    assert phenomenon.first_row(worker=None, seed=99).rows[0].model != result(name).rows[0].model


def test_its_chart_has_a_line_and_its_points_and_says_so_in_words(name):
    picture = viz.agreement(result(name))
    legend = [text.get_text() for text in picture.figure.axes[0].get_legend().get_texts()]
    assert "model (numpy)" in legend and result(name).axes.y in picture.alt
    assert ("your Worker on the lab" in legend) is not bool(PHENOMENA[name].alone)
