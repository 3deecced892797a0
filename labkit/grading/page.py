"""A small page of feedback, as plain text and as HTML with the same words.

Words carry the meaning: colours and borders only repeat it. The colours are JupyterLab's own variables, so that
the page fits the light and the dark theme.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from textwrap import indent
from typing import Protocol

from labkit.facts.table import with_code

_MONO = "font-family: var(--jp-code-font-family, monospace); white-space: pre-wrap; overflow-wrap: anywhere;"
_LINE = "margin: 0.3em 0;"
_GRID = "display: grid; grid-template-columns: max-content 1fr; gap: 0.15em 1em; margin: 0.3em 0;"
_BOX = "border-left: 3px solid var(--jp-border-color1, #888); padding: 0 0 0 0.8em; margin: 0.3em 0; max-width: 52em;"


class Part(Protocol):
    """Anything that can be shown both ways."""

    def text(self) -> str: ...

    def html(self) -> str: ...


@dataclass(frozen=True)
class Say:
    """A paragraph. A loud one is announced by screen readers and printed bold."""

    words: str
    loud: bool = False

    def text(self) -> str:
        return self.words

    def html(self) -> str:
        said = f"<strong>{with_code(self.words)}</strong>" if self.loud else with_code(self.words)
        role = ' role="status"' if self.loud else ""
        return f'<p{role} style="{_LINE}">{said}</p>'


@dataclass(frozen=True)
class Code:
    """A piece of code, as it stands."""

    source: str

    def text(self) -> str:
        return indent(self.source.rstrip("\n"), "    ")

    def html(self) -> str:
        return f'<pre style="{_MONO}">{escape(self.source.rstrip())}</pre>'


@dataclass(frozen=True)
class Fields:
    """Labels with a value each. Values are code, except those of the labels in `prose`."""

    rows: Sequence[tuple[str, str]]
    prose: Sequence[str] = ()

    def text(self) -> str:
        width = max((len(label) for label, _ in self.rows), default=0) + 2
        return "\n".join(self._row(label, value, width) for label, value in self.rows)

    def _row(self, label: str, value: str, width: int) -> str:
        first, *more = value.splitlines() or [""]
        return "\n".join([f"{label + ':':<{width}}{first}", *(" " * width + line for line in more)])

    def html(self) -> str:
        return f'<dl style="{_GRID}">{"".join(self._pair(label, value) for label, value in self.rows)}</dl>'

    def _pair(self, label: str, value: str) -> str:
        face, said = ("", with_code(value)) if label in self.prose else (_MONO, escape(value))
        term = f'<dt style="width: auto; font-weight: 600; white-space: nowrap">{escape(label)}:</dt>'
        return f'{term}<dd style="width: auto; margin: 0; padding: 0; {face}">{said}</dd>'


@dataclass(frozen=True)
class Fold:
    """A line that opens: the summary, and parts below it."""

    summary: str
    parts: Sequence[Part] = ()
    open: bool = False

    def text(self) -> str:
        return "\n".join([self.summary, *(indent(part.text(), "    ") for part in self.parts)])

    def html(self) -> str:
        if not self.parts:
            return f'<p style="{_LINE}">{with_code(self.summary)}</p>'
        opened = " open" if self.open else ""
        inside = "".join(part.html() for part in self.parts)
        summary = f'<summary style="cursor: pointer">{with_code(self.summary)}</summary>'
        return f'<details{opened}>{summary}<div style="{_BOX}">{inside}</div></details>'


@dataclass
class Page:
    """Parts under one another. `label` names the page for screen readers."""

    label: str
    parts: list[Part] = field(default_factory=list)

    def text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for part in self.parts:
            yield part.text()

    def html(self) -> str:
        inside = "".join(part.html() for part in self.parts)
        return f'<section role="region" aria-label="{escape(self.label)}" style="{_BOX}">{inside}</section>'

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()
