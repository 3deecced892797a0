"""`env.ROOM`: the binding to a class of objects, as a Worker at one place has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.emulators.durable_objects.ids import DurableObjectId, Ids, checked_digits, checked_id
from labkit.emulators.durable_objects.placement import HINTS, JURISDICTIONS
from labkit.emulators.durable_objects.stub import DurableObjectStub
from labkit.workers.bindings import complain, js_error, options
from labkit.workers.js.conversions import text

if TYPE_CHECKING:
    from labkit.emulators.durable_objects import DurableObjects


class DurableObjectNamespace:
    """Makes identifiers, and stubs that reach their objects. A stub costs nothing: the object begins with a call."""

    def __init__(self, objects: DurableObjects, colo: str, jurisdiction: str | None = None):
        self._objects, self._colo = objects, colo
        self._ids: Ids = objects.ids(jurisdiction)

    def idFromName(self, name: Any) -> DurableObjectId:
        """The identifier of a name, always the same."""
        return self._ids.named(text(name))

    def newUniqueId(self, given: Any = None, **keywords: Any) -> DurableObjectId:
        """An identifier that nobody else has."""
        jurisdiction = options("newUniqueId", given, keywords, ("jurisdiction",)).get("jurisdiction")
        ids = self._ids if jurisdiction is None else self._objects.ids(self._checked(jurisdiction))
        return ids.unique(self._objects.world.random)

    def idFromString(self, digits: Any) -> DurableObjectId:
        """The identifier that its `toString` has written. Refuses one of another namespace or jurisdiction."""
        found = checked_digits(text(digits))
        for ids in self._objects.all_ids():
            if self._ids.jurisdiction in (None, ids.jurisdiction) and ids.has_made(found):
                return DurableObjectId(found, None, ids.jurisdiction)
        raise js_error("TypeError", "Durable Object ID is not valid for this namespace.")

    def get(self, id: Any = None, given: Any = None, **keywords: Any) -> DurableObjectStub:
        """A stub of the object of this identifier."""
        known = checked_id("get", id)
        if self._ids.jurisdiction not in (None, known.jurisdiction):
            said = "get called on jurisdictional subnamespace with an ID from a different jurisdiction"
            raise js_error("TypeError", said)
        return DurableObjectStub(self._objects, known, self._colo, self._hint("get", given, keywords))

    def getByName(self, name: Any, given: Any = None, **keywords: Any) -> DurableObjectStub:
        """A stub of the object of this name."""
        id = self.idFromName(name)
        return DurableObjectStub(self._objects, id, self._colo, self._hint("getByName", given, keywords))

    def jurisdiction(self, name: Any) -> DurableObjectNamespace:
        """The part of the namespace whose objects stay in a jurisdiction."""
        return DurableObjectNamespace(self._objects, self._colo, self._checked(name))

    def _checked(self, jurisdiction: Any) -> str:
        if self._objects.world.links is None:
            raise js_error("Error", "Jurisdiction restrictions are not implemented in workerd.")
        if jurisdiction not in JURISDICTIONS:
            known = ", ".join(JURISDICTIONS)
            raise js_error("TypeError", f"Invalid jurisdiction: {jurisdiction}. Expected one of {known}.")
        return jurisdiction

    def _hint(self, method: str, given: Any, keywords: dict[str, Any]) -> str | None:
        """The region that is hinted at. The runtime ignores one that it does not know: we warn."""
        known = ("locationHint", "routingMode")
        strict = self._objects.world.strict
        hint = options(method, given, keywords, known, strict=strict).get("locationHint")
        if hint is not None and hint not in HINTS:
            complain(f"{method} ignores locationHint={hint!r}; it knows {', '.join(HINTS)}.", strict)
            return None
        return hint
