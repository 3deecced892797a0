"""What every way into a bucket has in common: the event, its price, the way to the bucket's home and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from labkit.emulators.r2 import refusals
from labkit.emulators.r2.objects import INFREQUENT, STANDARD
from labkit.emulators.r2.refusals import Refusal
from labkit.network.faults import Unreachable
from labkit.trace import Event
from labkit.workers.bindings import js_error
from labkit.workers.context import confirmed

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2

FREE = frozenset({"DeleteObject", "DeleteObjects", "DeleteBucket", "AbortMultipartUpload"})
CLASS_B = frozenset({"HeadObject", "GetObject", "HeadBucket", "GetBucketLocation", "GetBucketCors",
                     "GetBucketEncryption", "GetBucketLifecycleConfiguration"})  # fmt: skip
"""Operations by S3's names, as the price list groups them. What is in neither is of class A: it writes or lists."""
READS = CLASS_B | {"ListObjects", "ListObjectsV2", "ListBuckets", "ListParts", "ListMultipartUploads"}
_TIERS = {STANDARD: "std", INFREQUENT: "ia"}


def units_of(action: str, storage_class: str = STANDARD, retrieved: int = 0) -> dict[str, float]:
    """What an operation is billed as; `retrieved` are the bytes read, which cost where access is infrequent."""
    if action in FREE:
        return {}
    tier = _TIERS[storage_class]
    units = {f"r2.{tier}.{'class_b' if action in CLASS_B else 'class_a'}": 1.0}
    if retrieved and storage_class == INFREQUENT:
        units["r2.ia.retrieval_gb"] = retrieved / 1e9
    return units


class Visit:
    """The time between two ends of a way: `async with` goes to the bucket's home, and back when the block is over.

    A refusal travels home too. With `says`, the binding's word for the operation, it arrives as the runtime's error.
    """

    __slots__ = ("_bucket", "_event", "_action", "_colo", "_says")

    def __init__(self, bucket: R2, event: Event, action: str, colo: str, says: str | None = None):
        self._bucket, self._event, self._action, self._colo, self._says = bucket, event, action, colo, says

    async def __aenter__(self) -> Event:
        bucket = self._bucket
        if self._action not in READS:
            await confirmed()
        if not self._event.units:
            self._event.units = units_of(self._action)
        home = bucket.place_near(self._colo)
        try:
            await bucket.world.travel(self._colo, home)
        except Unreachable:
            self._refuse(Refusal(refusals.UNAVAILABLE))
        if bucket.is_down:
            await self._back(home)
            self._refuse(Refusal(refusals.INTERNAL_ERROR))
        return self._event

    async def __aexit__(self, kind: Any, error: BaseException | None, _: Any) -> None:
        if error is not None and not isinstance(error, Refusal):
            return
        bucket = self._bucket
        if bucket.world.links is not None:
            await self._answer(error is None)
        if isinstance(error, Refusal):
            self._refuse(error)

    async def _answer(self, served: bool) -> None:
        bucket = self._bucket
        if served:
            await bucket.serve(self._action in READS)
        await self._back(bucket.home)

    async def _back(self, home: str) -> None:
        try:
            await self._bucket.world.travel(home, self._colo)
        except Unreachable:
            self._refuse(Refusal(refusals.UNAVAILABLE))

    def _refuse(self, refusal: Refusal) -> NoReturn:
        self._event.outcome, self._event.detail["error"] = str(refusal.status), refusal.message
        if self._says is None:
            raise refusal
        raise js_error("Error", f"{self._says}: {refusal.message} ({refusal.code})") from None
