"""What a Worker answered, in a form that does not depend on who ran it, and how two answers differ."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

ALWAYS_COMPARED = ("content-type", "location", "set-cookie", "allow", "cache-control", "etag", "vary")
"""Headers that a Worker sets. Others, such as `date`, are the server's; those that begin with x- are compared too."""


@dataclass(frozen=True)
class Answer:
    """A response, or what came instead of one.

    `failure` is the last line of the traceback of a Worker that raised ("ValueError: bad"), and then there is no
    response to compare. `outcome` is that of a cron: "ok" or "exception", and whether it asked not to be run again.
    `transcript` is what a visitor's WebSockets heard: pairs of a socket's label and what.
    """

    status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    failure: str | None = None
    outcome: str | None = None
    transcript: list[tuple[str, object]] = field(default_factory=list)

    def compared(self, extra: Iterable[str] = ()) -> dict[str, object]:
        """The parts that must be equal, by name. The order of two cookies counts; that of other headers does not."""
        names = {*ALWAYS_COMPARED, *extra}
        lowered = [(name.lower(), value) for name, value in self.headers]
        chosen = sorted((each for each in lowered if each[0] in names or each[0][:2] == "x-"), key=lambda each: each[0])
        return {
            "status": self.status, "headers": chosen, "body": _readable(self.body, self.headers),
            "failure": self.failure, "outcome": self.outcome,
            "transcript": {str(number): list(heard) for number, heard in enumerate(self.transcript)},
        }  # fmt: skip


def differences(real: Answer, ours: Answer, extra: Iterable[str] = ()) -> dict[str, str]:
    """What is not equal: by the part's name ("status", or "body > label" inside a JSON body), what each said."""
    return _unequal(real.compared(extra), ours.compared(extra))


def _unequal(theirs: dict[str, object], mine: dict[str, object], where: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for part in [*theirs, *(each for each in mine if each not in theirs)]:
        one, other = theirs.get(part), mine.get(part)
        if isinstance(one, dict) and isinstance(other, dict):
            found |= _unequal(one, other, f"{where}{part} > ")
        elif one != other or (part in theirs) != (part in mine):
            found[where + part] = f"real {one!r}, lab {other!r}"
    return found


def outcome(ended: str, no_retry: bool) -> str:
    """How a cron's run ended, in one word or two."""
    return f"{ended}, noRetry" if no_retry else ended


def last_line(traceback: str) -> str:
    """The line of a traceback that says what went wrong."""
    return traceback.strip().splitlines()[-1].strip() if traceback.strip() else ""


def _readable(body: bytes, headers: list[tuple[str, str]]) -> object:
    """The body as the fields of its JSON object, or as text, so that a difference can be read."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body
    is_json = any(name.lower() == "content-type" and "json" in value for name, value in headers)
    return json.loads(text) if is_json and text.startswith("{") else text
