"""The report: its states, the same words in text and HTML, and which row stands open."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from labkit.grading import Report, grade_source, hint, progress, solution
from labkit.grading.exercise import find
from labkit.grading.judge import MET, NOT_ATTEMPTED, UNKNOWN, UNMET, Row
from labkit.grading.page import Code, Fields, Fold, Page, Say
from tests.exercises.small import small


def words(text: str) -> list[str]:
    return text.split()


def words_of_html(html: str) -> list[str]:
    return words(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?code>", "`", html))))


class Balance(HTMLParser):
    """Refuses tags that are not closed in order."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def report_of(*states: str) -> Report:
    requirements = find("demo-01").requirements
    return Report("demo-01", [Row(requirements[0], state) for state in states])


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ((), UNKNOWN),
        ((MET,), MET),
        ((MET, MET), MET),
        ((MET, UNMET), UNMET),
        ((UNMET, UNKNOWN), UNMET),
        ((MET, UNKNOWN), UNKNOWN),
        ((NOT_ATTEMPTED, NOT_ATTEMPTED), NOT_ATTEMPTED),
        ((MET, NOT_ATTEMPTED), UNMET),
        ((UNKNOWN, NOT_ATTEMPTED), UNKNOWN),
    ],
)
def test_the_state_of_a_report_is_that_of_its_rows_and_an_empty_one_is_not_met(states, state):
    assert report_of(*states).state == state


def answers() -> list[tuple[str, str]]:
    texts = []
    for exercise in small():
        texts += [(exercise.id, exercise.solution), (exercise.id, exercise.starter)]
        texts += [(exercise.id, one.text(exercise.solution)) for one in exercise.mistakes]
    return texts


@pytest.mark.parametrize(("name", "answer"), answers())
def test_text_and_html_say_the_same_words(name, answer):
    report = grade_source(find(name), answer, "<answer>")
    assert words_of_html(report._repr_html_()) == words(repr(report))


@pytest.mark.parametrize("page", [progress, lambda: hint("demo-01"), lambda: solution("demo-01", give_up=True)])
def test_help_says_the_same_words_in_text_and_html(page):
    shown = page()
    assert words_of_html(shown._repr_html_()) == words(repr(shown))


def test_html_is_well_formed_and_escaped():
    page = Page("<label>", [Say("a < b", loud=True), Say("`x < y`."), Code("if a < b: pass"), Fields([("<k>", "<v>")]),
                            Fold("<s>", [Say("<i>")], open=True), Fold("<t>")])  # fmt: skip
    html = page.html()
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    assert words_of_html(html) == words(repr(page))
    assert "<i>" not in html
    assert "<code>x &lt; y</code>." in html


def test_the_first_unmet_row_stands_open_and_the_others_are_closed():
    report = grade_source(find("demo-01"), find("demo-01").solution.replace("[0] * count", "{}"), "<answer>")
    html = report._repr_html_()
    assert html.count("<details") == 2
    assert html.count("<details open>") == 1
    assert html.index("<details open>") < html.index("<details>")


def test_the_outcome_is_announced_to_screen_readers():
    html = report_of(MET)._repr_html_()
    assert 'role="status"' in html
    assert 'role="region" aria-label="Check of exercise demo-01"' in html


def test_colours_are_the_themes_own():
    html = report_of(UNMET)._repr_html_()
    assert not re.search(r"(?<!var\()(?<!, )#[0-9a-f]{3,6}\b", html)
    assert "var(--jp-" in html


def test_a_row_that_waits_says_so_and_shows_nothing_else():
    text = repr(grade_source(find("demo-01"), "def bucket(p, n): return -1\ndef buckets(p, n): return []", "<answer>"))
    assert "Waits: No paths fill no buckets (waits for: A path's bucket is its CRC-32 folded into the count)" in text


def test_several_lines_are_set_under_one_another():
    assert Fields([("We did", "one\ntwo"), ("Got", "3")]).text() == "We did: one\n        two\nGot:    3"
