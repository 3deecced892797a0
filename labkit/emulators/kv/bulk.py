"""What `wrangler kv bulk put` does: many keys at once, from outside any Worker.

The pairs are those of wrangler's file (developers.cloudflare.com/kv/reference/kv-commands/): `key` and `value`, and,
if wanted, `metadata`, `expiration` or `expiration_ttl`, which wrangler writes with an underscore. Each is billed as a
write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.kv import rules
from labkit.emulators.kv.store import Entry
from labkit.errors import PlatformError
from labkit.facts.spelling import did_you_mean

if TYPE_CHECKING:
    from labkit.emulators.kv import Kv

FIELDS = ("key", "value", "metadata", "expiration", "expiration_ttl")


def bulk_put(kv: Kv, pairs: Iterable[Mapping[str, Any]]) -> None:
    """Store the pairs, in no time. Refuses more than 10,000, and what a `put` would refuse."""
    entries = [_entry(pair, kv.unix) for pair in pairs]
    most = facts.value("kv.bulk_write_pairs")
    if len(entries) > most:
        raise PlatformError(f"{len(entries):,} pairs: a bulk put takes {most:,} at most.")
    home = next(iter(kv.central))
    with kv.world.trace.event("kv", "bulk put", home, keys=len(entries)) as event:
        event.units = {"kv.write": float(len(entries))}
        for entry in entries:
            entry.home = home if kv.world.links else ""
            kv.store.write(entry, kv.now, kv.unix)
            event.bytes += len(entry.value or b"")


def _entry(pair: Mapping[str, Any], unix: float) -> Entry:
    for name in pair:
        if name not in FIELDS:
            raise PlatformError(f"{name!r} is not a field of a pair. {did_you_mean(name, FIELDS)}")
    ttl, end = pair.get("expiration_ttl"), pair.get("expiration")
    value = pair["value"].encode() if isinstance(pair["value"], str) else bytes(pair["value"])
    entry = Entry(
        rules.key_of("PUT", pair["key"]), value, rules.metadata_of(dict(pair)), rules.expiration_of(ttl, end, unix)
    )
    rules.check_size(entry)
    return entry
