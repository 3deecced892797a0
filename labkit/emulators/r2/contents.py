"""What is in a bucket: the table that `R2.contents` shows in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from labkit.emulators.r2.objects import Stored
from labkit.facts.table import Rows, Table

COLUMNS = ("key", "size", "etag", "content type", "storage class", "uploaded", "age")


class Contents(Rows):
    """A row for each object. `size` in bytes, `age` in seconds, `uploaded` an aware datetime."""

    def table(self) -> Table:
        return Table([COLUMNS, *map(_words, self)], right=(1, 6))


def row_of(stored: Stored, unix: float) -> dict[str, Any]:
    """One row of the table."""
    return {
        "key": stored.key,
        "size": stored.size,
        "etag": stored.etag,
        "content_type": stored.http.get("contentType"),
        "storage_class": stored.storage_class,
        "uploaded": datetime.fromtimestamp(stored.uploaded, UTC),
        "age": unix - stored.uploaded,
    }


def _words(row: Mapping[str, Any]) -> tuple[str, ...]:
    uploaded = f"{row['uploaded']:%Y-%m-%d %H:%M:%S}"
    kind = row["content_type"] or ""
    return (row["key"], f"{row['size']:,}", row["etag"], kind, row["storage_class"], uploaded, f"{row['age']:,.1f} s")
