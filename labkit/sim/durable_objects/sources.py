"""The Workers that are asked where the learner gives none, as text: then a lab counts their steps as a learner's."""

from __future__ import annotations

from pathlib import Path


def source(name: str) -> str:
    """The text of a Worker in this folder."""
    return Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")


COUNTER = source("counter")
LEDGER = source("ledger")
SHARDS = source("shards")
ROOM = source("room")
CHAT = source("chat")
