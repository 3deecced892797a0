"""A rule of event notifications: which events of which objects go to a queue; how wrangler lists it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from labkit.errors import LabError
from labkit.facts.table import Rows, Table

WHERE = "https://developers.cloudflare.com/r2/buckets/event-notifications/"
EVENT_TYPES = {
    "object-create": ("PutObject", "CompleteMultipartUpload", "CopyObject"),
    "object-delete": ("DeleteObject", "LifecycleDeletion"),
}
"""The actions that each type of event stands for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events of which objects go to a queue. `created` is Unix time."""

    id: str
    queue: str
    actions: tuple[str, ...]
    prefix: str
    suffix: str
    description: str
    created: float

    def is_for(self, action: str, key: str) -> bool:
        return action in self.actions and key.startswith(self.prefix) and key.endswith(self.suffix)

    def overlaps(self, other: Rule) -> bool:
        """Whether one event can be for both: that is refused."""
        return (
            bool(set(self.actions) & set(other.actions))
            and (self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix))
            and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))
        )


class RuleTable(Rows):
    """A rule a row, as `wrangler r2 bucket notification list` shows them."""

    def table(self) -> Table:
        headings = ("rule_id", "queue_name", "event_type", "prefix", "suffix", "description")
        return Table([headings, *(tuple(str(row[name]) for name in headings) for row in self)])


def actions_of(event_types: str | Iterable[str]) -> tuple[str, ...]:
    """The actions of these types. Refuses none, and an unknown one."""
    is_list = isinstance(event_types, Iterable) and not isinstance(event_types, str)
    types = list(event_types) if is_list else [event_types]
    unknown = [each for each in types if not isinstance(each, str) or each not in EVENT_TYPES]
    if unknown or not types:
        found = f"{unknown[0]!r} is none" if unknown else "none was given"
        raise LabError(f"A rule is for the event types {' and '.join(EVENT_TYPES)}; {found}.", where=WHERE)
    return tuple(action for name, actions in EVENT_TYPES.items() if name in types for action in actions)


def row_of(rule: Rule) -> dict[str, Any]:
    return {
        "rule_id": rule.id,
        "created_at": iso(rule.created),
        "queue_name": rule.queue,
        "prefix": rule.prefix or "(all prefixes)",
        "suffix": rule.suffix or "(all suffixes)",
        "event_type": ",".join(rule.actions),
        "description": rule.description,
    }


def iso(unix: float) -> str:
    """A moment as the platform writes it, in milliseconds."""
    return datetime.fromtimestamp(unix, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
