"""R2's objects: "R2" is a bucket, "LOOK" what is looked at of its objects and uploads and no recording can show."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from labkit.emulators.r2 import R2
from labkit.workers.js.headers import Headers
from labkit.workers.proxies import JsException
from labkit.world import World
from tests.conformance.areas import Emulated

_VERSION = re.compile(r"[0-9a-f]{32}")


class Look:
    """Objects are read as JavaScript's own: `js_object`. Parts are kept whole, and a recording does not show them."""

    def __init__(self, bucket: Any):
        self._bucket = bucket

    async def read(self, key: str, method: str) -> Any:
        found = await getattr(await self._got(key), method)()
        return found.to_bytes() if hasattr(found, "to_bytes") else _plain(found)

    async def readTwice(self, key: str) -> Any:
        found = await self._got(key)
        before, text = found.bodyUsed, await found.text()
        try:
            await found.text()
        except JsException as error:
            return [before, text, found.bodyUsed, error.name, error.message]

    async def size(self, key: str) -> Any:
        return (await (await self._got(key)).blob()).size

    async def type(self, key: str) -> Any:
        return (await (await self._got(key)).blob()).type

    async def written(self, key: str, headers: dict[str, str]) -> Any:
        target = Headers.new(headers.items())
        (await self._head(key)).writeHttpMetadata(target)
        return dict(target._items())

    async def version(self, key: str) -> bool:
        return bool(_VERSION.fullmatch((await self._head(key)).version))

    async def versionsDiffer(self, key: str, value: Any) -> bool:
        return (await self._bucket.put(key, value)).version != (await self._bucket.put(key, value)).version

    async def uploaded(self, key: str) -> bool:
        return isinstance((await self._bucket.head(key)).uploaded, datetime)

    async def checksum(self, key: str, name: str) -> Any:
        found = getattr((await self._head(key)).checksums, name)
        return None if found is None else found.to_bytes()

    async def part(self, upload: Any, number: int, value: Any) -> SimpleNamespace:
        return SimpleNamespace(uploaded=await upload.uploadPart(number, value))

    async def partNumber(self, upload: Any, number: int, value: Any) -> Any:
        return (await upload.uploadPart(number, value)).partNumber

    def complete(self, upload: Any, parts: list[Any]) -> Awaitable[Any]:
        return upload.complete([getattr(part, "uploaded", part) for part in parts])

    def resume(self, upload: Any) -> Any:
        return self._bucket.resumeMultipartUpload(upload.key, upload.uploadId)

    async def _got(self, key: str) -> Any:
        return _raw(await self._bucket.get(key))

    async def _head(self, key: str) -> Any:
        return _raw(await self._bucket.head(key))


def _raw(found: Any) -> Any:
    return getattr(found, "js_object", found)


def _plain(found: Any) -> Any:
    return found.to_py() if hasattr(found, "to_py") else found


def _bindings(world: World) -> dict[str, Any]:
    bucket = R2({"binding": "R2"}, world).binding("SYD")
    return {"R2": bucket, "LOOK": Look(bucket)}


def bench() -> Emulated:
    return Emulated(_bindings)
