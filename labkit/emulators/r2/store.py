"""The one copy of a bucket: its objects by key, in the order of their names, and the uploads under way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from labkit import facts
from labkit.emulators.listing import Names, cursor_of
from labkit.emulators.r2 import refusals
from labkit.emulators.r2.objects import INFREQUENT, STANDARD, Stored, check_key, check_metadata, check_size
from labkit.emulators.r2.refusals import Refusal
from labkit.emulators.r2.uploads import Upload, Uploads

Source = tuple[str, str]
"""The bucket and the key that an object was copied from."""
Watcher = Callable[[str, Stored, Source | None], None]
"""Told of each change: the action ("PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject",
"LifecycleDeletion"), the object that was stored or has gone, and of a copy where it came from."""


Early = tuple[float, int]
"""Infrequently accessed bytes that have gone before their least age: the Unix time until which they are billed."""


@dataclass(slots=True)
class Page:
    """A page of a listing: objects, the groups that the delimiter makes of others, and the cursor where more follows.

    `last` is the key that the page ends with, "" where it holds nothing.
    """

    objects: list[Stored]
    prefixes: list[str]
    cursor: str | None = None
    last: str = ""

    @property
    def truncated(self) -> bool:
        return self.cursor is not None


class Store:
    """Everything here happens at once and where the bucket is; who asks pays the way (`R2.operation`).

    `clock` gives Unix time. `metadata_limit` is in bytes, `apart` the seconds between two writes to a key.
    """

    def __init__(
        self, clock: Callable[[], float], random: Random, metadata_limit: int | None = None, apart: float = 0.0
    ):
        self._clock, self._random, self._apart = clock, random, apart
        self.metadata_limit = facts.value("r2.metadata_bytes") if metadata_limit is None else metadata_limit
        self.objects: dict[str, Stored] = {}
        self.names = Names()
        self.watchers: list[Watcher] = []
        self.early: list[Early] = []
        self.least_age = facts.value("r2.infrequent_least_age")
        self.uploads = Uploads(self, clock, random)

    def head(self, key: str) -> Stored | None:
        """The object of that name as it is now, or None. What was found stays as it was, whatever is put later."""
        check_key(key)
        return self.objects.get(key)

    def check(self, key: str, content: bytes, custom: Mapping[str, str]) -> None:
        """Refuse what cannot be stored: a long name (10020), too much content (100100) or metadata (10012)."""
        check_key(key)
        check_size(content)
        if custom:
            check_metadata(custom, self.metadata_limit)

    def admit(self, key: str) -> None:
        """Refuse a write to a key that has just had one (10058). To be asked last of all, by whoever is not the lab."""
        old = self.objects.get(key)
        if old is not None and self._clock() - old.uploaded < self._apart:
            raise Refusal(refusals.TOO_MANY_REQUESTS)

    def put(
        self,
        key: str,
        content: bytes,
        *,
        http: Mapping[str, Any] | None = None,
        custom: Mapping[str, str] | None = None,
        checksums: Mapping[str, bytes] | None = None,
        storage_class: str = STANDARD,
        etag: str | None = None,
        part_bytes: int = 0,
        action: str = "PutObject",
        source: Source | None = None,
    ) -> Stored:
        """Store an object, in the place of the one that had its name.

        `http` holds some of `objects.HTTP_FIELDS`. `checksums` are kept beside the MD5, and were verified before
        (`objects.check_digests`). With an `etag`, that of a multipart upload, there is no MD5. `source` is a copy's.
        """
        if etag is None:
            md5 = hashlib.md5(content, usedforsecurity=False)
            etag, checksums = md5.hexdigest(), {"md5": md5.digest(), **(checksums or {})}
        now = int(self._clock() * 1000) / 1000
        stored = Stored(
            key,
            self._version(),
            content,
            etag,
            now,
            http or {},
            custom or {},
            checksums or {},
            storage_class,
            part_bytes,
        )
        self._keep(stored)
        self._tell(action, stored, source)
        return stored

    def move(self, key: str, storage_class: str) -> None:
        """Give an object another storage class. It stays what it is, and nobody is told."""
        self.objects[key] = replace(self.objects[key], storage_class=storage_class, moved=self._clock())

    def delete(self, keys: Iterable[str], *, action: str = "DeleteObject") -> list[Stored]:
        """Remove objects; what was there, in the order of the keys. Names without an object do nothing."""
        gone = [stored for key in keys if (stored := self.objects.pop(key, None))]
        for stored in gone:
            self.names.discard(stored.key)
            self._note_early(stored)
            self._tell(action, stored)
        return gone

    def listed(
        self, prefix: str = "", delimiter: str = "", start_after: str | None = None, limit: int | None = None
    ) -> Page:
        """Up to `limit` objects and groups after a name, in the order of their bytes.

        A group stands for every key that goes on with the delimiter behind the prefix: it takes one place.
        `start_after` is the last key of the page before (`listing.name_of(cursor)`), or a name to begin behind.
        """
        page, most = Page([], []), limit or facts.value("r2.list_page")
        names = self.names.after(start_after, prefix)
        while (name := next(names, None)) is not None:
            if len(page.objects) + len(page.prefixes) == most:
                page.cursor = cursor_of(page.last)
                break
            group = group_of(name, prefix, delimiter)
            if group is None:
                page.objects.append(self.objects[name])
                page.last = name
            else:
                page.prefixes.append(group)
                page.last = self.names.last(group) or name
                names = self.names.after(page.last, prefix)
        return page

    def _keep(self, stored: Stored) -> None:
        old = self.objects.get(stored.key)
        if old is None:
            self.names.add(stored.key)
        else:
            self._note_early(old)
        self.objects[stored.key] = stored

    def _note_early(self, gone: Stored) -> None:
        """Keep on the bill what must be paid for longer than it was stored."""
        end = gone.in_class_since + self.least_age
        if gone.storage_class == INFREQUENT and self._clock() < end:
            self.early.append((end, gone.stored_bytes))

    def _tell(self, action: str, stored: Stored, source: Source | None = None) -> None:
        for watcher in self.watchers:
            watcher(action, stored, source)

    def _version(self) -> str:
        return f"{self._random.getrandbits(128):032x}"

    def stored_bytes(self, storage_class: str) -> int:
        """Bytes that are billed in a storage class: content and metadata, parts of uploads, and what has gone early."""
        kept = sum(each.stored_bytes for each in self.objects.values() if each.storage_class == storage_class)
        if storage_class == INFREQUENT:
            self.early = [each for each in self.early if self._clock() < each[0]]
            kept += sum(size for _, size in self.early)
        return kept + self.uploads.stored_bytes(storage_class)

    def snapshot(self) -> tuple[dict[str, Stored], list[Upload], list[Early]]:
        """What is stored and uploaded, as plain data. Objects and parts are immutable, so that nothing is copied."""
        return dict(self.objects), self.uploads.snapshot(), list(self.early)

    def restore(self, state: tuple[dict[str, Stored], list[Upload], list[Early]]) -> None:
        """Go back to a snapshot."""
        objects, uploads, early = state
        self.objects, self.names, self.early = dict(objects), Names(objects), list(early)
        self.uploads.restore(uploads)


def group_of(name: str, prefix: str, delimiter: str) -> str | None:
    """The name up to and with the delimiter behind the prefix; None where it has none there."""
    end = name.find(delimiter, len(prefix)) if delimiter else -1
    return None if end < 0 else name[: end + len(delimiter)]
