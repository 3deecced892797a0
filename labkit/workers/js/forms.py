"""`js.FormData`, and the two ways in which a body carries a form."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from labkit.workers.context import randomness
from labkit.workers.js.blobs import Blob, File
from labkit.workers.js.conversions import text
from labkit.workers.objects import JsArray
from labkit.workers.proxies import JsBuiltin, JsException, jsnull

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class FormData(JsBuiltin):
    """The fields of a form, in order; a name may come twice. A value is str or File."""

    __slots__ = ("_fields",)

    def __init__(self):
        self._fields: list[tuple[str, Any]] = []

    def append(self, name: str, value: Any, filename: str | None = None) -> None:
        self._fields.append(_field(name, value, filename))

    def set(self, name: str, value: Any, filename: str | None = None) -> None:
        """Put the value where the name first stood, and drop the name's other values."""
        field = _field(name, value, filename)
        places = [place for place, (known, _) in enumerate(self._fields) if known == field[0]]
        self.delete(name)
        self._fields.insert(places[0] if places else len(self._fields), field)

    def delete(self, name: str) -> None:
        self._fields = [field for field in self._fields if field[0] != text(name)]

    def get(self, name: str) -> Any:
        return next((value for known, value in self._fields if known == text(name)), jsnull)

    def getAll(self, name: str) -> JsArray:
        return JsArray(value for known, value in self._fields if known == text(name))

    def has(self, name: str) -> bool:
        return any(known == text(name) for known, _ in self._fields)

    def keys(self) -> Iterator[str]:
        return (name for name, _ in self._fields)

    def values(self) -> Iterator[Any]:
        return (value for _, value in self._fields)

    def entries(self) -> Iterator[JsArray]:
        return (JsArray(field) for field in self._fields)

    __iter__ = entries

    def _as_body(self) -> tuple[bytes, str]:
        boundary = f"{randomness().getrandbits(128):032x}"
        parts = [_part(boundary, name, value) for name, value in self._fields]
        return b"".join(parts) + f"--{boundary}--".encode(), f"{MULTIPART}; boundary={boundary}"


def _field(name: Any, value: Any, filename: str | None) -> tuple[str, Any]:
    name = text(name)
    if not isinstance(value, Blob):
        return name, text(value)
    if isinstance(value, File) and filename is None:
        return name, value
    return name, File.new([value], filename or name, {"type": value.type})


def _part(boundary: str, name: str, value: Any) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
    if isinstance(value, str):
        return f"{head}\r\n\r\n{value}\r\n".encode()
    kind = value.type or "application/octet-stream"
    head += f'; filename="{_quoted(value.name)}"\r\nContent-Type: {kind}\r\n\r\n'
    return head.encode() + value._data + b"\r\n"


def _quoted(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def read_form(body: bytes, content_type: str) -> FormData:
    """The form in a body, by its Content-Type; TypeError in the runtime's words where there is none."""
    header = Message()
    header["content-type"] = content_type
    kind = header.get_content_type() if content_type else ""
    form = FormData.new()
    if kind == URLENCODED:
        form._fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    elif kind == MULTIPART:
        form._fields = list(_parts(body, header.get_boundary()))
    else:
        raise JsException(
            "TypeError",
            "Unrecognized Content-Type header value. FormData can only parse the following MIME types: "
            f"{MULTIPART}, {URLENCODED}",
        )
    return form


def _parts(body: bytes, boundary: str | None) -> Iterator[tuple[str, Any]]:
    if not boundary:
        raise JsException(
            "TypeError",
            "No boundary string in Content-Type header. The multipart/form-data MIME type requires a boundary "
            "parameter, e.g. 'Content-Type: multipart/form-data; boundary=\"abcd\"'. See RFC 7578, section 4.",
        )
    before, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if before or not parts:
        raise JsException("TypeError", "No initial boundary string (or you have a truncated message).")
    return (_read_part(part) for part in parts if not part.startswith(b"--"))


def _read_part(part: bytes) -> tuple[str, Any]:
    from email.parser import HeaderParser

    head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    headers = HeaderParser().parsestr(head.decode(errors="replace"))
    name = headers.get_param("name", header="content-disposition")
    filename = headers.get_param("filename", header="content-disposition")
    if not isinstance(name, str):
        raise JsException("TypeError", "No valid Content-Disposition header found in FormData part.")
    if filename is None:
        return _unquoted(name), content.decode(errors="replace")
    return _unquoted(name), File.new([content], _unquoted(str(filename)), {"type": headers.get("content-type", "")})


def _unquoted(name: str) -> str:
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
