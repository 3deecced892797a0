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
_METERS = {
    STANDARD: ("r2.std.class_a", "r2.std.class_b"),
    INFREQUENT: ("r2.ia.class_a", "r2.ia.class_b"),
}


def units_of(action: str, storage_class: str = STANDARD, retrieved: int = 0) -> dict[str, float]:
    """What an operation is billed as; `retrieved` are the bytes read, which cost where access is infrequent."""
    if action in FREE:
        return {}
    units = {_METERS[storage_class][action in CLASS_B]: 1.0}
    if retrieved and storage_class == INFREQUENT:
        units["r2.ia.retrieval_gb"] = retrieved / 1e9
    return units


class Visit:
    """The way to a bucket's home and back: `async with`, whose block is the moment at which the operation counts.

    A write is stored first and committed last, in the block, so that of two the last to complete wins; a read looks
    its object up first. A refusal travels home too. With `says`, the binding's word for the operation, it arrives as
    the runtime's error. https://developers.cloudflare.com/r2/how-r2-works/
    """

    __slots__ = ("_bucket", "_event", "_is_read", "_colo", "_home", "_says")

    def __init__(self, bucket: R2, event: Event, action: str, colo: str, says: str | None = None):
        self._bucket, self._event, self._colo, self._says = bucket, event, colo, says
        self._is_read = action in READS
        if not event.units:
            event.units = units_of(action)

    async def __aenter__(self) -> Event:
        bucket, colo = self._bucket, self._colo
        if not self._is_read:
            await confirmed()
        home = self._home = bucket.home or bucket.place_near(colo)
        if home != colo:
            await self._travel(colo, home)
        if bucket.is_down:
            await self._travel(home, colo)
            self._refuse(Refusal(refusals.INTERNAL_ERROR))
        if bucket.on_planet and not self._is_read:
            await bucket.serve(is_read=False)
        return self._event

    async def __aexit__(self, kind: Any, error: BaseException | None, _: Any) -> None:
        refusal = error if isinstance(error, Refusal) else None
        if error is not refusal:
            return
        if self._bucket.on_planet and self._is_read and not refusal:
            await self._bucket.serve(is_read=True)
        if self._home != self._colo:
            await self._travel(self._home, self._colo)
        if refusal:
            self._refuse(refusal)

    async def _travel(self, source: str, target: str) -> None:
        try:
            await self._bucket.world.travel(source, target)
        except Unreachable:
            self._refuse(Refusal(refusals.UNAVAILABLE))

    def _refuse(self, refusal: Refusal) -> NoReturn:
        self._event.outcome, self._event.detail["error"] = str(refusal.status), refusal.message
        if self._says is None:
            raise refusal
        raise js_error("Error", f"{self._says}: {refusal.message} ({refusal.code})") from None
