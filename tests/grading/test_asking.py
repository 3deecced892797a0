"""Questions: asked by a cell, answered by a call or a button, compared with their keys."""

from __future__ import annotations

import pytest

from labkit.errors import ExerciseError
from labkit.grading import asking, buttons, journal, order, predict, progress, questions, recall, reveal

KEYS = """
[made-p1]
kind = "predict"
question = "What does Sydney get?"
options = { a = "on", b = "off" }
answer = "b"
because = { a = "Sydney would have to hear of it.", b = "Sydney holds a copy." }

[made-p2]
kind = "predict"
answer = "a"
because = { a = "It is so.", b = "It is not." }

[made-r1]
kind = "recall"
question = "How long?"
options = { a = "60 s", b = "for ever" }
answer = "a"
because = { a = "The default.", b = "Copies end." }

[made-o1]
kind = "order"
question = "Put them in order."
lines = ["get", "return", "print", "put"]
answer = [4, 1, 2]
also = [[1, 4, 2]]
because = { 1 = "It reads.", 2 = "It ends.", 3 = "Nobody sees it.", 4 = "It writes." }
"""


@pytest.fixture(autouse=True)
def topic(tmp_path, monkeypatch):
    folder = tmp_path / "topics" / "made"
    folder.mkdir(parents=True)
    (folder / "questions.toml").write_text(KEYS)
    monkeypatch.setenv("LABKIT_EXERCISES", str(tmp_path / "topics"))
    return folder / "questions.toml"


def events():
    return [{key: value for key, value in event.items() if key != "at"} for event in journal.read()]


def test_a_prediction_is_asked_and_waits_for_nobody():
    text = repr(predict("made-p1"))
    assert "What does Sydney get?" in text
    assert "a: on\nb: off" in text
    assert 'predict("made-p1", "a")' in text
    assert events() == []


def test_a_prediction_is_recorded_and_not_judged():
    text = repr(predict("made-p1", "a"))
    assert "You predict a (on). Run the next cell to see." in text
    assert events() == [{"event": "prediction", "id": "made-p1", "choice": "a"}]


def test_the_text_of_a_question_may_stand_in_its_cell():
    text = repr(predict("made-p2", "Is it so?", a="yes", b="no"))
    assert "Is it so?" in text
    assert "a: yes\nb: no" in text


def test_options_in_the_cell_that_differ_from_the_keys_are_told():
    assert "made-p2 offers a, c in the cell and a, b in its file" in repr(predict("made-p2", "?", a="yes", c="no"))


def test_a_prediction_without_a_key_can_be_asked_and_made():
    assert "b: five" in repr(predict("made-p9", "Twice two?", a="four", b="five"))
    predict("made-p9", "a")
    assert events() == [{"event": "prediction", "id": "made-p9", "choice": "a"}]


def test_a_choice_that_is_not_offered_is_not_recorded():
    assert "Choose one of a, b." in repr(predict("made-p1", "c"))
    assert events() == []


def test_reveal_compares_a_wrong_prediction_with_what_happened():
    predict("made-p1", "a")
    assert repr(reveal("made-p1")).splitlines() == [
        "made-p1",
        "You predicted a (on). Sydney would have to hear of it.",
        "It is b (off). Sydney holds a copy.",
    ]


def test_reveal_confirms_a_right_prediction():
    predict("made-p1", "b")
    assert "As you predicted: b (off). Sydney holds a copy." in repr(reveal("made-p1"))


def test_reveal_without_a_prediction_says_so():
    assert "You made no prediction. It is b (off)." in repr(reveal("made-p1"))


def test_the_last_prediction_counts():
    predict("made-p1", "a")
    predict("made-p1", "b")
    assert "As you predicted" in repr(reveal("made-p1"))


def test_recall_is_answered_at_once():
    assert "Right: a (60 s). The default." in repr(recall("made-r1", "a"))
    wrong = repr(recall("made-r1", "b"))
    assert "Not b (for ever). Copies end." in wrong
    assert "It is a (60 s). The default." in wrong
    assert [event["right"] for event in events()] == [True, False]


@pytest.mark.parametrize("numbers", [[4, 1, 2], (4, 1, 2), [1, 4, 2]])
def test_every_right_order_is_in_order(numbers):
    assert "In order." in repr(order("made-o1", numbers))
    assert events()[-1]["right"] is True


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([4, 2, 1], "The first 1 are right. At position 2, line 2 is out of place. It ends."),
        ([4, 1, 3, 2], "The first 2 are right. At position 3, line 3 is not needed at all. Nobody sees it."),
        ([1, 4], "Right so far: 2 of 3 lines."),
        ([2], "The first 0 are right. At position 1, line 2 is out of place."),
        ([4, 4], "4 does not fit"),
        ([5], "5 does not fit"),
        ([4, 1, 2, 3], "At position 4, line 3 is not needed at all."),
        ([], "Right so far: 0 of 3 lines."),
    ],
)
def test_a_wrong_order_names_the_first_place_and_why(numbers, words):
    assert words in repr(order("made-o1", numbers))
    assert events()[-1]["right"] is False


def test_an_order_shows_its_numbered_lines():
    assert "1: get\n2: return\n3: print\n4: put" in repr(order("made-o1"))


@pytest.mark.parametrize("call", [lambda: recall("made-x"), lambda: order("made-x"), lambda: reveal("made-x")])
def test_an_unknown_question_is_a_sentence(call):
    assert "There is no question 'made-x'" in repr(call())


def test_a_question_of_another_kind_is_a_sentence():
    assert "made-r1 is asked with recall('made-r1')" in repr(reveal("made-r1"))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('kind = "quiz"', "kind 'quiz'"),
        ('kind = "predict"\nanswer = "c"\nbecause = { a = "x" }', "one of its options"),
        ('kind = "recall"\nanswer = "a"\noptions = { a = "x", b = "y" }\nbecause = { a = "x" }', "a reason an option"),
        ('kind = "order"\nlines = ["x"]\nanswer = [2]\nbecause = { 1 = "x" }', "numbers of its lines"),
        ('kind = "order"\nlines = ["x", "y"]\nanswer = [1]\nbecause = { 1 = "x" }', "a reason for each line"),
        ('kind = "predict"\nanswr = "a"', "unknown keys ['answr']"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_id(topic, entry, words):
    topic.write_text(f"[made-w1]\n{entry}\n")
    with pytest.raises(ExerciseError, match=r"\[made-w1\]") as caught:
        list(questions.every())
    assert words in str(caught.value)


def test_answered_questions_count_as_progress():
    predict("made-p1", "a")
    recall("made-r1", "b")
    recall("made-r1", "a")
    assert "made: 0 of 0 exercises met, 2 of 4 questions answered" in repr(progress())


def test_without_a_notebook_there_are_no_widgets():
    assert set(predict("made-p1")._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_a_button_makes_the_same_call(monkeypatch):
    monkeypatch.setattr(buttons, "in_notebook", lambda: True)
    page = predict("made-p1")
    assert buttons.VIEW in page._repr_mimebundle_()
    box = page._widget()
    html, first, second, result = box.children
    assert [first.description, second.description] == ["a: on", "b: off"]
    second.click()
    assert "You predict b (off)." in result.value
    assert events() == [{"event": "prediction", "id": "made-p1", "choice": "b"}]


def test_answers_are_shown_where_progress_cannot_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LABKIT_PROGRESS", str(tmp_path / "file" / "progress.jsonl"))
    assert "You predict a" in repr(predict("made-p1", "a"))
    assert asking.order("made-o1", [4, 1, 2])
