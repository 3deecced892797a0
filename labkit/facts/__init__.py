"""What is known about the platform: limits, times and places, each with its source and the day it was read.

One TOML file a primitive, read when first asked for. A key of the file is a fact; `source`, `read` and `mark` at its
top hold for every fact that does not say otherwise. A fact has either `value`, or `free` and `paid` where the plans
differ; `inf` says that there is no limit. `pricing.toml` has another shape and is read by `labkit.billing`.

    facts.value("kv.value_bytes")                     26214400
    facts.value("workers.subrequests", plan="free")   50
    facts.table("kv")                                 every fact of a primitive, for a notebook
    facts.table("kv.hot_read", "cache.match")         these two
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from labkit.errors import LabError
from labkit.facts.spelling import did_you_mean
from labkit.facts.table import Table, shown

FOLDER = Path(__file__).parent
PLANS = ("free", "paid")
MARKS = {
    "documented": "read in the official documentation or source code",
    "observed": "seen by running or measuring it; no page promises it",
    "excerpt": "seen quoted from an official page, not read in full",
    "assumption": "no public figure exists or was found: change it and see what depends on it",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure and where it comes from. Where the plans differ, `value` maps "free" and "paid" to theirs."""

    name: str
    value: Any
    unit: str
    source: str
    read: date
    mark: str
    note: str = ""

    @property
    def differs(self) -> bool:
        """True where the free and the paid plan have different figures."""
        return isinstance(self.value, MappingProxyType)

    def at(self, plan: str | None = None) -> Any:
        """The figure on a plan. Refuses to choose a plan by itself where the plans differ."""
        if not self.differs:
            return self.value
        if plan not in PLANS:
            raise LabError(f"{self.name} differs between plans: say plan='free' or plan='paid', not {plan!r}.")
        return self.value[plan]


@cache
def value(name: str, plan: str | None = None) -> Any:
    """The figure of a fact such as "kv.value_bytes"; lists come as tuples."""
    return fact(name).at(plan)


def fact(name: str) -> Fact:
    """The fact of that name, `primitive.key`. A misspelt name is refused with the nearest right one."""
    primitive, _, key = name.partition(".")
    known = load(primitive)
    if key not in known:
        raise LabError(f"No fact is called {name!r}. {did_you_mean(name, (f.name for f in known.values()))}")
    return known[key]


def table(*names: str) -> Table:
    """Facts as a table that a notebook shows, a row each: those named, and all of a primitive where it is named."""
    known = [found for name in names for found in ([fact(name)] if "." in name else load(name).values())]
    headings = ("fact", "value", "unit", "how we know", "read", "source", "note")
    rows = [(f.name, shown(f.value), f.unit, f.mark, str(f.read), f.source, f.note) for f in known]
    used = {f.mark for f in known}
    marks = ". ".join(f"{mark.capitalize()}: {meaning}" for mark, meaning in MARKS.items() if mark in used)
    return Table([headings, *rows], short=4, foot=f"{marks}.")


@cache
def primitives() -> tuple[str, ...]:
    """The primitives that have facts, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "pricing"))


@cache
def load(primitive: str) -> MappingProxyType[str, Fact]:
    """The facts of a primitive by key, in the order of its file."""
    if primitive not in primitives():
        raise LabError(f"No facts about {primitive!r}. {did_you_mean(primitive, primitives())}")
    rows = read_toml(primitive)
    common = {name: rows.pop(name) for name in ("source", "read", "mark") if name in rows}
    return MappingProxyType({key: _fact(f"{primitive}.{key}", common | row) for key, row in rows.items()})


def read_toml(stem: str) -> dict[str, Any]:
    """One of this folder's files as plain data."""
    return tomllib.loads((FOLDER / f"{stem}.toml").read_text(encoding="utf-8"))


def _fact(name: str, row: dict[str, Any]) -> Fact:
    plans = {plan: _frozen(row.pop(plan)) for plan in PLANS if plan in row}
    row["value"] = MappingProxyType(plans) if plans else _frozen(row["value"])
    return Fact(name=name, **row)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
