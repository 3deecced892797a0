"""What there is to see: every phenomenon of every primitive, found by what its package offers."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from labkit import sim
from labkit.facts.table import Table

COLUMNS = ("call", "what it shows")


def phenomena() -> Table:
    """The phenomena as a table: how each is called, and what it shows."""
    rows = [(f"sim.{stem}.{name}()", first_sentence(call)) for stem, name, call in found()]
    head = f"{len(rows)} phenomena: each gives theory, model and, where a lab can follow, your Worker."
    return Table([COLUMNS, *rows], head=head)


def found() -> Iterator[tuple[str, str, Any]]:
    """The primitive, the name and the function of each: what says that it returns an `Agreement`."""
    for stem in sim.__all__:
        package = import_module(f"labkit.sim.{stem}")
        for name in getattr(package, "__all__", ()):
            call = getattr(package, name)
            if inspect.isfunction(call) and inspect.signature(call).return_annotation == "Agreement":
                yield stem, name, call


def first_sentence(call: Any) -> str:
    """The first sentence of what a function says of itself, without what holds of all."""
    sentence = " ".join((call.__doc__ or "").partition("\n\n")[0].split()).partition(". ")[0].rstrip(".")
    return sentence.replace(", in three views", "")
