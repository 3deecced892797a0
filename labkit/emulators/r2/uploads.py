"""Multipart uploads: parts by number until they are completed into one object or aborted."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.r2 import refusals
from labkit.emulators.r2.objects import STANDARD, Stored, check_key, check_size
from labkit.emulators.r2.refusals import Refusal

if TYPE_CHECKING:
    from labkit.emulators.r2.store import Store


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One uploaded part. `uploaded` is Unix time; `etag` is opaque, and another for each upload of the part."""

    number: int
    content: bytes
    etag: str
    md5: bytes
    uploaded: float
    checksums: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(slots=True, eq=False)
class Upload:
    """An upload that was begun. `state` is "open", "completed" or "aborted"; `parts` are by number.

    `checksum` is the algorithm that an S3 client announced for its parts.
    """

    id: str
    key: str
    started: float
    http: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, str] = field(default_factory=dict)
    storage_class: str = STANDARD
    state: str = "open"
    parts: dict[int, Part] = field(default_factory=dict)
    checksum: str | None = None

    @property
    def stored_bytes(self) -> int:
        return sum(part.size for part in self.parts.values())


class Uploads:
    """The uploads of a bucket by id. How long one may be open is for the bucket's lifecycle."""

    def __init__(self, store: Store, clock: Callable[[], float], random: Random):
        self._store, self._clock, self._random = store, clock, random
        self.by_id: dict[str, Upload] = {}
        self.waiting: dict[str, Upload] = {}  # those that are open
        self.watchers: list[Callable[[Upload], None]] = []  # told of each upload that begins
        self.min_part, self.max_parts = facts.value("r2.min_part_bytes"), facts.value("r2.parts")
        self.max_object = facts.value("r2.object_bytes")

    def create(
        self,
        key: str,
        *,
        http: Mapping[str, Any] | None = None,
        custom: Mapping[str, str] | None = None,
        storage_class: str = STANDARD,
        checksum: str | None = None,
    ) -> Upload:
        """Begin an upload; its `id` is what everything else asks for."""
        check_key(key)
        upload = Upload(self._token(), key, self._clock(), http or {}, custom or {}, storage_class, checksum=checksum)
        self.by_id[upload.id] = self.waiting[upload.id] = upload
        for watcher in self.watchers:
            watcher(upload)
        return upload

    def open(self) -> list[Upload]:
        """The uploads that are neither completed nor aborted, by key and age."""
        return sorted(self.waiting.values(), key=lambda upload: (upload.key, upload.started))

    def find(self, key: str, upload_id: str) -> Upload:
        """The open upload of that id. Refuses one that is over or never was (10024)."""
        upload = self.waiting.get(upload_id)
        if upload is None or upload.key != key:
            raise Refusal(refusals.NO_SUCH_UPLOAD)
        return upload

    def put_part(
        self, key: str, upload_id: str, number: int, content: bytes, checksums: Mapping[str, bytes] | None = None
    ) -> Part:
        """Store a part, in the place of an earlier one of its number."""
        check_key(key)
        check_size(content)
        upload = self.find(key, upload_id)
        digest = hashlib.md5(content, usedforsecurity=False).digest()
        part = Part(number, content, self._token(), digest, self._clock(), checksums or {})
        upload.parts[number] = part
        return part

    def parts(self, key: str, upload_id: str) -> list[Part]:
        """The parts that are there, by number."""
        upload = self.find(key, upload_id)
        return [upload.parts[number] for number in sorted(upload.parts)]

    def complete(
        self,
        key: str,
        upload_id: str,
        chosen: Iterable[tuple[int, str]],
        checksums: Mapping[str, bytes] | None = None,
    ) -> Stored:
        """Make one object of the parts named by number and etag, in the order of their numbers.

        Refuses a part that is not there (10025), one below 5 MiB that is not the last named (10011), and parts of
        different sizes (10048), and a key that has just been written (10058); then the upload stays open.
        """
        check_key(key)
        upload = self._begun(key, upload_id)
        if upload.state != "open":
            raise Refusal(refusals.NO_SUCH_UPLOAD)
        parts = self._chosen(upload, list(chosen))
        digest = hashlib.md5(b"".join(part.md5 for part in parts), usedforsecurity=False).hexdigest()
        content = b"".join(part.content for part in parts)
        self._store.admit(key)
        self._end(upload, "completed")
        return self._store.put(
            key,
            content,
            http=upload.http,
            custom=upload.custom,
            checksums=checksums or {},
            storage_class=upload.storage_class,
            part_bytes=parts[0].size if parts else 0,
            etag=f"{digest}-{len(parts)}",
            action="CompleteMultipartUpload",
        )

    def _chosen(self, upload: Upload, chosen: list[tuple[int, str]]) -> list[Part]:
        """The parts to join, in order."""
        numbers = [number for number, _ in chosen]
        if len(set(numbers)) < len(numbers):
            raise Refusal(refusals.INTERNAL_ERROR)
        parts = [upload.parts.get(number) for number in numbers]
        found = [part for part, (_, etag) in zip(parts, chosen, strict=True) if part and part.etag == etag]
        if len(found) < len(chosen):
            raise Refusal(refusals.NO_SUCH_PART)
        if any(part.size < self.min_part for part in found[:-1]):
            raise Refusal(refusals.TOO_SMALL)
        found.sort(key=lambda part: part.number)
        if not _even(found, self.min_part):
            raise Refusal(refusals.BAD_UPLOAD)
        if sum(part.size for part in found) > self.max_object:
            raise Refusal(refusals.TOO_LARGE)
        return found

    def abort(self, key: str, upload_id: str) -> None:
        """Drop an upload and its parts; one that is over stays as it is. Refuses an id that never was (10001)."""
        check_key(key)
        upload = self._begun(key, upload_id)
        if upload.state == "open":
            self._end(upload, "aborted")

    def _end(self, upload: Upload, state: str) -> None:
        """Nothing is left of an upload but that it was one: what is asked of it later is refused in other words."""
        upload.state, upload.parts = state, {}
        del self.waiting[upload.id]

    def _begun(self, key: str, upload_id: str) -> Upload:
        """The upload of that id, over or not. The service has no better words for one that never was."""
        upload = self.by_id.get(upload_id)
        if upload is None or upload.key != key:
            raise Refusal(refusals.INTERNAL_ERROR)
        return upload

    def storage_class_of(self, upload_id: str) -> str:
        """The storage class by which the parts of an upload are billed."""
        upload = self.by_id.get(upload_id)
        return STANDARD if upload is None else upload.storage_class

    def stored_bytes(self, storage_class: str) -> int:
        """Bytes of the parts that wait, of uploads of a storage class."""
        return sum(each.stored_bytes for each in self.waiting.values() if each.storage_class == storage_class)

    def snapshot(self) -> list[Upload]:
        """The uploads as they are; parts are immutable and shared."""
        return [replace(each, parts=dict(each.parts)) for each in self.by_id.values()]

    def restore(self, state: list[Upload]) -> None:
        """Go back to a snapshot, which stays as it is."""
        self.by_id = {each.id: replace(each, parts=dict(each.parts)) for each in state}
        self.waiting = {name: each for name, each in self.by_id.items() if each.state == "open"}

    def _token(self) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(128)).decode().rstrip("=")


def _even(parts: list[Part], least: int) -> bool:
    """Whether all parts but the last have one size, and the last no larger one."""
    if len(parts) < 2:
        return True
    size = parts[0].size
    return size >= least and all(part.size == size for part in parts[:-1]) and parts[-1].size <= size
