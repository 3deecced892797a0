"""A learner's first minutes with a lesson, in a real JupyterLab in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labkit.building import exercises

pytestmark = pytest.mark.browser


@pytest.fixture
def hands():
    """The helpers, imported only where there is a browser."""
    from tests.browser import lab

    return lab


def test_run_all_reaches_the_end_with_no_error_but_those_that_a_lesson_shows(opened, hands):
    from labkit import building

    tags = [cell.tags for cell in building.read(opened.source).cells]
    assert len(hands.errors(opened.page)) == sum("raises-exception" in tag for tag in tags)
    last = opened.page.locator(f"{hands.NOTEBOOK} .jp-CodeCell .jp-InputPrompt").last
    assert last.inner_text().strip("[]: ").isdigit()


def test_a_slider_moves_and_what_it_drives_follows(opened, hands):
    page = opened.page
    slider = page.locator(f"{hands.NOTEBOOK} .jp-CodeCell").filter(has=page.locator(".noUi-handle")).first
    before = slider.inner_text(), slider.locator(".jp-OutputArea").first.inner_html()
    slider.locator(".noUi-handle").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1500)
    after = slider.inner_text(), slider.locator(".jp-OutputArea").first.inner_html()
    assert before[0] != after[0] and before[1] != after[1]


def test_a_click_answers_a_prediction(opened, hands):
    page = opened.page
    question = page.locator(f"{hands.NOTEBOOK} .jp-CodeCell").filter(has_text="predict(").first
    question.get_by_role("button", name="a:").click()
    question.get_by_text("You predict a").wait_for()


def test_a_wrong_answer_is_explained_and_a_right_one_is_met(opened, hands):
    page, exercise = opened.page, opened.exercise
    cell = hands.cell(page, f"# exercise: {exercise.id}")
    mistake = exercise.mistakes[0]
    wrong = exercises.framed(exercise.id, mistake.text(exercise.solution))
    hands.rewrite(page, cell, wrong)
    cell.get_by_text(f"{exercise.id}: not yet met").wait_for()
    said = mistake.diagnosis.replace("`", "")  # shown as code
    assert said in cell.inner_text()
    hands.rewrite(page, cell, exercises.framed(exercise.id, exercise.solution))
    cell.get_by_text(f"{exercise.id}: met").wait_for()
    assert said not in cell.inner_text()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_lesson_can_be_read_in_both_themes(opened, hands, name, tmp_path):
    hands.theme(opened.page, name)
    folder = Path(os.environ.get("LABKIT_SCREENSHOTS", tmp_path))
    assert hands.screenshots(opened.page, folder, f"{opened.source.stem}-{name}")
    prose = opened.page.locator(f"{hands.NOTEBOOK} .jp-MarkdownOutput p").first
    assert hands.contrast(prose) > 4.5  # the WCAG's minimum for text
