"""Rows of a result as messages: what describes them, and each of them."""

from __future__ import annotations

import struct
from typing import Any

from labkit.emulators.hyperdrive import messages, types
from labkit.emulators.hyperdrive.messages import Message, ProtocolError

Column = tuple[str, int]
"""A column's name and the number of its type."""


def spread(formats: tuple[int, ...], count: int) -> list[int]:
    """The format of each of so many values: none given is text, one given is for all."""
    if len(formats) not in (0, 1, count):
        raise ProtocolError(f"bind message has {len(formats)} formats but {count} values")
    return list(formats) if len(formats) == count else [formats[0] if formats else 0] * count


def description(columns: list[Column], formats: tuple[int, ...]) -> Message:
    """RowDescription. Where a column comes from is not said."""
    fields = b""
    for (name, oid), form in zip(columns, spread(formats, len(columns)), strict=True):
        fields += messages.cstring(name) + struct.pack("!ihihih", 0, 0, oid, types.SIZES.get(oid, -1), -1, form)
    return Message("T", struct.pack("!h", len(columns)) + fields)


def row(values: tuple[Any, ...], columns: list[Column], formats: tuple[int, ...]) -> Message:
    """DataRow."""
    forms = spread(formats, len(columns))
    cells = [types.encoded(value, oid, form) for value, (_, oid), form in zip(values, columns, forms, strict=True)]
    return Message("D", messages.row(cells))
