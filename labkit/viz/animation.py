"""A picture that moves: many frames of one chart, played in an image file, or one by one under a slider."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.viz.picture import as_figure

if TYPE_CHECKING:
    from PIL.Image import Image

HOLD_MS = 2000
PLAYED = 3
"""Times that a film is played: what moves for ever distracts whoever reads on."""


class Animation:
    """The `frames` of a film (Pillow images of one size), `alt` text for all of it, and a `caption`.

    It is shown as an animated WebP, which plays three times and stands still at its last frame.
    """

    def __init__(self, frames: Sequence[Image], alt: str, caption: str = "", *, frame_ms: int = 150):
        self.frames, self.alt, self.caption, self.frame_ms = list(frames), alt, caption, frame_ms

    def render(self) -> bytes:
        """The film as an animated WebP without loss, a third of the size of a PNG."""
        buffer = BytesIO()
        times = [self.frame_ms] * (len(self.frames) - 1) + [HOLD_MS]
        self.frames[0].save(buffer, "webp", save_all=True, append_images=self.frames[1:], duration=times, loop=PLAYED,
                            lossless=True, quality=10, method=1)  # fmt: skip
        return buffer.getvalue()

    def frame(self, number: int) -> bytes:
        """One frame as a PNG."""
        buffer = BytesIO()
        self.frames[number].save(buffer, "png")
        return buffer.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write the film to a .webp file."""
        path = Path(path)
        path.write_bytes(self.render())
        return path

    def _repr_html_(self) -> str:
        return as_figure(self.render(), self.alt, self.caption, "webp")

    def __repr__(self) -> str:
        return f"<Animation of {len(self.frames)} frames: {self.alt}>"
