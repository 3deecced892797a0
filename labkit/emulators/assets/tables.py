"""What the assets show in a notebook: the files of the version, who holds a copy of one, what a deployment uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.facts.table import Rows, Table


class FileTable(Rows):
    """A row for each file: `path`, `bytes`, `content_type`, `etag`, and the `address` that it is served at.

    `address` is None where `html_handling` leaves it none: a file ".html" under force-trailing-slash.
    """

    def table(self) -> Table:
        rows = [
            (r["address"] or "", r["path"], f"{r['bytes']:,}", r["content_type"] or "", r["etag"][:8]) for r in self
        ]
        return Table([("address", "file", "bytes", "content type", "etag"), *rows], right=(2,))


class CopyTable(Rows):
    """A row for each place that holds a file: the central stores, then the places that fetched it, with its `age`.

    `age` is how many seconds ago a place fetched it, None in a central store.
    """

    def table(self) -> Table:
        return Table([("tier", "colo", "age"), *map(_copy, self)], right=(2,))


class Upload(Rows):
    """A row for each file that a deployment changes: `action` is "+" uploaded, "=" held already, "-" gone."""

    def table(self) -> Table:
        rows = [(r["action"], r["path"], f"{r['bytes']:,}") for r in self if r["action"] != "="]
        return Table([("", "file", "bytes"), *rows], right=(2,), foot=self.said)

    @property
    def uploaded(self) -> list[str]:
        """The paths whose contents were not in storage before."""
        return [row["path"] for row in self if row["action"] == "+"]

    @property
    def said(self) -> str:
        """What wrangler prints."""
        count, held = len(self.uploaded), sum(row["action"] == "=" for row in self)
        if not count:
            return "No updated asset files to upload. Proceeding with deployment..."
        skipped = f" ({held} already uploaded)" if held else ""
        return f"Success! Uploaded {count} file{'s' if count > 1 else ''}{skipped}"


def _copy(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (row["tier"], row["colo"], "" if row["age"] is None else f"{row['age']:,.1f} s")
