"""`js.crypto`: random values from the lab's seeded chance, digests, and the comparison that leaks no time.

What is left out: keys. Python's own `hmac` and `hashlib` are there in a Worker too.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from uuid import UUID

from labkit.errors import NotEmulated
from labkit.workers.buffers import ArrayBuffer, JsBuffer
from labkit.workers.context import randomness
from labkit.workers.js.conversions import text
from labkit.workers.js.requests import fields
from labkit.workers.js.text import octets
from labkit.workers.proxies import JsException, JsProxy

_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_MOST_RANDOM_BYTES = 65536


class SubtleCrypto(JsProxy):
    """Digests. Data comes as JavaScript's bytes: `to_js(b"...")`."""

    async def digest(self, algorithm: Any, data: Any) -> ArrayBuffer:
        content = octets(data, "digest", "SubtleCrypto", 2)
        name = text(fields(algorithm).get("name", "") if not isinstance(algorithm, str) else algorithm).upper()
        if name not in _HASHES:
            raise JsException(
                "NotSupportedError", f'Unrecognized or unimplemented digest algorithm "{name}" requested.'
            )
        return ArrayBuffer.new(hashlib.new(_HASHES[name], content, usedforsecurity=False).digest())

    def timingSafeEqual(self, a: Any, b: Any) -> bool:
        left, right = octets(a, "timingSafeEqual", "SubtleCrypto"), octets(b, "timingSafeEqual", "SubtleCrypto", 2)
        if len(left) != len(right):
            raise JsException("TypeError", "Input buffers must have the same byte length.")
        return hmac.compare_digest(left, right)

    def __getattr__(self, name: str) -> Any:
        if name in ("importKey", "generateKey", "sign", "verify", "encrypt", "decrypt", "deriveBits", "deriveKey"):
            raise NotEmulated(
                f"crypto.subtle.{name} is not emulated. Use Python's hmac and hashlib, which Workers have."
            )
        raise AttributeError(name)


class Crypto(JsProxy):
    """Random values, the same for the same seed of the lab."""

    subtle = SubtleCrypto()

    def randomUUID(self) -> str:
        return str(UUID(int=randomness().getrandbits(128), version=4))

    def getRandomValues(self, buffer: Any) -> JsBuffer:
        """Fill the buffer, and return it."""
        if not isinstance(buffer, JsBuffer):
            message = "Failed to execute 'getRandomValues' on 'Crypto': parameter 1 is not of type 'JsArrayBufferView'."
            raise JsException("TypeError", message)
        size = len(buffer._data)
        if size > _MOST_RANDOM_BYTES:
            message = f"getRandomValues() only accepts buffers of size <= 64K but provided {size} bytes."
            raise JsException("QuotaExceededError", message)
        buffer._data[:] = randomness().randbytes(size)
        return buffer


crypto = Crypto()
