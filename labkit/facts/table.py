"""How facts look: a table in a notebook, and the same words in plain text."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import isinf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labkit.facts import Fact

HEADINGS = ("fact", "value", "unit", "how we know", "read", "source", "note")


class FactTable:
    """The facts of one primitive, a row each. Iterate over it for the facts themselves."""

    def __init__(self, primitive: str, facts: list[Fact], marks: Mapping[str, str]):
        self.primitive, self.facts, self.marks = primitive, facts, marks

    def __iter__(self):
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def rows(self) -> list[tuple[str, ...]]:
        """A tuple of words for each fact, under `HEADINGS`."""
        return [(f.name, shown(f.value), f.unit, f.mark, str(f.read), f.source, f.note) for f in self.facts]

    def __repr__(self) -> str:
        rows = [row[:4] for row in [HEADINGS, *self.rows()]]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
        body = "".join(f"<tr>{self._cells(row)}</tr>" for row in self.rows())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _cells(self, row: tuple[str, ...]) -> str:
        words = [escape(word) for word in row]
        words[3] = f'<span title="{escape(self.marks[row[3]])}">{words[3]}</span>'
        if row[5].startswith("https://"):
            words[5] = f'<a href="{words[5]}">{words[5].removeprefix("https://")}</a>'
        return "".join(f'<td style="text-align:left">{word}</td>' for word in words)


def shown(value: Any) -> str:
    """A figure in words: thousands separated, "no limit" for infinity, each plan by name."""
    if isinstance(value, Mapping):
        return ", ".join(f"{plan} {shown(figure)}" for plan, figure in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(shown, value))
    if isinstance(value, float) and isinf(value):
        return "no limit"
    return f"{value:,}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
