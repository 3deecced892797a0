"""`predict`, `recall`, `reveal` and `order`: questions that are answered by a call, or by a button that makes it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from labkit.errors import LabError
from labkit.grading import journal, questions
from labkit.grading.buttons import Ask
from labkit.grading.journal import History
from labkit.grading.page import Fields, Page, Part, Say
from labkit.grading.questions import Question


def _gently(function: Callable[..., Page]) -> Callable[..., Page]:
    """An unknown id is a sentence in the cell, never a traceback that stops Run All."""

    @wraps(function)
    def gentle(name: str, *args: Any, **options: Any) -> Page:
        try:
            return function(name, *args, **options)
        except LabError as error:
            return _page(name, Say(str(error)))

    return gentle


@_gently
def predict(name: str, text: str | None = None, **options: str) -> Page:
    """Ask for a prediction, or make it: `predict("kv-p2", "What happens?", a="..", b="..")`, `predict("kv-p2", "b")`.

    It is graded for taking part. `reveal` compares it with what happened.
    """
    return _asked_or_answered("predict", name, text, options, _predicted)


@_gently
def recall(name: str, text: str | None = None, **options: str) -> Page:
    """Ask a question on an earlier lesson, or answer it: `recall("kv-r1")`, `recall("kv-r1", "b")`."""
    return _asked_or_answered("recall", name, text, options, _recalled)


@_gently
def reveal(name: str) -> Page:
    """Compare a prediction with what happened, and say why."""
    question = questions.find(name, "predict")
    made = History(name).of("prediction")
    if not made:
        return _page(name, Say(f"You made no prediction. It is {_with_reason(question, question.answer)}"))
    choice = made[-1]["choice"]
    if choice == question.answer:
        return _page(name, Say(f"As you predicted: {_with_reason(question, choice)}"))
    return _page(name, Say(f"You predicted {_with_reason(question, choice)}"),
                 Say(f"It is {_with_reason(question, question.answer)}"))  # fmt: skip


@_gently
def order(name: str, numbers: Sequence[int] | None = None) -> Page:
    """Show lines to put in order, or answer with their numbers: `order("kv-o1", [3, 1, 2])`."""
    question = questions.find(name, "order")
    if numbers is None:
        return _page(name, Say(question.question), _numbered(question), Say(f'Answer: order("{name}", [...])'))
    given = list(numbers)
    right = tuple(given) in (tuple(question.answer), *question.also)
    _record("order", name, numbers=given, right=right)
    return _page(name, Say(_order_feedback(question, given, right)))


def _asked_or_answered(
    kind: str, name: str, text: str | None, options: dict[str, str], answered: Callable[[Question, str], Page]
) -> Page:
    if options:
        return _ask(questions.asked(name, kind, text or "", options), answered)
    if text is None:
        return _ask(questions.find(name, kind), answered)
    return answered(_key(kind, name), text)


def _key(kind: str, name: str) -> Question:
    """The question that is answered; a prediction may be asked by its cell alone and have no key."""
    if kind == "predict" and name not in {question.id for question in questions.every()}:
        return Question(name, kind)
    return questions.find(name, kind)


def _ask(question: Question, answered: Callable[[Question, str], Page]) -> Page:
    call = f'Answer with a button, or with {question.kind}("{question.id}", "{next(iter(question.options), "a")}")'
    options = Fields(list(question.options.items()), prose=list(question.options))
    parts: list[Part] = [Say(question.question), options, Say(call)]
    return Ask(f"Question {question.id}", parts, question.options, lambda letter: answered(question, letter))


def _predicted(question: Question, letter: str) -> Page:
    if question.letters and letter not in question.letters:
        return _page(question.id, Say(f"Choose one of {', '.join(question.letters)}."))
    _record("prediction", question.id, choice=letter)
    return _page(question.id, Say(f"You predict {question.option(letter)}. Run the next cell to see."))


def _recalled(question: Question, letter: str) -> Page:
    if letter not in question.letters:
        return _page(question.id, Say(f"Choose one of {', '.join(question.letters)}."))
    right = letter == question.answer
    _record("recall", question.id, choice=letter, right=right)
    if right:
        return _page(question.id, Say(f"Right: {_with_reason(question, letter)}"))
    return _page(question.id, Say(f"Not {_with_reason(question, letter)}"),
                 Say(f"It is {_with_reason(question, question.answer)}"))  # fmt: skip


def _with_reason(question: Question, letter: str) -> str:
    return f"{question.option(letter)}. {question.because.get(letter, '')}".strip()


def _numbered(question: Question) -> Fields:
    return Fields([(str(number), line) for number, line in enumerate(question.lines, 1)])


def _order_feedback(question: Question, given: list[int], right: bool) -> str:
    """The first place where the order goes wrong, and why."""
    if right:
        return "In order."
    known = range(1, len(question.lines) + 1)
    odd = next((n for n in given if n not in known or given.count(n) > 1), None)
    if odd is not None:
        return f"Use each of the numbers 1 to {len(question.lines)} at most once; {odd} does not fit."
    wanted = max((tuple(question.answer), *question.also), key=lambda order: _common(order, given))
    place = _common(wanted, given)
    if place == len(given):
        return f"Right so far: {place} of {len(wanted)} lines. What comes next?"
    line = given[place]
    reason = question.because[str(line)]
    belongs = "is out of place" if line in wanted else "is not needed at all"
    return f"The first {place} are right. At position {place + 1}, line {line} {belongs}. {reason}"


def _common(order: Sequence[int], given: Sequence[int]) -> int:
    """How many numbers agree from the start."""
    return next((at for at, (one, other) in enumerate(zip(order, given, strict=False)) if one != other),
                min(len(order), len(given)))  # fmt: skip


def _page(name: str, *parts: Part) -> Page:
    return Page(f"Question {name}", [Say(name, loud=True), *parts])


def _record(event: str, name: str, **details: Any) -> None:
    with contextlib.suppress(OSError):  # the answer is shown where progress cannot be written
        journal.record(event, name, **details)
