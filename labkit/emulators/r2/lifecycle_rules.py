"""A lifecycle rule: what is to happen to objects of a prefix, and when; as wrangler takes it and as S3 writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import inf
from typing import Any

from labkit.errors import PlatformError

DAY = 86_400
WHERE = "https://developers.cloudflare.com/r2/buckets/object-lifecycles/"
S3_CLASSES = ("STANDARD_IA", "InfrequentAccess")
"""What S3 clients call Infrequent Access. There is no way back to Standard by a rule."""


@dataclass(frozen=True, slots=True)
class When:
    """A moment in an object's life: so many days after it was stored, or a date (Unix time)."""

    days: float | None = None
    date: float | None = None

    def of(self, begun: float) -> float:
        """The Unix time of it, for what was stored or begun at that one."""
        return self.date if self.date is not None else begun + (self.days or 0) * DAY

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
    for name in ("NoncurrentVersionExpiration", "NoncurrentVersionTransitions"):
        if name in data:
            raise PlatformError(f"{name} is not implemented: R2 keeps one version of an object.", where=WHERE)
    transitions = data.get("Transitions") or []
    for each in transitions:
        if each.get("StorageClass") not in S3_CLASSES:
            raise PlatformError(
                f"A rule moves objects to {S3_CLASSES[0]}, not {each.get('StorageClass')!r}.", where=WHERE
            )
    if len(transitions) > 1:
        raise PlatformError("There is one other storage class, so that a rule has one transition.", where=WHERE)
    abort = data.get("AbortIncompleteMultipartUpload") or {}
    return checked(
        Rule(
            str(data.get("ID") or f"rule-{number}"),
            (data.get("Filter") or {}).get("Prefix", data.get("Prefix", "")) or "",
            data.get("Status", "Enabled") == "Enabled",
            _read(data.get("Expiration")),
            _read(transitions[0] if transitions else None),
            When(days=float(abort["DaysAfterInitiation"])) if "DaysAfterInitiation" in abort else None,
        )
    )


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
    if not rule.id:
        raise PlatformError("Must specify a rule name.", where=WHERE)
    if not actions:
        raise PlatformError("Must specify at least one action.", where=WHERE)
    if any(each.days is not None and not 0 <= each.days < inf for each in actions):
        raise PlatformError("Must be a positive number.", where=WHERE)
    return rule


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
    if isinstance(when, date) and not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _read(data: Mapping[str, Any] | None) -> When | None:
    """A moment of S3's; None where there is none."""
    if not data:
        return None
    if "Days" not in data and "Date" not in data:
        raise PlatformError("An expiration or a transition needs Days or a Date.", where=WHERE)
    return _chosen(float(data["Days"]) if "Days" in data else None, data.get("Date"))


def _written(when: When) -> dict[str, Any]:
    if when.days is not None:
        return {"Days": _number(when.days)}
    return {
        "Date": datetime.fromtimestamp(when.date or 0, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    }


def _number(days: float | None) -> float:
    return int(days) if days is not None and float(days).is_integer() else days or 0
