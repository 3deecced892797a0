"""A finished picture: what a notebook shows, with its caption and the words for those who do not see it."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from labkit.viz.style import styled

DOTS_PER_INCH = 150
SHOWN_WIDTH = 800
METADATA = {"png": {"Software": None}, "svg": {"Date": None}}


class Picture:
    """A matplotlib `figure` with `alt` text and a `caption`. The same data give the same bytes."""

    def __init__(self, figure: Any, alt: str, caption: str = ""):
        self.figure, self.alt, self.caption = figure, alt, caption

    def render(self, format: str = "png") -> bytes:
        """The picture's file, "png" or "svg"."""
        buffer = BytesIO()
        with styled():
            self.figure.savefig(buffer, format=format, dpi=DOTS_PER_INCH, metadata=METADATA[format])
        return buffer.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write it to a .png or .svg file."""
        path = Path(path)
        path.write_bytes(self.render(path.suffix.lstrip(".")))
        return path

    def _repr_html_(self) -> str:
        return as_figure(self.render(), self.alt, self.caption)

    def _repr_png_(self) -> bytes:
        return self.render()

    def __repr__(self) -> str:
        return f"<Picture: {self.alt}>"


def as_figure(image_file: bytes, alt: str, caption: str = "", kind: str = "png") -> str:
    """HTML that shows an image as wide as a notebook's cell, with its words."""
    data = b64encode(image_file).decode("ascii")
    image = f'<img alt="{escape(alt)}" style="width: {SHOWN_WIDTH}px; max-width: 100%" '
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure style="margin: 0">{image}src="data:image/{kind};base64,{data}">{below}</figure>'
