"""PostgreSQL's types as far as they cross the wire: their numbers, their sizes, and their texts and bytes.

Values are kept as SQLite keeps them: int, float, str, bytes, None; a boolean is 0 or 1, a moment PostgreSQL's own text
in UTC, JSON its text.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

BOOL, BYTEA, INT8, INT2, INT4, TEXT, OID, JSON = 16, 17, 20, 21, 23, 25, 26, 114
FLOAT4, FLOAT8, VARCHAR, DATE, TIMESTAMP, TIMESTAMPTZ, NUMERIC, UUID, JSONB = (
    700, 701, 1043, 1082, 1114, 1184, 1700, 2950, 3802,
)  # fmt: skip
SIZES = {
    BOOL: 1,
    INT8: 8,
    INT2: 2,
    INT4: 4,
    OID: 4,
    FLOAT4: 4,
    FLOAT8: 8,
    DATE: 4,
    TIMESTAMP: 8,
    TIMESTAMPTZ: 8,
    UUID: 16,
}
INTEGERS, FLOATS, MOMENTS = {INT2, INT4, INT8, OID}, {FLOAT4, FLOAT8, NUMERIC}, {TIMESTAMP, TIMESTAMPTZ}
NAMES = {
    BOOL: "boolean", BYTEA: "bytea", INT8: "bigint", INT2: "smallint", INT4: "integer", TEXT: "text", JSON: "json",
    FLOAT4: "real", FLOAT8: "double precision", VARCHAR: "character varying", DATE: "date", NUMERIC: "numeric",
    TIMESTAMP: "timestamp without time zone", TIMESTAMPTZ: "timestamp with time zone", UUID: "uuid", JSONB: "jsonb",
}  # fmt: skip
SHORT_NAMES = {
    BOOL: "bool", INT8: "int8", INT2: "int2", INT4: "int4", FLOAT4: "float4", FLOAT8: "float8", VARCHAR: "varchar",
    TIMESTAMP: "timestamp", TIMESTAMPTZ: "timestamptz",
}  # fmt: skip
"""What PostgreSQL calls a column that is a cast, where that is not the type's full name."""
_OTHER_NAMES = {
    "bool": BOOL, "int": INT4, "int2": INT2, "int4": INT4, "int8": INT8, "serial": INT4, "bigserial": INT8,
    "float4": FLOAT4, "float8": FLOAT8, "float": FLOAT8, "decimal": NUMERIC, "varchar": VARCHAR, "char": VARCHAR,
    "character": VARCHAR, "timestamp": TIMESTAMP, "timestamptz": TIMESTAMPTZ, "double": FLOAT8,
}  # fmt: skip
_BY_NAME = {name: oid for oid, name in NAMES.items()} | _OTHER_NAMES
POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class BadValue(ValueError):
    """A text that is no value of its type, in PostgreSQL's words."""

    code = "22P02"


class OutOfRange(BadValue):
    """A number that is too large for its type."""

    code = "22003"


def oid_of(name: str | None) -> int:
    """The number of a type, by the name that a column or a cast gives it; text where that is not known."""
    plain = re.sub(r"\(.*?\)", "", (name or "").lower())
    return _BY_NAME.get(" ".join(plain.split()), TEXT)


def decoded(value: bytes | None, oid: int, form: int) -> Any:
    """A parameter as SQLite is to have it. Raises BadValue."""
    if value is None:
        return None
    if form:
        return _from_binary(value, oid)
    try:
        return from_text(value.decode(), oid)
    except UnicodeDecodeError:
        raise BadValue('invalid byte sequence for encoding "UTF8"') from None


def from_text(text: str, oid: int) -> Any:
    """A value of a type from its text. Raises BadValue."""
    try:
        return _PARSERS[oid](text.strip()) if oid in _PARSERS else text
    except OutOfRange:
        raise
    except (ValueError, OverflowError):
        raise BadValue(f'invalid input syntax for type {NAMES.get(oid, "text")}: "{text}"') from None


def shown(value: Any, oid: int) -> str | None:
    """A value of a type as PostgreSQL's text."""
    if value is None:
        return None
    if oid == BOOL:
        return "t" if value in (1, "1", "t", "true") else "f"
    if oid in INTEGERS and isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    return _number(value) if isinstance(value, float) else str(value)


def encoded(value: Any, oid: int, form: int) -> bytes | None:
    """A value of a type as it crosses the wire: 0 as text, 1 as binary."""
    if value is None:
        return None
    if form and oid in _TO_BINARY:
        try:
            return _TO_BINARY[oid](value)
        except (struct.error, ValueError, OverflowError):  # SQLite keeps in a column what has another type than it
            raise OutOfRange(f'value "{value}" is out of range for type {NAMES[oid]}') from None
    if form and isinstance(value, bytes):
        return value
    return (shown(value, oid) or "").encode()


def moment(at: datetime, oid: int = TIMESTAMPTZ) -> str:
    """A moment as PostgreSQL writes it, in UTC."""
    text = at.strftime("%Y-%m-%d %H:%M:%S") + (f".{at.microsecond:06}".rstrip("0") if at.microsecond else "")
    return f"{text}+00" if oid == TIMESTAMPTZ else text


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _boolean(text: str) -> int:
    low = text.lower()
    if low and any(word.startswith(low) for word in ("true", "yes")) or low in ("on", "1"):
        return 1
    if low and any(word.startswith(low) for word in ("false", "no")) or low in ("off", "0"):
        return 0
    raise ValueError(text)


def _integer_of(oid: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        try:
            struct.pack(_STRUCTS[oid], number)
        except struct.error:
            raise OutOfRange(f'value "{text}" is out of range for type {NAMES.get(oid, "oid")}') from None
        return number

    return parse


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:]) if text.startswith("\\x") else text.encode()


def _moment_of(oid: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        at = datetime.fromisoformat(re.sub(r"([+-]\d\d)$", r"\1:00", text.replace("Z", "+00:00")))
        return moment((at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC), oid)

    return parse


_PARSERS: dict[int, Callable[[str], Any]] = {
    BOOL: _boolean, BYTEA: _bytes, **{oid: _integer_of(oid) for oid in INTEGERS}, **dict.fromkeys(FLOATS, float),
    TIMESTAMP: _moment_of(TIMESTAMP), TIMESTAMPTZ: _moment_of(TIMESTAMPTZ),
    DATE: lambda text: datetime.fromisoformat(text).date().isoformat(),
}  # fmt: skip
_STRUCTS = {INT2: "!h", INT4: "!i", OID: "!I", INT8: "!q", FLOAT4: "!f", FLOAT8: "!d"}


def _from_binary(value: bytes, oid: int) -> Any:
    try:
        if oid in _STRUCTS:
            return struct.unpack(_STRUCTS[oid], value)[0]
    except struct.error:
        raise BadValue("incorrect binary data format in bind parameter") from None
    if oid == BOOL:
        return int(value != b"\0")
    if oid in MOMENTS and len(value) == 8:
        return moment(POSTGRES_EPOCH + timedelta(microseconds=struct.unpack("!q", value)[0]), oid)
    return value if oid == BYTEA else from_text(value[oid == JSONB :].decode(errors="replace"), TEXT)


def _packed(form: str, make: Callable[[Any], Any]) -> Callable[[Any], bytes]:
    return lambda value: struct.pack(form, make(value))


def _microseconds(text: str) -> int:
    at = datetime.fromisoformat(text.removesuffix("+00")).replace(tzinfo=UTC)
    return (at - POSTGRES_EPOCH) // timedelta(microseconds=1)


_TO_BINARY: dict[int, Callable[[Any], bytes]] = {
    BOOL: lambda value: b"\1" if shown(value, BOOL) == "t" else b"\0",
    **{oid: _packed(form, float if oid in FLOATS else int) for oid, form in _STRUCTS.items()},
    **{oid: lambda value: struct.pack("!q", _microseconds(value)) for oid in MOMENTS},
    JSONB: lambda value: b"\1" + str(value).encode(),
}
