"""The picture of a history, by what is in it."""

from __future__ import annotations

import pytest

from labkit.errors import LabError
from labkit.sim.linearizability import Operation, check
from labkit.viz import Picture
from labkit.viz.history import MOST_OPERATIONS, history
from labkit.viz.style import VERMILION

STORY = [
    Operation("London", "write", "on", called=0, returned=1),
    Operation("Tokyo", "read", None, "on", 2, 4),
    Operation("Tokyo", "read", None, None, 5, 6),
    Operation("Sydney", "write", "off", called=3),
]


def bars(picture: Picture) -> list:
    return list(picture.figure.axes[0].patches)


def texts(picture: Picture) -> list[str]:
    return [each.get_text() for each in picture.figure.axes[0].texts]


def test_each_operation_is_a_bar_from_its_call_to_its_return_with_its_value():
    picture = history(check(STORY), unit="ms")
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars(picture)][:3] == [(0, 1), (2, 4), (5, 6)]
    assert texts(picture) == ["write 'on'", "read 'on'", "read None", "write 'off' (open)"]
    axes = picture.figure.axes[0]
    assert axes.get_xlabel() == "time (ms)"
    assert [each.get_text() for each in axes.get_yticklabels()] == ["London", "Tokyo", "Sydney"]


def test_only_what_no_order_explains_is_red_and_it_is_hatched_too():
    picture = history(check(STORY))
    assert [bar.get_hatch() for bar in bars(picture)] == [None, None, "////", None]
    red = [each.get_text() for each in picture.figure.axes[0].texts if each.get_color() == VERMILION]
    assert red == ["read None"]
    assert "no order explains this" in [each.get_text() for each in picture.figure.legends[0].get_texts()]
    assert "Tokyo: read None, stale, at 5 s" in picture.alt


def test_an_accepted_history_has_a_mark_in_every_bar_in_the_order_that_was_found():
    verdict = check(STORY[:2])
    picture = history(verdict)
    marks = picture.figure.axes[0].lines[0]
    assert list(marks.get_xdata()) == [0, 2]
    assert [bar.get_hatch() for bar in bars(picture)] == [None, None]
    assert picture.figure.axes[0].get_title(loc="left") == "Linearizable: yes"
    assert "no order" not in " ".join(each.get_text() for each in picture.figure.legends[0].get_texts())


def test_bars_of_one_process_that_would_meet_get_rows_of_their_own():
    both = [Operation("A", "write", 1, called=0, returned=5), Operation("A", "write", 2, called=1, returned=3)]
    first, second = bars(history(check(both)))
    assert first.get_y() != second.get_y()


def test_one_key_alone_can_be_drawn_and_too_much_is_refused():
    many = [Operation("A", "write", n, called=2 * n, returned=2 * n + 1, key=n % 2) for n in range(MOST_OPERATIONS + 1)]
    verdict = check(many)
    assert len(bars(history(verdict, key=1))) == MOST_OPERATIONS // 2
    with pytest.raises(LabError, match="give a key"):
        history(verdict)


def test_the_same_history_gives_the_same_bytes():
    assert history(check(STORY)).render("svg") == history(check(STORY)).render("svg")
