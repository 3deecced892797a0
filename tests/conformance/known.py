"""The table of known differences, `exceptions.toml`: what is not compared, and why."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("exceptions.toml")


@dataclass
class Known:
    """What is not compared in one area: fields of results, the messages of some errors, whole scenarios, batches."""

    fields: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)
    scenarios: set[str] = field(default_factory=set)
    batches: set[str] = field(default_factory=set)

    def batches_of(self, queue: str, deliveries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The batches of one queue in order; message by message where how they fall into batches is not compared."""
        found = [each for each in deliveries if each["queue"] == queue]
        if queue not in self.batches:
            return found
        return [each | {"messages": [message]} for each in found for message in each["messages"]]

    def comparable(self, outcome: dict[str, Any]) -> dict[str, Any]:
        """The outcome of a step (`{"result": ...}` or `{"error": ...}`) without what is not compared."""
        error = outcome.get("error")
        if error is None:
            return self._without_fields(outcome)
        return {"error": error["name"]} if error["name"] in self.errors else outcome

    def _without_fields(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._without_fields(each) for each in value]
        if isinstance(value, dict):
            return {key: self._without_fields(each) for key, each in value.items() if key not in self.fields}
        return value


def known(area: str, table: Path = TABLE) -> Known:
    """The known differences of one area. Refuses an entry without a reason."""
    entries = tomllib.loads(table.read_text(encoding="utf-8"))["difference"]
    if without := [entry for entry in entries if not entry.get("reason")]:
        raise ValueError(f"{table.name}: each difference needs a reason, and these have none: {without}")
    mine = [entry for entry in entries if entry["area"] in ("*", area)]
    return Known(*({entry[key] for entry in mine if key in entry} for key in ("field", "error", "scenario", "batches")))
