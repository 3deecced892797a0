"""boto3 as its user has it, against a served lab."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from labkit import Lab


def client(server: Any, **changes: Any) -> Any:
    """A client of the served lab. It tries once: a test wants to see what was refused."""
    config = Config(retries={"total_max_attempts": 1}, s3=changes.pop("s3", None))
    return boto3.client("s3", config=config, **{**server.s3.options(), **changes})


async def asked(work: Callable[[Any], Any], lab: Lab, **changes: Any) -> Any:
    """What blocking work with a client comes to, on a thread of its own."""
    async with lab.serve(0, colo="SYD", speed=inf) as server:
        return await asyncio.to_thread(work, client(server, **changes))


def code(call: Callable[..., Any], **arguments: Any) -> tuple[int, str]:
    """The status and the code with which a call is refused."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    answer: Any = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]
