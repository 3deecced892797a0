"""`env.FILES`: the bucket as a Worker at one place sees it, with the arguments and words of the runtime."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.javascript import int32
from labkit.emulators.listing import lenient_name_of
from labkit.emulators.r2 import arguments, refusals
from labkit.emulators.r2 import options as structures
from labkit.emulators.r2.arguments import key_of, wrong_parameter
from labkit.emulators.r2.conditions import ALWAYS
from labkit.emulators.r2.handles import GetResult, HeadResult, R2Object, R2ObjectBody
from labkit.emulators.r2.multipart import R2MultipartUpload
from labkit.emulators.r2.objects import STANDARD, Stored, check_digests, check_key, check_metadata
from labkit.emulators.r2.operations import Visit, units_of
from labkit.emulators.r2.ranges import whole
from labkit.emulators.r2.refusals import Refusal
from labkit.emulators.r2.store import Page
from labkit.trace import Event
from labkit.workers.bindings import checked, complain, from_platform, options
from labkit.workers.ffi import JsArray

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2

GET_OPTIONS = ("onlyIf", "range", "ssecKey")
PUT_OPTIONS = ("onlyIf", "httpMetadata", "customMetadata", "md5", "sha1", "sha256", "sha384", "sha512",
               "storageClass", "ssecKey")  # fmt: skip
UPLOAD_OPTIONS = ("httpMetadata", "customMetadata", "storageClass", "ssecKey")
LIST_OPTIONS = ("limit", "prefix", "cursor", "delimiter", "startAfter", "include")
_UNSET = -1
"""What the runtime sends for a limit that was not given."""
_MISSING: Any = object()
_NOTHING: dict[str, Any] = {}
_PLAIN = {"http": {}, "custom": {}, "storage_class": STANDARD}
_SHOWN = 512
"""Characters of many keys that a trace shows."""


class R2Bucket:
    """The methods of a binding. Each takes its options as keywords or as one trailing dict."""

    def __init__(self, bucket: R2, colo: str):
        self._bucket, self._colo = bucket, colo

    def __repr__(self) -> str:
        return f"<R2 bucket {self._bucket.name} at {self._colo}>"

    async def head(self, *args: Any, **keywords: Any) -> R2Object | None:
        """The object of that name without its content, or None."""
        (key,) = self._called("head", 1, args, keywords)
        with self._bucket.event("head", self._colo) as event:
            name = event.detail["key"] = self._key("head", key)
            async with self._visit(event, "HeadObject", "head"):
                stored = self._found(event, self._bucket.store.head(name), "HeadObject")
            return None if stored is None else R2Object(_headed(stored))

    async def get(self, *args: Any, **keywords: Any) -> R2Object | None:
        """The object with its content, or None. Where `onlyIf` does not hold, without its content."""
        key, given = self._called("get", 2, args, keywords)
        with self._bucket.event("get", self._colo) as event:
            name = event.detail["key"] = self._key("get", key)
            chosen = self._options("get", 2, "GetOptions", given, GET_OPTIONS)
            asked = structures.Asked(chosen) if chosen else None
            async with self._visit(event, "GetObject", "get"):
                stored = self._found(event, self._bucket.store.head(name), "GetObject")
                if stored is None:
                    return None
                if asked and not asked.conditions.hold(stored):
                    event.outcome = "412"
                    return R2Object(_headed(stored))
                span = asked.span(stored.size) if asked else whole(stored.size)
                event.bytes = span.length
                if stored.storage_class != STANDARD:
                    event.units = units_of("GetObject", stored.storage_class, span.length)
            return R2ObjectBody(GetResult.new(stored, span))

    async def put(self, *args: Any, **keywords: Any) -> R2Object | None:
        """Store a value: text, bytes, a Blob, a stream of known length, None for nothing. None if `onlyIf` forbids."""
        key, value, given = self._called("put", 3, args, keywords)
        bucket = self._bucket
        with bucket.event("put", self._colo) as event:
            name = event.detail["key"] = self._key("put", key)
            source = b"" if value is None else arguments.value_of(value, "put")
            chosen = self._options("put", 3, "PutOptions", given, PUT_OPTIONS)
            conditions = structures.conditions_of(chosen, "PutOptions")
            metadata = self._metadata(chosen, "PutOptions")
            digests = structures.digests_of(chosen) if chosen else _NOTHING
            content = source if type(source) is bytes else await arguments.content_of(source)
            event.bytes = len(content)
            event.units = units_of("PutObject", metadata["storage_class"])
            async with self._visit(event, "PutObject", "put"):
                bucket.store.check(name, content, metadata["custom"])
                if digests:
                    check_digests(content, digests)
                if conditions is not ALWAYS and not conditions.hold(bucket.store.head(name)):
                    event.outcome = "412"
                    return None
                bucket.store.admit(name)
                stored = bucket.store.put(name, content, checksums=digests, **metadata)
            return R2Object(HeadResult.new(stored))

    async def delete(self, *args: Any, **keywords: Any) -> None:
        """Remove an object, or up to a thousand by a list of keys. Names without an object do nothing."""
        (key,) = self._called("delete", 1, args, keywords)
        with self._bucket.event("delete", self._colo) as event:
            if key is _MISSING:
                raise wrong_parameter("delete", 1, "string or Array")
            if isinstance(key, (list, JsArray)):
                names = [key_of(each) for each in checked(key)]
                event.detail |= {"key": ", ".join(names)[:_SHOWN], "keys": len(names)}
            else:
                names = [key_of(key)]
                event.detail["key"] = names[0]
            async with self._visit(event, "DeleteObject", "delete"):
                for name in names:
                    check_key(name)
                self._check_count(names)
                self._bucket.store.delete(names)

    async def list(self, *args: Any, **keywords: Any) -> Any:
        """A page of objects by name: a JsDict of `objects`, `truncated`, `delimitedPrefixes` and, if more, `cursor`."""
        (given,) = self._called("list", 1, args, keywords)
        with self._bucket.event("list", self._colo) as event:
            chosen = self._options("list", 1, "ListOptions", given, LIST_OPTIONS)
            prefix, delimiter = (arguments.text_field(chosen, name) or "" for name in ("prefix", "delimiter"))
            include = arguments.include_of(chosen)
            after = self._start(chosen)
            event.detail |= {"prefix": prefix, "delimiter": delimiter}
            async with self._visit(event, "ListObjects", "list"):
                page = self._bucket.store.listed(prefix, delimiter, after, self._limit(chosen, include))
                event.detail["keys"] = len(page.objects)
            return from_platform(self._listing(page, include))

    async def createMultipartUpload(self, *args: Any, **keywords: Any) -> R2MultipartUpload:
        """Begin an upload in parts."""
        key, given = self._called("createMultipartUpload", 2, args, keywords)
        with self._bucket.event("createMultipartUpload", self._colo) as event:
            name = event.detail["key"] = self._key("createMultipartUpload", key)
            chosen = self._options("createMultipartUpload", 2, "MultipartOptions", given, UPLOAD_OPTIONS)
            metadata = self._metadata(chosen, "MultipartOptions")
            event.units = units_of("CreateMultipartUpload", metadata["storage_class"])
            async with self._visit(event, "CreateMultipartUpload", "createMultipartUpload"):
                if self._bucket.on_planet:  # the local runtime takes any
                    check_metadata(metadata["custom"], self._bucket.store.metadata_limit)
                upload = self._bucket.store.uploads.create(name, **metadata)
            return R2MultipartUpload(self._bucket, self._colo, name, upload.id)

    def resumeMultipartUpload(self, *args: Any, **keywords: Any) -> R2MultipartUpload:
        """An upload by key and id. Nobody asks here whether there is one."""
        key, upload_id = self._called("resumeMultipartUpload", 2, args, keywords)
        name = self._key("resumeMultipartUpload", key)
        if upload_id is _MISSING:
            raise wrong_parameter("resumeMultipartUpload", 2, "string")
        return R2MultipartUpload(self._bucket, self._colo, name, key_of(upload_id))

    def _check_count(self, names: list[str]) -> None:
        """Production's limit on the keys of a delete; the local runtime has none."""
        most = facts.value("r2.delete_keys")
        if self._bucket.on_planet and not 1 <= len(names) <= most:
            raise Refusal(refusals.BAD_KEY_COUNT, refusals.BAD_KEY_COUNT.message.format(most=most))

    def _visit(self, event: Event, action: str, says: str) -> Visit:
        return Visit(self._bucket, event, action, self._colo, says)

    def _found(self, event: Event, stored: Stored | None, action: str) -> Stored | None:
        """What a read found, noted in its event."""
        if stored is None:
            event.outcome = "404"
        elif stored.storage_class != STANDARD:
            event.units = units_of(action, stored.storage_class)
        return stored

    def _metadata(self, chosen: dict[str, Any], kind: str) -> dict[str, Any]:
        """What is stored beside a content."""
        if not chosen:
            return _PLAIN
        arguments.refuse_encryption(chosen)
        return {
            "http": structures.http_of(chosen, kind),
            "custom": structures.custom_of(chosen, kind),
            "storage_class": arguments.storage_class_of(chosen, self._bucket.world.strict),
        }

    def _key(self, method: str, key: Any) -> str:
        if key is _MISSING:
            raise wrong_parameter(method, 1, "string")
        return key if type(key) is str and key.isascii() else key_of(key)

    def _called(self, method: str, count: int, args: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments by position, keywords last as one object: a binding has no parameters with names."""
        given = (*args, keywords) if keywords else args
        if len(given) > count:
            ignored = ", ".join(map(repr, keywords)) or "what follows"
            complain(f"R2.{method} takes {count} arguments and ignores {ignored}.", self._bucket.world.strict)
        return (*given, *[_MISSING] * count)[:count]

    def _options(self, method: str, position: int, kind: str, given: Any, known: Collection[str]) -> dict[str, Any]:
        if given is _MISSING:
            return _NOTHING
        if isinstance(given, (str, int, float)):
            raise wrong_parameter(method, position, kind)
        strict = self._bucket.world.strict
        chosen = options(f"R2.{method}", given, {}, known, strict=strict)
        arguments.check_fields(f"R2.{method}", chosen, strict)
        return chosen

    def _limit(self, chosen: dict[str, Any], include: Collection[str]) -> int:
        """How many objects and groups the page may hold."""
        most = facts.value("r2.list_page")
        limit = int32(chosen.get("limit", _UNSET))
        limit = most if limit == _UNSET else limit
        if not 0 < limit <= most:
            raise Refusal(refusals.BAD_MAX_KEYS, refusals.BAD_MAX_KEYS.message.format(most=most))
        return min(limit, facts.value("r2.list_page_with_metadata")) if include else limit

    def _start(self, chosen: dict[str, Any]) -> str | None:
        """The name after which the page begins: the later of `startAfter` and the cursor's."""
        cursor, after = (arguments.text_field(chosen, name) for name in ("cursor", "startAfter"))
        if cursor is None:
            return after
        return max(lenient_name_of(cursor), after or "")

    def _listing(self, page: Page, include: Collection[str]) -> dict[str, Any]:
        local = not self._bucket.on_planet
        unknown = {} if local else None
        objects = [
            HeadResult.new(
                each,
                None,
                each.http if "httpMetadata" in include else unknown,
                each.custom if "customMetadata" in include else unknown,
            )
            for each in page.objects
        ]
        return {
            "objects": objects,
            "truncated": page.truncated,
            "cursor": page.cursor,
            "delimitedPrefixes": page.prefixes,
        }


def _headed(stored: Stored) -> HeadResult:
    """An object as a read shows it that gives no content."""
    return HeadResult.new(stored, whole(stored.size))
