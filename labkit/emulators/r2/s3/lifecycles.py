"""A bucket's lifecycle rules, as S3 clients set and read them."""

from __future__ import annotations

from labkit.emulators.r2.s3.asks import Answer, Ask
from labkit.emulators.r2.s3.errors import S3Error


async def get_lifecycle(ask: Ask) -> Answer:
    raise S3Error("NoSuchLifecycleConfiguration")


async def put_lifecycle(ask: Ask) -> Answer:
    raise S3Error("NotImplemented")
