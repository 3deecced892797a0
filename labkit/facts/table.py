"""How facts, prices and bills look: a table in a notebook, and the same words in plain text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isinf
from typing import Any


@dataclass(frozen=True)
class Table:
    """Rows of words, the first row the headings; columns in `right` end flush. Plain text shows the first `short`."""

    rows: Sequence[Sequence[str]]
    right: Collection[int] = ()
    short: int | None = None
    head: str = ""
    foot: str = ""

    def __len__(self) -> int:
        return len(self.rows) - 1

    def __repr__(self) -> str:
        rows = [row[: self.short] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        pad = [str.rjust if column in self.right else str.ljust for column in range(len(widths))]
        lines = ["  ".join(p(w, n) for p, w, n in zip(pad, row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join(filter(None, [self.head, *lines, self.foot]))

    def _repr_html_(self) -> str:
        first, *rest = (self._html_row(tag, row) for tag, row in zip(self._tags(), self.rows, strict=True))
        table = f"<table><thead>{first}</thead><tbody>{''.join(rest)}</tbody></table>"
        return f"<p>{escape(self.head)}</p>{table}<p><small>{escape(self.foot)}</small></p>"

    def _tags(self) -> list[str]:
        return ["th", *["td"] * len(self)]

    def _html_row(self, tag: str, row: Sequence[str]) -> str:
        align = ["right" if column in self.right else "left" for column in range(len(row))]
        cells = (f'<{tag} style="text-align:{a}">{_cell(w)}</{tag}>' for a, w in zip(align, row, strict=True))
        return f"<tr>{''.join(cells)}</tr>"


class Rows(list[dict[str, Any]]):
    """Rows of plain data that a notebook shows as a table: what an emulator answers when asked what it holds."""

    def table(self) -> Table:
        """The rows in words."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def shown(value: Any) -> str:
    """A figure in words: thousands separated, "no limit" for infinity, each plan by name."""
    if isinstance(value, Mapping):
        return ", ".join(f"{plan} {shown(figure)}" for plan, figure in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(shown, value))
    if isinstance(value, float) and isinf(value):
        return "no limit"
    return f"{value:,}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


_CODE = re.compile(r"`([^`\n]+)`")


def with_code(words: str) -> str:
    """Words as HTML, what stands in backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(words))


def _cell(word: str) -> str:
    if word.startswith("https://") and " " not in word:
        shown = escape(word.removeprefix("https://"))
        return f'<a href="{escape(word)}" style="overflow-wrap: anywhere">{shown}</a>'
    return with_code(word)
