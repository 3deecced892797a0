"""The refusals of Vectorize: `VECTOR_QUERY_ERROR (code = 40006): ...`, put together as the runtime's binding does.

The form is the runtime's: https://github.com/cloudflare/workerd/blob/main/src/cloudflare/internal/vectorize-api.ts
Codes and words are on no page: those who met them in production (2025 and 2026) wrote them down. Of `NAMESPACE` and
`KEY` only the code and what it is about were found, so that their words are ours, after the pattern of `ID`'s. Where
not even a code was found the words are ours and there is none, a form that the runtime has too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from labkit.network.faults import Unreachable
from labkit.workers.bindings import js_error

DIMENSIONS, IDS, ID, NAMESPACE, TOP_K, VECTOR, METADATA, KEY = 40006, 40007, 40008, 40009, 40011, 40012, 40016, 40018
VECTORS_JSON, TOP_K_WITH_VALUES, QUERY_JSON = 40023, 40025, 40026


class Refusal(Exception):
    """What the index says to a request: a code, or None where it is not known, and words."""

    def __init__(self, code: int | None, words: str):
        super().__init__(words)
        self.code, self.words = code, words


class Unanswered(Exception):
    """Nobody answers."""


def not_json(path: str) -> Refusal:
    """A query whose JSON has no value of the right type at a path."""
    return Refusal(QUERY_JSON, f"Failed to parse the request body as JSON: {path}: expected value")


@contextmanager
def refused(operation: str) -> Iterator[None]:
    """Refusals inside the block as the binding throws them. `operation` is the runtime's word, as "VECTOR_QUERY"."""
    try:
        yield
    except Refusal as error:
        code = "" if error.code is None else f" (code = {error.code})"
        raise js_error("Error", f"{operation}_ERROR{code}: {error.words}") from None
    except (Unanswered, Unreachable):
        raise js_error("Error", f"{operation}_ERROR: Status + 500") from None
