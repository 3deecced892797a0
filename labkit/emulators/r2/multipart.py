"""An upload in parts as a Worker has it: `uploadPart`, `complete`, `abort`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.javascript import int32, text_of
from labkit.emulators.r2.arguments import content_of, refuse_encryption, value_of, wrong_element, wrong_parameter
from labkit.emulators.r2.handles import HeadResult, R2Object
from labkit.emulators.r2.operations import Visit, units_of
from labkit.trace import Event
from labkit.workers.bindings import checked, from_platform, js_error, options
from labkit.workers.ffi import JsException
from labkit.workers.proxies import JsBuiltin

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2


class RawUpload(JsBuiltin):
    """The upload as JavaScript has it: what stands for it where it is passed on."""

    __slots__ = ()
    _js_name = "R2MultipartUpload"


class R2MultipartUpload:
    """A handle on an upload that may be under way, over, or never have been."""

    js_object = RawUpload.new()

    def __init__(self, bucket: R2, colo: str, key: str, upload_id: str):
        self._bucket, self._colo = bucket, colo
        self.key, self.uploadId = key, upload_id

    def __repr__(self) -> str:
        return f"<R2 upload of {self.key!r} to {self._bucket.name}>"

    async def uploadPart(self, *args: Any, **keywords: Any) -> Any:
        """Store one part: a JsDict of `partNumber` and `etag`, which `complete` asks for."""
        given = (*args, keywords) if keywords else args
        with self._event("uploadPart") as event:
            if not given:
                raise _wrong("uploadPart", 1, "integer")
            number = int32(checked(given[0]))
            source = value_of(given[1] if len(given) > 1 else None, "uploadPart", "R2MultipartUpload")
            chosen = self._options(given[2] if len(given) > 2 else None)
            _check_number(number)
            refuse_encryption(chosen)
            content = await content_of(source)
            event.detail["part"], event.bytes = number, len(content)
            event.units = units_of("UploadPart", self._storage_class())
            async with self._visit(event, "UploadPart", "uploadPart"):
                part = self._uploads.put_part(self.key, self.uploadId, number, content)
            return from_platform({"partNumber": number, "etag": part.etag})

    async def complete(self, *args: Any, **keywords: Any) -> R2Object:
        """Make one object of the parts that are named."""
        given = (*args, keywords) if keywords else args
        with self._event("complete") as event:
            parts = checked(given[0]) if given else None
            if not isinstance(parts, list):
                raise _wrong("complete", 1, "Array")
            chosen = _parts(parts)
            event.units = units_of("CompleteMultipartUpload", self._storage_class())
            async with self._visit(event, "CompleteMultipartUpload", "completeMultipartUpload"):
                stored = self._uploads.complete(self.key, self.uploadId, chosen)
            event.bytes = stored.size
            return R2Object(HeadResult.new(stored))

    async def abort(self, *ignored: Any, **neither: Any) -> None:
        """Drop the upload and its parts."""
        with self._event("abort") as event:
            async with self._visit(event, "AbortMultipartUpload", "abortMultipartUpload"):
                self._uploads.abort(self.key, self.uploadId)

    @property
    def _uploads(self) -> Any:
        return self._bucket.store.uploads

    def _event(self, operation: str) -> Event:
        return self._bucket.event(operation, self._colo, key=self.key)

    def _visit(self, event: Event, action: str, says: str) -> Visit:
        return Visit(self._bucket, event, action, self._colo, says)

    def _options(self, given: Any) -> dict[str, Any]:
        """The options of a part: its only one is `ssecKey`."""
        if isinstance(given, (str, int, float)):
            raise _wrong("uploadPart", 3, "UploadPartOptions")
        return options("R2MultipartUpload.uploadPart", given, {}, ("ssecKey",), strict=self._bucket.world.strict)

    def _storage_class(self) -> str:
        return self._uploads.storage_class_of(self.uploadId)


def _wrong(method: str, position: int, wanted: str) -> JsException:
    return wrong_parameter(method, position, wanted, "R2MultipartUpload")


def _check_number(number: int) -> None:
    most = facts.value("r2.parts")
    if not 1 <= number <= most:
        words = f"Part number must be between 1 and {most} (inclusive). Actual value was: {number}"
        raise js_error("TypeError", words)


def _parts(given: list[Any]) -> list[tuple[int, str]]:
    """Number and etag of each part that is to be completed."""
    for at, part in enumerate(given):
        if not isinstance(part, dict):
            raise wrong_element(at, "UploadedPart")
    chosen = [(int32(part.get("partNumber")), text_of(part.get("etag"))) for part in given]
    for number, _ in chosen:
        _check_number(number)
    return chosen
