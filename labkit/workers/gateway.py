"""What the ASGI and WSGI adapters share: their options, and the statuses that carry no body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

EncodeBody = Literal["automatic", "manual"]

NULL_BODY_STATUSES = frozenset({101, 103, 204, 205, 304})


@dataclass(frozen=True, kw_only=True)
class BaseOptions:
    """Options of an adapter. `encode_body="manual"` says that the app has compressed the body already."""

    encode_body: EncodeBody = "automatic"

    def __post_init__(self) -> None:
        if self.encode_body not in get_args(EncodeBody):
            raise ValueError(f"encode_body must be one of {get_args(EncodeBody)}, got {self.encode_body!r}")

    def response_init(self) -> dict[str, Any]:
        """What the options add to the init object of a Response."""
        return {} if self.encode_body == "automatic" else {"encodeBody": self.encode_body}
