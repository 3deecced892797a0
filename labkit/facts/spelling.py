"""The nearest right word for a wrong one: the only place that decides what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

MOST_TO_LIST = 60


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A question that names the nearest of `words`; where none is near, a sentence that lists them or says how many."""
    from difflib import get_close_matches

    known = sorted(words)
    if near := get_close_matches(word, known, n=1, cutoff=0.5):
        return f"Did you mean {near[0]!r}?"
    if len(known) > MOST_TO_LIST:
        return f"There are {len(known)} to choose from."
    return f"There are: {', '.join(known)}."
