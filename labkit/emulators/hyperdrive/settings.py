"""What is configured: where the database is and who signs in there, and what `wrangler hyperdrive update` changes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from labkit import facts
from labkit.emulators.hyperdrive.protocol import Account
from labkit.errors import ConfigError, LabError

WHERE = "https://developers.cloudflare.com/hyperdrive/configuration/local-development/"


@dataclass(frozen=True)
class Address:
    """Where a database is, and who signs in."""

    host: str
    port: int
    account: Account
    scheme: str = "postgresql"


UNSAID = Address("db.example.com", 5432, Account("app", "secret", "app"))
"""The database of who gives no connection string."""


def address_of(text: str) -> Address:
    """What a connection string says. Refuses what Hyperdrive would."""
    url = urlsplit(text)
    if url.scheme not in ("postgres", "postgresql"):
        what = "MySQL has no emulator" if url.scheme == "mysql" else "it begins with postgres:// or postgresql://"
        raise ConfigError(f"Hyperdrive: {text!r} is no connection string of a PostgreSQL: {what}.", where=WHERE)
    for part, what in ((url.hostname, "a hostname"), (url.username, "a username"), (url.password, "a password")):
        if not part:
            raise ConfigError(f"Hyperdrive: You must provide {what} in the connection string.", where=WHERE)
    database = unquote(url.path.lstrip("/"))
    if not database:
        raise ConfigError("Hyperdrive: You must provide a database name in the connection string.", where=WHERE)
    account = Account(unquote(url.username or ""), unquote(url.password or ""), database)
    return Address(url.hostname or "", url.port or 5432, account, url.scheme)


@dataclass(frozen=True)
class Settings:
    """What is in force. Ages are in seconds."""

    origin_connection_limit: int
    max_age: float
    stale_while_revalidate: float
    caching_disabled: bool = False

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """The settings after a change. Raises LabError for what the platform would refuse."""
        known = [each.name for each in fields(self)]
        for name in changes:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
                raise LabError(f"configure({name}=...): Hyperdrive has no such setting. {hint}")
        new = replace(self, **changes)
        longest, fewest = facts.value("hyperdrive.longest_max_age"), facts.value("hyperdrive.fewest_connections")
        if not 0 <= new.max_age <= longest:
            raise LabError(f"max_age={new.max_age!r}: it is 0 to {longest} seconds.")
        if new.stale_while_revalidate < 0:
            raise LabError(f"stale_while_revalidate={new.stale_while_revalidate!r}: it is 0 seconds or more.")
        if new.origin_connection_limit < fewest:
            raise LabError(f"origin_connection_limit={new.origin_connection_limit!r}: it is {fewest} or more.")
        return new


def usual(plan: str) -> Settings:
    """The settings of a new configuration."""
    return Settings(
        facts.value("hyperdrive.origin_connections", plan=plan),
        max_age=facts.value("hyperdrive.cache_max_age"),
        stale_while_revalidate=facts.value("hyperdrive.stale_while_revalidate"),
    )
