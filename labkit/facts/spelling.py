"""The nearest right word for a wrong one: the only place that decides what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A question that names the nearest of `words`, or all of them when they are few, or nothing."""
    from difflib import get_close_matches

    known = sorted(words)
    if near := get_close_matches(word, known, n=1, cutoff=0.5):
        return f"Did you mean {near[0]!r}?"
    return f"There are: {', '.join(known)}." if 0 < len(known) <= 60 else ""
