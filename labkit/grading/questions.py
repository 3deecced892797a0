"""Questions of a lesson: predictions, recall and orderings, and their keys in `<topic>/questions.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from labkit.errors import ExerciseError
from labkit.facts.spelling import did_you_mean
from labkit.grading import shelf

KINDS = ("predict", "recall", "order")


@dataclass(frozen=True)
class Question:
    """One question. `options` maps a letter to its text, `because` a letter (or a line's number) to its reason.

    An ordering has `lines` instead of options, numbered from 1, and `also` may hold other right orders.
    """

    id: str
    kind: str
    question: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    answer: Any = None
    also: tuple[tuple[int, ...], ...] = ()
    because: Mapping[str, str] = field(default_factory=dict)

    def option(self, letter: str) -> str:
        """An option as a sentence names it: its letter, and its text where the file has it."""
        return f"{letter} ({self.options[letter]})" if letter in self.options else letter

    @property
    def letters(self) -> list[str]:
        """What may be chosen, as far as the file knows; empty where only the cell knows."""
        return list(self.options or self.because)


def find(id: str, kind: str) -> Question:
    """The question of an id. Refuses an unknown one, and one of another kind, with the nearest right one."""
    known = {question.id: question for question in every()}
    if id not in known:
        raise ExerciseError(f"There is no question {id!r}. {did_you_mean(id, known)}")
    if known[id].kind != kind:
        raise ExerciseError(f"{id} is asked with {known[id].kind}({id!r}), not with {kind}.")
    return known[id]


def asked(id: str, kind: str, text: str, options: Mapping[str, str]) -> Question:
    """The question as a cell asks it: the text in the cell, the key in the file, if the file has one."""
    known = {question.id: question for question in every()}
    key = known.get(id, Question(id, kind))
    if key.letters and set(key.letters) != set(options):
        raise ExerciseError(f"{id} offers {', '.join(options)} in the cell and {', '.join(key.letters)} in its file.")
    return replace(key, question=text, options=dict(options))


def every() -> Iterator[Question]:
    """All questions of all topics."""
    for topic in shelf.topics():
        yield from of_topic(topic)


def of_topic(topic: Path) -> list[Question]:
    """The questions in a topic's questions.toml, in order."""
    file = topic / "questions.toml"
    if not file.is_file():
        return []
    return [_question(id, entry, file) for id, entry in tomllib.loads(file.read_text(encoding="utf-8")).items()]


def _question(id: str, entry: dict[str, Any], file: Path) -> Question:
    if unknown := set(entry) - {"kind", "question", "options", "lines", "answer", "also", "because"}:
        raise ExerciseError(f"{file}: [{id}] has the unknown keys {sorted(unknown)}.")
    question = Question(
        id, entry.get("kind", ""), entry.get("question", ""), entry.get("options", {}), tuple(entry.get("lines", ())),
        entry.get("answer"), tuple(tuple(order) for order in entry.get("also", ())), entry.get("because", {}),
    )  # fmt: skip
    if wrong := _wrong(question):
        raise ExerciseError(f"{file}: [{id}] {wrong}")
    return question


def _wrong(question: Question) -> str:
    """What is wrong with a question's entry, or ""."""
    if question.kind not in KINDS:
        return f"has kind {question.kind!r}; it is one of {', '.join(KINDS)}."
    if question.kind == "order":
        numbers = {str(number) for number in range(1, len(question.lines) + 1)}
        if not {str(number) for number in question.answer or ()} <= numbers or not question.answer:
            return "needs an answer made of the numbers of its lines."
        return "" if set(question.because) == numbers else "needs a reason for each line."
    if question.answer not in question.because:
        return "needs an answer that is one of its options."
    return "" if not question.options or set(question.because) == set(question.options) else "needs a reason an option."
