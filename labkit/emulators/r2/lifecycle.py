"""The lifecycle of a bucket's objects: what its rules delete, move to Infrequent Access or abort, once a day.

| | |
|---|---|
| modelled | Rules by prefix: delete after days or at a date, move to Infrequent Access, abort uploads (docs) |
| | A new bucket has one: uploads that are not completed are aborted after seven days (docs, "Object lifecycles") |
| | What is due happens within 24 hours. What would be deleted within a day is not moved any more (docs) |
| | A move is a Class A operation and changes nothing else; 30 days in Infrequent Access are billed from then on |
| | A deletion is told as `LifecycleDeletion`; rules in S3's form and by wrangler's flags; `expiration` of an object |
| simplified | The bucket is gone through once in 24 hours, at a moment by chance; the real way is not published |
| | Where it fails at that moment, its rules act a day later |
| | A new rule is for all objects at once; in production those that are there already may take longer |
| | A move counts as a Standard operation: the price list does not say which class's |
| | Network off: nothing happens by itself, and `sweep` does what is due |
| not modelled | Bucket locks, which keep an object from being deleted |
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextvars import Context
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.r2.lifecycle_rules import DAY, WHERE, Rule, When, checked, made, rule_of
from labkit.emulators.r2.objects import INFREQUENT, STANDARD, Stored
from labkit.emulators.r2.operations import units_of
from labkit.errors import LabError, PlatformError
from labkit.facts.table import Rows, Table

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2

DEFAULT_ID = "Default Multipart Abort Rule"


class LifecycleTable(Rows):
    """A rule a row: what it is for, and when it acts."""

    def table(self) -> Table:
        headings = ("name", "enabled", "prefix", "action")
        return Table([headings, *(tuple(str(row[name]) for name in headings) for row in self)])


class Lifecycle:
    """The rules of one bucket, and the timer that acts on them. A new bucket aborts uploads after seven days."""

    def __init__(self, bucket: R2):
        self._bucket = bucket
        self._conflict = facts.value("r2.lifecycle_conflict")
        age = facts.value("r2.upload_age") / DAY
        self.rules = [Rule(DEFAULT_ID, abort=When(days=age))]
        self._phase: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def add(
        self,
        name: str,
        prefix: str = "",
        *,
        expire_days: float | None = None,
        expire_date: Any = None,
        ia_transition_days: float | None = None,
        ia_transition_date: Any = None,
        abort_multipart_days: float | None = None,
    ) -> None:
        """Add a rule (`wrangler r2 bucket lifecycle add`). A date is a date or a text such as "2026-01-31"."""
        days = expire_days, expire_date, ia_transition_days, ia_transition_date, abort_multipart_days
        self._put([*self.rules, made(name, prefix, *days)])

    def remove(self, name: str) -> None:
        """Delete a rule (`wrangler r2 bucket lifecycle remove`)."""
        left = [rule for rule in self.rules if rule.id != name]
        if len(left) == len(self.rules):
            raise LabError(f"Lifecycle rule with ID {name!r} not found in configuration for {self._bucket.name!r}.")
        self._put(left)

    def set(self, rules: Iterable[Mapping[str, Any] | Rule]) -> None:
        """Have these rules and no others, the default one neither; plain data is as S3 has it."""
        given = enumerate(rules, 1)
        self._put([checked(each) if isinstance(each, Rule) else rule_of(each, number) for number, each in given])

    def as_data(self) -> list[dict[str, Any]]:
        """The rules as S3's `LifecycleConfiguration` has them; `set` takes them back."""
        return [rule.as_data() for rule in self.rules]

    def table(self) -> LifecycleTable:
        """The rules, in the order in which they were added."""
        return LifecycleTable(_row(rule) for rule in self.rules)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def expiration(self, stored: Stored) -> tuple[float, str] | None:
        """When an object may go, as Unix time, and by which rule (`x-amz-expiration`); None where none says so."""
        found = [(rule.expire.of(stored.uploaded), rule.id) for rule in self._for(stored.key) if rule.expire]
        return min(found, default=None)

    def sweep(self) -> int:
        """Do all that is due now; how many objects and uploads it was done to."""
        uploads = [upload for upload in self._bucket.store.uploads.open() if self._is_due_to_abort(upload)]
        for upload in uploads:
            with self._event("AbortMultipartUpload", upload.key):
                self._bucket.store.uploads.abort(upload.key, upload.id)
        return len(uploads) + sum(self._act(stored) for stored in list(self._bucket.store.objects.values()))

    def _act(self, stored: Stored) -> bool:
        """Delete an object or move it, if that is due. Where both fall within a day, it is only deleted."""
        unix, gone = self._bucket.world.unix, self.expiration(stored)
        if gone and gone[0] <= unix:
            with self._event("LifecycleDeletion", stored.key, rule=gone[1]):
                self._bucket.store.delete([stored.key], action="LifecycleDeletion")
            return True
        moves = [rule.transition.of(stored.uploaded) for rule in self._for(stored.key) if rule.transition]
        if stored.storage_class != STANDARD or not moves or min(moves) > unix:
            return False
        if gone and gone[0] - min(moves) < self._conflict:
            return False
        with self._event("LifecycleStorageTierTransition", stored.key) as event:
            event.units = units_of("LifecycleStorageTierTransition")
            self._bucket.store.move(stored.key, INFREQUENT)
        return True

    def _is_due_to_abort(self, upload: Any) -> bool:
        unix = self._bucket.world.unix
        return any(rule.abort.of(upload.started) <= unix for rule in self._for(upload.key) if rule.abort)

    def _for(self, key: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.is_for(key)]

    def _event(self, operation: str, key: str, **detail: Any) -> Any:
        return self._bucket.world.trace.event("r2", operation, self._bucket.home, key=key, **detail)

    def _put(self, rules: list[Rule]) -> None:
        most, names = facts.value("r2.lifecycle_rules"), [rule.id for rule in rules]
        if len(rules) > most:
            raise PlatformError(f"A bucket has up to {most:,} lifecycle rules.", where=WHERE)
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise PlatformError(f"There is a lifecycle rule {twice!r} already.", where=WHERE)
        self.rules = rules
        self._arm()

    # The clock: one timer, for the next time through. Without a network there is none, and `sweep` does it by hand.

    def look(self, *_: Any) -> None:
        """Something was put or begun: have a timer, if one is needed and not there."""
        if self._timer is None and self._has_work():
            self._arm()

    def _arm(self) -> None:
        self._disarm()
        world = self._bucket.world
        if world.links is None or not self._has_work():
            return
        if self._phase is None:
            self._phase = world.random.uniform(0, DAY)
        wait = (self._phase - world.unix) % DAY or DAY
        self._timer = world.timeline.call_at(world.timeline.now + wait, self._ring, context=Context())
        world.timeline.env.background.add(self._timer)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._bucket.world.timeline.env.background.discard(self._timer)
            self._timer = None

    def _has_work(self) -> bool:
        """Whether a rule could act on anything that is here."""
        store = self._bucket.store
        acts = any(rule.enabled and (rule.expire or rule.transition) for rule in self.rules)
        return bool(acts and store.objects) or bool(store.uploads.waiting)

    def _ring(self) -> None:
        if not (self._bucket.is_down or self._bucket.is_dead):
            self.sweep()
        self._arm()

    def snapshot(self) -> tuple[Any, ...]:
        """The rules, and the time of day at which they act."""
        return list(self.rules), self._phase

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot, on the world's timeline."""
        rules, self._phase = state
        self.rules = list(rules)
        self._arm()


def _row(rule: Rule) -> dict[str, Any]:
    actions = {"expire objects": rule.expire, "move to Infrequent Access": rule.transition, "abort uploads": rule.abort}
    words = [f"{what} after {when}" for what, when in actions.items() if when]
    return {
        "name": rule.id,
        "enabled": "Yes" if rule.enabled else "No",
        "prefix": rule.prefix or "(all prefixes)",
        "action": ", ".join(words),
    }
