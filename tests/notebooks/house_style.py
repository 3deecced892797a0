"""The house style of lessons, as far as a machine can see it: `python -m tests.notebooks.house_style [source ...]`.

Style, in every lesson: a code cell has at most 6 lines, 14 where it defines a class; a prose cell has at most 90
words and the median lies below 56; no filler word. Blank lines, comments, tables, headings, file includes and code
in prose are not counted. Exercise cells are free.

Elements, in every lesson but the first, are found by the words of `ELEMENTS`, in a heading, in prose, in an
exercise's prompt or in code. Sections are `## ` headings that end in a question mark.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from labkit.building import exercises, lessons, read
from labkit.grading import shelf

CODE_LINES, CLASS_LINES, WORDS, MEDIAN_WORDS = 6, 14, 90, 55
FILLER = re.compile(
    r"\b(let['’]s|let us|simply|just|eas(?:y|ily)|powerful(?:ly)?|seamless(?:ly)?|obviously|basically)\b", re.IGNORECASE
)
LIGHT = {
    "objectives (You will be able to ...)": r"you (will|can) be able to|after this (lesson|notebook),? you",
    "how many minutes": r"\d+ minutes",
    "the first cell (from labkit.notebook import *)": r"^from labkit\.notebook import \*",
    "a prediction (predict)": r"^predict\(",
    "an exercise": r"^# exercise: ",
    "a summary": r"^#+ .*summary",
}
ELEMENTS = LIGHT | {
    "prerequisites": r"prerequisite",
    "a heading with Recall": r"^#+ .*recall",
    "a worked example": r"^#+ .*worked example",
    "the example faded (a heading with blank or faded)": r"^(#+|\*\*).*(blank|faded|fading)",
    "an ordering problem (order)": r"^order\(|=\s*order\(",
    "a modification (a heading with modify, change or extend)": r"^(#+|\*\*).*(modify|modification|change|extend)",
    "a build (a heading with build)": r"^(#+|\*\*).*\bbuild",
    "a bug hunt": r"^(#+|\*\*).*bug hunt",
    "a customer conversation (a heading with customer)": r"^#+ .*customer",
    "a heading In TypeScript": r"^#+ .*in typescript",
    "a heading Limits and prices": r"^#+ .*(limits and prices|prices and limits)",
    "a heading Where the emulator differs": r"^#+ .*where the emulator differs",
}
SECTION = re.compile(r"^## .*\?\s*$", re.MULTILINE)
RECALL = re.compile(r"^#+ [^\n]*recall.*?(?=^## |\Z)", re.MULTILINE | re.IGNORECASE | re.DOTALL)
_UNCOUNTED = re.compile(r"(?s:```.*?```)|<!--.*?-->|^\|.*$|^#+ .*$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """A cell of a source, or a text of an exercise. `where` is its file and line, `kind` also "prompt", "starter"."""

    where: str
    kind: str
    text: str


def findings(source: Path, folders: Mapping[str, Path]) -> list[str]:
    """A sentence for each departure from the house style, beginning with the file and the line of its cell."""
    pieces = list(_pieces(source, folders))
    return [*_style(pieces), *_median(source, pieces), *_elements(source, pieces)]


def _pieces(source: Path, folders: Mapping[str, Path]) -> Iterator[Piece]:
    lesson = read(source)
    for cell in lesson.cells:
        yield Piece(
            f"{source.name}:{cell.line}", "exercise" if exercises.marked(lesson, cell) else cell.kind, cell.text
        )
        if name := exercises.marked(lesson, cell):
            folder = exercises.folder(lesson, cell, name, folders)
            yield Piece(f"{name}/prompt.md", "prompt", exercises.prompt(folder, name))
            yield Piece(f"{name}/starter.py", "starter", exercises.code(folder, name, solved=False))


def _style(pieces: list[Piece]) -> Iterator[str]:
    for piece in pieces:
        if piece.kind == "code":
            yield from _long_code(piece)
        if piece.kind == "markdown":
            yield from _long_prose(piece)
        if piece.kind in ("markdown", "prompt"):
            yield from _filler(piece)


def _long_code(piece: Piece) -> Iterator[str]:
    lines = [line for line in piece.text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    most = CLASS_LINES if re.search(r"^class ", piece.text, re.MULTILINE) else CODE_LINES
    if len(lines) > most:
        yield f"{piece.where}: {len(lines)} lines of code; {most} is the limit. Split the cell."


def _long_prose(piece: Piece) -> Iterator[str]:
    if (words := word_count(piece.text)) > WORDS:
        yield f"{piece.where}: {words} words; {WORDS} is the limit. Cut, or put a cell of code between."


def _filler(piece: Piece) -> Iterator[str]:
    prose = re.sub(r"`[^`]*`", "", _UNCOUNTED.sub("", piece.text))
    for found in FILLER.finditer(prose):
        yield f'{piece.where}: "{found.group()}" is filler. Leave it out or say what is meant.'


def _median(source: Path, pieces: list[Piece]) -> Iterator[str]:
    counts = [count for piece in pieces if piece.kind == "markdown" and (count := word_count(piece.text)) > 0]
    if counts and median(counts) > MEDIAN_WORDS:
        yield f"{source.name}: half of the prose cells have {median(counts):.0f} words or more; 30 to 50 is our style."


def _elements(source: Path, pieces: list[Piece]) -> Iterator[str]:
    text = "\n".join(piece.text for piece in pieces)
    first = source.name.startswith("00_")
    for name, pattern in (LIGHT if first else ELEMENTS).items():
        if not re.search(pattern, text, re.MULTILINE | re.IGNORECASE):
            yield f"{source.name}: the lesson lacks {name}."
    if first:
        return
    if not 4 <= (sections := len(SECTION.findall(text))) <= 6:
        yield f"{source.name}: {sections} sections (`## ...?`) are headed by a question; a lesson has 4 to 6."
    if (recall := RECALL.search(text)) and (asked := _questions(recall.group())) < 3:
        yield f"{source.name}: {asked} recall questions; a lesson begins with three."


def _questions(section: str) -> int:
    return len(re.findall(r"^(?:predict|recall)\(|^(?:\d+\.|[-*]) .*\?", section, re.MULTILINE))


def word_count(text: str) -> int:
    """The words that a learner reads as prose."""
    return len(re.findall(r"[^\W_][\w'’.,-]*", _UNCOUNTED.sub("", text)))


def main(arguments: list[str]) -> int:
    sources = [Path(name) for name in arguments] or lessons()
    found = [sentence for source in sources for sentence in findings(source, shelf.folders())]
    print("\n".join(found) or "The lessons keep the house style.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
