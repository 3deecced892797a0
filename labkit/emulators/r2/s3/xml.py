"""S3's documents: written from plain Python values, and read without anything that XML could make grow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias
from xml.etree import ElementTree

from labkit import facts
from labkit.emulators.r2.s3.errors import S3Error

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
Content: TypeAlias = "str | int | bool | None | Sequence[tuple[str, Content]]"

_special = re.compile(r"[&<>\"'\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
is_token = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
"""Whether a text can be a header's name."""
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}


def document(name: str, content: Content, namespace: str = NAMESPACE) -> bytes:
    """A whole document. What is None is left out."""
    declared = f' xmlns="{namespace}"' if namespace else ""
    body = f"<{name}{declared}>{_written(content)}</{name}>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode()


def _written(content: Content) -> str:
    match content:
        case bool():
            return "true" if content else "false"
        case str():
            return _special.sub(_escape, content)
        case int():
            return str(content)
        case None:
            return ""
    return "".join(f"<{name}>{_written(value)}</{name}>" for name, value in content if value is not None)


def _escape(found: re.Match[str]) -> str:
    """S3 writes control characters as references, which only XML 1.1 knows: clients ask for encoding-type=url."""
    return _ESCAPES.get(found[0]) or f"&#x{ord(found[0]):x};"


class Element:
    """An element that a client sent, by the names of its children without their namespace."""

    def __init__(self, element: ElementTree.Element):
        self.name = element.tag.rpartition("}")[2]
        self._text, self._children = element.text or "", element

    def __iter__(self) -> Iterator[Element]:
        return map(Element, self._children)

    def all(self, name: str) -> list[Element]:
        return [child for child in self if child.name == name]

    def find(self, name: str) -> Element | None:
        return next(iter(self.all(name)), None)

    def text(self, name: str, default: str | None = None) -> str:
        """The text of the one child of this name. Refuses where there is none, or several, and no default."""
        found = self.all(name)
        if not found and default is not None:
            return default
        if len(found) != 1 or len(found[0]._children):
            raise S3Error("MalformedXML")
        return found[0]._text

    def number(self, name: str) -> int:
        """The text of a child as a whole number of at most nine digits."""
        text = self.text(name).strip()
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise S3Error("MalformedXML")
        return int(text)

    @property
    def content(self) -> str:
        return self._text


def parsed(body: bytes, name: str) -> Element:
    """The document in a body, whose root must have this name.

    Refuses a document type with its entities, another encoding than UTF-8, and what is longer than any S3 needs.
    """
    if len(body) > facts.value("r2.s3_document_bytes"):
        raise S3Error("MalformedXML")
    try:
        text = body.decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise S3Error("MalformedXML")
        root = Element(ElementTree.fromstring(text))
    except (ValueError, ElementTree.ParseError):
        raise S3Error("MalformedXML") from None
    if root.name != name:
        raise S3Error("MalformedXML")
    return root
