"""Secrets Store: a secret of the account, which a Worker must ask for: `await env.API_KEY.get()`.

| | |
|---|---|
| modelled | `get()`, which is asynchronous, and its words for a secret that is not there (recorded from workerd) |
| | One secret of the store under several bindings; a changed one reaches Workers without a deployment (docs) |
| | Values appear in no trace, no log and no repr: the store shows them to nobody but the Worker (docs) |
| | Secrets of up to 64 KiB, names without spaces (docs, "Manage account secrets") |
| simplified | A changed secret is everywhere after five seconds, a read takes two milliseconds: assumptions |
| | The secrets of a lab are those that its configuration binds, so the limit of 100 an account is never reached |
| | Network off: a changed secret is there at once |
| not modelled | Access control, audit logs, scopes, `wrangler secrets-store`, AI Gateway's keys |
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from math import inf
from typing import Any

from labkit import facts
from labkit.errors import ConfigError, PlatformError
from labkit.workers.bindings import js_error
from labkit.world import World

__all__ = ["Secret", "SecretsStore"]

WHERE = "https://developers.cloudflare.com/secrets-store/manage-secrets/"


class Hidden:
    """A value that no repr shows."""

    __slots__ = ("value",)

    def __init__(self, value: str | None):
        self.value = value

    def __repr__(self) -> str:
        return "<hidden>"


class SecretsStore:
    """One secret of the account's store: `binding(colo)` is what `env` holds at a place.

    `values` gives secrets by their names in the store.
    """

    def __init__(self, entry: Mapping[str, Any], values: Mapping[str, str], world: World):
        self.name, self.world = entry["secret_name"], world
        if " " in self.name:
            raise ConfigError(f"secret_name {self.name!r}: the name of a secret has no spaces.", where=WHERE)
        first = _fitting(values[self.name]) if self.name in values else None
        self._history: list[tuple[float, Hidden]] = [(-inf, Hidden(first))]  # since when, and what

    def binding(self, colo: str) -> Secret:
        """The secret as a Worker at this place has it."""
        return Secret(self, colo)

    def set(self, value: str) -> None:
        """Create the secret or change it, as the dashboard does; Workers go on with the former value for a while."""
        self._change(_fitting(value))

    def delete(self) -> None:
        """Take the secret out of the store."""
        self._change(None)

    def _change(self, value: str | None) -> None:
        self._forget()
        self._history.append((self.world.timeline.now, Hidden(value)))

    def _known(self) -> str | None:
        """The value as the places know it now: the last that is old enough to be everywhere."""
        self._forget()
        return self._history[0][1].value

    def _forget(self) -> None:
        """Drop the values that a later one has replaced everywhere."""
        takes = facts.value("secrets_store.propagation") if self.world.links is not None else 0
        while len(self._history) > 1 and self.world.timeline.now - self._history[1][0] >= takes:
            del self._history[0]

    async def read(self) -> str:
        """The value, after the time that a read takes. Refuses a secret that is not there."""
        if self.world.links is not None:
            await self.world.timeline.sleep(facts.value("secrets_store.get"))
        if (found := self._known()) is None:
            raise js_error("Error", f'Secret "{self.name}" not found')
        return found

    def snapshot(self) -> Hidden:
        """The secret as it is now, which no repr shows."""
        return Hidden(pickle.dumps([(since, hidden.value) for since, hidden in self._history]).hex())

    def restore(self, state: Hidden) -> None:
        """Go back to a snapshot."""
        kept = pickle.loads(bytes.fromhex(state.value or ""))
        self._history = [(since, Hidden(value)) for since, value in kept]

    def __repr__(self) -> str:
        return f"<secret {self.name} of the store: {'absent' if self._history[-1][1].value is None else 'hidden'}>"


class Secret:
    """`env.API_KEY`: it is not the value, `await env.API_KEY.get()` is."""

    def __init__(self, store: SecretsStore, colo: str):
        self._store, self._colo = store, colo

    async def get(self, *_: Any) -> str:
        """The secret."""
        world = self._store.world
        world.charge("secrets_store")
        with world.trace.event("secrets_store", "get", self._colo, secret=self._store.name):
            return await self._store.read()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"<secret {self._store.name}: await its get()>"


def _fitting(value: Any) -> str:
    """The value of a secret, or the refusal of one that is no text or too long."""
    limit = facts.value("secrets_store.secret_bytes")
    if not isinstance(value, str):
        raise PlatformError(f"A secret is a string, not {type(value).__name__}.", where=WHERE)
    size = len(value.encode(errors="surrogatepass"))  # without an error that holds the secret
    if size > limit:
        raise PlatformError(f"A secret must not exceed {limit:,} bytes; this one has {size:,}.", where=WHERE)
    return value
