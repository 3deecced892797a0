"""A lifecycle rule: what is to happen to objects of a prefix, and when; as wrangler takes it and as S3 writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import inf
from typing import Any

from labkit.errors import PlatformError

DAY = 86_400
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()
"""The last moment that has a date: what is due later is due then."""
WHERE = "https://developers.cloudflare.com/r2/buckets/object-lifecycles/"
S3_CLASSES = ("STANDARD_IA", "InfrequentAccess")
"""What S3 clients call Infrequent Access. There is no way back to Standard by a rule."""
_FIELDS = {"ID", "Status", "Filter", "Prefix", "Expiration", "Transitions", "AbortIncompleteMultipartUpload"}


@dataclass(frozen=True, slots=True)
class When:
    """A moment in an object's life: so many days after it was stored, or a date (Unix time)."""

    days: float | None = None
    date: float | None = None

    def of(self, begun: float) -> float:
        """The Unix time of it, for what was stored or begun at that one."""
        return self.date if self.date is not None else min(begun + (self.days or 0) * DAY, LAST)

    def __str__(self) -> str:
        return (
            f"{self.days:g} days"
            if self.days is not None
            else f"{datetime.fromtimestamp(self.date or 0, UTC):%Y-%m-%d}"
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; at least one of its three actions is set."""

    id: str
    prefix: str = ""
    enabled: bool = True
    expire: When | None = None
    transition: When | None = None
    abort: When | None = None

    def is_for(self, key: str) -> bool:
        return self.enabled and key.startswith(self.prefix)

    def as_data(self) -> dict[str, Any]:
        """The rule as S3's `LifecycleConfiguration` has it."""
        found: dict[str, Any] = {"ID": self.id, "Status": "Enabled" if self.enabled else "Disabled"}
        found["Filter"] = {"Prefix": self.prefix}
        if self.expire:
            found["Expiration"] = _written(self.expire)
        if self.transition:
            found["Transitions"] = [{**_written(self.transition), "StorageClass": "STANDARD_IA"}]
        if self.abort:
            found["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": _number(self.abort.days)}
        return found


def rule_of(data: Mapping[str, Any], number: int = 1) -> Rule:
    """The rule of S3's plain data; `number` names one without an ID. Refuses in S3's manner what R2 does not have."""
    data = _part("A lifecycle rule", data, _FIELDS)
    where = _part("The Filter of a rule", data.get("Filter"), {"Prefix"})
    abort = _part("AbortIncompleteMultipartUpload", data.get("AbortIncompleteMultipartUpload"), {"DaysAfterInitiation"})
    status = data.get("Status", "Enabled")
    if status not in ("Enabled", "Disabled"):
        raise PlatformError(f"A rule's Status is Enabled or Disabled, not {status!r}.", where=WHERE)
    return checked(
        Rule(
            str(data.get("ID") or f"rule-{number}"),
            where.get("Prefix", data.get("Prefix", "")) or "",
            status == "Enabled",
            _read(_part("The Expiration of a rule", data.get("Expiration"), {"Days", "Date"})),
            _read(_transition(data.get("Transitions"))),
            When(days=abort["DaysAfterInitiation"]) if abort else None,
        )
    )


def _transition(data: Any) -> Mapping[str, Any]:
    """The one transition of a rule, empty where there is none."""
    if not isinstance(data or [], list | tuple):
        raise PlatformError(f"The Transitions of a rule are a list, not {data!r}.", where=WHERE)
    found = [_part("A transition", each, {"Days", "Date", "StorageClass"}) for each in data or ()]
    if len(found) > 1:
        raise PlatformError("There is one other storage class, so that a rule has one transition.", where=WHERE)
    if found and found[0].get("StorageClass") not in S3_CLASSES:
        wrong = found[0].get("StorageClass")
        raise PlatformError(f"A rule moves objects to {S3_CLASSES[0]}, not {wrong!r}.", where=WHERE)
    return found[0] if found else {}


def _part(what: str, data: Any, fields: set[str]) -> Mapping[str, Any]:
    """A part of a rule, empty where it is missing. A field that R2 does not have is refused: to ignore a condition
    would be to delete what it keeps.
    """
    if not isinstance(data or {}, Mapping):
        raise PlatformError(f"{what} is a mapping, not {data!r}.", where=WHERE)
    if unknown := (data or {}).keys() - fields:
        raise PlatformError(f"{what} has {', '.join(sorted(fields))}; {min(unknown)} is not implemented.", where=WHERE)
    return data or {}


def made(
    name: str,
    prefix: str,
    expire_days: float | None,
    expire_date: Any,
    ia_transition_days: float | None,
    ia_transition_date: Any,
    abort_multipart_days: float | None,
) -> Rule:
    """The rule that `wrangler r2 bucket lifecycle add` makes of its flags; a date is a date or its text."""
    rule = Rule(
        name,
        prefix,
        expire=_chosen(expire_days, expire_date),
        transition=_chosen(ia_transition_days, ia_transition_date),
        abort=_chosen(abort_multipart_days, None),
    )
    return checked(rule)


def checked(rule: Rule) -> Rule:
    """The rule. Refuses one that does nothing, and negative days."""
    actions = [each for each in (rule.expire, rule.transition, rule.abort) if each]
    if not rule.id or not isinstance(rule.id, str):
        raise PlatformError("Must specify a rule name.", where=WHERE)
    if not isinstance(rule.prefix, str):
        raise PlatformError(f"The prefix of a rule is text, not {rule.prefix!r}.", where=WHERE)
    if not actions:
        raise PlatformError("Must specify at least one action.", where=WHERE)
    if any(each.days is not None and not _is_days(each.days) for each in actions):
        raise PlatformError("Must be a positive number.", where=WHERE)
    return rule


def _is_days(days: Any) -> bool:
    return isinstance(days, int | float) and not isinstance(days, bool) and 0 <= days < inf


def _chosen(days: float | None, when: Any) -> When | None:
    if days is not None:
        return When(days=days)
    return None if when is None else When(date=_moment(when))


def _moment(when: Any) -> float:
    """The Unix time of a date, a datetime or a text such as "2026-01-31": midnight in UTC."""
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when.replace("Z", "+00:00"))
        except ValueError:
            raise PlatformError(f"{when!r} is no valid date in the YYYY-MM-DD format.", where=WHERE) from None
    if not isinstance(when, date):
        raise PlatformError(f"{when!r} is no date.", where=WHERE)
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _read(data: Mapping[str, Any]) -> When | None:
    """A moment of S3's; None where there is none."""
    if not data:
        return None
    if ("Days" in data) == ("Date" in data):
        raise PlatformError("An expiration or a transition needs Days or a Date.", where=WHERE)
    return _chosen(data.get("Days"), data.get("Date"))


def _written(when: When) -> dict[str, Any]:
    if when.days is not None:
        return {"Days": _number(when.days)}
    return {
        "Date": datetime.fromtimestamp(when.date or 0, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    }


def _number(days: float | None) -> float:
    return int(days) if days is not None and float(days).is_integer() else days or 0
