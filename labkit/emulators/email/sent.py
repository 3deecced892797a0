"""What has gone out: a row for each message that was sent, forwarded, or a reply."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from labkit.emulators.email.mime import Parsed
from labkit.facts.table import Rows, Table

COLUMNS = ("at", "how", "sender", "to", "subject", "text")
_WIDTH = 60
"""Characters of a text that the table shows."""


class Sent(Rows):
    """`at` is in Unix seconds, `how` is "send", "reply" or "forward", `subject` and `text` are decoded.

    A row has also `cc`, `bcc`, `html`, `attachments` (their names), `headers`, `message_id` and `raw`, the bytes.
    """

    def table(self) -> Table:
        return Table([COLUMNS, *map(_words, self)])


def row_of(
    at: float, how: str, sender: str, to: list[str], parsed: Parsed, message_id: str, *,
    cc: list[str] | None = None, bcc: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One row of the table."""
    return {
        "at": at, "how": how, "sender": sender, "to": to, "cc": cc or [], "bcc": bcc or [],
        "subject": parsed.subject, "text": parsed.text, "html": parsed.html, "attachments": parsed.attachments,
        "headers": dict(parsed.headers), "message_id": message_id, "raw": parsed.raw,
    }  # fmt: skip


def _words(row: dict[str, Any]) -> tuple[str, ...]:
    at = datetime.fromtimestamp(row["at"], UTC).strftime("%Y-%m-%d %H:%M:%S")
    text = " ".join((row["text"] or "").split())
    short = text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "\u2026"
    return (at, row["how"], row["sender"], ", ".join(row["to"]), row["subject"] or "", short)
