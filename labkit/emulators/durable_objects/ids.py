"""Identifiers of objects: 64 hexadecimal digits that only their own namespace can have made.

The first half says which object, the second proves the namespace (and its jurisdiction): a keyed hash of the first, as
in workerd's `ActorIdFactoryImpl`.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from random import Random
from typing import Any

from labkit.workers.bindings import js_error
from labkit.workers.proxies import JsProxy

HALF = 16
"""Bytes of each half of an identifier."""


class DurableObjectId(JsProxy):
    """The identifier of one object. `name` is what it was made from, None where that is not known."""

    __slots__ = ("_text", "name", "jurisdiction")

    def __init__(self, text: str, name: str | None = None, jurisdiction: str | None = None):
        self._text, self.name, self.jurisdiction = text, name, jurisdiction

    def toString(self) -> str:
        return self._text

    def equals(self, other: Any) -> bool:
        """Whether both say the same object. Refuses what is no identifier."""
        return self._text == checked_id("equals", other)._text

    def _properties(self) -> dict[str, Any]:
        return {"name": self.name} if self.name is not None else {}

    def __str__(self) -> str:
        return self._text


class Ids:
    """What makes and knows the identifiers of one namespace, in one jurisdiction or outside of all."""

    def __init__(self, namespace: str, jurisdiction: str | None = None):
        self.namespace, self.jurisdiction = namespace, jurisdiction
        self._key = sha256(f"{namespace}\n{jurisdiction or ''}".encode()).digest()

    def named(self, name: str) -> DurableObjectId:
        """The identifier of this name: always the same."""
        return DurableObjectId(self._signed(self._hash(name.encode())), name, self.jurisdiction)

    def unique(self, random: Random) -> DurableObjectId:
        """A new identifier."""
        return DurableObjectId(self._signed(random.randbytes(HALF)), None, self.jurisdiction)

    def has_made(self, text: str) -> bool:
        """Whether this namespace makes such identifiers."""
        return text == self._signed(bytes.fromhex(text)[:HALF])

    def _signed(self, half: bytes) -> str:
        return (half + self._hash(half)).hex()

    def _hash(self, data: bytes) -> bytes:
        return hmac.digest(self._key, data, "sha256")[:HALF]


def checked_digits(text: str) -> str:
    """The digits of an identifier in lower case. Refuses what cannot be one."""
    try:
        if len(bytes.fromhex(text)) == 2 * HALF and len(text) == 4 * HALF:
            return text.lower()
    except ValueError:
        pass
    raise js_error("TypeError", "Invalid Durable Object ID: must be 64 hex digits")


def checked_id(method: str, value: Any) -> DurableObjectId:
    """The identifier that a method was given. Refuses everything else."""
    if isinstance(value, DurableObjectId):
        return value
    owner = "DurableObjectId" if method == "equals" else "DurableObjectNamespace"
    raise js_error(
        "TypeError", f"Failed to execute '{method}' on '{owner}': parameter 1 is not of type 'DurableObjectId'."
    )
