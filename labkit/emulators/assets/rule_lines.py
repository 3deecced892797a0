"""The lines of `_headers` and `_redirects`, and what wrangler says about those it cannot use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invalid:
    """A line that is not used, and why."""

    message: str
    line: str | None = None
    number: int | None = None


def lines(text: str, most: int, invalid: list[Invalid]) -> Iterator[tuple[int, str]]:
    """The lines that say something, by their numbers from 1. Comments are skipped, longer lines refused."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if len(line) > most:
            invalid.append(Invalid(f"Ignoring line {number} as it exceeds the maximum allowed length of {most}."))
        elif line and not line.startswith("#"):
            yield number, line


def complaint(kind: str, file: str, invalid: Sequence[Invalid]) -> str:
    """What wrangler prints of the lines that it did not use."""
    plural = "" if len(invalid) == 1 else "s"
    said = [f"Found {len(invalid)} invalid {kind} rule{plural}:\n"]
    for each in invalid:
        said.append(f"▶︎ {each.message}\n")
        if each.line:
            said.append(f"    at {file}{f':{each.number}' if each.number else ''} | {each.line}\n\n")
    return "".join(said)
